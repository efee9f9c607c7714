"""`contest.tally`: what happened is counted for five minutes, however much it is."""

import threading
from types import SimpleNamespace

import pytest

from contest import tally
from contest.tally import STEP_S, STEPS, Tally


@pytest.fixture
def seconds(monkeypatch):
    """Where time stands, to be moved by a test."""
    at = SimpleNamespace(now=1_000.0)
    monkeypatch.setattr(tally, "time", SimpleNamespace(monotonic=lambda: at.now))
    return at


def test_what_happened_is_counted_for_five_minutes(seconds):
    counted = Tally()
    assert counted.recent() == 0
    counted.note()
    counted.note()
    seconds.now += STEP_S
    counted.note()
    assert counted.recent() == 3
    seconds.now += (STEPS - 1) * STEP_S
    assert counted.recent() == 3
    seconds.now += STEP_S
    assert counted.recent() == 1
    seconds.now += STEP_S
    assert counted.recent() == 0


def test_nothing_piles_up(seconds):
    counted = Tally()
    for _ in range(1_000):
        counted.note()
        seconds.now += STEP_S
    assert counted.recent() == STEPS
    assert len(counted._steps) == STEPS + 1
    counted.forget()
    assert counted.recent() == 0


def test_threads_lose_nothing(seconds):
    counted = Tally()
    threads = [threading.Thread(target=lambda: [counted.note() for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.recent() == 4_000
