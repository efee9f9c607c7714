"""A part of a board: the people who count for one unit with all units below it, or for the units of one bloc.

No counters are kept of parts. How many are in one the units' counters tell; its lines are found along the units' own
index, or along the board's where the part is so much of it that a page is soon full. Either way a page looks through
at most `sqrt(people × lines)` lines. Only a place within a part is counted line by line, in the index alone.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from contest.columns import is_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds.models import ContestUnit
from contest.rounds.queries import contest_blocs
from contest.standings import ranks
from contest.standings.board_models import Standing, UnitTally

MOST_OFFERED = 500  # units that a page offers to choose from


@dataclass(frozen=True)
class Part:
    """One unit (`unit_id`, as it takes part; `alone`: nothing below it takes part) or one `bloc` of a contest."""

    name: str
    contest_id: str
    unit_id: str | None = None
    path: str = ""  # of the unit
    alone: bool = False
    bloc: str | None = None

    @property
    def units(self) -> Select[Any]:
        """The participating units that it is made of."""
        found = select(ContestUnit.id).where(ContestUnit.contest_id == self.contest_id)
        if self.bloc is not None:
            return found.where(ContestUnit.bloc == self.bloc)
        return found.join(Unit, Unit.id == ContestUnit.unit_id).where(Unit.path.startswith(self.path, autoescape=True))

    def holds(self, unit: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that a participating unit is one of them."""
        return unit == self.unit_id if self.alone else unit.in_(self.units)


def part_of(contest_id: str, *, unit_id: str | None = None, bloc: str | None = None) -> Part | None:
    """The part that is asked for, None where neither a unit nor a bloc is. Two statements at most.

    Raises `Missing` for what does not take part in the contest; 422 `bad_part` for both at once.
    """
    if unit_id and bloc:
        raise Refusal("bad_part", 422)
    if bloc:
        part = Part(bloc, contest_id, bloc=bloc)
        if db.session.scalar(part.units.limit(1)) is None:
            raise Missing
        return part
    return _unit(contest_id, unit_id) if unit_id else None


def _unit(contest_id: str, unit_id: str) -> Part:
    below = aliased(Unit)
    found = db.session.execute(
        select(ContestUnit.name, Unit.path, exists().where(below.parent_id == Unit.id).label("has_units"))
        .join(Unit, Unit.id == ContestUnit.unit_id)
        .where(ContestUnit.id == unit_id, ContestUnit.contest_id == contest_id)
    ).one_or_none() if is_id(unit_id) else None
    if found is None:
        raise Missing
    part = Part(found.name, contest_id, unit_id, found.path)
    return replace(part, alone=not found.has_units or len(db.session.scalars(part.units.limit(2)).all()) == 1)


@dataclass(frozen=True)
class Offer:
    """What a page lets one choose: blocs, and bloc → its (id, name) of units; no units where they are too many."""

    blocs: list[str]
    units: dict[str | None, list[tuple[str, str]]]


def offered(contest_id: str) -> Offer:
    """The blocs and units that take part, in Vietnamese order. One statement, two where they are too many."""
    some = select(ContestUnit).where(ContestUnit.contest_id == contest_id).limit(MOST_OFFERED + 1).subquery()
    rows = db.session.execute(select(some.c.id, some.c.name, some.c.bloc).order_by(some.c.sort_key, some.c.id)).all()
    if len(rows) > MOST_OFFERED:
        return Offer(contest_blocs(contest_id), {})
    blocs = sorted({bloc for _id, _name, bloc in rows if bloc})
    units: dict[str | None, list[tuple[str, str]]] = {bloc: [] for bloc in [*blocs, None]}
    for id_, name, bloc in rows:
        units[bloc or None].append((id_, name))
    return Offer(blocs, {bloc: found for bloc, found in units.items() if found})


def people(board_id: str, part: Part, group: str) -> int:
    """How many ranked people of a group are in a part."""
    return int(db.session.scalar(select(func.coalesce(func.sum(UnitTally.people - UnitTally.invalid), 0)).where(
        UnitTally.board_id == board_id, part.holds(UnitTally.unit_key),
        *([UnitTally.audience == group] if group else []))) or 0)


def of_part(board_id: str, part: Part, group: str) -> list[ColumnElement[bool]]:
    """The conditions of a standing in this part, to be found along the units' index."""
    audience = func.coalesce(Standing.audience, Standing.audience)  # or SQLite takes the board's index as gladly
    return [Standing.board_id == board_id, ranks.RANKED, part.holds(Standing.unit_id),
            *([audience == group] if group else [])]


def along_board(board_id: str, part: Part, group: str) -> list[ColumnElement[bool]]:
    """The same, to be found along the board's index: each line is asked for its unit, so that no join brings an order
    of its own."""
    unit = part.units.where(ContestUnit.id == Standing.unit_id).correlate(Standing).scalar_subquery()
    return [*ranks.of_group(board_id, group), unit.is_not(None)]


def before(board_id: str, part: Part, group: str, key: str, entry_id: str) -> tuple[int, int]:
    """(how many people of a part have a smaller key, how many stand before this line of it). One statement."""
    smaller, lines = db.session.execute(
        select(func.coalesce(func.sum(case((Standing.rank_key < key, 1), else_=0)), 0), func.count())
        .where(*of_part(board_id, part, group), Standing.rank_key <= key,
               or_(Standing.rank_key < key, Standing.entry_id < entry_id))).one()
    return int(smaller), int(lines)
