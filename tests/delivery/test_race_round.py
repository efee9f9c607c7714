"""A round that is extended while people save, while others extend it, while the sweeper closes.

Each defence has a control without it, which must break.
"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from contest.delivery import operations, queries, timing
from contest.delivery.models import Attempt, Response
from contest.delivery.save import Answer, save_answers
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Round, RoundChange
from contest.rounds.publishing import extend_round
from tests.delivery.conftest import MS, NOON, SECOND, set_round
from tests.delivery.crowd import PEOPLE, Gate, at_once, pause_together, reopen

CLOSES = NOON + 10 * SECOND
LATER = NOON + timedelta(minutes=5)


def extend(cast, closes_at, now=CLOSES - MS):
    return extend_round(cast.round, closes_at, "Mất điện", by=None, now=now).closes_after


def closes_at(cast):
    return db.session.scalar(select(Round.closes_at).where(Round.id == cast.round))


def stamp(n):
    """The arrival of the save of thread n: half of them before the first closing, half at it and after."""
    return CLOSES + (n - PEOPLE // 2) * 100 * MS


@pytest.fixture
def sitting(app, cast):
    """A running attempt of a round that closes before the attempt's time is up."""
    with app.app_context():
        set_round(cast, closes_at=CLOSES)
        attempt = cast.start().attempt_id
        db.session.commit()
    return attempt


@pytest.fixture
def again(app, cast, sitting):
    def put_back():
        with app.app_context():
            db.session.execute(delete(RoundChange))
            set_round(cast, closes_at=CLOSES)
        reopen(app, sitting, cast.phone)

    return put_back


def save(cast, attempt, seq, now):
    return save_answers(db.session.connection(), attempt, cast.phone, 1, [Answer(2, seq, None)], now)


def rows(app):
    with app.app_context():
        return set(db.session.scalars(select(Response.seq)))


def counts(app, attempt):
    """The seq that counts for slot 2."""
    with app.app_context():
        view = queries.attempt_view(attempt, db.session.get(Attempt, attempt).account_id, NOON)
        return view.items[1].seq


class TestSavesBesideAnExtension:
    def test_are_kept_where_acknowledged_and_taken_once_it_is_on_record(self, app, cast, sitting, again, race_rounds):
        for _ in race_rounds:
            extended = Gate()

            def act(n, extended=extended):
                if n == 0:
                    extend(cast, LATER)
                    db.session.commit()
                    return extended.open()
                if n == PEOPLE - 1:  # the latest of all, sent after the extension
                    extended.wait()
                return save(cast, sitting, n, stamp(n))

            got = at_once(app, act)
            told = {n for n, done in enumerate(got) if n and done != "closed"}
            assert told >= set(range(1, PEOPLE // 2)) | {PEOPLE - 1}
            assert rows(app) == told
            assert counts(app, sitting) == PEOPLE - 1
            with app.app_context():  # what was refused is taken when it is sent again
                for n in range(1, PEOPLE):
                    assert not save(cast, sitting, n, stamp(n)).refused
                db.session.commit()
            assert rows(app) == set(range(1, PEOPLE))
            again()

    def test_judged_by_a_deadline_read_before_are_lost(self, app, cast, sitting):
        """The control: the deadline is read, the round is extended, then the answer is judged."""
        looked = threading.Barrier(PEOPLE)
        extended = Gate()

        def act(n):
            deadline = timing.deadline(NOON + timedelta(minutes=20), closes_at(cast))
            pause_together(looked)
            if n == 0:
                extend(cast, LATER)
                db.session.commit()
                return extended.open()
            extended.wait()
            if not timing.accepts(stamp(n), deadline, None, 0):
                raise Refusal("closed", 409)
            return save(cast, sitting, n, stamp(n))

        assert at_once(app, act).count("closed") == PEOPLE // 2


class TestExtensions:
    def test_at_once_leave_the_latest_closing_and_a_chain_on_record(self, app, cast, sitting, again, race_rounds):
        for _ in race_rounds:
            got = at_once(app, lambda n: extend(cast, LATER + n * SECOND))
            with app.app_context():
                assert closes_at(cast) == LATER + (PEOPLE - 1) * SECOND
                changes = db.session.scalars(select(RoundChange).order_by(RoundChange.closes_after)).all()
                assert [c.closes_before for c in changes] == [CLOSES, *(c.closes_after for c in changes[:-1])]
                assert sorted(at for at in got if at != "closes_too_early") == [c.closes_after for c in changes]
            again()

    def test_that_read_the_round_without_locking_it_shorten_it(self, app, cast, sitting):
        """The control: everybody has read the closing, the longest extension is written, then the others."""
        looked, longest = threading.Barrier(PEOPLE), Gate()

        def act(n):
            before = closes_at(cast)
            pause_together(looked)
            if n != PEOPLE - 1:
                longest.wait()
            new = LATER + n * SECOND
            assert new > before
            db.session.execute(update(Round).where(Round.id == cast.round).values(closes_at=new))
            db.session.commit()
            if n == PEOPLE - 1:
                longest.open()
            return new

        got = at_once(app, act)
        with app.app_context():
            assert closes_at(cast) < max(got)


class TestSweepersBesideAnExtension:
    """The extension arrived before the closing; whether its turn comes before the sweeper's changes nothing."""

    def test_leave_the_sitting_running_and_its_answers_counting(self, app, cast, sitting, again, race_rounds):
        with app.app_context():
            set_round(cast, grace_ms=5_000)
        for _ in race_rounds:
            def act(n):
                if n == 0:
                    return extend(cast, LATER)
                if n % 2:
                    return operations.close_overdue(CLOSES + n * MS)
                return save(cast, sitting, n, CLOSES - SECOND + n * 50 * MS)

            got = at_once(app, act)
            with app.app_context():
                operations.close_overdue(CLOSES + SECOND)
                db.session.commit()
                view = queries.attempt_view(sitting, cast.account, CLOSES + 2 * SECOND)
                assert (view.state, view.deadline, view.finished_at) == ("open", LATER, None)
            # "busy": two sweepers, each beside the extension, were in the way; nothing is acknowledged then
            told = {n for n in range(2, PEOPLE, 2) if got[n] not in ("closed", "busy")}
            assert rows(app) == told
            assert counts(app, sitting) == max(told)
            again()

    def test_that_never_look_back_lose_an_acknowledged_answer(self, app, cast, sitting, monkeypatch):
        """The control: the sweeper, the extension, and no second look at what was closed between them."""
        monkeypatch.setattr(operations, "resume", lambda round_id: None)
        with app.app_context():
            set_round(cast, grace_ms=5_000)
            assert save(cast, sitting, 1, CLOSES + SECOND).saved
            operations.close_overdue(CLOSES)
            extend(cast, LATER)
            operations.close_overdue(CLOSES + SECOND)
            db.session.commit()
        assert counts(app, sitting) == 0
