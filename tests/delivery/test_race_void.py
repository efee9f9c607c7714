"""A sitting that is annulled, or its round called off, while people save; one that is reopened beside a new start.

Each defence has a control without it, which must break.
"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from contest.delivery import operations, overruling, queries
from contest.delivery.models import Attempt, PaperItem, Response
from contest.delivery.record_models import AttemptChange
from contest.extensions import db
from contest.rounds.models import RoundChange
from contest.rounds.publishing import cancel_round
from tests.delivery.conftest import NOON, SECOND, set_round
from tests.delivery.crowd import (
    PATIENCE,
    PEOPLE,
    Gate,
    Sitting,
    at_once,
    attempts,
    let_go_before_insert,
    pause_together,
    without_open_index,
)

LIMIT = NOON + timedelta(minutes=20)
LATER = NOON + 2 * SECOND


@pytest.fixture
def sitting(app, cast):
    return Sitting(app, cast)


def cancelled(sitting):
    cancel_round(sitting.cast.round, "Bão số 9", by=None, now=NOON + SECOND)


def annulled(sitting):
    overruling.annul(sitting.id, "Làm bài hộ", give_back=False, by=None, now=NOON + SECOND)


def put_back(sitting):
    with sitting.app.app_context():
        db.session.execute(delete(RoundChange))
        db.session.execute(delete(AttemptChange))
        db.session.execute(update(Attempt).where(Attempt.id == sitting.id).values(receipt=operations.draw_receipt()))
        set_round(sitting.cast, state="published")
    sitting.reopen()


@pytest.mark.parametrize("end", [cancelled, annulled])
class TestSavesBesideTheEnd:
    def test_are_not_acknowledged_once_it_is_on_record(self, sitting, end, race_rounds):
        """The second half of the crowd saves when it is; the first when it likes."""
        for _ in race_rounds:
            over = Gate()

            def act(n, over=over):
                if n == 0:
                    end(sitting)
                    db.session.commit()
                    return over.open()
                if n >= PEOPLE // 2:
                    over.wait()
                return sitting.save(n, n % 4)

            got = at_once(sitting.app, act)
            assert set(got[PEOPLE // 2:]) == {"attempt_void"}
            told = {n for n, done in enumerate(got) if n and done != "attempt_void"}
            assert sitting.rows() == {(1, n) for n in told}
            with sitting.app.app_context():
                operations.close_overdue(LIMIT)
                db.session.commit()
            assert sitting.end()[:2] == ("void", NOON + SECOND)
            put_back(sitting)

    def test_are_acknowledged_after_it_where_they_look_before_they_write(self, sitting, end):
        """The control: the state is read, the sitting ends, the answer is written."""
        looked, over = threading.Barrier(PEOPLE), Gate()

        def act(n):
            if n == 0:
                looked.wait(PATIENCE)
                end(sitting)
                db.session.commit()
                return over.open()
            assert queries.attempt_view(sitting.id, sitting.cast.account, NOON).state == "open"
            pause_together(looked)
            over.wait()
            db.session.add(Response(attempt_id=sitting.id, slot=2, generation=1, seq=n, choice=None, received_at=NOON))
            return "saved"

        assert at_once(sitting.app, act).count("saved") == len(sitting.rows()) == PEOPLE - 1


class TestReopening:
    """Half of the crowd reopens the one sitting that was handed in, the others start the next."""

    def test_beside_starts_leaves_one_open_attempt(self, sitting, race_rounds):
        for _ in race_rounds:
            self.hand_in(sitting)
            got = at_once(sitting.app, lambda n: self.reopen(sitting) if n % 2 else sitting.cast.start(LATER))
            assert attempts(sitting.app, state="open") == 1
            with sitting.app.app_context():
                running = db.session.scalar(select(Attempt.id).where(Attempt.state == "open"))
            assert {started.attempt_id for started in got[::2]} == {running}
            assert set(got[1::2]) - {sitting.id} <= {"another_open", "not_finished"}
            assert (sitting.id in got[1::2]) == (running == sitting.id)
            self.clear(sitting)

    def test_without_the_index_leaves_two(self, sitting, monkeypatch):
        """The control: a start has seen that none is open, the other is reopened, then it opens its own."""
        self.hand_in(sitting)
        with without_open_index(sitting.app):
            let_go_before_insert(monkeypatch, sitting.app, lambda: sitting.cast.start(LATER),
                                 lambda: self.reopen(sitting))
            assert attempts(sitting.app, state="open") == 2

    @staticmethod
    def reopen(sitting):
        return overruling.reopen(sitting.id, 0, "Mất điện", by=None, now=LATER).id

    @staticmethod
    def hand_in(sitting):
        with sitting.app.app_context():
            sitting.submit(NOON + SECOND)
            db.session.commit()

    @staticmethod
    def clear(sitting):
        with sitting.app.app_context():
            others = select(Attempt.id).where(Attempt.id != sitting.id)
            db.session.execute(delete(PaperItem).where(PaperItem.attempt_id.in_(others)))
            db.session.execute(delete(Attempt).where(Attempt.id != sitting.id))
            db.session.commit()
        put_back(sitting)


class TestRestoring:
    """A round of one sitting: half of the crowd takes back what was given back, the others start in its place."""

    @pytest.fixture(autouse=True)
    def given_back(self, sitting):
        with sitting.app.app_context():
            set_round(sitting.cast, attempts_allowed=1)
        self.annul(sitting)

    def test_beside_starts_leaves_one_that_counts(self, sitting, race_rounds):
        for _ in race_rounds:
            got = at_once(sitting.app, lambda n: self.restore(sitting) if n % 2 else sitting.cast.start(LATER))
            assert self.counting(sitting) == 1
            if sitting.id in got[1::2]:
                assert set(got[::2]) == {"no_attempts_left"}
                assert sorted(set(got[1::2])) == [sitting.id, "not_annulled"]
            else:
                assert len({started.attempt_id for started in got[::2]}) == 1
                assert set(got[1::2]) == {"attempt_used"}
            TestReopening.clear(sitting)
            self.annul(sitting)

    def test_leaves_two_where_a_start_looks_and_lets_go(self, sitting, monkeypatch):
        """The control: a start has seen that the only one was given back, that is taken back, then it starts."""
        let_go_before_insert(monkeypatch, sitting.app, lambda: sitting.cast.start(LATER),
                             lambda: self.restore(sitting))
        assert self.counting(sitting) == 2

    @staticmethod
    def annul(sitting):
        with sitting.app.app_context():
            overruling.annul(sitting.id, "Làm bài hộ", give_back=True, by=None, now=NOON + SECOND)
            db.session.commit()

    @staticmethod
    def restore(sitting):
        return overruling.restore(sitting.id, "Nhầm người", by=None, now=LATER).id

    @staticmethod
    def counting(sitting):
        with sitting.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Attempt).where(~Attempt.returned))
