"""The queue before a start, as timelines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.delivery import queueing
from contest.delivery.queueing import KEPT_MS, Queue, Turn

NOON = 1_800_000_000_000
GAPS = st.lists(st.integers(0, 400), min_size=1, max_size=300)
BURSTS = st.integers(1, 50)
RATES = st.tuples(st.sampled_from([1, 3, 7, 100, 300]), st.integers(1, 3))  # starts a second, processes


def arrivals(gaps):
    now, found = NOON, []
    for gap in gaps:
        now += gap
        found.append(now)
    return found


@pytest.mark.parametrize("rate", [1, 7, 150, 300])
@pytest.mark.parametrize("processes", [1, 3, 64])
def test_a_hundred_at_once_are_never_queued(rate, processes):
    queue = Queue(100, rate, processes)
    assert [queue.ask(f"p{n}", NOON).wait_ms(NOON) for n in range(100)] == [0] * 100
    assert queue.ask("one more", NOON).wait_ms(NOON) > 0


def test_the_places_of_a_herd():
    queue = Queue(200, 100)
    waits = [queue.ask(f"p{n}", NOON).wait_ms(NOON) for n in range(1_200)]
    assert waits[:200] == [0] * 200
    assert waits[200:203] == [10, 20, 30]
    assert waits[-1] == 10_000
    assert [queue.place(wait) for wait in (0, 10, 11, 10_000)] == [1, 1, 2, 1000]


@given(GAPS, BURSTS, RATES)
def test_no_window_lets_in_more_than_the_burst_and_the_rate(gaps, burst, rate):
    """Between any two instants at most `burst` and what the rate gives in between come in."""
    queue = Queue(burst, *rate)
    turns = sorted(queue.ask(str(n), now).at_ms for n, now in enumerate(arrivals(gaps)))
    for first in range(0, len(turns), 7):
        for last in range(first, len(turns), 5):
            let_in = last - first + 1
            assert let_in <= burst + (turns[last] - turns[first] + 1) * rate[0] / rate[1] / 1000 + 1e-3


@given(GAPS, BURSTS, RATES)
def test_first_come_first_served_and_nobody_waits_without_need(gaps, burst, rate):
    queue = Queue(burst, *rate)
    times = arrivals(gaps)
    turns = [queue.ask(str(n), now) for n, now in enumerate(times)]
    assert [turn.at_ms for turn in turns] == sorted(turn.at_ms for turn in turns)
    for n, (now, turn) in enumerate(zip(times, turns, strict=True)):
        assert turn.at_ms >= turn.asked_ms == now
        if turn.at_ms > now:  # then as many as the rate allows are ahead
            assert turn.at_ms - now <= (n + 1) * 1000 * rate[1] / rate[0] + 1


@given(GAPS, BURSTS, RATES, st.integers(2, 5))
def test_asking_again_costs_no_place(gaps, burst, rate, again):
    once, often = Queue(burst, *rate), Queue(burst, *rate)
    for n, now in enumerate(arrivals(gaps)):
        expected = once.ask(str(n), now)
        assert {often.ask(str(n), now + step) for step in range(again)} == {expected}


@pytest.mark.parametrize(("at", "left"), [(-1_001, 0), (0, 500), (499, 1), (500, 0), (501, 0), (86_400_000, 0)])
def test_a_turn_comes_once_and_for_all(at, left):
    """Also where the clock has gone back behind the asking: nobody waits longer than they were told."""
    assert Turn(NOON, NOON + 500).wait_ms(NOON + at) == left


@pytest.mark.parametrize("step_ms", [-3_600_000, -1_001])
def test_a_clock_that_goes_back_queues_nobody(step_ms):
    queue = Queue(100, 1)
    for n in range(50):
        queue.ask(f"p{n}", NOON)
    later = NOON + step_ms
    assert [queue.ask(f"q{n}", later).wait_ms(later) for n in range(51)] == [0] * 50 + [1_000]


def test_a_slow_thread_is_not_taken_for_a_clock_that_goes_back():
    queue = Queue(1, 100)
    turns = [queue.ask(str(n), NOON + (5 if n % 2 else 0)).at_ms - NOON for n in range(6)]
    assert turns == [0, 10, 20, 30, 40, 50]


@pytest.mark.parametrize(("later_ms", "kept"), [(-1, True), (0, False), (1, False)])
def test_a_turn_is_kept_for_five_minutes_after_it_came(later_ms, kept):
    queue = Queue(1, 1)
    queue.ask("first", NOON)
    turn = queue.ask("second", NOON)
    assert turn.at_ms == NOON + 1_000
    assert (queue.ask("second", turn.at_ms + KEPT_MS + later_ms) == turn) is kept


def test_what_is_held_goes_by_who_is_here(monkeypatch):
    queue = Queue(100, 100)
    for n in range(1_000):
        queue.ask(str(n), NOON + n * KEPT_MS // 100)
    assert len(queue._turns) == 100
    monkeypatch.setattr(queueing, "KEPT_MOST", 10)
    queue.ask("one more", NOON + 999 * KEPT_MS // 100)
    assert len(queue._turns) == 10


@pytest.mark.parametrize("given_", [(0, 1), (1, 0), (1, -1), (1, 1, 0)])
def test_a_queue_that_lets_nobody_in_is_refused(given_):
    with pytest.raises(ValueError, match="burst"):
        Queue(*given_)
