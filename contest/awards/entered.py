"""The other parts of a contest as pages and formulas read them: which units have entered, who said so and when."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from contest.awards.models import PrizePlan
from contest.awards.part_models import ContestPart, PartAct, PartUnit
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import fold
from contest.rounds.models import ContestUnit

PAGE = 100
ACTS = 20  # that a page shows
STATES = ("entered", "not")


@dataclass(frozen=True)
class PartLine:
    """A part of a contest. `needed`: a plan's formula asks for it."""

    row: ContestPart
    entered: int
    needed: bool


@dataclass(frozen=True)
class UnitLine:
    """A participating unit and the act by which it has entered; None where it has not."""

    unit: ContestUnit
    code: str
    act: PartAct | None
    by: str | None


@dataclass(frozen=True)
class UnitPage:
    """Units by name. `after`: the unit that the next page starts behind, None on the last one."""

    lines: list[UnitLine]
    after: str | None


@dataclass(frozen=True)
class ActLine:
    """An act on record. `by` None: the command line."""

    row: PartAct
    by: str | None
    undone: bool


def parts_of(contest_id: str) -> list[PartLine]:
    """The parts of a contest, by name. Three statements."""
    counts = {row[0]: row[1] for row in db.session.execute(
        select(PartUnit.part_id, func.count()).join(ContestPart, ContestPart.id == PartUnit.part_id)
        .where(ContestPart.contest_id == contest_id).group_by(PartUnit.part_id))}
    needed = needed_parts(contest_id)
    return [PartLine(row, counts.get(row.id, 0), row.name in needed) for row in db.session.scalars(
        select(ContestPart).where(ContestPart.contest_id == contest_id).order_by(ContestPart.name))]


def part_names(contest_id: str) -> list[str]:
    """The names of a contest's parts."""
    return list(db.session.scalars(
        select(ContestPart.name).where(ContestPart.contest_id == contest_id).order_by(ContestPart.name)))


def needed_parts(contest_id: str) -> set[str]:
    """The parts that a formula of the contest's plans asks for."""
    return {name for formula in db.session.scalars(
        select(PrizePlan.formula).where(PrizePlan.contest_id == contest_id, PrizePlan.formula.is_not(None)))
        for name in (formula or {}).get("entered", ())}


def part_by_id(part_id: str) -> ContestPart:
    """A part. Raises `Missing`."""
    row = db.session.get(ContestPart, part_id)
    if row is None:
        raise Missing
    return row


def entered_units(contest_id: str) -> Mapping[str, frozenset[str]]:
    """Participating unit → the names of the parts that it has entered; no line for one that entered none."""
    found: dict[str, set[str]] = defaultdict(set)
    for unit_id, name in db.session.execute(
        select(PartUnit.unit_id, ContestPart.name).join(ContestPart, ContestPart.id == PartUnit.part_id)
        .where(ContestPart.contest_id == contest_id)
    ):
        found[unit_id].add(name)
    return {unit_id: frozenset(names) for unit_id, names in found.items()}


def unit_page(part: ContestPart, *, q: str = "", state: str = "", after: str | None = None,
              limit: int = PAGE) -> UnitPage:
    """Participating units by name: those whose name or code holds all words of `q`, of one of `STATES` or of both."""
    where = [ContestUnit.contest_id == part.contest_id,
             *(or_(Unit.search_text.contains(word, autoescape=True), func.lower(Unit.code).contains(
                 word, autoescape=True)) for word in fold(q).split())]
    if state in STATES:
        where.append(PartUnit.act_id.is_not(None) if state == "entered" else PartUnit.act_id.is_(None))
    last = db.session.get(ContestUnit, after) if after else None
    if last is not None:
        where.append(or_(ContestUnit.sort_key > last.sort_key,
                         and_(ContestUnit.sort_key == last.sort_key, ContestUnit.id > last.id)))
    rows = db.session.execute(
        select(ContestUnit, Unit.code, PartAct, Account.name).join(Unit, Unit.id == ContestUnit.unit_id)
        .outerjoin(PartUnit, and_(PartUnit.unit_id == ContestUnit.id, PartUnit.part_id == part.id))
        .outerjoin(PartAct, PartAct.id == PartUnit.act_id).outerjoin(Account, Account.id == PartAct.by)
        .where(*where).order_by(ContestUnit.sort_key, ContestUnit.id).limit(limit + 1)).all()
    return UnitPage([UnitLine(*row) for row in rows[:limit]], rows[limit - 1][0].id if len(rows) > limit else None)


def counts_of(part: ContestPart) -> tuple[int, int]:
    """(participating units that have entered, all of them)."""
    return (db.session.scalar(select(func.count()).select_from(PartUnit).where(PartUnit.part_id == part.id)) or 0,
            db.session.scalar(select(func.count()).select_from(ContestUnit).where(
                ContestUnit.contest_id == part.contest_id)) or 0)


def acts_of(part: ContestPart, limit: int = ACTS) -> list[ActLine]:
    """The latest acts about a part, the last one first."""
    undone = select(PartAct.undoes_id).where(PartAct.part_id == part.id, PartAct.undoes_id.is_not(None))
    rows = db.session.execute(
        select(PartAct, Account.name, PartAct.id.in_(undone)).outerjoin(Account, Account.id == PartAct.by)
        .where(PartAct.part_id == part.id).order_by(PartAct.at.desc(), PartAct.id.desc()).limit(limit))
    return [ActLine(row[0], row[1], bool(row[2])) for row in rows]


def units_of_codes(contest_id: str, codes: Collection[str]) -> dict[str, str]:
    """Code in lower case → the participating unit, of those that exist. `codes` in lower case."""
    return {code.lower(): id_ for id_, code in db.session.execute(
        select(ContestUnit.id, Unit.code).join(Unit, Unit.id == ContestUnit.unit_id)
        .where(ContestUnit.contest_id == contest_id)) if code.lower() in codes}
