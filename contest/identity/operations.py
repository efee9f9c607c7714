"""Signing in and out, passwords."""

import secrets
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import String, bindparam, delete, insert, select, update

from contest.audit.operations import record
from contest.columns import Id, Instant
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account, SignIn, SignInFailure
from contest.identity.queries import Credentials, Person, failures
from contest.prepared import Statement, prepared

# 20 ms a check: a herd of sign-ins at the opening minute is paid in CPU seconds.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_DUMMY = HASHER.hash(secrets.token_hex(16))  # an unknown name costs the same time
# Wrong tries per login name and device: (how many, within). Half-open: a try counts until it is
# exactly this old.
LIMITS = ((10, timedelta(minutes=15)), (20, timedelta(hours=1)))
WINDOW = max(window for _count, window in LIMITS)

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
# Read aloud or copied by hand: no i l o, no 0 1.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_LENGTH = 10  # 49 bits


def hash_password(password: str) -> str:
    """The argon2id hash; the same for composed and decomposed letters of one password."""
    return HASHER.hash(unicodedata.normalize("NFC", password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash. Takes 20 ms in every case; False for None."""
    try:
        right = HASHER.verify(password_hash or _DUMMY, unicodedata.normalize("NFC", password))
    except (Argon2Error, InvalidHashError):
        return False
    return right and password_hash is not None


def one_time_password() -> str:
    """A random password of ten characters that are hard to misread."""
    return "".join(secrets.choice(_READABLE) for _ in range(ONE_TIME_LENGTH))


def _refuse_further_tries(tries: list[datetime], now: datetime) -> None:
    waits = [tries[count - 1] + window - now for count, window in LIMITS
             if len(tries) >= count and tries[count - 1] > now - window]
    if waits:
        minutes = -(-max(waits) // timedelta(minutes=1))
        raise Refusal("too_many_tries", 429, minutes=minutes)


def check_tries(what: str, device: str, now: datetime) -> bool:
    """Whether this device has tried `what` wrongly. Raises 429 `too_many_tries` where that was too often."""
    tries = failures(what, device, now - WINDOW)
    _refuse_further_tries(tries, now)
    return bool(tries)


def count_try(what: str, device: str, now: datetime) -> None:
    """Count a wrong try of this device; the caller commits."""
    db.session.add(SignInFailure(login=what, device=device, at=now))
    db.session.flush()


def forget_tries(what: str, device: str) -> None:
    """Forget this device's wrong tries: it was right at last, or it serves many people."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.login == what, SignInFailure.device == device))


class Opened(NamedTuple):
    """A sign-in that was just made; `person` where they are at hand."""

    id: str
    person: Person | None = None


def sign_in(found: Credentials, password: str, *, digest_of_token: str, hours: int,
            now: datetime) -> Opened:
    """Start a sign-in for the account that `found` describes.

    `found` was read before, outside of any transaction: the check of the password takes long and must
    not hold the turn to write. Wrong tries from unknown devices never lock a known one out. Raises
    `Refusal`: `too_many_tries` (429), `wrong_credentials` (401); the caller commits in both cases, so
    that the failure is counted.
    """
    _refuse_further_tries(list(found.tries), now)
    right = matches(found.password_hash, password)
    tries = failures(found.login, found.device, now - WINDOW)  # tries side by side
    _refuse_further_tries(tries, now)
    person = found.person
    if not right or person is None or not _opened_by_password.here(
            token=digest_of_token, account=person.id, password_hash=found.password_hash, at=now,
            until=now + timedelta(hours=hours)):
        db.session.add(SignInFailure(login=found.login, device=found.device, at=now))
        db.session.execute(delete(SignInFailure).where(
            SignInFailure.login == found.login, SignInFailure.at <= now - WINDOW))
        db.session.flush()
        raise Refusal("wrong_credentials", 401)
    if tries:
        db.session.execute(delete(SignInFailure).where(
            SignInFailure.login == found.login, SignInFailure.device.is_not_distinct_from(found.device)))
    return Opened(digest_of_token, replace(person, sign_in_id=digest_of_token))


def open_sign_in(account_id: str, *, digest_of_token: str, hours: int, now: datetime,
                 person: Person | None = None) -> Opened:
    """Add a live sign-in of an account that has just proved itself, or whose owner just set its password."""
    _opened.here(id=digest_of_token, account_id=account_id, created_at=now, expires_at=now + timedelta(hours=hours),
                 revoked_at=None)
    return Opened(digest_of_token, person and replace(person, sign_in_id=digest_of_token))


@prepared
def _opened(_database: str) -> Statement:
    table: Any = SignIn.__table__
    return insert(table).values({column.name: bindparam(column.name, type_=column.type) for column in table.c})


@prepared
def _opened_by_password(_database: str) -> Statement:
    """Where the account is still as it was when its password was checked."""
    table: Any = SignIn.__table__
    return insert(table).from_select(
        ["id", "account_id", "created_at", "expires_at"],
        select(bindparam("token", type_=String), Account.id, bindparam("at", type_=Instant),
               bindparam("until", type_=Instant))
        .where(Account.id == bindparam("account", type_=Id), Account.active,
               Account.password_hash == bindparam("password_hash", type_=String))).returning(table.c.id)


def sign_out(sign_in_id: str, now: datetime) -> None:
    """End one sign-in; its cookie is worth nothing afterwards."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
                       .values(revoked_at=now))


def prolong(sign_in_id: str, until: datetime) -> None:
    """Let a live sign-in last until then; never shorter than it would."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None),
                                            SignIn.expires_at < until)
                       .values(expires_at=until).execution_options(synchronize_session=False))


