"""Organisers say which other parts a contest has, and which units have entered them. All of it is on record."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.awards.entered import needed_parts, part_by_id, part_names
from contest.awards.models import PrizePlan
from contest.awards.part_models import ContestPart, PartAct, PartUnit
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.models import Contest, ContestUnit
from contest.scoring.formulas import PARTS_MOST

MOST = 5_000  # units at once


def add_part(contest_id: str, name: str, *, by: str | None, now: datetime) -> ContestPart:
    """Name another part of a contest. Raises `Missing`; 409 `part_exists`; 422 `part_name`, `too_many_parts`."""
    held = _held_names(contest_id)
    name = _new_name(name, held)
    if len(held) >= PARTS_MOST:
        raise Refusal("too_many_parts", 422, most=PARTS_MOST)
    row = ContestPart(contest_id=contest_id, name=name, made_at=now, made_by=by)
    db.session.add(row)
    record("part.add", "contest", contest_id, by=by, now=now, name=name)
    db.session.flush()
    return row


def rename_part(part_id: str, name: str, *, by: str | None, now: datetime) -> bool:
    """Give a part another name, by which the formulas that ask for it ask from now on; False where it is the same.

    Lists that were drawn up, frozen ones too, keep the name of their time.
    Raises `Missing`; 409 `part_exists`; 422 `part_name`.
    """
    held = _held_names(part_by_id(part_id).contest_id)  # the contest is held before the part
    part = _held(part_id)
    was, name = part.name, _new_name(name, [one for one in held if one != part.name])
    if name == was:
        return False
    part.name = name
    for plan in db.session.scalars(select(PrizePlan).where(
            PrizePlan.contest_id == part.contest_id, PrizePlan.formula.is_not(None))
            .execution_options(populate_existing=True)):
        formula = plan.formula or {}
        if was in formula.get("entered", ()):
            asked = [name if one == was else one for one in formula["entered"]]
            plan.formula, plan.changed_at = {**formula, "entered": asked}, now
    record("part.rename", "contest", part.contest_id, by=by, now=now, name=name, was=was)
    db.session.flush()
    return True


def _held_names(contest_id: str) -> list[str]:
    """The names of a contest's parts, while the contest is held. Raises `Missing`."""
    if db.session.scalar(select(Contest.id).where(Contest.id == contest_id).with_for_update(key_share=True)) is None:
        raise Missing
    return part_names(contest_id)


def _new_name(name: str, others: Collection[str]) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refusal("part_name", 422)
    if name.casefold() in {one.casefold() for one in others}:
        raise Refusal("part_exists", 409)
    return name


def remove_part(part_id: str, *, by: str | None, now: datetime) -> str:
    """Take away a part that no unit has entered and no formula asks for, with its acts; the contest that had it.

    Raises `Missing`; 409 `part_needed`, `part_entered`.
    """
    _held_names(part_by_id(part_id).contest_id)  # no plan begins to ask for it meanwhile
    part = _held(part_id)
    if part.name in needed_parts(part.contest_id):
        raise Refusal("part_needed", 409)
    if db.session.scalar(select(PartUnit.unit_id).where(PartUnit.part_id == part.id).limit(1)):
        raise Refusal("part_entered", 409)
    for undoing in (True, False):  # what refers to another act goes before it
        db.session.execute(delete(PartAct).where(
            PartAct.part_id == part.id, PartAct.undoes_id.is_not(None) if undoing else PartAct.undoes_id.is_(None))
            .execution_options(synchronize_session=False))
    db.session.delete(part)
    record("part.remove", "contest", part.contest_id, by=by, now=now, name=part.name)
    db.session.flush()
    return part.contest_id


def mark_units(part_id: str, unit_ids: Collection[str], *, entered: bool, by: str | None, now: datetime) -> int:
    """Say that these participating units have entered the part, or have not; how many that changes.

    Units of another contest are passed over. Raises `Missing`; 422 `no_units`, `too_many_units`.
    """
    part = _held(part_id)
    if not unit_ids:
        raise Refusal("no_units", 422)
    if len(set(unit_ids)) > MOST:
        raise Refusal("too_many_units", 422, most=MOST)
    return len(_act(part, unit_ids, entered=entered, by=by, now=now))


def undo_act(part_id: str, act_id: str, *, by: str | None, now: datetime) -> int:
    """Take back what an act changed, where it still stands; how many units that changes.

    A unit that a later act changed, either way, stays as that one left it. Raises `Missing`; 409 `act_undone`.
    """
    part, act = _held(part_id), db.session.get(PartAct, act_id)
    if act is None or act.part_id != part.id:
        raise Missing
    later = db.session.scalars(select(PartAct.units).where(
        PartAct.part_id == part.id, or_(PartAct.at > act.at, and_(PartAct.at == act.at, PartAct.id > act.id))))
    units = set(act.units).difference(*later)
    try:
        with db.session.begin_nested():
            return len(_act(part, units, entered=act.kind == "withdrawn", by=by, now=now, undoes=act.id))
    except IntegrityError as error:
        raise Refusal("act_undone", 409) from error


def _held(part_id: str) -> ContestPart:
    part = db.session.scalar(select(ContestPart).where(ContestPart.id == part_id).with_for_update()
                             .execution_options(populate_existing=True))
    if part is None:
        raise Missing
    return part


def _act(part: ContestPart, unit_ids: Collection[str], *, entered: bool, by: str | None, now: datetime,
         undoes: str | None = None) -> list[str]:
    """The units that this changes. Nothing is put on record where none is, but for an act that takes one back."""
    held = set(db.session.scalars(select(PartUnit.unit_id).where(PartUnit.part_id == part.id)))
    taking_part = set(db.session.scalars(select(ContestUnit.id).where(ContestUnit.contest_id == part.contest_id)))
    wanted = set(unit_ids) & taking_part
    changed = sorted(wanted - held if entered else wanted & held)
    if not changed and undoes is None:
        return []
    act = PartAct(part_id=part.id, kind="entered" if entered else "withdrawn", units=changed, undoes_id=undoes, at=now,
                  by=by)
    db.session.add(act)
    db.session.flush()
    if entered and changed:
        db.session.execute(insert(PartUnit), [
            {"part_id": part.id, "unit_id": unit_id, "act_id": act.id} for unit_id in changed])
    else:
        db.session.execute(delete(PartUnit).where(PartUnit.part_id == part.id, PartUnit.unit_id.in_(changed)))
    record(f"part.{act.kind}", "contest", part.contest_id, by=by, now=now, part=part.name, units=changed,
           undoes=undoes)
    db.session.flush()
    return changed
