"""Questions with their keys, for those who keep the banks; nothing here is for a participant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_

from contest.columns import Id
from contest.errors import Missing
from contest.extensions import db
from contest.questions.content import Choice, Content
from contest.questions.formats.drafts import Draft, SourceRow
from contest.questions.keys import AnswerKey
from contest.questions.matching import Known
from contest.questions.models import Question, QuestionVersion
from contest.questions.queries import Filters, current, matching, sources_of

PAGE = 20


@dataclass(frozen=True)
class Card:
    """A question as it stands, or as one of its versions said."""

    question_id: str
    code: str | None
    position: int  # in its bank, from 1
    version: int
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
    conditions = matching(bank_id, filters)
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


def card(question_id: str, bank_id: str) -> Card:
    """One question of a bank. Raises `Missing`."""
    found = _cards(_rows().where(Question.id == question_id, Question.bank_id == bank_id))
    if not found:
        raise Missing
    return found[0]


def earlier(question_id: str, version: int) -> list[Card]:
    """The versions before `version`, the latest first."""
    return _cards(
        select(Question, QuestionVersion, AnswerKey)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .where(Question.id == question_id, QuestionVersion.number < version)
        .order_by(QuestionVersion.number.desc())
    )


def known(bank_id: str) -> list[Known]:
    """Every question of a bank, retired ones too, as a file is compared with them; in the bank's order."""
    columns = (Question.id, Question.code, Question.content_hash, QuestionVersion.type, QuestionVersion.stem,
               QuestionVersion.options, QuestionVersion.topic, QuestionVersion.level, QuestionVersion.points,
               AnswerKey.correct, AnswerKey.explanation, AnswerKey.citation)
    rows = db.session.execute(
        select(*columns).join(QuestionVersion, current()).join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .where(Question.bank_id == bank_id).order_by(Question.position, Question.id)
    )
    return [
        Known(key, code, identity, Content(kind, stem, _choices(options, correct), topic, level, points,
                                           explanation, citation))
        for key, code, identity, kind, stem, options, topic, level, points, correct, explanation, citation in rows
    ]


def drafts(bank_id: str) -> tuple[list[Draft], list[SourceRow]]:
    """A bank as a file holds it: its questions in use, and the sections they cite."""
    found = _cards(_rows().where(Question.bank_id == bank_id, Question.retired_at.is_(None))
                   .order_by(Question.position, Question.id))
    sources = [SourceRow(number, row.citation, row.document, row.locator, row.title)
               for number, row in enumerate(sources_of(bank_id), start=2)]
    return [_draft(number, card) for number, card in enumerate(found, start=2)], sources


def _rows() -> "Select[Question, QuestionVersion, AnswerKey]":
    return (select(Question, QuestionVersion, AnswerKey)
            .join(QuestionVersion, current())
            .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id))


def _cards(statement: "Select[Question, QuestionVersion, AnswerKey]") -> list[Card]:
    return [_card(question, version, key) for question, version, key in db.session.execute(statement)]


def _card(question: Question, version: QuestionVersion, key: AnswerKey) -> Card:
    content = Content(version.type, version.stem, _choices(version.options, key.correct), version.topic,
                      version.level, version.points, key.explanation, key.citation)
    return Card(question.id, question.code, question.position, version.number, question.retired_at,
                version.created_at, content)


def _choices(options: Sequence[dict[str, Any]], correct: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(option["text"], option["id"] in correct, bool(option.get("fixed"))) for option in options)


def _draft(row: int, found: Card) -> Draft:
    content = found.content
    return Draft(
        "", row, found.code, content.type, content.stem,  # type: ignore[arg-type]  # one of our three types
        tuple(choice.text for choice in content.choices),
        tuple(position for position, choice in enumerate(content.choices) if choice.right),
        content.topic, content.level, content.explanation, content.citation, content.points,
    )
