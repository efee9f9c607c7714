"""Candidates as a grading run, or other rules of a contest's board, would leave them: its rows in the place of
standings.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, true

from contest.awards import candidates, nominees
from contest.awards.candidates import BARRED, Field, Line, Tallies
from contest.awards.models import Nominee, PrizePlan
from contest.columns import from_ms
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.models import Entry, Round
from contest.scoring import policy
from contest.scoring.policy import Policy
from contest.scoring.prizes import NAMED, Scope
from contest.standings import building, counters, ranks
from contest.standings.board import rules_of
from contest.standings.board_models import Standing
from contest.standings.keeping import rank_key_of
from contest.standings.overall_models import OverallPlace, OverallRun
from contest.standings.previewing import AUDIENCES
from contest.standings.run_models import GradingRun, RunPlace, RunTotal

CHUNK = 1_000


def of_round(run: GradingRun) -> "Preview":
    """For the plan of the run's round."""
    round_ = db.session.get_one(Round, run.round_id)
    return Preview(run.id, RunPlace, round_.id, building.rules_of(run, round_))


def of_contest(run: GradingRun) -> "Preview":
    """For the plan of the contest as a whole, where the run's round counts on its board (`run_totals`)."""
    contest_id = db.session.get_one(Round, run.round_id).contest_id
    return Preview(run.id, RunTotal, contest_id, rules_of(contest_id))


def of_rules(run: OverallRun) -> "Preview":
    """For the plan of the contest as a whole, where other rules hold on its board."""
    return Preview(run.id, OverallPlace, run.contest_id, policy.read(run.new_rules))


