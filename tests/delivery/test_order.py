"""Requests whose turn comes in another order than they arrived, and clocks that step: only stamps count.

The steps are those of the application's own clock. libfaketime would shift the process's, too, but is a
library to be built where the suite runs, for nothing more: `clock.now` alone reads a clock
(`test_architecture`), and it is read through `time_machine` here.
"""

import itertools
from datetime import timedelta
from functools import partial

import pytest
import time_machine

from contest import clock
from contest.delivery import operations, queries
from contest.delivery.models import Attempt
from contest.delivery.save import Answer, save_answers
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.publishing import extend_round
from tests import factories as make
from tests.delivery.conftest import EDGES, MS, NOON, SECOND, set_round

pytestmark = pytest.mark.usefixtures("in_app")
LIMIT = NOON + timedelta(minutes=20)
CLOSES, LATER = NOON + 10 * SECOND, NOON + 70 * SECOND


@pytest.fixture
def sitting(cast):
    return Sitting(cast)


class Sitting:
    def __init__(self, cast):
        self.cast = cast
        started = cast.start()
        db.session.commit()
        self.id, self.options = started.attempt_id, [option.id for option in started.view.items[1].options]

    def save(self, seq, now):
        try:
            save_answers(db.session.connection(), self.id, self.cast.phone, 1,
                         [Answer(2, seq, [self.options[seq - 1]])], now)
        except Refusal as refusal:
            return refusal.code
        return "saved"

    def submit(self, now):
        try:
            return operations.submit(self.id, self.cast.account, now)
        except Refusal as refusal:
            return refusal.code

    def sweep(self, now):
        return operations.close_overdue(now)

    def extend(self, now):
        return extend_round(self.cast.round, LATER, "Mất điện", by=None, now=now)

    @property
    def end(self):
        db.session.expire_all()
        row = db.session.get(Attempt, self.id)
        counted = queries.counted_choices([self.id])[self.id].get(2)
        return row.state, row.finished_at, counted and self.options.index(counted[0]) + 1


def ends(sitting, *requests):
    """The ends that these requests come to, in every order of their turns."""
    found = set()
    for order in itertools.permutations(requests):
        for act, *arguments in order:
            getattr(sitting, act)(*arguments)
        sitting.sweep(LATER - SECOND)  # the sweeper comes again
        found.add(sitting.end)
        db.session.rollback()
    return found


def test_saves_a_submission_and_a_sweeper_end_alike_in_every_order(sitting):
    assert ends(sitting, ("save", 1, NOON + SECOND), ("save", 2, NOON + 3 * SECOND), ("submit", NOON + 2 * SECOND),
                ("sweep", LIMIT + SECOND)) == {("submitted", NOON + 2 * SECOND, 1)}


def test_without_a_submission_the_deadline_ends_it_in_every_order(sitting):
    assert ends(sitting, ("save", 1, LIMIT - MS), ("save", 2, LIMIT), ("submit", LIMIT),
                ("sweep", LIMIT + SECOND)) == {("expired", LIMIT, 1)}


@pytest.mark.parametrize("grace", [0, 5_000])
def test_an_extension_before_the_closing_counts_in_every_order(sitting, grace):
    set_round(sitting.cast, closes_at=CLOSES, grace_ms=grace)
    assert ends(sitting, ("extend", CLOSES - MS), ("sweep", CLOSES), ("sweep", CLOSES + SECOND),
                ("save", 1, CLOSES - SECOND)) == {("open", None, 1)}


def test_an_answer_taken_within_the_grace_counts_when_the_round_turns_out_to_be_longer(sitting):
    set_round(sitting.cast, closes_at=CLOSES, grace_ms=5_000)
    assert sitting.save(1, CLOSES + SECOND) == "saved"
    assert sitting.sweep(CLOSES + SECOND) == 1
    assert sitting.end == ("expired", CLOSES, 1)
    sitting.extend(CLOSES - MS)
    assert sitting.sweep(CLOSES + 2 * SECOND) == 0
    assert sitting.end == ("open", None, 1)
    assert (sitting.save(2, LATER - MS), sitting.submit(LATER - MS).submitted_at) == ("saved", LATER - MS)


@pytest.mark.parametrize("edge", EDGES)
def test_what_goes_on_after_an_extension_ends_with_it(sitting, edge):
    set_round(sitting.cast, closes_at=CLOSES)
    sitting.sweep(CLOSES)
    sitting.extend(CLOSES - MS)
    sitting.sweep(LATER + edge)
    assert sitting.end[:2] == (("open", None) if edge < timedelta(0) else ("expired", LATER))


