"""What units come to by the formula of collective prizes: ranks with the whole reckoning, and who is not ranked."""

from flask import render_template, request

from contest.awards import candidates, queries, words
from contest.awards.models import PrizePlan
from contest.awards.pages import OF_CONTEST, OF_ROUND, blueprint, place_of
from contest.identity.access import policy
from contest.rounds.queries import contest_blocs
from contest.scoring.prizes import MEASURES, NAMED, Scope

ROWS = 100


@blueprint.get(OF_ROUND + "/tap-the")
@blueprint.get(OF_CONTEST + "/tap-the")
@policy("contest.edit")
def unit_scores(contest_id: str | None = None, round_id: str | None = None) -> str:
    """Every unit with its rank, its score and how it comes about; the others with the reason."""
    place = place_of(contest_id, round_id)
    plan = queries.plan_of(place.contest.id, round_id) or PrizePlan(contest_id=place.contest.id, round_id=round_id)
    blocs = contest_blocs(place.contest.id)
    bloc = request.args.get("khoi", "")
    bloc = bloc if bloc in blocs else ""
    measures = _measures(plan)
    measure = request.args.get("theo", measures[0])
    measure = measure if measure in measures else measures[0]
    formula = candidates.formula_of(plan, measure)
    found, names = candidates.figures_of(plan, Scope("collective", bloc=bloc, measure=measure),
                                         candidates.tallies_of(candidates.board_id(plan)))
    after = max(0, request.args.get("sau", 0, type=int))
    return render_template(
        "awards/unit_scores.html", place=place, formula=[words.alone(formula)] if measure else words.formula(formula),
        by_bloc=formula.group == "bloc", measures=[(one, words.SHORT.get(one)) for one in measures], measure=measure,
        at={**place.at, **({"theo": measure} if measure != measures[0] else {})}, blocs=blocs, bloc=bloc,
        ranked=found.ranked[after:after + ROWS], total=len(found.ranked), unranked=found.unranked, names=names,
        after=after, next=after + ROWS if len(found.ranked) > after + ROWS else None,
        official=place.round.results_published_at is not None if place.round else True)


def _measures(plan: PrizePlan) -> list[str]:
    """What the plan's collective prizes go by, its formula ("") first; the formula alone where it has none yet."""
    found = {row.measure for row in plan.prizes if row.kind == "collective" and row.measure != NAMED}
    return sorted(found, key=MEASURES["collective"].index) or [""]
