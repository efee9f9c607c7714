"""The scorer beside organisers who reopen, annul and regrade what it is scoring, and beside itself.

Each defence has a control without it, which must break.
"""

import threading
from itertools import count

import pytest
from sqlalchemy.exc import IntegrityError

from contest.delivery import overruling
from contest.delivery.granting import Reach, grant_time
from contest.extensions import db
from contest.standings import keeping, operations, overruled
from contest.standings.grading import Grader
from tests.delivery.crowd import PATIENCE, PEOPLE, Gate, at_once
from tests.standings.hall import CLOSES, MINUTE, MS, NOW, SETTLED, Hall

OVER = CLOSES - 5 * MINUTE  # where sittings that run end


@pytest.fixture
def hall(app):
    return Hall(app)


def score(now, limit=200, times=2):
    """A worker that does not give up because another one, or an organiser, holds the round."""
    for _ in range(times):
        operations.score_pending(now, limit)
        db.session.commit()


@pytest.fixture
def interrupted(monkeypatch):
    """Let the scorer end its transaction behind this step, and go on once something else has been done."""
    def at(step, of=operations):
        there, done, calls = Gate(), Gate(), count()
        go_on = getattr(of, step)

        def pause(*arguments, **named):
            found = go_on(*arguments, **named)
            if next(calls) == 0:
                db.session.commit()
                there.open()
                done.wait()
            return found

        monkeypatch.setattr(of, step, pause)
        return there, done

    return at


