"""A round is graded anew: found first, decided by two people, held at once, taken back byte for byte."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.delivery.models import Attempt, Response
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.rounds.barring import bar
from contest.rounds.models import Entry, Round
from contest.standings import applying, building, counters, keeping, operations, previewing, recorded, regrading
from contest.standings.board import board
from contest.standings.board_models import Board, Standing
from contest.standings.explained import explain
from contest.standings.grading import grader_of
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.operations import SETTLE, publish_results, score_round
from contest.standings.regrading import Changes
from contest.standings.run_models import GradingRun, RunMark
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage, versions
from tests.statements import counted

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
LATER = SETTLED + timedelta(hours=1)
GIVEN, RIGHT = 25_890, 25_980  # the number as it was typed first, and as it is
WHY = "Đáp án câu 1 sai theo Nghị định 61/2018"


class Case:
    """Five people: the first has a wrong answer to the first question, which turns out right."""

    def __init__(self, **columns):
        self.contest, self.bank, self.round, (self.unit,) = stage(closes_at=CLOSED, **columns)
        self.people = [factories.account(unit=self.unit) for _ in range(5)]
        self.author, self.second = (factories.account() for _ in range(2))
        self.attempts = [sit(self.round, self.bank, who, unit=self.unit, right=4 - n, minutes=5 + n)
                         for n, who in enumerate(self.people)]
        self.version = versions(self.bank)[0].id
        key = db.session.get(AnswerKey, self.version)
        tokens = [o["id"] for o in versions(self.bank)[0].options]
        self.right, self.wrong = key.correct[0], next(t for t in tokens if t not in key.correct)
        self.answer(0, self.wrong)
        if self.round.prediction == "number":
            self.round.prediction_given = GIVEN
            for n, attempt in enumerate(self.attempts):
                attempt.prediction = (GIVEN + 5, RIGHT, GIVEN, RIGHT + 1, None)[n]
        self.score(SETTLED)

    def score(self, now):
        score_round(self.round.id, now)

    def answer(self, person, token):
        """This person's answer to the first question."""
        row = db.session.get(Response, (self.attempts[person].id, 1, 1, 1))
        row.choice = f'["{token}"]'
        db.session.flush()

    def run(self, corrections=None, gone=None, policy=None, given=None):
        run = regrading.make_run(self.round.id, Changes(
            {self.version: corrections} if corrections else {}, gone or {}, policy, given=given), WHY,
            by=self.author.id, now=LATER)
        return self.build(run)

    def build(self, run):
        steps = (applying.building_back if run.undoes_id else building.building)(run.id, LATER)
        told = list(steps)
        assert all(done <= total for done, total in told)
        return run

    def apply(self, run):
        return applying.apply_run(run.id, "Đã kiểm tra", by=self.second.id, now=LATER)

    def ranks(self):
        found = [explain(self.round.id, who.id) for who in self.people]
        return [place and place.rank for place in found]

    def told(self):
        """All that a run may change, as it stands in the tables."""
        db.session.flush()
        tables = (Result.__table__, Standing.__table__)
        rows = [sorted(map(tuple, db.session.execute(select(table)).all()), key=str) for table in tables]
        row = db.session.get(Board, self.round.id)
        states = sorted(map(tuple, db.session.execute(select(Attempt.id, Attempt.state)).all()))
        number = db.session.scalar(select(Round.prediction_given).where(Round.id == self.round.id))
        return rows, states, row.actual, row.policy, number, board(self.round.id, masked=False).rows


def key_of(case):
    return Correction("key", [case.wrong])


def test_a_wrong_key_is_put_right(app):
    with app.app_context():
        case = Case()
        assert case.ranks() == [1, 2, 3, 4, None]  # the last one gave no answer; the first two have 300 each
        before = case.told()
        run = case.run(key_of(case))
        assert (run.state, case.told()) == ("ready", before)
        assert run.summary["sittings"] == {"up": 1, "down": 3, "same": 0, "out": 0, "back": 0}
        case.apply(run)
        points = [db.session.get(Result, one.id).points for one in case.attempts]
        assert points == [400, 200, 100, 0, 0]
        assert case.ranks() == [1, 2, 3, 4, None]
        assert counters.differences(case.round.id) == []


