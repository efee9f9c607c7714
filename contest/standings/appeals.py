"""Objections: a participant gives a reason within the period of the rules, organisers answer, all of it on record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.delivery.models import PaperItem
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.standings.appeal_models import Appeal
from contest.standings.appealed import own_sitting, period
from contest.standings.run_models import GradingRun

LONGEST = 2_000  # characters of a reason or an answer
ANSWERS = ("upheld", "rejected")


def object_to(attempt_id: str, slot: int, reason: str, *, account_id: str, now: datetime) -> Appeal:
    """Object to question `slot` of one's own paper, 0 to the result as a whole.

    Raises `Missing` for another's sitting or an unknown question; 409 `appeals_closed` outside of the period,
    `appeal_waiting` where one waits for its answer; 422 `reason_required`, `reason_too_long`.
    """
    attempt = own_sitting(attempt_id, account_id)
    round_ = attempt.round
    version_id = db.session.scalar(select(PaperItem.version_id).where(
        PaperItem.attempt_id == attempt_id, PaperItem.slot == slot)) if slot else None
    if slot and version_id is None:
        raise Missing
    when = period(round_)
    if when is None or not when.holds(now):
        raise Refusal("appeals_closed", 409)
    row = Appeal(round_id=round_.id, attempt_id=attempt.id, slot=slot, version_id=version_id, reason=_said(reason),
                 made_at=now, made_by=account_id,
                 due_at=now + timedelta(days=round_.answer_days) if round_.answer_days else None)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Refusal("appeal_waiting", 409) from error
    record("appeal.made", "appeal", row.id, by=account_id, now=now, attempt=attempt.id, slot=slot)
    return row


def withdraw(appeal_id: str, *, account_id: str, now: datetime) -> Appeal:
    """Take one's own objection back. Raises `Missing`; 409 `appeal_ended`."""
    row = _locked(appeal_id)
    if row.made_by != account_id:
        raise Missing
    return _end(row, "withdrawn", "", account_id, now)


@dataclass(frozen=True)
class Answer:
    """`outcome`: one of `ANSWERS`. `run_id`: the grading run of the round that puts it right."""

    outcome: str
    text: str
    run_id: str | None = None


def answer(appeal_id: str, what: Answer, *, by: str, now: datetime) -> Appeal:
    """Answer an objection.

    Raises `Missing`, also for a run of another round; 409 `appeal_ended`, `own_appeal` for who made it; 422
    `reason_required`, `reason_too_long`.
    """
    if what.outcome not in ANSWERS:
        raise ValueError(what.outcome)
    row = _locked(appeal_id)
    if row.made_by == by:
        raise Refusal("own_appeal", 409)
    if what.run_id and not db.session.scalar(select(GradingRun.id).where(
            GradingRun.id == what.run_id, GradingRun.round_id == row.round_id)):
        raise Missing
    row.run_id = what.run_id
    return _end(row, what.outcome, _said(what.text), by, now)


def answer_all(round_id: str, appeal_ids: Collection[str], what: Answer, *, by: str, now: datetime) -> int:
    """The same answer to all of these objections of a round that still wait: all of them or none. Returns how many.

    Raises as `answer` does.
    """
    waiting = db.session.scalars(select(Appeal.id).where(
        Appeal.round_id == round_id, Appeal.id.in_(list(appeal_ids)), Appeal.state == "waiting")
        .order_by(Appeal.id).with_for_update()).all()
    for appeal_id in waiting:
        answer(appeal_id, what, by=by, now=now)
    return len(waiting)


def _end(row: Appeal, state: str, text: str, by: str, now: datetime) -> Appeal:
    if row.state != "waiting":
        raise Refusal("appeal_ended", 409)
    row.state, row.answer, row.ended_at, row.ended_by = state, text, now, by
    record(f"appeal.{state}", "appeal", row.id, by=by, now=now)
    db.session.flush()
    return row


def _locked(appeal_id: str) -> Appeal:
    row = db.session.scalar(select(Appeal).where(Appeal.id == appeal_id).with_for_update(),
                            execution_options={"populate_existing": True})
    if row is None:
        raise Missing
    return row


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("reason_required", 422)
    if len(text) > LONGEST:
        raise Refusal("reason_too_long", 422, most=LONGEST)
    return text
