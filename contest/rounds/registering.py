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
class Workplace:
    """A unit that may be chosen: one that takes part (`depth` 0, or below another), or lies below one.

    `above`: the name of the unit over it, None at the top; `bloc`: of the one at the top.
    """

    unit_id: str
    name: str
    above: str | None
    bloc: str | None
    depth: int


def workplaces(contest_id: str) -> list[Workplace]:
    """The units of a contest as a tree, bloc by bloc, each before those below it. Two statements."""
    taking_part = {row.unit_id: row for row in queries.contest_units(contest_id)}
    units = {unit.id: unit for unit in queries.unit_tree()}
    place = {id_: number for number, id_ in enumerate(units)}
    ways = []
    for unit in units.values():
        way = unit.path.strip("/").split("/")
        top = next((number for number, id_ in enumerate(way) if id_ in taking_part), None)
        if top is not None:
            ways.append(way[top:])
    ways.sort(key=lambda way: (taking_part[way[0]].bloc or "", [place[id_] for id_ in way]))

    def named(id_: str) -> str:
        return taking_part[id_].name if id_ in taking_part else units[id_].name

    return [Workplace(way[-1], named(way[-1]), named(way[-2]) if len(way) > 1 else None, taking_part[way[0]].bloc,
                      len(way) - 1) for way in ways]


@dataclass(frozen=True)
class Registration:
    """What a person says of themselves. `phone`: digits, from 0 on; the login. `unit_id`: of `workplaces`."""

    name: str
    audience: str
    unit_id: str | None
    phone: str


def register(contest: Contest, said: Registration, password_hash: str, now: datetime) -> Account:
    """The new account, with the contestant's role and this password.

    Raises 409 `registration_closed`, `phone_taken` where any account has the number as its login or
    telephone; 422 `bad_person` for a unit that does not take part and
    lies below none that does.
    """
    if not queries.registration_open(contest, now):
        raise Refusal("registration_closed", 409)
    if said.unit_id and said.unit_id not in {one.unit_id for one in workplaces(contest.id)}:
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