@pytest.mark.parametrize(("kind", "points", "most"), [
    ("full", [400, 300, 200, 100, 100], 400), ("out", [300, 200, 100, 0, 0], 300)])
def test_a_question_counts_for_everybody_or_for_nobody(app, kind, points, most):
    with app.app_context():
        case = Case()
        case.apply(case.run(Correction(kind)))
        rows = [db.session.get(Result, one.id) for one in case.attempts]
        assert [row.points for row in rows] == points
        assert {row.max_points for row in rows} == {most}
        assert {row.items for row in rows} == {4 if kind == "full" else 3}


def test_papers_are_looked_through_once_however_many_there_are(app, monkeypatch):
    """Each thousand by itself would look through a million papers a thousand times over."""
    monkeypatch.setattr(building, "CHUNK", 1)
    with app.app_context():
        case = Case()
        run_id = regrading.make_run(case.round.id, Changes({case.version: key_of(case)}, {}), WHY, by=case.author.id,
                                    now=LATER).id
        with counted(app) as statements:
            list(building.building(run_id, LATER))
        assert len(db.session.scalars(select(RunMark).where(RunMark.run_id == run_id)).all()) == 4
    papers = [one for one in statements if "paper_item" in one]
    of_the_round = [one for one in papers if "JOIN attempt" in one and "response" not in one and "round_id =" in one]
    assert len(of_the_round) == 1
    assert len(papers) > 5  # and for each sitting that it found


def test_a_sitting_without_a_result_changes_nothing_for_those_looked_at_after_it(app, monkeypatch):
    """Taken out by a run, its paper still has the question."""
    with app.app_context():
        case = Case()
        case.apply(case.run(gone={case.attempts[2].id: WHY}))
        before = case.told()
        monkeypatch.setattr(building, "CHUNK", 1)
        second = case.apply(case.run(key_of(case)))
        assert len(db.session.scalars(select(RunMark).where(RunMark.run_id == second.id)).all()) == 3
        assert counters.differences(case.round.id) == []
        case.apply(case.build(applying.undo_run(second.id, WHY, by=case.author.id, now=LATER)))
        assert case.told() == before


def test_the_digest_tells_every_figure_of_every_result(app):
    with app.app_context():
        case = Case()
        seen = {building.digest(case.round.id)}
        assert building.digest(case.round.id) in seen
        rows = [db.session.get(Result, one.id) for one in case.attempts]
        steps = dict.fromkeys(building.MARK, 1) | {"raw_points": -1}  # as the constraints have it
        for row in (rows[1], rows[2]):
            for name in building.MARK:
                was = getattr(row, name)
                setattr(row, name, was + steps[name])
                db.session.flush()
                seen.add(building.digest(case.round.id))
                setattr(row, name, was)
                db.session.flush()
        assert len(seen) == 1 + 2 * len(building.MARK)
        assert building.digest(case.round.id) == building.digest(case.round.id)
        db.session.delete(rows[0])
        db.session.flush()
        assert building.digest(case.round.id) not in seen
        assert len(building.digest("0" * 32)) == 64  # of a round without results


def test_the_digest_goes_by_attempt_not_by_where_the_database_keeps_its_rows(app):
    with app.app_context():
        case = Case()
        same = dict.fromkeys(building.MARK, 1) | {"pending": 0}
        for one in case.attempts:
            for name, value in same.items():
                setattr(db.session.get(Result, one.id), name, value)
        db.session.flush()
        before = building.digest(case.round.id)
        row = db.session.get(Result, case.attempts[0].id)
        values = {column.key: getattr(row, column.key) for column in Result.__table__.columns}
        db.session.delete(row)
        db.session.flush()
        db.session.add(Result(**values))
        db.session.flush()
        assert building.digest(case.round.id) == before


def test_one_person_alone_changes_nothing(app):
    with app.app_context():
        case = Case()
        run, before = case.run(key_of(case)), case.told()
        with pytest.raises(Refusal) as told:
            applying.apply_run(run.id, "", by=case.author.id, now=LATER)
        assert (told.value.code, case.told()) == ("same_person", before)


