"""Outlines that are being put right: kept step by step until they are saved, at most 24 hours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.document_models import Document, DocumentDraft, DocumentDraftStep
from contest.questions.document_operations import (
    DocumentFields,
    create_document,
    edit_document,
    sections_by_key,
    write_outline,
)
from contest.questions.document_queries import document_of, sections_of
from contest.questions.formats.law_numbers import Named
from contest.questions.formats.outline import Entry, Outline, dump_entries, dump_head, load_entries, load_head
from contest.questions.linking import refine
from contest.questions.outlines import Entries, carried

KEPT = timedelta(hours=24)
STEPS = 30  # that can be undone


def stage_outline(outline: Outline, file_name: str, *, document_id: str | None, by: str | None,
                  now: datetime) -> DocumentDraft:
    """Keep what a file said of a document, new or known: a known one's sections are found by their places.

    Raises `Missing`.
    """
    entries: Entries = outline.entries
    if document_id is not None:
        document_of(document_id)
        entries = carried(entries, sections_by_key(document_id))
    notes = {"left": [[one.number, one.text, one.why] for one in outline.left],
             "problems": [[one.severity, one.code, one.place, one.column, dict(one.params)]
                          for one in outline.problems]}
    return _stage(document_id, file_name, outline.head, notes, entries, by=by, now=now)


def stage_document(document_id: str, *, by: str | None, now: datetime) -> DocumentDraft:
    """Open a document's sections to put them right. Raises `Missing`."""
    row = document_of(document_id)
    entries = tuple(Entry(one.locator, one.title, one.text, one.depth, one.id)
                    for one in sections_of(document_id) if not one.dropped)
    return _stage(document_id, "", head_of(row), {"left": [], "problems": []}, entries, by=by, now=now)


def _stage(document_id: str | None, file_name: str, head: Named, notes: dict[str, Any], entries: Entries, *,
           by: str | None, now: datetime) -> DocumentDraft:
    _forget(now)
    row = DocumentDraft(document_id=document_id, file_name=file_name[-255:], head=dump_head(head), notes=notes,
                        created_at=now, created_by=by)
    db.session.add(row)
    db.session.flush()
    db.session.add(DocumentDraftStep(draft_id=row.id, number=0, entries=dump_entries(entries)))
    db.session.flush()
    return row


def head_of(row: Document) -> Named:
    """A document's particulars as a reader gives them."""
    return Named(row.kind, row.number, row.issued_on, row.issuer, row.title)


def draft_of(draft_id: str, now: datetime) -> tuple[DocumentDraft, int, Entries]:
    """A draft, the number of its last step and its entries. Raises `Missing`, also a day after it was begun."""
    row = db.session.get(DocumentDraft, draft_id)
    if row is None or row.created_at <= now - KEPT:
        raise Missing("draft_expired" if row else "not_found")
    step = db.session.scalars(select(DocumentDraftStep).where(DocumentDraftStep.draft_id == draft_id)
                              .order_by(DocumentDraftStep.number.desc()).limit(1)).one()
    return row, step.number, load_entries(step.entries)


def change_draft(draft_id: str, seen: int, change: Callable[[Entries], Entries], *, now: datetime) -> bool:
    """Add a step; False where the change does nothing. `seen` is the step that the editor saw.

    Raises `Missing`, `draft_changed` (409).
    """
    row, number, entries = _held(draft_id, seen, now)
    changed = change(entries)
    if changed == entries:
        return False
    db.session.add(DocumentDraftStep(draft_id=row.id, number=number + 1, entries=dump_entries(changed)))
    db.session.execute(delete(DocumentDraftStep).where(
        DocumentDraftStep.draft_id == draft_id, DocumentDraftStep.number < number + 1 - STEPS))
    db.session.flush()
    return True


def can_undo(draft_id: str) -> bool:
    """Whether a step can be taken back."""
    count = select(func.count()).select_from(DocumentDraftStep).where(DocumentDraftStep.draft_id == draft_id)
    return (db.session.scalar(count) or 0) > 1


def undo_draft(draft_id: str, seen: int, *, now: datetime) -> None:
    """Take the last step back; the first stays. Raises `Missing`, `draft_changed` (409)."""
    _row, number, _entries = _held(draft_id, seen, now)
    if can_undo(draft_id):
        db.session.execute(delete(DocumentDraftStep).where(DocumentDraftStep.draft_id == draft_id,
                                                           DocumentDraftStep.number == number))


def save_draft(draft_id: str, seen: int, fields: DocumentFields, *, by: str | None,
               now: datetime) -> tuple[Document, dict[str, int]]:
    """Write a draft to the library; the draft goes. The counts are those of `write_outline`.

    Raises `Missing`, `draft_changed` (409), `outline_empty` (422), and as `create_document`.
    """
    row, _number, entries = _held(draft_id, seen, now)
    if not entries:
        raise Refusal("outline_empty", 422)
    if row.document_id is None:
        document = create_document(fields, by=by, now=now, origin="file", file_name=row.file_name)
    else:
        document = edit_document(row.document_id, fields, by=by, now=now)
        document.origin = "file" if row.file_name else "hand"
        document.file_name = row.file_name or document.file_name
    counts = write_outline(document.id, entries, by=by, now=now)
    refine(document.id, by=by, now=now)
    _drop([draft_id])
    return document, counts


def discard_draft(draft_id: str, *, by: str | None, now: datetime) -> None:
    """Drop a draft. Raises `Missing`."""
    row, _number, _entries = draft_of(draft_id, now)
    record("document.draft_discard", "document", row.document_id or row.id, by=by, now=now, file_name=row.file_name)
    _drop([draft_id])


def drafts_waiting(now: datetime) -> list[DocumentDraft]:
    """The drafts that somebody began and did not save, the latest first."""
    return list(db.session.scalars(select(DocumentDraft).where(DocumentDraft.created_at > now - KEPT)
                                   .order_by(DocumentDraft.created_at.desc()).limit(20)))


def named_in(row: DocumentDraft) -> Named:
    """What a draft's file said of the document."""
    return load_head(row.head)


def _held(draft_id: str, seen: int, now: datetime) -> tuple[DocumentDraft, int, Entries]:
    db.session.execute(select(DocumentDraft.id).where(DocumentDraft.id == draft_id).with_for_update())
    row, number, entries = draft_of(draft_id, now)
    if number != seen:
        raise Refusal("draft_changed", 409)
    return row, number, entries


def _forget(now: datetime) -> None:
    _drop(db.session.scalars(select(DocumentDraft.id).where(DocumentDraft.created_at <= now - KEPT)).all())


def _drop(ids: Any) -> None:
    db.session.execute(delete(DocumentDraftStep).where(DocumentDraftStep.draft_id.in_(ids)))
    db.session.execute(delete(DocumentDraft).where(DocumentDraft.id.in_(ids)))
