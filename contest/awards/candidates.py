"""Who may be given a prize, in the order of their ranks, as the pure rules want to read it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from contest.awards import firsts
from contest.awards.entered import entered_units
from contest.awards.models import Lot, Prize, PrizePlan
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.rounds.models import ContestUnit, Entry, Round
from contest.scoring import collective, formulas
from contest.scoring.formulas import Formula
from contest.scoring.prizes import NAMED, Candidate, Scope
from contest.standings import ranks
from contest.standings.board import rules_of
from contest.standings.board_models import Standing, UnitTally
from contest.standings.keeping import rank_key_of

BARRED, BELOW_PASS, NO_PHONE = "barred", "below_pass_mark", "no_phone"
COUNTS = ("people", "attempts", "points", "max_points", "perfect", "passed")
Tallies = Mapping[str, Mapping[str, Any]]  # participating unit → its counts: `collective.Unit`


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


def scope_of(plan: PrizePlan, prize: Prize) -> Scope:
    """Whose list a prize is taken from."""
    return Scope(prize.kind, plan.round_id or "", prize.audience, prize.bloc, prize.measure,
                 prize.id if prize.measure == NAMED else "")


def scopes_of(plan: PrizePlan) -> dict[str, Scope]:
    """`scope_of` of each prize of the plan, by its id."""
    return {row.id: scope_of(plan, row) for row in plan.prizes}


def people(plan: PrizePlan, scope: Scope, limit: int) -> Field:
    """The first `limit` people of a scope, those outside the competition among them where they would stand."""
    rows = list(_ranked(plan, scope, limit + 1))
    more = len(rows) > limit
    rows = rows[:limit]
    outside = _outside(plan, scope)
    return field_of(plan, rows, outside, more=more and _able_behind(plan, scope, rows[-1] if rows else None))


@dataclass(frozen=True)
class Line:
    """A person on a board, as prizes need them. `reason`: why this one can't get any, or ""."""

    entry_id: str
    account_id: str
    name: str
    unit: str | None
    bloc: str | None
    points: int
    rank_key: str
    reason: str


def field_of(plan: PrizePlan, ranked: Sequence[Line], outside: Iterable[Line], *, more: bool) -> Field:
    """Candidates in one list: the ranked ones, and those outside who would stand among them."""
    last = ranked[-1].rank_key if more else None
    rows = sorted([*ranked, *(row for row in outside if last is None or row.rank_key <= last)],
                  key=lambda row: (row.rank_key, row.entry_id))
    lots = lots_of(plan, "individual")
    found, ahead, rank, key = [], 0, 1, None
    for row in rows:
        if row.rank_key != key:  # whoever is outside takes no rank from those behind
            rank, key = ahead + 1, row.rank_key
        ahead += row.reason != BARRED
        found.append(Candidate(row.entry_id, row.account_id, rank, row.reason, lot=lots.get(row.account_id)))
    holders = {row.entry_id: Holder(row.entry_id, None, row.name, row.unit or "", row.bloc or "", row.points)
               for row in rows}
    return Field(found, holders, more)


def named(scope: Scope, table: Any) -> Select[Any]:
    """Rows of a table of entries, with account, name of the unit and bloc, of a scope's bloc."""
    where = [ContestUnit.bloc == scope.bloc] if scope.bloc else []
    unit_id = table.unit_id if table is Standing else Entry.counted_unit_id  # a standing keeps its own
    return (
        select(table, Account, func.coalesce(ContestUnit.name, Unit.name), ContestUnit.bloc).select_from(table)
        .join(Entry, Entry.id == table.entry_id).join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(*where)
    )


def why_not(plan: PrizePlan, account: Account, *, passed: bool) -> str:
    """Why the plan's rules keep somebody who is ranked from a prize, or ""."""
    return BELOW_PASS if plan.need_pass and not passed else NO_PHONE if plan.need_phone and not account.phone else ""


def _ranked(plan: PrizePlan, scope: Scope, limit: int) -> Iterator[Line]:
    for standing, account, unit, bloc in db.session.execute(
        named(scope, Standing).where(*ranks.of_group(board_id(plan), scope.audience))
        .order_by(Standing.rank_key, Standing.entry_id).limit(limit)
    ):
        yield Line(standing.entry_id, account.id, account.name, unit, bloc, standing.points, standing.rank_key,
                   why_not(plan, account, passed=standing.passed))


def _able_behind(plan: PrizePlan, scope: Scope, last: Line | None) -> bool:
    """Whether anybody behind this one may get a prize: without one there is no use in reading on."""
    if last is None:
        return False
    needs = [Standing.passed] if plan.need_pass else []
    phones = [func.coalesce(Account.phone, "") != ""] if plan.need_phone else []
    behind = and_(Standing.rank_key >= last.rank_key,
                  or_(Standing.rank_key > last.rank_key, Standing.entry_id > last.entry_id))
    return db.session.execute(
        named(scope, Standing).where(*ranks.of_group(board_id(plan), scope.audience), behind, *needs, *phones).limit(1)
    ).first() is not None


