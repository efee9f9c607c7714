"""A slip's code lets a person in: the one it was made for, or whoever uses it first."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, exists, func, select, true, update
from sqlalchemy.orm import aliased

from contest.audit.operations import record
from contest.columns import Id, Instant
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account, Grant, Unit
from contest.identity.names import tidy
from contest.identity.people import PersonData, add_person
from contest.identity.queries import Person, person_of, with_person
from contest.prepared import Statement, prepared
from contest.rounds.models import Contest, EntryCode, Round

AFTERWARDS = timedelta(days=30)  # from the last closing: results are looked at by the same code
_OWN = 7  # columns of `LiveCode`


class LiveCode(NamedTuple):
    """A code that opens something now."""

    id: str
    contest_id: str
    account_id: str | None
    unit_id: str | None
    audience: str
    number: int
    used_at: datetime | None
    person: Person | None  # whose it is, but for one that became somebody's at this very moment


def live_code(digest: str, now: datetime) -> LiveCode | None:
    """The code of this digest, locked; None where it opens nothing: unknown, revoked, its contest over
    or archived, its person inactive or with a role beyond taking part."""
    rows = _live.here(digest=digest, gone_by=now - AFTERWARDS)
    return LiveCode._make([*rows[0][:_OWN], person_of(rows)]) if rows else None


@prepared
def _live(_database: str) -> Statement:
    held = aliased(Grant)
    staff = exists().where(held.account_id == EntryCode.account_id, held.role != "contestant")
    published = (Round.contest_id == EntryCode.contest_id, Round.state == "published")
    shown = exists().where(*published, Round.closes_at > bindparam("gone_by", type_=Instant))
    over = exists().where(*published) & ~shown
    return with_person(
        select(*(getattr(EntryCode, name) for name in LiveCode._fields[:_OWN]))
        .join(Contest, Contest.id == EntryCode.contest_id)
        .outerjoin(Account, Account.id == EntryCode.account_id)
        .where(EntryCode.digest == bindparam("digest"), EntryCode.revoked_at.is_(None), Contest.archived_at.is_(None),
               ~staff, func.coalesce(Account.active, true()), ~over)
        .with_for_update(of=EntryCode)
    )


def use_code(code: LiveCode, name: str | None, phone: str | None, now: datetime) -> str:
    """The account that a live code opens, made now where it is a blank one's first use.

    Raises 422 `name_required` where that needs a name of at most 120 characters.
    """
    account_id = code.account_id or _new_account(code, tidy(name or ""), phone, now)
    if code.used_at is None:
        _used.here(code=code.id, account=account_id, at=now)
        record("contest.code_used", "contest", code.contest_id, by=account_id, now=now, number=code.number)
    return account_id


@prepared
def _used(_database: str) -> Statement:
    return update(EntryCode).where(EntryCode.id == bindparam("code", type_=Id)).values(
        account_id=bindparam("account", type_=Id), used_at=bindparam("at", type_=Instant))


def contest_of(code: LiveCode) -> Contest:
    """The contest that a code is for."""
    return db.session.get_one(Contest, code.contest_id)


def unit_name(code: LiveCode) -> str | None:
    """The name of the unit that a code is for."""
    return db.session.scalar(select(Unit.name).where(Unit.id == code.unit_id)) if code.unit_id else None


def _new_account(row: LiveCode, name: str, phone: str | None, now: datetime) -> str:
    if not 0 < len(name) <= 120:
        raise Refusal("name_required", 422)
    login = f"{contest_of(row).code}.{row.number}"
    try:
        return add_person(_data(row, login, name, phone), by=None, now=now).id
    except Refusal:  # somebody else has that login
        return add_person(_data(row, f"{login}.{secrets.token_hex(4)}", name, phone), by=None, now=now).id


def _data(row: LiveCode, login: str, name: str, phone: str | None) -> PersonData:
    return PersonData(login, name, row.unit_id, phone=phone, audience=row.audience)
