"""Adding and changing people: their place, their password, their roles."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity import names
from contest.identity.events import person_moved
from contest.identity.models import AUDIENCES, ROLES, Account, Grant, Unit
from contest.identity.operations import hash_password, one_time_password, put_hash, revoke_sign_ins
from contest.identity.queries import account_of, login_of
from contest.identity.rosters import LOGIN


@dataclass(frozen=True)
class PersonData:
    """A person as a form or a list gives them."""

    login: str
    name: str
    unit_id: str | None
    position: str | None = None
    phone: str | None = None
    audience: str = "official"


def new_account(data: PersonData, now: datetime) -> Account:
    """The row of a person who cannot sign in yet, with the contestant's role; not yet in the session."""
    login, name = login_of(data.login), names.tidy(data.name)
    if not LOGIN.fullmatch(login) or not name or data.audience not in AUDIENCES:
        raise Refusal("bad_person", 422)
    return Account(login=login, name=name, unit_id=data.unit_id, position=data.position, phone=data.phone,
                   audience=data.audience, sort_key=names.name_sort_key(name), search_text=names.fold(name),
                   created_at=now, grants=[Grant(role="contestant")])


def add_person(data: PersonData, *, by: str | None, now: datetime) -> Account:
    """Add a person. Raises `Refusal`: `login_taken` (409), `bad_person` (422)."""
    account = new_account(data, now)
    try:
        with db.session.begin_nested():
            db.session.add(account)
            db.session.flush()
    except IntegrityError as error:
        raise Refusal("login_taken", 409, login=login_of(data.login)) from error
    record("account.created", "account", account.id, by=by, now=now, login=account.login, unit_id=account.unit_id)
    return account


def edit_person(account_id: str, *, name: str, position: str | None, phone: str | None, audience: str,
                by: str | None, now: datetime) -> tuple[str, ...]:
    """Give a person these values. Returns the changed fields. Raises `Missing`, `bad_person` (422)."""
    account, name = _locked(account_id), names.tidy(name)
    if not name or audience not in AUDIENCES:
        raise Refusal("bad_person", 422)
    values = {"name": name, "position": position, "phone": phone, "audience": audience}
    changed = tuple(field for field, value in values.items() if getattr(account, field) != value)
    for field in changed:
        setattr(account, field, values[field])
    if changed:
        account.sort_key, account.search_text = names.name_sort_key(name), names.fold(name)
        record("account.edited", "account", account_id, by=by, now=now, fields=list(changed))
    db.session.flush()
    return changed


def move_person(account_id: str, unit_id: str, *, by: str | None, now: datetime) -> bool:
    """Register a person with another unit. Returns False where they are there already.

    Contests that follow the move are told through `events.person_moved`. Raises `Missing`.
    """
    account = _locked(account_id)
    if db.session.get(Unit, unit_id) is None:
        raise Missing
    if account.unit_id == unit_id:
        return False
    before, account.unit_id = account.unit_id, unit_id
    record("account.moved", "account", account_id, by=by, now=now, before=before, after=unit_id)
    db.session.flush()
    person_moved.send(None, account_id=account_id, unit_id=unit_id, now=now)
    return True


def set_active(account_id: str, active: bool, *, by: str | None, now: datetime) -> None:
    """Let a person sign in again, or no longer: their sign-ins end at once.

    Raises `Refusal` `own_account` (422) where somebody would shut themselves out; `Missing`.
    """
    account = _locked(account_id)
    if account_id == by and not active:
        raise Refusal("own_account", 422)
    if account.active != active:
        account.active = active
        if not active:
            revoke_sign_ins(account_id, now)
        record("account.activated" if active else "account.deactivated", "account", account_id, by=by, now=now)
    db.session.flush()


def grant_role(account_id: str, role: str, unit_id: str | None = None, *, by: str | None, now: datetime) -> bool:
    """Give a role; `unit_id` for a coordinator only. Returns False where it is held already.

    The person's sign-ins end, so that the next one starts with the new rights. Raises `Refusal`
    `bad_role` (422), `Missing`.
    """
    _locked(account_id)
    if role not in ROLES or (role == "coordinator") != (unit_id is not None):
        raise Refusal("bad_role", 422)
    if unit_id is not None and db.session.get(Unit, unit_id) is None:
        raise Missing
    held = db.session.scalar(select(Grant.id).where(
        Grant.account_id == account_id, Grant.role == role, Grant.unit_id.is_not_distinct_from(unit_id)).limit(1))
    if held is not None:
        return False
    db.session.add(Grant(account_id=account_id, role=role, unit_id=unit_id))
    revoke_sign_ins(account_id, now)
    record("role.granted", "account", account_id, by=by, now=now, role=role, unit_id=unit_id)
    db.session.flush()
    return True


def revoke_role(account_id: str, grant_id: str, *, by: str | None, now: datetime) -> Grant:
    """Take a role away and end the person's sign-ins. Returns what was held.

    Raises `Refusal` `own_administrator` (422): nobody takes their own administrator's role; `Missing`.
    """
    _locked(account_id)
    grant = db.session.get(Grant, grant_id)
    if grant is None or grant.account_id != account_id:
        raise Missing
    if grant.role == "administrator" and account_id == by:
        raise Refusal("own_administrator", 422)
    db.session.delete(grant)
    revoke_sign_ins(account_id, now)
    record("role.revoked", "account", account_id, by=by, now=now, role=grant.role, unit_id=grant.unit_id)
    db.session.flush()
    return grant


@dataclass(frozen=True)
class DrawnPassword:
    """A one-time password with its hash, made before any transaction: 20 ms of work each."""

    password: str
    password_hash: str


def draw_passwords(count: int, progress: Callable[[int], None] | None = None) -> list[DrawnPassword]:
    """One-time passwords for `issue_passwords`. `progress` is told how many are done, one by one."""
    drawn = []
    passwords = [one_time_password() for _ in range(count)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        for password, hashed in zip(passwords, pool.map(hash_password, passwords), strict=True):
            drawn.append(DrawnPassword(password, hashed))
            if progress:
                progress(len(drawn))
    return drawn


def issue_password(account_id: str, drawn: DrawnPassword, *, by: str | None, now: datetime) -> Account:
    """Give one person a one-time password in place of any other; their sign-ins end. Raises `Missing`."""
    account = _locked(account_id)
    put_hash(account, drawn.password_hash, by=by, must_change=True, now=now)
    return account


@dataclass(frozen=True)
class Issued:
    """One line of the list that is handed out once."""

    login: str
    name: str
    unit: str
    password: str


def issue_passwords(account_ids: Sequence[str], drawn: Sequence[DrawnPassword], *, by: str | None,
                    now: datetime) -> list[Issued]:
    """One-time passwords for those of the accounts that still have none and are active."""
    issued = []
    for account_id, one in zip(account_ids, drawn, strict=True):
        account = account_of(account_id)
        if account.active and account.password_hash is None:
            put_hash(account, one.password_hash, by=by, must_change=True, now=now)
            issued.append(Issued(account.login, account.name, account.unit.name if account.unit else "",
                                 one.password))
    return issued


def _locked(account_id: str) -> Account:
    account = db.session.scalar(select(Account).where(Account.id == account_id).with_for_update()
                                .execution_options(populate_existing=True))
    if account is None:
        raise Missing
    return account
