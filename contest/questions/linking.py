"""Questions and the sections that their citations name exactly: linked without anybody's word."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select

from contest.errors import Missing
from contest.extensions import db
from contest.questions.cited import library, unlinked_questions
from contest.questions.document_models import BankCitation, Document, QuestionSection, Section
from contest.questions.document_operations import DocumentFields, create_document
from contest.questions.formats.citing import Library, match
from contest.questions.formats.drafts import SourceRow
from contest.questions.formats.law_numbers import Named, name_key, named, number_key
from contest.questions.formats.locators import key_of
from contest.questions.formats.text import fold
from contest.questions.keys import AnswerKey
from contest.questions.models import Bank, Question, QuestionVersion
from contest.questions.queries import current

CHUNK = 1_000
MAX_WORDS = 300  # of a citation that a bank keeps


def keep_sources(bank_id: str, rows: Iterable[SourceRow], *, changed: Collection[str] = (), by: str | None,
                 now: datetime) -> None:
    """Add the sections that a file lists to the library, and the bank's words for them; then link its questions.

    A document that only such lists made takes the file's words; one with a file of its own, or that
    somebody edited, keeps its own. `changed` are questions that got a new version: they are linked anew.
    """
    documents = list(db.session.scalars(select(Document)))
    position = db.session.scalar(select(func.max(BankCitation.position))
                                 .where(BankCitation.bank_id == bank_id)) or 0
    held: dict[str, Document] = {}
    for row in rows:
        citation = row.citation.strip()[:MAX_WORDS]
        if not citation:
            continue
        document = held.get(row.document) or _document_for(row.document or citation, documents, by=by, now=now)
        held[row.document] = document
        section = _section_for(document, row)
        position += 1
        _word(bank_id, citation, section.id, position)
    db.session.flush()
    for start in range(0, len(questions := list(changed)), CHUNK):
        db.session.execute(delete(QuestionSection).where(
            QuestionSection.question_id.in_(questions[start:start + CHUNK]), QuestionSection.how != "hand"))
    link_bank(bank_id, by=by, now=now)


def _document_for(words: str, documents: list[Document], *, by: str | None, now: datetime) -> Document:
    """The document that these words name; a new one where the library lacks it."""
    said, name = named(words), name_key(words)
    found = next((one for one in documents if name in (name_key(one.cited_as), name_key(one.title))), None)
    if found is None and number_key(said.number):
        same = [one for one in documents if one.number_key == number_key(said.number) and _agree(one, said)]
        found = same[0] if len(same) == 1 else None
    if found is None:
        fields = DocumentFields(said.title or words, said.kind, said.number, said.issuer, said.issued_on)
        found = create_document(fields, by=by, now=now, origin="source", cited_as=words)
        documents.append(found)
    elif not found.cited_as:
        found.cited_as = words
        found.search_text = fold(f"{found.search_text} {words}")
    return found


def _agree(one: Document, said: Named) -> bool:
    """Whether nothing speaks against two documents of one number being the same."""
    days = not one.issued_on or not said.issued_on or one.issued_on == said.issued_on
    issuers = not one.issuer or not said.issuer or name_key(one.issuer) == name_key(said.issuer)
    return days and issuers


def _section_for(document: Document, row: SourceRow) -> Section:
    key = key_of(row.section)
    section = db.session.scalar(select(Section).where(Section.document_id == document.id, Section.key == key))
    if section is None:
        last = db.session.scalar(select(func.max(Section.position)).where(Section.document_id == document.id)) or 0
        section = Section(document_id=document.id, position=last + 1, key=key, locator=row.section[:120], depth=0)
        db.session.add(section)
        section.title = row.section_title
    elif document.origin == "source" or not section.title:
        section.title = row.section_title or section.title
    section.search_text = fold(f"{section.locator} {section.title} {section.text or ''}")
    db.session.flush()
    return section


def _word(bank_id: str, citation: str, section_id: str, position: int) -> None:
    """Keep a bank's words for a section; listed words mean one section alone."""
    rows = list(db.session.scalars(select(BankCitation).where(BankCitation.bank_id == bank_id,
                                                              BankCitation.citation == citation)))
    if any(row.section_id == section_id for row in rows):
        return
    for row in rows:
        position = min(position, row.position)
        db.session.delete(row)
    db.session.flush()
    db.session.add(BankCitation(bank_id=bank_id, citation=citation, section_id=section_id, position=position,
                                listed=True))


