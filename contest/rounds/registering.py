"""People without an account register themselves for a contest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select

from contest.audit.operations import record
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.operations import put_hash
from contest.identity.people import PersonData, add_person
from contest.rounds import queries
from contest.rounds.models import Contest

CONSENT = 2  # the wording of templates/rounds/consent.html that people agree to; another wording, another number


@dataclass(frozen=True)
class Registration:
    """What a person says of themselves. `phone`: digits, from 0 on; it becomes the login. `unit_id`: of the contest."""

    name: str
    audience: str
    unit_id: str | None
    phone: str


def register(contest: Contest, said: Registration, password_hash: str, now: datetime) -> Account:
    """The new account, with the contestant's role and this password.

    Raises 409 `registration_closed`, `phone_taken` where any account has the number as its login or
    telephone; 422 `bad_person` for a unit that does not take part.
    """
    if not queries.registration_open(contest, now):
        raise Refusal("registration_closed", 409)
    if said.unit_id and said.unit_id not in {row.unit_id for row in queries.contest_units(contest.id)}:
        raise Refusal("bad_person", 422)
    taken = exists().where(or_(Account.login == said.phone, Account.phone == said.phone))
    if db.session.scalar(select(taken)):
        raise Refusal("phone_taken", 409)
    try:
        account = add_person(PersonData(said.phone, said.name, said.unit_id, phone=said.phone, audience=said.audience),
                             by=None, now=now)
    except Refusal as refusal:
        raise Refusal("phone_taken", 409) if refusal.code == "login_taken" else refusal from refusal
    put_hash(account, password_hash, by=account.id, must_change=False, now=now)
    record("account.registered", "account", account.id, by=account.id, now=now, contest=contest.id, consent=CONSENT)
    return account
