"""The organisers' page about entry codes: how many there are, more of them, those that are called in."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.extensions import db
from contest.identity.access import person, policy
from contest.rounds import code_figures, codes, queries
from contest.rounds.contest_views import done
from contest.rounds.forms import ConfirmForm, RevokeForm, SlipForm
from contest.rounds.pages import blueprint


@blueprint.get("/to-chuc/cuoc-thi/<id:contest_id>/ma-du-thi")
@policy("contest.edit")
def contest_codes(contest_id: str) -> ResponseReturnValue:
    """The codes of a contest by unit. A code itself stands on its slip only."""
    form = SlipForm(unit_id="", count=20)
    form.offer(queries.contest_units(contest_id))
    return render_template("rounds/codes.html", contest=queries.get_contest(contest_id), form=form,
                           revoking=RevokeForm(), lines=code_figures.code_lines(contest_id), most=codes.MOST)


@blueprint.post("/to-chuc/cuoc-thi/<id:contest_id>/ma-du-thi/huy")
@policy("contest.edit")
def contest_codes_revoke(contest_id: str) -> ResponseReturnValue:
    """Call in one slip by its number, or all of a unit that nobody has used."""
    now = clock.now()
    form = RevokeForm()
    if "unit" in request.form:
        if not ConfirmForm().validate():
            return redirect(url_for("rounds.contest_codes", contest_id=contest_id), 303)
        gone = codes.revoke_unused(contest_id, _unit_id(), by=person().id, now=now)
    elif form.validate():
        gone = codes.revoke_code(contest_id, min(form.number.data or 0, 2**31 - 1), by=person().id, now=now)
    else:
        flash(_("Ghi số in trên phiếu."), "error")
        return redirect(url_for("rounds.contest_codes", contest_id=contest_id), 303)
    db.session.commit()
    return done(_("Đã hủy %(n)s mã.", n=gone), "rounds.contest_codes", contest_id=contest_id)


def _unit_id() -> str | None:
    text = request.form.get("unit", "")
    return text if len(text) == 32 and set(text) <= set("0123456789abcdef") else None
