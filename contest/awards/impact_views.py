"""What a grading run that waits for its decision would do to the prizes."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from contest.awards import operations, queries
from contest.awards.changes import changes
from contest.awards.models import PrizePlan
from contest.awards.operations import Names
from contest.awards.pages import blueprint, place_of
from contest.awards.queries import Difference
from contest.awards.under_run import Preview
from contest.errors import Refusal
from contest.identity.access import policy
from contest.scoring.prizes import Outcome
from contest.standings import recorded
from contest.standings.run_models import GradingRun


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/cham-lai/<int:number>/giai-thuong")
@policy("contest.edit")
def run_impact(round_id: str, number: int) -> ResponseReturnValue:
    """Who would gain, lose or change a prize of the round's plan if the run held."""
    place = place_of(None, round_id)
    run = recorded.run(round_id, number).run
    if run.state != "ready":
        raise Refusal("run_not_ready", 409)
    plan = queries.plan_of(place.contest.id, round_id)
    whole = queries.plan_of(place.contest.id, None)
    return render_template(
        "awards/impact.html", place=place, run=run, plan=plan, whole=whole is not None and bool(whole.prizes),
        frozen=queries.last_frozen(plan.id) if plan else None, **(_impact(plan, run) if plan else {}))


def _impact(plan: PrizePlan, run: GradingRun) -> dict[str, Any]:
    before, old = operations.outcome_of(plan)
    after, new = operations.outcome_of(plan, Preview(run).read)
    names = _by_id(old) | _by_id(new)
    found = changes(_held(before), _held(after))
    return {"rows": [Difference(one, *names[one.holder]) for one in found], "draws": after.undecided,
            "draws_before": len(before.undecided), "names": queries.prize_names(plan),
            "prizes": sum(prize.count for prize in plan.prizes)}


def _held(found: Outcome) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for award in found.awards:
        held.setdefault(award.candidate_id, []).append(award.prize_id)
    return held


def _by_id(names: Names) -> dict[str, tuple[str, str]]:
    return {id_: (holder.name, holder.unit_name or holder.bloc) for (_scope, id_), holder in names.items()}
