"""Passing a contest on: its QR code, its picture, a poster for the wall of a unit."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from contest import clock
from contest.config import Config
from contest.errors import Missing
from contest.identity.access import allowed, policy
from contest.rounds import cards, queries, sharing
from contest.rounds.models import Contest
from contest.rounds.pages import blueprint, chosen, owner_context

HOUR = "public, max-age=3600"  # nothing in them is anybody's own


def public_url() -> str:
    """The address that people type, without a slash at its end."""
    config: Config = current_app.extensions["contest_config"]
    return config.public_url


def address_of(contest: Contest) -> str:
    """The whole address of a contest's page, as it is passed on."""
    return public_url() + url_for("rounds.contest_page", code=contest.code)


blueprint.add_app_template_global(public_url)
blueprint.add_app_template_global(address_of)
blueprint.add_app_template_filter(sharing.zalo, "zalo")


def _shown(code: str, now: datetime) -> tuple[Contest, list[cards.Card]]:
    """A contest that has something to show, and its rounds. Raises `Missing`."""
    contest = queries.contest_by_code(code)
    found = cards.visible(now, contest_id=contest.id)
    if not found and not allowed("contest.read"):
        raise Missing
    return contest, found


@blueprint.get("/cuoc-thi/<code>/ma-qr.svg")
@policy("public.read")
def contest_qr(code: str) -> ResponseReturnValue:
    """The QR code of a contest's address."""
    contest, _cards = _shown(code, clock.now())
    return Response(sharing.qr(address_of(contest)), mimetype="image/svg+xml", headers={"Cache-Control": HOUR})


@blueprint.get("/cuoc-thi/<code>/anh.png")
@policy("public.read")
def contest_picture(code: str) -> ResponseReturnValue:
    """What messengers show beside a contest's address."""
    contest, _cards = _shown(code, clock.now())
    picture = sharing.picture(contest.title, queries.owner_of(contest).agency_name, urlsplit(public_url()).netloc)
    return Response(picture, mimetype="image/png", headers={"Cache-Control": HOUR})


@blueprint.get("/cuoc-thi/<code>/ap-phich")
@policy("public.read")
def contest_poster(code: str) -> ResponseReturnValue:
    """A page to print and hang up: what, when, and the QR code."""
    contest, found = _shown(code, clock.now())
    return render_template("rounds/poster.html", contest=contest, main=chosen(found), **owner_context(contest))
