"""Pages about results: one's own, the board, the units, the organisers' overview."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from contest import clock
from contest.delivery import prediction
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.rounds import scoring_words
from contest.rounds.cards import cards
from contest.rounds.eligibility import listed, state_of
from contest.rounds.forms import ConfirmForm
from contest.rounds.models import Round
from contest.rounds.queries import owner_of as owner_of_contest
from contest.standings import appealed, figures, operations, outside, pages, parts, publications, queries
from contest.standings import board as boards
from contest.standings.explained import explain
from contest.standings.explained_words import sentences
from contest.standings.published_files import let_hold, publish
from contest.standings.results import attempt_result

blueprint = Blueprint("standings", __name__)
BOARD_ROWS = 50
REPORT = "report.read"
# What keeps results from being published → the page where that is done.
FIRST = {"essays_pending": "marking.overview", "marking_open": "marking.overview",
         "number_not_given": "standings.overview"}


def _owner(round_: Round) -> dict[str, Any]:
    """Whose page it is and whom to call: the round's own contest."""
    owner = owner_of_contest(round_.contest)
    return {"agency": {"parent": owner.agency_parent, "name": owner.agency_name, "seal": owner.seal},
            "hotline": owner.hotline}


def _state(round_: Round, now: datetime) -> str:
    return state_of(round_.state, round_.opens_at, round_.closes_at, round_.results_published_at, now)


@blueprint.get("/luot-thi/<id:attempt_id>/ket-qua")
@policy("own.read")
def result(attempt_id: str) -> ResponseReturnValue:
    """What one's own attempt came to, with the right answers once they may be shown."""
    now = clock.now()
    who = person().id
    found = attempt_result(attempt_id, who, now)
    left = cards([found.round], now, who)[0].left if _state(found.round, now) == "open" else 0
    why = sentences(found.place, found.round.prediction) if found.place else []
    return render_template("standings/result.html", result=found, why=why, wrong_only=request.args.get("cau") == "sai",
                           objections=appealed.objections(found.round, attempt_id, now), left=left,
                           **_owner(found.round))


@blueprint.get("/ket-qua-cua-toi")
@policy("own.read")
def mine() -> ResponseReturnValue:
    """One's own attempts, newest first."""
    now = clock.now()
    return render_template("standings/mine.html", attempts=queries.own_attempts(person().id, now),
                           appeals=appealed.own(person().id))


@blueprint.get("/dot-thi/<id:round_id>/xep-hang")
@policy("own.read")
def leaderboard(round_id: str) -> ResponseReturnValue:
    """The board, officials and citizens apart; of a unit's or a bloc's people where one is chosen."""
    now = clock.now()
    round_ = queries.board_round(round_id, now, privileged=allowed(REPORT))
    audience = round_.audience if round_.audience != "all" else _audience()
    seen = queries.shown(round_, now, privileged=allowed(REPORT))
    part = pages.chosen_part(round_.contest_id, request.args)
    page = boards.board(seen.board_id, masked=round_.mask_names, audience=audience, after=request.args.get("sau"),
                        limit=BOARD_ROWS, account_id=person().id, part=part)
    place = explain(seen.board_id, person().id) if page.own and not part else None
    rules = boards.rules_of(seen.board_id)
    return render_template("standings/leaderboard.html", round=round_, board=page, audience=audience,
                           part=part, offer=parts.offered(round_.contest_id),
                           why=sentences(place, round_.prediction) if place else [],
                           actual=boards.actual(seen.board_id) if round_.prediction != "none" else None,
                           order=scoring_words.chain(rules), counted=scoring_words.counted_by(rules),
                           fresh=queries.freshness(round_, now, seen), first=request.args.get("sau") is None,
                           **_owner(round_))


def _audience() -> str:
    return {"nguoi-dan": "citizen", "cbccvc": "official"}.get(request.args.get("nhom", ""), person().audience)


@blueprint.get("/dot-thi/<id:round_id>/don-vi")
@policy("own.read")
def units(round_id: str) -> ResponseReturnValue:
    """Participation and quality, unit by unit."""
    now = clock.now()
    round_ = queries.board_round(round_id, now, privileged=allowed(REPORT))
    seen = queries.shown(round_, now, privileged=allowed(REPORT))
    before = queries.previous_round(round_) if now >= round_.closes_at else None  # like with like
    participation = figures.participation(round_, seen.board_id)
    return render_template(
        "standings/units.html", round=round_, page=pages.units_page(participation, request.args),
        sides=figures.sides(seen.board_id), before=_sides_before(before, now), previous=before,
        fresh=queries.freshness(round_, now, seen), may_report=allowed(REPORT), **_owner(round_))


