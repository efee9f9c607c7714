"""The library of documents: lists, chains of replacements, sections. No key and no citation is read here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from contest.errors import Missing
from contest.extensions import db
from contest.questions.document_models import (
    BankCitation,
    Document,
    DocumentReplacement,
    DocumentVerdict,
    QuestionSection,
    Section,
)
from contest.questions.formats.drafts import SourceRow
from contest.questions.formats.text import fold
from contest.questions.models import Question
from contest.questions.validity import GONE, Standing, Terms, standing


@dataclass(frozen=True)
class Replacement:
    """A document beside another: the one that replaced it, or that it replaced."""

    document: Document
    partly: bool
    starts_on: date | None
    note: str


@dataclass
class Shelf:
    """Documents with what replaced them and what they replaced; both of every document on it."""

    documents: dict[str, Document]
    after: dict[str, list[Replacement]] = field(default_factory=lambda: defaultdict(list))
    before: dict[str, list[Replacement]] = field(default_factory=lambda: defaultdict(list))

    def standing(self, document_id: str, on: date) -> Standing:
        """How the document stands on a day."""
        return standing(self.terms(document_id), on)

    def terms(self, document_id: str) -> Terms:
        one = self.documents[document_id]
        return Terms(one.status, one.issued_on, one.in_force_from, one.expired_on,
                     tuple(each.starts_on for each in self.after.get(document_id, ())))

    def chain(self, document_id: str) -> list[Document]:
        """The documents that came after, the nearest first; a circle is walked once."""
        found: dict[str, Document] = {}
        waiting = [document_id]
        while waiting:
            for one in self.after.get(waiting.pop(0), ()):
                if one.document.id not in found and one.document.id != document_id:
                    found[one.document.id] = one.document
                    waiting.append(one.document.id)
        return list(found.values())


@dataclass(frozen=True)
class Listed:
    """A line of the list of documents."""

    document: Document
    sections: int
    questions: int  # in use, that cite one of its sections
    standing: Standing
    successors: list[Document]


@dataclass(frozen=True)
class Concern:
    """What somebody should know of a question: a document that it cites no longer holds."""

    document: Document
    standing: Standing
    successors: list[Document]
    section: Section


@dataclass(frozen=True)
class DocumentFilters:
    """What the list of documents is narrowed to; "" narrows nothing. `standing` is one of `validity.Standing`."""

    text: str = ""
    kind: str = ""
    standing: str = ""


def document_of(document_id: str) -> Document:
    """The document. Raises `Missing`."""
    found = db.session.get(Document, document_id)
    if found is None:
        raise Missing
    return found


def shelf() -> Shelf:
    """All documents, with their replacements; two statements."""
    documents = {one.id: one for one in db.session.scalars(select(Document))}
    found = Shelf(documents)
    for row in db.session.scalars(select(DocumentReplacement).order_by(DocumentReplacement.starts_on,
                                                                       DocumentReplacement.new_id)):
        found.after[row.old_id].append(Replacement(documents[row.new_id], row.partly, row.starts_on, row.note))
        found.before[row.new_id].append(Replacement(documents[row.old_id], row.partly, row.starts_on, row.note))
    return found


def documents(filters: DocumentFilters, on: date) -> list[Listed]:
    """The documents, the latest first. Four statements for any number."""
    held = shelf()
    sections = dict(db.session.execute(
        select(Section.document_id, func.count()).group_by(Section.document_id)).all())
    asked = dict(db.session.execute(
        select(Section.document_id, func.count(func.distinct(QuestionSection.question_id)))
        .join(QuestionSection, QuestionSection.section_id == Section.id)
        .join(Question, Question.id == QuestionSection.question_id)
        .where(Question.retired_at.is_(None)).group_by(Section.document_id)).all())
    words = fold(filters.text).split()
    rows = [Listed(one, sections.get(one.id, 0), asked.get(one.id, 0), held.standing(one.id, on), held.chain(one.id))
            for one in held.documents.values()
            if (not filters.kind or one.kind == filters.kind) and all(word in one.search_text for word in words)]
    rows = [row for row in rows if not filters.standing or row.standing == filters.standing]
    return sorted(rows, key=lambda row: (row.document.issued_on or date.min, row.document.id), reverse=True)


def sections_of(document_id: str) -> list[Section]:
    """The sections of a document, in order; those that its text no longer has at the end."""
    return list(db.session.scalars(select(Section).where(Section.document_id == document_id)
                                   .order_by(Section.dropped, Section.position)))


def section_of(section_id: str) -> Section:
    """The section. Raises `Missing`."""
    found = db.session.get(Section, section_id)
    if found is None:
        raise Missing
    return found


def asked(section_ids: Collection[str]) -> Mapping[str, int]:
    """How many questions in use cite each of these sections."""
    return dict(db.session.execute(
        select(QuestionSection.section_id, func.count())
        .join(Question, Question.id == QuestionSection.question_id)
        .where(QuestionSection.section_id.in_(section_ids), Question.retired_at.is_(None))
        .group_by(QuestionSection.section_id)).all())


def links_of(question_ids: Collection[str]) -> dict[str, list[tuple[QuestionSection, Section]]]:
    """Question → the sections it cites. One statement."""
    found: dict[str, list[tuple[QuestionSection, Section]]] = defaultdict(list)
    for link, section in db.session.execute(
        select(QuestionSection, Section).join(Section, Section.id == QuestionSection.section_id)
        .where(QuestionSection.question_id.in_(question_ids)).order_by(Section.document_id, Section.position)
    ):
        found[link.question_id].append((link, section))
    return found


def concerns(question_ids: Collection[str], on: date) -> dict[str, list[Concern]]:
    """Question → the documents it cites that do not hold on a day, unless somebody said it is still right.

    Four statements for any number of questions; only those with a concern are in it.
    """
    links = links_of(question_ids)
    if not links:
        return {}
    held = shelf()
    versions = dict(db.session.execute(
        select(Question.id, Question.version).where(Question.id.in_(links))).all())
    right = {(row.question_id, row.document_id) for row in db.session.scalars(
        select(DocumentVerdict).where(DocumentVerdict.question_id.in_(links)))
        if versions[row.question_id] == row.version}
    found: dict[str, list[Concern]] = defaultdict(list)
    for question_id, pairs in links.items():
        for _link, section in pairs:
            now = held.standing(section.document_id, on)
            if now in (*GONE, "partly_replaced") and (question_id, section.document_id) not in right:
                found[question_id].append(Concern(held.documents[section.document_id], now,
                                                  held.chain(section.document_id), section))
    return dict(found)


def cites(section_ids: str | Iterable[str]) -> ColumnElement[bool]:
    """The condition that a question cites a section, or one of several."""
    wanted = [section_ids] if isinstance(section_ids, str) else list(section_ids)
    return Question.id.in_(select(QuestionSection.question_id).where(QuestionSection.section_id.in_(wanted)))


def cites_document(document_id: str) -> ColumnElement[bool]:
    """The condition that a question cites any section of a document."""
    return Question.id.in_(select(QuestionSection.question_id).join(Section, Section.id == QuestionSection.section_id)
                           .where(Section.document_id == document_id))


def sources_of(bank_id: str) -> list[SourceRow]:
    """The sections that a bank lists, as the sheet "Nguồn" of its file has them; rows count from 2."""
    rows = db.session.execute(
        select(BankCitation.citation, Document, Section.locator, Section.title)
        .join(Section, Section.id == BankCitation.section_id).join(Document, Document.id == Section.document_id)
        .where(BankCitation.bank_id == bank_id, BankCitation.listed)
        .order_by(BankCitation.position, BankCitation.citation))
    return [SourceRow(number, citation, name_of(document), locator, title)
            for number, (citation, document, locator, title) in enumerate(rows, start=2)]


def name_of(document: Document) -> str:
    """A document's full name as a file names it: in its own words, else put together."""
    if document.cited_as:
        return document.cited_as
    day = document.issued_on
    parts = [document.number, f"{day.day:02d}/{day.month:02d}/{day.year}" if day else "", document.issuer,
             document.title]
    return ", ".join(part for part in parts if part)


def find_sections(text: str, *, most: int = 30) -> list[tuple[Section, Document]]:
    """Sections for a search box: every word in the section or its document's name, no diacritics."""
    conditions = [or_(Section.search_text.contains(word, autoescape=True),
                      Document.search_text.contains(word, autoescape=True)) for word in fold(text).split()]
    if not conditions:
        return []
    return [(section, document) for section, document in db.session.execute(
        select(Section, Document).join(Document, Document.id == Section.document_id)
        .where(*conditions).order_by(Document.issued_on.desc(), Section.document_id, Section.position).limit(most))]
