"""While results are closed to view no answer changes with them: not a byte, a header, a size, nor the statements asked.

The contest has a board over its rounds and an earlier round whose results are official: both are read beside the closed
one, whole and in parts. All is read twice by everybody who does not run it, by every address; in between other people's
answers and all the keys are turned around and scored. Time is measured as work: a page that asks the database the same
takes the same.
"""

import json
import re
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from sqlalchemy import select, update
from werkzeug.routing import BuildError

from contest.delivery.models import Attempt, Response
from contest.extensions import db
from contest.identity.permissions import ANYONE, ROLE_ACTIONS, SIGNED_IN
from contest.questions.keys import AnswerKey
from contest.questions.models import QuestionVersion
from contest.rounds.adding_up import set_overall
from contest.rounds.models import ContestUnit, RoundQuestion
from contest.serving import worker_tick
from contest.standings.board_models import Board
from contest.standings.models import Result
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories as make
from tests.factories import NOON
from tests.standings.cast import sit, stage, versions
from tests.statements import counted

OPEN = NOON + timedelta(minutes=40)
FREEZES = NOON + timedelta(minutes=30)
CLOSES = NOON + timedelta(hours=1)
AFTER = CLOSES + SETTLE + timedelta(minutes=5)
POINTS = (1301, 1733, 1999, 2203)
CANARY = re.compile(r"(?<![0-9a-f])5033(?![0-9a-f])|(?<!\d)50[,.]33(?!\d)")  # the first three right: nobody else's sum
WINNER = "Au Duong Khue Cac"  # plain letters: JSON writes others as escapes
READS = {None: ANYONE, "contestant": ANYONE | SIGNED_IN, "fresh": ANYONE | SIGNED_IN,
         "coordinator": ANYONE | SIGNED_IN | ROLE_ACTIONS["coordinator"]}
COUNTS_REQUESTS = {"/metrics"}


