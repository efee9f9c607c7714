"""Grading a round anew, for organisers: what to put right, what that changes, who lets it hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from contest import clock
from contest.columns import is_id
from contest.delivery.prediction import PERCENT, written
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.identity.names import tidy
from contest.jobs.queries import Work
from contest.rounds import scoring_words
from contest.rounds.models import Round
from contest.rounds.scoring_forms import MarkingForm, typed
from contest.scoring import policy as policies
from contest.standings import (
    applying,
    previewing,
    proposals,
    publications,
    questioned,
    recorded,
    regrading,
    run_words,
    sealed,
)
from contest.standings.board_models import Board
from contest.standings.queries import round_by_id
from contest.standings.regrading import Changes
from contest.standings.run_forms import (
    DecideForm,
    NumberForm,
    RunForm,
    codes,
    corrections,
    new_rules,
    number_form,
    sent_of,
)
from contest.standings.run_models import GradingRun
from contest.standings.run_words import why_not_yet

blueprint = Blueprint("runs", __name__)
blueprint.add_app_template_global(recorded.waiting, "runs_waiting")
ADDRESS = "/to-chuc/dot-thi/<id:round_id>/cham-lai"
RUN = ADDRESS + "/<int:number>"
MOST = 40  # questions, and sittings, in one run
GROUPS = {"cbccvc": "official", "nguoi-dan": "citizen"}


@blueprint.app_template_global("runs_to_decide")
def runs_to_decide() -> list[recorded.ToDecide]:
    """For the home page, which may not import this room: the runs that this person may decide."""
    return recorded.to_decide(person().id) if allowed(recorded.DECIDES) else []


@blueprint.app_template_filter("guess_words")
def guess_words(kind: str, value: int | None) -> str:
    """The true value of a round's kind of prediction, with its sign."""
    said = written(kind, value) or "–"
    return f"{said}\u00a0%" if value is not None and kind == PERCENT else said


@blueprint.get(ADDRESS)
@policy("contest.edit")
def listed(round_id: str) -> str:
    """The runs of a round; or why there can be none yet."""
    now = clock.now()
    round_ = _round(round_id)
    lines = recorded.runs(round_id)
    return render_template("standings/regrades.html", round=round_, lines=lines, waits=why_not_yet(round_, now),
                           busy=proposals.one_waits(lines))


@blueprint.get(ADDRESS + "/chon")
@policy("contest.edit")
def choose(round_id: str) -> ResponseReturnValue:
    """What to put right: questions with how they did, sittings by the codes of their receipts."""
    now = clock.now()
    round_ = _round(round_id)
    if why_not_yet(round_, now):
        return redirect(url_for("runs.listed", round_id=round_id), 303)
    return _choose(round_, now)


def _choose(round_: Round, now: datetime, unknown: Sequence[str] = ()) -> str:
    sealed.note(round_, [bank.bank_id for bank in round_.banks], "regrade", now)
    text = tidy(request.args.get("q", ""))[:80]
    found = questioned.questions(round_, text, _ids("cau"), request.args.get("trang", 1, type=int))
    return render_template("standings/regrade_choose.html", round=round_, found=found, text=text, unknown=unknown,
                           typed=request.args.get("ma", "")[:2_000], sittings=recorded.sittings(
                               round_.id, _ids("luot"), _ids("lai"), ()))