def test_what_its_own_time_limit_closed_stays_closed(sitting):
    set_round(sitting.cast, closes_at=LIMIT + SECOND)
    sitting.sweep(LIMIT)
    extend_round(sitting.cast.round, LIMIT + timedelta(hours=1), "Mất điện", by=None, now=LIMIT)
    assert sitting.sweep(LIMIT + SECOND) == 0
    assert sitting.end[:2] == ("expired", LIMIT)


def test_nobody_goes_on_where_the_next_attempt_has_begun(sitting):
    set_round(sitting.cast, closes_at=CLOSES)
    sitting.sweep(CLOSES)
    sitting.extend(CLOSES - MS)
    assert sitting.cast.start(CLOSES + SECOND).attempt_id != sitting.id
    assert sitting.sweep(CLOSES + SECOND) == 0
    assert sitting.end[:2] == ("expired", CLOSES)


class TestAClockThatStepsBack:
    """Each request has the stamp of its arrival; nothing compares it with an earlier request's."""

    def test_loses_no_answer_and_keeps_the_newest(self, sitting):
        for seq, at in ((1, NOON + 9 * SECOND), (2, NOON + 4 * SECOND), (3, NOON)):
            assert sitting.save(seq, at) == "saved"
            assert sitting.end == ("open", None, seq)

    def test_moves_no_deadline(self, sitting):
        assert sitting.save(1, LIMIT) == "closed"
        assert sitting.save(1, LIMIT - MS) == "saved"
        assert sitting.save(2, LIMIT + MS) == "closed"
        for edge in EDGES:
            view = queries.attempt_view(sitting.id, sitting.cast.account, LIMIT + edge)
            assert view.deadline == LIMIT

    def test_before_the_start_a_sitting_goes_on_to_the_same_deadline(self, sitting):
        view = queries.attempt_view(sitting.id, sitting.cast.account, NOON - SECOND)
        assert (view.state, view.deadline) == ("open", LIMIT)
        assert sitting.save(1, NOON - SECOND) == "saved"
        assert sitting.end == ("open", None, 1)

    def test_submits_once(self, sitting):
        first = sitting.submit(NOON + 9 * SECOND)
        assert sitting.submit(NOON + 4 * SECOND) == first
        assert sitting.end[:2] == ("submitted", NOON + 9 * SECOND)

    def test_after_a_sweeper_takes_what_arrives_before_the_deadline_as_it_would_have_before_it(self, sitting):
        sitting.sweep(LIMIT + SECOND)
        assert sitting.save(1, LIMIT - MS) == "saved"
        assert sitting.submit(LIMIT - MS).submitted_at == LIMIT - MS
        assert sitting.end == ("submitted", LIMIT - MS, 1)

    def test_gives_no_second_attempt_beside_a_running_one(self, sitting):
        assert sitting.cast.start(NOON - SECOND).attempt_id == sitting.id

    def test_begins_nothing_while_it_is_behind_what_it_was(self, cast):
        """The latest sitting of anybody tells; what runs goes on."""
        begun = NOON + operations.BACK_MOST
        running = cast.start(begun).attempt_id
        other = partial(operations.start, cast.round, cast.other, cast.others, True)
        with pytest.raises(Refusal, match="clock_set_back") as refused:
            other(NOON - MS)
        assert refused.value.status == 503
        assert cast.start(NOON - MS).attempt_id == running
        assert other(NOON).created

    @pytest.mark.parametrize("stray", ["annulled", "of another round"])
    def test_a_stray_sitting_keeps_nobody_out_for_good(self, cast, stray):
        """Organisers annul it where the clock is right by now; one of another round is none of this one's."""
        row = db.session.get(Attempt, cast.start(NOON + 60 * SECOND).attempt_id)
        if stray == "annulled":
            row.state, row.finished_at = "void", NOON + 61 * SECOND
        else:
            row.round_id = make.round_(db.session.get(make.Round, cast.round).contest, make.bank(4)).id
        db.session.commit()
        assert operations.start(cast.round, cast.other, cast.others, True, NOON).created

    def test_is_told_as_it_is(self):
        with time_machine.travel(NOON + MS, tick=False) as traveller:
            assert clock.now() == NOON + MS
            traveller.move_to(NOON - SECOND + timedelta(microseconds=1999))
            assert clock.now() == NOON - SECOND + MS