def link_bank(bank_id: str, *, by: str | None, now: datetime) -> int:
    """Link those of a bank's unlinked questions whose citation is exact; how many were. Five statements and writes."""
    rows = [(row[0], row[1] or "") for row in db.session.execute(unlinked_questions(bank_id))]
    return _link_exact(rows, library(bank_id), by=by, now=now) if rows else 0


def refine(document_id: str, *, by: str | None, now: datetime) -> int:
    """Link anew what was linked by its words with a document whose sections changed; how many questions moved.

    Questions of sealed banks stay as they are.
    """
    rows = db.session.execute(
        select(Question.bank_id, Question.id, AnswerKey.citation).distinct()
        .join(QuestionVersion, current()).join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .join(QuestionSection, QuestionSection.question_id == Question.id)
        .join(Section, Section.id == QuestionSection.section_id).join(Bank, Bank.id == Question.bank_id)
        .where(Section.document_id == document_id, QuestionSection.how == "import", Bank.sealed_at.is_(None))).all()
    held: dict[str, set[str]] = {}
    for question, section in db.session.execute(
            select(QuestionSection.question_id, QuestionSection.section_id).where(
                QuestionSection.question_id.in_([row.id for row in rows]), QuestionSection.how == "import")):
        held.setdefault(question, set()).add(section)
    libraries = {bank_id: library(bank_id) for bank_id in {row.bank_id for row in rows}}
    moved: list[tuple[str, tuple[str, ...]]] = []
    for row in rows:
        found = match(row.citation or "", libraries[row.bank_id])
        if found.grade == "exact" and set(found.sections) != held[row.id]:
            moved.append((row.id, found.sections))
    for question, _sections in moved:
        db.session.execute(delete(QuestionSection).where(QuestionSection.question_id == question,
                                                         QuestionSection.how == "import"))
    by_hand = _by_hand([question for question, _sections in moved])
    write_links([(question, section) for question, sections in moved for section in sections
                 if (question, section) not in by_hand], "import", by=by, now=now)
    return len(moved)


def _by_hand(question_ids: Sequence[str]) -> set[tuple[str, str]]:
    rows = db.session.execute(select(QuestionSection.question_id, QuestionSection.section_id)
                              .where(QuestionSection.question_id.in_(question_ids)))
    return {(row.question_id, row.section_id) for row in rows}


def link_question(question_id: str, *, by: str | None, now: datetime) -> int:
    """Link a question anew after its citation changed; what was linked by hand stays. How many sections it has now.

    Raises `Missing`.
    """
    row = db.session.execute(
        select(Question.bank_id, AnswerKey.citation).join(QuestionVersion, current())
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id).where(Question.id == question_id)).one_or_none()
    if row is None:
        raise Missing
    db.session.execute(delete(QuestionSection).where(QuestionSection.question_id == question_id,
                                                     QuestionSection.how != "hand"))
    known = library(row.bank_id)
    found = match(row.citation, known) if row.citation else None
    wanted = found.sections if found is not None and found.grade == "exact" else ()
    held = set(db.session.scalars(select(QuestionSection.section_id)
                                  .where(QuestionSection.question_id == question_id)))
    write_links([(question_id, section) for section in wanted if section not in held], "import", by=by, now=now)
    return len(held | set(wanted))


def _link_exact(rows: Sequence[tuple[str, str]], known: Library, *, by: str | None, now: datetime) -> int:
    meant = {citation: match(citation, known) for citation in {citation for _question, citation in rows}}
    links = [(question, section) for question, citation in rows if meant[citation].grade == "exact"
             for section in meant[citation].sections]
    write_links(links, "import", by=by, now=now)
    return len({question for question, _section in links})


def write_links(links: Sequence[tuple[str, str]], how: str, *, by: str | None, now: datetime) -> None:
    """Link questions with sections, (question, section) each; none of them may be linked yet."""
    table = cast("Table", QuestionSection.__table__)
    rows: list[dict[str, Any]] = [{"question_id": question, "section_id": section, "how": how, "by": by, "at": now}
                                  for question, section in links]
    for start in range(0, len(rows), CHUNK):
        db.session.connection().execute(insert(table), rows[start:start + CHUNK])
