"""An import from its upload to its confirmation: nothing is written to a bank before."""

import json
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.content import checked
from contest.questions.formats.drafts import Reading, SourceRow
from contest.questions.formats.wire import dump_reading
from contest.questions.matching import Decision, OnDuplicate
from contest.questions.models import Bank, BankImport, Source
from contest.questions.operations import add_questions, change_questions
from contest.questions.staged import KEPT, Plan, plan

MAX_FILE_NAME_CHARS = 255


def stage_import(bank: Bank, file_name: str, data_sha256: str, reading: Reading, *, by: str | None,
                 now: datetime) -> BankImport:
    """Keep what a file said until somebody confirms it, at most 24 hours.

    `data_sha256` is of the file's bytes, hexadecimal. What older imports read is forgotten.
    """
    forget_readings(now)
    row = BankImport(bank_id=bank.id, file_name=file_name[-MAX_FILE_NAME_CHARS:], sha256=data_sha256,
                     reading=json.loads(dump_reading(checked(reading))), outcome={}, state="staged", created_at=now,
                     created_by=by)
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


def commit_import(import_id: str, on_duplicate: OnDuplicate, *, by: str | None, now: datetime) -> dict[str, int]:
    """Write an import to its bank, once: {created, updated, duplicates, errors, warnings}.

    The bank is locked first, so two imports of it never see the same questions as missing.
    Raises `Missing`, `import_done`, `import_discarded`, `import_conflict` (409).
    """
    bank_id = db.session.scalar(select(BankImport.bank_id).where(BankImport.id == import_id))
    db.session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update(key_share=True))
    row = _staged(import_id, now)
    found = plan(row)
    decision = found.decision(on_duplicate)
    try:
        with db.session.begin_nested():
            _write(row.bank_id, found, decision, by, now)
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


def _staged(import_id: str, now: datetime) -> BankImport:
    row = db.session.scalar(select(BankImport).where(BankImport.id == import_id).with_for_update()
                            .execution_options(populate_existing=True))
    if row is None:
        raise Missing
    if row.state == "done":
        raise Refusal("import_done", 409, done_at=row.done_at, file_name=row.file_name)
    if row.state == "discarded":
        raise Refusal("import_discarded", 409, file_name=row.file_name)
    if row.created_at <= now - KEPT:
        raise Missing("import_expired")
    return row


def _write(bank_id: str, found: Plan, decision: Decision, by: str | None, now: datetime) -> None:
    add_questions(bank_id, decision.inserts, by=by, now=now)
    change_questions(bank_id, decision.changes, by=by, now=now)
    _keep_sources(bank_id, found.reading.sources)


def _keep_sources(bank_id: str, rows: tuple[SourceRow, ...]) -> None:
    """Add the sections that the bank lacks; those it has take the file's words."""
    held = {row.citation: row for row in db.session.scalars(select(Source).where(Source.bank_id == bank_id))}
    for row in rows:
        citation = row.citation[:200]
        if not citation:
            continue
        source = held.get(citation)
        if source is None:
            source = held[citation] = Source(bank_id=bank_id, citation=citation)
            db.session.add(source)
        source.document, source.locator, source.title = row.document, row.section[:60], row.section_title
    db.session.flush()
