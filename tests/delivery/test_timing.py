import itertools
from datetime import timedelta

import pytest

from contest.delivery.timing import accepts, as_of, counts, deadline, is_open, remaining_ms
from tests.delivery.conftest import EDGES, MS, NOON, SECOND

ZERO = timedelta(0)


def test_the_deadline_is_whichever_comes_first():
    assert deadline(NOON, NOON + MS) == NOON
    assert deadline(NOON + MS, NOON) == NOON
    assert deadline(NOON, NOON) == NOON


@pytest.mark.parametrize("edge", EDGES)
def test_an_attempt_is_open_until_its_deadline_and_not_at_it(edge):
    assert is_open(NOON + edge, NOON, None) == (edge < ZERO)
    assert accepts(NOON + edge, NOON, None, 0) == (edge < ZERO)
    assert counts(NOON + edge, NOON, None, 0) == (edge < ZERO)
    assert remaining_ms(NOON + edge, NOON) == {-SECOND: 1000, -MS: 1}.get(edge, 0)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("cancelled", [False, True])
def test_an_attempt_that_nobody_swept_yet_is_told_as_it_will_be(edge, cancelled):
    running = ("void", None) if cancelled else ("open", None) if edge < ZERO else ("expired", NOON)
    assert as_of(NOON + edge, "open", None, NOON, cancelled=cancelled) == running
    for state in ("submitted", "expired", "void"):
        assert as_of(NOON + edge, state, NOON - MS, NOON, cancelled=cancelled) == (state, NOON - MS)


@pytest.mark.parametrize("edge", EDGES)
def test_a_submission_ends_it_and_answers_of_its_very_millisecond_were_before_it(edge):
    submitted, over = NOON, NOON + 60 * SECOND
    assert is_open(NOON + edge, over, submitted) == (edge < ZERO)
    assert accepts(NOON + edge, over, submitted, 5_000) == (edge < ZERO)
    assert counts(NOON + edge, over, submitted, 5_000) == (edge <= ZERO)
    assert remaining_ms(NOON + edge, over, submitted) == ({-SECOND: 61_000, -MS: 60_001}.get(edge, 0))


@pytest.mark.parametrize("finished_at", [None, NOON])
@pytest.mark.parametrize("edge", EDGES)
def test_the_grace_is_for_saving_alone_and_the_same_before_and_after_sweeping(edge, finished_at):
    arrival = NOON + 2 * SECOND + edge
    assert accepts(arrival, NOON, finished_at, 2_000) == (edge < ZERO)
    assert counts(arrival, NOON, finished_at, 2_000) == (edge < ZERO)
    assert not is_open(arrival, NOON, finished_at)


def test_without_grace_an_answer_at_the_instant_of_closing_does_not_count():
    assert not counts(NOON, NOON, NOON, 0)


def test_what_counts_is_what_was_taken_whoever_was_faster():
    """Every arrival, deadline, submission and grace within a few milliseconds (20,000 cases).

    An answer whose turn came before the end counts unless it arrived after the submission; one whose turn
    comes after the end is taken exactly where it counts. Only at the submission's own millisecond both hold.
    """
    for received, over, submitted, grace in itertools.product(range(20), range(12), (None, *range(16)), range(5)):
        arrival, limit = NOON + received * MS, NOON + over * MS
        in_time = submitted is not None and submitted < over
        end = NOON + submitted * MS if in_time else limit
        taken_before = accepts(arrival, limit, None, grace)
        taken_after = accepts(arrival, limit, end, grace)
        assert taken_before == (received < over + grace)
        assert counts(arrival, limit, end, grace) == (taken_before and not (in_time and received > submitted))
        assert taken_after == (taken_before and not (in_time and received >= submitted))
        assert is_open(arrival, limit, end) == (received < (submitted if in_time else over))