@blueprint.route(ADDRESS + "/moi", methods=["GET", "POST"])
@policy("contest.edit")
def new(round_id: str) -> ResponseReturnValue:
    """The new keys, the reasons; then the run is put on record and its preview is built."""
    now = clock.now()
    round_ = _round(round_id)
    if why_not_yet(round_, now):
        return redirect(url_for("runs.listed", round_id=round_id), 303)
    receipts = codes(request.args.get("ma", ""))[:MOST]
    chosen, rules, number = _ids("cau"), _rules_form(round_), number_form(round_)
    sittings = recorded.sittings(round_id, _ids("luot"), _ids("lai"), receipts)
    if unknown := sorted(set(receipts) - {one.receipt for one in sittings}):
        return _choose(round_, now, unknown)
    if not (chosen or sittings or rules or number):
        flash(_("Chọn ít nhất một câu hỏi, ghi một mã bài thi, hoặc chọn sửa quy tắc."), "warning")
        return redirect(url_for("runs.choose", round_id=round_id), 303)
    form = RunForm()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        made, wrong = _made(round_, chosen, sittings, (form, rules, number), now)
        if made is not None:
            return redirect(url_for("runs.shown", round_id=round_id, number=made), 303)
    sealed.note(round_, questioned.banks_of(round_id, chosen), "regrade", now)
    opened = questioned.to_correct(round_, chosen)
    page = render_template(
        "standings/regrade_new.html", round=round_, form=form, wrong=wrong, sittings=sittings, rules=rules,
        number=number,
        questions=[(one, recorded.in_words(one.version, one.question), sent_of(one, request.form)) for one in opened])
    return page, 422 if wrong or any(one.errors for one in (form, rules, number) if one) else 200


def _rules_form(round_: Round) -> MarkingForm | None:
    """The rules of scoring to be changed, None where the address asks for no change of them."""
    if "quy-tac" not in request.args:
        return None
    held = db.session.get_one(Board, round_.id).policy
    form = MarkingForm(data=typed(held))
    form.keep_seed(held, round_.id)
    return form


def _made(round_: Round, chosen: Sequence[str], sittings: Sequence[recorded.Sitting],
          forms: tuple[RunForm, MarkingForm | None, NumberForm | None],
          now: datetime) -> tuple[int | None, dict[str, str]]:
    """(the number of the run that was made, what is wrong where none was: question, sitting or "" → sentence)."""
    form, rules, number = forms
    new = new_rules(round_, rules) if rules else None
    wrong_number = number is not None and not number.validate()
    if wrong_number or (rules and rules.errors):
        form.validate()
        db.session.rollback()
        return None, {}
    opened = questioned.to_correct(round_, chosen)
    held = db.session.get_one(Board, round_.id).policy if new is None else new
    found, wrong = corrections(opened, policies.read(held).marking, request.form)
    # Each way has a field of its own: a sitting that was annulled meanwhile does not come back for the reason it went.
    out, back = ({one.attempt_id: tidy(request.form.get(f"{name}-{one.attempt_id}", ""))[:500]
                  for one in sittings if one.void is void} for name, void in (("reason", False), ("back", True)))
    wrong |= {one: _("Ghi lý do loại lượt thi này.") for one, why in out.items() if not why}
    wrong |= {one: _("Ghi lý do khôi phục lượt thi này.") for one, why in back.items() if not why}
    made = None
    if form.validate() and not wrong:
        try:
            made = regrading.make_run(
                round_.id, Changes(found, out, new, given=number.value if number else None, reinstated=back),
                form.reason.data or "", by=person().id, now=now).number
        except Refusal as refusal:
            wrong = {"": words(refusal)}
    if made is None:
        db.session.rollback()
    else:
        db.session.commit()
    return made, wrong


