"""Extra time beside the sweeper, beside submissions and saves, beside starts.

Each defence has a control without it, which must break.
"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import BigInteger, delete, func, select, type_coerce, update

from contest.delivery import operations
from contest.delivery.granting import MINUTE_MS, Reach, apply_grants, grant_time, promised
from contest.delivery.models import Attempt
from contest.delivery.record_models import TimeGrant
from contest.extensions import db
from contest.identity.models import Account
from contest.standings import operations as standings
from contest.standings.models import Result
from tests import factories as make
from tests.delivery.conftest import MS, NOON, SECOND
from tests.delivery.crowd import PEOPLE, Gate, Sitting, at_once, clear, pause_together

MINUTE = timedelta(minutes=1)
LIMIT = NOON + 20 * MINUTE
REACHES = {
    "person": lambda cast: Reach(account_id=cast.account),
    "unit": lambda cast: Reach(unit_id=db.session.get(Account, cast.account).unit_id),
    "everybody": lambda cast: Reach(),
}


def grant(cast, reach="everybody", *, minutes=10, now=LIMIT - MS, once="one press"):
    grant_time(cast.round, REACHES[reach](cast), minutes, "Mất điện", by=None, now=now, once=once)
    db.session.commit()


def tick(now):
    """As the worker does."""
    apply_grants(now, standings.take_rounds(now))
    standings.score_pending(now)
    db.session.commit()


class Two(Sitting):
    """The sitting that people act on, and another person's beside it; both end at LIMIT."""

    def __init__(self, app, cast):
        super().__init__(app, cast)
        with app.app_context():
            self.other = operations.start(cast.round, cast.other, cast.others, True, NOON).attempt_id
            db.session.commit()

    def reset(self):
        with self.app.app_context():
            for model in (Result, TimeGrant):
                db.session.execute(delete(model))
            db.session.execute(update(Attempt).values(
                state="open", finished_at=None, granted_ms=0, time_limit_at=LIMIT, settled=False))
            db.session.commit()
        self.reopen()

    def times(self, attempt_id):
        """(state, minutes that it has had on top)."""
        with self.app.app_context():
            row = db.session.get(Attempt, attempt_id)
            assert row.time_limit_at == LIMIT + row.granted_ms * MS
            return row.state, row.granted_ms // MINUTE_MS

    def ever_granted(self):
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(TimeGrant))


@pytest.fixture
def sitting(app, cast):
    return Two(app, cast)


