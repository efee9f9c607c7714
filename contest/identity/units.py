"""Adding, changing and moving units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, literal, select, update
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.columns import new_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity import names
from contest.identity.kinds import KINDS
from contest.identity.models import Unit

DEEPEST = 10  # levels; `Unit.path` has room for twelve


@dataclass(frozen=True)
class UnitData:
    """A unit as a form or a list gives it. `headcount` is its own, without its sub-units."""

    code: str
    name: str
    kind: str = "other"
    bloc: str | None = None
    parent_id: str | None = None
    headcount: int | None = None
    headcount_on: date | None = None


def create_unit(data: UnitData, *, by: str | None, now: datetime) -> Unit:
    """Add a unit. Raises `Refusal`: `code_taken` (409), `unit_too_deep`, `bad_unit` (422); `Missing` parent."""
    _check(data)
    parent = _locked(data.parent_id) if data.parent_id else None
    key = new_id()
    unit = Unit(id=key, name=names.tidy(data.name), kind=data.kind, bloc=data.bloc,
                parent_id=data.parent_id, path=_path(parent, key), headcount=data.headcount,
                headcount_on=data.headcount_on, sort_key=names.sort_key(data.name),
                search_text=names.fold(data.name))
    _flush_with_code(unit, {"code": data.code})
    record("unit.created", "unit", key, by=by, now=now, code=data.code, name=unit.name, parent_id=data.parent_id)
    return unit


def edit_unit(unit_id: str, data: UnitData, *, by: str | None, now: datetime) -> tuple[str, ...]:
    """Give a unit the values of `data`: rename, move, new headcount. Returns the changed fields.

    Raises `Missing` and the refusals of `create_unit` and `move_unit`.
    """
    _check(data)
    unit = _locked(unit_id)
    values = {"code": data.code, "name": names.tidy(data.name), "kind": data.kind, "bloc": data.bloc,
              "headcount": data.headcount, "headcount_on": data.headcount_on}
    before = {name: getattr(unit, name) for name, value in values.items() if getattr(unit, name) != value}
    if before:
        changes = {name: values[name] for name in before}
        _flush_with_code(unit, changes | {"sort_key": names.sort_key(data.name),
                                          "search_text": names.fold(data.name)})
        record("unit.edited", "unit", unit_id, by=by, now=now,
               before={name: _plain(value) for name, value in before.items()},
               after={name: _plain(values[name]) for name in before})
    moved = data.parent_id != unit.parent_id
    if moved:
        move_unit(unit_id, data.parent_id, by=by, now=now)
    return (*before, *(["parent_id"] if moved else []))


def move_unit(unit_id: str, parent_id: str | None, *, by: str | None, now: datetime) -> None:
    """Hang a unit with everything below it under another one (None: at the top).

    Raises `Refusal` (422): `unit_below_itself`, `unit_too_deep`; `Missing`.
    """
    db.session.execute(select(Unit.id).with_for_update())  # two moves at once could close a circle
    unit = _locked(unit_id)
    parent = _locked(parent_id) if parent_id else None
    if parent is not None and parent.path.startswith(unit.path):
        raise Refusal("unit_below_itself", 422)
    old, new = unit.path, _path(parent, unit_id)
    deepest = db.session.scalar(
        select(func.max(func.length(Unit.path))).where(Unit.path.startswith(old, autoescape=True))) or len(old)
    if len(new) + deepest - len(old) > DEEPEST * len(_path(None, unit_id)):
        raise Refusal("unit_too_deep", 422, levels=DEEPEST)
    before, unit.parent_id = unit.parent_id, parent_id
    db.session.flush()
    db.session.execute(
        update(Unit).where(Unit.path.startswith(old, autoescape=True))
        .values(path=literal(new) + func.substr(Unit.path, len(old) + 1)),
        execution_options={"synchronize_session": False})
    db.session.expire_all()
    record("unit.moved", "unit", unit_id, by=by, now=now, before=before, after=parent_id)
    db.session.flush()


def _locked(unit_id: str) -> Unit:
    """The unit, kept from being moved by another until this transaction ends."""
    unit = db.session.scalar(select(Unit).where(Unit.id == unit_id).with_for_update()
                             .execution_options(populate_existing=True))
    if unit is None:
        raise Missing
    return unit


def _path(parent: Unit | None, unit_id: str) -> str:
    path = f"{parent.path if parent else ''}{unit_id}/"
    if len(path) > DEEPEST * (len(unit_id) + 1):
        raise Refusal("unit_too_deep", 422, levels=DEEPEST)
    return path


def _check(data: UnitData) -> None:
    if not data.code.strip() or not data.name.strip() or data.kind not in KINDS or (data.headcount or 0) < 0:
        raise Refusal("bad_unit", 422)


def _flush_with_code(unit: Unit, changes: Mapping[str, object]) -> None:
    try:
        with db.session.begin_nested():
            for name, value in changes.items():
                setattr(unit, name, value)
            db.session.add(unit)
            db.session.flush()
    except IntegrityError as error:
        raise Refusal("code_taken", 409, taken=str(changes.get("code", ""))) from error


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
