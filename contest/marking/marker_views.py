"""A marker's pages: what lies before them, and one essay beside its rubric. No name is read but the marker's own."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from contest import clock
from contest.delivery.queries import counted_choices
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.marking import operations, progress, queries
from contest.marking.forms import MarkSent, written
from contest.marking.models import Assignment
from contest.marking.operations import MOST_COMMENT, Given
from contest.marking.queries import Asked
from contest.rounds.queries import get_round

blueprint = Blueprint("marker", __name__)
STATES = {"chua-cham": "given", "dang-do": "draft", "da-xong": "done"}
KEPT = {"mark_stale", "marking_closed", "third_not_needed", "mark_finished"}  # shown above what was typed


@blueprint.get("/cham-tu-luan")
@policy("essay.mark")
def desks() -> ResponseReturnValue:
    """The rounds that this person marks essays of."""
    clock.now()
    return render_template("marking/desks.html", desks=progress.desks(person().id))


@blueprint.get("/cham-tu-luan/<id:round_id>")
@policy("essay.mark")
def lot(round_id: str) -> ResponseReturnValue:
    """What lies before the marker in one round, in the order of their own lot."""
    clock.now()
    desk = next((one for one in progress.desks(person().id) if one.round.id == round_id), None)
    if desk is None:
        raise Missing
    shown = request.args.get("xem", "")
    after = progress.own_assignment(request.args.get("sau", "")[:32], person().id) if "sau" in request.args else None
    found = progress.lot(round_id, person().id, STATES.get(shown), after)
    return render_template("marking/lot.html", desk=desk, round=desk.round, lot=found, shown=shown, states=STATES,
                           next_one=progress.next_one(round_id, person().id))


@dataclass(frozen=True)
class Sheet:
    """An essay before its marker, with all that may be seen of it."""

    row: Assignment
    asked: Asked
    text: str
    sent: MarkSent
    closed: bool

    @property
    def editable(self) -> bool:
        """It is not finished, and marking goes on."""
        return not self.closed and self.row.state != "done" and (self.row.place < 3 or self.row.essay.apart)


@blueprint.route("/cham-tu-luan/bai/<id:assignment_id>", methods=["GET", "POST"])
@policy("essay.mark")
def essay(assignment_id: str) -> ResponseReturnValue:
    """One essay beside its rubric; saved, or finished, and on to the next."""
    now = clock.now()
    sheet = _sheet(assignment_id)
    if request.method == "GET":
        return render_template("marking/essay.html", sheet=sheet, refused=None, round=_round_of(sheet))
    finishing = request.form.get("act") == "finish"
    sent = sheet.sent
    refused = None
    if sent.check(MOST_COMMENT, unfinished=not finishing):
        given = Given(sent.points, sent.comment, request.form.get("seq", -1, type=int))
        act = operations.finish if finishing else operations.save
        try:
            row = act(assignment_id, given, by=person().id, now=now)
        except Refusal as refusal:
            if refusal.code not in KEPT:
                raise
            db.session.rollback()
            refused, sheet = words(refusal), _sheet(assignment_id)
        else:
            db.session.commit()
            return _on(row, finishing)
    page = render_template("marking/essay.html", sheet=sheet, refused=refused, round=_round_of(sheet))
    return page, 409 if refused else 422


def _on(row: Assignment, finished: bool) -> Response:
    """To the next essay once this one is finished, else back to it."""
    if not finished:
        flash(_("Đã lưu nháp."), "success")
        return redirect(url_for("marker.essay", assignment_id=row.id), 303)
    round_id = row.essay.round_id
    following = progress.next_one(round_id, row.account_id, row)
    if following is None:
        flash(_("Đã chấm xong phách %(code)s. Không còn bài nào chờ chấm.", code=row.essay.code), "success")
        return redirect(url_for("marker.lot", round_id=round_id), 303)
    flash(_("Đã chấm xong phách %(code)s. Đây là bài tiếp theo.", code=row.essay.code), "success")
    return redirect(url_for("marker.essay", assignment_id=following.id), 303)


@blueprint.post("/cham-tu-luan/bai/<id:assignment_id>/mo-lai")
@policy("essay.mark")
def reopen(assignment_id: str) -> Response:
    """Take one's own finished mark up again."""
    now = clock.now()
    operations.reopen(assignment_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã mở lại bài chấm. Điểm trước vẫn được lưu trong hồ sơ."), "success")
    return redirect(url_for("marker.essay", assignment_id=assignment_id), 303)


def _round_of(sheet: Sheet) -> object:
    return get_round(sheet.row.essay.round_id)


def _sheet(assignment_id: str) -> Sheet:
    row = progress.own_assignment(assignment_id, person().id)
    if row is None:
        raise Missing
    held = row.essay
    asked = queries.asked(held.round_id, held.version_id)
    text = counted_choices([held.attempt_id], [held.version_id])[held.attempt_id].get(held.slot)
    if request.method == "POST":
        sent = MarkSent(asked.criteria, request.form)
    else:
        kept = row.draft
        if row.state == "done":
            mark = operations.latest_mark(row.id)
            kept = {"points": mark.points, "comment": mark.comment}
        sent = MarkSent(asked.criteria, {f"points-{key}": written(value)
                                         for key, value in kept.get("points", {}).items()}
                        | {"comment": kept.get("comment", "")})
    return Sheet(row, asked, str(text or ""), sent, queries.marking_of(held.round_id).closed_at is not None)
