"""A participant's objections: made, read, taken back."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.delivery.models import Attempt
from contest.delivery.queries import attempt_in_round
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds.queries import owner_of
from contest.standings import appealed, appeals, gates
from contest.standings.appeal_forms import AppealForm
from contest.standings.queries import rules_of

blueprint = Blueprint("appeals", __name__)
NEWS_FOR = timedelta(days=14)
ADDRESS = "/luot-thi/<id:attempt_id>/kien-nghi"


@blueprint.app_template_global("answered_appeals")
def answered_appeals(now: datetime) -> list[appealed.Own]:
    """For the home page, which may not import this room: what was answered to this person in the last two weeks."""
    return appealed.answered_of(person().id, now - NEWS_FOR)


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@policy("own.read")
def sitting(attempt_id: str) -> ResponseReturnValue:
    """What one objected to in a sitting, with the answers; and the form, while objections are taken."""
    now = clock.now()
    attempt = appealed.own_sitting(attempt_id, person().id)
    form = AppealForm(data={"slot": request.args.get("cau", 0, type=int)})
    view, _round = attempt_in_round(attempt_id, person().id, now)
    form.offer([item.slot for item in view.items])
    if form.validate_on_submit():
        try:
            appeals.object_to(attempt_id, form.slot.data, form.reason.data or "", account_id=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.reason.errors = [words(refusal)]
            attempt = appealed.own_sitting(attempt_id, person().id)
        else:
            db.session.commit()
            flash(_("Đã gửi kiến nghị. Câu trả lời của Ban Tổ chức sẽ hiện ở trang này."), "success")
            return redirect(url_for("appeals.sitting", attempt_id=attempt_id), 303)
    page = render_template("standings/appeal.html", form=form, **_shown(attempt, now))
    return page, 422 if form.errors else 200


def _shown(attempt: Attempt, now: datetime) -> dict[str, Any]:
    round_ = attempt.round
    when = appealed.period(round_)
    owner = owner_of(round_.contest)
    return {"attempt": attempt, "round": round_, "period": when, "open": when is not None and when.holds(now),
            "early": when is not None and now < when.opens_at, "made": appealed.of_attempt(attempt.id), "now": now,
            "result_shown": attempt.state != "void" and gates.score_shown(rules_of(round_), now),
            "agency": {"parent": owner.agency_parent, "name": owner.agency_name, "seal": owner.seal},
            "hotline": owner.hotline}


@blueprint.post("/kien-nghi/<id:appeal_id>/rut")
@policy("own.edit")
def withdraw(appeal_id: str) -> ResponseReturnValue:
    """Take one's own objection back."""
    now = clock.now()
    row = appeals.withdraw(appeal_id, account_id=person().id, now=now)
    attempt_id = row.attempt_id
    db.session.commit()
    flash(_("Đã rút kiến nghị."), "success")
    return redirect(url_for("appeals.sitting", attempt_id=attempt_id), 303)
