"""Starts at once: one open attempt, and never more attempts than the round allows.

Each defence has a control without it, which must break.
"""

import itertools
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from contest.delivery import operations
from contest.delivery.models import Attempt
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Entry
from tests.delivery.conftest import NOON, SECOND, set_round
from tests.delivery.crowd import PATIENCE, PEOPLE, at_once, attempts, clear, pause_together, without_open_index

ALLOWED = 3


@pytest.fixture
def crowd(app, cast):
    with app.app_context():
        set_round(cast, attempts_allowed=1_000)
    return cast


@pytest.fixture
def look_together(monkeypatch):
    """Every thread has looked, and has ended its transaction, before one of them inserts its attempt."""
    _look_together(monkeypatch, numbered=lambda facts: facts)


@pytest.fixture
def own_numbers(monkeypatch):
    """As `look_together`, each with a number that nobody else has: the open-attempt index stands alone."""
    numbers = itertools.count(100)
    _look_together(monkeypatch, numbered=lambda facts: replace(facts, last=next(numbers)))


def _look_together(monkeypatch, numbered):
    barrier = threading.Barrier(PEOPLE)
    insert = operations._insert_attempt
    seen = threading.local()

    def insert_together(facts, *rest):
        if not getattr(seen, "once", False):
            seen.once = True
            facts = numbered(facts)
            pause_together(barrier)
        return insert(facts, *rest)

    monkeypatch.setattr(operations, "_insert_attempt", insert_together)


def test_starts_at_once_leave_one_open_attempt(app, crowd, race_rounds):
    for _ in race_rounds:
        got = at_once(app, lambda _n: crowd.start())
        assert len({started.attempt_id for started in got}) == 1
        assert sum(started.created for started in got) == 1
        assert attempts(app) == 1
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(Entry)) == 1
        clear(app)


def test_starts_that_all_saw_none_leave_one_open_attempt(app, crowd, own_numbers, race_rounds):
    for _ in race_rounds:
        got = at_once(app, lambda _n: crowd.start())
        assert len({started.attempt_id for started in got}) == 1
        assert attempts(app) == attempts(app, state="open") == 1
        clear(app)


def test_without_the_index_the_same_starts_leave_many(app, crowd, own_numbers):
    """The control: what the test above sees is the index's work."""
    with without_open_index(app):
        at_once(app, lambda _n: crowd.start())
        assert attempts(app, state="open") == PEOPLE


def test_the_quota_holds_whoever_starts_and_submits(app, cast, race_rounds):
    with app.app_context():
        set_round(cast, attempts_allowed=ALLOWED)

    def sit(_number):
        started = cast.start()
        db.session.commit()
        return operations.submit(started.attempt_id, cast.account, NOON + SECOND).receipt

    for _ in race_rounds:
        got = at_once(app, sit)
        with app.app_context():
            told = {row.number: row.receipt for row in db.session.scalars(select(Attempt))}
            assert sorted(told) == list(range(1, len(told) + 1))
            # "busy": three others were faster each time it looked, and the client asks again
            assert set(got) - {"no_attempts_left", "busy"} == set(told.values())
            assert len(told) <= ALLOWED
            for _left in range(ALLOWED - len(told)):  # and the quota can be used up
                sit(0)
            with pytest.raises(Refusal) as caught:
                sit(0)
            assert caught.value.code == "no_attempts_left"
            db.session.commit()
        assert attempts(app) == ALLOWED
        clear(app)


def test_starts_that_all_counted_the_same_use_one_attempt_up(app, cast, look_together, race_rounds):
    """The open-attempt index is away: the number alone, unique within the quota, stands between them."""
    with app.app_context():
        set_round(cast, attempts_allowed=1)
    with without_open_index(app):
        for _ in race_rounds:
            got = at_once(app, lambda _n: cast.start())
            assert len({started.attempt_id for started in got}) == 1
            assert attempts(app) == 1
            clear(app)


def test_without_the_unique_number_the_same_starts_exceed_the_quota(app, cast, own_numbers):
    """The control: everyone has checked the quota of 1, and nothing ties the attempts to it."""
    with app.app_context():
        set_round(cast, attempts_allowed=1)
    with without_open_index(app):
        at_once(app, lambda _n: cast.start())
        assert attempts(app) == PEOPLE


def test_a_start_finds_the_attempt_that_was_faster_even_after_losing_once(app, crowd, race_rounds):
    """Starts beside submissions: whoever loses ends in an attempt of this person, never in an error."""
    ready = threading.Barrier(PEOPLE)
    for _ in race_rounds:
        def act(number):
            started = crowd.start()
            db.session.commit()
            ready.wait(PATIENCE)
            if number % 2:
                return operations.submit(started.attempt_id, crowd.account, NOON + SECOND).receipt
            return crowd.start(NOON + SECOND).attempt_id

        got = at_once(app, act)
        with app.app_context():
            rows = db.session.scalars(select(Attempt)).all()
            assert {row.state for row in rows} <= {"open", "submitted"}
            assert sum(row.state == "open" for row in rows) <= 1
            assert set(got[::2]) <= {row.id for row in rows} | {"busy"}
            assert len(set(got[1::2])) == 1
        clear(app)