def test_a_run_is_the_same_twice_and_its_undoing_gives_back_every_byte(app):
    with app.app_context():
        case = Case(prediction="perfect_entries", scoring={"chain": ["points", "distance", "taken_ms"]})
        before = case.told()
        case.apply(case.run(key_of(case)))
        after = case.told()
        assert after != before
        again = case.run(key_of(case))
        assert again.summary["sittings"] == {"up": 0, "down": 0, "same": 0, "out": 0, "back": 0}
        applying.drop_run(again.id, "Không có gì thay đổi", by=case.author.id, now=LATER)
        assert case.told() == after
        first = db.session.scalar(select(GradingRun).where(GradingRun.number == 1))
        case.apply(case.build(applying.undo_run(first.id, "Đáp án cũ đúng", by=case.author.id, now=LATER)))
        assert case.told() == before
        assert counters.differences(case.round.id) == []


def test_a_sitting_is_taken_out_and_put_back(app):
    with app.app_context():
        case = Case(prediction="participants", scoring={"chain": ["points", "distance"]})
        before = case.told()
        run = case.apply(case.run(gone={case.attempts[1].id: "Nhờ người thi hộ"}))
        assert case.ranks()[1] is None
        assert db.session.get(Attempt, case.attempts[1].id).state == "void"
        assert db.session.get(Board, case.round.id).actual == 3
        case.apply(case.build(applying.undo_run(run.id, "Xác minh lại", by=case.author.id, now=LATER)))
        assert case.told() == before


NUMBER = {"prediction": "number", "prediction_text": "Bao nhiêu hồ sơ?"}


def distances(case):
    found = dict(db.session.execute(select(Standing.attempt_id, Standing.distance)).all())
    return [found[one.id] for one in case.attempts[:4]]


def test_a_mistyped_number_is_put_right(app):
    with app.app_context():
        case = Case(**NUMBER, scoring={"chain": ["distance", "points"]})
        assert (case.ranks(), distances(case)) == ([2, 3, 1, 4, None], [5, 90, 0, 91])
        before = case.told()
        run = case.run(given=RIGHT)
        told = {"actual_before": GIVEN, "actual_after": RIGHT, "given_before": GIVEN}
        assert {name: run.summary[name] for name in told} == told
        assert run.summary["people"]["changed"] == 4
        assert [(one.before_rank, one.after_rank, one.before_distance, one.after_distance)
                for one in previewing.first_places(run, "official").rows] == [
                    (3, 1, 90, 0), (4, 2, 91, 1), (2, 3, 5, 85), (1, 4, 0, 90)]
        assert case.told() == before
        case.apply(run)
        assert (case.ranks(), distances(case)) == ([3, 1, 4, 2, None], [85, 0, 90, 1])
        assert case.told()[2:5:2] == (RIGHT, RIGHT)
        assert counters.differences(case.round.id) == []
        after = case.told()
        score_round(case.round.id, LATER, every=True)  # and nobody's scoring anew brings the old one back
        assert case.told()[0][1:] + list(case.told()[1:]) == after[0][1:] + list(after[1:])
        [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "round.number_given"))
        assert (event.details["before"], event.details["value"], event.details["run"]) == (GIVEN, RIGHT, run.number)


def test_where_no_distance_is_ranked_by_the_number_is_put_right_all_the_same(app):
    with app.app_context():
        case = Case(**NUMBER)
        ranks, before = case.ranks(), case.told()
        run = case.apply(case.run(given=RIGHT))
        assert (case.ranks(), distances(case)) == (ranks, [85, 0, 90, 1])
        case.apply(case.build(applying.undo_run(run.id, "Số cũ đúng", by=case.author.id, now=LATER)))
        assert case.told() == before


