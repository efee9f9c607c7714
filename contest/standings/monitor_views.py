"""The live monitor of a round: who is sitting, and what organisers do about it."""

import re
import secrets
from datetime import datetime
from string import hexdigits
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from contest import clock
from contest.columns import is_id
from contest.delivery import closing, granting, history, proof
from contest.delivery.queries import AttemptView, attempt_view
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.identity.names import tidy
from contest.rounds import queries as rounds
from contest.rounds.models import Round
from contest.standings import board as boards
from contest.standings import forms, monitor, overruled
from contest.standings.hints import health
from contest.standings.queries import round_by_id

blueprint = Blueprint("monitor", __name__)
NONCE = re.compile("[A-Za-z0-9_-]{16,24}")
SHOWN = {"dang-lam": "sitting", "da-nop": "finished", "loi-luu": "trouble", "chua-vao": "missing", "huy": "void"}
FORMS: dict[str, type[forms.ReasonForm]] = {
    "cong-gio": forms.AddTimeForm, "mo-lai": forms.ReopenForm, "thu-bai": forms.ReasonForm, "huy-bai": forms.AnnulForm,
    "khoi-phuc": forms.ReasonForm}


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/theo-doi")
@policy("contest.read")
def watch(round_id: str) -> str:
    """Counts and the list; with `manh` in the address only the part that is drawn anew."""
    now = clock.now()
    round_ = _round(round_id)
    shown = request.args.get("xem", "")
    shown = shown if shown in SHOWN else "dang-lam"
    text = tidy(request.args.get("q", ""))[:80]
    after = request.args.get("sau", "")
    counts = monitor.counts(round_, now)
    page = monitor.page(round_, SHOWN[shown], text, after if is_id(after) else None, now)
    turned_away = current_app.extensions["turned_away"].recent()
    may_edit, stands = allowed("contest.edit"), boards.settled(round_id) or round_.results_published_at is not None
    return render_template(
        "standings/monitor_part.html" if "manh" in request.args else "standings/monitor.html",
        round=round_, state=rounds.state(round_, now), counts=counts, turned_away=turned_away,
        health=health(counts.sitting, counts.trouble, turned_away), page=page, shown=shown, text=text,
        now=now, may_see=may_edit, may_act=may_edit and not stands, stands=stands)


@blueprint.post("/to-chuc/dot-thi/<id:round_id>/theo-doi/<act>")
@policy("contest.edit")
def act(round_id: str, act: str) -> ResponseReturnValue:
    """First the names and the reason are asked for; then all of it is done, or nothing and the rest is offered."""
    now = clock.now()
    round_ = _round(round_id)
    if act not in FORMS:
        raise Missing
    lines = monitor.lines_of(round_, _chosen("attempt"), now)
    people = monitor.people_of(round_, _chosen("account")) if act == "cong-gio" else []
    if not lines and not people:
        flash(_("Chọn ít nhất một tên trong danh sách."), "warning")
        return _back(round_id)
    form = FORMS[act](None if "reason" not in request.form else request.form)
    stands = act != "cong-gio" and boards.settled(round_id)
    refused: dict[str, str] = {}
    if "reason" in request.form and form.validate() and not stands:
        refused = _do_all(act, [(one.id, one.account_id) for one in lines] + [(one.id, one.id) for one in people],
                          form, round_id, now)
        if not refused:
            db.session.commit()
            flash(ngettext("Đã cộng thêm thời gian cho %(num)s người.", "Đã cộng thêm thời gian cho %(num)s người.",
                           len(people)) if people else
                  ngettext("Đã xử lý %(num)s lượt thi.", "Đã xử lý %(num)s lượt thi.", len(lines)), "success")
            return _back(round_id)
        db.session.rollback()
        stands = act != "cong-gio" and boards.settled(round_id)  # the worker may have been faster
    page = render_template("standings/monitor_act.html", round=round_, act=act, form=form, lines=lines, people=people,
                           refused=refused, stands=words(Refusal("board_stands", 409)) if stands else None,
                           shown=request.form.get("xem", ""), now=now, nonce=_once() or secrets.token_urlsafe(12))
    return page, 409 if stands else 422 if form.errors or refused else 200


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/cong-gio", methods=["GET", "POST"])
@policy("contest.edit")
def grant(round_id: str) -> ResponseReturnValue:
    """Extra time for a unit or for everybody, with the reason; and what was granted before."""
    now = clock.now()
    round_ = _round(round_id)
    form = forms.GrantForm()
    units = rounds.contest_units(round_.contest_id)
    form.offer([(unit.unit_id, unit.name) for unit in units])
    if form.validate_on_submit():
        unit_id = form.unit_id.data if form.reach.data == "unit" else None
        try:
            running = granting.grant_time(round_id, granting.Reach(unit_id=unit_id), form.minutes.data or 0,
                                          form.reason.data or "", by=person().id, now=now, once=_once())
        except Refusal as refusal:
            db.session.rollback()
            form.minutes.errors = [words(refusal)]
        else:
            db.session.commit()
            flash(ngettext("Đã cộng thêm thời gian; %(num)s lượt thi đang làm được hưởng ngay.",
                           "Đã cộng thêm thời gian; %(num)s lượt thi đang làm được hưởng ngay.", running), "success")
            return _back(round_id)
    page = render_template("standings/grant.html", round=round_, form=form, grants=history.grants(round_id),
                           nonce=_once() or secrets.token_urlsafe(12))
    return page, 422 if form.errors else 200


