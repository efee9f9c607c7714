"""A grading run that is let hold while its sittings are scored anew, and others annul them or decide about it.

The defence has a control without it, which must break.
"""

import pytest

from contest.extensions import db
from contest.rounds.models import Round
from contest.standings import applying, operations, overruled
from contest.standings.building import building
from contest.standings.grading import grader_of
from contest.standings.keys import Correction
from contest.standings.regrading import Changes, make_run
from contest.standings.run_models import GradingRun
from tests.delivery.crowd import Gate, at_once
from tests.standings.hall import MINUTE, MS, SETTLED, WHY, Hall

LATER = SETTLED + MINUTE


@pytest.fixture
def hall(app):
    return Hall(app)


@pytest.fixture
def run_in(hall):
    """Everything scored for good, and a run whose preview is built: the first question counts for nobody."""
    def make():
        hall.reset(scored=False)
        hall.settle()
        with hall.app.app_context():
            changes = Changes({hall.version: Correction("out", None)}, {})
            run_id = make_run(hall.round, changes, WHY, by=hall.people[0], now=SETTLED).id
            for _step in building(run_id, SETTLED):
                db.session.commit()
            db.session.commit()
        return run_id

    return make


def decide(hall, run_id, how=applying.apply_run):
    run = how(run_id, "Đã kiểm tra", by=hall.people[1], now=LATER)
    db.session.commit()
    return run.state


def most(hall):
    """What the papers are marked out of, by their results."""
    with hall.app.app_context():
        closed = sorted(id_ for id_, state in hall.states().items() if state == "submitted")
        grader = grader_of(db.session.get_one(Round, hall.round))
        return {total.max_points for total in grader.totals(closed).values()}


class TestRuns:
    def test_are_decided_once_and_hold_wholly_or_not_at_all(self, hall, run_in, race_rounds):
        for _ in race_rounds:
            run_id = run_in()

            def act(n, run_id=run_id):
                if n % 10 == 0:
                    return hall.annul(n, now=LATER)
                if n % 10 == 1:
                    return operations.rescore(hall.round, LATER + n * MS) and None
                if n % 10 == 2:
                    return operations.score_pending(LATER + n * MS) and None
                return decide(hall, run_id, applying.drop_run if n % 10 == 3 else applying.apply_run)

            got = at_once(hall.app, act)
            decided = [told for told in got if told in ("applied", "dropped")]
            assert len(decided) <= 1
            with hall.app.app_context():
                state = db.session.get(GradingRun, run_id).state
            assert [state] == (decided or ["ready"])
            assert set(got[::10]) == {"board_stands"}
            assert {told for n, told in enumerate(got) if n % 10 > 2} - set(decided) <= {
                "run_not_ready", "run_decided", "run_outdated"}
            assert most(hall) == ({300} if state == "applied" else {400})
            hall.prove()

    def test_that_let_go_of_the_round_rank_a_sitting_that_was_annulled(self, hall, run_in, monkeypatch):
        """The control: the results are written, a sitting is annulled, then the standings, as the preview has them.

        Nobody asks whether the board is settled: it would refuse that in any case.

        Were it annulled before the results, writing one that is gone would fail.
        """
        go_on, written, annulled = applying._disqualify, Gate(), Gate()

        def pause(*arguments):
            db.session.commit()
            written.open()
            annulled.wait()
            go_on(*arguments)

        run_id = run_in()
        with hall.app.app_context():
            counted = next(n for n, id_ in enumerate(hall.ids) if id_ in hall.listed())

        def act(n):
            if n == 0:
                return decide(hall, run_id)
            written.wait()
            hall.annul(counted, now=LATER)
            return annulled.open()

        monkeypatch.setattr(overruled, "settled", lambda _round: False)
        monkeypatch.setattr(applying, "_disqualify", pause)
        at_once(hall.app, act, people=2)
        with hall.app.app_context():
            assert hall.ids[counted] in hall.listed()
        assert hall.states()[hall.ids[counted]] == "void"
