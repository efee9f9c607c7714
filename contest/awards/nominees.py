"""Whom the organisers named for a prize: as candidates, and as the page on which they name them wants to read it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from contest.awards.candidates import BARRED, Field, Holder, board_id, why_not
from contest.awards.models import Nominee, Prize, PrizePlan
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import fold
from contest.rounds.barred import barred_accounts
from contest.rounds.models import Contest, ContestUnit, Entry, Round
from contest.scoring.prizes import NAMED, Candidate, Scope
from contest.standings.board_models import Standing

OTHER_SCOPE = "other_scope"
PAGE = 100
FOUND = 20  # that a search shows: more words find fewer


def field(plan: PrizePlan, scope: Scope, passed: Mapping[str, bool] | None = None) -> Field:
    """Those named for a prize, in their order; who can't have it any more with the reason.

    `passed`: entry → whether it reaches the pass mark, for those who would stand otherwise on another board.
    """
    return _people(plan, scope, passed or {}) if scope.kind == "individual" else _units(scope)


def _people(plan: PrizePlan, scope: Scope, passed: Mapping[str, bool]) -> Field:
    barred = barred_accounts(plan.contest_id)
    standing = and_(Standing.board_id == board_id(plan), Standing.entry_id == Entry.id, Standing.ranked)
    found, holders = [], {}
    for rank, (row, entry, account, unit, bloc, at_mark) in enumerate(db.session.execute(
        select(Nominee, Entry, Account, func.coalesce(ContestUnit.name, Unit.name, ""),
               func.coalesce(ContestUnit.bloc, ""), func.coalesce(Standing.passed, False))
        .join(Account, Account.id == Nominee.holder)
        .join(Entry, and_(Entry.account_id == Account.id, Entry.contest_id == plan.contest_id))
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .outerjoin(Standing, standing)
        .where(Nominee.prize_id == scope.prize_id).order_by(Nominee.position)), 1
    ):
        fits = (not scope.audience or entry.audience == scope.audience) and (not scope.bloc or bloc == scope.bloc)
        why = BARRED if account.id in barred else OTHER_SCOPE if not fits else why_not(
            plan, account, passed=passed.get(entry.id, at_mark))
        found.append(Candidate(entry.id, account.id, rank, why, {"why": row.reason}))
        holders[entry.id] = Holder(entry.id, None, account.name, unit, bloc, 0)
    return Field(found, holders, more=False)


def _units(scope: Scope) -> Field:
    found, holders = [], {}
    for rank, (row, unit) in enumerate(db.session.execute(
        select(Nominee, ContestUnit).join(ContestUnit, ContestUnit.id == Nominee.holder)
        .where(Nominee.prize_id == scope.prize_id).order_by(Nominee.position)), 1
    ):
        why = OTHER_SCOPE if scope.bloc and unit.bloc != scope.bloc else ""
        found.append(Candidate(unit.id, unit.id, rank, why, {"why": row.reason}))
        holders[unit.id] = Holder(None, unit.id, unit.name, "", unit.bloc or "", 0)
    return Field(found, holders, more=False)


@dataclass(frozen=True)
class Place:
    """A prize whose holders are named, and what it is of."""

    prize: Prize
    plan: PrizePlan
    contest: Contest
    round: Round | None


def place(prize_id: str) -> Place:
    """Raises `Missing`, for a prize that goes by ranks too."""
    row = db.session.execute(
        select(Prize, PrizePlan, Contest, Round).join(PrizePlan, PrizePlan.id == Prize.plan_id)
        .join(Contest, Contest.id == PrizePlan.contest_id).outerjoin(Round, Round.id == PrizePlan.round_id)
        .where(Prize.id == prize_id, Prize.measure == NAMED).execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise Missing
    return Place(*row)


def counts(plan: PrizePlan) -> dict[str, int]:
    """Prize → how many were named for it; no line for a prize that nobody was named for."""
    return {row[0]: row[1] for row in db.session.execute(
        select(Nominee.prize_id, func.count()).join(Prize, Prize.id == Nominee.prize_id)
        .where(Prize.plan_id == plan.id, ~gone()).group_by(Nominee.prize_id))}


def gone() -> ColumnElement[bool]:
    """True for a unit that was named and then taken out of the contest, as it may be while nothing is published."""
    return ~or_(exists().where(ContestUnit.id == Nominee.holder), exists().where(Account.id == Nominee.holder))


def holders(plan: PrizePlan) -> set[tuple[str, str]]:
    """(prize, holder) of all who are named for the plan's prizes."""
    return {(row[0], row[1]) for row in db.session.execute(
        select(Nominee.prize_id, Nominee.holder).join(Prize, Prize.id == Nominee.prize_id)
        .where(Prize.plan_id == plan.id))}


