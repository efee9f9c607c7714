"""The blueprint of the room's pages, and what they have in common."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask_babel import gettext

from contest.awards import queries, words
from contest.awards.candidates import formula_of
from contest.awards.models import PrizePlan
from contest.errors import Missing
from contest.identity.access import allowed
from contest.rounds.models import Contest, Round
from contest.rounds.pages import link
from contest.rounds.queries import get_contest, get_round
from contest.scoring.prizes import NAMED

blueprint = Blueprint("awards", __name__)
OF_ROUND = "/to-chuc/dot-thi/<id:round_id>/giai-thuong"
OF_CONTEST = "/to-chuc/cuoc-thi/<id:contest_id>/giai-thuong"
LIST = "/to-chuc/giai-thuong/<id:list_id>"

blueprint.add_app_template_filter(words.scope, "prize_scope")
blueprint.add_app_template_filter(words.given, "award_reason")
blueprint.add_app_template_filter(words.by_points, "by_points")
blueprint.add_app_template_filter(words.measured_line, "measured_line")
blueprint.add_app_template_filter(words.passed, "passed_reason")
blueprint.add_app_template_filter(words.unfilled, "unfilled_reason")
blueprint.add_app_template_filter(words.equal, "equal_words")
blueprint.add_app_template_filter(words.hundredths, "hundredths")
blueprint.add_app_template_filter(words.worked, "worked_lines")
blueprint.add_app_template_filter(words.asked, "threshold_words")
blueprint.add_app_template_filter(words.compared, "tie_words")
blueprint.add_app_template_filter(words.equals, "tie_figures")
blueprint.add_app_template_filter(words.unranked, "unranked_reason")


@blueprint.context_processor
def _tools() -> dict[str, Any]:
    return {"link": link, "may": allowed}


@blueprint.app_context_processor
def _announced() -> dict[str, Any]:
    """For the page of a contest, which may not import this room: whether it has prizes to show."""
    return {"prizes_announced": lambda contest: bool(queries.announced(contest.id))}


@dataclass(frozen=True)
class Place:
    """What prizes are of: a round, or a contest as a whole."""

    contest: Contest
    round: Round | None

    @property
    def at(self) -> dict[str, str]:
        """The address's values."""
        return {"round_id": self.round.id} if self.round else {"contest_id": self.contest.id}

    @property
    def title(self) -> str:
        return self.round.title if self.round else str(gettext("Giải chung của cuộc thi"))


def place_of(contest_id: str | None, round_id: str | None) -> Place:
    """The place of an address. Raises `Missing`, for a practice round too: it has no results that count."""
    if round_id:
        row = get_round(round_id)
        if row.kind != "contest":
            raise Missing
        return Place(row.contest, row)
    return Place(get_contest(contest_id or ""), None)


def formula_words(plan: PrizePlan) -> list[str]:
    """How the plan ranks units, in sentences: by its formula, and for prizes that go by a component alone."""
    measures = {row.measure: None for row in plan.prizes if row.kind == "collective" and row.measure != NAMED}
    return [*(words.formula(formula_of(plan)) if "" in measures else []),
            *(words.alone(formula_of(plan, one)) for one in measures if one)]
