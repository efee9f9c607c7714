"""What a bank asks of its documents: sections by levels, and what nobody asks about."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, case, func, or_, select

from contest.extensions import db
from contest.questions.document_models import BankCitation, Document, QuestionSection, Section
from contest.questions.document_queries import Shelf, shelf
from contest.questions.models import Question, QuestionVersion
from contest.questions.queries import current, usable
from contest.questions.validity import GONE, Standing

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
    document_id: str
    locator: str
    title: str
    depth: int
    parent_id: str | None
    chapter_id: str | None
    dropped: bool
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
        """What to write questions about: nothing, where the document no longer holds."""
        return [] if self.standing in GONE else [row for row in self.rows if row.head]


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


def coverage(bank_ids: Collection[str] | None, on: date) -> Coverage:
    """What these banks (None: all) ask, of questions that a round may draw. Seven statements for any number.

    The documents are those that a question cites or a bank lists; of all banks also every other one
    that holds or will hold: nobody asks about it at all.
    """
    mine = [] if bank_ids is None else [Question.bank_id.in_(bank_ids)]
    counted = _counted(mine)
    rows = _rows(_held(bank_ids))
    for section, level, count in counted:
        rows[section].counts[level] += count
    several = _several(mine)
    _judge(rows, _once(rows, several, lambda row: row.chapter_id or row.id))
    totals = _once(rows, several, lambda row: row.document_id)
    usable_ones = db.session.scalar(select(func.count()).select_from(Question).where(usable(), *mine)) or 0
    linked = sum(_once(rows, several, lambda _row: "").get("", Counter()).values())
    found = _ordered(rows, shelf(), totals, on)
    if bank_ids is None:
        found = [one for one in found if one.counts or one.standing not in GONE]
    return Coverage(found, usable_ones, linked)


_LEVEL = case((QuestionVersion.level.in_(LEVELS), QuestionVersion.level), else_=NO_LEVEL)


def _counted(mine: Sequence[ColumnElement[bool]]) -> list[tuple[str, str, int]]:
    """(section, level, questions): the one statement that reads every question."""
    rows = db.session.execute(
        select(QuestionSection.section_id, _LEVEL, func.count()).select_from(QuestionSection)
        .join(Question, Question.id == QuestionSection.question_id).join(QuestionVersion, current())
        .where(usable(), *mine).group_by(QuestionSection.section_id, _LEVEL))
    return [(section, level, count) for section, level, count in rows]


def _several(mine: Sequence[ColumnElement[bool]]) -> list[tuple[str, list[str]]]:
    """(level, sections) of every question that cites more than one: few do."""
    many = select(QuestionSection.question_id).group_by(QuestionSection.question_id).having(func.count() > 1)
    found: dict[str, tuple[str, list[str]]] = {}
    for question, section, level in db.session.execute(
        select(QuestionSection.question_id, QuestionSection.section_id, _LEVEL)
        .join(Question, Question.id == QuestionSection.question_id).join(QuestionVersion, current())
        .where(usable(), QuestionSection.question_id.in_(many), *mine)
    ):
        found.setdefault(question, (level, []))[1].append(section)
    return list(found.values())


def _once(rows: dict[str, Row], several: Sequence[tuple[str, list[str]]],
          place: Callable[[Row], str]) -> dict[str, Counts]:
    """The questions of places that hold several sections, each counted once."""
    found: dict[str, Counts] = {}
    for row in rows.values():
        found.setdefault(place(row), Counter()).update(row.counts)
    for level, sections in several:
        for one, times in Counter(place(rows[section]) for section in sections).items():
            found[one][level] -= times - 1
    return {one: +counts for one, counts in found.items()}


def _held(bank_ids: Collection[str] | None) -> list[str]:
    """The documents of the sections that a question of these banks cites, in use or not, or that they list."""
    if bank_ids is None:
        return list(db.session.scalars(select(Section.document_id).distinct()))
    cited = (select(QuestionSection.question_id).join(Question, Question.id == QuestionSection.question_id)
             .where(QuestionSection.section_id == Section.id, Question.bank_id.in_(bank_ids)))
    listed = select(BankCitation.citation).where(BankCitation.section_id == Section.id,
                                                 BankCitation.bank_id.in_(bank_ids))
    return list(db.session.scalars(select(Section.document_id).where(or_(cited.exists(), listed.exists())).distinct()))


def _rows(document_ids: Collection[str]) -> dict[str, Row]:
    """All sections of these documents, in order, without their texts."""
    columns = (Section.id, Section.document_id, Section.locator, Section.title, Section.depth, Section.parent_id,
               Section.chapter_id, Section.dropped)
    return {one.id: Row(*one) for one in db.session.execute(
        select(*columns).where(Section.document_id.in_(document_ids))
        .order_by(Section.document_id, Section.dropped, Section.position))}


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


def _ordered(rows: dict[str, Row], held: Shelf, totals: dict[str, Counts], on: date) -> list[Covered]:
    mine: dict[str, list[Row]] = {}
    for row in rows.values():
        mine.setdefault(row.document_id, []).append(row)
    found = [Covered(held.documents[one], held.standing(one, on), sections, totals.get(one, Counter()))
             for one, sections in mine.items()]
    return sorted(found, key=lambda one: (one.document.issued_on or date.min, one.document.id), reverse=True)
