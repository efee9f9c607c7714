"""An annulled sitting counts again by a run: two people, its result as it would have been, undone byte for byte."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contest.delivery import overruling
from contest.delivery.models import Attempt
from contest.delivery.record_models import AttemptChange
from contest.errors import Refusal
from contest.extensions import db
from contest.marking import arranging
from contest.rounds.models import Entry
from contest.standings import applying, building, counters, overruled, publications, recorded, recount, regrading
from contest.standings.board import board
from contest.standings.board_models import Standing
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.operations import forget_result, publish_results, score_pending, score_round
from contest.standings.regrading import Changes
from contest.standings.run_models import GradingRun
from tests.factories import NOON
from tests.marking.cast import AFTER, Stage, finish
from tests.standings.cast import sit
from tests.standings.test_keeping import unheard
from tests.standings.test_regrading import LATER, SETTLED, WHY, Case

MINUTE = timedelta(minutes=1)
AGAIN = "Giám thị ghi nhầm số báo danh"


class Annulled(Case):
    """As `Case`; the second of five was annulled before the board was settled."""

    def __init__(self, *, give_back=False, **columns):
        self.give_back = give_back
        super().__init__(**columns)

    def score(self, now):
        attempt = self.attempts[1]
        overruling.annul(attempt.id, "Làm bài hộ", give_back=self.give_back, by=None, now=NOON + 20 * MINUTE)
        forget_result(attempt, now)
        super().score(now)

    def again(self, number=1, **more):
        changes = Changes({}, {}, reinstated={self.attempts[number].id: AGAIN}, **more)
        return self.build(regrading.make_run(self.round.id, changes, WHY, by=self.author.id, now=LATER))

    def flags(self):
        columns = Attempt.state, Attempt.returned, Attempt.finished_at, Attempt.settled
        return db.session.execute(select(*columns).order_by(Attempt.id)).all()


def points(case):
    held = dict(db.session.execute(
        select(Entry.account_id, Standing.points).join(Entry, Entry.id == Standing.entry_id)).all())
    return [held.get(who.id) for who in case.people]


def refused(case, number=1):
    with pytest.raises(Refusal) as told:
        case.again(number)
    return told.value.code


@pytest.mark.parametrize("give_back", [False, True])
def test_it_counts_again_and_undoing_gives_back_every_byte(app, give_back):
    with app.app_context():
        plain = Case(prediction="participants", scoring={"chain": ["points", "distance", "taken_ms"]})
        whole = plain.ranks(), points(plain)
        db.session.rollback()
        case = Annulled(give_back=give_back, prediction="participants",
                        scoring={"chain": ["points", "distance", "taken_ms"]})
        before, flags = case.told(), case.flags()
        assert case.ranks()[1] is None
        run = case.again()
        assert run.summary["sittings"] == {"up": 0, "down": 0, "same": 0, "out": 0, "back": 1}
        assert [one.attempt_id for one in recorded.moves(run).back] == [case.attempts[1].id]
        assert recorded.moves(run).out == []
        assert (case.told(), case.flags()) == (before, flags)
        case.apply(run)
        assert (case.ranks(), points(case)) == whole
        row = db.session.get(Attempt, case.attempts[1].id)
        assert (row.state, row.returned, row.settled) == ("submitted", False, True)
        assert db.session.scalars(select(AttemptChange.reason).where(AttemptChange.kind == "restored")).all() == [AGAIN]
        assert counters.differences(case.round.id) == []
        assert recount.of_round(case.round.id, unheard).holds
        score_pending(LATER)
        back = case.build(applying.undo_run(run.id, "Đúng là làm hộ", by=case.author.id, now=LATER))
        assert back.summary["sittings"] == {"up": 0, "down": 0, "same": 0, "out": 1, "back": 0}
        assert [one.reason for one in recorded.moves(back).out] == ["Đúng là làm hộ"]
        case.apply(back)
        assert (case.told(), case.flags()) == (before, flags)
        assert counters.differences(case.round.id) == []


def test_it_comes_back_under_the_key_that_is_put_right_with_it(app):
    with app.app_context():
        case = Annulled()
        before = case.told()
        changes = Changes({case.version: Correction("out")}, {}, reinstated={case.attempts[1].id: AGAIN})
        run = case.apply(case.build(regrading.make_run(case.round.id, changes, WHY, by=case.author.id, now=LATER)))
        result = db.session.get(Result, case.attempts[1].id)
        assert (result.points, result.max_points, result.items) == (200, 300, 3)
        case.apply(case.build(applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)))
        assert case.told() == before


def test_an_outdated_undoing_takes_it_out_all_the_same(app):
    with app.app_context():
        case = Annulled(give_back=True)
        flags = case.flags()
        run = case.apply(case.again())
        back = applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)
        run.summary = {**run.summary, "digest_after": "0" * 64}  # so that it is found anew
        case.apply(case.build(back))
        assert case.flags() == flags
        assert db.session.get(Result, case.attempts[1].id) is None
        assert counters.differences(case.round.id) == []


def test_what_an_earlier_run_took_out_counts_again_by_a_later_one(app):
    """Only the latest run can be undone."""
    with app.app_context():
        case = Case()
        before = case.told()
        case.apply(case.run(gone={case.attempts[2].id: WHY}))
        case.apply(case.run(Correction("out")))
        second = case.told()
        changes = Changes({}, {}, reinstated={case.attempts[2].id: AGAIN})
        run = case.apply(case.build(regrading.make_run(case.round.id, changes, WHY, by=case.author.id, now=LATER)))
        assert db.session.get(Attempt, case.attempts[2].id).state == "submitted"
        assert db.session.get(Result, case.attempts[2].id).points == 100
        assert case.told() != before
        case.apply(case.build(applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)))
        assert case.told() == second


@pytest.mark.parametrize(("after", "state"), [(-1, "submitted"), (0, "expired"), (1, "expired")])
def test_one_that_was_still_running_ends_as_it_would_have(app, after, state):
    """Annulled so many minutes after its deadline."""
    with app.app_context():
        case = Case()
        late = sit(case.round, case.bank, case.people[0], unit=case.unit, right=4, number=2, state="open")
        when = late.time_limit_at + after * MINUTE
        overruling.annul(late.id, "Nhầm", give_back=False, by=None, now=when)
        case.attempts.append(late)
        case.apply(Annulled.again(case, 5))
        row = db.session.get(Attempt, late.id)
        assert (row.state, row.finished_at) == (state, min(when, row.time_limit_at))
        assert db.session.get(Result, late.id).points == 400


def test_only_what_was_annulled_in_the_round_and_may_count(app):
    with app.app_context():
        case = Annulled(give_back=True, attempts_allowed=1)
        assert refused(case, 0) == "not_in_round"  # it counts
        other = Annulled()
        with pytest.raises(Refusal) as told:
            regrading.make_run(case.round.id, Changes({}, {}, reinstated={other.attempts[1].id: AGAIN}), WHY,
                               by=case.author.id, now=LATER)
        assert told.value.code == "not_in_round"
        with pytest.raises(Refusal) as told:
            regrading.make_run(case.round.id, Changes({}, {}, reinstated={case.attempts[1].id: " "}), WHY,
                               by=case.author.id, now=LATER)
        assert told.value.code == "reason_required"
        run = case.again()
        sit(case.round, case.bank, case.people[1], unit=case.unit, right=1, number=2)
        with pytest.raises(Refusal) as told:
            case.apply(run)
        assert told.value.code == "quota_full"
        applying.drop_run(run.id, "", by=case.author.id, now=LATER)
        assert refused(case) == "quota_full"


def test_two_of_one_person_are_too_many_together(app):
    with app.app_context():
        case = Annulled(give_back=True, attempts_allowed=1)
        other = sit(case.round, case.bank, case.people[1], unit=case.unit, right=1, number=2)
        overruling.annul(other.id, "Nhầm nữa", give_back=True, by=None, now=LATER)
        both = {case.attempts[1].id: AGAIN, other.id: AGAIN}
        with pytest.raises(Refusal) as told:
            regrading.make_run(case.round.id, Changes({}, {}, reinstated=both), WHY, by=case.author.id, now=LATER)
        assert told.value.code == "quota_full"
        case.apply(case.again())


def test_one_goes_and_the_other_of_that_person_counts_again(app):
    """The annulled one was the right one; the one that was sat in its place goes in the same run."""
    with app.app_context():
        case = Annulled(give_back=True, attempts_allowed=1)
        other = sit(case.round, case.bank, case.people[1], unit=case.unit, right=1, number=2)
        score_round(case.round.id, SETTLED)
        before, flags = case.told(), case.flags()
        changes = Changes({}, {other.id: "Lượt thi thay"}, reinstated={case.attempts[1].id: AGAIN})
        run = case.build(regrading.make_run(case.round.id, changes, WHY, by=case.author.id, now=LATER))
        assert [run.summary["sittings"][name] for name in ("out", "back")] == [1, 1]
        case.apply(run)
        assert [db.session.get(Attempt, id_).state for id_ in (case.attempts[1].id, other.id)] == ["submitted", "void"]
        assert counters.differences(case.round.id) == []
        case.apply(case.build(applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)))
        assert (case.told(), case.flags()) == (before, flags)


def test_one_that_came_back_by_other_means_stays_where_the_run_is_undone(app):
    """While the run waited the marking was reopened, which unsettles the board, and the sitting restored."""
    with app.app_context():
        case = Annulled()
        run = case.again()
        overruling.restore(case.attempts[1].id, WHY, by=None, now=LATER)
        score_round(case.round.id, LATER)
        held = case.told(), case.flags()
        with pytest.raises(Refusal) as told:
            case.apply(run)
        assert told.value.code == "run_outdated"
        case.apply(case.build(regrading.rebuild_run(run.id, by=case.author.id, now=LATER)))
        assert run.summary["sittings"]["back"] == 0
        assert recorded.moves(run).back == []
        case.apply(case.build(applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)))
        assert (case.told(), case.flags()) == held


def test_one_that_was_annulled_meanwhile_is_not_annulled_twice(app):
    with app.app_context():
        case = Case()
        run = case.run(gone={case.attempts[2].id: WHY})
        overruling.annul(case.attempts[2].id, "Làm hộ", give_back=False, by=None, now=LATER)
        forget_result(case.attempts[2], LATER)
        case.apply(case.build(regrading.rebuild_run(run.id, by=case.author.id, now=LATER)))
        assert len(db.session.scalars(select(AttemptChange)).all()) == 1
        assert overruling.ended_as(case.attempts[2]) == "submitted"


def test_a_published_list_is_behind_until_the_next_one(app):
    with app.app_context():
        case = Annulled()
        publish_results(case.round.id, by=None, now=LATER)
        first, told = publications.publish_board(case.round.id, "", key="k" * 32, by=None, now=LATER)
        assert not publications.outdated(case.round.id, first)
        case.apply(case.again())
        assert publications.outdated(case.round.id, first)
        second, anew = publications.publish_board(case.round.id, WHY, key="k" * 32, by=None, now=LATER)
        assert not publications.outdated(case.round.id, second)
        assert (first.people, second.people, told == anew) == (3, 4, False)


def test_it_counts_on_the_board_over_the_rounds_too(app):
    with app.app_context():
        case = Annulled()
        case.contest.overall = {"rounds": {"how": "sum"}}
        publish_results(case.round.id, by=None, now=LATER)
        before = board(case.contest.id, masked=False).rows
        case.apply(case.again())
        assert len(board(case.contest.id, masked=False).rows) == len(before) + 1
        assert recount.of_contest(case.contest.id, unheard).holds
        run = db.session.scalars(select(GradingRun)).one()
        case.apply(case.build(applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)))
        assert board(case.contest.id, masked=False).rows == before
        assert recount.of_contest(case.contest.id, unheard).holds


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_any_runs_undone_in_turn_lead_back(app, seed):
    """Sittings go and come again, with keys between: undone, each gives back what was before it."""
    dice = random.Random(seed)
    with app.app_context():
        case = Annulled(give_back=dice.random() < 0.5, prediction=dice.choice(["none", "participants"]))
        for _step in range(5):
            before, flags = case.told(), case.flags()
            void = [one.id for one in db.session.scalars(select(Attempt).where(
                Attempt.round_id == case.round.id, Attempt.state == "void"))]
            held = [one.id for one in case.attempts if one.id not in void]
            changes = Changes(
                {case.version: Correction(dice.choice(["out", "full"]))} if dice.random() < 0.4 else {},
                {dice.choice(held): WHY} if held and dice.random() < 0.6 else {},
                reinstated={dice.choice(void): AGAIN} if void else {})
            if not (changes.corrections or changes.disqualified or changes.reinstated):
                continue
            run = case.apply(case.build(regrading.make_run(case.round.id, changes, WHY, by=case.author.id, now=LATER)))
            assert counters.differences(case.round.id) == []
            assert recount.of_round(case.round.id, unheard).holds
            if dice.random() < 0.5:
                case.apply(case.build(applying.undo_run(run.id, WHY, by=case.author.id, now=LATER)))
                assert (case.told(), case.flags()) == (before, flags)
        db.session.rollback()


@pytest.mark.parametrize("marked", [False, True])
def test_essays_count_again_as_they_were_marked_and_not_without_a_mark(app, marked):
    with app.app_context():
        held = Stage().begin()
        essay = held.essays()[0]
        other = [one for one in held.essays() if one.attempt_id != essay.attempt_id]
        for one in [*other, *([essay] if marked else [])]:
            for place in (1, 2):
                finish(held.before(one, place), 50)
        overruled.annul(essay.attempt_id, WHY, give_back=False, by=held.organiser, now=AFTER)
        arranging.close(held.round.id, by=held.organiser, now=AFTER)
        score_round(held.round.id, AFTER)
        assert db.session.get(Result, essay.attempt_id) is None
        changes, by = Changes({}, {}, reinstated={essay.attempt_id: AGAIN}), held.organiser
        if not marked:
            with pytest.raises(Refusal) as told:
                regrading.make_run(held.round.id, changes, WHY, by=by, now=AFTER)
            assert told.value.code == "essay_unmarked"
            # Where the essay counts for nobody from now on, nobody need mark it.
            changes = Changes({held.essay_version: Correction("out")}, {}, reinstated=changes.reinstated)
        run = regrading.make_run(held.round.id, changes, WHY, by=by, now=AFTER)
        list(building.building(run.id, AFTER))
        applying.apply_run(run.id, "", by=held.markers[0], now=AFTER)
        results = [db.session.get(Result, one.attempt_id) for one in held.essays()]
        assert len({row.points for row in results}) == 1
        assert {row.pending for row in results} == {0}
