"""The board over all rounds of a contest: its page, and its lines for programs."""

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from contest import clock
from contest.clock import rfc3339
from contest.errors import Missing, Refusal
from contest.identity.access import allowed, person, policy
from contest.rounds import scoring_words
from contest.rounds.adding_up import prediction_of
from contest.rounds.models import Contest, Round
from contest.rounds.queries import contest_by_code, get_contest, owner_of
from contest.scoring.policy import asks
from contest.standings import board as boards
from contest.standings import figures, overall_recorded, pages, parts
from contest.standings.api import REPORT, asked_audience, asked_limit, asked_part, lines_told, place_told
from contest.standings.explained import explain
from contest.standings.explained_words import sentences
from contest.standings.overall import masked, official

blueprint = Blueprint("overall", __name__)
ROWS = 50


@blueprint.get("/cuoc-thi/<code>/xep-hang-chung")
@policy("own.read")
def page(code: str) -> ResponseReturnValue:
    """Who stands where over all rounds with official results, officials and citizens apart."""
    contest = contest_by_code(code)
    rounds = _shown(contest)
    audience = {"nguoi-dan": "citizen", "cbccvc": "official"}.get(request.args.get("nhom", ""), person().audience)
    part = pages.chosen_part(contest.id, request.args)
    found = boards.board(contest.id, masked=masked(rounds), audience=audience, after=request.args.get("sau"),
                         limit=ROWS, account_id=person().id, part=part)
    place, rules = explain(contest.id, person().id) if found.own and not part else None, boards.rules_of(contest.id)
    owner = owner_of(contest)
    return render_template(
        "standings/overall.html", contest=contest, rounds=rounds, board=found, audience=audience,
        part=part, offer=parts.offered(contest.id), may_report=allowed(REPORT),
        first=request.args.get("sau") is None,
        actual=boards.actuals(rounds) if asks(rules, "distance") else [],
        order=scoring_words.chain(rules), sums=scoring_words.sums(rules),
        why=sentences(place, prediction_of(contest)) if place else [],
        changes=overall_recorded.in_force(contest.id), now=clock.now(),
        agency={"parent": owner.agency_parent, "name": owner.agency_name, "seal": owner.seal},
        hotline=owner.hotline)


@blueprint.get("/cuoc-thi/<code>/don-vi-chung")
@policy("own.read")
def units(code: str) -> ResponseReturnValue:
    """Participation and points of the units over all rounds with official results."""
    contest = contest_by_code(code)
    rounds = _shown(contest)
    owner = owner_of(contest)
    return render_template(
        "standings/overall_units.html", contest=contest, rounds=rounds, sides=figures.sides(contest.id),
        page=pages.units_page(figures.participation_on(contest.id, contest.id), request.args),
        agency={"parent": owner.agency_parent, "name": owner.agency_name, "seal": owner.seal},
        hotline=owner.hotline)


@blueprint.get("/api/v1/contests/<id:contest_id>/leaderboard")
@policy("own.read")
def lines(contest_id: str) -> ResponseReturnValue:
    """A page of the board over all rounds, and one's own place on it."""
    now = clock.now()
    contest = get_contest(contest_id)
    rounds = _shown(contest)
    found = boards.board(contest.id, masked=masked(rounds), audience=asked_audience(),
                         after=request.args.get("after"), limit=asked_limit(), part=asked_part(contest.id))
    place: Any = explain(contest.id, person().id)
    return jsonify({
        **lines_told(found), "rounds": [round_.id for round_ in rounds],
        "rank": place.rank if place else None, "of": place.of if place else None, "place": place_told(place),
        "as_of": rfc3339(now)})


def _shown(contest: Contest) -> list[Round]:
    """The rounds that count by now. Raises `Missing` without such a board; 403 `not_yet` before the first results."""
    if contest.overall is None:
        raise Missing
    rounds = list(official(contest.id).values())
    if not rounds or any(round_.board_shown == "never" for round_ in rounds):
        raise Refusal("not_yet", 403)
    return rounds
