from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, false, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from contest.columns import Id, Instant
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, Grant, SignIn, SignInFailure, Unit
from contest.identity.names import fold
from contest.identity.permissions import Actor, Role
from contest.prepared import Statement, prepared


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
    expires_at: datetime | None = None  # of the sign-in; None where it is just being made

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
    """The person behind a live sign-in, or None where it is unknown, ended or revoked. One statement."""
    rows = _signed_in.look(sign_in=sign_in_id, now=now)
    found = person_of(rows, sign_in_id) if rows else None
    return found and replace(found, expires_at=rows[0][0])


def person_of(rows: Sequence[Sequence[Any]], sign_in_id: str = "") -> Person | None:
    """The person of what `with_person` returned, as somebody who is signed in so; None where there is no account."""
    account_id, login, name, unit_id, unit_name, audience, must_change_password, _role, _path = rows[0][-_PERSON:]
    roles = tuple(Role(role, path) for *_rest, role, path in rows if role is not None)
    return account_id and Person(sign_in_id, account_id, login, name, unit_id, unit_name, audience,
                                 must_change_password, Actor(account_id, roles))


def with_person(chosen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A statement that has Account in it, with a `Person`'s columns behind its own; a row for each role."""
    place = aliased(Unit)  # where the role holds
    return (
        chosen.add_columns(Account.id, Account.login, Account.name, Account.unit_id, Unit.name, Account.audience,
                           Account.must_change_password, Grant.role, place.path)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .outerjoin(Grant, Grant.account_id == Account.id)
        .outerjoin(place, place.id == Grant.unit_id)
        .order_by(Grant.id)
    )


_PERSON = 9  # columns


@prepared
def _signed_in(_database: str) -> Statement:
    alive = select(SignIn.expires_at).select_from(SignIn).join(Account, Account.id == SignIn.account_id)
    return with_person(alive.where(
        SignIn.id == bindparam("sign_in"), SignIn.revoked_at.is_(None),
        SignIn.expires_at > bindparam("now", type_=Instant), Account.active))


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against. `person` and `password_hash` are None for an unknown name;
    `device` is None for a browser that never signed in to this login; `tries` are wrong, latest first."""

    login: str
    device: str | None
    person: Person | None
    password_hash: str | None
    tries: tuple[datetime, ...]


def login_of(text: str) -> str:
    """A login as it is kept: lower case, no outer spaces, at most 80 characters."""
    return text.strip().casefold()[:80]


def credentials(login: str, device: str | None, since: datetime) -> Credentials:
    """The credentials of a login, with the wrong tries after `since`, as committed; opens no transaction."""
    login = login_of(login)
    rows = _account_of_login.look(login=login)
    tries = tuple(row[0] for row in _failures.look(login=login, device=device, since=since))
    return Credentials(login, device, person_of(rows) if rows else None, rows[0][0] if rows else None, tries)


def failures(login: str, device: str | None, since: datetime) -> list[datetime]:
    """The latest wrong tries after `since`, at most 20, latest first."""
    return [row[0] for row in _failures.here(login=login, device=device, since=since)]


@prepared
def _account_of_login(_database: str) -> Statement:
    return with_person(select(Account.password_hash).where(Account.login == bindparam("login")))


@prepared
def _failures(_database: str) -> Statement:
    return (
        select(SignInFailure.at)
        .where(SignInFailure.login == bindparam("login"),
               SignInFailure.device.is_not_distinct_from(bindparam("device", type_=String)),
               SignInFailure.at > bindparam("since", type_=Instant))
        .order_by(SignInFailure.at.desc()).limit(20)
    )


PAGE = 50
Paths = tuple[str, ...] | None  # see permissions.reach: None is everywhere


def within(paths: Paths) -> ColumnElement[bool]:
    """The condition that a unit lies in one of the subtrees."""
    if paths is None:
        return true()
    return or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)) if paths else false()


def unit_of(unit_id: str) -> Unit:
    """The unit. Raises `Missing`."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise Missing
    return unit


def account_of(account_id: str) -> Account:
    """The account with its unit and grants. Raises `Missing`."""
    account = db.session.scalar(
        select(Account).where(Account.id == account_id)
        .options(joinedload(Account.unit), selectinload(Account.grants).joinedload(Grant.unit))
    )
    if account is None:
        raise Missing
    return account


def roles_of(account: Account) -> tuple[Role, ...]:
    """The account's roles as the rules need them."""
    return tuple(Role(grant.role, grant.unit.path if grant.unit else None) for grant in account.grants)


@dataclass
class Node:
    """A unit in its tree. `people` and `headcount` are its own; `all_people` and `all_headcount` add
    everything below it (None where no unit of the subtree has a headcount)."""

    id: str
    code: str
    name: str
    kind: str
    bloc: str | None
    path: str
    depth: int
    headcount: int | None
    headcount_on: date | None
    people: int
    search_text: str
    children: list["Node"] = field(default_factory=list)
    all_people: int = 0
    all_headcount: int | None = None


def unit_tree(paths: Paths) -> list[Node]:
    """The top units of the subtrees, each with all below it; siblings in alphabetical order."""
    counts = select(Account.unit_id, func.count()).where(Account.active).group_by(Account.unit_id)
    people = {unit_id: int(number) for unit_id, number in db.session.execute(counts)}
    units = db.session.scalars(select(Unit).where(within(paths)).order_by(Unit.sort_key, Unit.id)).all()
    nodes = {
        unit.id: Node(unit.id, unit.code, unit.name, unit.kind, unit.bloc, unit.path, 0, unit.headcount,
                      unit.headcount_on, people.get(unit.id, 0), unit.search_text)
        for unit in units
    }
    tops: list[Node] = []
    for unit in units:
        parent = nodes.get(unit.parent_id or "")
        (parent.children if parent else tops).append(nodes[unit.id])
    for top in tops:
        _add_up(top, 0)
    return tops


def _add_up(node: Node, depth: int) -> None:
    node.depth, node.all_people, node.all_headcount = depth, node.people, node.headcount
    for child in node.children:
        _add_up(child, depth + 1)
        node.all_people += child.all_people
        if child.all_headcount is not None:
            node.all_headcount = (node.all_headcount or 0) + child.all_headcount


def flat(nodes: Iterable[Node]) -> list[Node]:
    """The nodes of a tree, each before its children."""
    return [found for node in nodes for found in (node, *flat(node.children))]


def found_units(nodes: Iterable[Node], text: str) -> list[Node]:
    """The units whose name or code holds every word of `text`, accents and case aside."""
    words = fold(text).split()
    return [node for node in flat(nodes)
            if all(word in node.search_text or word in fold(node.code) for word in words)]


@dataclass(frozen=True)
class PeoplePage:
    """A page of people in the order of Vietnamese lists. `before` and `after` are ids to page by."""

    people: list[Account]
    total: int
    before: str | None
    after: str | None


def people_page(paths: Paths, *, text: str = "", unit_path: str | None = None, unit_id: str | None = None,
                only: str | None = None, after: str | None = None, before: str | None = None, size: int = PAGE,
                ) -> PeoplePage:
    """The people of the subtrees whose name or login holds every word of `text`.

    `unit_path`: only that subtree; `unit_id`: only that unit itself. `only`: "no_password" or
    "inactive" narrows further. `after` and `before` are account ids: the page begins behind, or
    ends ahead of, that person.
    """
    where = and_(*_people_conditions(paths, text, unit_path, only), *([Account.unit_id == unit_id] if unit_id else []))
    total = db.session.scalar(select(func.count()).select_from(Account).outerjoin(Account.unit).where(where)) or 0
    place = tuple_(Account.sort_key, Account.id)
    statement = select(Account).outerjoin(Account.unit).where(where).options(
        contains_eager(Account.unit), selectinload(Account.grants).joinedload(Grant.unit))
    mark = before or after
    if mark:
        there = tuple_(select(Account.sort_key).where(Account.id == mark).scalar_subquery(),
                       literal(mark, Id()))
        statement = statement.where(place < there if before else place > there)
    order = (Account.sort_key.desc(), Account.id.desc()) if before else (Account.sort_key, Account.id)
    rows = list(db.session.scalars(statement.order_by(*order).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    if before:
        rows.reverse()
    earlier = bool(rows) and (more if before else bool(after))
    later = bool(rows) and (True if before else more)
    return PeoplePage(rows, total, rows[0].id if earlier else None, rows[-1].id if later else None)


def _people_conditions(paths: Paths, text: str, unit_path: str | None, only: str | None) -> list[ColumnElement[bool]]:
    conditions = [within(paths)]
    if unit_path:
        conditions.append(Unit.path.startswith(unit_path, autoescape=True))
    for word in fold(text).split():
        conditions.append(or_(Account.search_text.contains(word, autoescape=True),
                              Account.login.contains(word, autoescape=True)))
    if only == "no_password":
        conditions.append(and_(Account.password_hash.is_(None), Account.active))
    elif only == "inactive":
        conditions.append(~Account.active)
    return conditions


def without_password(paths: Paths, unit_path: str | None = None, limit: int | None = None) -> list[str]:
    """The ids of active accounts that cannot sign in yet, in the order of the list.

    Where the reach is bounded, those with a role beyond taking part are left to an administrator.
    """
    conditions = _people_conditions(paths, "", unit_path, "no_password")
    if paths is not None:
        conditions.append(~Account.grants.any(Grant.role != "contestant"))
    where = and_(*conditions)
    return list(db.session.scalars(select(Account.id).outerjoin(Account.unit).where(where)
                                   .order_by(Account.sort_key, Account.id).limit(limit)))
