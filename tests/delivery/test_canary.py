"""No byte of a key reaches a contestant before the round closes: markers in every key, every address tried."""

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update
from werkzeug.routing import BuildError

from contest.delivery import queries
from contest.extensions import db
from contest.questions.content import Content
from contest.questions.formats.drafts import Accepted, Gap
from contest.questions.keys import AnswerKey
from contest.questions.matching import Insert
from contest.questions.models import QuestionVersion
from contest.questions.operations import draw_rows, write_rows
from contest.standings.operations import score_round
from tests import factories as make
from tests.questions.every_type import EVERY

NOON = make.NOON
MARK = "KHOAMAT"
COSTLY = ("cluster", "matching")  # they have a rule of their own: its cost is told, and nothing else of it
SLOTS = range(1, len(EVERY) + 1)


def marked(content: Content) -> Content:
    """The content with the marker in whatever only its organisers may read."""
    gaps = tuple(Gap(gap.kind, (*gap.answers, Accepted(f"{MARK} {number}"))) if gap.kind == "text" else gap
                 for number, gap in enumerate(content.gaps))
    if content.type in COSTLY:
        content = replace(content, settings=(("penalty_percent", "37"), ("rule", "negative")))
    return replace(content, gaps=gaps, explanation=f"{MARK} giải thích", citation=f"{MARK} căn cứ")


@pytest.fixture
def sitting(app, hands):
    """A running sitting over one question of every type: the contestant's client, and the ids of everything."""
    with app.app_context():
        unit = make.unit()
        contest = make.contest(units=(unit,))
        bank = make.bank(0)
        write_rows(draw_rows(bank.id, [Insert(f"C-{n}", marked(one)) for n, one in enumerate(EVERY)], (), by=None,
                             now=NOON))
        db.session.flush()
        round_ = make.round_(contest, bank, questions=len(EVERY), result_shown="review")
        person = make.account(unit=unit)
        ids = {"bank_id": bank.id, "contest_id": contest.id, "round_id": round_.id, "account_id": person.id,
               "unit_id": unit.id, "question_id": db.session.scalar(select(QuestionVersion.question_id).limit(1))}
        db.session.commit()
    client = make.signed_in(app.test_client(), SimpleNamespace(id=ids["account_id"]))
    token = client.get("/api/v1/session").json["csrf_token"]
    headers = {"X-CSRF-Token": token}
    attempt = client.post(f"/api/v1/rounds/{ids['round_id']}/attempts", json={"consent": True}, headers=headers).json
    answers = [{"slot": item["slot"], "seq": 1, "choice": some(item)} for item in attempt["items"]]
    saved = client.put(f"/api/v1/attempts/{attempt['id']}/answers", json={"generation": 1, "answers": answers},
                       headers=headers).json
    assert len(saved["saved"]) == len(EVERY)
    return client, {**ids, "attempt_id": attempt["id"], "slot": 1}


def some(item):
    """Any answer that the item takes."""
    if item["type"] in ("single", "multiple", "true_false"):
        return [item["options"][0]["id"]]
    if item["parts"]:
        return {part["id"]: (part["options"] or item["options"])[0]["id"] if part["kind"] in ("option", "choice")
                else "12" for part in item["parts"]}
    return "12"


def addresses(app, ids):
    """Every address that can be made of what a contestant knows, and of ids that one only guesses."""
    found = []
    guessed = {name: "0" * 64 if name == "name" else "a" * 32 for rule in app.url_map.iter_rules()
               for name in rule.arguments}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods:
                continue
            values = {**guessed, **ids, "filename": "js/exam.js"}
            for slot in SLOTS if "slot" in rule.arguments else (1,):
                try:
                    found.append(app.url_map.bind("localhost").build(
                        rule.endpoint, {name: {**values, "slot": slot}[name] for name in rule.arguments}))
                except (BuildError, ValueError):
                    continue
    return sorted(set(found))


def crawled(app, client, ids):
    """Address → what came of it: status, every header, body."""
    pages = {}
    for address in addresses(app, ids):
        with client.get(address) as answer:
            pages[address] = (answer.status_code, answer.headers.to_wsgi_list(), answer.get_data(as_text=True))
    return pages


