import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, func, select, update

from contest.audit.operations import record
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account, SignIn, SignInFailure

# 20 ms a check: a herd of sign-ins at the opening minute is paid in CPU seconds.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_DUMMY = HASHER.hash(secrets.token_hex(16))  # an unknown name costs the same time
FAILURES_ALLOWED = 10  # per login name and device within the window below
FAILURE_WINDOW = timedelta(minutes=15)


def hash_password(password: str) -> str:
    return HASHER.hash(password)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        return HASHER.verify(password_hash or _DUMMY, password) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


def sign_in(login: str, password: str, *, device: str | None, digest_of_token: str,
            hours: int, now: datetime) -> SignIn:
    """Start a sign-in for this name and password.

    `device` names a browser that has signed in to this account before, None an unknown one: wrong
    tries from unknown devices never lock a known one out. Raises `Refusal`: `too_many_tries` (429),
    `wrong_credentials` (401); the caller commits in both cases, so that the failure is counted.
    """
    login = login.strip().casefold()[:80]
    failures = db.session.scalar(
        select(func.count()).select_from(SignInFailure)
        .where(SignInFailure.login == login, SignInFailure.device.is_not_distinct_from(device),
               SignInFailure.at > now - FAILURE_WINDOW)
    )
    if (failures or 0) >= FAILURES_ALLOWED:
        raise Refusal("too_many_tries", 429, minutes=int(FAILURE_WINDOW.total_seconds() // 60))
    account = db.session.scalar(select(Account).where(Account.login == login))
    if not _matches(account.password_hash if account else None, password) or account is None \
            or not account.active:
        db.session.add(SignInFailure(login=login, device=device, at=now))
        db.session.flush()
        raise Refusal("wrong_credentials", 401)
    sign_in_row = SignIn(id=digest_of_token, account_id=account.id, created_at=now,
                         expires_at=now + timedelta(hours=hours))
    db.session.add(sign_in_row)
    db.session.execute(delete(SignInFailure).where(
        SignInFailure.login == login, SignInFailure.device.is_not_distinct_from(device)))
    db.session.flush()
    return sign_in_row


def sign_out(sign_in_id: str, now: datetime) -> None:
    """End one sign-in; its cookie is worth nothing afterwards."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
                       .values(revoked_at=now))


def revoke_sign_ins(account_id: str, now: datetime) -> None:
    """End every sign-in of an account."""
    db.session.execute(update(SignIn).where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
                       .values(revoked_at=now))


def set_password(account: Account, password: str, *, by: str | None, must_change: bool, now: datetime) -> None:
    """Give the account a password and end its sign-ins. Raises `Refusal` `short_password` under 8."""
    if len(password) < 8:
        raise Refusal("short_password", 422, least=8)
    account.password_hash = hash_password(password)
    account.must_change_password = must_change
    revoke_sign_ins(account.id, now)
    record("account.password_set", "account", account.id, by=by, now=now)
    db.session.flush()