def test_a_number_goes_with_a_key_a_sitting_and_rules_and_all_come_back(app):
    with app.app_context():
        case = Case(**NUMBER, scoring={"chain": ["points", "distance"]})
        before = case.told()
        run = case.apply(case.run(key_of(case), {case.attempts[3].id: "Thi hộ"}, {"chain": ["distance", "points"]},
                                  RIGHT))
        assert case.ranks() == [2, 1, 3, None, None]
        assert [db.session.get(Result, one.id).points for one in case.attempts[:3]] == [400, 200, 100]
        back = case.build(applying.undo_run(run.id, "Số cũ đúng", by=case.author.id, now=LATER))
        assert (back.given, back.summary["given_before"]) == (GIVEN, RIGHT)
        assert recorded.number(back) == (RIGHT, GIVEN)
        case.apply(back)
        assert case.told() == before
        assert counters.differences(case.round.id) == []


def test_an_outdated_undoing_brings_the_old_number_back_too(app):
    with app.app_context():
        case = Case(**NUMBER, scoring={"chain": ["distance", "points"]})
        run = case.apply(case.run(given=RIGHT))
        back = case.build(applying.undo_run(run.id, "Số cũ đúng", by=case.author.id, now=LATER))
        bar(case.contest.id, [case.people[0].id], "Ban Tổ chức", by=None, now=LATER)
        case.build(regrading.rebuild_run(back.id, by=case.author.id, now=LATER))
        case.apply(back)
        assert case.told()[2:5:2] == (GIVEN, GIVEN)
        assert case.ranks()[1:] == [2, 1, 3, None]


def test_a_preview_of_another_true_value_does_not_hold(app):
    """Whoever has the board settled anew meanwhile, by another number."""
    with app.app_context():
        case = Case(**NUMBER)  # no standing knows of distances
        run = case.run(key_of(case))
        keeping.unsettle(case.round)
        operations.give_number(case.round.id, RIGHT, by=None, now=LATER)
        keeping.settle(case.round, LATER)
        with pytest.raises(Refusal) as told:
            case.apply(run)
        assert told.value.code == "run_outdated"
        case.build(regrading.rebuild_run(run.id, by=case.author.id, now=LATER))
        case.apply(run)
        assert case.told()[2:5:2] == (RIGHT, RIGHT)


@pytest.mark.parametrize(("columns", "given", "code"), [
    (NUMBER, GIVEN, "nothing_changed"), (NUMBER, -1, "bad_number"), (NUMBER, 1_000_000_000, "bad_number"),
    ({"prediction": "participants"}, 5, "no_number_asked"), ({}, 5, "no_number_asked")])
def test_what_no_number_can_be(app, columns, given, code):
    with app.app_context():
        case = Case(**columns)
        with pytest.raises(Refusal) as told:
            case.run(given=given)
        assert told.value.code == code
        assert db.session.scalar(select(GradingRun.id)) is None


def test_the_number_that_holds_beside_another_change_is_no_change(app):
    with app.app_context():
        assert Case(**NUMBER).run(Correction("full"), given=GIVEN).given is None


def test_other_rules_rank_anew(app):
    with app.app_context():
        case = Case()
        assert case.ranks() == [1, 2, 3, 4, None]
        run = case.run(policy={"chain": ["points"]})
        assert run.summary["sittings"] == {"up": 0, "down": 0, "same": 0, "out": 0, "back": 0}
        case.apply(run)
        assert case.ranks() == [1, 1, 3, 4, None]
        assert counters.differences(case.round.id) == []


def test_after_a_run_everything_is_as_if_graded_afresh(app):
    with app.app_context():
        case = Case()
        case.apply(case.run(key_of(case)))
        held = case.told()
        fresh = grader_of(case.round).totals([one.id for one in case.attempts])
        for one in case.attempts:
            row = db.session.get(Result, one.id)
            assert {name: getattr(row, name) for name in building.MARK} == {
                name: getattr(fresh[one.id], name) for name in building.MARK}
        keeping.keep_all(case.round, LATER)
        assert case.told()[0] == held[0]


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_build_that_dies_leaves_the_board_whole_and_begins_anew(app, steps, monkeypatch):
    monkeypatch.setattr(building, "CHUNK", 2)
    with app.app_context():
        case = Case()
        before = case.told()
        run = regrading.make_run(case.round.id, Changes({case.version: key_of(case)}, {}), WHY, by=case.author.id,
                                 now=LATER)
        dying = building.building(run.id, LATER)
        for _ in range(steps):
            next(dying)
        dying.close()
        assert (run.state, case.told()) == ("building", before)
        with pytest.raises(Refusal) as told:
            case.apply(run)
        assert told.value.code == "run_not_ready"
        case.build(run)
        assert len(db.session.scalars(select(RunMark).where(RunMark.run_id == run.id)).all()) == 4
        case.apply(run)
        assert [db.session.get(Result, one.id).points for one in case.attempts] == [400, 200, 100, 0, 0]


