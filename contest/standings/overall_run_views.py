"""Other rules for a contest's board, for organisers: proposed, looked at, let hold or dropped, taken back."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from contest import clock
from contest.columns import is_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.identity.names import tidy
from contest.jobs.queries import Work
from contest.rounds import scoring_words
from contest.rounds.adding_up import contest_rounds, faults, kept
from contest.rounds.models import Contest
from contest.rounds.overall_forms import typed
from contest.rounds.queries import get_contest
from contest.scoring import policy as policies
from contest.scoring.policy import BadPolicy
from contest.standings import overall_recorded, overall_runs, proposals, publications, recorded, run_words
from contest.standings.overall_models import OverallRun
from contest.standings.run_forms import DecideForm, OverallRunForm, UndoForm

blueprint = Blueprint("overall_runs", __name__)
ADDRESS = "/to-chuc/cuoc-thi/<id:contest_id>/xep-hang-chung/sua"
RUN = ADDRESS + "/<int:number>"
GROUPS = {"cbccvc": "official", "nguoi-dan": "citizen"}
PAGE = 50


@blueprint.app_template_global("overall_to_decide")
def overall_to_decide() -> list[overall_recorded.ToDecide]:
    """For the home page, which may not import this room: the proposals that this person may decide."""
    return overall_recorded.to_decide(person().id) if allowed(recorded.DECIDES) else []


@blueprint.app_template_global("rule_changes")
def rule_changes(run: OverallRun) -> list[tuple[str, str, str]]:
    """(what, before, after) of all that the two sets of rules say differently."""
    return scoring_words.differences(policies.read(run.old_rules), policies.read(run.new_rules))


@blueprint.get(ADDRESS)
@policy("contest.edit")
def listed(contest_id: str) -> str:
    """What was proposed and what became of it."""
    contest = _contest(contest_id)
    lines = overall_recorded.runs(contest_id)
    rules = policies.read(contest.overall or {})
    return render_template("standings/overall_runs.html", contest=contest, lines=lines, free=not kept(contest),
                           busy=proposals.one_waits(lines),
                           now_holds=[scoring_words.sums(rules), scoring_words.chain(rules)])


@blueprint.route(ADDRESS + "/moi", methods=["GET", "POST"])
@policy("contest.edit")
def new(contest_id: str) -> ResponseReturnValue:
    """Other rules and the reason; then they are on record and their preview is built."""
    now = clock.now()
    contest = _contest(contest_id)
    form = OverallRunForm(data=typed(contest.overall))
    form.keep_seed(contest.overall or {}, contest_id)
    if form.is_submitted() and form.validate():
        number = _made(contest, form, now)
        if number is not None:
            return _to(contest_id, number)
        contest = _contest(contest_id)
    page = render_template("standings/overall_run_new.html", contest=contest, form=form, rounds=contest_rounds(contest))
    return page, 422 if form.errors else 200


def _made(contest: Contest, form: OverallRunForm, now: datetime) -> int | None:
    """The number of the proposal; None where the form says what is wrong."""
    contest_id = contest.id
    try:
        number = overall_runs.make_run(contest_id, form.rules(), form.reason.data or "", by=person().id, now=now).number
    except BadPolicy:
        db.session.rollback()
        for error in faults(_contest(contest_id), form.rules()):
            form.show(error)
        return None
    except Refusal as refusal:
        db.session.rollback()
        form.form_errors.append(words(refusal))
        return None
    db.session.commit()
    return number


@blueprint.get(RUN)
@policy("contest.edit")
def shown(contest_id: str, number: int) -> str:
    """What other rules change: counts, who moves, the first places, one person; and what can be done."""
    now = clock.now()
    contest = _contest(contest_id)
    line = overall_recorded.run(contest_id, number)
    run = line.run
    busy = proposals.busy(run, now)
    if busy is not None:
        return render_template("standings/overall_run_building.html", contest=contest, line=line, **_told(run, busy))
    offered = overall_recorded.audiences(contest_id)
    group = GROUPS.get(request.args.get("nhom", ""), next(iter(offered), "official"))
    after, behind = (found if is_id(found := request.args.get(name, "")) else "" for name in ("sau", "doi"))
    text = tidy(request.args.get("q", ""))[:80]
    published = next(iter(publications.publications_of(contest_id)), None)
    return render_template(
        "standings/overall_run.html", contest=contest, line=line, rules=rule_changes(run), group=group,
        groups=offered, places=overall_recorded.first_places(run, group, after or None, PAGE), first=not after,
        changed=overall_recorded.moved(run, group, behind or None), behind=behind, text=text,
        found=overall_recorded.found(run, text) if text else None, mine=run.made_by == person().id,
        deciders=recorded.deciders(run.made_by) if run.state == "ready" else [], form=DecideForm(), undo=UndoForm(),
        refused=run_words.refused(run, _(
            "Việc cho có hiệu lực đã dừng giữa chừng. Bảng xếp hạng chung chưa thay đổi. Duyệt lại.")),
        published=published,
        overtaken=run.state == "applied" and publications.overtaken(contest_id, published),
        undoable=run.id == proposals.undoable(overall_recorded.runs(contest_id)))


@blueprint.get(RUN + "/tien-do")
@policy("contest.edit")
def progress(contest_id: str, number: int) -> dict[str, Any]:
    """How far the preview is, for the page that waits for it."""
    now = clock.now()
    _contest(contest_id)
    run = overall_recorded.run(contest_id, number).run
    busy = proposals.busy(run, now)
    if busy is None:
        return {"next": url_for("overall_runs.shown", contest_id=contest_id, number=number)}
    return run_words.progress(_told(run, busy))


def _told(run: OverallRun, work: Work) -> dict[str, Any]:
    return run_words.told(run, work, _("Đang cho cách tính mới có hiệu lực."))


@blueprint.post(RUN + "/<what>")
@policy("contest.edit")
def act(contest_id: str, number: int, what: str) -> ResponseReturnValue:
    """Let other rules hold, drop them, have them worked out anew, or propose the rules of before."""
    now = clock.now()
    _contest(contest_id)
    run = overall_recorded.run(contest_id, number).run
    try:
        number, said = _acted(run, what, now)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        db.session.rollback()
        flash(words(refusal), "error")
    else:
        db.session.commit()
        if said:
            flash(said, "success")
    return _to(contest_id, number)


def _acted(run: OverallRun, what: str, now: datetime) -> tuple[int, str]:
    """(number of the page to go on to, what to say there)."""
    by, note = person().id, request.form.get("note", "")[:1_000]
    if what == "duyet":
        holds = overall_runs.approve_run(run.id, note, by=by, now=now)
        return run.number, _("Đã duyệt. Bảng xếp hạng chung đã theo cách tính mới.") if holds else ""
    if what == "bo":
        overall_runs.drop_run(run.id, note, by=by, now=now)
        return run.number, _("Đã bỏ đề nghị này. Bảng xếp hạng chung giữ nguyên.")
    if what == "tinh-lai":
        overall_runs.rebuild_run(run.id, by=by, now=now)
        return run.number, ""
    if what == "hoan-tac":
        back = overall_runs.undo_run(run.id, request.form.get("reason", ""), by=by, now=now)
        return back.number, _("Đã lập đề nghị hoàn tác. Cần một người khác duyệt.")
    raise Missing


def _to(contest_id: str, number: int) -> Response:
    return redirect(url_for("overall_runs.shown", contest_id=contest_id, number=number), 303)


def _contest(contest_id: str) -> Contest:
    """The contest. Raises `Missing`, also where it has no such board."""
    contest = get_contest(contest_id)
    if contest.overall is None:
        raise Missing
    return contest