class World:
    """An open round: one person who sat and one who did not, a coordinator, and eight others who sat too.

    An earlier round of the contest is official; all but the winner and the one who did not sit took part in both.
    """

    def __init__(self, app, hands, **columns):
        self.app, self.hands = app, hands
        hands.set(OPEN)
        with app.app_context():
            contest, bank, round_, units = stage(units=("Sở Nội vụ", "Xã An Bình"), closes_at=CLOSES,
                                                 audience="official", mask_names=False, questions=4, **columns)
            unit = units[0]
            for version, points in zip(versions(bank), POINTS, strict=True):
                version.points = points
            people = {role: make.account(unit=unit, name=f"Người xem {role}") for role in ("contestant", "fresh")}
            people["coordinator"] = make.account(unit=unit, roles=("coordinator",))
            mine = sit(round_, bank, people["contestant"], unit=unit, right=2, wrong=2)
            mine.prediction = 777 if round_.prediction != "none" else None
            others = [make.account(unit=units[place % 2], name=WINNER if place == 0 else f"Thí sinh {place}")
                      for place in range(8)]
            for place, other in enumerate(others):
                all_right = place == 1 and round_.prediction != "none"  # so that the true value is not 0
                sit(round_, bank, other, unit=units[place % 2], right=4 if all_right else 3 - place % 4,
                    wrong=0 if all_right else 1, minutes=6 + place)
            self.round_id, self.mine = round_.id, mine.id
            self.official_id = official(contest, [people["contestant"], *others[1:]], units)
            counted_unit = db.session.scalar(select(ContestUnit.id).where(
                ContestUnit.contest_id == contest.id, ContestUnit.unit_id == unit.id))
            self.ids = {"round_id": round_.id, "board_id": round_.id, "contest_id": contest.id, "code": contest.code,
                        "attempt_id": mine.id, "unit_id": unit.id, "counted_unit_id": counted_unit, "slot": 1,
                        "account_id": people["contestant"].id, "filename": "css/site.css"}
            who = {role: person.id for role, person in people.items()}
            db.session.commit()
        self.clients = {None: app.test_client()} | {
            role: make.signed_in(app.test_client(), SimpleNamespace(id=id_)) for role, id_ in who.items()}
        self.score(OPEN - timedelta(minutes=20))

    def score(self, now, *, every=False):
        with self.app.app_context():
            score_round(self.round_id, now, every=every)
            db.session.commit()

    def turn(self, now):
        """Everybody else answers the other way round, and another option is right.

        Returns what guesses are compared with, before and after, as far as that was known.
        """
        before, values = self.points(), {self.actual()}
        with self.app.app_context():
            for version in db.session.scalars(select(QuestionVersion).join(RoundQuestion).where(
                    RoundQuestion.round_id == self.round_id)):
                key = db.session.get(AnswerKey, version.id)
                tokens = [option["id"] for option in version.options]
                right, other = key.correct[0], tokens[1 + tokens.index(key.correct[0]) % 3]
                key.correct = [other]
                others = select(Attempt.id).where(Attempt.round_id == self.round_id, Attempt.id != self.mine)
                for was, then in ((right, "?"), (other, right), ("?", tokens[3])):
                    db.session.execute(update(Response).where(
                        Response.attempt_id.in_(others), Response.choice == json.dumps([was])).values(
                            choice=json.dumps([then])))
            db.session.commit()
        self.score(now, every=True)
        assert self.points() != before
        return (values | {self.actual()}) - {None}

    def actual(self):
        with self.app.app_context():
            return db.session.scalar(select(Board.actual).where(Board.id == self.round_id))

    def points(self):
        with self.app.app_context():
            return dict(db.session.execute(select(Result.attempt_id, Result.points)).all())

    def addresses(self, role):
        """Every address that this person may ask for, with what they know and with ids one only guesses."""
        found = set()
        with self.app.test_request_context():
            for rule in self.app.url_map.iter_rules():
                if "GET" not in rule.methods or rule.rule in COUNTS_REQUESTS:
                    continue
                if rule.endpoint != "static" and self.app.view_functions[rule.endpoint].policy not in READS[role]:
                    continue
                guessed = dict.fromkeys(rule.arguments, "a" * 32) | {"name": "board.json", "number": 1}
                try:
                    found.add(self.app.url_map.bind("localhost").build(
                        rule.endpoint, {name: self.ids.get(name, guessed[name]) for name in rule.arguments}))
                except (BuildError, ValueError):
                    continue
        return sorted(found | set(self.boards()))

    def boards(self):
        """The boards of both rounds and of the contest, whole, by parts and by pages, as pages and as programs ask."""
        unit, bloc = self.ids["counted_unit_id"], quote("Khối sở")
        rounds, code, contest = (self.round_id, self.official_id), self.ids["code"], self.ids["contest_id"]
        here, api = [f"/dot-thi/{id_}/" for id_ in rounds], [f"/api/v1/rounds/{id_}/" for id_ in rounds]
        asked = [
            ([*(f"{one}xep-hang" for one in here), f"/cuoc-thi/{code}/xep-hang-chung"],
             [f"thuoc={unit}", f"thuoc=khoi:{bloc}"], ["nhom=cbccvc", "nhom=nguoi-dan", "sau=1"]),
            ([*(f"{one}leaderboard" for one in api), f"/api/v1/contests/{contest}/leaderboard"],
             [f"unit={unit}", f"bloc={bloc}"], ["audience=official", "audience=citizen", "after=1&limit=2"]),
            ([*(f"{one}don-vi" for one in here), f"/cuoc-thi/{code}/don-vi-chung"], [f"khoi={bloc}"], ["sap=diem"]),
            ([f"{one}{board}" for one in api for board in ("units", "me")], [], []),
        ]
        return [f"{address}{query}" for addresses, parts, more in asked for address in addresses for query in (
            "", *(f"?{one}" for one in (*parts, *more)), *(f"?{part}&{one}" for part in parts for one in more))]

    def read(self, role):
        """Address → status, headers, body, and the statements that it took."""
        pages = {}
        for address in self.addresses(role):
            with counted(self.app) as statements, self.clients[role].get(address) as answer:
                pages[address] = (*plain(answer), tuple(statements))
        return pages


def official(contest, people, units):
    """An earlier round with official results, from questions of its own; the contest's board adds up its rounds."""
    bank, opened = make.bank(4), NOON - timedelta(hours=5)
    round_ = make.round_(contest, bank, opens_at=opened, closes_at=opened + timedelta(hours=1), mask_names=False)
    set_overall(contest.id, {"rounds": {"how": "sum"}}, by=None, now=opened)
    for place, who in enumerate(people):
        unit = next(one for one in units if one.id == who.unit_id)
        sit(round_, bank, who, unit=unit, right=1 + place % 4, started=opened, minutes=5 + place)
    publish_results(round_.id, by=None, now=NOON - timedelta(hours=3))
    return round_.id


def plain(answer):
    """The answer without what is drawn anew for each; every token keeps its length, so sizes are compared."""
    body = answer.get_data().decode("utf8", "replace")
    body = re.sub(r'name="(?:nonce|csrf_token)"[^>]*value="[^"]*"', "", body)
    body = re.sub(r'data-csrf="[^"]*"|"csrf_token": ?"[^"]*"', "", body)
    return answer.status_code, [(name, value) for name, value in answer.headers.to_wsgi_list()
                                if name not in ("Set-Cookie", "Date")], body


