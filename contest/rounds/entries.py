"""A person's place in a contest: made at the first start, moved when the person is."""

from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ScalarSelect, bindparam, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from contest.audit.operations import record
from contest.columns import Id, new_id
from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds.events import entries_changed
from contest.rounds.models import ContestUnit, Entry, Round


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
    made = db.session.scalar(_inserted(db.session.get_bind().dialect.name), {
        "id": new_id(), "contest_id": contest_id, "account_id": account.id, "unit_id": account.unit_id,
        "above": _above(unit_path), "audience": account.audience, "created_at": now})
    return made or ensure_entry(contest_id, account, now, unit_path=unit_path).id


@cache
def _inserted(dialect: str) -> Any:
    """The statement, made once: putting it together costs as much as running it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table: Any = Entry.__table__
    given = {name: bindparam(name, type_=table.c[name].type)
             for name in ("id", "contest_id", "account_id", "unit_id", "audience", "created_at")}
    counted = _counted_unit(given["contest_id"], bindparam("above", expanding=True, type_=Id))
    return (
        insert(table).values(given | {"counted_unit_id": counted})
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