@blueprint.get(RUN)
@policy("contest.edit")
def shown(round_id: str, number: int) -> str:
    """What a run changes: counts, the first places before and after, one person's change; and what can be done."""
    now = clock.now()
    round_ = _round(round_id)
    line = recorded.run(round_id, number)
    run = line.run
    busy = proposals.busy(run, now)
    if busy is not None:
        return render_template("standings/regrade_building.html", round=round_, line=line, **_told(run, busy))
    sealed.note(round_, questioned.banks_of(round_id, recorded.versions_of(run)), "regrade", now)
    group = GROUPS.get(request.args.get("nhom", ""), "citizen" if round_.audience == "citizen" else "official")
    after = request.args.get("sau", "")
    after = after if is_id(after) else ""
    text = tidy(request.args.get("q", ""))[:80]
    behind = request.args.get("doi", "")
    behind = behind if is_id(behind) else ""
    if run.state == "ready":
        places = previewing.first_places(run, group, after or None)
    else:
        places = previewing.Changes(previewing.kept_first(run, group), None)
    return render_template(
        "standings/regrade.html", round=round_, line=line, corrected=recorded.corrected(run), rules=_told_rules(run),
        number=recorded.number(run),
        moves=recorded.moves(run), group=group, places=places, first=not after, text=text,
        changed=previewing.changed(run, group, behind or None), behind=behind,
        found=previewing.found(run, round_.contest_id, text) if text else None, mine=run.made_by == person().id,
        deciders=recorded.deciders(run.made_by) if run.state == "ready" else [], form=DecideForm(), undo=RunForm(),
        refused=run_words.refused(run, _(
            "Việc cho có hiệu lực đã dừng giữa chừng. Kết quả của đợt thi chưa thay đổi. Duyệt lại.")),
        outdated=run.state == "applied" and publications.outdated(
            round_id, next(iter(publications.publications_of(round_id)), None)),
        undoable=run.id == proposals.undoable(recorded.runs(round_id)))


def _told_rules(run: Any) -> list[tuple[str, str, str]]:
    before_after = recorded.rules(run)
    return scoring_words.differences(*before_after) if before_after else []


@blueprint.get(RUN + "/tien-do")
@policy("contest.edit")
def progress(round_id: str, number: int) -> dict[str, Any]:
    """How far the preview is, for the page that waits for it."""
    now = clock.now()
    _round(round_id)
    run = recorded.run(round_id, number).run
    busy = proposals.busy(run, now)
    if busy is None:
        return {"next": url_for("runs.shown", round_id=round_id, number=number)}
    return run_words.progress(_told(run, busy))


def _told(run: GradingRun, work: Work) -> dict[str, Any]:
    return run_words.told(run, work, _("Đang cho kết quả mới có hiệu lực."))


@blueprint.post(RUN + "/<what>")
@policy("contest.edit")
def act(round_id: str, number: int, what: str) -> ResponseReturnValue:
    """Let a run hold, drop it, build it anew, or make the run that undoes it."""
    now = clock.now()
    _round(round_id)
    run = recorded.run(round_id, number).run
    by, note = person().id, request.form.get("note", "")[:1_000]
    try:
        if what == "duyet":
            holds = applying.approve_run(run.id, note, by=by, now=now)
            said = _("Đã duyệt. Kết quả và bảng xếp hạng của đợt thi đã thay đổi.") if holds else ""
        elif what == "bo":
            applying.drop_run(run.id, note, by=by, now=now)
            said = _("Đã bỏ lần chấm lại này. Kết quả của đợt thi giữ nguyên.")
        elif what == "tinh-lai":
            regrading.rebuild_run(run.id, by=by, now=now)
            said = ""
        elif what == "hoan-tac":
            number = applying.undo_run(run.id, request.form.get("reason", "")[:500], by=by, now=now).number
            said = _("Đã lập lần chấm lại để hoàn tác. Cần một người khác duyệt.")
        else:
            raise Missing
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        db.session.rollback()
        said = ""
        flash(words(refusal), "error")
    else:
        db.session.commit()
    if said:
        flash(said, "success")
    return _to(round_id, number)


def _to(round_id: str, number: int) -> Response:
    return redirect(url_for("runs.shown", round_id=round_id, number=number), 303)


def _round(round_id: str) -> Round:
    round_ = round_by_id(round_id, privileged=True)
    if round_.state == "draft":
        raise Missing
    return round_


def _ids(name: str) -> list[str]:
    """The ids in the address under this name, each once."""
    return [one for one in dict.fromkeys(request.args.getlist(name)) if is_id(one)][:MOST]