def _sides_before(before: Round | None, now: datetime) -> dict[str, figures.Side] | None:
    """The figures of the round before, as this person may see them."""
    if before is None:
        return None
    seen = queries.shown(before, now, privileged=True) if allowed(REPORT) else queries.visible(before, now)
    return figures.sides(seen.board_id) if seen else None


@blueprint.get("/thong-ke")
@policy(REPORT)
def reports() -> ResponseReturnValue:
    """The rounds that there are figures about."""
    now = clock.now()
    return render_template("standings/reports.html", rounds=queries.report_rounds(now))


@blueprint.get("/thong-ke/<id:round_id>")
@policy(REPORT)
def overview(round_id: str) -> ResponseReturnValue:
    """A round at a glance, for organisers and report viewers."""
    now = clock.now()
    round_ = queries.board_round(round_id, now, privileged=True)
    before = queries.previous_round(round_) if now >= round_.closes_at else None  # like with like
    published = publications.publications_of(round_.id)
    return render_template(
        "standings/overview.html", round=round_, state=_state(round_, now), sides=figures.sides(round_.id),
        before=figures.sides(before.id) if before else None, previous=before,
        participation=figures.participation(round_), columns=pages.columns(figures.days(round_, now)),
        sitting=figures.sitting_now(round_.id), outside=outside.lines(round_), fresh=queries.freshness(round_, now),
        unmarked=queries.unmarked(round_.id), may_edit=allowed("contest.edit"), asked=_number_asked(round_, now),
        actual=boards.actual(round_.id) if round_.prediction != "none" else None,
        listed=listed(round_.kind, round_.board_shown), published=published,
        outdated=publications.outdated(round_.id, next(iter(published), None)),
        waiting=outside.waiting(round_.id) if published else None,
        may_score=allowed("contest.edit") and round_.results_published_at is None, **_owner(round_))


def _number_asked(round_: Round, now: datetime) -> str:
    """What organisers are asked of the number to be guessed: "give", "wait" or "settled"; "" for nothing."""
    if round_.prediction != "number" or round_.state != "published":
        return ""
    if now < round_.closes_at:
        return "wait"
    return "settled" if round_.results_published_at or boards.settled(round_.id) else "give"


@blueprint.post("/thong-ke/<id:round_id>/cham-lai")
@policy("contest.edit")
def score(round_id: str) -> ResponseReturnValue:
    """Score what is due now; once the round is closed, everything again by today's keys."""
    now = clock.now()
    counts = operations.rescore(round_id, now)
    db.session.commit()
    flash(ngettext("Đã chấm %(num)s bài.", "Đã chấm %(num)s bài.", counts.scored), "success")
    return redirect(url_for("standings.overview", round_id=round_id))


@blueprint.post("/thong-ke/<id:round_id>/gia-tri-dung")
@policy("contest.edit")
def number(round_id: str) -> ResponseReturnValue:
    """Tell the true value of the number that was to be guessed."""
    now = clock.now()
    try:
        value = prediction.read("number", request.form.get("value", "")[:30])
    except ValueError:
        value = None
    operations.give_number(round_id, -1 if value is None else value, by=person().id, now=now)
    db.session.commit()
    flash(gettext("Đã ghi giá trị đúng. Bảng xếp hạng được chốt trong vài giây."), "success")
    return redirect(url_for("standings.overview", round_id=round_id), 303)


@blueprint.post("/to-chuc/dot-thi/<id:round_id>/cong-bo-ket-qua")
@policy("contest.edit")
def publish_results(round_id: str) -> ResponseReturnValue:
    """Make the results official, and write them as a public list unless the round's board is shown to nobody.

    The page that asks for it is the rounds' own.
    """
    now = clock.now()
    try:
        round_ = operations.publish_results(round_id, by=person().id, now=now)
        public = listed(round_.kind, round_.board_shown)
        row = publish(round_id, "", by=person().id, now=now) if public else None
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        db.session.rollback()
        return _not_published(round_id, refusal, now), refusal.status
    db.session.commit()
    if row is not None:
        let_hold(row)
    flash(gettext("Đã công bố kết quả."), "success")
    return redirect(url_for("rounds.round_overview", round_id=round_id), 303)


def _not_published(round_id: str, refusal: Refusal, now: datetime) -> str:
    """The page that asks for it again, with the reason and the way to what must be done first."""
    row = queries.round_by_id(round_id, privileged=True)
    form = ConfirmForm()
    form.form_errors.append(words(refusal))
    return render_template("rounds/results.html", round=row, form=form, state=_state(row, now),
                           listed=listed(row.kind, row.board_shown), first=FIRST.get(refusal.code))