def revoke_sign_ins(account_id: str, now: datetime) -> None:
    """End every sign-in of an account."""
    db.session.execute(update(SignIn).where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
                       .values(revoked_at=now))


def check_password(password: str, login: str) -> None:
    """Raise 422 as `set_password` does where this cannot be the password of `login`."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal("short_password", 422, least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Refusal("long_password", 422, most=LONGEST_PASSWORD)
    if password.casefold() == login or len(set(password)) < 3:
        raise Refusal("weak_password", 422)


def set_password(account: Account, password: str, *, by: str | None, must_change: bool, now: datetime) -> None:
    """Give the account a password, end its sign-ins, forget its wrong tries.

    Raises `Refusal` (422): `short_password` under 8 characters, `long_password` over 200,
    `weak_password` where it is the login name or one sign repeated.
    """
    check_password(password, account.login)
    put_hash(account, hash_password(password), by=by, must_change=must_change, now=now)


def put_hash(account: Account, password_hash: str, *, by: str | None, must_change: bool, now: datetime) -> None:
    """`set_password` for a hash that was made beforehand, outside of any transaction."""
    account.password_hash = password_hash
    account.must_change_password = must_change
    revoke_sign_ins(account.id, now)
    db.session.execute(delete(SignInFailure).where(SignInFailure.login == account.login))
    record("account.password_set", "account", account.id, by=by, now=now, one_time=must_change)
    db.session.flush()


def change_own_password(account_id: str, old: str | None, new: str, *, now: datetime) -> None:
    """The owner's change: `old` is asked for unless a one-time password is being replaced.

    Every sign-in of the account ends; the caller opens a new one for this browser. Raises
    `Refusal` (422): `wrong_old_password`, `same_password` and those of `set_password`.
    """
    account = db.session.scalar(select(Account).where(Account.id == account_id).with_for_update())
    if account is None:
        raise Missing
    if not (account.must_change_password and old is None) and not matches(account.password_hash, old or ""):
        raise Refusal("wrong_old_password", 422)
    if matches(account.password_hash, new):
        raise Refusal("same_password", 422)
    set_password(account, new, by=account_id, must_change=False, now=now)


def forget_past(now: datetime) -> int:
    """Delete wrong tries that count no more and sign-ins that ended 30 days ago. Returns how many rows."""
    tries = delete(SignInFailure).where(SignInFailure.at <= now - WINDOW)
    gone = delete(SignIn).where(SignIn.expires_at <= now - timedelta(days=30))
    return sum(int(getattr(db.session.execute(statement), "rowcount", 0)) for statement in (tries, gone))
