"""Documents of the library: made, put right, replaced by others, given their sections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Executable, delete, func, insert, select, update

from contest.audit.operations import record
from contest.columns import new_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.document_models import (
    STATUSES,
    BankCitation,
    Document,
    DocumentDraft,
    DocumentDraftStep,
    DocumentReplacement,
    DocumentVerdict,
    QuestionSection,
    Section,
)
from contest.questions.document_queries import document_of
from contest.questions.formats.law_numbers import KINDS, kind_of_number, number_key
from contest.questions.formats.outline import Entry, keys, parents
from contest.questions.formats.text import fold

MAX_TITLE_CHARS = 1_000
MAX_NOTE_CHARS = 500


@dataclass(frozen=True)
class DocumentFields:
    """What a form says of a document; days are local."""

    title: str
    kind: str = ""
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    in_force_from: date | None = None
    status: str = "in_force"
    expired_on: date | None = None


def create_document(fields: DocumentFields, *, by: str | None, now: datetime, origin: str = "hand", file_name: str = "",
                    cited_as: str = "") -> Document:
    """A document without sections. Raises `document_title_needed` (422), `document_taken` (409)."""
    row = Document(origin=origin, file_name=file_name[-255:], cited_as=cited_as, created_at=now, created_by=by,
                   kind="other", title="", status="in_force")
    _fill(row, fields)
    _free(row, None)
    db.session.add(row)
    db.session.flush()
    record("document.create", "document", row.id, by=by, now=now, number=row.number, origin=origin)
    return row


def edit_document(document_id: str, fields: DocumentFields, *, by: str | None, now: datetime) -> Document:
    """Put a document's particulars right. Raises `Missing` and as `create_document`."""
    row = _locked(document_id)
    before = (row.status, row.expired_on)
    _fill(row, fields)
    _free(row, document_id)
    if row.origin == "source":
        row.origin = "hand"
    if (row.status, row.expired_on) != before:
        _look_again(document_id)
    record("document.edit", "document", document_id, by=by, now=now, number=row.number, status=row.status)
    db.session.flush()
    return row


def replace_document(old_id: str, successor: str, *, partly: bool, starts_on: date | None, note: str, by: str | None,
                     now: datetime) -> None:
    """Say that a document was replaced by another; its status follows.

    Raises `Missing`, `document_replaces_itself` (422) also where the new one was itself replaced by
    the old one, `document_replaced_already` (409).
    """
    old, new = _locked(old_id), document_of(successor)
    back = db.session.get(DocumentReplacement, (new.id, old.id))
    if old.id == new.id or back is not None:
        raise Refusal("document_replaces_itself", 422)
    if db.session.get(DocumentReplacement, (old.id, new.id)) is not None:
        raise Refusal("document_replaced_already", 409)
    db.session.add(DocumentReplacement(old_id=old.id, new_id=new.id, partly=partly, starts_on=starts_on,
                                       note=" ".join(note.split())[:MAX_NOTE_CHARS]))
    if old.status != "expired":
        old.status = "partly_replaced" if partly and old.status != "replaced" else "replaced"
    _look_again(old_id)
    record("document.replace", "document", old_id, by=by, now=now, successor=new.id, partly=partly)
    db.session.flush()


def keep_document(old_id: str, successor: str, *, by: str | None, now: datetime) -> None:
    """Take back that a document was replaced by another. Raises `Missing`."""
    old = _locked(old_id)
    row = db.session.get(DocumentReplacement, (old_id, successor))
    if row is None:
        raise Missing
    db.session.delete(row)
    db.session.flush()
    left = db.session.scalars(select(DocumentReplacement.partly).where(DocumentReplacement.old_id == old_id)).all()
    if old.status in ("replaced", "partly_replaced"):
        old.status = "in_force" if not left else "partly_replaced" if all(left) else "replaced"
    record("document.keep", "document", old_id, by=by, now=now, successor=successor)
    db.session.flush()


