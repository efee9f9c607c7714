from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from contest.errors import Missing
from contest.extensions import db
from contest.questions.formats.text import fold
from contest.questions.models import Bank, Question, QuestionVersion


@dataclass
class Figures:
    """How many questions a bank has: in use, retired, and those in use by state, type, level, topic.

    `fresh` are those in use that no round has taken yet.
    """

    used: int = 0
    retired: int = 0
    fresh: int = 0
    states: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    levels: Counter[str | None] = field(default_factory=Counter)
    topics: Counter[str | None] = field(default_factory=Counter)
    cells: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)  # (topic, level)


    def usable(self, review: str) -> int:
        """How many of a bank with this rule rounds may draw: see `usable`."""
        return self.used if review == "off" else self.states["approved"]


@dataclass(frozen=True)
class Filters:
    """What the list of a bank's questions is narrowed to; None and "" narrow nothing.

    `state` is one of `models.STATES`, or "retired": without it, all that are in use. `usage`: taken
    by a round, or by none yet. `citation` is found anywhere in the citation, no diacritics.
    """

    text: str = ""
    topic: str | None = None
    level: str | None = None
    type: str | None = None
    state: str | None = None
    usage: Literal["used", "fresh"] | None = None
    citation: str = ""

    @property
    def retired(self) -> bool:
        return self.state == "retired"

    @property
    def narrow(self) -> bool:
        """Whether anything but the state narrows the list."""
        return bool(self.text or self.topic or self.level or self.type or self.usage or self.citation)


def bank_of(bank_id: str) -> Bank:
    """The bank. Raises `Missing`."""
    bank = db.session.get(Bank, bank_id)
    if bank is None:
        raise Missing
    return bank


def bank_by_code(code: str) -> Bank | None:
    """The bank of this code, whatever its case."""
    return db.session.scalar(select(Bank).where(func.lower(Bank.code) == code.strip().lower()))


def banks() -> list[tuple[Bank, Figures]]:
    """Every bank with its figures, by title. Two statements for any number of banks."""
    rows = db.session.scalars(select(Bank).order_by(Bank.title, Bank.id)).all()
    counted = figures(bank.id for bank in rows)
    return [(bank, counted[bank.id]) for bank in rows]


def figures(bank_ids: Iterable[str]) -> dict[str, Figures]:
    """The figures of these banks, in one statement."""
    found = {bank_id: Figures() for bank_id in bank_ids}
    state = case((Question.retired_at.is_not(None), "retired"), else_=Question.state).label("state")
    fresh = (Question.used_count == 0).label("fresh")
    columns = (Question.bank_id, state, fresh, QuestionVersion.type, QuestionVersion.level, QuestionVersion.topic)
    rows = db.session.execute(
        select(*columns, func.count()).join(QuestionVersion, current())
        .where(Question.bank_id.in_(found)).group_by(*columns)
    )
    for bank_id, held, new, kind, level, topic, count in rows:
        one = found[bank_id]
        if held == "retired":
            one.retired += count
            continue
        one.used += count
        one.fresh += count if new else 0
        one.states[held] += count
        one.types[kind] += count
        one.levels[level] += count
        one.topics[topic] += count
        one.cells[topic, level] += count
    return found


def current() -> ColumnElement[bool]:
    """The condition that a version is its question's current one."""
    return and_(QuestionVersion.question_id == Question.id, QuestionVersion.number == Question.version)


def usable() -> ColumnElement[bool]:
    """The condition that a round may draw a question: in use, and approved where its bank asks for that."""
    free = select(Bank.id).where(Bank.review == "off")
    return and_(Question.retired_at.is_(None), or_(Question.state == "approved", Question.bank_id.in_(free)))


def matching(bank_id: str, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of a bank's list: every word of the text in the question or its code, no diacritics.

    The citation is left to `cards`: what is here may be imported where no key may be.
    """
    retired = Question.retired_at.is_not(None) if filters.retired else Question.retired_at.is_(None)
    conditions: list[ColumnElement[bool]] = [Question.bank_id == bank_id, retired]
    if filters.state and not filters.retired:
        conditions.append(Question.state == filters.state)
    if filters.usage:
        conditions.append(Question.used_count > 0 if filters.usage == "used" else Question.used_count == 0)
    for word in fold(filters.text).split():
        conditions.append(or_(QuestionVersion.search_text.contains(word, autoescape=True),
                              func.lower(Question.code).contains(word, autoescape=True)))
    for column, value in ((QuestionVersion.topic, filters.topic), (QuestionVersion.level, filters.level),
                          (QuestionVersion.type, filters.type)):
        if value:
            conditions.append(column == value)
    return conditions
