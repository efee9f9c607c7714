"""Objections: a participant gives a reason within the period of the rules, organisers answer, all of it on record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.delivery.models import Attempt, PaperItem
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.models import Round
from contest.standings.appeal_models import Appeal

LONGEST = 2_000  # characters of a reason or an answer
ANSWERS = ("upheld", "rejected")


@dataclass(frozen=True)
class Period:
    """When objections are taken: from `opens_at` on, before `ends_at` (None: until the results are published, and
    then so many days)."""

    opens_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.opens_at <= now and (self.ends_at is None or now < self.ends_at)


def period(round_: Round) -> Period | None:
    """The round's period, None where its rules take no objections.

    From the closing on, so that no question is talked about while others still answer it; `appeal_days` times 24
    hours from the publication of the results.
    """
    if not round_.appeal_days or round_.state != "published":
        return None
    published = round_.results_published_at
    return Period(round_.closes_at, None if published is None else published + timedelta(days=round_.appeal_days))


def object_to(attempt_id: str, slot: int, reason: str, *, account_id: str, now: datetime) -> Appeal:
    """Object to question `slot` of one's own paper, 0 to the result as a whole.

    Raises `Missing` for another's sitting or an unknown question; 409 `appeals_closed` outside of the period,
    `appeal_waiting` where one waits for its answer; 422 `reason_required`, `reason_too_long`.
    """
    found = db.session.execute(
        select(Attempt, Round).join(Round, Round.id == Attempt.round_id)
        .where(Attempt.id == attempt_id, Attempt.account_id == account_id)).one_or_none()
    if found is None or found[0].state == "open":
        raise Missing
    attempt, round_ = found
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


def answer(appeal_id: str, outcome: str, text: str, *, by: str, now: datetime, run_id: str | None = None) -> Appeal:
    """Answer an objection; `outcome` is one of `ANSWERS`, `run_id` the grading run that puts it right.

    Raises `Missing`; 409 `appeal_ended`, `own_appeal` for who made it; 422 `reason_required`, `reason_too_long`.
    """
    if outcome not in ANSWERS:
        raise ValueError(outcome)
    row = _locked(appeal_id)
    if row.made_by == by:
        raise Refusal("own_appeal", 409)
    row.run_id = run_id
    return _end(row, outcome, _said(text), by, now)


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
