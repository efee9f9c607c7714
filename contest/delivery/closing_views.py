"""The pages around the end of a sitting: the prediction before it, the opinion after it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.delivery import closing, operations, prediction, queries
from contest.delivery.pages import blueprint, sitting_context, to_receipt
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words


@blueprint.route("/luot-thi/<id:attempt_id>/du-doan", methods=["GET", "POST"])
@policy("round.sit")
def guess(attempt_id: str) -> ResponseReturnValue:
    """The prediction, a step of its own between the last question and the check."""
    now, who = clock.now(), person()
    view = queries.attempt_view(attempt_id, who.id, now)
    if view.state != "open":
        return to_receipt(attempt_id)
    if view.asks == "none":
        raise Missing
    typed, error = view.guess, ""
    if request.method == "POST":
        typed = request.form.get("prediction", "")[:30]
        try:
            operations.keep_prediction(attempt_id, who.id, prediction.read(view.asks, typed), now)
        except ValueError:
            error = words(Refusal("bad_prediction", 422))
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            db.session.rollback()
            return to_receipt(attempt_id)
        else:
            db.session.commit()
            return redirect(url_for("delivery.check", attempt_id=attempt_id))
    page = render_template("delivery/guess.html", **sitting_context(view, "guess", 0), typed=typed, error=error)
    return page, 422 if error else 200


@blueprint.post("/luot-thi/<id:attempt_id>/y-kien")
@policy("round.sit")
def opinion(attempt_id: str) -> ResponseReturnValue:
    """Keep the answer to the question of opinion."""
    now = clock.now()
    try:
        closing.say(attempt_id, person().id, request.form.get("opinion", ""), now)
    except Missing:
        raise
    except Refusal as refusal:
        db.session.rollback()
        flash(words(refusal), "warning")
    else:
        db.session.commit()
        flash(_("Đã ghi nhận ý kiến."), "success")
    return to_receipt(attempt_id)