def delete_document(document_id: str, *, by: str | None, now: datetime) -> None:
    """Drop a document that no question cites and no bank lists. Raises `Missing`, `document_cited` (409)."""
    row = _locked(document_id)
    sections = select(Section.id).where(Section.document_id == document_id)
    cited = db.session.scalar(select(func.count()).select_from(QuestionSection)
                              .where(QuestionSection.section_id.in_(sections))) or 0
    listed = db.session.scalar(select(func.count()).select_from(BankCitation)
                               .where(BankCitation.section_id.in_(sections))) or 0
    if cited or listed:
        raise Refusal("document_cited", 409, count=cited or listed)
    drafts = select(DocumentDraft.id).where(DocumentDraft.document_id == document_id)
    db.session.execute(delete(DocumentDraftStep).where(DocumentDraftStep.draft_id.in_(drafts)))
    db.session.execute(delete(DocumentDraft).where(DocumentDraft.document_id == document_id))
    db.session.execute(delete(DocumentVerdict).where(DocumentVerdict.document_id == document_id))
    db.session.execute(delete(DocumentReplacement).where(
        (DocumentReplacement.old_id == document_id) | (DocumentReplacement.new_id == document_id)))
    db.session.execute(update(Section).where(Section.document_id == document_id)
                       .values(parent_id=None, chapter_id=None))
    db.session.execute(delete(Section).where(Section.document_id == document_id))
    db.session.delete(row)
    record("document.delete", "document", document_id, by=by, now=now, number=row.number)
    db.session.flush()


def write_outline(document_id: str, entries: Sequence[Entry], *, by: str | None, now: datetime) -> dict[str, int]:
    """Give a document these sections: {added, kept, removed, dropped}.

    An entry with a section's id is that section with other words; questions stay with it, and those
    of sections that it took come to it. A section that no entry stands for goes, or is marked as
    dropped where a question or a bank cites it.
    """
    _locked(document_id)
    held = dict(db.session.execute(
        select(Section.id, Section.key).where(Section.document_id == document_id)).all())
    names = [entry.section_id if entry.section_id in held else new_id() for entry in entries]
    rows = _section_rows(document_id, entries, names)
    fresh = [{**row, "parent_id": None, "chapter_id": None} for row in rows if row["id"] not in held]
    if held:  # every key is free before they are given anew
        db.session.execute(update(Section), [{"id": one, "key": f"~{one}"} for one in held])
    if fresh:
        db.session.execute(insert(Section), fresh)
    for entry, name in zip(entries, names, strict=True):
        for old in entry.took:
            if old in held and old not in names:
                _hand_over(old, name)
    dropped = _take_out({one: key for one, key in held.items() if one not in names})
    if rows:
        db.session.execute(update(Section), rows)
    counts = {"added": len(fresh), "kept": len(rows) - len(fresh), "dropped": dropped,
              "removed": len(held) - (len(rows) - len(fresh)) - dropped}
    record("document.sections", "document", document_id, by=by, now=now, **counts)
    db.session.flush()
    db.session.expire_all()
    return counts


def _section_rows(document_id: str, entries: Sequence[Entry], names: Sequence[str]) -> list[dict[str, object]]:
    above = parents(entries)
    chapters: list[str | None] = []
    rows: list[dict[str, object]] = []
    found = keys(entries)
    for at, (entry, key) in enumerate(zip(entries, found, strict=True)):
        parent = above[at]
        attached = parent is not None and above[parent] is None and found[parent].startswith("x:")
        chapters.append(None if parent is None or attached else chapters[parent] or names[parent])
        rows.append({
            "id": names[at], "document_id": document_id, "parent_id": None if parent is None else names[parent],
            "chapter_id": chapters[at], "position": at + 1, "depth": entry.depth, "key": key,
            "locator": entry.locator, "title": entry.title, "text": entry.text, "dropped": False,
            "search_text": fold(f"{entry.locator} {entry.title} {entry.text}"),
        })
    return rows