class Preview:
    """Where `operations.outcome_of` reads the candidates of a plan from: `of_round(run).read` and the others."""

    def __init__(self, run_id: str, places: Any, board_id: str, rules: Policy) -> None:
        self.run_id, self.places, self.board_id, self.rules = run_id, places, board_id, rules
        self._tallies: Tallies | None = None

    def read(self, plan: PrizePlan, scope: Scope, limit: int) -> Field:
        """The first `limit` candidates of a scope as they would stand, or all who were named."""
        if scope.measure == NAMED:
            return nominees.field(plan, scope, self._passed(scope))
        if scope.kind == "collective":
            self._tallies = self._tallies or self._counted()
            return candidates.unit_field(plan, scope, self._tallies)
        rows = sorted([*self._moved(plan, scope, limit + 1), *self._still(plan, scope, limit + 1)],
                      key=lambda row: (row.rank_key, row.entry_id))
        more = len(rows) > limit
        return candidates.field_of(plan, rows[:limit], self._outside(plan, scope),
                                   more=more and self._able_behind(plan, scope, rows[limit - 1]))

    def _moved(self, plan: PrizePlan, scope: Scope, limit: int) -> Iterator[Line]:
        for audience in [scope.audience] if scope.audience else AUDIENCES:  # as the index has them
            for place, account, unit, bloc in db.session.execute(
                candidates.named(scope, self.places).where(
                    self.places.run_id == self.run_id, self.places.audience == audience, self.places.after_key > "")
                .order_by(self.places.after_key, self.places.entry_id).limit(limit)
            ):
                yield Line(place.entry_id, account.id, account.name, unit, bloc, place.after["points"],
                           place.after_key, candidates.why_not(plan, account, passed=place.after["passed"]))

    def _still(self, plan: PrizePlan, scope: Scope, limit: int) -> Iterator[Line]:
        """Those whom the run leaves as they are. Where it moves everybody, nobody is looked for in vain."""
        moved = db.session.scalar(select(func.count()).select_from(self.places).where(
            *self._of(scope), self.places.before_key > ""))
        if moved == ranks.people(self.board_id, scope.audience):
            return
        for standing, account, unit, bloc in db.session.execute(
            candidates.named(scope, Standing).where(
                *ranks.of_group(self.board_id, scope.audience), self._untouched())
            .order_by(Standing.rank_key, Standing.entry_id).limit(limit)
        ):
            yield Line(standing.entry_id, account.id, account.name, unit, bloc, standing.points, standing.rank_key,
                       candidates.why_not(plan, account, passed=standing.passed))

    def _passed(self, scope: Scope) -> Mapping[str, bool]:
        """Of those named whom the run moves: entry → whether it would reach the pass mark."""
        return {place.entry_id: bool(place.after_key and place.after["passed"]) for place in db.session.scalars(
            select(self.places).join(Entry, Entry.id == self.places.entry_id)
            .join(Nominee, Nominee.holder == Entry.account_id)
            .where(self.places.run_id == self.run_id, Nominee.prize_id == scope.prize_id))}

    def _of(self, scope: Scope) -> list[Any]:
        return [self.places.run_id == self.run_id, self.places.audience == scope.audience if scope.audience else true()]

    def _untouched(self) -> Any:
        return ~exists().where(self.places.run_id == self.run_id, self.places.entry_id == Standing.entry_id)

    def _able_behind(self, plan: PrizePlan, scope: Scope, last: Line) -> bool:
        """As `candidates` has it: whether anybody behind this one may get a prize."""
        phones = [func.coalesce(Account.phone, "") != ""] if plan.need_phone else []
        sides = (
            (self.places, self.places.after_key, self.places.after["passed"].as_boolean(), self._of(scope)),
            (Standing, Standing.rank_key, Standing.passed,
             [*ranks.of_group(self.board_id, scope.audience), self._untouched()]))
        return any(db.session.execute(candidates.named(scope, table).where(
            *where, key >= last.rank_key, or_(key > last.rank_key, table.entry_id > last.entry_id), *phones,
            *([passed] if plan.need_pass else [])).limit(1)).first() is not None
            for table, key, passed, where in sides)

    def _outside(self, plan: PrizePlan, scope: Scope) -> Iterator[Line]:
        """People on the list of who may not take part, where their results would stand."""
        touched = db.session.execute(candidates.named(scope, self.places).where(
            *self._of(scope), self.places.after_key == "", self.places.after["outside"].as_boolean()))
        for place, account, unit, bloc in touched:
            if place.after["finished_at"]:
                yield self._barred(standing_of(place.after), account, unit, bloc)
        for row in db.session.execute(candidates.named(scope, Standing).where(
                Standing.board_id == self.board_id, Standing.outside, Standing.finished_at.is_not(None),
                self._untouched(),
                and_(Standing.audience == scope.audience) if scope.audience else true())):
            yield self._barred(*row)

    def _barred(self, standing: Standing, account: Account, unit: str | None, bloc: str | None) -> Line:
        return Line(standing.entry_id, account.id, account.name, unit, bloc, standing.points,
                    rank_key_of(self.rules, standing), BARRED)

    def _counted(self) -> Tallies:
        """What units would come to: their counts of now, moved by the difference of each person the run touches."""
        found = {unit: Counter(counts) for unit, counts in candidates.tallies_of(self.board_id).items()}
        for before, after in db.session.execute(
            select(self.places.before, self.places.after).where(self.places.run_id == self.run_id,
                                                          self.places.audience == "official")
            .execution_options(yield_per=CHUNK)
        ):
            for sign, row in ((-1, before), (1, after)):
                if row and row["unit_id"]:
                    counts = found.setdefault(row["unit_id"], Counter())
                    for name, value in zip(counters.FIGURES, counters.contribution(row), strict=True):
                        counts[name] += sign * value
        return {unit: {name: counts[name] for name in candidates.COUNTS} for unit, counts in found.items()}


def standing_of(row: Mapping[str, Any]) -> Standing:
    """A standing that a run keeps as plain values; not part of any session."""
    instants = {name: from_ms(row[name]) if row[name] is not None else None for name in ("finished_at", "entered_at")}
    return Standing(**{**row, **instants})
