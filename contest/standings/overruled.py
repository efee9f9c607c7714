"""What organisers decide about one sitting, as far as the board allows it; its result goes, and is found again.

From settlement on nobody changes a board alone: a sitting goes by a grading run then, which two people stand behind.
Whoever decides holds the round, as the worker does that settles it: one of both is first, and the other sees it.
"""

from datetime import datetime

from sqlalchemy import exists, select

from contest.delivery import overruling
from contest.delivery.models import Attempt, PaperItem
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.marking.models import Marking
from contest.rounds.operations import locked
from contest.standings.board import settled
from contest.standings.operations import forget_result


def reopen(attempt_id: str, minutes: int, reason: str, *, by: str | None, now: datetime) -> Attempt:
    """`overruling.reopen`; 409 `board_stands` where the round's board is settled."""
    _hold(attempt_id)
    return _forgotten(overruling.reopen(attempt_id, minutes, reason, by=by, now=now), now)


def collect(attempt_id: str, reason: str, *, by: str | None, now: datetime) -> Attempt:
    """`overruling.collect`; 409 `board_stands` where the round's board is settled."""
    _hold(attempt_id)
    return _forgotten(overruling.collect(attempt_id, reason, by=by, now=now), now)


def annul(attempt_id: str, reason: str, *, give_back: bool, by: str | None, now: datetime) -> Attempt:
    """`overruling.annul`; 409 `board_stands` where the round's board is settled."""
    _hold(attempt_id)
    return _forgotten(overruling.annul(attempt_id, reason, give_back=give_back, by=by, now=now), now)


def restore(attempt_id: str, reason: str, *, by: str | None, now: datetime) -> Attempt:
    """`overruling.restore`; the worker scores the sitting again.

    409 `board_stands` where the round's board is settled, `marking_over` where the sitting has essays and their
    marking is closed: nobody could mark them.
    """
    round_id = _hold(attempt_id)
    essays = exists().where(PaperItem.attempt_id == attempt_id, PaperItem.shape == "essay")
    closed = exists().where(Marking.round_id == round_id, Marking.closed_at.is_not(None))
    if db.session.scalar(select(essays & closed)):
        raise Refusal("marking_over", 409)
    return overruling.restore(attempt_id, reason, by=by, now=now)


def _hold(attempt_id: str) -> str:
    """Hold the round of a sitting, whose board is not settled; its id. Raises `Missing`; 409 `board_stands`."""
    round_id = db.session.scalar(select(Attempt.round_id).where(Attempt.id == attempt_id))
    if round_id is None:
        raise Missing
    locked(round_id)
    if settled(round_id):  # a column, not a row: as the database has it now
        raise Refusal("board_stands", 409)
    return round_id


def _forgotten(row: Attempt, now: datetime) -> Attempt:
    forget_result(row, now)
    return row
