"""Results that are published while sittings of them are annulled, scored anew, or the round is called off.

Each defence has a control without it, which must break.
"""

from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from contest.delivery import overruling
from contest.extensions import db
from contest.rounds.models import Round
from contest.rounds.publishing import cancel_round
from contest.standings import operations, overruled
from tests.delivery.crowd import Gate, at_once
from tests.standings.hall import CLOSES, MS, NOW, SETTLED, Hall


@pytest.fixture
def hall(app):
    return Hall(app)


def publish(hall, now=SETTLED):
    """The list as it is made official."""
    operations.publish_results(hall.round, by=None, now=now)
    shown = hall.listed()
    db.session.commit()
    return shown


def now_listed(hall):
    with hall.app.app_context():
        return hall.listed()


class TestAnnulments:
    """They arrived before the publication; whether their turn comes before it decides."""

    def test_are_in_the_published_list_or_refused(self, hall, race_rounds):
        for i in race_rounds:
            hall.reset(scored=i % 2)

            def act(n):
                if n % 10 == 0:
                    return publish(hall, SETTLED + n * MS)
                if n % 10 == 1:
                    return operations.score_pending(SETTLED + n * MS)
                return hall.annul(n, n + 9, now=SETTLED - MS)

            got = at_once(hall.app, act)
            [told] = [shown for shown in got[::10] if shown != "not_closed"]
            assert now_listed(hall) == told
            annulled = {id_ for n, ids in enumerate(got) if n % 10 > 1 and isinstance(ids, list) for id_ in ids}
            assert annulled == {id_ for id_, state in hall.states().items() if state == "void"}
            assert annulled.isdisjoint(told)
            assert {why for n, why in enumerate(got) if n % 10 > 1 and isinstance(why, str)} <= {
                "attempt_void", "board_stands"}
            hall.prove()
            assert now_listed(hall) == told  # and nothing later changes it

    def test_that_let_go_of_the_round_change_a_published_list(self, hall, monkeypatch):
        """The control: the round has been seen unpublished, its results are published, then a sitting is annulled."""
        hold, lock, looked, published = overruled._hold, overruling._locked, Gate(), Gate()
        seen = SimpleNamespace(closes_at=CLOSES, results_published_at=None, state="published")

        def look(attempt_id):
            hold(attempt_id)
            db.session.commit()
            looked.open()
            published.wait()

        def act(n):
            if n == 0:
                return hall.annul(best)
            looked.wait()
            shown = publish(hall)
            published.open()
            return shown

        monkeypatch.setattr(overruled, "_hold", look)
        monkeypatch.setattr(overruling, "_locked", lambda attempt_id: (lock(attempt_id)[0], seen))
        hall.reset(scored=True)
        best = next(n for n, id_ in enumerate(hall.ids) if id_ in now_listed(hall))
        [annulled], told = at_once(hall.app, act, people=2)
        assert annulled in told
        assert now_listed(hall) != told


class TestCancellations:
    """They arrived before the publication too, and a round is either official or called off."""

    def test_are_refused_once_it_is_official(self, hall, race_rounds):
        for _ in race_rounds:
            hall.reset(scored=True)
            got = at_once(hall.app, lambda n: publish(hall) if n % 2 else self.cancel(hall))
            with hall.app.app_context():
                row = db.session.get(Round, hall.round)
                official = row.results_published_at is not None
                assert (row.state == "cancelled") != official
            assert {why for why in got[::2] if why != "cancelled"} <= {"not_cancellable"}
            assert got[::2].count("cancelled") == (not official)
            assert sum(isinstance(shown, dict) for shown in got[1::2]) == official

    def test_that_read_the_round_without_locking_it_call_off_what_is_official(self, hall):
        """The control: nothing is official yet, then it is, then the round is called off."""
        looked, published = Gate(), Gate()

        def act(n):
            if n == 0:
                assert db.session.scalar(select(Round.results_published_at).where(Round.id == hall.round)) is None
                db.session.commit()
                looked.open()
                published.wait()
                db.session.execute(update(Round).where(Round.id == hall.round).values(state="cancelled"))
                return None
            looked.wait()
            publish(hall)
            return published.open()

        hall.reset(scored=True)
        at_once(hall.app, act, people=2)
        with hall.app.app_context():
            row = db.session.get(Round, hall.round)
            assert (row.state, row.results_published_at) == ("cancelled", SETTLED)

    @staticmethod
    def cancel(hall):
        cancel_round(hall.round, "Bão số 9", by=None, now=NOW)
        db.session.commit()
        return "cancelled"
