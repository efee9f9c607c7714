"""How the essays of a round are marked: pages for organisers."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from contest import clock
from contest.database import reading
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.marking import arranging, progress, queries, rubrics
from contest.marking.forms import MarkersForm, RubricForm, TermsForm, written
from contest.questions import seals
from contest.rounds.models import Round
from contest.rounds.queries import get_round

blueprint = Blueprint("marking", __name__)
ADDRESS = "/to-chuc/dot-thi/<id:round_id>/cham-tu-luan"
MOST_LOGINS = 200


@blueprint.get(ADDRESS)
@policy("contest.edit")
def overview(round_id: str) -> ResponseReturnValue:
    """What is to be marked, by what, by whom, how far it is, and what comes next."""
    now = clock.now()
    round_ = _round(round_id)
    _note(round_, now)
    return _overview(round_, MarkersForm())


def _overview(round_: Round, form: MarkersForm) -> ResponseReturnValue:
    asked = queries.essay_questions(round_.id)
    lines = progress.marker_lines(round_.id)
    page = render_template(
        "marking/overview.html", round=round_, marking=queries.marking_of(round_.id), asked=asked, lines=lines,
        figures=progress.figures(round_.id), begun=queries.begun(round_.id), form=form,
        able=sum(line.active and line.able for line in lines), opened=queries.codes_openings(round_.id))
    return page, 422 if form.errors else 200


@blueprint.route(ADDRESS + "/quy-tac", methods=["GET", "POST"])
@policy("contest.edit")
def terms(round_id: str) -> ResponseReturnValue:
    """When a third marks and what then counts; who may not mark whom; what participants see."""
    now = clock.now()
    round_ = _round(round_id)
    held = queries.marking_of(round_id)
    gap = str(held.gap) if held.gap_kind == "percent" else written(held.gap)
    form = TermsForm(data={"gap": gap, **{name: getattr(held, name) for name in (
        "gap_kind", "third", "units_apart", "told")}})
    if form.validate_on_submit():
        chosen = arranging.Choices(form.terms, bool(form.units_apart.data), bool(form.told.data))
        try:
            arranging.choose(round_id, chosen, by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            flash(_("Đã lưu quy tắc chấm."), "success")
            return _back(round_id)
    page = render_template("marking/terms.html", round=round_, form=form, begun=queries.begun(round_id))
    return page, 422 if form.errors else 200


@blueprint.route(ADDRESS + "/huong-dan/<id:version_id>", methods=["GET", "POST"])
@policy("contest.edit")
def rubric(round_id: str, version_id: str) -> ResponseReturnValue:
    """What a question is marked by, criterion by criterion."""
    now = clock.now()
    round_ = _round(round_id)
    _note(round_, now)
    asked = next((one for one in queries.essay_questions(round_id) if one.version.id == version_id), None)
    if asked is None:
        raise Missing
    form = RubricForm.of(asked.criteria)
    if form.validate_on_submit() and not form.faulty(asked.points):
        try:
            rubrics.write_rubric(round_id, version_id, [one for _row, one in form.criteria()], form.reason.data or "",
                                 by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            if refusal.code == "marking_reason":
                form.reason.errors = [words(refusal)]
            else:
                form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            flash(_("Đã lưu hướng dẫn chấm."), "success")
            return _back(round_id)
    page = render_template("marking/rubric.html", round=round_, asked=asked, form=form,
                           history=queries.rubric_history(round_id, version_id), begun=queries.begun(round_id))
    return page, 422 if form.errors else 200


@blueprint.post(ADDRESS + "/giam-khao")
@policy("contest.edit")
def markers(round_id: str) -> ResponseReturnValue:
    """Let these people mark essays of the round."""
    now = clock.now()
    round_ = _round(round_id)
    form = MarkersForm()
    if form.validate():
        added, unknown = arranging.add_markers(round_id, form.names[:MOST_LOGINS], by=person().id, now=now)
        db.session.commit()
        if added:
            flash(ngettext("Đã thêm %(num)s giám khảo.", "Đã thêm %(num)s giám khảo.", added), "success")
        if unknown:
            form.logins.errors = [_("Không có tài khoản nào đang hoạt động với tên: %(names)s.",
                                    names=", ".join(unknown))]
            form.logins.raw_data = ["\n".join(unknown)]
            form.logins.data = "\n".join(unknown)
        elif not added:
            form.logins.errors = [_("Ghi tên đăng nhập của người chưa có trong danh sách.")]
        else:
            return _back(round_id)
    return _overview(round_, form)


@blueprint.post(ADDRESS + "/giam-khao/<id:account_id>/rut")
@policy("contest.edit")
def drop(round_id: str, account_id: str) -> Response:
    """A marker drops out; what they have not finished goes to others."""
    now = clock.now()
    _round(round_id)
    given, waiting = arranging.drop_marker(round_id, account_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã rút giám khảo. Chuyển %(given)s bài cho người khác.", given=given), "success")
    if waiting:
        flash(_("Còn %(waiting)s bài chưa có ai nhận được. Thêm giám khảo rồi bấm “Phân công bổ sung”.",
                waiting=waiting), "warning")
    return _back(round_id)


@blueprint.post(ADDRESS + "/lap-phach")
@policy("contest.edit")
def start(round_id: str) -> Response:
    """Draw codes for what was written and lay it before markers; again where something is lacking."""
    now = clock.now()
    _round(round_id)
    codes, lacking = arranging.start(round_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã lập phách cho %(codes)s bài và phân công giám khảo.", codes=codes) if codes else
          _("Đã phân công."), "success")
    if lacking:
        flash(_("Còn %(lacking)s chỗ chấm chưa có ai nhận được. Thêm giám khảo rồi bấm “Phân công bổ sung”.",
                lacking=lacking), "warning")
    return _back(round_id)


@blueprint.post(ADDRESS + "/ket-thuc")
@policy("contest.edit")
def close(round_id: str) -> Response:
    """End the marking."""
    now = clock.now()
    _round(round_id)
    arranging.close(round_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã kết thúc chấm tự luận. Có thể công bố kết quả của đợt thi."), "success")
    return _back(round_id)


@blueprint.post(ADDRESS + "/mo-lai")
@policy("contest.edit")
def reopen(round_id: str) -> Response:
    """Let marking that was closed go on, with the reason."""
    now = clock.now()
    _round(round_id)
    arranging.reopen(round_id, request.form.get("reason", "")[:1_000], by=person().id, now=now)
    db.session.commit()
    flash(_("Đã mở lại việc chấm. Giám khảo mở lại được bài của mình; sửa xong, kết thúc chấm lần nữa."), "success")
    return _back(round_id)


def _round(round_id: str) -> Round:
    round_ = get_round(round_id)
    if round_.state == "draft":
        raise Missing
    return round_


def _note(round_: Round, now: datetime) -> None:
    """Put on record that somebody reads questions of sealed banks. No transaction that writes may be open."""
    db.session.rollback()
    with reading():
        seals.note_reading_of([bank.bank_id for bank in round_.banks], "marking", actor=person().actor, now=now,
                              round_id=round_.id)


def _back(round_id: str) -> Response:
    return redirect(url_for("marking.overview", round_id=round_id), 303)
