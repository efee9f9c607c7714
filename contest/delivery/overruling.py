"""What organisers decide about one sitting, each with a reason and on record: reopen, annul, collect, restore.

Answers are never touched. What a result comes to, and that a settled board stands still, is the business of
`standings/overruled`: its acts are these ones with that.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.columns import MILLISECOND, to_ms
from contest.delivery import timing
from contest.delivery.granting import promised
from contest.delivery.models import Attempt
from contest.delivery.record_models import AttemptChange
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.models import Round
from contest.rounds.queries import state

MOST_MINUTES = 600
_NOTED = ("state", "finished_at", "time_limit_at", "paused_ms", "returned")


def reopen(attempt_id: str, minutes: int, reason: str, *, by: str | None, now: datetime) -> Attempt:
    """Let a finished sitting go on: with the time that was left when it ended, and `minutes` more (0 to 600).

    The time in between counts neither as used nor against the limit; the round's end still holds.
    Raises `Missing`; 409 `results_published`, `round_not_running`, `not_finished`, `another_open` where
    the person has begun a new sitting of the round; 422 `reason_required`, `grant_minutes`,
    `no_time_left` where nothing would be left to use.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refusal("grant_minutes", 422, most=MOST_MINUTES)

    def change(row: Attempt, round_: Round) -> None:
        if state(round_, now) != "open":
            raise Refusal("round_not_running", 409)
        if row.finished_at is None or row.state not in ("submitted", "expired"):
            raise Refusal("not_finished", 409)
        pause = now - row.finished_at
        limit = row.time_limit_at + pause + timedelta(minutes=minutes)
        if limit <= now:
            raise Refusal("no_time_left", 422)
        row.state, row.finished_at, row.time_limit_at, row.settled = "open", None, limit, False
        row.paused_ms += pause // MILLISECOND
        # What was granted while it was over is not given now: `minutes` say what is.
        row.granted_ms = db.session.scalar(select(promised(in_time=False)).where(Attempt.id == row.id)) or 0

    return _change("reopened", attempt_id, reason, change, by, now)


def annul(attempt_id: str, reason: str, *, give_back: bool, by: str | None, now: datetime) -> Attempt:
    """Make a sitting void; with `give_back` it no longer counts in the person's quota.

    Raises `Missing`; 409 `results_published`, `attempt_void` where it is so already; 422 `reason_required`.
    """

    def change(row: Attempt, _round: Round) -> None:
        if row.state == "void":
            raise Refusal("attempt_void", 409)
        row.state, row.finished_at, row.returned = "void", row.finished_at or now, give_back

    return _change("voided", attempt_id, reason, change, by, now)


def collect(attempt_id: str, reason: str, *, by: str | None, now: datetime) -> Attempt:
    """Hand a running sitting in as of `now`, with what is saved. Raises as `annul`; 409 `not_running`."""

    def change(row: Attempt, _round: Round) -> None:
        if row.state != "open":
            raise Refusal("not_running", 409)
        row.state, row.finished_at = "submitted", now

    return _change("collected", attempt_id, reason, change, by, now)


def restore(attempt_id: str, reason: str, *, by: str | None, now: datetime) -> Attempt:
    """Let a sitting count again that was annulled by mistake: ended as it was, when it was.

    One that was still running ends as of the annulment, and may be reopened. What was given back is taken back.
    Raises `Missing`; 409 `results_published`, `not_annulled` where no `annul` made it void, `attempt_used` where the
    person has begun another one in its place; 422 `reason_required`.
    """

    def change(row: Attempt, round_: Round) -> None:
        voided = _voided(row)
        # A grading run notes less: what it took out comes back by a run.
        if voided is None or "finished_at" not in voided.before or round_.state == "cancelled":
            raise Refusal("not_annulled", 409)
        if row.returned and _used(row) >= round_.attempts_allowed:  # a start that counts on it waits for this row
            raise Refusal("attempt_used", 409)
        was = _ended(row, voided)
        row.state, row.returned, row.settled = was, False, False

    return _change("restored", attempt_id, reason, change, by, now)


def ended_as(row: Attempt) -> str | None:
    """How a sitting had ended that was annulled, "submitted" or "expired"; None where nobody did."""
    voided = _voided(row)
    return None if voided is None else _ended(row, voided)


def _ended(row: Attempt, voided: AttemptChange) -> str:
    was: str = voided.before["state"]
    if was == "open":  # also where its time was over and nobody had closed it
        over = timing.deadline(row.time_limit_at, row.round.closes_at)
        return "submitted" if row.finished_at == voided.at < over else "expired"
    return was


def _voided(row: Attempt) -> AttemptChange | None:
    """The latest change that made a void sitting so; None where it is not void, or its round was called off."""
    if row.state != "void":
        return None
    return db.session.scalar(select(AttemptChange).where(
        AttemptChange.attempt_id == row.id, AttemptChange.kind == "voided")
        .order_by(AttemptChange.at.desc()).limit(1))


def _used(row: Attempt) -> int:
    """How many sittings count in the quota that this one was given back to, as `facts` counts them."""
    return db.session.scalar(
        select(func.count()).select_from(Attempt).join(Round, Round.id == Attempt.round_id)
        .where(Attempt.entry_id == row.entry_id, Attempt.scope == row.scope, ~Attempt.returned,
               Round.state != "cancelled")) or 0


def _change(kind: str, attempt_id: str, reason: str, change: Callable[[Attempt, Round], None], by: str | None,
            now: datetime) -> Attempt:
    if not reason.strip():
        raise Refusal("reason_required", 422)
    row, round_ = _locked(attempt_id)
    if round_.results_published_at is not None:
        raise Refusal("results_published", 409)
    before = _noted(row)
    deadline = timing.deadline(row.time_limit_at, round_.closes_at)
    if row.state == "open" and now >= deadline:  # over, though nobody has closed it yet
        row.state, row.finished_at = "expired", deadline
    try:
        with db.session.begin_nested():
            change(row, round_)
            db.session.flush()
    except IntegrityError as error:
        raise Refusal("another_open", 409) from error
    db.session.add(AttemptChange(attempt_id=row.id, kind=kind, reason=reason.strip(), before=before,
                                 after=_noted(row), at=now, by=by))
    record(f"attempt.{kind}", "attempt", row.id, by=by, now=now, reason=reason.strip())
    db.session.flush()
    return row


def _locked(attempt_id: str) -> tuple[Attempt, Round]:
    """The attempt as the database has it now, locked until the transaction ends, with its round.

    The round first: nobody scores it or publishes its results meanwhile.
    """
    now_as_it_is = {"populate_existing": True}
    round_ = db.session.scalar(
        select(Round).join(Attempt, Attempt.round_id == Round.id).where(Attempt.id == attempt_id)
        .with_for_update(key_share=True, of=Round), execution_options=now_as_it_is)
    row = db.session.scalar(select(Attempt).where(Attempt.id == attempt_id).with_for_update(key_share=True),
                            execution_options=now_as_it_is)
    if round_ is None or row is None:
        raise Missing
    return row, round_


def _noted(row: Attempt) -> dict[str, Any]:
    """The columns that such a change may touch; instants in ms since 1970 UTC."""
    values = {name: getattr(row, name) for name in _NOTED}
    return {name: to_ms(value) if isinstance(value, datetime) else value for name, value in values.items()}
