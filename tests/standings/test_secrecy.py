"""Nothing that a participant can reach depends on a key before it may be shown."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from contest.delivery import queries
from contest.delivery.models import PaperItem
from contest.delivery.operations import start
from contest.extensions import db
from contest.identity.models import Account
from contest.questions.keys import AnswerKey
from contest.questions.matching import Insert
from contest.questions.models import Question, QuestionVersion
from contest.questions.operations import draw_rows, write_rows
from contest.rounds.models import Round
from contest.standings.operations import score_round
from tests import factories
from tests.factories import NOON, signed_in
from tests.questions.every_type import EVERY
from tests.standings.cast import sit, stage, versions
from tests.statements import counted

CLOSES = NOON + timedelta(hours=6)
MARK = "BIMAT"


@pytest.fixture
def sitting(app, hands):
    """A round with an open attempt and a finished one; keys, explanations and citations carry a marker."""
    hands.set(NOON + timedelta(minutes=5))
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(result_shown="review", board_shown="after_close")
        for version in versions(bank):
            key = db.session.get(AnswerKey, version.id)
            key.explanation, key.citation = f"{MARK} giải thích", f"{MARK} căn cứ"
        db.session.flush()
        done, who = factories.account(unit=unit), factories.account(unit=unit)
        finished = sit(round_, bank, done, unit=unit, right=2, wrong=1, started=NOON - timedelta(minutes=30))
        running = sit(round_, bank, who, unit=unit, state="open")
        score_round(round_.id, NOON)
        ids = {"round_id": round_.id, "finished": finished.id, "running": running.id, "who": who.id, "done": done.id,
               "code": round_.contest.code}
        db.session.commit()
    return ids


def client_of(app, account_id):
    with app.app_context():
        account = db.session.get(Account, account_id)
        db.session.expunge(account)
    return signed_in(app.test_client(), account)


def addresses(app, ids):
    """Every GET address of the application, with the ids of this sitting filled in."""
    slots = {"slot": range(1, 5), "attempt_id": (ids["running"], ids["finished"]), "round_id": (ids["round_id"],),
             "code": (ids["code"],), "filename": ("css/site.css",)}
    found = set()
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        paths = [rule.rule]
        for name in rule.arguments:
            values = slots.get(name, ("0" * 32,))
            paths = [re.sub(rf"<(?:\w+:)?{name}>", str(value), path) for path in paths for value in values]
        found |= set(paths)
    return sorted(found)


def everything(client, path):
    """Headers and body."""
    with client.get(path) as response:
        return str(response.headers) + response.get_data().decode("utf8", "replace")


def singing(client, ids):
    """The addresses whose answer holds the marker."""
    return [path for path in addresses(client.application, ids) if MARK in everything(client, path)]


@pytest.mark.parametrize("person", ["who", "done"])
def test_no_explanation_and_no_citation_before_the_closing(app, sitting, person):
    client = client_of(app, sitting[person])
    assert singing(client, sitting) == []


def test_the_canary_sings_once_it_may(app, hands, sitting):
    client = client_of(app, sitting["done"])
    hands.set(CLOSES)
    assert singing(client, sitting) == [
        f"/api/v1/attempts/{sitting['finished']}/result", f"/luot-thi/{sitting['finished']}/ket-qua"]


@pytest.mark.parametrize("shown", ["nothing", "score"])
def test_it_never_sings_where_the_round_shows_no_answers(app, hands, sitting, shown):
    with app.app_context():
        db.session.get(Round, sitting["round_id"]).result_shown = shown
        db.session.commit()
    client = client_of(app, sitting["done"])
    hands.set(CLOSES + timedelta(days=30))
    assert singing(client, sitting) == []


def swap_keys():
    """Make something else right in every question; what this process keeps of papers is read again."""
    for key in db.session.query(AnswerKey):
        version = db.session.get(QuestionVersion, key.version_id)
        key.correct = turned(version.type, key.correct, version)
        key.explanation, key.citation, key.settings = "khác", "khác", {}
    queries._pools.clear()


def turned(kind, correct, version):
    """Another key of the same shape."""
    if kind in ("single", "multiple", "true_false"):
        return [option["id"] for option in version.options if option["id"] not in correct]
    if kind == "ordering":
        return correct[::-1]
    if kind in ("cluster", "matching"):
        return {part: next(o["id"] for o in version.options if o["id"] != was) for part, was in correct.items()}
    if kind == "gaps":
        return {gap: [[text, 100_000 - credit] for text, credit in answers] for gap, answers in correct.items()}
    return [["khác", 100_000]]


def test_the_paper_is_the_same_byte_for_byte_whatever_the_key(app, hands, sitting):
    """With the same seed a paper drawn and shown under another key differs in nothing."""
    client = client_of(app, sitting["who"])
    paths = [path for path in addresses(app, sitting) if (sitting["running"] in path and "/ket-qua" not in path)
             or path in ("/", f"/dot-thi/{sitting['round_id']}", "/api/v1/rounds")]
    assert f"/api/v1/attempts/{sitting['running']}" in paths
    before = {path: shown(client.get(path)) for path in paths}
    assert {status for status, _headers, _body in before.values()} <= {200, 302, 303, 403, 404, 409}
    with app.app_context():
        swap_keys()
        db.session.commit()
    assert {path: shown(client.get(path)) for path in paths} == before


def shown(response):
    body = re.sub(r'(name="(csrf_token|nonce)" value|data-csrf)="[^"]*"', "",
                  response.get_data().decode("utf8", "replace"))
    headers = {k: v for k, v in response.headers.items() if k not in ("Date", "Set-Cookie", "Content-Length")}
    return response.status_code, headers, body


@pytest.mark.parametrize("content", EVERY, ids=lambda content: content.type)
def test_a_draw_does_not_look_at_the_key(app, hands, monkeypatch, content):
    """Of every type: the same seed draws the same paper whatever is right, and no statement names the keys."""
    monkeypatch.setattr("contest.delivery.operations.secrets.token_hex", lambda _bytes: "5" * 32)
    with app.app_context():
        bank = factories.bank(0)
        write_rows(draw_rows(bank.id, [Insert(f"C-{n}", replace(content, stem=f"Câu {n}: {content.stem}"))
                                       for n in range(6)], (), by=None, now=NOON))
        db.session.flush()
        round_id = factories.round_(factories.contest(), bank, questions=4).id
        db.session.commit()

    def draw(login):
        with app.app_context():
            who = factories.account(login)
            sign_in = factories.sign_in(who, login)
            with counted(app) as statements:
                started = start(round_id, who.id, sign_in.id, consent=True, now=NOON)
            assert not any("answer_key" in statement for statement in statements)
            items = db.session.query(PaperItem).filter_by(attempt_id=started.attempt_id).order_by(PaperItem.slot)
            return [(item.version_id, item.options, item.shape) for item in items], started.view.items

    first = draw("mot")
    with app.app_context():
        before = [key.correct for key in db.session.query(AnswerKey).order_by(AnswerKey.version_id)]
        swap_keys()
        db.session.commit()
        assert [key.correct for key in db.session.query(AnswerKey).order_by(AnswerKey.version_id)] != before
    assert draw("hai") == first
    assert len(first[0]) == 4


def test_a_saved_answer_says_nothing_of_its_worth(app, sitting):
    """The acknowledgements of a right and of a wrong answer differ in their numbers only."""
    client = client_of(app, sitting["who"])
    client.post(f"/api/v1/attempts/{sitting['running']}/take-over", headers=token(client))
    with app.app_context():
        paper = {q.slot: q for q in papers(sitting["running"])}
        right = db.session.get(AnswerKey, paper[1].version_id).correct
        wrong = [t for t in paper[2].options.split() if t not in db.session.get(AnswerKey, paper[2].version_id).correct]
    answers = []
    for slot, choice in ((1, right), (2, wrong[:1])):
        reply = client.put(f"/api/v1/attempts/{sitting['running']}/answers", headers=token(client), json={
            "generation": 2, "answers": [{"slot": slot, "seq": 1, "choice": choice}]})
        assert reply.status_code == 200
        answers.append(reply.get_data(as_text=True).replace(f'"slot":{slot}', "").replace(f'"slot": {slot}', ""))
    assert answers[0] == answers[1]


def papers(attempt_id):
    from contest.delivery.models import PaperItem

    return db.session.query(PaperItem).filter_by(attempt_id=attempt_id).all()


def token(client):
    return {"X-CSRF-Token": client.get("/api/v1/session").get_json()["csrf_token"]}


def test_the_board_tells_a_name_a_unit_points_and_time_and_nothing_else(app, hands, sitting):
    with app.app_context():
        account = db.session.get(Account, sitting["done"])
        account.phone, account.login, account.position = "0912345678", "canary.login", "Canary chức vụ"
        account.name = "Hoàng Văn Canary"
        db.session.commit()
    client = client_of(app, sitting["who"])
    hands.set(CLOSES)
    found = client.get(f"/api/v1/rounds/{sitting['round_id']}/leaderboard").get_json()
    assert found["rows"] == [
        {"rank": 1, "rank_within": None, "name": "H. V. Canary", "unit": "Sở Nội vụ", "points": 200,
         "taken_ms": 300_000}]
    private = ["0912345678", "canary.login", "Canary chức vụ", "Hoàng Văn", sitting["done"], sitting["finished"]]
    for path in (f"/api/v1/rounds/{sitting['round_id']}/leaderboard", f"/dot-thi/{sitting['round_id']}/xep-hang"):
        said = everything(client, path)
        assert [word for word in private if word in said] == []


def test_questions_are_not_marked_as_right_by_their_place(app, sitting):
    """The paper of the interface names options by token and text only; what a wrong answer costs is no key."""
    client = client_of(app, sitting["who"])
    paper = client.get(f"/api/v1/attempts/{sitting['running']}").get_json()
    assert {key for item in paper["items"] for key in item} == {
        "slot", "type", "stem", "markup", "penalty", "options", "parts", "choice", "seq"}
    assert {key for item in paper["items"] for option in item["options"] for key in option} == {"id", "text"}
    with app.app_context():
        assert db.session.query(Question).count() == 6


@pytest.mark.parametrize("prediction", ["participants", "perfect_entries", "perfect_percent", "none"])
def test_nothing_changes_with_the_number_that_is_guessed_while_the_round_is_open(app, hands, prediction):
    """Others start, answer, hand in and are scored: not a byte tells, on whatever page. "none" is the control."""
    hands.set(NOON + timedelta(minutes=5))
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(result_shown="score", board_shown="live", prediction=prediction)
        done, who = factories.account(unit=unit), factories.account(unit=unit)
        finished = sit(round_, bank, done, unit=unit, right=2, started=NOON - timedelta(minutes=30))
        running = sit(round_, bank, who, unit=unit, state="open")
        score_round(round_.id, NOON)
        ids = {"round_id": round_.id, "finished": finished.id, "running": running.id, "code": round_.contest.code}
        people = done.id, who.id
        db.session.commit()
    clients = [client_of(app, person) for person in people]
    before = crawl(app, clients, ids)
    assert sum(page[0] == 200 for page in before.values()) > 40
    with app.app_context():
        round_ = db.session.get(Round, ids["round_id"])
        unit = db.session.get(Account, people[0]).unit
        for n in range(20):
            sit(round_, bank_of(round_), factories.account(unit=unit), unit=unit, right=4 if n % 2 else 1,
                started=NOON - timedelta(minutes=20))
        score_round(round_.id, NOON)
        db.session.commit()
    after = crawl(app, clients, ids)
    told = {path for n, path in before if before[n, path] != after[n, path]}
    assert (told == set()) == (prediction != "none")
    assert prediction != "none" or f"/dot-thi/{ids['round_id']}/don-vi" in told


def crawl(app, clients, ids):
    """(person, address) → status, headers, body without what is drawn anew for each answer."""
    pages = {}
    for n, client in enumerate(clients):
        for path in addresses(app, ids):
            if path != "/metrics":
                with client.get(path) as response:
                    status, headers, body = shown(response)
                pages[n, path] = status, headers, re.sub(r'(csrf_token"|nonce")[^>,]*', "", body)
    return pages


def bank_of(round_):
    from contest.questions.models import Bank

    return db.session.get(Bank, round_.banks[0].bank_id)