@pytest.mark.parametrize("reach", REACHES)
class TestAGrantInTime:
    """Granted a millisecond before the end, by a button that is pressed ten times; everybody else is later."""

    def test_is_given_once_and_lets_the_sitting_go_on(self, sitting, cast, reach, race_rounds):
        def act(n):
            if n % 5 == 0:
                return grant(cast, reach)
            if n % 5 < 3:
                return tick(LIMIT + n * MS)
            return sitting.save(n, n % 4, now=LIMIT + (n - PEOPLE // 2) * MS)

        for _ in race_rounds:
            got = at_once(sitting.app, act)
            with sitting.app.app_context():
                tick(LIMIT + SECOND)
            self.given_once(sitting, reach)
            assert sitting.times(sitting.id) == ("open", 10)
            kept = {n for n in range(PEOPLE) if n % 5 > 2 and got[n] != "closed"}
            assert kept >= {n for n in range(PEOPLE // 2) if n % 5 > 2}
            assert sitting.rows() == {(1, n) for n in kept}
            assert sitting.counted() == {2: (sitting.tokens[max(kept) % 4],)}
            sitting.reset()

    def test_changes_no_submission(self, sitting, cast, reach, race_rounds):
        """Handed in before the grant, and in the time that it gave, by turns."""
        def act(n):
            if n == 0:
                return sitting.submit(handed_in)
            if n % 5 == 0:
                return grant(cast, reach)
            if n % 5 < 3:
                return tick(LIMIT + n * MS)
            return sitting.save(n, n % 4, now=LIMIT - (PEOPLE + 10 - n) * MS)

        for i in race_rounds:
            handed_in = (LIMIT - 5 * MS, LIMIT + MINUTE)[i % 2]
            got = at_once(sitting.app, act)
            with sitting.app.app_context():
                tick(LIMIT + SECOND)
                if isinstance(got[0], str):  # it came before the grant's turn, or while that let it go on: once again
                    assert handed_in > LIMIT
                    assert got[0] in ("closed", "busy")
                    got[0] = sitting.submit(handed_in)
                    db.session.commit()
            self.given_once(sitting, reach)
            assert sitting.end() == ("submitted", handed_in, got[0].receipt)
            assert sitting.rows() == {(1, n) for n in range(PEOPLE) if n % 5 > 2}
            assert sitting.counted() == {2: (sitting.tokens[(PEOPLE - 1) % 4],)}
            sitting.reset()

    @staticmethod
    def given_once(sitting, reach):
        assert sitting.ever_granted() == 1
        assert sitting.times(sitting.other) == (("expired", 0) if reach == "person" else ("open", 10))

    def test_that_the_sweeper_never_looks_back_at_leaves_the_sitting_closed(self, sitting, cast, reach, monkeypatch):
        """The control: the sweeper was faster, and that is that."""
        for module in (operations, standings):
            monkeypatch.setattr(module, "resume", lambda _round: [])
        with sitting.app.app_context():
            tick(LIMIT)
            grant(cast, reach)
            tick(LIMIT + SECOND)
        assert sitting.times(sitting.id) == ("expired", 10)

    def test_from_a_button_without_a_name_is_given_at_every_press(self, sitting, cast, reach):
        """The control."""
        at_once(sitting.app, lambda _n: grant(cast, reach, once=None), people=10)
        assert sitting.times(sitting.id) == ("open", 100)


class TestWorkers:
    """Each finds what was promised and is not there yet."""

    @pytest.fixture
    def missed(self, sitting, cast):
        """A sitting whose start ran beside a grant and has missed it."""
        def miss():
            sitting.reset()
            with sitting.app.app_context():
                grant(cast, now=NOON)
                db.session.execute(update(Attempt).values(granted_ms=0, time_limit_at=LIMIT))
                db.session.commit()

        return miss

    def test_give_it_once(self, sitting, missed, race_rounds):
        for _ in race_rounds:
            missed()
            at_once(sitting.app, lambda n: tick(NOON + n * MS))
            assert sitting.times(sitting.id) == sitting.times(sitting.other) == ("open", 10)

    def test_that_read_what_is_missing_before_they_add_it_give_it_again_and_again(self, sitting, missed):
        """The control."""
        looked = threading.Barrier(PEOPLE)

        def act(_n):
            missing = db.session.scalar(
                select(promised(in_time=True) - Attempt.granted_ms).where(Attempt.id == sitting.id))
            pause_together(looked)
            db.session.execute(update(Attempt).where(Attempt.id == sitting.id).values(
                granted_ms=Attempt.granted_ms + missing,
                time_limit_at=type_coerce(Attempt.time_limit_at, BigInteger) + missing))

        missed()
        at_once(sitting.app, act)
        assert sitting.times(sitting.id) == ("open", 10 * PEOPLE)


class TestStarts:
    """Half of the crowd starts while the others grant 1 minute to the unit and 2 to everybody."""

    @pytest.fixture
    def people(self, app, cast):
        with app.app_context():
            unit = db.get_or_404(Account, cast.account).unit
            people = [make.account(unit=unit).id for _ in range(PEOPLE // 2)]
            db.session.commit()
            return people

    def test_have_all_of_it_at_the_worker_s_next_tick(self, app, cast, people, race_rounds):
        def act(n):
            if n % 2:
                return grant(cast, ("unit", "everybody")[n // 2 % 2], minutes=1 + n // 2 % 2, now=NOON,
                             once=f"press {n // 2 % 2}")
            return self.start(cast, people[n // 2])

        for _ in race_rounds:
            assert all(at_once(app, act)[::2])
            with app.app_context():
                tick(NOON + SECOND)
            assert self.limits(app) == {LIMIT + 3 * MINUTE}
            self.clear(app)

    def test_that_looked_before_the_grant_have_less_until_then(self, app, cast, people, monkeypatch):
        """The control: what is granted has been read, more is granted, then the sitting is written."""
        insert, looked, granted = operations._insert_attempt, threading.Barrier(PEOPLE // 2 + 1), Gate()

        def wait(*arguments):
            pause_together(looked)
            granted.wait()
            return insert(*arguments)

        def act(n):
            if n < PEOPLE // 2:
                return self.start(cast, people[n])
            pause_together(looked)
            grant(cast, now=NOON)
            return granted.open()

        monkeypatch.setattr(operations, "_insert_attempt", wait)
        at_once(app, act, people=PEOPLE // 2 + 1)
        assert self.limits(app) == {LIMIT}
        with app.app_context():
            tick(NOON + SECOND)
        assert self.limits(app) == {LIMIT + 10 * MINUTE}

    @staticmethod
    def start(cast, account_id):
        return operations.start(cast.round, account_id, "0" * 64, True, NOON).created

    @staticmethod
    def limits(app):
        with app.app_context():
            return set(db.session.scalars(select(Attempt.time_limit_at)))

    @staticmethod
    def clear(app):
        with app.app_context():
            db.session.execute(delete(TimeGrant))
            db.session.commit()
        clear(app)
