"""The pages of a sitting: the round, a question, the check, the receipt. All work without a script."""

import secrets
from datetime import datetime, timedelta

from flask import (
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from contest import clock
from contest.delivery import closing, closing_views, drawing, history, operations, proof, queries, save
from contest.delivery.answers import same
from contest.delivery.api import begin, take_up
from contest.delivery.facts import Facts, start_facts
from contest.delivery.forms import ConsentForm, read_move
from contest.delivery.pages import blueprint, first_blank, sitting_context, to_receipt
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds import cards, eligibility, pools
from contest.rounds import queries as rounds
from contest.rounds.models import Round
from contest.rounds.pages import owner_context
from contest.rounds.window import room_ms, spread_ms

__all__ = ["blueprint", "closing_views"]
WARM_BEFORE = timedelta(hours=1)  # who waits on the page has the process get ready


@blueprint.get("/dot-thi/<id:round_id>")
@policy("round.sit")
def round_page(round_id: str) -> ResponseReturnValue:
    """A round's facts and rules, and the one thing to do."""
    return _round_page(round_id, ConsentForm(), clock.now())


@blueprint.post("/dot-thi/<id:round_id>/bat-dau")
@policy("round.sit")
def start(round_id: str) -> ResponseReturnValue:
    """Begin a sitting, or go on with the one that runs."""
    now = clock.now()
    form, who = ConsentForm(), person()
    try:
        started = begin(round_id, who, bool(form.consent.data), form.password.data, now)
    except Refusal as refusal:
        db.session.rollback()
        if refusal.status in (422, 429):  # consent, or the contest's password
            form.validate()
            if refusal.code != "consent_required":
                form.password.errors = [words(refusal)]
            return _round_page(round_id, form, now), refusal.status
        if refusal.status == 403:  # the round's page says why, and whom to call
            return redirect(url_for("delivery.round_page", round_id=round_id))
        raise
    db.session.commit()
    if started.created:
        return redirect(url_for("delivery.question", attempt_id=started.attempt_id, slot=1))
    return redirect(first_blank(queries.attempt_view(started.attempt_id, who.id, now)))


@blueprint.get("/luot-thi/<id:attempt_id>")
@policy("round.sit")
def resume(attempt_id: str) -> ResponseReturnValue:
    """The first unanswered question of a running sitting; afterwards the receipt."""
    view = queries.attempt_view(attempt_id, person().id, clock.now())
    return redirect(first_blank(view)) if view.state == "open" else to_receipt(attempt_id)


@blueprint.get("/luot-thi/<id:attempt_id>/cau/<int:slot>")
@policy("round.sit")
def question(attempt_id: str, slot: int) -> ResponseReturnValue:
    """One question of a running sitting; afterwards the receipt."""
    view = queries.attempt_view(attempt_id, person().id, clock.now())
    if view.state != "open":
        return to_receipt(attempt_id)
    if not 1 <= slot <= len(view.items):
        raise Missing
    show = request.args.get("loc", "")
    return render_template("delivery/question.html", **sitting_context(view, "question", slot),
                           item=view.items[slot - 1], form_nonce=secrets.token_urlsafe(12),
                           show=show if show in ("blank", "flag") else "")


@blueprint.get("/luot-thi/<id:attempt_id>/de")
@policy("round.sit")
def paper(attempt_id: str) -> ResponseReturnValue:
    """All questions of a running sitting with what is saved of them, for the script of the page. Not a page."""
    view = queries.attempt_view(attempt_id, person().id, clock.now())
    if view.state != "open":
        raise Missing
    return render_template("delivery/paper.html", sitting=view, mine=view.owner == person().sign_in_id)


@blueprint.post("/luot-thi/<id:attempt_id>/cau/<int:slot>")
@policy("round.sit")
def save_question(attempt_id: str, slot: int) -> ResponseReturnValue:
    """Save what a page without a script holds, and go where its button says."""
    now = clock.now()
    move, who = read_move(request.form), person()
    view = queries.attempt_view(attempt_id, who.id, now)
    if not 1 <= slot <= len(view.items):
        raise Missing
    try:
        if view.state != "open" or not same(move.choice, view.items[slot - 1].choice):
            save.save_form(db.session.connection(), attempt_id, who.sign_in_id, slot, move.choice, move.nonce, now)
        if move.flag is not None:
            operations.set_flag(attempt_id, who.id, slot, move.flag, now)
        db.session.commit()
    except Refusal as refusal:
        return _turned_down(refusal, attempt_id, slot)
    to = move.slot(slot, len(view.items))
    if to is None:
        return redirect(url_for("delivery.guess" if view.guess_missing else "delivery.check", attempt_id=attempt_id))
    return redirect(url_for("delivery.question", attempt_id=attempt_id, slot=to, loc=move.show or None,
                            _anchor="list" if move.show else None))


@blueprint.get("/luot-thi/<id:attempt_id>/kiem-tra")
@policy("round.sit")
def check(attempt_id: str) -> ResponseReturnValue:
    """The last look before submitting."""
    view = queries.attempt_view(attempt_id, person().id, clock.now())
    if view.state != "open":
        return to_receipt(attempt_id)
    return render_template("delivery/check.html", complete_only=rounds.get_round(view.round_id).complete_only,
                           **sitting_context(view, "check", 0))


@blueprint.post("/luot-thi/<id:attempt_id>/nop-bai")
@policy("round.sit")
def submit(attempt_id: str) -> ResponseReturnValue:
    """Hand the sitting in; again changes nothing. Another device has to take it over first: its page says so."""
    now, who = clock.now(), person()
    try:
        operations.submit(attempt_id, who.id, now, sign_in_id=who.sign_in_id)
        db.session.commit()
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        db.session.rollback()
        if refusal.code == "other_device":
            return redirect(url_for("delivery.check", attempt_id=attempt_id))
    return to_receipt(attempt_id)


@blueprint.post("/luot-thi/<id:attempt_id>/lam-tiep")
@policy("round.sit")
def take_over(attempt_id: str) -> ResponseReturnValue:
    """Let this browser save from now on."""
    now = clock.now()
    who = person()
    try:
        take_up(attempt_id, who, now)
        db.session.commit()
    except Refusal as refusal:
        return _turned_down(refusal, attempt_id, 1)
    slot = request.form.get("slot", "")
    if slot.isdecimal() and 0 < int(slot) <= 10_000:
        return redirect(url_for("delivery.question", attempt_id=attempt_id, slot=int(slot)))
    return redirect(first_blank(queries.attempt_view(attempt_id, who.id, now)))


@blueprint.get("/luot-thi/<id:attempt_id>/da-nop")
@policy("round.sit")
def receipt(attempt_id: str) -> ResponseReturnValue:
    """What a contestant keeps of a finished sitting."""
    now = clock.now()
    who = person()
    view = queries.attempt_view(attempt_id, who.id, now)
    if view.state == "open":
        return redirect(url_for("delivery.check", attempt_id=attempt_id))
    card = cards.cards([rounds.get_round(view.round_id)], now, who.id)[0]
    change = next((change.row for change in card.changes if change.row.kind == "cancelled"), None)
    return render_template("delivery/receipt.html", sitting=view, card=card, reason=change.reason if change else None,
                           ended_at=view.finished_at or (change.at if change else view.deadline),
                           changes=history.changes(attempt_id), opinion=closing.opinion_of(attempt_id),
                           proof=proof.proof(view.id, ((item.slot, item.choice, item.saved_at) for item in view.items),
                                             current_app.config["SECRET_KEY"]),
                           **owner_context(card.contest))


def _round_page(round_id: str, form: ConsentForm, now: datetime) -> str:
    who = person()
    row = rounds.get_round(round_id)
    card = cards.cards([row], now, who.id)[0]
    if card.state == "draft":
        raise Missing
    if card.state == "upcoming" and row.opens_at - now <= WARM_BEFORE:
        drawing.warm(row)
    past = history.sittings(round_id, who.id, now)
    running = next((sitting for sitting in past if sitting.state == "open"), None)
    facts = start_facts(round_id, who.id, now)
    unit = rounds.unit_of(row.contest_id, facts.unit_path) if facts.unit_path else None
    left = (row.closes_at - now).total_seconds() * 1000
    return render_template(
        "delivery/round.html", card=card, form=form, now=now, costs=_costs(row, now),
        password_needed=facts.password_needed,
        refused=_refused(facts, who.roles, card.sittings.open_id, now),
        here=running is not None and running.owner == who.sign_in_id,
        granted=facts.granted_ms // 60_000,
        usable_ms=int(left) if left < row.duration_ms + facts.granted_ms else None, counted=unit.name if unit else None,
        attempts=[sitting for sitting in past if sitting.state != "open"],
        opens_ms=int((row.opens_at - now).total_seconds() * 1000),
        spread_ms=spread_ms(room_ms(row.opens_at, row.closes_at, row.duration_ms + facts.granted_ms)),
        **owner_context(card.contest))


def _costs(row: Round, now: datetime) -> bool:
    """Whether a wrong answer costs something at a question of the round, by the question's own rule."""
    if row.opens_at - now > WARM_BEFORE:  # few look so early, and nothing is at hand
        return pools.has_penalties(row)
    return any(one.penalty for one in queries.pool(row.id, row.rules_version).versions.values())


def _refused(facts: Facts, roles: frozenset[str], open_id: str | None, now: datetime) -> str | None:
    """Why this person may not sit this round, in words; None where they may, now or once it opens."""
    row = facts.round
    why = eligibility.refusal(facts.terms, facts.who(roles), now)
    if why is None and facts.used >= row.attempts_allowed and not open_id:
        why = eligibility.NONE_LEFT[row.quota_scope], {"used": facts.used, "allowed": row.attempts_allowed}
    if why is None or why[0] == "round_not_open":
        return None
    return str(current_app.extensions["contest_sentence"](*why))


def _turned_down(refusal: Refusal, attempt_id: str, slot: int) -> Response:
    """Where a page goes whose save was refused: the question (its band says why), or the receipt."""
    db.session.rollback()
    if refusal.code == "other_device":
        return redirect(url_for("delivery.question", attempt_id=attempt_id, slot=slot))  # type: ignore[return-value]
    if refusal.status == 409:
        return to_receipt(attempt_id)
    raise refusal