def test_what_changed_since_the_preview_is_looked_at_again(app):
    with app.app_context():
        case = Case()
        run = case.run(key_of(case))
        bar(case.contest.id, [case.people[1].id], "Ban Tổ chức", by=None, now=LATER)
        with pytest.raises(Refusal) as told:
            case.apply(run)
        assert told.value.code == "run_outdated"


@pytest.mark.parametrize("kind", ["key", "gone", "rules"])
def test_an_outdated_undoing_is_found_anew_as_if_there_had_been_no_run(app, kind):
    with app.app_context():
        case, other = Case(prediction="participants"), Case(prediction="participants")
        made = case.apply(case.run(
            key_of(case) if kind == "key" else None, {case.attempts[0].id: "Thi hộ"} if kind == "gone" else None,
            {"chain": ["correct", "finished_at"], "pass_percent": 50} if kind == "rules" else None))
        back = case.build(applying.undo_run(made.id, "Đáp án cũ đúng", by=case.author.id, now=LATER))
        for one in (case, other):
            bar(one.contest.id, [one.people[0].id], "Ban Tổ chức", by=None, now=LATER)
        with pytest.raises(Refusal) as told:
            case.apply(back)
        assert told.value.code == "run_outdated"
        case.build(regrading.rebuild_run(back.id, by=case.author.id, now=LATER))
        assert back.summary["sittings"].get("back", 0) == (kind == "gone")
        case.apply(back)
        assert counters.differences(case.round.id) == []
        assert plain(case) == plain(other)


def plain(case):
    """Results and standings by person, of two rounds alike; without what is a sitting's own."""
    own = ("attempt_id", "board_id", "entry_id", "unit_id", "round_id", "entered_at", "graded_at")
    people = [who.id for who in case.people]
    rows = [select(table).join(Entry, Entry.id == table.entry_id).where(Entry.account_id.in_(people))
            .order_by(Entry.account_id) for table in (Result, Standing)]
    found = [[{name: value for name, value in vars(row).items() if name not in own and not name.startswith("_")}
              for row in db.session.scalars(one)] for one in rows]
    states = [db.session.get(Attempt, one.id).state for one in case.attempts]
    return found, states, db.session.get(Board, case.round.id).policy


def test_published_results_change_by_a_run_too_and_it_is_on_record(app):
    with app.app_context():
        case = Case()
        publish_results(case.round.id, by=case.author.id, now=SETTLED)
        case.apply(case.run(key_of(case)))
        assert db.session.get(Result, case.attempts[0].id).points == 400
        actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("run."))).all()
        assert sorted(actions) == ["run.applied", "run.made"]


@pytest.mark.parametrize(("act", "code"), [
    (lambda case: regrading.make_run(case.round.id, Changes({}, {}), WHY, by=case.author.id, now=LATER),
     "nothing_changed"),
    (lambda case: regrading.make_run(case.round.id, Changes({case.version: key_of(case)}, {}), " ", by=case.author.id,
                                     now=LATER), "reason_required"),
    (lambda case: regrading.make_run(case.round.id, Changes({versions(case.bank)[5].id: Correction("out")}, {}), WHY,
                                     by=case.author.id, now=LATER), "not_in_round"),
    (lambda case: regrading.make_run(case.round.id, Changes({}, {"0" * 32: "Thi hộ"}), WHY, by=case.author.id,
                                     now=LATER), "not_in_round"),
    (lambda case: regrading.make_run(case.round.id, Changes({}, {}, {"chain": ["height"]}), WHY, by=case.author.id,
                                     now=LATER), "bad_policy"),
    (lambda case: regrading.make_run(case.round.id, Changes({}, {}, {"chain": ["points", "draw"], "seed": "Xổ số"}),
                                     WHY, by=case.author.id, now=LATER), "seed_chosen_late"),
    (lambda case: [case.run(key_of(case)) for _ in range(2)], "run_open"),
    (lambda case: applying.undo_run(case.run(key_of(case)).id, WHY, by=case.author.id, now=LATER), "run_not_latest"),
])
def test_what_no_run_can_be(app, act, code):
    with app.app_context():
        case = Case()
        with pytest.raises(Refusal) as told:
            act(case)
        assert told.value.code == code


