"""Boards that somebody alters in the database are found, and whatever the house does is taken for no such thing."""

import random
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Thread

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from contest import cli, cli_verify, database
from contest.delivery import overruling
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.models import Bank
from contest.rounds import operations as rounds
from contest.rounds.adding_up import set_overall
from contest.rounds.barring import bar, unbar
from contest.rounds.models import Contest, Entry, Round
from contest.rounds.publishing import cancel_round
from contest.serving import keep_digest
from contest.standings import applying, counters, operations, overall, recount, regrading
from contest.standings.board_models import Board, RankStep, ScoreTally, Standing, UnitTally
from contest.standings.building import building
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.operations import SETTLE
from contest.standings.publications import publish_board
from contest.standings.regrading import Changes
from contest.standings.run_models import GradingRun
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import fields
from tests.standings.cast import sit, stage, version_at
from tests.standings.test_digests import hall, verify  # noqa: F401
from tests.standings.test_keeping import unheard

KEY = "a key for tests only, 32 characters"
CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)


@pytest.fixture
def season(hall):  # noqa: F811
    """As `hall`, with a board over its rounds. entries: in the order in which they stand, the best first."""
    contest = db.session.get_one(Round, hall["round"]).contest
    set_overall(contest.id, {"rounds": {"how": "sum"}}, by=None, now=SETTLED)
    db.session.commit()
    entries = db.session.scalars(select(Standing.entry_id).where(Standing.board_id == hall["round"])
                                 .order_by(Standing.rank_key)).all()
    people = {entry_id: db.session.get_one(Entry, entry_id).account for entry_id in entries}
    return hall | {"contest": contest.id, "entries": entries, "who": [
        f"{people[entry_id].name} ({people[entry_id].login})" for entry_id in entries]}


def last(season, board="round"):
    return Standing.board_id == season[board], Standing.entry_id == season["entries"][-1]


def best_key(season, board="round"):
    return select(Standing.rank_key).where(
        Standing.board_id == season[board], Standing.entry_id == season["entries"][0]).scalar_subquery()


def named(told):
    """Those who were named, in order, each with what is said of them."""
    return re.findall(r"^  – (.+ \(.+?\)): (.+)\.$", told, flags=re.M)


