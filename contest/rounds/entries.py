"""A person's place in a contest: made at the first start, moved when the person is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ScalarSelect, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from contest.audit.operations import record
from contest.columns import new_id
from contest.extensions import db
from contest.identity.models import Unit
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
    return found or insert_entry(contest_id, account, now, unit_path=unit_path)


def insert_entry(contest_id: str, account: Entrant, now: datetime, *, unit_path: str | None = None) -> Entry:
    """As `ensure_entry`, for a caller who has just seen that there is no entry."""
    if unit_path is None and account.unit_id is not None:
        unit_path = db.session.scalar(select(Unit.path).where(Unit.id == account.unit_id))
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(Entry)
        .values(id=new_id(), contest_id=contest_id, account_id=account.id, unit_id=account.unit_id,
                counted_unit_id=_counted_unit(contest_id, unit_path), audience=account.audience, created_at=now)
        .on_conflict_do_nothing(index_elements=[Entry.contest_id, Entry.account_id])
        .returning(Entry)
    )
    made = db.session.scalars(statement).one_or_none()
    entry = made or _entry(contest_id, account.id)
    if entry is None:
        raise LookupError(f"the entry of {account.id} in {contest_id} vanished")
    return entry


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
        entry.counted_unit_id = db.session.scalar(select(_counted_unit(entry.contest_id, path)))
        record("entry.moved", "entry", entry.id, by=None, now=now, before=before,
               after={"unit_id": unit_id, "counted_unit_id": entry.counted_unit_id})
    db.session.flush()


def _entry(contest_id: str, account_id: str) -> Entry | None:
    return db.session.scalar(select(Entry).where(Entry.contest_id == contest_id, Entry.account_id == account_id))


def _counted_unit(contest_id: str, unit_path: str | None) -> ScalarSelect[Any]:
    """The participating unit nearest to this path's end: the unit itself, else the next one up."""
    above: Sequence[str] = (unit_path or "").split("/")[:-1]
    return (
        select(ContestUnit.id)
        .join(Unit, Unit.id == ContestUnit.unit_id)
        .where(ContestUnit.contest_id == contest_id, ContestUnit.unit_id.in_(above))
        .order_by(func.length(Unit.path).desc())
        .limit(1)
        .scalar_subquery()
    )