def moved(before, after):
    """Address → what differs between two readings."""
    parts = ("status", "headers", "body", "statements")
    return {address: [name for name, one, other in zip(parts, page, after[address], strict=True) if one != other]
            for address, page in before.items() if page != after[address]}


STAGES = {
    "open": ({"result_shown": "nothing", "board_shown": "after_close"}, OPEN),
    "open, guessed": ({"result_shown": "nothing", "board_shown": "live", "prediction": "perfect_entries"}, OPEN),
    "frozen": ({"result_shown": "nothing", "board_shown": "live", "board_freezes_at": FREEZES}, OPEN),
    "closed": ({"result_shown": "nothing", "board_shown": "never"}, AFTER),
    "closed, guessed": ({"result_shown": "nothing", "board_shown": "never", "prediction": "perfect_percent"}, AFTER),
    "frozen, guessed": ({"result_shown": "nothing", "board_shown": "after_close", "board_freezes_at": FREEZES,
                         "prediction": "perfect_percent"}, AFTER),
}
TRUE_VALUE = "Giá trị đúng của câu dự đoán"


@pytest.mark.parametrize("role", READS, ids=str)
@pytest.mark.parametrize("stage_", STAGES)
def test_nothing_changes_with_the_result(app, hands, stage_, role):
    columns, now = STAGES[stage_]
    world = World(app, hands, **columns)
    hands.set(now)
    with app.app_context():
        worker_tick()
    world.score(now)
    world.read(role)  # what a first visit leaves behind is no secret
    before = world.read(role)
    assert sum(status == 200 for status, *_rest in before.values()) >= 5
    if role is not None:  # what is official is read, whole and in parts
        assert {before[address][0] for address in world.boards() if world.round_id not in address} == {200}
    values = world.turn(now)
    assert (len(values) == 2) is (now == AFTER and "prediction" in columns)  # the true one moves, and nobody sees it
    assert moved(before, world.read(role)) == {}
    assert not any(TRUE_VALUE in body for _status, _headers, body, _work in before.values())


@pytest.mark.parametrize("role", [None, "contestant", "fresh"], ids=str)
@pytest.mark.parametrize("stage_", ["open", "open, guessed", "closed"])
def test_no_canary_sings(app, hands, stage_, role):
    """The sum of points that only the first has, and the first one's name, stand in no answer."""
    columns, now = STAGES[stage_]
    world = World(app, hands, **columns)
    hands.set(now)
    world.score(now)
    assert 5033 in world.points().values()
    told = {address for address, (_status, headers, body, _work) in world.read(role).items()
            if CANARY.search(f"{headers}{body}") or WINNER in body}
    assert told == set()


@pytest.mark.parametrize("role", ["contestant", "fresh"])
def test_the_control_once_published_they_differ_and_the_canary_sings(app, hands, role):
    world = World(app, hands, result_shown="nothing", board_shown="after_close")
    hands.set(AFTER)
    world.score(AFTER)
    with app.app_context():
        publish_results(world.round_id, by=None, now=AFTER)
        db.session.commit()
    world.read(role)
    before = world.read(role)
    told = {address for address, (_status, headers, body, _work) in before.items()
            if CANARY.search(f"{headers}{body}") and WINNER in body}
    board = f"/dot-thi/{world.round_id}/xep-hang"
    contest, unit = world.ids["code"], world.ids["counted_unit_id"]
    assert {board, f"{board}?thuoc={unit}", f"/api/v1/rounds/{world.round_id}/leaderboard",
            f"/api/v1/rounds/{world.round_id}/leaderboard?unit={unit}", f"/cuoc-thi/{contest}/xep-hang-chung",
            f"/cuoc-thi/{contest}/xep-hang-chung?thuoc={unit}",
            f"/api/v1/contests/{world.ids['contest_id']}/leaderboard?unit={unit}"} <= told
    with app.app_context():
        db.session.execute(update(make.Account).where(make.Account.name == WINNER).values(name="Người khác"))
        db.session.commit()
    assert "body" in moved(before, world.read(role))[board]


@pytest.mark.parametrize("role", ["contestant", "fresh"])
def test_the_control_once_published_the_true_value_stands_on_boards_and_moves_with_the_answers(app, hands, role):
    columns = {"result_shown": "nothing", "board_shown": "after_close", "prediction": "perfect_percent"}
    world = World(app, hands, **columns)
    hands.set(AFTER)
    world.score(AFTER)
    with app.app_context():
        publish_results(world.round_id, by=None, now=AFTER)
        db.session.commit()
    told = {address for address, (_status, _headers, body, _work) in world.read(role).items() if TRUE_VALUE in body}
    own = {f"/luot-thi/{world.mine}/ket-qua"} if role == "contestant" else set()
    assert {one.partition("?")[0] for one in told} == {f"/dot-thi/{world.round_id}/xep-hang"} | own
