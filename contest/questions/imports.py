"""The confirmation of an import: nothing is written to a bank before.

Comparing 20,000 rows with a bank takes many seconds, for which nobody may wait with an answer to
save. So the work is done on what is read, and the turn to write is taken for the rows alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.database import reading as only_reading
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.import_models import BankImport, ImportItem
from contest.questions.linking import keep_sources
from contest.questions.matching import Decision, OnDuplicate
from contest.questions.models import Bank
from contest.questions.operations import CHUNK, Rows, draw_rows, write_rows
from contest.questions.staged import Plan, Stamp, import_of, plan, row_key, stamp
from contest.questions.staging import check_staged, discard_import, forget_readings, stage_import, staged_import

__all__ = ["Prepared", "commit_import", "confirm_import", "discard_import", "forget_readings", "prepare_import",
           "stage_import"]

PLANS = 3  # tries outside the lock, on a bank that others keep changing
OnError = Literal["skip", "stop"]


@dataclass(frozen=True)
class Prepared:
    """All that an import will write, for its bank and its edits as `stamp` knows them."""

    stamp: Stamp
    found: Plan
    decision: Decision
    rows: Rows
    items: list[dict[str, Any]]


def confirm_import(import_id: str, on_duplicate: OnDuplicate, *, by: str | None, now: datetime,
                   on_error: OnError = "skip", told: Callable[[int], None] | None = None) -> dict[str, int]:
    """As `commit_import`, planned before the turn to write is taken; `told` hears how many drafts are compared.

    Begins by rolling the session back, so nothing else may be pending; the caller commits. Where
    another import or edit came between, the plan is made again, the last time under the lock.
    """
    for _ in range(PLANS):
        db.session.rollback()
        try:
            with only_reading():
                ready = prepare_import(import_id, on_duplicate, by=by, now=now, told=told)
        finally:
            db.session.rollback()
        _locked_bank(import_id)
        if stamp(staged_import(import_id, now)) == ready.stamp:
            return commit_import(import_id, on_duplicate, by=by, now=now, on_error=on_error, ready=ready)
    return commit_import(import_id, on_duplicate, by=by, now=now, on_error=on_error)


def prepare_import(import_id: str, on_duplicate: OnDuplicate, *, by: str | None, now: datetime,
                   told: Callable[[int], None] | None = None) -> Prepared:
    """What an import will write. Only reads. Raises as `commit_import`."""
    row = import_of(import_id, now)
    check_staged(row, now)
    seen = stamp(row)  # before the bank is read: a change in between makes the plan stale, not wrong
    found = plan(row, told)
    decision = found.decision(on_duplicate)
    rows = draw_rows(row.bank_id, decision.inserts, decision.changes, by=by, now=now)
    return Prepared(seen, found, decision, rows, _items(row, decision, rows))


def commit_import(import_id: str, on_duplicate: OnDuplicate, *, by: str | None, now: datetime,
                  on_error: OnError = "skip", ready: Prepared | None = None) -> dict[str, int]:
    """Write an import to its bank, once: {created, updated, duplicates, errors, warnings, skipped}.

    The bank is locked first, so two imports of it never see the same questions as missing.
    `ready` is used as it is: the caller has compared its stamp under the same lock. Without it
    the plan is made here, while others wait: for small files and empty databases. `on_error` stop
    refuses as long as a row has an error that nobody left out.
    Raises `Missing`, `import_done`, `import_discarded`, `import_conflict`, `bank_sealed` (409),
    `import_has_errors` (422).
    """
    _locked_bank(import_id)
    row = staged_import(import_id, now)
    ready = ready or prepare_import(import_id, on_duplicate, by=by, now=now)
    counts = ready.found.counts()
    if on_error == "stop" and counts["error"]:
        raise Refusal("import_has_errors", 422, errors=counts["error"])
    try:
        with db.session.begin_nested():
            write_rows(ready.rows)
            keep_sources(row.bank_id, ready.found.reading.sources,
                         changed=[change["question"] for change in ready.rows.changes], by=by, now=now)
            for start in range(0, len(ready.items), CHUNK):
                db.session.execute(insert(ImportItem), ready.items[start:start + CHUNK])
    except IntegrityError as error:
        raise Refusal("import_conflict", 409) from error
    outcome = _outcome(ready, counts)
    row.state, row.done_at, row.outcome = "done", now, {**outcome, "on_duplicate": on_duplicate}
    record("bank.import", "bank", row.bank_id, by=by, now=now, import_id=row.id, file_name=row.file_name,
           sha256=row.sha256, on_duplicate=on_duplicate, **outcome)
    db.session.flush()
    return outcome


def _outcome(ready: Prepared, counts: Mapping[str, int]) -> dict[str, int]:
    decision, matches = ready.decision, ready.found.matches
    outcome = {
        "created": len(decision.inserts), "updated": len(decision.changes), "duplicates": decision.duplicates,
        "errors": counts["error"],
        "warnings": sum(bool(one.draft.problems) for one in matches if one.draft.usable and one.kind != "skipped"),
    }
    return {**outcome, "skipped": counts["skipped"]} if counts["skipped"] else outcome


def _items(row: BankImport, decision: Decision, rows: Rows) -> list[dict[str, Any]]:
    """What the import makes, by question."""
    made = [(question["id"], 1, "created", one.ordinal)
            for question, one in zip(rows.questions, decision.inserts, strict=True)]
    made += [(change["question"], change["number"], "updated", one.ordinal)
             for change, one in zip(rows.changes, decision.changes, strict=True)]
    return [{"import_id": row.id, "question_id": question_id, "version": version, "kind": kind,
             "row_key": row_key(row, ordinal)} for question_id, version, kind, ordinal in made]


def _locked_bank(import_id: str) -> str | None:
    """The import's bank, kept from other imports until the transaction ends."""
    bank_id = db.session.scalar(select(BankImport.bank_id).where(BankImport.id == import_id))
    db.session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update(key_share=True))
    return bank_id
