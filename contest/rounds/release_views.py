"""The organisers' pages about one round: overview, publish, extend, cancel, results, copy, remove."""

from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds import cards, copying, eligibility, operations, pools, publishing, queries
from contest.rounds import words as sentences
from contest.rounds.contest_views import done
from contest.rounds.forms import ConfirmForm, ExtendForm, ReasonForm
from contest.rounds.models import Round
from contest.rounds.pages import blueprint


@blueprint.get("/to-chuc/dot-thi/<id:round_id>")
@policy("contest.read")
def round_overview(round_id: str) -> ResponseReturnValue:
    """A round: its rules in short, its history, what can be done with it."""
    now = clock.now()
    row = queries.get_round(round_id)
    return render_template("rounds/round.html", round=row, card=cards.cards([row], now)[0], now=now,
                           banks=_banks(row), version=queries.rules_version(row), problems=_problems(row, now),
                           first=queries.rules_version(row, 1),
                           unsaid=sentences.unsaid(row) if row.state == "draft" else [], tight=_tight(row),
                           form=ConfirmForm(), essays=queries.asks_essays(row))


def _banks(row: Round) -> list[str]:
    chosen = {bank.bank_id for bank in row.banks}
    return [bank.title for bank in queries.banks() if bank.id in chosen]


def _problems(row: Round, now: Any) -> list[str]:
    if row.state != "draft":
        return []
    found = publishing.problems(row, pools.groups([bank.bank_id for bank in row.banks], row.blueprint), now)
    return [sentences.problem(problem) for problem in found]


def _tight(row: Round) -> str | None:
    if row.state != "draft":
        return None
    return sentences.tight(row, queries.expected(row), current_app.extensions["contest_config"].start_rate)


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/cong-bo", methods=["GET", "POST"])
@policy("contest.edit")
def round_publish(round_id: str) -> ResponseReturnValue:
    """The checklist before publishing, and publishing."""
    now = clock.now()
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            publishing.publish_round(round_id, by=person().id, now=now)
        except Refusal as refusal:
            if refusal.code != "round_not_ready":
                raise
            db.session.rollback()
        else:
            db.session.commit()
            return done(_("Đã công bố đợt thi. Câu hỏi và ma trận đề đã chốt."),
                        "rounds.round_overview", round_id=round_id)
    row = queries.get_round(round_id)
    found = _problems(row, now)
    units = queries.contest_units(row.contest_id)
    page = render_template("rounds/publish.html", round=row, form=form, problems=found, banks=_banks(row),
                           card=cards.cards([row], now)[0], unsaid=sentences.unsaid(row), tight=_tight(row),
                           telling=sentences.tells_keys(row),
                           units=len(units), headcount=sum(unit.headcount or 0 for unit in units))
    return page, 422 if found and request.method == "POST" else 200


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/gia-han", methods=["GET", "POST"])
@policy("contest.edit")
def round_extend(round_id: str) -> ResponseReturnValue:
    """Let a round close later, with the reason."""
    now = clock.now()
    row = queries.get_round(round_id)
    form = ExtendForm(closes_at=row.closes_at)
    if form.validate_on_submit():
        try:
            publishing.extend_round(round_id, form.closes_at.data or row.closes_at, form.reason.data or "",
                                    by=person().id, now=now)
        except Refusal as refusal:
            if refusal.code != "closes_too_early":
                raise
            form.closes_at.errors = [words(refusal)]
        else:
            db.session.commit()
            return done(_("Đã gia hạn đợt thi."), "rounds.round_overview", round_id=round_id)
    return _reasoned("rounds/extend.html", row, form, now)


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/huy", methods=["GET", "POST"])
@policy("contest.edit")
def round_cancel(round_id: str) -> ResponseReturnValue:
    """Call a round off, with the reason."""
    now = clock.now()
    row = queries.get_round(round_id)
    form = ReasonForm()
    if form.validate_on_submit():
        publishing.cancel_round(round_id, form.reason.data or "", by=person().id, now=now)
        db.session.commit()
        return done(_("Đã hủy đợt thi."), "rounds.round_overview", round_id=round_id)
    return _reasoned("rounds/cancel.html", row, form, now)


def _reasoned(template: str, row: Round, form: ReasonForm, now: Any) -> ResponseReturnValue:
    page = render_template(template, round=row, form=form, state=queries.state(row, now))
    return page, 422 if form.errors else 200


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/cong-bo-ket-qua")
@policy("contest.edit")
def round_results(round_id: str) -> ResponseReturnValue:
    """Asks whether to make the results official; the same address takes the answer, in standings."""
    now = clock.now()
    row = queries.get_round(round_id)
    return render_template("rounds/results.html", round=row, form=ConfirmForm(), state=queries.state(row, now),
                           listed=eligibility.listed(row.kind, row.board_shown))


@blueprint.post("/to-chuc/dot-thi/<id:round_id>/sao-chep")
@policy("contest.edit")
def round_copy(round_id: str) -> ResponseReturnValue:
    """Copy a round to a draft one week later."""
    now = clock.now()
    copied = copying.copy_round(round_id, by=person().id, now=now)
    db.session.commit()
    return done(_("Đã sao chép thành “%(title)s”, lùi 7 ngày. Xem lại trước khi công bố.", title=copied.title),
                "rounds.round_overview", round_id=copied.id)


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/xoa", methods=["GET", "POST"])
@policy("contest.edit")
def round_delete(round_id: str) -> ResponseReturnValue:
    """Remove a draft."""
    now = clock.now()
    form = ConfirmForm()
    if form.validate_on_submit():
        contest_id = operations.delete_round(round_id, by=person().id, now=now)
        db.session.commit()
        return done(_("Đã xóa bản nháp."), "rounds.contest", contest_id=contest_id)
    row = queries.get_round(round_id)
    if row.state != "draft":
        raise Refusal("rules_frozen", 409)
    return render_template("rounds/delete.html", round=row, form=form, state=row.state)
