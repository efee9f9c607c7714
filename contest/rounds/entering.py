"""A slip's code lets a person in: the one it was made for, or whoever uses it first."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from contest.audit.operations import record
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account, Grant, Unit
from contest.identity.names import tidy
from contest.identity.people import PersonData, add_person
from contest.rounds.models import Contest, EntryCode, Round

AFTERWARDS = timedelta(days=30)  # from the last closing: results are looked at by the same code


def live_code(digest: str, now: datetime) -> EntryCode | None:
    """The code of this digest, locked; None where it opens nothing: unknown, revoked, its contest over
    or archived, its person inactive or with a role beyond taking part."""
    staff = exists().where(Grant.account_id == EntryCode.account_id, Grant.role != "contestant")
    gone = exists().where(Account.id == EntryCode.account_id, ~Account.active)
    published = (Round.contest_id == EntryCode.contest_id, Round.state == "published")
    over = exists().where(*published) & ~exists().where(*published, Round.closes_at > now - AFTERWARDS)
    return db.session.scalar(
        select(EntryCode).join(Contest, Contest.id == EntryCode.contest_id)
        .where(EntryCode.digest == digest, EntryCode.revoked_at.is_(None), Contest.archived_at.is_(None),
               ~staff, ~gone, ~over)
        .with_for_update(of=EntryCode).execution_options(populate_existing=True))


def use_code(row: EntryCode, name: str | None, phone: str | None, now: datetime) -> str:
    """The account that a live code opens, made now where it is a blank one's first use.

    Raises 422 `name_required` where that needs a name of at most 120 characters.
    """
    if row.account_id is None:
        row.account_id = _new_account(row, tidy(name or ""), phone, now)
    if row.used_at is None:
        row.used_at = now
        record("contest.code_used", "contest", row.contest_id, by=row.account_id, now=now, number=row.number)
    db.session.flush()
    return row.account_id


def contest_of(row: EntryCode) -> Contest:
    """The contest that a code is for."""
    return db.session.get_one(Contest, row.contest_id)


def unit_name(row: EntryCode) -> str | None:
    """The name of the unit that a code is for."""
    return db.session.scalar(select(Unit.name).where(Unit.id == row.unit_id)) if row.unit_id else None


def _new_account(row: EntryCode, name: str, phone: str | None, now: datetime) -> str:
    if not 0 < len(name) <= 120:
        raise Refusal("name_required", 422)
    login = f"{contest_of(row).code}.{row.number}"
    try:
        return add_person(_data(row, login, name, phone), by=None, now=now).id
    except Refusal:  # somebody else has that login
        return add_person(_data(row, f"{login}.{secrets.token_hex(4)}", name, phone), by=None, now=now).id


def _data(row: EntryCode, login: str, name: str, phone: str | None) -> PersonData:
    return PersonData(login, name, row.unit_id, phone=phone, audience=row.audience)
