"""An import from its upload to its confirmation: nothing is written to a bank before.

Comparing 20,000 rows with a bank takes many seconds, for which nobody may wait with an answer to
save. So the work is done on what is read, and the turn to write is taken for the rows alone.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from contest.audit.operations import record
from contest.database import reading as only_reading
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.content import checked
from contest.questions.formats.drafts import Reading
from contest.questions.formats.wire import dump_reading
from contest.questions.import_models import BankImport
from contest.questions.linking import keep_sources
from contest.questions.matching import Decision, OnDuplicate
from contest.questions.models import Bank, Question
from contest.questions.operations import Rows, draw_rows, write_rows
from contest.questions.staged import KEPT, Plan, import_of, plan

MAX_FILE_NAME_CHARS = 255
PLANS = 3  # tries outside the lock, on a bank that others keep changing


@dataclass(frozen=True)
class Prepared:
    """All that an import will write, for its bank as `stamp` knows it."""

    stamp: tuple[int, ...]
    found: Plan
    decision: Decision
    rows: Rows


def stage_import(bank: Bank, file_name: str, data_sha256: str, reading: Reading, *, by: str | None,
                 now: datetime) -> BankImport:
    """Keep what a file said until somebody confirms it, at most 24 hours.

    `data_sha256` is of the file's bytes, hexadecimal. What older imports read is forgotten.
    The database is first touched once the reading is in the form in which it is kept.
    """
    document = json.loads(dump_reading(checked(reading)))
    forget_readings(now)
    row = BankImport(bank_id=bank.id, file_name=file_name[-MAX_FILE_NAME_CHARS:], sha256=data_sha256,
                     reading=document, outcome={}, state="staged", created_at=now, created_by=by)
    db.session.add(row)
    db.session.flush()
    return row


def forget_readings(now: datetime) -> None:
    """Drop what files said a day ago: unconfirmed imports are discarded, of the others the log stays."""
    old = BankImport.created_at <= now - KEPT
    db.session.execute(update(BankImport).where(old, BankImport.state == "staged")
                       .values(state="discarded", reading={}))
    db.session.execute(update(BankImport).where(old, BankImport.state == "done", BankImport.done_at <= now - KEPT)
                       .values(reading={}))


def confirm_import(import_id: str, on_duplicate: OnDuplicate, *, by: str | None, now: datetime) -> dict[str, int]:
    """As `commit_import`, planned before the turn to write is taken.

    Begins by rolling the session back, so nothing else may be pending; the caller commits. Where
    another import or edit came between, the plan is made again, the last time under the lock.
    """
    for _ in range(PLANS):
        db.session.rollback()
        try:
            with only_reading():
                ready = prepare_import(import_id, on_duplicate, by=by, now=now)
        finally:
            db.session.rollback()
        if stamp(_locked_bank(import_id)) == ready.stamp:
            return commit_import(import_id, on_duplicate, by=by, now=now, ready=ready)
    return commit_import(import_id, on_duplicate, by=by, now=now)


def prepare_import(import_id: str, on_duplicate: OnDuplicate, *, by: str | None, now: datetime) -> Prepared:
    """What an import will write. Only reads. Raises as `commit_import`."""
    row = import_of(import_id, now)
    _check_staged(row, now)
    seen = stamp(row.bank_id)  # before the bank is read: a change in between makes the plan stale, not wrong
    found = plan(row)
    decision = found.decision(on_duplicate)
    return Prepared(seen, found, decision,
                    draw_rows(row.bank_id, decision.inserts, decision.changes, by=by, now=now))


def stamp(bank_id: str | None) -> tuple[int, ...]:
    """Differs once a question was added to the bank or got a new version; neither is ever undone."""
    return tuple(db.session.execute(
        select(func.count(), func.coalesce(func.max(Question.position), 0),
               func.coalesce(func.sum(Question.version), 0)).where(Question.bank_id == bank_id)).one())


def commit_import(import_id: str, on_duplicate: OnDuplicate, *, by: str | None, now: datetime,
                  ready: Prepared | None = None) -> dict[str, int]:
    """Write an import to its bank, once: {created, updated, duplicates, errors, warnings}.

    The bank is locked first, so two imports of it never see the same questions as missing.
    `ready` is used as it is: the caller has compared its stamp under the same lock. Without it
    the plan is made here, while others wait: for small files and empty databases.
    Raises `Missing`, `import_done`, `import_discarded`, `import_conflict` (409).
    """
    _locked_bank(import_id)
    row = _staged(import_id, now)
    ready = ready or prepare_import(import_id, on_duplicate, by=by, now=now)
    found, decision = ready.found, ready.decision
    try:
        with db.session.begin_nested():
            write_rows(ready.rows)
            keep_sources(row.bank_id, found.reading.sources,
                         changed=[change["question"] for change in ready.rows.changes], by=by, now=now)
    except IntegrityError as error:
        raise Refusal("import_conflict", 409) from error
    counts = found.counts()
    outcome = {
        "created": len(decision.inserts), "updated": len(decision.changes), "duplicates": decision.duplicates,
        "errors": counts["error"], "warnings": sum(bool(d.problems) for d in found.reading.usable),
    }
    row.state, row.done_at, row.outcome = "done", now, {**outcome, "on_duplicate": on_duplicate}
    record("bank.import", "bank", row.bank_id, by=by, now=now, import_id=row.id, file_name=row.file_name,
           sha256=row.sha256, on_duplicate=on_duplicate, **outcome)
    db.session.flush()
    return outcome


def discard_import(import_id: str, *, by: str | None, now: datetime) -> BankImport:
    """Drop a staged import and what it read. Raises `Missing`, `import_done`, `import_discarded` (409)."""
    row = _staged(import_id, now)
    row.state, row.reading = "discarded", {}
    record("bank.import_discard", "bank", row.bank_id, by=by, now=now, import_id=row.id, file_name=row.file_name)
    db.session.flush()
    return row


def _locked_bank(import_id: str) -> str | None:
    """The import's bank, kept from other imports until the transaction ends."""
    bank_id = db.session.scalar(select(BankImport.bank_id).where(BankImport.id == import_id))
    db.session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update(key_share=True))
    return bank_id


def _staged(import_id: str, now: datetime) -> BankImport:
    """The import, locked; what it read is not fetched with it."""
    row = db.session.scalar(select(BankImport).where(BankImport.id == import_id).with_for_update()
                            .options(defer(BankImport.reading)).execution_options(populate_existing=True))
    if row is None:
        raise Missing
    _check_staged(row, now)
    return row


def _check_staged(row: BankImport, now: datetime) -> None:
    if row.state == "done":
        raise Refusal("import_done", 409, done_at=row.done_at, file_name=row.file_name)
    if row.state == "discarded":
        raise Refusal("import_discarded", 409, file_name=row.file_name)
    if row.created_at <= now - KEPT:
        raise Missing("import_expired")


