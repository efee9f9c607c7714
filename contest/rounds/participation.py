"""Which units take part in a contest, with name, bloc and headcount as of then."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from contest.audit.operations import record
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds import queries
from contest.rounds.headcounts import roll_up
from contest.rounds.models import Contest, ContestUnit


def choose_units(contest_id: str, unit_ids: Collection[str], *, by: str | None, now: datetime) -> list[ContestUnit]:
    """Let exactly these units take part; unknown ids are passed over.

    Raises `Missing`, and 409 `units_frozen` once a round of the contest is published: rates that
    people have read must keep their denominator.
    """
    contest = _unfrozen(contest_id)
    before = {row.unit_id for row in queries.contest_units(contest.id)}
    rows = _write(contest.id, set(unit_ids), queries.unit_tree())
    chosen = {row.unit_id for row in rows}
    record("contest.units", "contest", contest.id, by=by, now=now, units=len(rows),
           headcount=sum(row.headcount or 0 for row in rows),
           added=sorted(chosen - before), removed=sorted(before - chosen))
    return rows


def choose_default_units(contest_id: str) -> list[ContestUnit]:
    """Every unit that has a headcount of its own."""
    units = queries.unit_tree()
    return _write(contest_id, {unit.id for unit in units if unit.headcount is not None}, units)


def refresh_units(contest_id: str) -> list[ContestUnit]:
    """Bring names, blocs and headcounts up to the unit tree, for as long as they are not frozen."""
    if queries.has_been_published(contest_id):
        return queries.contest_units(contest_id)
    return _write(contest_id, {row.unit_id for row in queries.contest_units(contest_id)}, queries.unit_tree())


def _unfrozen(contest_id: str) -> Contest:
    contest = db.session.scalar(select(Contest).where(Contest.id == contest_id).with_for_update())
    contest = contest or queries.get_contest(contest_id)
    if queries.has_been_published(contest.id):
        raise Refusal("units_frozen", 409)
    return contest


def _write(contest_id: str, unit_ids: set[str], units: Sequence[Unit]) -> list[ContestUnit]:
    chosen = {unit.id: unit for unit in units if unit.id in unit_ids}
    counted = roll_up(queries.figures(units), set(chosen))
    rows = {row.unit_id: row for row in queries.contest_units(contest_id)}
    for unit_id, row in rows.items():
        if unit_id not in chosen:
            db.session.delete(row)
    for unit in chosen.values():
        row = rows.get(unit.id) or ContestUnit(contest_id=contest_id, unit_id=unit.id)
        row.name, row.bloc, row.sort_key = unit.name, unit.bloc, unit.sort_key
        row.headcount, row.headcount_on = counted[unit.id].headcount, counted[unit.id].on
        db.session.add(row)
    db.session.flush()
    return queries.contest_units(contest_id)
