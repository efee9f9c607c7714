"""How many entry codes a contest has given out, and how many of them were used."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select

from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds.models import EntryCode


@dataclass(frozen=True)
class CodeLine:
    """The codes of one unit (None: of none); `unused` are live ones."""

    unit_id: str | None
    name: str | None
    made: int
    used: int
    unused: int
    revoked: int


def code_lines(contest_id: str) -> list[CodeLine]:
    """The contest's codes by unit, in Vietnamese order, those of no unit last."""
    live = EntryCode.revoked_at.is_(None)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = db.session.execute(
        select(EntryCode.unit_id, Unit.name, func.count(), count(live & EntryCode.used_at.is_not(None)),
               count(live & EntryCode.used_at.is_(None)), count(~live))
        .outerjoin(Unit, Unit.id == EntryCode.unit_id).where(EntryCode.contest_id == contest_id)
        .group_by(EntryCode.unit_id, Unit.name, Unit.sort_key)
        .order_by(EntryCode.unit_id.is_(None), Unit.sort_key, EntryCode.unit_id))
    return [CodeLine(unit_id, name, made, int(used), int(unused), int(revoked))
            for unit_id, name, made, used, unused, revoked in rows]