@dataclass(frozen=True)
class Found:
    """A person or a unit that may be named. `holder`: the account or the participating unit."""

    holder: str
    name: str
    known_as: str  # the login, the code
    of: str  # the unit, the bloc


@dataclass(frozen=True)
class NomineeLine:
    """Somebody named. `by` None: the command line."""

    row: Nominee
    who: Found
    by: str | None


@dataclass(frozen=True)
class NomineePage:
    """Those named by their order. `after`: the position that the next page starts behind, None on the last one."""

    lines: list[NomineeLine]
    after: int | None


def page(where: Place, after: int = 0, limit: int = PAGE) -> NomineePage:
    """Who was named for a prize."""
    author = aliased(Account)
    every, id_, _order = _all(where)
    rows = db.session.execute(
        every.add_columns(Nominee, author.name).join(Nominee, Nominee.holder == id_)
        .outerjoin(author, author.id == Nominee.by)
        .where(Nominee.prize_id == where.prize.id, Nominee.position > after)
        .order_by(Nominee.position).limit(limit + 1)).all()
    lines = [NomineeLine(row[4], Found(*row[:4]), row[5]) for row in rows[:limit]]
    return NomineePage(lines, lines[-1].row.position if len(rows) > limit else None)


def search(where: Place, q: str) -> tuple[list[Found], bool]:
    """The first people by name or login, units by name or code, that hold all words of `q` and may be named.

    And whether there are more of them.
    """
    every, id_, order = _all(where)
    names, code = (Account.search_text, Account.login) if where.prize.kind == "individual" else (
        Unit.search_text, func.lower(Unit.code))
    words = [or_(names.contains(word, autoescape=True), code.contains(word, autoescape=True))
             for word in fold(q).split()]
    taken = select(Nominee.holder).where(Nominee.prize_id == where.prize.id)
    rows = [Found(*row) for row in db.session.execute(
        every.where(*words, *_fit(where), id_.not_in(taken)).order_by(order, id_).limit(FOUND + 1))] if words else []
    return rows[:FOUND], len(rows) > FOUND


def fitting(where: Place, holders: Collection[str]) -> set[str]:
    """Those of these accounts or participating units that may be named for the prize."""
    every, id_, _order = _all(where)
    return {row[0] for row in db.session.execute(every.where(id_.in_(holders), *_fit(where)))}


def _all(where: Place) -> tuple[Any, Any, Any]:
    """Everybody of the contest as `Found` has them; their ids; their order."""
    if where.prize.kind == "collective":
        units = (
            select(ContestUnit.id, ContestUnit.name, Unit.code, func.coalesce(ContestUnit.bloc, ""))
            .join(Unit, Unit.id == ContestUnit.unit_id).where(ContestUnit.contest_id == where.contest.id))
        return units, ContestUnit.id, ContestUnit.sort_key
    people = (
        select(Account.id, Account.name, Account.login, func.coalesce(ContestUnit.name, Unit.name, ""))
        .join(Entry, Entry.account_id == Account.id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(Entry.contest_id == where.contest.id))
    return people, Account.id, Account.sort_key


def _fit(where: Place) -> list[Any]:
    prize = where.prize
    return [*([Entry.audience == prize.audience] if prize.audience and prize.kind == "individual" else []),
            *([ContestUnit.bloc == prize.bloc] if prize.bloc else [])]
