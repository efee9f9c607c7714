"""What put the holder of a prize before whoever stands next in the list that it was taken from."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from contest.awards import candidates
from contest.awards.models import PrizePlan
from contest.extensions import db
from contest.rounds.adding_up import prediction_of
from contest.rounds.models import Contest, Round
from contest.scoring import collective, ranking
from contest.scoring.prizes import NAMED, Outcome, Scope
from contest.standings import explained, ranks
from contest.standings.board import rules_of
from contest.standings.board_models import Standing

Params = Mapping[str, Any]
FETCH = 1_000
SUM = "sum"  # of units: what the formula adds up to; else a component of it
Decided = Mapping[tuple[Scope, str], Params]


def decided(plan: PrizePlan, found: Outcome, scopes: Mapping[str, Scope]) -> Decided:
    """(scope, candidate) → what decided, of everybody who is given a prize and has somebody behind.

    `criterion`, with the values `mine` and `other`: one of `ranking` (`prediction` says how a guess is written), or of
    units `SUM` or a component, as [numerator, denominator]. `equal`: as many points as the next, or as much of the
    list's measure. `scopes`: by prize. Whom the organisers named stands before nobody.
    """
    ids: dict[Scope, set[str]] = {}
    for one in found.awards:
        if scopes[one.prize_id].measure != NAMED:
            ids.setdefault(scopes[one.prize_id], set()).add(one.candidate_id)
    return {(scope, id_): told for scope, some in ids.items()
            for id_, told in (_units(plan, scope, some) if scope.kind == "collective" else _people(plan, scope, some))}


def _people(plan: PrizePlan, scope: Scope, ids: Collection[str]) -> Iterator[tuple[str, Params]]:
    board_id = candidates.board_id(plan)
    rules, prediction = rules_of(board_id), _prediction(plan)
    behind = after = None
    for row in reversed(_down_to_next(board_id, scope, ids)):
        if after is not None and after["rank_key"] != row["rank_key"]:
            behind = after
        after = row
        if behind is None or row["entry_id"] not in ids:
            continue
        told = ranking.decided(explained.values(row, rules), explained.values(behind, rules), rules.chain)
        if told:
            yield row["entry_id"], {"criterion": told.criterion, "mine": told.mine, "other": told.other,
                                    "equal": row["points"] == behind["points"], "prediction": prediction}


def _down_to_next(board_id: str, scope: Scope, ids: Collection[str]) -> Sequence[RowMapping]:
    """The ranked of a scope, best first, down to the last of these and the one behind."""
    ranked = (candidates.named(scope, Standing).with_only_columns(*explained.figures(), Standing.rank_key)
              .where(*ranks.of_group(board_id, scope.audience)).order_by(Standing.rank_key, Standing.entry_id))
    rows, left, last = [], set(ids), None
    with db.session.execute(ranked.execution_options(yield_per=FETCH)) as found:
        for row in found.mappings():
            rows.append(row)
            if row["entry_id"] in left:
                left.discard(row["entry_id"])
                last = row["rank_key"]
            elif not left and row["rank_key"] != last:
                break
    return rows


def _prediction(plan: PrizePlan) -> str:
    if plan.round_id:
        return db.session.get_one(Round, plan.round_id).prediction
    return prediction_of(db.session.get_one(Contest, plan.contest_id))


def _units(plan: PrizePlan, scope: Scope, ids: Collection[str]) -> Iterator[tuple[str, Params]]:
    ranked = candidates.figures_of(plan, scope, candidates.tallies_of(candidates.board_id(plan)))[0].ranked
    behind = after = None
    for row in reversed(ranked):
        if after is None or after.group != row.group:
            behind = None
        elif after.rank != row.rank:
            behind = after
        after = row
        if behind and row.unit_id in ids:
            yield row.unit_id, _of_units(row, behind, alone=bool(scope.measure))


def _of_units(row: collective.Ranked, behind: collective.Ranked, *, alone: bool) -> Params:
    differ = row.points != behind.points
    if differ and not alone:
        return {"criterion": SUM, "mine": row.hundredths, "other": behind.hundredths, "equal": False}
    one, two = (row.lines[0], behind.lines[0]) if differ else next(
        (one, two) for one, two in zip(row.ties, behind.ties, strict=True) if one.value != two.value)
    return {"criterion": one.component, "mine": [one.numerator, one.denominator],
            "other": [two.numerator, two.denominator], "equal": not differ}
