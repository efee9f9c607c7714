"""Sealed banks: nobody changes them, and who reads them is on record before anything is shown.

A round may draw from a sealed bank: no person sees what is drawn until a sitting begins.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from contest.audit.models import AuditEvent
from contest.audit.operations import record
from contest.columns import new_id
from contest.database import at_once
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.permissions import Actor, can
from contest.questions.models import Bank
from contest.questions.uploads import forget_bank

READING = "bank.reading"
ACTIONS = ("bank.seal", "bank.unseal", READING)
MAX_REASON_CHARS = 500
PAGE = 50


@dataclass(frozen=True)
class Entry:
    """A line of a bank's log: when it was sealed, unsealed, read.

    `what`: list, question, export, paper, twins, regrade, appeals, analysis.
    """

    id: str
    at: datetime
    action: str
    who: str | None  # a name; None: the command line
    details: dict[str, Any]


def seal_bank(bank_id: str, *, by: str | None, now: datetime) -> Bank:
    """Seal a bank. Files that wait to be imported into it are dropped, with what they said.

    Raises `Missing`, `bank_sealed` (409).
    """
    bank = _locked(bank_id)
    if bank.sealed_at is not None:
        raise Refusal("bank_sealed", 409)
    bank.sealed_at, bank.sealed_by = now, by
    forget_bank(bank_id)
    record("bank.seal", "bank", bank_id, by=by, now=now)
    db.session.flush()
    return bank


def unseal_bank(bank_id: str, reason: str, *, by: str | None, now: datetime) -> Bank:
    """Break a bank's seal, for a reason that stays on record.

    Raises `Missing`, `bank_not_sealed` (409), `seal_reason_needed` (422).
    """
    reason = " ".join(reason.split())
    bank = _locked(bank_id)
    if bank.sealed_at is None:
        raise Refusal("bank_not_sealed", 409)
    if not reason or len(reason) > MAX_REASON_CHARS:
        raise Refusal("seal_reason_needed", 422, most=MAX_REASON_CHARS)
    bank.sealed_at = bank.sealed_by = None
    record("bank.unseal", "bank", bank_id, by=by, now=now, reason=reason)
    db.session.flush()
    return bank


def may_read(bank: Bank, actor: Actor | None) -> bool:
    """Whether this person may read the questions of a bank that they may read unsealed."""
    return bank.sealed_at is None or can(actor, "bank.seal")


def note_reading(banks: Sequence[Bank], what: str, *, actor: Actor | None, now: datetime, **details: Any) -> None:
    """Put on record that somebody reads these banks; of banks that are not sealed nothing is noted.

    Call it before anything is shown, outside a transaction that writes: the record is durable when
    this returns, whatever becomes of the request. `what` is a word of `Entry`; `actor` None is the
    command line. Raises `bank_sealed_reading` (403) where the person may not.
    """
    sealed = [bank for bank in banks if bank.sealed_at is not None]
    if not sealed:
        return
    if actor is not None and not can(actor, "bank.seal"):
        raise Refusal("bank_sealed_reading", 403)
    with at_once(db.engine) as connection:
        connection.execute(insert(AuditEvent), [
            {"id": new_id(), "at": now, "account_id": actor.account_id if actor else None, "action": READING,
             "object_type": "bank", "object_id": bank.id, "details": {"what": what, **details}} for bank in sealed])


def note_reading_of(bank_ids: Collection[str], what: str, *, actor: Actor | None, now: datetime,
                    **details: Any) -> None:
    """As `note_reading`, of banks by their ids; one statement where none is sealed."""
    banks = db.session.scalars(select(Bank).where(Bank.id.in_(bank_ids), Bank.sealed_at.is_not(None))).all()
    note_reading(banks, what, actor=actor, now=now, **details)


def log(bank_id: str, *, after: str | None = None) -> list[Entry]:
    """The bank's log, latest first: up to `PAGE` lines and one more, below the line `after`."""
    statement = (select(AuditEvent, Account.name).outerjoin(Account, Account.id == AuditEvent.account_id)
                 .where(AuditEvent.object_type == "bank", AuditEvent.object_id == bank_id,
                        AuditEvent.action.in_(ACTIONS))
                 .order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(PAGE + 1))
    if after is not None:
        there = db.session.get(AuditEvent, after)
        if there is None:
            raise Missing
        statement = statement.where((AuditEvent.at < there.at)
                                    | ((AuditEvent.at == there.at) & (AuditEvent.id < there.id)))
    return [Entry(row.id, row.at, row.action, name, row.details) for row, name in db.session.execute(statement)]


def _locked(bank_id: str) -> Bank:
    bank = db.session.scalar(select(Bank).where(Bank.id == bank_id).with_for_update()
                             .execution_options(populate_existing=True))
    if bank is None:
        raise Missing
    return bank
