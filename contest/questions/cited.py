"""What questions cite, read with their citations: for those who keep the banks."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, func, select

from contest.extensions import db
from contest.questions.document_models import BankCitation, Document, QuestionSection, Section
from contest.questions.document_queries import name_of
from contest.questions.formats.citing import Law, Library, Match, match
from contest.questions.keys import AnswerKey
from contest.questions.models import Bank, Question, QuestionVersion
from contest.questions.queries import current


@dataclass(frozen=True)
class Unlinked:
    """A citation that no section stands for, with the questions that bear it and what it may mean."""

    citation: str
    count: int
    example: str  # the stem of one of them
    match: Match
    guesses: list[tuple[Section, Document]]


def library(bank_id: str | None = None, extra: Iterable[tuple[str, str]] = ()) -> Library:
    """Every document to be cited, and a bank's own words; three statements. `extra`: (words, section)."""
    sections: dict[str, dict[str, str]] = defaultdict(dict)
    for section_id, document_id, key in db.session.execute(
        select(Section.id, Section.document_id, Section.key).where(~Section.dropped).order_by(Section.position)
    ):
        sections[document_id][key] = section_id
    laws = tuple(Law(one.id, one.kind, one.number_key, tuple(filter(None, (one.cited_as, one.title, name_of(one)))),
                     sections[one.id]) for one in db.session.scalars(select(Document).order_by(Document.id)))
    words: dict[str, tuple[str, ...]] = {}
    if bank_id is not None:
        for citation, section_id in db.session.execute(
            select(BankCitation.citation, BankCitation.section_id).where(BankCitation.bank_id == bank_id)
            .order_by(BankCitation.position)
        ):
            words[citation] = (*words.get(citation, ()), section_id)
    for citation, section_id in extra:
        words[citation] = (*words.get(citation, ()), section_id)
    return Library(laws, words)


def unlinked_questions(bank_id: str) -> Select[str, str | None]:
    """(question, citation) of a bank's questions in use that cite something and are linked with nothing."""
    return (select(Question.id, AnswerKey.citation).join(QuestionVersion, current())
            .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
            .where(Question.bank_id == bank_id, Question.retired_at.is_(None), AnswerKey.citation.is_not(None),
                   AnswerKey.citation != "",
                   ~exists().where(QuestionSection.question_id == Question.id)))


def unlinked(bank_id: str) -> list[Unlinked]:
    """The citations of a bank that stand for no section, the most frequent first. Six statements."""
    found = unlinked_questions(bank_id).subquery()
    rows = db.session.execute(
        select(found.c.citation, func.count(), func.min(QuestionVersion.stem))
        .join(Question, Question.id == found.c.id).join(QuestionVersion, current())
        .group_by(found.c.citation).order_by(func.count().desc(), found.c.citation)).all()
    known = library(bank_id) if rows else Library(())
    matches = [match(citation, known) for citation, _count, _stem in rows]
    shown = places({section for one in matches for section in one.sections})
    return [Unlinked(citation, count, stem, one, [shown[section] for section in one.sections if section in shown])
            for (citation, count, stem), one in zip(rows, matches, strict=True)]


def uncited(bank_id: str) -> int:
    """How many of a bank's questions in use cite nothing and are linked with nothing."""
    return db.session.scalar(
        select(func.count()).select_from(Question).join(QuestionVersion, current())
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None),
               func.coalesce(AnswerKey.citation, "") == "",
               ~exists().where(QuestionSection.question_id == Question.id))) or 0


def places(section_ids: Collection[str]) -> dict[str, tuple[Section, Document]]:
    """Sections with their documents, by id."""
    return {section.id: (section, document) for section, document in db.session.execute(
        select(Section, Document).join(Document, Document.id == Section.document_id)
        .where(Section.id.in_(section_ids)))}


def affected(document_ids: Collection[str], bank_id: str | None = None) -> list[tuple[str, str, str]]:
    """(question, document, section) of questions in use that cite these documents; not of sealed banks."""
    statement = (
        select(QuestionSection.question_id, Section.document_id, Section.id)
        .join(Section, Section.id == QuestionSection.section_id)
        .join(Question, Question.id == QuestionSection.question_id)
        .join(Bank, and_(Bank.id == Question.bank_id, Bank.sealed_at.is_(None)))
        .where(Section.document_id.in_(document_ids), Question.retired_at.is_(None))
        .order_by(Question.bank_id, Question.position, Section.position))
    if bank_id is not None:
        statement = statement.where(Question.bank_id == bank_id)
    return [(question, document, section) for question, document, section in db.session.execute(statement)]
