"""Who may be given a prize, in the order of their ranks, as the pure rules want to read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from contest.awards.models import Lot, PrizePlan
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.rounds.models import ContestUnit, Entry
from contest.scoring import collective, formulas
from contest.scoring.prizes import Candidate, Scope
from contest.standings.board import rules_of
from contest.standings.board_models import Standing, UnitTally
from contest.standings.keeping import rank_key_of

BARRED, BELOW_PASS, NO_PHONE = "barred", "below_pass_mark", "no_phone"


@dataclass(frozen=True)
class Holder:
    """Whose name stands on a list: a person's entry or a participating unit. `points` in hundredths."""

    entry_id: str | None
    unit_id: str | None
    name: str
    unit_name: str
    bloc: str
    points: int


@dataclass(frozen=True)
class Field:
    """The candidates of one scope, best first, and their names by candidate id. `more`: there are others behind."""

    candidates: list[Candidate]
    holders: Mapping[str, Holder]
    more: bool


def board_id(plan: PrizePlan) -> str:
    """The board that the plan's prizes are taken from."""
    return plan.round_id or plan.contest_id


def people(plan: PrizePlan, scope: Scope, limit: int) -> Field:
    """The first `limit` people of a scope, those outside the competition among them where they would stand."""
    rows = list(_ranked(plan, scope, limit + 1))
    more = len(rows) > limit
    rows = rows[:limit]
    last = rows[-1].rank_key if more else None
    rows = sorted([*rows, *(row for row in _outside(plan, scope) if last is None or row.rank_key <= last)],
                  key=lambda row: (row.rank_key, row.entry_id))
    lots = _lots(plan, scope.kind)
    found, rank, key, inside = [], 0, None, 0
    for row in rows:
        if row.reason != BARRED:
            inside += 1
        if row.rank_key != key:  # whoever is outside takes no rank from those behind
            rank, key = max(1, inside), row.rank_key
        found.append(Candidate(row.entry_id, row.account_id, rank, row.reason, lot=lots.get(row.account_id)))
    holders = {row.entry_id: Holder(row.entry_id, None, row.name, row.unit or "", row.bloc or "", row.points)
               for row in rows}
    return Field(found, holders, more)


@dataclass(frozen=True)
class _Row:
    entry_id: str
    account_id: str
    name: str
    unit: str | None
    bloc: str | None
    points: int
    rank_key: str
    reason: str


def _columns(plan: PrizePlan, scope: Scope) -> Any:
    where = [Standing.board_id == board_id(plan), Standing.attempts > 0]
    if scope.audience:
        where.append(Standing.audience == scope.audience)
    if scope.bloc:
        where.append(ContestUnit.bloc == scope.bloc)
    return (
        select(Standing, Account, func.coalesce(ContestUnit.name, Unit.name), ContestUnit.bloc)
        .join(Entry, Entry.id == Standing.entry_id).join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == Standing.unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(*where)
    )


def _ranked(plan: PrizePlan, scope: Scope, limit: int) -> Iterator[_Row]:
    for standing, account, unit, bloc in db.session.execute(
        _columns(plan, scope).where(Standing.ranked).order_by(Standing.rank_key, Standing.entry_id).limit(limit)
    ):
        reason = (BELOW_PASS if plan.need_pass and not standing.passed
                  else NO_PHONE if plan.need_phone and not account.phone else "")
        yield _Row(standing.entry_id, account.id, account.name, unit, bloc, standing.points, standing.rank_key, reason)


def _outside(plan: PrizePlan, scope: Scope) -> Iterator[_Row]:
    """People on the list of who may not take part, where their results would stand."""
    rules = rules_of(board_id(plan))
    for standing, account, unit, bloc in db.session.execute(_columns(plan, scope).where(Standing.outside)):
        yield _Row(standing.entry_id, account.id, account.name, unit, bloc, standing.points,
                   rank_key_of(rules, standing), BARRED)


def units(plan: PrizePlan, scope: Scope) -> Field:
    """All participating units of a scope by the plan's formula, those that it does not rank with the reason last."""
    found = collective.figures(formulas.read(plan.formula or DEFAULT_FORMULA), _units(plan, scope))
    names = {row.id: row for row in db.session.scalars(
        select(ContestUnit).where(ContestUnit.contest_id == plan.contest_id))}
    lots = _lots(plan, scope.kind)
    ranked = [Candidate(row.unit_id, row.unit_id, row.rank, lot=lots.get(row.unit_id)) for row in found.ranked]
    behind = max((row.rank for row in found.ranked), default=0) + 1
    others = [Candidate(row.unit_id, row.unit_id, behind, row.reason, row.params) for row in found.unranked]
    points = {row.unit_id: row.hundredths for row in found.ranked}
    holders = {id_: Holder(None, id_, row.name, "", row.bloc or "", points.get(id_, 0)) for id_, row in names.items()}
    return Field([*ranked, *others], holders, more=False)


# Where a plan says nothing else: the participation rate alone, then the average.
DEFAULT_FORMULA: Mapping[str, Any] = {
    "weights": [{"component": "rate", "percent": 100}], "group": "overall", "ties": ["average"]}


def _units(plan: PrizePlan, scope: Scope) -> Iterator[collective.Unit]:
    """The counts of each unit. Officials only, for its headcount counts officials."""
    tally = and_(UnitTally.board_id == board_id(plan), UnitTally.unit_key == ContestUnit.id,
                 UnitTally.audience == "official")
    for unit, row in db.session.execute(
        select(ContestUnit, UnitTally).outerjoin(UnitTally, tally).where(ContestUnit.contest_id == plan.contest_id)
    ):
        if scope.bloc and unit.bloc != scope.bloc:
            continue
        counts = {} if row is None else {name: getattr(row, name) for name in (
            "people", "attempts", "points", "max_points", "perfect", "passed")}
        yield collective.Unit(unit.id, unit.bloc or "", unit.headcount, **counts)


def _lots(plan: PrizePlan, kind: str) -> dict[str, int]:
    return {row.holder: row.number for row in db.session.scalars(
        select(Lot).where(Lot.plan_id == plan.id, Lot.kind == kind))}