ROUND, OVERALL = "bảng xếp hạng không còn đúng với kết quả", "Bảng xếp hạng chung của"
TAMPERING = {
    "points": (lambda s: update(Standing).where(*last(s)).values(points=400), "bị sửa điểm"),
    "rank_key": (lambda s: update(Standing).where(*last(s)).values(rank_key=best_key(s)), "bị sửa thứ tự xếp hạng"),
    "both": (lambda s: update(Standing).where(*last(s)).values(points=400, rank_key=best_key(s)),
             "bị sửa điểm, thứ tự xếp hạng"),
    "distance": (lambda s: update(Standing).where(*last(s)).values(distance=0), "bị sửa độ lệch dự đoán"),
    "the right to take part": (lambda s: update(Standing).where(*last(s)).values(
        outside=True, ranked=False, rank_key=""), "bị sửa số liệu khác, quyền dự thi, thứ tự xếp hạng"),
    "the unit": (lambda s: update(Standing).where(*last(s)).values(unit_id=None), "bị sửa đơn vị"),
    "sittings of it": (lambda s: update(Standing).where(*last(s)).values(papers=[[4, 4, 1]]), "bị sửa số liệu khác"),
    "gone": (lambda s: delete(Standing).where(*last(s)), "có kết quả nhưng không còn trong bảng"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_an_altered_standing_is_found_and_its_person_named(season, verify, what):  # noqa: F811
    assert verify()[0] == 0
    statement, words = TAMPERING[what]
    db.session.execute(statement(season))
    code, told = verify()
    assert code == 1
    assert ROUND in told
    assert f"Đợt thi “Tuần 1” ({db.session.get(Contest, season['contest']).title}, {season['round']})" in told
    assert (season["who"][-1], words) in named(told)
    assert {who for who, _words in named(told)} == {season["who"][-1]}
    assert f"contest round score {season['round']}" in told
    assert "Tuần 2" not in told
    assert "kết quả không còn như lúc công bố" not in told


def test_one_slipped_in_is_found(season, verify):  # noqa: F811
    who = factories.account(name="Người Lạ")
    entry = factories.entry(db.session.get(Contest, season["contest"]), who, None)
    row = dict(db.session.execute(select(Standing.__table__).where(*last(season))).mappings().one())
    db.session.execute(insert(Standing).values(row | {"entry_id": entry.id, "points": 400}))
    login = who.login
    code, told = verify()
    assert (code, ROUND in told) == (1, True)
    assert (f"Người Lạ ({login})", "có trong bảng nhưng không có kết quả") in named(told)


@pytest.mark.parametrize("change", [
    lambda board: update(RankStep).where(RankStep.board_id == board).values(people=RankStep.people + 1),
    lambda board: update(UnitTally).where(UnitTally.board_id == board).values(points=UnitTally.points + 100),
    lambda board: update(ScoreTally).where(ScoreTally.board_id == board).values(people=ScoreTally.people + 1),
    lambda board: delete(RankStep).where(RankStep.board_id == board),
])
@pytest.mark.parametrize("board", ["round", "contest"])
def test_counters_that_do_not_come_to_the_lines_are_found(season, verify, change, board):  # noqa: F811
    db.session.execute(change(season[board]))
    code, told = verify()
    assert (code, named(told)) == (1, [])
    assert (ROUND in told, OVERALL in told) == (board == "round", board == "contest")
    assert "Các số đếm kèm theo bảng" in told


@pytest.mark.parametrize("what", ["points", "rank_key", "gone"])
def test_an_altered_line_of_the_board_over_the_rounds_is_found(season, verify, what):  # noqa: F811
    values = {"points": {"points": 900}, "rank_key": {"rank_key": best_key(season, "contest")}}
    where = last(season, "contest")
    db.session.execute(delete(Standing).where(*where) if what == "gone"
                       else update(Standing).where(*where).values(values[what]))
    code, told = verify()
    assert (code, OVERALL in told, ROUND in told) == (1, True, False)
    assert [who for who, _words in named(told)] == [season["who"][-1]]


def test_rules_and_the_value_to_be_guessed_are_set_beside_what_was_laid_down(season, verify):  # noqa: F811
    db.session.execute(update(Board).where(Board.id == season["round"]).values(policy={"chain": ["taken_ms"]}))
    code, told = verify()
    assert (code, "Cách xếp hạng không còn là cách đã quy định." in told, named(told)) == (1, True, [])
    db.session.rollback()
    db.session.execute(update(Board).where(Board.id == season["round"]).values(policy={}, actual=7))
    code, told = verify()
    assert (code, "Giá trị đúng của câu dự đoán không còn như lúc chốt" in told) == (1, True)


def test_who_is_barred_goes_by_the_trail(season, verify):  # noqa: F811
    """Put on the list by hand, and off the board: no act of the house says so."""
    who = db.session.get_one(Entry, season["entries"][0]).account_id
    bar(season["contest"], [who], "Tổ ra đề", by=None, now=SETTLED)
    assert verify()[0] == 0
    from contest.rounds.models import Barred
    db.session.execute(delete(Barred))
    operations.score_round(season["round"], SETTLED)
    code, told = verify()
    assert (code, named(told)[0][0]) == (1, season["who"][0])


@pytest.mark.parametrize("what", TAMPERING)
def test_scored_again_the_board_is_what_it_was(season, verify, what):  # noqa: F811
    before = rows()
    db.session.execute(TAMPERING[what][0](season))
    db.session.execute(update(UnitTally).values(points=0, people=0, attempts=0))
    db.session.execute(delete(RankStep).where(RankStep.board_id == season["contest"]))
    assert verify()[0] == 1
    assert CliRunner().invoke(cli.main, ["round", "score", season["round"]]).exit_code == 0
    db.session.rollback()
    assert rows(Standing.board_id != db.session.scalar(select(Round.id).where(Round.title == "Tuần 2"))) == [
        row for row in before if row[0] in (season["round"], season["contest"])]
    assert counters.differences(season["round"]) == counters.differences(season["contest"]) == []


def test_scored_again_an_official_board_takes_up_nothing_that_waits_for_a_publication(season, verify):  # noqa: F811
    publish_board(season["round"], "", key=KEY, by=None, now=SETTLED)
    who = db.session.get_one(Entry, season["entries"][0]).account_id
    bar(season["contest"], [who], "Tổ ra đề", by=None, now=SETTLED + timedelta(hours=1))
    db.session.commit()
    before = rows()
    db.session.execute(update(Standing).where(*last(season)).values(points=77))
    db.session.commit()
    assert CliRunner().invoke(cli.main, ["round", "score", season["round"]]).exit_code == 0
    db.session.rollback()
    assert rows() == before


def rows(*where):
    return [tuple(row) for row in db.session.execute(
        select(Standing.__table__).where(*where).order_by(Standing.board_id, Standing.entry_id))]


def test_many_people_are_read_some_at_a_time_and_twenty_named(season, verify, monkeypatch):  # noqa: F811
    monkeypatch.setattr(cli_verify, "STEP", 2)
    monkeypatch.setattr(recount, "SOME", 2)
    monkeypatch.setattr(recount, "MOST", 2)
    code, told = verify()
    assert (code, "Tuần 1: đã so xếp hạng của 2 người…" in told) == (0, True)
    db.session.execute(update(Standing).where(Standing.board_id == season["round"]).values(points=1))
    code, told = verify()
    assert code == 1
    assert "  – và 1 người khác." in told


def test_a_run_that_is_applied_while_a_board_is_read_alarms_nobody(app, season, monkeypatch):
    """Another server lets a run hold between two bites: what is read goes on as it was."""
    monkeypatch.setattr(recount, "SOME", 1)
    done = []

    def apply():
        with app.app_context():
            run = regrading.make_run(season["round"], Changes({season["version"]: Correction("out")}, {}), "Đáp án sai",
                                     by=season["judges"][0], now=SETTLED)
            list(building(run.id, SETTLED))
            applying.apply_run(run.id, "", by=season["judges"][1], now=SETTLED)
            db.session.commit()
            done.append(run.id)

    def told(_title, before, _read):
        if before == 1 and not done:
            thread = Thread(target=apply)
            thread.start()
            thread.join()

    db.session.commit()
    before = rows()
    db.session.rollback()
    found = database.one_state(lambda: recount.of_round(season["round"], told))
    assert (found.holds, len(done)) == (True, 1)
    db.session.rollback()
    db.session.expire_all()
    assert rows() != before
    assert recount.of_round(season["round"], unheard).holds
    assert recount.of_contest(season["contest"], unheard).holds


RULES = [{}, {"counted": "last", "chain": ["points", "distance", "taken_ms"]}, {"counted": "mean", "complete": True},
         {"chain": ["points", "earlier", "draw"], "seed": "Xổ số"}, {"counted": "first", "pass_percent": 50}]
TOTALS = [{"rounds": {"how": "sum"}}, {"rounds": {"how": "last"}},
          {"rounds": {"how": "best", "k": 2}, "chain": ["points", "distance", "finished_at"]}]


class History:
    """Three closed rounds with sittings, to which the house does what it may, in an order of the dice."""

    ACTS = ("publish", "publish", "list", "list", "bar", "unbar", "run", "run", "policy", "undo", "annul", "score",
            "total", "cancel", "take up")

    def __init__(self, dice):
        self.dice, self.now = dice, SETTLED
        unit = dice.choice([("participants", "perfect_entries"), ("perfect_percent",)])  # no two in one contest
        self.contest, bank, first, units = stage(
            units=("Sở Nội vụ", "Sở Y tế"), closes_at=CLOSED, prediction=dice.choice(unit), scoring=dice.choice(RULES))
        self.rounds = [first, *(factories.round_(
            self.contest, bank, opens_at=NOON + timedelta(minutes=n), closes_at=CLOSED, attempts_allowed=2,
            prediction=dice.choice(["none", *unit]),
            board_shown=dice.choice(["after_close", "never"]), scoring=scoring(dice, n)) for n in (1, 2))]
        self.people = [factories.account(unit=dice.choice(units)) for _ in range(6)]
        self.judges = [factories.account(roles=("organiser",)).id for _ in range(2)]
        for round_ in self.rounds:
            for who in self.people:
                for number in range(1, dice.randint(0, 2) + 1):
                    sit(round_, bank, who, unit=who.unit, right=dice.randint(0, 4), wrong=0, number=number,
                        minutes=dice.randint(1, 9)).prediction = dice.choice([None, 1, 4, 70])
        db.session.flush()

    def act(self):
        self.now += timedelta(seconds=self.dice.choice([0, 1, 600]))
        name = self.dice.choice(self.ACTS)
        try:
            with db.session.begin_nested():
                getattr(self, name.replace(" ", "_"))(self.dice.choice(self.rounds))
        except Refusal:
            pass
        return name

    def publish(self, round_):
        operations.publish_results(round_.id, by=None, now=self.now)
        if self.dice.random() < .5:
            self.list(round_)

    def list(self, round_):
        publish_board(round_.id, "Danh sách khác", key=KEY, by=None, now=self.now)

    def bar(self, _round):
        bar(self.contest.id, [self.dice.choice(self.people).id], "Tổ ra đề", by=None, now=self.now)

    def unbar(self, _round):
        unbar(self.contest.id, self.dice.choice(self.people).id, by=None, now=self.now)

    def annul(self, round_):
        if found := sittings(round_):
            one = self.dice.choice(found)
            operations.forget_result(overruling.annul(one.id, "Nhầm", give_back=False, by=None, now=self.now), self.now)

    def score(self, round_):
        self.dice.choice([operations.score_round, operations.rescore])(round_.id, self.now)

    def total(self, _round):
        set_overall(self.contest.id, self.dice.choice(TOTALS), by=None, now=self.now)

    def cancel(self, round_):
        if self.dice.random() < .3:
            cancel_round(round_.id, "Bão", by=None, now=self.now)

    def run(self, round_):
        if found := sittings(round_):
            one = self.dice.choice(found)
            changes = self.dice.choice([
                Changes({version_at(one, 1): Correction(self.dice.choice(["full", "out"]))}, {}),
                Changes({}, {one.id: "Thi hộ"})])
            self.apply(regrading.make_run(round_.id, changes, "Sai", by=self.judges[0], now=self.now))

    def policy(self, round_):
        self.apply(regrading.make_run(round_.id, Changes({}, {}, policy=self.dice.choice(RULES)), "Sai",
                                      by=self.judges[0], now=self.now))

    def take_up(self, round_):
        self.apply(regrading.make_run(round_.id, Changes({}, {}, earlier=True), "Điểm đợt trước", by=self.judges[0],
                                      now=self.now))

    def undo(self, round_):
        if run := db.session.scalar(select(GradingRun).where(
                GradingRun.round_id == round_.id, GradingRun.state == "applied").order_by(GradingRun.number.desc())):
            self.apply(applying.undo_run(run.id, "Nhầm", by=self.judges[0], now=self.now), undoes=True)

    def apply(self, run, *, undoes=False):
        list((applying.building_back if undoes else building)(run.id, self.now))
        if self.dice.random() < .2:
            bar(self.contest.id, [self.dice.choice(self.people).id], "Tổ ra đề", by=None, now=self.now)
        try:
            applying.apply_run(run.id, "", by=self.judges[1], now=self.now)
        except Refusal:
            applying.drop_run(run.id, "", by=self.judges[1], now=self.now)


def scoring(dice, number):
    return dice.choice(RULES if number == 2 else [one for one in RULES if "earlier" not in one.get("chain", ())])


def sittings(round_):
    from contest.delivery.models import Attempt
    return db.session.scalars(select(Attempt).join(Result, Result.attempt_id == Attempt.id)
                              .where(Attempt.round_id == round_.id, Attempt.state != "void").order_by(Attempt.id)).all()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_no_alarm_after_any_history(app, seed):
    with app.app_context():
        history, acts = History(random.Random(seed)), []
        for _ in range(16):
            acts.append(history.act())
            db.session.expire_all()
            for round_id in recount.settled():
                found = recount.of_round(round_id, unheard)
                assert found.holds, (acts, found)
            for contest_id in recount.added_up():
                found = recount.of_contest(contest_id, unheard)
                assert found.holds, (acts, found)
        db.session.rollback()


def test_no_draft_that_goes_moves_the_weights_of_later_rounds(season):
    """The second round counts 300 % as the third of the contest; it would count 200 % were the draft before it gone."""
    contest = db.session.get_one(Contest, season["contest"])
    first, second = db.session.scalars(select(Round).order_by(Round.id)).all()
    draft = factories.round_(contest, db.session.get_one(Bank, second.banks[0].bank_id), published=False)
    first.position, draft.position, second.position = 1, 2, 3
    db.session.execute(update(Contest).values(overall={"rounds": {"how": "sum", "weights": [100, 200, 300]}}))
    db.session.flush()
    db.session.expire_all()
    overall.renew(contest.id, SETTLED)
    assert recount.of_contest(contest.id, unheard).holds
    same = fields(second.banks[0].bank_id)
    for act in (partial(rounds.delete_round, draft.id),
                partial(rounds.edit_round, draft.id, replace(same, kind="practice"))):
        with pytest.raises(Refusal, match="weights_kept"):
            act(by=None, now=SETTLED)
    rounds.edit_round(draft.id, same, by=None, now=SETTLED)  # of the same kind
    last = factories.round_(contest, db.session.get_one(Bank, second.banks[0].bank_id), published=False)
    last.position = 4
    db.session.flush()
    rounds.delete_round(last.id, by=None, now=SETTLED)  # behind them
    assert recount.of_contest(contest.id, unheard).holds
    db.session.rollback()


def test_a_round_that_nothing_is_fixed_of_yet_is_not_looked_at(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(closes_at=CLOSED)
        sit(round_, bank, factories.account(unit=unit), unit=unit, right=3)
        operations.score_round(round_.id, CLOSED)
        assert recount.settled() == []
        operations.score_round(round_.id, SETTLED)
        assert recount.settled() == [round_.id]
        assert not keep_digest()
        db.session.execute(update(Standing).values(points=1))
        assert not recount.of_round(round_.id, unheard).holds
        db.session.rollback()