def _outside(plan: PrizePlan, scope: Scope) -> Iterator[Line]:
    """People on the list of who may not take part, where their results would stand."""
    rules = rules_of(board_id(plan))
    where = [Standing.board_id == board_id(plan), Standing.outside, Standing.finished_at.is_not(None)]
    if scope.audience:
        where.append(Standing.audience == scope.audience)
    for standing, account, unit, bloc in db.session.execute(named(scope, Standing).where(*where)):
        yield Line(standing.entry_id, account.id, account.name, unit, bloc, standing.points,
                   rank_key_of(rules, standing), BARRED)


def units(plan: PrizePlan, scope: Scope) -> Field:
    """All participating units of a scope by what it goes by, those that this does not rank with the reason last."""
    return unit_field(plan, scope, tallies_of(board_id(plan)))


def unit_field(plan: PrizePlan, scope: Scope, tallies: Tallies) -> Field:
    """`units` by these counts."""
    found, names = figures_of(plan, scope, tallies)
    lots = lots_of(plan, scope.kind, scope.measure)
    ranked = [Candidate(row.unit_id, row.unit_id, row.rank, params=_told(scope, row), lot=lots.get(row.unit_id))
              for row in found.ranked]
    behind = max((row.rank for row in found.ranked), default=0) + 1
    others = [Candidate(row.unit_id, row.unit_id, behind, row.reason, row.params) for row in found.unranked]
    points = {row.unit_id: row.hundredths for row in found.ranked}
    holders = {id_: Holder(None, id_, row.name, "", row.bloc or "", points.get(id_, 0)) for id_, row in names.items()}
    return Field([*ranked, *others], holders, more=False)


def _told(scope: Scope, row: collective.Ranked) -> Mapping[str, int | str]:
    """What an award tells of a measure that its list goes by: it is what the prize is for."""
    line = row.lines[0]
    return {"measure": line.component, "numerator": line.numerator, "denominator": line.denominator} \
        if scope.measure else {}


# Where a plan says nothing else: the participation rate alone, then the average.
DEFAULT_FORMULA: Mapping[str, Any] = {
    "weights": [{"component": "rate", "percent": 100}], "group": "overall", "ties": ["average"]}


def formula_of(plan: PrizePlan, measure: str = "") -> Formula:
    """How the plan ranks units, or does for prizes that go by one component alone."""
    found = formulas.read(plan.formula or DEFAULT_FORMULA)
    return found.by(measure) if measure else found


def asks_firsts(plan: PrizePlan) -> bool:
    """Whether first prizes of the rounds decide anything in the plan."""
    return any(formula_of(plan, row.measure).asks_firsts for row in plan.prizes
               if row.kind == "collective" and row.measure != NAMED)


def unlisted(plan: PrizePlan) -> list[Round]:
    """The rounds whose first prizes the plan counts, and which have no frozen list yet."""
    return firsts.unlisted(plan.contest_id) if asks_firsts(plan) else []


def figures_of(plan: PrizePlan, scope: Scope, tallies: Tallies) -> tuple[collective.Figures, dict[str, ContestUnit]]:
    """What the units of a scope come to by these counts, and the units by id."""
    rows = {row.id: row for row in db.session.scalars(
        select(ContestUnit).where(ContestUnit.contest_id == plan.contest_id))
        if not scope.bloc or row.bloc == scope.bloc}
    formula = formula_of(plan, scope.measure)
    entered = entered_units(plan.contest_id) if formula.entered else {}
    held = firsts.held(plan.contest_id) if formula.asks_firsts else {}
    found = collective.figures(formula, (
        collective.Unit(row.id, row.bloc or "", row.headcount, entered=entered.get(row.id, frozenset()),
                        firsts=held.get(row.id, 0), **tallies.get(row.id, {})) for row in rows.values()))
    return found, rows


def tallies_of(board_id: str) -> Tallies:
    """What each unit's people came to. Officials only, for its headcount counts officials."""
    return {row.unit_key: {name: getattr(row, name) for name in COUNTS} for row in db.session.scalars(
        select(UnitTally).where(UnitTally.board_id == board_id, UnitTally.audience == "official"))}


def lots_of(plan: PrizePlan, kind: str, measure: str = "") -> dict[str, int]:
    """Holder → the lot drawn, in the lists of a kind that go by a measure."""
    return {row.holder: row.number for row in db.session.scalars(
        select(Lot).where(Lot.plan_id == plan.id, Lot.kind == kind, Lot.measure == measure))}