def test_no_marker_anywhere_before_the_round_closes(app, sitting):
    client, ids = sitting
    pages = crawled(app, client, ids)
    assert len(pages) > 60
    assert sum(status == 200 for status, _headers, _body in pages.values()) > 20
    told = {address for address, (_status, headers, body) in pages.items() if MARK in f"{headers}{body}"}
    assert told == set()
    seen = "".join(body for _status, _headers, body in pages.values())
    assert seen.count("mỗi chỗ sai trừ 37\u00a0% điểm của một chỗ đúng") >= len(COSTLY)
    assert all(content.stem.split("[[")[0][:12] in seen for content in EVERY if not content.markup)  # the control


def test_the_control_an_organiser_reads_the_marker(app, sitting):
    _client, ids = sitting
    with app.app_context():
        organiser = make.account(roles=("organiser",)).id
        db.session.commit()
    client = make.signed_in(app.test_client(), SimpleNamespace(id=organiser))
    assert MARK in client.get(f"/to-chuc/ngan-hang/{ids['bank_id']}").get_data(as_text=True)


def test_another_key_changes_no_byte(app, sitting, hands):
    """Each key replaced by another question's: what a contestant gets is the same, forms' nonces aside."""
    client, ids = sitting
    before = {address: plain(page) for address, page in crawled(app, client, ids).items() if address != "/metrics"}
    with app.app_context():
        keys = db.session.scalars(select(AnswerKey).order_by(AnswerKey.version_id)).all()
        values = [(key.correct, key.credits, key.settings) for key in keys]
        for key, (correct, credits_, settings) in zip(keys, values[1:] + values[:1], strict=True):
            db.session.execute(update(AnswerKey).where(AnswerKey.version_id == key.version_id).values(
                correct=correct, credits=credits_, settings=settings, explanation="khác", citation="khác"))
        db.session.commit()
    queries._pools.clear()
    after = {address: plain(page) for address, page in crawled(app, client, ids).items()}
    assert {address for address in before if before[address] != after[address]} == set()


def plain(page):
    """The page without what is drawn anew for each answer: the form's nonce, the CSRF token and its cookie.

    All of these keep their lengths, so that the length of the whole is compared.
    """
    status, headers, body = page
    body = re.sub(r'name="(?:nonce|csrf_token)"[^>]*value="[^"]*"', "", body)
    body = re.sub(r'data-csrf="[^"]*"|"csrf_token": ?"[^"]*"', "", body)
    return status, [(name, value) for name, value in headers if name not in ("Set-Cookie", "Date")], body


def test_even_the_time_of_a_saved_answer_tells_nothing(app, sitting):
    """Right or wrong, an answer is saved by the same statements: no key is read on the way."""
    from tests.statements import counted

    client, ids = sitting
    headers = {"X-CSRF-Token": client.get("/api/v1/session").json["csrf_token"]}
    item = next(item for item in client.get(f"/api/v1/attempts/{ids['attempt_id']}").json["items"]
                if item["type"] == "single")
    sent = []
    for seq, option in enumerate(item["options"], 2):
        with counted(app) as statements:
            client.put(f"/api/v1/attempts/{ids['attempt_id']}/answers", headers=headers, json={
                "generation": 1, "answers": [{"slot": item["slot"], "seq": seq, "choice": [option["id"]]}]})
        sent.append(tuple(statements))
    assert len(set(sent)) == 1
    assert not any("answer_key" in statement for statement in sent[0])


def test_after_the_close_the_control_shows_the_marker(app, sitting, hands):
    """The same crawl finds it where the round shows its answers, and nowhere else."""
    client, ids = sitting
    token = client.get("/api/v1/session").json["csrf_token"]
    attempt = f"/api/v1/attempts/{ids['attempt_id']}"
    assert client.post(f"{attempt}/submit", headers={"X-CSRF-Token": token}).status_code == 200
    page, data = f"/luot-thi/{ids['attempt_id']}/ket-qua", f"{attempt}/result"
    hands.set(NOON + timedelta(hours=7))
    with app.app_context():
        score_round(ids["round_id"], hands.now())
        db.session.commit()
    pages = crawled(app, client, ids)
    assert {pages[page][0], pages[data][0]} == {200}
    told = {address for address, (_status, headers, body) in pages.items() if MARK in f"{headers}{body}"}
    assert told == {page, data}
