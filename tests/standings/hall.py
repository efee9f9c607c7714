"""Sittings that people score, reopen, annul and publish at once, and what must be true of them afterwards."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from contest.delivery.models import Attempt
from contest.delivery.operations import submit
from contest.delivery.record_models import AttemptChange, TimeGrant
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.rounds.models import Round, RoundChange
from contest.scoring import ranking
from contest.scoring.marks import Total
from contest.standings import counters, keeping, operations, overruled
from contest.standings.board_models import Board, RankStep, ScoreTally, Standing, UnitTally
from contest.standings.grading import grader_of
from contest.standings.models import Result
from contest.standings.run_models import GradingRun, KeyCorrection, RunMark, RunPlace
from tests import factories as make
from tests.factories import NOON
from tests.standings.cast import counts, sit, stage, versions

MINUTE, MS = timedelta(minutes=1), timedelta(milliseconds=1)
ENDED = NOON + 5 * MINUTE  # every sitting was handed in
NOW = NOON + 10 * MINUTE  # scores are final, and whoever is let go on has 15 minutes left
CLOSES = NOON + 20 * MINUTE
SETTLED = CLOSES + MINUTE  # nothing can still be on its way
WHY = "Máy tính của cơ quan bị mất điện"


class Hall:
    """Eight people with three finished sittings each. Acts need a context; the rest makes its own."""

    def __init__(self, app, sittings=3, **columns):
        self.app = app
        with app.app_context():
            _contest, bank, round_, (unit,) = stage(closes_at=CLOSES, **columns)
            people = [make.account(unit=unit) for _ in range(8)]
            self.ids = [sit(round_, bank, who, unit=unit, right=(n + number) % 4, wrong=1, number=number).id
                        for number in range(1, sittings + 1) for n, who in enumerate(people)]
            self.people = [who.id for who in people]
            self.round, self.version = round_.id, versions(bank)[0].id
            self.key = db.session.get(AnswerKey, self.version).correct
            db.session.commit()

    def reset(self, *, scored, runs_until=None):
        """All as it was at ENDED; `scored`: with results that are not final yet; `runs_until`: not handed in at all."""
        with self.app.app_context():
            for model in (RunMark, RunPlace, KeyCorrection, GradingRun, Standing, RankStep, ScoreTally, UnitTally,
                          Board, Result, AttemptChange, TimeGrant, RoundChange):
                db.session.execute(delete(model))
            db.session.execute(update(Attempt).values(
                state="open" if runs_until else "submitted", finished_at=None if runs_until else ENDED,
                time_limit_at=runs_until or NOON + 20 * MINUTE, paused_ms=0, granted_ms=0, returned=False,
                settled=False))
            db.session.execute(update(Round).values(results_published_at=None, closes_at=CLOSES, state="published"))
            db.session.execute(update(AnswerKey).where(AnswerKey.version_id == self.version).values(correct=self.key))
            if scored:
                operations.score_pending(ENDED)
            db.session.commit()

    def annul(self, *numbers, now=NOW):
        """All of them or none, as the page does it. Returns their ids."""
        ids = [self.ids[n % len(self.ids)] for n in numbers]
        for id_ in ids:
            overruled.annul(id_, WHY, give_back=False, by=None, now=now)
        db.session.commit()
        return ids

    def reopen(self, n, now=NOW):
        overruled.reopen(self.ids[n % len(self.ids)], 0, WHY, by=None, now=now)
        db.session.commit()

    def restore(self, n, now=NOW):
        overruled.restore(self.ids[n % len(self.ids)], WHY, by=None, now=now)
        db.session.commit()

    def submit(self, n, now):
        id_ = self.ids[n % len(self.ids)]
        told = submit(id_, self.people[n % len(self.people)], now)
        db.session.commit()
        return told.receipt

    def correct_key(self):
        """From now on another option of the first question is right, which nobody chose."""
        db.session.execute(update(AnswerKey).where(AnswerKey.version_id == self.version).values(correct=["another"]))
        db.session.commit()

    def settle(self):
        """Let the worker come to its end."""
        with self.app.app_context():
            while operations.score_pending(SETTLED):
                db.session.commit()
            db.session.commit()

    def states(self):
        with self.app.app_context():
            return dict(db.session.execute(select(Attempt.id, Attempt.state)).all())

    def scored(self):
        """Whatever has a result."""
        with self.app.app_context():
            return set(db.session.scalars(select(Result.attempt_id)))

    def listed(self):
        """Whose sittings the board shows, with points and time. Needs a context."""
        rows = db.session.execute(
            select(Standing.attempt_id, Standing.points, Standing.taken_ms).where(Standing.ranked))
        return {row[0]: tuple(row[1:]) for row in rows}

    def settled_on(self):
        """(what predictions are compared with, people on the board); None where the board is not settled."""
        with self.app.app_context():
            board = db.session.get(Board, self.round)
            return (board.actual, keeping.figures(self.round, None).participants) if board.settled_at else None

    def stray(self):
        """Results of sittings that are void or still running."""
        states = self.states()
        return {id_ for id_ in self.scored() if states[id_] not in ("submitted", "expired")}

    def unlike(self):
        """What is not as marking everything afresh has it: attempts without their result, or with another."""
        closed = [id_ for id_, state in self.states().items() if state in ("submitted", "expired")]
        with self.app.app_context():
            grader = grader_of(db.session.get_one(Round, self.round))
            fresh, rows = grader.totals(closed), {row.attempt_id: row for row in db.session.scalars(select(Result))}
            wrong = {id_ for id_ in closed if id_ not in rows or fresh[id_] != _total(rows[id_])}
            wrong |= {row.attempt_id for row in rows.values()
                      if (row.attempt.finished_at, row.attempt.paused_ms) != (row.finished_at, _paused(row))}
            return wrong

    def uncounted(self):
        """People of whose results another one counts than the best, or several, or none."""
        with self.app.app_context():
            of: dict[str, dict[str, Result]] = {}
            for row in db.session.scalars(select(Result)):
                of.setdefault(row.entry_id, {})[row.attempt_id] = row
            return {entry for entry, rows in of.items()
                    if [id_ for id_, row in rows.items() if counts(row)] != _best(rows)}

    def prove(self):
        """The dust has settled: nobody's result is missing, left over, stale, or counted beside another."""
        assert self.stray() == set()
        self.settle()
        assert self.stray() == set()
        assert self.unlike() == set()
        assert self.uncounted() == set()
        with self.app.app_context():
            assert counters.differences(self.round) == []


def _total(row):
    return Total(row.points, row.max_points, row.correct, row.answered, row.items, row.pending, row.raw_points)


def _paused(row):
    """The time between an end and a reopening, as its result knows it."""
    return (row.finished_at - row.attempt.started_at) // MS - row.taken_ms


def _best(rows):
    best = ranking.best({id_: {"points": row.points, "taken_ms": row.taken_ms, "answered": row.answered,
                               "finished_at": (row.finished_at - NOON) // MS} for id_, row in rows.items()})
    return [] if best is None else [best]
