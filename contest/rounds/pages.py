"""The participants' pages: what is on, and a contest's own page. The blueprint of the room's pages."""

from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from contest import clock
from contest.errors import Missing
from contest.identity.access import allowed, person, policy
from contest.rounds import cards, queries, rule_words, words
from contest.rounds.cards import Card

blueprint = Blueprint("rounds", __name__)


def link(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, None where this installation has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


@blueprint.context_processor
def _tools() -> dict[str, Any]:
    return {"link": link, "may": allowed}


blueprint.add_app_template_filter(words.said, "said")
blueprint.add_app_template_filter(words.said_closing, "closing")
blueprint.add_app_template_filter(words.span, "span")
blueprint.add_app_template_filter(rule_words.quota, "quota")
blueprint.add_app_template_filter(rule_words.only, "only")
blueprint.add_app_template_filter(rule_words.audience, "audience_words")
blueprint.add_app_template_filter(rule_words.result_shown, "result_words")
blueprint.add_app_template_filter(rule_words.board_shown, "board_words")
blueprint.add_app_template_filter(rule_words.barred, "barred_words")
blueprint.add_app_template_filter(rule_words.prediction, "prediction_words")
blueprint.add_app_template_filter(rule_words.appeals, "appeal_words")
blueprint.add_app_template_filter(words.level_name, "level_name")
blueprint.add_app_template_filter(words.topic_name, "topic_name")


def owner_context(contest: Any) -> dict[str, Any]:
    """The header and hotlines of a contest's own pages."""
    owner = queries.owner_of(contest)
    return {"agency": {"parent": owner.agency_parent, "name": owner.agency_name, "seal": owner.seal},
            "hotline": owner.hotline}


@blueprint.get("/")
@policy("public.read")
def home() -> ResponseReturnValue:
    """What is on now, with the one next thing to do."""
    now = clock.now()
    if not current_user.is_authenticated:
        found = [card for card in cards.visible(now) if card.state in ("open", "upcoming")]
        return render_template("rounds/welcome.html", contests=_by_contest(found), now=now)
    found = cards.rounds_for(person(), now)
    return render_template(
        "rounds/home.html", now=now, live=[c for c in found if c.state == "open"],
        coming=[c for c in found if c.state == "upcoming"],
        past=[c for c in reversed(found) if c.state not in ("open", "upcoming")],
        work=_work() if person().roles - {"contestant"} else [], sits=_sits(),
    )


def _by_contest(found: list[Card]) -> list[list[Card]]:
    """The cards of each contest; contests with an open round first."""
    grouped: dict[str, list[Card]] = {}
    for card in found:
        grouped.setdefault(card.contest.id, []).append(card)
    return sorted(grouped.values(), key=lambda group: all(card.state != "open" for card in group))


def _sits() -> bool:
    """May this person be offered a sitting? Those who run the contest may not, unless they are entered as well."""
    return "contestant" in person().roles or not person().roles & {"organiser", "administrator"}


def _work() -> list[tuple[str, str]]:
    """Where this person's roles have something to do: (endpoint, address)."""
    places = (("rounds.contests", "contest.read"), ("questions.banks", "bank.read"), ("identity.people", "people.read"),
              ("identity.units", "unit.report"), ("marker.desks", "essay.mark"))
    return [(endpoint, url) for endpoint, action in places if allowed(action) and (url := link(endpoint))]


@blueprint.get("/cuoc-thi/<code>")
@policy("public.read")
def contest_page(code: str) -> ResponseReturnValue:
    """A contest for everyone: facts, rules, rounds, study material, hotlines."""
    now = clock.now()
    contest = queries.contest_by_code(code)
    someone = person() if current_user.is_authenticated else None
    found = cards.visible(now, account_id=someone.id if someone else None, contest_id=contest.id)
    if not found and not allowed("contest.read"):
        raise Missing
    mine = [card for card in found if someone is None or card.round.audience in ("all", someone.audience)]
    main = chosen(mine or found)
    return render_template(
        "rounds/contest_page.html", registering=queries.registration_open(contest, now),
        contest=contest, cards=found, main=main, now=now,
        practice=next((c for c in mine if c.round.kind == "practice" and c.action in ("enter", "continue")), None),
        documents=queries.study_documents([card.round.id for card in found]),
        unit=_unit(contest.id) if someone else None, **owner_context(contest),
    )


def chosen(found: list[Card]) -> Card | None:
    """The round that a contest's page is about: the open one, else the next, else the last."""
    contest_rounds = [card for card in found if card.round.kind == "contest"] or found
    for state in ("open", "upcoming"):
        if card := next((card for card in contest_rounds if card.state == state), None):
            return card
    return contest_rounds[-1] if contest_rounds else None


def _unit(contest_id: str) -> Any:
    path = queries.unit_path(person().unit_id)
    return queries.unit_of(contest_id, path) if path else None
