"""The organisers' pages about contests: list, form, units, copy, archive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.identity.models import Unit
from contest.identity.names import fold
from contest.rounds import cards, copying, operations, participation, queries
from contest.rounds.admission import password_digest
from contest.rounds.barred import barred_accounts
from contest.rounds.forms import ConfirmForm, ContestForm, CopyForm
from contest.rounds.headcounts import Counted, roll_up
from contest.rounds.models import Contest
from contest.rounds.pages import blueprint


def done(text: str, endpoint: str, **values: Any) -> Response:
    """To the next page, with what was done on it."""
    flash(text, "success")
    return redirect(url_for(endpoint, **values), 303)


@blueprint.get("/to-chuc/cuoc-thi")
@policy("contest.read")
def contests() -> ResponseReturnValue:
    """The contests with their states."""
    now = clock.now()
    archived = request.args.get("kho") == "luu-tru"
    running, gone = queries.contest_counts()
    return render_template("rounds/contests.html", lines=queries.contest_lines(now, archived=archived),
                           archived=archived, running=running, gone=gone)


@blueprint.get("/to-chuc/cuoc-thi/<id:contest_id>")
@policy("contest.read")
def contest(contest_id: str) -> ResponseReturnValue:
    """A contest as its organisers see it."""
    now = clock.now()
    row = queries.get_contest(contest_id)
    units = queries.contest_units(row.id)
    return render_template(
        "rounds/contest.html", contest=row, state=queries.contest_state(row.rounds, now), now=now,
        cards=cards.cards(row.rounds, now), units=units, headcount=sum(unit.headcount or 0 for unit in units),
        barred=len(barred_accounts(row.id)), frozen=queries.has_been_published(row.id), form=ConfirmForm(),
    )


@blueprint.route("/to-chuc/cuoc-thi/moi", methods=["GET", "POST"])
@policy("contest.edit")
def contest_new() -> ResponseReturnValue:
    """The form of a new contest."""
    now = clock.now()
    form = ContestForm()
    if form.validate_on_submit():
        try:
            row = operations.create_contest(form.values(), by=person().id, now=now)
            _keep_password(row.id, form, now)
        except Refusal as refusal:
            return _contest_form(form, None, refusal)
        db.session.commit()
        return done(_("Đã tạo cuộc thi. Tiếp theo: chọn đơn vị dự thi."), "rounds.contest_units", contest_id=row.id)
    return _contest_form(form, None)


@blueprint.route("/to-chuc/cuoc-thi/<id:contest_id>/sua", methods=["GET", "POST"])
@policy("contest.edit")
def contest_edit(contest_id: str) -> ResponseReturnValue:
    """The form of a contest."""
    now = clock.now()
    row = queries.get_contest(contest_id)
    form = ContestForm(obj=row)
    if form.validate_on_submit():
        try:
            operations.edit_contest(contest_id, form.values(), by=person().id, now=now)
            _keep_password(contest_id, form, now)
        except Refusal as refusal:
            return _contest_form(form, row, refusal)
        db.session.commit()
        return done(_("Đã lưu cuộc thi."), "rounds.contest", contest_id=contest_id)
    return _contest_form(form, row)


def _keep_password(contest_id: str, form: ContestForm, now: datetime) -> None:
    if (form.password.data or "").strip():
        digest = password_digest(form.password.data or "", current_app.config["SECRET_KEY"])
        operations.set_contest_password(contest_id, digest, by=person().id, now=now)
    elif form.no_password.data:
        operations.set_contest_password(contest_id, None, by=person().id, now=now)


def _contest_form(form: ContestForm, row: Contest | None, refusal: Refusal | None = None) -> ResponseReturnValue:
    if refusal:
        form.code.errors = [*form.code.errors, words(refusal)]
    suggestion = operations.suggested_code(form.title.data) if form.title.data and not form.code.data else ""
    page = render_template("rounds/contest_form.html", form=form, contest=row, suggestion=suggestion,
                           kept=row is not None and queries.has_been_published(row.id))
    return page, 422 if form.errors else 200


@dataclass(frozen=True)
class UnitLine:
    """A unit to tick."""

    unit: Unit
    ticked: bool
    headcount: Counted
    shown: bool


@blueprint.route("/to-chuc/cuoc-thi/<id:contest_id>/don-vi", methods=["GET", "POST"])
@policy("contest.edit")
def contest_units(contest_id: str) -> ResponseReturnValue:
    """Which units take part. Every button keeps what is ticked; only "save" writes."""
    now = clock.now()
    row = queries.get_contest(contest_id)
    form = ConfirmForm()
    if queries.has_been_published(row.id) and request.method == "GET":
        return render_template("rounds/units_frozen.html", contest=row, blocs=_blocs(queries.contest_units(row.id)))
    units = queries.unit_tree()
    ticked = _ticked(units) if request.method == "POST" else {u.unit_id for u in queries.contest_units(row.id)}
    if form.validate_on_submit() and request.form.get("action") == "save":
        saved = participation.choose_units(contest_id, ticked, by=person().id, now=now)
        db.session.commit()
        return done(_("Đã lưu %(count)s đơn vị dự thi.", count=len(saved)), "rounds.contest", contest_id=contest_id)
    q = request.form.get("q", "")
    lines = _unit_lines(units, ticked, q)
    return render_template("rounds/units.html", contest=row, form=form, blocs=_blocs(lines), q=q,
                           found=sum(line.shown for line in lines), count=len(ticked),
                           total=sum(line.headcount.headcount or 0 for line in lines if line.ticked))


def _ticked(units: Sequence[Unit]) -> set[str]:
    """The units ticked on the form, after "all" or "none" of a bloc."""
    ticked = set(request.form.getlist("unit")) & {unit.id for unit in units}
    action, _colon, bloc = request.form.get("action", "").partition(":")
    members = {unit.id for unit in units if (unit.bloc or "") == bloc}
    if action == "all":
        return ticked | {unit.id for unit in units if unit.id in members and unit.headcount is not None}
    return ticked - members if action == "none" else ticked


def _unit_lines(units: Sequence[Unit], ticked: set[str], q: str) -> list[UnitLine]:
    counted = roll_up(queries.figures(units), ticked)
    wanted = fold(q)
    return [UnitLine(unit, unit.id in ticked, counted.get(unit.id, Counted(unit.headcount, unit.headcount_on)),
                     wanted in unit.search_text) for unit in units]


def _blocs(rows: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """The rows of each bloc, units without one last."""
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault((row.unit.bloc if isinstance(row, UnitLine) else row.bloc) or "", []).append(row)
    return sorted(grouped.items(), key=lambda item: (item[0] == "", item[0]))


@blueprint.route("/to-chuc/cuoc-thi/<id:contest_id>/sao-chep", methods=["GET", "POST"])
@policy("contest.edit")
def contest_copy(contest_id: str) -> ResponseReturnValue:
    """Copy a contest with its units and rounds, as drafts."""
    now = clock.now()
    row = queries.get_contest(contest_id)
    form = CopyForm(title=_("%(title)s (bản sao)", title=row.title[:180]))
    if form.validate_on_submit():
        copied = copying.copy_contest(contest_id, form.title.data or "", by=person().id, now=now)
        db.session.commit()
        return done(_("Đã sao chép cuộc thi. Các đợt thi là bản nháp, xem lại ngày giờ trước khi công bố."),
                    "rounds.contest", contest_id=copied.id)
    return render_template("rounds/contest_copy.html", contest=row, form=form), 422 if form.errors else 200


@blueprint.post("/to-chuc/cuoc-thi/<id:contest_id>/luu-tru")
@policy("contest.edit")
def contest_archive(contest_id: str) -> ResponseReturnValue:
    """Put a contest into the archive, or take it out."""
    now = clock.now()
    if request.form.get("action") == "restore":
        operations.restore_contest(contest_id, by=person().id, now=now)
        text = _("Đã đưa cuộc thi ra khỏi kho lưu.")
    else:
        operations.archive_contest(contest_id, by=person().id, now=now)
        text = _("Đã đưa cuộc thi vào kho lưu.")
    db.session.commit()
    return done(text, "rounds.contest", contest_id=contest_id)