def _hand_over(old: str, new: str) -> None:
    """Give a section's questions and citations to another, where it has them not yet."""
    has = select(QuestionSection.question_id).where(QuestionSection.section_id == new)
    _execute(delete(QuestionSection).where(QuestionSection.section_id == old, QuestionSection.question_id.in_(has)))
    _execute(update(QuestionSection).where(QuestionSection.section_id == old).values(section_id=new))
    listed = db.session.execute(select(BankCitation.bank_id, BankCitation.citation)
                                .where(BankCitation.section_id == new)).all()
    for bank_id, citation in listed:
        _execute(delete(BankCitation).where(BankCitation.section_id == old, BankCitation.bank_id == bank_id,
                                            BankCitation.citation == citation))
    _execute(update(BankCitation).where(BankCitation.section_id == old).values(section_id=new))


def _take_out(gone: Mapping[str, str]) -> int:
    """Delete sections or mark them as dropped, {id: key}; how many were. A dropped key begins with "~"."""
    if not gone:
        return 0
    cited = set(db.session.scalars(select(QuestionSection.section_id).where(QuestionSection.section_id.in_(gone))))
    cited |= set(db.session.scalars(select(BankCitation.section_id).where(BankCitation.section_id.in_(gone))))
    _execute(update(Section).where(Section.parent_id.in_(gone)).values(parent_id=None))
    _execute(update(Section).where(Section.chapter_id.in_(gone)).values(chapter_id=None))
    taken: set[str] = set()
    for one in sorted(cited):
        key = f"~{gone[one].lstrip('~')}"
        key = f"~{one}" if key in taken else key
        taken.add(key)
        _execute(update(Section).where(Section.id == one).values(
            dropped=True, depth=0, parent_id=None, chapter_id=None, key=key))
    _execute(delete(Section).where(Section.id.in_([one for one in gone if one not in cited])))
    return len(cited)


def _execute(statement: Executable) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _fill(row: Document, fields: DocumentFields) -> None:
    title = " ".join(fields.title.split())
    if not title or len(title) > MAX_TITLE_CHARS:
        raise Refusal("document_title_needed", 422, most=MAX_TITLE_CHARS)
    row.title, row.number = title, " ".join(fields.number.split())[:60]
    row.number_key = number_key(row.number)[:60]
    row.kind = fields.kind if fields.kind in KINDS else kind_of_number(row.number) or "other"
    row.issuer = " ".join(fields.issuer.split())[:200]
    row.issued_on, row.in_force_from, row.expired_on = fields.issued_on, fields.in_force_from, fields.expired_on
    row.status = fields.status if fields.status in STATUSES else "in_force"
    row.search_text = fold(f"{row.number} {row.title} {row.issuer} {row.cited_as}")


def _free(row: Document, own: str | None) -> None:
    """Refuse a second document of the same number, issuer and day."""
    if not row.number_key:
        return
    with db.session.no_autoflush:
        same = [one for one in db.session.scalars(select(Document).where(Document.number_key == row.number_key))
                if one.id != own and one.issued_on == row.issued_on and fold(one.issuer) == fold(row.issuer)]
    if same:
        raise Refusal("document_taken", 409, number=row.number)


def _look_again(document_id: str) -> None:
    """What was said of questions holds for the document as it stood then."""
    db.session.execute(delete(DocumentVerdict).where(DocumentVerdict.document_id == document_id))


def _locked(document_id: str) -> Document:
    row = db.session.scalar(select(Document).where(Document.id == document_id).with_for_update()
                            .execution_options(populate_existing=True))
    if row is None:
        raise Missing
    return row


def sections_by_key(document_id: str) -> Mapping[str, str]:
    """Key → id of a document's sections; of one that was dropped the key it had."""
    return {row.key.lstrip("~"): row.id for row in db.session.execute(
        select(Section.key, Section.id).where(Section.document_id == document_id).order_by(Section.dropped.desc()))}
