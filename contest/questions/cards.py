"""Questions with their keys, for those who keep the banks; nothing here is for a participant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from contest.columns import Id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.content import Content, to_draft
from contest.questions.document_queries import sources_of
from contest.questions.formats.drafts import Draft, SourceRow
from contest.questions.formats.text import fold
from contest.questions.keys import AnswerKey
from contest.questions.matching import Known
from contest.questions.models import Bank, Question, QuestionVersion
from contest.questions.queries import Filters, current, matching
from contest.questions.storing import content_of

PAGE = 20
MOST = 10_000  # different citations that a list is narrowed to: more is no narrowing


@dataclass(frozen=True)
class Card:
    """A question as it stands, or as one of its versions said."""

    question_id: str
    code: str | None
    position: int  # in its bank, from 1
    version: int
    state: str  # of the current version
    used_count: int  # rounds that took it
    retired_at: datetime | None
    created_at: datetime
    content: Content


@dataclass(frozen=True)
class CardPage:
    """One page of a bank's questions; `before` and `after` are question ids, None at the ends."""

    cards: list[Card]
    total: int
    before: str | None
    after: str | None


def page(bank_id: str, filters: Filters, *, before: str | None = None, after: str | None = None,
         size: int = PAGE) -> CardPage:
    """The questions after (or before) a question, in the bank's order. Two statements."""
    conditions = narrowed(bank_id, filters)
    total = db.session.scalar(
        select(func.count()).select_from(Question).join(QuestionVersion, current()).where(*conditions)) or 0
    place = tuple_(Question.position, Question.id)
    statement = _rows().where(*conditions)
    mark = before or after
    if mark:
        there = tuple_(select(Question.position).where(Question.id == mark).scalar_subquery(), literal(mark, Id()))
        statement = statement.where(place < there if before else place > there)
    order = (Question.position.desc(), Question.id.desc()) if before else (Question.position, Question.id)
    found = _cards(statement.order_by(*order).limit(size + 1))
    more, found = len(found) > size, found[:size]
    if before:
        found.reverse()
    earlier = bool(found) and (more if before else bool(after))
    later = bool(found) and (True if before else more)
    return CardPage(found, total, found[0].question_id if earlier else None,
                    found[-1].question_id if later else None)


def narrowed(bank_id: str, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of a list of questions joined with their current versions."""
    if not filters.citation:
        return matching(bank_id, filters)
    key = aliased(AnswerKey)  # one more time, for the list may be joined with the keys or not
    said = key.citation.icontains(filters.citation, autoescape=True)
    if wanted := fold(filters.citation):
        said = or_(said, key.citation.in_([one for one in _citations(bank_id) if wanted in fold(one)][:MOST]))
    return [*matching(bank_id, filters), exists().where(key.version_id == QuestionVersion.id, said)]


def _citations(bank_id: str) -> list[str]:
    """The different citations of a bank's questions, as they are written."""
    return list(db.session.scalars(
        select(AnswerKey.citation).join(QuestionVersion, QuestionVersion.id == AnswerKey.version_id)
        .join(Question, current()).where(Question.bank_id == bank_id, AnswerKey.citation.is_not(None))
        .distinct().order_by(AnswerKey.citation)))


def card(question_id: str, bank_id: str) -> Card:
    """One question of a bank. Raises `Missing`."""
    found = _cards(_rows().where(Question.id == question_id, Question.bank_id == bank_id))
    if not found:
        raise Missing
    return found[0]


def cards_of(question_ids: Collection[str]) -> dict[str, Card]:
    """These questions by id, whatever their bank."""
    return {card.question_id: card for card in _cards(_rows().where(Question.id.in_(question_ids)))}


def earlier(question_id: str, version: int) -> list[Card]:
    """The versions before `version`, the latest first."""
    return _cards(
        select(*_COLUMNS).select_from(Question)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .where(Question.id == question_id, QuestionVersion.number < version)
        .order_by(QuestionVersion.number.desc())
    )


def known(bank_id: str) -> list[Known]:
    """Every question of a bank, retired ones too, as a file is compared with them; in the bank's order.

    Raises `bank_sealed` (409): nothing is imported into a sealed bank, nor shown beside a file.
    """
    if db.session.scalar(select(Bank.sealed_at).where(Bank.id == bank_id)) is not None:
        raise Refusal("bank_sealed", 409)
    rows = db.session.execute(_rows().where(Question.bank_id == bank_id).order_by(Question.position, Question.id))
    return [Known(row.question_id, row.code, row.content_hash, _content(row)) for row in rows]


def drafts(bank_id: str) -> tuple[list[Draft], list[SourceRow]]:
    """A bank as a file holds it: its questions in use, and the sections they cite."""
    found = _cards(_rows().where(Question.bank_id == bank_id, Question.retired_at.is_(None))
                   .order_by(Question.position, Question.id))
    rows = [to_draft(card.content, row=number, code=card.code) for number, card in enumerate(found, start=2)]
    return rows, sources_of(bank_id)


# No ORM rows: a bank may have 50,000 questions.
_COLUMNS = (
    Question.id.label("question_id"), Question.code, Question.position, Question.content_hash, Question.retired_at,
    Question.state, Question.used_count, QuestionVersion.number, QuestionVersion.created_at, QuestionVersion.type,
    QuestionVersion.stem, QuestionVersion.options, QuestionVersion.parts, QuestionVersion.topic, QuestionVersion.level,
    QuestionVersion.points, QuestionVersion.tags, QuestionVersion.markup, AnswerKey.correct, AnswerKey.credits,
    AnswerKey.settings, AnswerKey.explanation, AnswerKey.citation,
)


def _rows() -> Select[Any]:
    return (select(*_COLUMNS).select_from(Question)
            .join(QuestionVersion, current())
            .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id))


def _cards(statement: Select[Any]) -> list[Card]:
    return [Card(row.question_id, row.code, row.position, row.number, row.state, row.used_count, row.retired_at,
                 row.created_at, _content(row))
            for row in db.session.execute(statement)]


def _content(row: Row[Any]) -> Content:
    return content_of(
        row.type, row.stem, (row.options, row.parts), (row.correct, row.credits, row.settings),
        topic=row.topic, level=row.level, points=row.points, explanation=row.explanation, citation=row.citation,
        tags=tuple(row.tags), markup=row.markup)
