"""What a grading run, or other rules of a contest's board, would do to the prizes while it waits for its decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from contest.awards import candidates, operations, queries
from contest.awards.changes import changes
from contest.awards.models import AwardList, PrizePlan
from contest.awards.operations import Names
from contest.awards.pages import blueprint, place_of
from contest.awards.queries import Difference
from contest.awards.under_run import Preview, of_contest, of_round, of_rules
from contest.errors import Refusal
from contest.identity.access import policy
from contest.scoring.prizes import Outcome, Undecided
from contest.standings import overall, overall_recorded, recorded, run_totals
from contest.standings.overall_models import OverallRun
from contest.standings.run_models import GradingRun


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/cham-lai/<int:number>/giai-thuong")
@policy("contest.edit")
def run_impact(round_id: str, number: int) -> ResponseReturnValue:
    """Who would gain, lose or change a prize of the round's plan, or of the whole contest's, if the run held."""
    place = place_of(None, round_id)
    run = recorded.run(round_id, number).run
    if run.state != "ready":
        raise Refusal("run_not_ready", 409)
    plan = queries.plan_of(place.contest.id, round_id)
    whole = queries.plan_of(place.contest.id, None)
    return render_template(
        "awards/impact.html", place=place, run=run, own=_impact(plan, of_round(run)) if plan and plan.prizes else None,
        whole=_whole(whole, run) if whole and whole.prizes else None)


@blueprint.get("/to-chuc/cuoc-thi/<id:contest_id>/xep-hang-chung/sua/<int:number>/giai-thuong")
@policy("contest.edit")
def overall_impact(contest_id: str, number: int) -> ResponseReturnValue:
    """Who would gain, lose or change a prize of the whole contest if the other rules of its board held."""
    place = place_of(contest_id, None)
    run = overall_recorded.run(contest_id, number).run
    if run.state != "ready":
        raise Refusal("overall_run_not_ready", 409)
    plan = queries.plan_of(contest_id, None)
    whole = _of_rules(plan, run) if plan and plan.prizes else None
    return render_template("awards/overall_impact.html", place=place, run=run, whole=whole)


def _of_rules(plan: PrizePlan, run: OverallRun) -> "Impact":
    if run.basis != overall.basis(run.contest_id):
        return Impact([], (), 0, {}, queries.last_frozen(plan.id), "outdated")
    return _impact(plan, of_rules(run))


@dataclass(frozen=True)
class Impact:
    """What a run would do to the prizes of a plan. `why_not`: "not_counted" where the round does not count on the
    contest's board yet, "outdated" where that board has changed since the preview was built.
    """

    rows: list[Difference]
    draws: Sequence[Undecided]
    draws_before: int
    names: dict[str, str]
    frozen: AwardList | None
    why_not: str = ""
    firsts: bool = False  # it counts first prizes, which stand in frozen lists until there are others


def _whole(plan: PrizePlan, run: GradingRun) -> Impact:
    if not run_totals.counts(run) or not run_totals.current(run):
        return Impact([], (), 0, {}, queries.last_frozen(plan.id),
                      "outdated" if run_totals.counts(run) else "not_counted")
    return _impact(plan, of_contest(run))


def _impact(plan: PrizePlan, preview: Preview) -> Impact:
    before, old = operations.outcome_of(plan)
    after, new = operations.outcome_of(plan, preview.read)
    names = _by_id(old) | _by_id(new)
    return Impact([Difference(one, *names[one.holder]) for one in changes(_held(before), _held(after))],
                  after.undecided, len(before.undecided), queries.prize_names(plan), queries.last_frozen(plan.id),
                  firsts=candidates.asks_firsts(plan))


def _held(found: Outcome) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for award in found.awards:
        held.setdefault(award.candidate_id, []).append(award.prize_id)
    return held


def _by_id(names: Names) -> dict[str, tuple[str, str]]:
    return {id_: (holder.name, holder.unit_name or holder.bloc) for (_scope, id_), holder in names.items()}
