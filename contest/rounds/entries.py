"""A person's place in a contest: made at the first start, moved when the person is."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ScalarSelect, bindparam, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from contest.audit.operations import record
from contest.columns import Id, new_id
from contest.extensions import db
from contest.identity.models import Unit
from contest.prepared import Statement, prepared
from contest.rounds.events import entries_changed
from contest.rounds.models import ContestUnit, Entry, Round

LEVELS = 12  # of units one above the other: as many as a path holds
_ABOVE = [f"above_{level}" for level in range(LEVELS)]


class Entrant(Protocol):
    """What an entry keeps of a person."""

    @property
    def id(self) -> str: ...
    @property
    def unit_id(self) -> str | None: ...
    @property
    def audience(self) -> str: ...


def ensure_entry(contest_id: str, account: Entrant, now: datetime, *, unit_path: str | None = None) -> Entry:
    """This person's entry in the contest, made now where there is none.

    `unit_path` is the path of the account's unit, where the caller has read it already. However
    many ask at once, the unique constraint leaves one entry and all get that one.
    """
    found = _entry(contest_id, account.id)
    if found is None:
        insert_entry(contest_id, account, now, unit_path=unit_path)
        found = _entry(contest_id, account.id)
    if found is None:
        raise LookupError(f"the entry of {account.id} in {contest_id} vanished")
    return found


def insert_entry(contest_id: str, account: Entrant, now: datetime, *, unit_path: str | None = None) -> str:
    """The id of this person's entry, for a caller who has just seen that there is none. As `ensure_entry`."""
    if unit_path is None and account.unit_id is not None:
        unit_path = db.session.scalar(select(Unit.path).where(Unit.id == account.unit_id))
    above: list[str | None] = [*_above(unit_path)[-LEVELS:]]
    made = _inserted.here(
        id=new_id(), contest_id=contest_id, account_id=account.id, unit_id=account.unit_id, audience=account.audience,
        admitted_at=None, created_at=now,
        **dict(zip(_ABOVE, above + [None] * (LEVELS - len(above)), strict=True)))
    return made[0][0] if made else ensure_entry(contest_id, account, now, unit_path=unit_path).id


@prepared
def _inserted(database: str) -> Statement:
    insert = postgresql.insert if database == "postgresql" else sqlite.insert
    table: Any = Entry.__table__
    given = {column.name: bindparam(column.name, type_=column.type) for column in table.c}
    above = [bindparam(name, type_=Id) for name in _ABOVE]
    return (
        insert(table).values(given | {"counted_unit_id": _counted_unit(given["contest_id"], above)})
        .on_conflict_do_nothing(index_elements=[table.c.contest_id, table.c.account_id])
        .returning(table.c.id)
    )


def move_entries(account_id: str, unit_id: str | None, now: datetime) -> None:
    """Let this person's entries follow to the unit, with the participating unit they count for.

    An entry stays where it is once results of its contest are published: a published list changes
    by a new publication only.
    """
    published = exists().where(Round.contest_id == Entry.contest_id, Round.results_published_at.is_not(None))
    entries = db.session.scalars(select(Entry).where(Entry.account_id == account_id, ~published)).all()
    path = db.session.scalar(select(Unit.path).where(Unit.id == unit_id)) if unit_id else None
    for entry in entries:
        if entry.unit_id == unit_id:
            continue
        before: dict[str, Any] = {"unit_id": entry.unit_id, "counted_unit_id": entry.counted_unit_id}
        entry.unit_id = unit_id
        entry.counted_unit_id = db.session.scalar(select(_counted_unit(entry.contest_id, _above(path))))
        record("entry.moved", "entry", entry.id, by=None, now=now, before=before,
               after={"unit_id": unit_id, "counted_unit_id": entry.counted_unit_id})
        db.session.flush()
        entries_changed.send(contest_id=entry.contest_id, account_ids=[account_id], now=now)


def _entry(contest_id: str, account_id: str) -> Entry | None:
    return db.session.scalar(select(Entry).where(Entry.contest_id == contest_id, Entry.account_id == account_id))


def _above(unit_path: str | None) -> list[str]:
    """The ids of the unit at the end of this path and of those above it."""
    return (unit_path or "").split("/")[:-1]


def _counted_unit(contest_id: Any, above: Any) -> ScalarSelect[Any]:
    """The participating unit nearest to a path's end, of the units `above`: the unit itself, else the next one up."""
    return (
        select(ContestUnit.id)
        .join(Unit, Unit.id == ContestUnit.unit_id)
        .where(ContestUnit.contest_id == contest_id, ContestUnit.unit_id.in_(above))
        .order_by(func.length(Unit.path).desc())
        .limit(1)
        .scalar_subquery()
    )