@blueprint.get("/to-chuc/luot-thi/<id:attempt_id>")
@policy("contest.edit")
def attempt(attempt_id: str) -> str:
    """What is on record about one sitting: its times, changes, hints; not what was answered."""
    now = clock.now()
    found = monitor.sitting(attempt_id, now)
    view = attempt_view(attempt_id, found.line.account_id, now)
    late = [item.slot for item in view.items if item.saved_at and item.saved_at >= view.deadline]
    return render_template("standings/sitting.html", sitting=found, now=now, late=late, proof=_proof(view))


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/y-kien")
@policy("contest.read")
def opinions(round_id: str) -> str:
    """What contestants answered to the question of opinion, without names."""
    round_ = _round(round_id)
    after = request.args.get("sau", "")
    rows, further = closing.opinions(round_id, after if is_id(after) else None)
    return render_template("standings/opinions.html", round=round_, rows=rows, after=further)


def _round(round_id: str) -> Round:
    round_ = round_by_id(round_id, privileged=True)
    if round_.state == "draft":
        raise Missing
    return round_


def _chosen(name: str) -> list[str]:
    """The ids that were ticked under this name, a page of them at most."""
    return [one for one in request.form.getlist(name)[:monitor.ROWS] if len(one) == 32 and set(one) <= set(hexdigits)]


def _do_all(act: str, chosen: list[tuple[str, str]], form: Any, round_id: str, now: datetime) -> dict[str, str]:
    """One act on all that was chosen, (id on the page, account) each; what was refused: id → why.

    The caller commits, or takes all of it back.
    """
    if act == "cong-gio":  # once a person, however many of their sittings were chosen
        chosen = list({account_id: (one, account_id) for one, account_id in chosen}.values())
    refused = {}
    for one, account_id in chosen:
        try:
            with db.session.begin_nested():
                _do(act, one, account_id, form, round_id, now)
        except Refusal as refusal:
            refused[one] = words(refusal)
    return refused


def _do(act: str, attempt_id: str, account_id: str, form: Any, round_id: str, now: datetime) -> None:
    """One act on one sitting, or for one person. Raises `Refusal`; the caller commits."""
    by, reason = person().id, form.reason.data or ""
    if act == "cong-gio":
        granting.grant_time(round_id, granting.Reach(account_id=account_id), form.minutes.data, reason, by=by, now=now,
                            once=_once())
        return
    if act == "mo-lai":
        overruled.reopen(attempt_id, form.minutes.data or 0, reason, by=by, now=now)
    elif act == "thu-bai":
        overruled.collect(attempt_id, reason, by=by, now=now)
    elif act == "khoi-phuc":
        overruled.restore(attempt_id, reason, by=by, now=now)
    else:
        overruled.annul(attempt_id, reason, give_back=bool(form.give_back.data), by=by, now=now)


def _once() -> str | None:
    """What names this form, so that a second press of its button does nothing more."""
    sent = request.form.get("nonce", "")
    return sent if NONCE.fullmatch(sent) else None


def _proof(view: AttemptView) -> str:
    """The code that the contestant's receipt shows, made anew from what is stored."""
    return proof.proof(view.id, ((item.slot, item.choice, item.saved_at) for item in view.items),
                       current_app.config["SECRET_KEY"])


def _back(round_id: str) -> Response:
    shown = request.form.get("xem")
    return redirect(url_for("monitor.watch", round_id=round_id, xem=shown if shown in SHOWN else None), 303)
