"""What a bank asks of its documents: sections by levels, and what nobody asks about."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from contest.extensions import db
from contest.questions.document_models import BankCitation, Document, QuestionSection, Section
from contest.questions.document_queries import Shelf, shelf
from contest.questions.models import Question, QuestionVersion
from contest.questions.queries import current, usable
from contest.questions.validity import Standing

LEVELS = ("NB", "TH", "VD", "VDC")
NO_LEVEL = ""  # none, or a word of a file's own
Counts = Counter[str]


@dataclass
class Row:
    """A section. `counts` are questions that cite it itself, `below` those of it and all that stands below it.

    `gap`: "none" where nobody asks about it or anything below it, "above" where only a section above
    it is asked about.
    """

    id: str
    locator: str
    title: str
    depth: int
    parent_id: str | None
    dropped: bool
    chapter_id: str | None = None
    counts: Counts = field(default_factory=Counter)
    below: Counts | None = None  # of chapters alone
    children: int = 0  # all that stand below it
    gap: str = ""
    head: bool = False  # of a gap: nothing above it is one

    @property
    def shown(self) -> Counts:
        return self.counts if self.below is None else self.below


@dataclass
class Covered:
    """A document with its sections; `counts` counts a question once, however many sections it cites."""

    document: Document
    standing: Standing
    rows: list[Row]
    counts: Counts

    @property
    def gaps(self) -> list[Row]:
        return [row for row in self.rows if row.head]


@dataclass
class Coverage:
    """Documents with what is asked about them; `linked` of `usable` questions cite a section."""

    documents: list[Covered]
    usable: int
    linked: int

    @property
    def gaps(self) -> list[tuple[Covered, Row]]:
        """The sections nobody asks about at all, then those that are asked about only as part of another."""
        found = [(one, row) for one in self.documents for row in one.gaps]
        return sorted(found, key=lambda each: each[1].gap != "none")

    @property
    def sections(self) -> int:
        return sum(len(one.rows) for one in self.documents)


def coverage(bank_ids: Collection[str] | None, on: date, *, document_id: str | None = None) -> Coverage:
    """What these banks (None: all) ask, of questions that a round may draw. Nine statements for any number.

    The documents are those that a question cites or a bank lists; `document_id` shows that one alone.
    """
    mine = [] if bank_ids is None else [Question.bank_id.in_(bank_ids)]
    found = _documents(bank_ids) if document_id is None else {document_id}
    held = shelf()
    rows = _rows(found)
    for section, level, count in _counted(Section.id, mine, found):
        if section in rows:
            rows[section].counts[level] += count
    chapters: dict[str, Counts] = {}
    for section, level, count in _counted(func.coalesce(Section.chapter_id, Section.id), mine, found):
        chapters.setdefault(section, Counter())[level] += count
    totals: dict[str, Counts] = {}
    for document, level, count in _counted(Section.document_id, mine, found):
        totals.setdefault(document, Counter())[level] += count
    _judge(rows, chapters)
    return Coverage(_ordered(found, rows, held, totals, on), *_linked(mine))


def _linked(mine: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """How many questions may be drawn, and how many of them cite a section."""
    every = select(func.count()).select_from(Question).where(usable(), *mine)
    cited = every.where(Question.id.in_(select(QuestionSection.question_id)))
    return db.session.scalar(every) or 0, db.session.scalar(cited) or 0


def _documents(bank_ids: Collection[str] | None) -> set[str]:
    cited = select(QuestionSection.section_id).join(Question, Question.id == QuestionSection.question_id)
    listed = select(BankCitation.section_id)
    if bank_ids is not None:
        cited = cited.where(Question.bank_id.in_(bank_ids))
        listed = listed.where(BankCitation.bank_id.in_(bank_ids))
    return set(db.session.scalars(select(Section.document_id).where(
        or_(Section.id.in_(cited), Section.id.in_(listed))).distinct()))


def _rows(document_ids: Collection[str]) -> dict[str, "Row"]:
    """The sections in order, without their texts; `Row.parent_id` of one at the top is its document."""
    columns = (Section.id, Section.locator, Section.title, Section.depth, Section.parent_id, Section.dropped,
               Section.document_id, Section.chapter_id)
    return {one.id: Row(one.id, one.locator, one.title, one.depth, one.parent_id or f"document:{one.document_id}",
                        one.dropped, chapter_id=one.chapter_id)
            for one in db.session.execute(select(*columns).where(Section.document_id.in_(document_ids))
                                          .order_by(Section.document_id, Section.dropped, Section.position))}


def _counted(by: Any, mine: Sequence[ColumnElement[bool]],
             documents: Collection[str]) -> list[tuple[str, str, int]]:
    """(id, level, questions) of usable questions, each counted once."""
    level = case((QuestionVersion.level.in_(LEVELS), QuestionVersion.level), else_=NO_LEVEL)
    rows = db.session.execute(
        select(by, level, func.count(func.distinct(Question.id)))
        .select_from(QuestionSection).join(Section, Section.id == QuestionSection.section_id)
        .join(Question, Question.id == QuestionSection.question_id).join(QuestionVersion, current())
        .where(usable(), Section.document_id.in_(documents), *mine).group_by(by, level))
    return [(str(one), str(word), int(count)) for one, word, count in rows]


def _judge(rows: dict[str, Row], chapters: dict[str, Counts]) -> None:
    """Tell which sections nobody asks about, and give chapters what stands below them."""
    heads = {row.chapter_id for row in rows.values()}
    below = {one: sum(row.counts.values()) for one, row in rows.items()}
    for one in reversed(rows):
        over = rows[one].parent_id or ""
        if over in rows:
            below[over] += below[one]
            rows[over].children += 1 + rows[one].children
    for one, row in rows.items():
        above = rows.get(row.parent_id or "")
        if one in heads:
            row.below = chapters.get(one, Counter())
        if below[one] == 0 and not row.dropped:
            asked_above = above is not None and (above.gap == "above" or bool(sum(above.counts.values())))
            row.gap = "above" if asked_above else "none"
            row.head = above is None or not above.gap


def _ordered(documents: Collection[str], rows: dict[str, Row], held: Shelf, totals: dict[str, Counts],
             on: date) -> list[Covered]:
    mine: dict[str, list[Row]] = {one: [] for one in documents}
    owner: dict[str, str] = {}
    for one, row in rows.items():
        above = row.parent_id or ""
        owner[one] = above.removeprefix("document:") if above.startswith("document:") else owner[above]
        mine[owner[one]].append(row)
    found = [Covered(held.documents[one], held.standing(one, on), mine[one], totals.get(one, Counter()))
             for one in documents]
    return sorted(found, key=lambda one: (one.document.issued_on or date.min, one.document.id), reverse=True)