def test_no_run_before_everything_is_scored_for_good(app):
    with app.app_context():
        _contest, bank, round_, _units = stage(closes_at=CLOSED)
        score_round(round_.id, CLOSED)
        with pytest.raises(Refusal) as told:
            regrading.make_run(round_.id, Changes({versions(bank)[0].id: Correction("out")}, {}), WHY,
                               by=factories.account().id, now=CLOSED)
        assert told.value.code == "not_settled"


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_any_runs_leave_true_counters_and_can_all_be_taken_back(app, seed):
    dice = random.Random(seed)
    with app.app_context():
        asked = dice.choice(["none", "participants", "perfect_percent", "number", "number"])
        case = Case(prediction=asked, prediction_text="Bao nhiêu hồ sơ?" if asked == "number" else "",
                    scoring={"chain": ["points", "distance", "taken_ms"]})
        before = case.told()
        for counted in ("mean", "last", "first")[:dice.randint(1, 3)]:
            kind = dice.choice(["key", "full", "out", "gone", "rules", *["given"] * 2 * (asked == "number")])
            given = kind == "given" or (asked == "number" and dice.random() < 0.3)
            live = [one for one in case.attempts if one.state != "void"]
            run = case.run(
                Correction(kind, [dice.choice([case.right, case.wrong])] if kind == "key" else None)
                if kind in ("key", "full", "out") else None,
                {dice.choice(live).id: "Thi hộ"} if kind == "gone" else None,
                {"chain": ["points", "finished_at"], "counted": counted} if kind == "rules" else None,
                case.round.prediction_given + dice.choice([-7, 1, 90]) if given else None)
            case.apply(run)
            assert counters.differences(case.round.id) == []
            if dice.random() < 0.7:
                case.apply(case.build(applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)))
                assert case.told() == before
            before = case.told()
        db.session.rollback()


def test_a_run_takes_up_what_another_one_changed_in_the_round_before(app):
    """Of two people alike in the second round the first round decides; it is graded anew once both are official."""
    with app.app_context():
        case = Case()
        later = factories.round_(case.contest, case.bank, opens_at=LATER, closes_at=LATER + timedelta(hours=2),
                                 scoring={"chain": ["points", "earlier"]})
        for who, right in zip(case.people[:4], (4, 3, 4, 4), strict=True):
            sit(later, case.bank, who, unit=case.unit, right=right, started=LATER)
        now = later.closes_at + SETTLE + timedelta(minutes=1)
        score_round(later.id, now)
        publish_results(later.id, by=None, now=now)
        case.apply(case.run(key_of(case)))
        assert {row.earlier for row in standings(later)} == {100, 200, 300}
        second = versions(case.bank)[3].id
        other = next(one["id"] for one in versions(case.bank)[3].options
                     if one["id"] not in db.session.get(AnswerKey, second).correct)
        run = regrading.make_run(later.id, Changes({second: Correction("key", [other])}, {}), WHY, by=case.author.id,
                                 now=now)
        case.apply(case.build(run))
        held = [(row.rank_key, row.earlier, row.points) for row in standings(later)]
        assert {earlier for _key, earlier, _points in held} == {0, 100, 200, 400}
        keeping.keep_all(later, now)
        assert [(row.rank_key, row.earlier, row.points) for row in standings(later)] == held


def standings(round_):
    db.session.expire_all()
    return db.session.scalars(select(Standing).where(Standing.board_id == round_.id).order_by(Standing.entry_id)).all()