class TestScorers:
    def test_leave_one_true_result_beside_annulments_and_reopenings(self, hall, race_rounds):
        for i in race_rounds:
            hall.reset(scored=i % 2)
            at_once(hall.app, lambda n: (
                lambda: score(NOW, limit=4), lambda: score(NOW + n * MS),
                lambda: hall.annul(n // 2, n // 2 + 9), lambda: hall.reopen(n))[n % 4]())
            hall.prove()

    @pytest.mark.parametrize("act", ["annul", "reopen"])
    def test_that_let_go_of_what_they_score_leave_a_result_of_no_sitting(self, hall, interrupted, act):
        """The control: what is due has been read, one of it is annulled or reopened, then all of it is scored."""
        hall.reset(scored=False)
        self.beside(hall, interrupted("_due"), getattr(hall, act))
        assert hall.stray() == {hall.ids[0]}

    def test_mark_by_today_s_keys_beside_regrading(self, hall, race_rounds):
        for i in race_rounds:
            hall.reset(scored=i % 2)

            def act(n):
                if n == 0:
                    hall.correct_key()
                if n % 5 == 0:
                    return (operations.rescore, operations.score_round)[n % 2](hall.round, CLOSES + n * MS)
                if n % 5 == 1:
                    return hall.annul(n)
                if n % 5 == 2:
                    return hall.reopen(n, CLOSES - n * MS)
                return score(CLOSES + n * MS, limit=(4, 200)[n % 2])

            at_once(hall.app, act)
            hall.prove()

    def test_that_let_go_of_what_they_mark_bring_the_old_key_s_points_back(self, hall, interrupted):
        """The control: marked by the key of before, corrected, regraded, then what was marked first is written."""
        def regrade(_n):
            hall.correct_key()
            operations.rescore(hall.round, CLOSES)

        hall.reset(scored=False)
        self.beside(hall, interrupted("totals", Grader), regrade)
        hall.settle()
        assert hall.unlike() != set()

    @staticmethod
    def beside(hall, gates, act):
        """0 scores; 1 acts at the point where it was interrupted."""
        there, done = gates

        def run(n):
            if n == 0:
                return operations.score_pending(NOW)
            there.wait()
            act(0)
            db.session.commit()
            return done.open()

        at_once(hall.app, run, people=2)


class TestSettling:
    """Of an annulment and the settling of the board one is first: it goes by as many people as are on it for good."""

    @pytest.fixture
    def hall(self, app):
        return Hall(app, sittings=1, prediction="participants")

    def test_counts_nobody_who_is_annulled_and_is_followed_by_no_annulment(self, hall, race_rounds):
        for i in race_rounds:
            hall.reset(scored=i % 2)

            def act(n):
                if n % 3 == 0:
                    return score(SETTLED + n * MS)
                return hall.annul(n, now=SETTLED - MS) if n % 3 == 1 else hall.restore(n - 1, now=SETTLED)

            got = at_once(hall.app, act)
            codes = {why for why in got if isinstance(why, str)}
            assert codes <= {"board_stands", "attempt_void", "not_annulled"}
            assert hall.stray() == set()
            hall.prove()
            actual, people = hall.settled_on()
            assert actual == people == sum(state == "submitted" for state in hall.states().values())

    def test_finds_the_round_held_from_the_look_at_its_board_on(self, hall, monkeypatch):
        """In SQLite whoever writes is alone in any case."""
        lock, asked, tried = overruling._locked, Gate(), Gate()
        with hall.app.app_context():
            parallel = db.engine.dialect.name == "postgresql"

        def look(attempt_id):
            asked.open()
            if parallel:
                tried.wait()
            return lock(attempt_id)

        def act(n):
            if n == 0:
                return hall.annul(0, now=SETTLED)
            asked.wait()
            score(SETTLED, times=1)
            return tried.open()

        hall.reset(scored=True)
        monkeypatch.setattr(overruling, "_locked", look)
        at_once(hall.app, act, people=2)
        hall.prove()
        assert hall.settled_on() == (7, 7)

    def test_beside_one_who_lets_go_of_the_round_counts_somebody_who_is_annulled(self, hall, monkeypatch):
        """The control: the board is not settled yet, then it is, then the sitting is annulled."""
        hold, looked, settled = overruled._hold, Gate(), Gate()

        def look(attempt_id):
            hold(attempt_id)
            db.session.commit()
            looked.open()
            settled.wait()

        def act(n):
            if n == 0:
                return hall.annul(0, now=SETTLED)
            looked.wait()
            score(SETTLED)
            return settled.open()

        monkeypatch.setattr(overruled, "_hold", look)
        hall.reset(scored=True)
        at_once(hall.app, act, people=2)
        assert hall.settled_on() == (8, 7)


class TestTwoSittingsOfOnePerson:
    """Two scorers, each of another sitting of the same person, and only one of them may count."""

    def test_scored_at_once_one_counts(self, hall, race_rounds):
        for _ in race_rounds:
            hall.reset(scored=False)
            at_once(hall.app, lambda n: score(NOW, limit=1 + n % 3))
            hall.prove()

    def test_where_nobody_holds_the_round_both_count(self, hall, monkeypatch):
        """The control: each has written its own result, sees no other, and would make it the person's standing.

        Not so in SQLite: one transaction writes at a time, so the second sees what the first wrote.
        """
        hall.reset(scored=False)
        with hall.app.app_context():
            parallel = db.engine.dialect.name == "postgresql"
            due = operations._due(NOW, 200, [hall.round])
        mine, written = threading.local(), threading.Barrier(2 if parallel else 1)
        keep = keeping.keep

        def keep_together(*which):
            written.wait(PATIENCE)
            keep(*which)

        def act(n):
            mine.due = [one for one in due if one[0].id == hall.ids[n * 8]]
            try:
                return operations.score_pending(NOW)
            except IntegrityError:  # the standing's key
                db.session.rollback()
                return None

        monkeypatch.setattr(operations, "take_rounds", lambda _now: [hall.round])
        monkeypatch.setattr(operations, "_due", lambda *_which: mine.due)
        monkeypatch.setattr(keeping, "keep", keep_together)
        assert (at_once(hall.app, act, people=2).count(None) == 1) == parallel


class TestWhatGoesOn:
    """Closed and scored as of an end that a grant has moved, which had arrived before it."""

    @pytest.fixture
    def hall(self, app):
        return Hall(app, sittings=1)

    def test_has_no_result_while_it_runs(self, hall, race_rounds):
        def act(n):
            return self.grant(hall) if n == PEOPLE // 2 else score(OVER + n * MS)

        for _ in race_rounds:
            hall.reset(scored=False, runs_until=OVER)
            at_once(hall.app, act)
            with hall.app.app_context():
                score(OVER + MINUTE - MS)
            assert set(hall.states().values()) == {"open"}
            assert hall.scored() == set()
            hall.prove()

    def test_keeps_its_result_where_only_the_sitting_is_opened_again(self, hall, monkeypatch):
        """The control: scored, granted, and nobody tells standings that it goes on."""
        monkeypatch.setattr(operations, "resume", lambda _round: [])
        hall.reset(scored=False, runs_until=OVER)
        with hall.app.app_context():
            score(OVER)
            self.grant(hall)
            score(OVER + MS)
        assert hall.stray() == set(hall.ids)

    def test_is_scored_as_handed_in_where_that_arrived_before_the_end(self, hall, race_rounds):
        """Handed in up to four times each, while the sweeper closes and scores it."""
        def act(n):
            return score(OVER + n * MS) if n % 3 == 0 else hall.submit(n, OVER - n * MS)

        for _ in race_rounds:
            hall.reset(scored=False, runs_until=OVER)
            at_once(hall.app, act)
            assert set(hall.states().values()) == {"submitted"}
            hall.prove()

    @staticmethod
    def grant(hall):
        grant_time(hall.round, Reach(), 1, "Mất điện", by=None, now=OVER - MS)
        db.session.commit()
