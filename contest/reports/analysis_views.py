"""What the answers of a closed round say about its questions, for organisers."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from contest import clock
from contest.database import reading
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.identity.names import tidy
from contest.jobs.queries import latest, work
from contest.questions import seals
from contest.reports import analysed, analysing, analysis_book, analysis_words
from contest.reports.analysis_models import ANALYSE, COMPARE
from contest.reports.pages import blueprint
from contest.reports.sheets import runs_until_now
from contest.rounds.models import Round
from contest.standings.queries import round_by_id
from contest.standings.run_words import why_not_yet

ADDRESS = "/to-chuc/dot-thi/<id:round_id>/phan-tich"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {ANALYSE: "reports.analysis", COMPARE: "reports.comparison"}  # kind of job → the page that shows its outcome


def _remark(name: str) -> str:
    return str(analysis_words.REMARKS[name])


blueprint.add_app_template_filter(_remark, "remark")


@blueprint.get(ADDRESS)
@policy("contest.edit")
def analysis(round_id: str) -> str:
    """The questions of an analysed round with their figures; or why there are none yet, and how far they are."""
    now = clock.now()
    round_ = closed_round(round_id)
    waits = why_not_yet(round_, now)
    whole = None if waits else analysed.analysis_of(round_id)
    told = told_work(ANALYSE, round_id, now)
    if whole is None:
        return render_template("reports/analysis_none.html", round=round_, waits=waits, **told)
    note_reading(round_, [bank.bank_id for bank in round_.banks], now)
    text = tidy(request.args.get("q", ""))[:80]
    remark = request.args.get("xem", "")
    remark = remark if remark in analysis_words.REMARKS else ""
    sort = request.args.get("sap", "")
    sort = sort if sort in analysed.SORTS else ""
    descending = request.args.get("chieu") == "giam"
    found = analysed.lines(round_, text, remark, sort, request.args.get("trang", 1, type=int), descending=descending)
    return render_template(
        "reports/analysis.html", round=round_, whole=whole, found=found, text=text, remark=remark, sort=sort,
        descending=descending, said_remarks=analysis_words.REMARKS, verdicts=analysis_words.VERDICTS,
        methods=analysis_words.METHODS, reasons=analysis_words.REASONS, meaning=analysis_words.meaning(whole),
        old=whole.runs != runs_until_now(round_id), **told)


@blueprint.post(ADDRESS)
@policy("contest.edit")
def analyse(round_id: str) -> ResponseReturnValue:
    """Have the round analysed by the worker."""
    return asked(ANALYSE, round_id)


@blueprint.get(ADDRESS + "/<id:version_id>")
@policy("contest.edit")
def analysed_question(round_id: str, version_id: str) -> str:
    """One question: who chose what, the weak, the middle and the strong apart."""
    now = clock.now()
    round_ = closed_round(round_id)
    whole = analysed.analysis_of(round_id)
    if whole is None or why_not_yet(round_, now):
        raise Missing
    line, opened = analysed.one(round_, version_id)
    note_reading(round_, [opened.bank_id], now)
    return render_template(
        "reports/analysis_question.html", round=round_, whole=whole, line=line, version=opened.version,
        advice=analysis_words.ADVICE, verdicts=analysis_words.VERDICTS,
        texts={option.id: option.text for option in opened.version.options},
        old=whole.runs != runs_until_now(round_id))


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/phan-tich.xlsx")
@policy("contest.edit")
def analysis_workbook(round_id: str) -> Response:
    """The figures of all questions as a workbook."""
    now = clock.now()
    round_ = closed_round(round_id)
    whole = analysed.analysis_of(round_id)
    if whole is None or why_not_yet(round_, now):
        raise Missing
    note_reading(round_, [bank.bank_id for bank in round_.banks], now)
    file = BytesIO()
    analysis_book.write(round_, whole, analysed.every(round_), file, now)
    file.seek(0)
    response = send_file(file, mimetype=XLSX)
    full = quote(f"{round_.contest.title} - {round_.title} - {_('Phân tích câu hỏi')}.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=\"phan-tich.xlsx\"; filename*=UTF-8''{full}"
    return response


@blueprint.get(ADDRESS + "/tien-do/<kind>")
@policy("contest.edit")
def analysis_progress(round_id: str, kind: str) -> dict[str, Any]:
    """How far the work is, for the page that waits for it."""
    now = clock.now()
    closed_round(round_id)
    if kind not in KINDS:
        raise Missing
    told = told_work(kind, round_id, now)
    if not told["busy"]:
        return {"next": url_for(KINDS[kind], round_id=round_id)}
    return {"words": told["said"], "done": told["work"].done, "total": told["work"].total, "late": told["late"],
            "over": False}


def asked(kind: str, round_id: str) -> Response:
    """Ask for a job of this kind about a round, and go to the page that waits for it. Commits."""
    now = clock.now()
    closed_round(round_id)
    try:
        analysing.ask(kind, round_id, by=person().id, now=now)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        db.session.rollback()
        flash(words(refusal), "error")
    else:
        db.session.commit()
    return redirect(url_for(KINDS[kind], round_id=round_id), 303)


def told_work(kind: str, round_id: str, now: datetime) -> dict[str, Any]:
    """What a page says of the latest job: `busy` while it waits or runs, `failed` where it ended without an outcome."""
    job = latest(kind, "round", round_id)
    if job is None:
        return {"work": None, "busy": False, "failed": False, "said": "", "late": None, "kind": kind}
    told = work(job, now)
    said = (_("Đang chờ bắt đầu.") if not told.total else
            _("Đã đọc xong các bài, đang tính.") if told.done >= told.total else
            _("Đã đọc %(percent)s số bài.", percent=f"{told.done * 100 // told.total}\u00a0%"))
    late = _("Chưa có tiến trình nền nào nhận việc. Báo người quản trị kiểm tra dịch vụ “worker”.")
    return {"work": told, "busy": not told.ended, "failed": told.state == "failed", "said": said,
            "late": late if told.idle else None, "kind": kind}


def closed_round(round_id: str) -> Round:
    """The round; a draft has no answers. Raises `Missing`."""
    round_ = round_by_id(round_id, privileged=True)
    if round_.state == "draft":
        raise Missing
    return round_


def note_reading(round_: Round, bank_ids: Sequence[str], now: datetime) -> None:
    """Put on record that somebody reads keys of sealed banks. No transaction that writes may be open."""
    with reading():
        seals.note_reading_of(bank_ids, "analysis", actor=person().actor, now=now, round_id=round_.id)
