from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contest.extensions import db
from contest.identity.models import Account, Grant, SignIn
from contest.identity.permissions import Actor, Role


@dataclass(frozen=True)
class Person:
    """The signed-in person as views and templates know them."""

    sign_in_id: str
    id: str
    login: str
    name: str
    unit_id: str | None
    unit_name: str | None
    audience: str
    must_change_password: bool
    actor: Actor

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.sign_in_id

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role.name for role in self.actor.roles)


def person_of_sign_in(sign_in_id: str, now: datetime) -> Person | None:
    """The person behind a live sign-in, or None where it is unknown, ended or revoked."""
    account = db.session.scalar(
        select(Account)
        .join(SignIn, SignIn.account_id == Account.id)
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now,
               Account.active)
        .options(joinedload(Account.unit), selectinload(Account.grants).joinedload(Grant.unit))
    )
    if account is None:
        return None
    return Person(
        sign_in_id=sign_in_id,
        id=account.id,
        login=account.login,
        name=account.name,
        unit_id=account.unit_id,
        unit_name=account.unit.name if account.unit else None,
        audience=account.audience,
        must_change_password=account.must_change_password,
        actor=Actor(account.id, tuple(
            Role(grant.role, grant.unit.path if grant.unit else None) for grant in account.grants
        )),
    )
