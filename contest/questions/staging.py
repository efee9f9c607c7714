"""Imports before their confirmation: files received, read, read anew, dropped, forgotten."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, delete, select

from contest.audit.operations import record
from contest.columns import new_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.queries import latest
from contest.questions.content import checked
from contest.questions.formats.drafts import Reading, UnreadableFile
from contest.questions.formats.whole import NO_WISH, Wish
from contest.questions.formats.wire import dump_reading
from contest.questions.import_models import BankImport, ImportEdit
from contest.questions.matching import NO_CLAIMS
from contest.questions.models import Bank
from contest.questions.operations import unsealed
from contest.questions.pictures import store
from contest.questions.staged import KEPT
from contest.questions.uploads import MAX_NAME_CHARS, Files, forget_files, keep_files

IMPORT_JOB = "bank.import"  # the kind of the job that confirms an import


def stage_import(bank: Bank, file_name: str, data_sha256: str, reading: Reading, *, by: str | None, now: datetime,
                 files: Files = (), wish: Wish = NO_WISH, row_keys: Mapping[int, str] = NO_CLAIMS) -> BankImport:
    """Keep what a file said until somebody confirms it, at most 24 hours.

    `data_sha256` is of the file's bytes, hexadecimal; `files` are kept with it; `row_keys` as
    `BankImport` has them. What older imports read is forgotten. The database is first touched
    once the reading is in the form in which it is kept. Raises `bank_sealed` (409).
    """
    document = _document(reading)
    row = _kept(bank, file_name, data_sha256, files, by=by, now=now)
    store(reading.media, now)
    row.state, row.reading, row.wish, row.outcome = "staged", document, wish.options(), _outcome(reading)
    row.row_keys = {str(place): key for place, key in row_keys.items()}
    db.session.flush()
    return row


def receive_files(bank: Bank, files: Files, *, by: str | None, now: datetime, wish: Wish = NO_WISH,
                  refusal: UnreadableFile | None = None) -> BankImport:
    """Keep files that are still to be read, or, with a `refusal`, that cannot be read as they are.

    Raises `bank_sealed` (409).
    """
    row = _kept(bank, names_of(files), digest_of(files), files, by=by, now=now)
    row.wish = wish.options()
    if refusal is not None:
        row.outcome = {"refusal": refusal.code, "params": refusal.params}
    db.session.flush()
    return row


def fill_import(import_id: str, reading: Reading | UnreadableFile, wish: Wish, *, now: datetime) -> BankImport:
    """Give an import what its files say, read with this wish; rows that were edited start anew.

    Raises `Missing`, `import_done`, `import_discarded`, `import_busy`, `bank_sealed` (409).
    """
    document = _document(reading) if isinstance(reading, Reading) else {}
    row = open_import(import_id, now)
    unsealed(row.bank_id)
    db.session.execute(delete(ImportEdit).where(ImportEdit.import_id == import_id))
    row.reading, row.wish = document, wish.options()
    if isinstance(reading, Reading):
        store(reading.media, now)
        row.state, row.outcome = "staged", _outcome(reading)
    else:
        row.state, row.outcome = "uploaded", {"refusal": reading.code, "params": reading.params}
    db.session.flush()
    return row


def names_of(files: Files) -> str:
    """What an import of these files is called."""
    return ", ".join(name for name, _data in files)[:MAX_NAME_CHARS]


def digest_of(files: Files) -> str:
    """What tells that the very same files were sent: the SHA-256 of their bytes after one another."""
    return sha256(b"".join(data for _name, data in files)).hexdigest()


def _outcome(reading: Reading) -> dict[str, Any]:
    return {"rows": len(reading.drafts), "reading": new_id()}


def _document(reading: Reading) -> dict[str, Any]:
    """The reading as it is kept, without its pictures: they are stored by themselves."""
    document: dict[str, Any] = json.loads(dump_reading(replace(checked(reading), media=())))
    return document


def _kept(bank: Bank, file_name: str, data_sha256: str, files: Files, *, by: str | None, now: datetime) -> BankImport:
    unsealed(bank.id)
    forget_readings(now)
    row = BankImport(bank_id=bank.id, file_name=file_name[-MAX_NAME_CHARS:], sha256=data_sha256, state="uploaded",
                     reading={}, outcome={}, wish={}, row_keys={}, created_at=now, created_by=by)
    db.session.add(row)
    db.session.flush()
    keep_files(row.id, files)
    return row


def forget_readings(now: datetime) -> None:
    """Drop what files said a day ago: unconfirmed imports are discarded, of the others the log stays."""
    waiting = BankImport.state.in_(("uploaded", "staged"))
    forget_files(and_(waiting, BankImport.created_at <= now - KEPT), state="discarded")
    forget_files(and_(BankImport.state.in_(("done", "undone")), BankImport.done_at <= now - KEPT,
                      BankImport.done_at > now - 2 * KEPT))


def discard_import(import_id: str, *, by: str | None, now: datetime) -> BankImport:
    """Drop an import that waits, what it read and was sent.

    Raises `Missing`, `import_done`, `import_discarded`, `import_busy` (409).
    """
    row = open_import(import_id, now)
    row.state = "discarded"
    db.session.flush()
    forget_files(BankImport.id == import_id)
    db.session.refresh(row)
    record("bank.import_discard", "bank", row.bank_id, by=by, now=now, import_id=row.id, file_name=row.file_name)
    db.session.flush()
    return row


def open_import(import_id: str, now: datetime) -> BankImport:
    """An import that can still be changed, locked until the transaction ends.

    Raises `Missing`, `import_done`, `import_discarded`, `import_busy` (409): it is being confirmed.
    """
    row = _locked(import_id)
    if row.state != "uploaded":
        check_staged(row, now)
    elif row.created_at <= now - KEPT:
        raise Missing("import_expired")
    job = latest(IMPORT_JOB, "bank_import", import_id)
    if job is not None and job.state in ("queued", "running"):
        raise Refusal("import_busy", 409, file_name=row.file_name)
    return row


def staged_import(import_id: str, now: datetime) -> BankImport:
    """An import to be confirmed, locked until the transaction ends; what it read is not fetched with it.

    Raises `Missing`, `import_done`, `import_discarded`, `import_unread` (409).
    """
    row = _locked(import_id)
    check_staged(row, now)
    return row


def _locked(import_id: str) -> BankImport:
    row = db.session.scalar(select(BankImport).where(BankImport.id == import_id).with_for_update()
                            .execution_options(populate_existing=True))
    if row is None:
        raise Missing
    return row


def check_staged(row: BankImport, now: datetime) -> None:
    """Raise as `staged_import` does."""
    if row.state in ("done", "undone"):
        raise Refusal("import_done", 409, done_at=row.done_at, file_name=row.file_name)
    if row.state == "discarded":
        raise Refusal("import_discarded", 409, file_name=row.file_name)
    if row.state == "uploaded":
        raise Refusal("import_unread", 409, file_name=row.file_name)
    if row.created_at <= now - KEPT:
        raise Missing("import_expired")
