"""Entry codes are made and printed in one go: nothing but the slips knows them afterwards."""

from datetime import datetime
from urllib.parse import quote

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.reports.pages import blueprint
from contest.reports.slips import slips_pdf
from contest.rounds import codes, queries
from contest.rounds.forms import SlipForm
from contest.rounds.sharing_views import public_url


@blueprint.post("/to-chuc/cuoc-thi/<id:contest_id>/ma-du-thi/phieu.pdf")
@policy("contest.edit")
def entry_slips(contest_id: str) -> ResponseReturnValue:
    """Make codes for a unit's people, or blank ones, and answer with their slips."""
    now = clock.now()
    contest = queries.get_contest(contest_id)
    form = SlipForm()
    form.offer(queries.contest_units(contest_id))
    try:
        if not form.validate():
            raise Refusal("code_count", 422, most=codes.MOST)
        made = _made(contest_id, form, request.form.get("action") == "roster", now)
    except Refusal as refusal:
        db.session.rollback()
        flash(words(refusal), "error")
        return redirect(url_for("rounds.contest_codes", contest_id=contest_id), 303)
    db.session.commit()
    file = slips_pdf(made, contest=contest.title, address=public_url() + url_for("rounds.enter"),
                     hotline=contest.hotline_technical or contest.hotline_content, words=_words())
    name = quote(_("Phiếu mã dự thi %(first)s–%(last)s.pdf", first=made[0].number, last=made[-1].number), safe="")
    return Response(file, mimetype="application/pdf", headers={
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename=\"phieu-ma-du-thi.pdf\"; filename*=UTF-8''{name}"})


def _made(contest_id: str, form: SlipForm, roster: bool, now: datetime) -> list[codes.Slip]:
    key, unit_id = current_app.config["SECRET_KEY"], form.unit_id.data or None
    if roster:
        if unit_id is None:
            raise Refusal("unit_needed", 422)
        return codes.make_for_roster(contest_id, unit_id, key, by=person().id, now=now)
    return codes.make_blank(contest_id, unit_id, form.audience.data, form.count.data or 0, key, by=person().id, now=now)


def _words() -> dict[str, str]:
    return {"title": _("Phiếu dự thi"), "name": _("Họ và tên"), "unit": _("Đơn vị"),
            "how": _("Quét ô QR, hoặc mở địa chỉ trên rồi gõ mã. Giữ phiếu để vào lại trên máy khác; "
                     "không đưa mã cho người khác."),
            "help": _("Hỗ trợ")}
