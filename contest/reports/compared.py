"""Pairs of sittings that are alike, as their pages show them: a list, and both papers side by side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from contest.delivery.models import Attempt, PaperItem
from contest.delivery.queries import counted_choices
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account
from contest.questions.key_told import LETTERS
from contest.questions.shown import Version
from contest.reports.analysis_models import Comparison, SimilarPair
from contest.rounds.models import ContestUnit, Entry, Round
from contest.scoring.judging import CHOICES
from contest.standings.questioned import to_correct

PAGE = 25


@dataclass(frozen=True)
class Sitting:
    """Whose sitting it is."""

    id: str
    name: str
    unit: str | None
    number: int
    receipt: str | None
    state: str


@dataclass(frozen=True)
class Line:
    """A pair with both its people, and who judged it."""

    pair: SimilarPair
    first: Sitting
    second: Sitting
    judged_by: str | None

    @property
    def alike(self) -> int:
        """Identical wrong answers."""
        return len(self.pair.answers)


@dataclass(frozen=True)
class Lines:
    """A page of pairs, the least likely first. `counts`: verdict → pairs."""

    rows: list[Line]
    counts: Counter[str]
    page: int
    pages: int


@dataclass(frozen=True)
class Beside:
    """A question that both answered, in the bank's letters. `same`: both chose the same wrong answer."""

    version: Version
    code: str | None
    bank_id: str
    first: str
    second: str
    right: str
    same: bool


def comparison_of(round_id: str) -> Comparison | None:
    """The last search of a round, None where there was none."""
    return db.session.get(Comparison, round_id)


def lines(round_id: str, verdict: str, page: int) -> Lines:
    """A page of a round's pairs, of one verdict or of all. Three statements."""
    counts = Counter({row[0]: row[1] for row in db.session.execute(
        select(SimilarPair.verdict, func.count()).where(SimilarPair.round_id == round_id)
        .group_by(SimilarPair.verdict))})
    chosen = [SimilarPair.round_id == round_id, *([SimilarPair.verdict == verdict] if verdict else [])]
    pages = max(1, -(-(counts[verdict] if verdict else counts.total()) // PAGE))
    page = min(max(1, page), pages)
    rows = db.session.execute(
        _named().where(*chosen).order_by(SimilarPair.rarity.desc(), SimilarPair.id).limit(PAGE)
        .offset((page - 1) * PAGE)).all()
    return Lines(_lines(rows), counts, page, pages)


def line(round_id: str, pair_id: str) -> Line:
    """One pair. Raises `Missing`."""
    found = _lines(db.session.execute(
        _named().where(SimilarPair.round_id == round_id, SimilarPair.id == pair_id)).all())
    if not found:
        raise Missing
    return found[0]


def _named() -> Select[*tuple[Any, ...]]:
    return select(SimilarPair, Account.name).outerjoin(Account, Account.id == SimilarPair.judged_by)


def _lines(rows: Sequence[Any]) -> list[Line]:
    ids = {one for pair, _name in rows for one in (pair.first_id, pair.second_id)}
    person = aliased(Account)
    sittings = {row[0]: Sitting(*row) for row in db.session.execute(
        select(Attempt.id, person.name, ContestUnit.name, Attempt.number, Attempt.receipt, Attempt.state)
        .join(person, person.id == Attempt.account_id).join(Entry, Entry.id == Attempt.entry_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).where(Attempt.id.in_(ids)))}
    return [Line(pair, sittings[pair.first_id], sittings[pair.second_id], name) for pair, name in rows]


def beside(round_: Round, pair: SimilarPair) -> list[Beside]:
    """The questions with options that both answered, the identical wrong answers first, by the keys that hold now."""
    ids = [pair.first_id, pair.second_id]
    slots = {(row.attempt_id, row.version_id): row.slot for row in db.session.execute(
        select(PaperItem.attempt_id, PaperItem.version_id, PaperItem.slot).where(PaperItem.attempt_id.in_(ids)))}
    chosen = counted_choices(ids)
    said = {place: chosen[place[0]].get(slot) for place, slot in slots.items()}
    common = sorted(version for attempt, version in said if attempt == ids[0]
                    and said[ids[0], version] and said.get((ids[1], version)))
    alike, found = {version for version, _choice in pair.answers}, []
    for one in to_correct(round_, common):
        if one.question.type not in CHOICES or one.kind != "key":
            continue
        first, second = (_letters(one.version, said[attempt, one.version.id]) for attempt in ids)
        right = _letters(one.version, one.question.correct)
        found.append(Beside(one.version, one.code, one.bank_id, first, second, right, one.version.id in alike))
    return sorted(found, key=lambda one: (not one.same, one.code or "", one.version.id))


def _letters(version: Version, tokens: object) -> str:
    held = set(tokens) if isinstance(tokens, tuple | list | frozenset | set) else set()
    return ", ".join(letter for letter, option in zip(LETTERS, version.options, strict=False) if option.id in held)
