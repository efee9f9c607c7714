"""An analysed round as its pages show it: a page of its questions, one question."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from contest.errors import Missing
from contest.extensions import db
from contest.identity.names import fold
from contest.questions.key_told import LETTERS
from contest.questions.models import Question as BankQuestion
from contest.questions.models import QuestionVersion
from contest.reports.analysis_models import ItemFigures, RoundAnalysis
from contest.rounds.models import Round
from contest.scoring.analysis import REMARKS
from contest.scoring.chance import interval
from contest.standings.questioned import Open, to_correct

PAGE = 25
NEVER = -20_000  # below every figure in ten-thousandths
# In the order of the address: what a page may be sorted by, each the greatest first.
SORTS: Mapping[str, Callable[[ItemFigures], int]] = {
    "luot": lambda one: one.asked,
    "dung": lambda one: one.correct * 1_000_000 // one.asked if one.kind == "key" and one.asked else NEVER,
    "phan-biet": lambda one: NEVER if one.discrimination is None else one.discrimination,
    "tuong-quan": lambda one: NEVER if one.correlation is None else one.correlation,
}


@dataclass(frozen=True)
class Choice:
    """An option with its letter in the bank's order; "" is nothing chosen. Shares in ten-thousandths."""

    letter: str
    option: str
    key: bool
    papers: int
    upper: int | None
    middle: int | None
    lower: int | None
    remark: str


@dataclass(frozen=True)
class Line:
    """A question with its figures; `low` and `high`: where the share of right answers lies, 0 to 1, None without."""

    version_id: str
    code: str | None
    stem: str
    markup: bool
    type: str
    figures: ItemFigures
    low: float | None
    high: float | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Lines:
    """A page of questions. `remarked`: remark → questions that have it, of those that the text finds."""

    rows: list[Line]
    remarked: Counter[str]
    total: int
    all: int
    page: int
    pages: int


def analysis_of(round_id: str) -> RoundAnalysis | None:
    """What was found of a round, None where it was never analysed."""
    return db.session.get(RoundAnalysis, round_id)


def lines(round_: Round, text: str, remark: str, sort: str, page: int, *, descending: bool) -> Lines:
    """A page of the round's questions; without `sort` those to look at stand first. Three statements."""
    wanted = fold(text)
    rows = db.session.scalars(
        select(ItemFigures).join(QuestionVersion, QuestionVersion.id == ItemFigures.version_id)
        .join(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .where(ItemFigures.round_id == round_.id, *([
            QuestionVersion.search_text.contains(wanted, autoescape=True)
            | (BankQuestion.code == text.strip())] if wanted else []))).all()
    remarked = Counter(one for row in rows for one in row.remarks)
    remarked[""] = len(rows)
    rows = [row for row in rows if not remark or remark in row.remarks]
    rows = sorted(rows, key=lambda one: one.version_id)
    rows.sort(key=SORTS[sort] if sort else _gravity, reverse=descending and bool(sort))
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(1, page), pages)
    shown = _told(rows[(page - 1) * PAGE:page * PAGE])
    return Lines(shown, remarked, len(rows), remarked[""], page, pages)


def every(round_: Round) -> list[Line]:
    """All questions of an analysed round, those to look at first. Two statements."""
    rows = db.session.scalars(select(ItemFigures).where(ItemFigures.round_id == round_.id)
                              .order_by(ItemFigures.version_id)).all()
    return _told(sorted(rows, key=_gravity))


def one(round_: Round, version_id: str) -> tuple[Line, Open]:
    """A question of an analysed round, with what is right now. Raises `Missing`."""
    row = db.session.get(ItemFigures, (round_.id, version_id))
    opened = to_correct(round_, [version_id])
    if row is None or not opened:
        raise Missing
    return _told([row])[0], opened[0]


def _gravity(row: ItemFigures) -> tuple[int, int]:
    """The gravest remark first, then the fewest right answers."""
    return (min((REMARKS.index(remark) for remark in row.remarks), default=len(REMARKS)), SORTS["dung"](row))


def _told(rows: list[ItemFigures]) -> list[Line]:
    known = {row.id: row for row in db.session.execute(
        select(QuestionVersion.id, BankQuestion.code, QuestionVersion.stem, QuestionVersion.markup,
               QuestionVersion.type)
        .join(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .where(QuestionVersion.id.in_([row.version_id for row in rows])))}
    return [_line(row, known[row.version_id]) for row in rows]


def _line(row: ItemFigures, known: Any) -> Line:
    low, high = interval(row.correct, row.asked) if row.kind == "key" and row.asked else (None, None)
    choices = tuple(Choice(letter if one["option"] else "", one["option"], one["key"], one["papers"], one["upper"],
                           one["middle"], one["lower"], one["remark"])
                    for letter, one in zip(LETTERS, row.choices, strict=False))
    return Line(known.id, known.code, known.stem, known.markup, known.type, row, low, high, choices)
