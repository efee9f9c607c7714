"""Which documents the questions of a round's banks cite."""

from collections.abc import Sequence

from sqlalchemy import select

from contest.extensions import db
from contest.questions.document_models import Document, QuestionSection, Section
from contest.questions.document_queries import name_of
from contest.questions.models import Question


def documents_by_question(bank_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Question id → the ids of the documents it cites, of these banks; questions that cite none are absent."""
    found: dict[str, set[str]] = {}
    for question_id, document_id in db.session.execute(
            select(QuestionSection.question_id, Section.document_id)
            .join(Section, Section.id == QuestionSection.section_id)
            .join(Question, Question.id == QuestionSection.question_id)
            .where(Question.bank_id.in_(bank_ids))):
        found.setdefault(question_id, set()).add(document_id)
    return {question_id: frozenset(documents) for question_id, documents in found.items()}


def documents(bank_ids: Sequence[str]) -> list[tuple[str, str]]:
    """(id, name) of every document that questions of these banks cite, by name."""
    cited = (select(Section.document_id).join(QuestionSection, QuestionSection.section_id == Section.id)
             .join(Question, Question.id == QuestionSection.question_id).where(Question.bank_id.in_(bank_ids)))
    rows = db.session.scalars(select(Document).where(Document.id.in_(cited)))
    return sorted(((row.id, name_of(row)) for row in rows), key=lambda pair: pair[1])
