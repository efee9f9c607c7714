"""Questions and the sections that they cite: a guess that was taken, or somebody's own choice."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.cited import unlinked_questions
from contest.questions.document_models import BankCitation, DocumentVerdict, QuestionSection, Section
from contest.questions.document_queries import section_of
from contest.questions.linking import MAX_WORDS, write_links
from contest.questions.models import Question
from contest.questions.operations import unsealed


def link_citation(bank_id: str, citation: str, section_ids: Sequence[str], how: str, *, by: str | None,
                  now: datetime) -> int:
    """Link all unlinked questions of a bank that cite in these words, and remember the words; how many were.

    `how` is "guess" for what was suggested, "hand" for what somebody chose. Raises `bank_sealed`
    (409), `Missing`, `section_needed` (422).
    """
    unsealed(bank_id)
    sections = [section_of(one).id for one in dict.fromkeys(section_ids)]
    if not sections:
        raise Refusal("section_needed", 422)
    questions = [question for question, words in db.session.execute(unlinked_questions(bank_id))
                 if words == citation]
    write_links([(question, section) for question in questions for section in sections], how, by=by, now=now)
    if 0 < len(citation) <= MAX_WORDS:
        held = set(db.session.scalars(select(BankCitation.section_id).where(
            BankCitation.bank_id == bank_id, BankCitation.citation == citation)))
        for section in sections:
            if section not in held:
                db.session.add(BankCitation(bank_id=bank_id, citation=citation, section_id=section, position=0,
                                            listed=False))
    record("bank.link", "bank", bank_id, by=by, now=now, how=how, questions=len(questions), sections=sections)
    db.session.flush()
    return len(questions)


def link_by_hand(question_id: str, section_id: str, *, by: str | None, now: datetime) -> None:
    """Link a question with a section. Raises `Missing`, `bank_sealed` (409)."""
    _editable([question_id])
    section_of(section_id)
    if db.session.get(QuestionSection, (question_id, section_id)) is None:
        write_links([(question_id, section_id)], "hand", by=by, now=now)
    record("question.link", "question", question_id, by=by, now=now, section=section_id)


def unlink(question_id: str, section_id: str, *, by: str | None, now: datetime) -> None:
    """Take a link away. Raises `Missing`, `bank_sealed` (409)."""
    _editable([question_id])
    row = db.session.get(QuestionSection, (question_id, section_id))
    if row is None:
        raise Missing
    db.session.delete(row)
    record("question.unlink", "question", question_id, by=by, now=now, section=section_id)
    db.session.flush()


def relink(question_ids: Collection[str], document_id: str, section_id: str, *, by: str | None,
           now: datetime) -> int:
    """Move questions from a document's sections to one of another document; how many were.

    Their words stay: whoever edits a question puts its citation right. Raises `Missing`, `bank_sealed` (409).
    """
    section_of(section_id)
    held = _editable(question_ids)
    old = select(Section.id).where(Section.document_id == document_id)
    moved = sorted(set(db.session.scalars(select(QuestionSection.question_id).where(
        QuestionSection.question_id.in_(held), QuestionSection.section_id.in_(old)))))
    db.session.execute(delete(QuestionSection).where(QuestionSection.question_id.in_(moved),
                                                     QuestionSection.section_id.in_(old)))
    has = set(db.session.scalars(select(QuestionSection.question_id).where(
        QuestionSection.question_id.in_(moved), QuestionSection.section_id == section_id)))
    write_links([(one, section_id) for one in moved if one not in has], "hand", by=by, now=now)
    record("document.relink", "document", document_id, by=by, now=now, section=section_id, questions=moved)
    return len(moved)


def still_right(question_ids: Collection[str], document_id: str, *, by: str | None, now: datetime) -> int:
    """Remember that these questions are right although their document no longer holds. Raises `bank_sealed` (409)."""
    versions = _editable(question_ids)
    db.session.execute(delete(DocumentVerdict).where(DocumentVerdict.question_id.in_(versions),
                                                     DocumentVerdict.document_id == document_id))
    if versions:
        db.session.execute(insert(DocumentVerdict), [
            {"question_id": one, "document_id": document_id, "version": version, "by": by, "at": now}
            for one, version in versions.items()])
    record("document.still_right", "document", document_id, by=by, now=now, questions=sorted(versions))
    return len(versions)


def _editable(question_ids: Collection[str]) -> Mapping[str, int]:
    """The questions that exist, with their versions; their banks stay unsealed until the transaction ends."""
    rows = db.session.execute(select(Question.id, Question.bank_id, Question.version)
                              .where(Question.id.in_(question_ids))).all()
    for bank_id in sorted({row.bank_id for row in rows}):
        unsealed(bank_id)
    if not rows:
        raise Missing
    return {row.id: row.version for row in rows}
