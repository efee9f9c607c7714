"""Starts at once: one open attempt, and never more attempts than the round allows.

Each defence has a control without it, which must break.
"""

import itertools
import threading
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from contest.database import Busy, WriterQueue, set_writing
from contest.delivery import granting, operations
from contest.delivery.models import Attempt
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.amending import AMENDABLE, amend_rules
from contest.rounds.codes import make_blank
from contest.rounds.models import Entry, Round
from contest.rounds.operations import locked
from contest.rounds.publishing import extend_round
from contest.standings.operations import score_pending, score_round
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


class TestWhoeverHoldsTheRound:
    """An act on the round, or its contest, has been carried out and is not committed when somebody starts.

    SQLite has one turn to write, which a start takes as everybody does: there nothing is to be proved.
    """

    @pytest.fixture(autouse=True)
    def _writing(self):
        """Whatever request another test made last in this thread."""
        set_writing(True)

    @pytest.mark.parametrize("act", [
        lambda cast: locked(cast.round),
        lambda cast: extend_round(cast.round, NOON + timedelta(days=1), "Mưa bão", by=None, now=NOON),
        lambda cast: granting.grant_time(cast.round, granting.Reach(), 5, "Mất điện", by=None, now=NOON),
        lambda cast: score_round(cast.round, NOON + SECOND),
        lambda cast: score_pending(NOON + SECOND),
        lambda cast: make_blank(cast.contest, None, "citizen", 5, "a key", by=None, now=NOON),
    ], ids=["holds", "extends", "grants", "scores the round", "scores", "makes codes"])
    def test_does_not_keep_a_start_waiting(self, app, crowd, act):
        finished_by_another(app, crowd)
        with app.app_context():
            act(crowd)
            db.session.flush()
            with app.app_context(), impatient(), nullcontext() if on_postgresql() else pytest.raises(Busy):
                assert crowd.start().created

    def test_keeps_it_waiting_where_the_lock_is_against_references_too(self, app, crowd):
        """The control: the lock that deleting a round would need."""
        with app.app_context():
            db.session.scalar(select(Round).where(Round.id == crowd.round).with_for_update())
            with app.app_context(), impatient(), pytest.raises((Busy, OperationalError)):
                crowd.start()

    def test_waits_for_starts_before_changing_what_a_quota_counts_over(self, app, crowd):
        """An attempt is numbered within the scope that its start has read."""
        with app.app_context():
            assert crowd.start().created
            with app.app_context(), impatient(), pytest.raises((Busy, OperationalError)):
                amend(crowd, quota_scope="week")
            db.session.commit()
            with pytest.raises(Refusal, match="quota_scope_kept"):
                amend(crowd, quota_scope="week")


def amend(cast, **changes):
    row = db.session.get(Round, cast.round)
    amend_rules(cast.round, {name: getattr(row, name) for name in AMENDABLE} | changes, "Theo công văn",
                version=row.rules_version, by=None, now=NOON)


def on_postgresql():
    return db.engine.dialect.name == "postgresql"


@contextmanager
def impatient():
    """Whoever would have to wait for a lock fails at once."""
    if on_postgresql():
        db.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
        yield
    else:
        with mock.patch.object(WriterQueue.acquire, "__defaults__", (0.0,)):
            yield


def finished_by_another(app, cast):
    """Something for a scorer to score."""
    with app.app_context():
        started = operations.start(cast.round, cast.other, cast.others, True, NOON)
        operations.submit(started.attempt_id, cast.other, NOON + SECOND)
        db.session.commit()
