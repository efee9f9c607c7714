"""Entry codes are made and revoked. A code is told once, to whoever prints it; its digest is kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import AUDIENCES, Account, Grant, Unit
from contest.rounds.admission import code_digest, draw_code
from contest.rounds.models import Barred, Contest, EntryCode

MOST = 500  # codes at once


@dataclass(frozen=True)
class Slip:
    """A code as it is printed: "K7QM-3F8T-W2XY", its number, whose it is ("" for whoever uses it first)."""

    number: int
    code: str
    name: str
    unit: str


def make_for_roster(contest_id: str, unit_id: str, key: str, *, by: str | None, now: datetime) -> list[Slip]:
    """A code for everyone of the unit and all below it who has none, at most `MOST`: the rest by asking again.

    Left out are those who may not take part, and those with a role beyond taking part: a slip of
    paper must not open an organiser's account. Raises `Missing`; 422 `nobody_without_code`.
    """
    contest = _locked(contest_id)
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise Missing
    held = exists().where(EntryCode.contest_id == contest.id, EntryCode.account_id == Account.id,
                          EntryCode.revoked_at.is_(None))
    barred = exists().where(Barred.contest_id == contest.id, Barred.account_id == Account.id)
    people = db.session.execute(
        select(Account.id, Account.name, Account.unit_id, Account.audience, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Account.unit_id)
        .where(Unit.path.startswith(unit.path), Account.active, ~held, ~barred, ~beyond_taking_part())
        .order_by(Unit.sort_key, Unit.id, Account.sort_key, Account.id).limit(MOST)).all()
    if not people:
        raise Refusal("nobody_without_code", 422)
    rows = [EntryCode(unit_id=one.unit_id, account_id=one.id, audience=one.audience) for one in people]
    codes = _add(contest, rows, key, by, now)
    return [Slip(row.number, code, one.name, one.unit_name)
            for row, code, one in zip(rows, codes, people, strict=True)]


def make_blank(contest_id: str, unit_id: str | None, audience: str, count: int, key: str, *, by: str | None,
               now: datetime) -> list[Slip]:
    """`count` codes of nobody yet, for people of this unit (None: of no unit) and audience.

    Raises `Missing` for an unknown contest or unit, 422 `code_count`.
    """
    contest = _locked(contest_id)
    unit = db.session.get(Unit, unit_id) if unit_id else None
    if audience not in AUDIENCES or (unit_id and unit is None):
        raise Missing
    if not 1 <= count <= MOST:
        raise Refusal("code_count", 422, most=MOST)
    rows = [EntryCode(unit_id=unit_id, audience=audience) for _ in range(count)]
    codes = _add(contest, rows, key, by, now)
    return [Slip(row.number, code, "", unit.name if unit else "") for row, code in zip(rows, codes, strict=True)]


def revoke_code(contest_id: str, number: int, *, by: str | None, now: datetime) -> int:
    """Let the slip of this number open nothing any more. Returns how many were live: 0 or 1."""
    return _revoke(contest_id, by, now, EntryCode.number == number)


def revoke_unused(contest_id: str, unit_id: str | None, *, by: str | None, now: datetime) -> int:
    """As `revoke_code`, for all of a unit's slips that nobody has used."""
    return _revoke(contest_id, by, now, EntryCode.unit_id == unit_id, EntryCode.used_at.is_(None))


def beyond_taking_part() -> ColumnElement[bool]:
    """Whether the statement's Account holds a role beyond taking part."""
    return exists().where(Grant.account_id == Account.id, Grant.role != "contestant")


def _revoke(contest_id: str, by: str | None, now: datetime, *which: ColumnElement[bool]) -> int:
    numbers = sorted(db.session.scalars(
        update(EntryCode).where(EntryCode.contest_id == contest_id, EntryCode.revoked_at.is_(None), *which)
        .values(revoked_at=now).returning(EntryCode.number).execution_options(synchronize_session=False)))
    if numbers:
        record("contest.codes_revoked", "contest", contest_id, by=by, now=now, numbers=numbers)
    return len(numbers)


def _locked(contest_id: str) -> Contest:
    """The contest, locked: slips are numbered one after another. First starts do not wait for it."""
    row = db.session.scalar(select(Contest).where(Contest.id == contest_id).with_for_update(key_share=True))
    if row is None:
        raise Missing
    return row


def _add(contest: Contest, rows: list[EntryCode], key: str, by: str | None, now: datetime) -> list[str]:
    last = db.session.scalar(select(func.max(EntryCode.number)).where(EntryCode.contest_id == contest.id)) or 0
    codes = [draw_code() for _ in rows]
    for number, (row, code) in enumerate(zip(rows, codes, strict=True), start=last + 1):
        row.contest_id, row.number, row.made_at, row.made_by = contest.id, number, now, by
        row.digest = code_digest(code, key)
    db.session.add_all(rows)
    db.session.flush()
    record("contest.codes_made", "contest", contest.id, by=by, now=now, count=len(rows), first=last + 1)
    return codes
