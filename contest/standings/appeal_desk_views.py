"""The organisers' desk of objections: who waits, about which question, and the answers."""

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from contest import clock
from contest.clock import LOCAL
from contest.columns import is_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.identity.names import tidy
from contest.identity.workbooks import workbook
from contest.questions.desk import download
from contest.rounds.models import Round
from contest.standings import appealed, questioned, recorded, sealed
from contest.standings.appeal_forms import AnswerForm
from contest.standings.appealed import Asked
from contest.standings.appeals import Answer, answer_all
from contest.standings.queries import round_by_id

blueprint = Blueprint("appeal_desk", __name__)
blueprint.add_app_template_global(appealed.waiting, "appeals_waiting")
ADDRESS = "/to-chuc/dot-thi/<id:round_id>/kien-nghi"
SHOWN = {"cho": "waiting", "qua-han": "overdue", "chap-nhan": "upheld", "giu-nguyen": "rejected", "da-rut": "withdrawn",
         "tat-ca": "all"}
WHOLE = "ca-bai"  # in an address: about the result, not a question


@blueprint.get(ADDRESS)
@policy("contest.edit")
def listed(round_id: str) -> str:
    """Objections by state, those that wait by when they are due."""
    now = clock.now()
    round_ = _round(round_id)
    _note(round_, now)
    shown = request.args.get("xem", "")
    shown = shown if shown in SHOWN else "cho"
    after = request.args.get("sau", "")
    asked = Asked(SHOWN[shown], _about(), tidy(request.args.get("q", ""))[:80])
    return render_template(
        "standings/appeal_desk.html", round=round_, shown=shown, asked=asked, about=request.args.get("cau") or None,
        counts=appealed.counts(round_id, now), now=now, period=appealed.period(round_),
        page=appealed.page(round_id, asked, after if is_id(after) else None, now))


@blueprint.get(ADDRESS + "/theo-cau")
@policy("contest.edit")
def questions(round_id: str) -> str:
    """What is objected to, with how the question did, and the ways to put it right."""
    now = clock.now()
    round_ = _round(round_id)
    _note(round_, now)
    return render_template("standings/appeal_questions.html", round=round_, rows=appealed.by_question(round_),
                           counts=appealed.counts(round_id, now), sample=questioned.SAMPLE, whole=WHOLE,
                           may_open=allowed("bank.edit"))


@blueprint.route(ADDRESS + "/tra-loi", methods=["GET", "POST"])
@policy("contest.edit")
def answer(round_id: str) -> ResponseReturnValue:
    """One answer to one objection, to several, or to all that wait about a question."""
    now = clock.now()
    round_ = _round(round_id)
    sent = request.form if request.method == "POST" else request.args  # what is ticked, not what once was asked for
    chosen = [one for one in dict.fromkeys(sent.getlist("chon")) if is_id(one)][:appealed.MOST]
    form = AnswerForm()
    form.offer([(line.run.id, line.run.number) for line in recorded.runs(round_id) if line.run.state != "dropped"])
    if chosen and form.validate_on_submit():
        try:
            done = answer_all(round_id, chosen, Answer(form.outcome.data, form.text.data or "", form.run.data or None),
                              by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.text.errors = [words(refusal)]
        else:
            db.session.commit()
            return _answered(round_id, done, len(chosen))
    _note(round_, now)
    lines = appealed.to_answer(round_id, chosen, _about() if request.method == "GET" else None)
    if not lines:
        flash(_("Chọn ít nhất một kiến nghị đang chờ trả lời."), "warning")
        return redirect(url_for("appeal_desk.listed", round_id=round_id), 303)
    versions = dict.fromkeys(line.appeal.version_id for line in lines if line.appeal.version_id)
    page = render_template(
        "standings/appeal_answer.html", round=round_, form=form, lines=lines, now=now,
        opened=[(one, recorded.in_words(one.version, one.question))
                for one in questioned.to_correct(round_, list(versions))])
    return page, 422 if form.errors else 200


def _answered(round_id: str, done: int, asked: int) -> ResponseReturnValue:
    flash(ngettext("Đã trả lời %(num)s kiến nghị.", "Đã trả lời %(num)s kiến nghị.", done), "success")
    if kept := asked - done:
        flash(ngettext("%(num)s kiến nghị đã được rút hoặc đã có người trả lời, nên giữ nguyên.",
                       "%(num)s kiến nghị đã được rút hoặc đã có người trả lời, nên giữ nguyên.", kept), "warning")
    return redirect(url_for("appeal_desk.listed", round_id=round_id), 303)


@blueprint.get(ADDRESS + "/so-kien-nghi.xlsx")
@policy("contest.edit")
def exported(round_id: str) -> ResponseReturnValue:
    """All objections of the round with their answers, for the file."""
    now = clock.now()
    round_ = _round(round_id)
    _note(round_, now)
    header = [_("Số"), _("Gửi lúc"), _("Họ và tên"), _("Tên đăng nhập"), _("Đơn vị"), _("Mã bài thi"), _("Lượt"),
              _("Kiến nghị về"), _("Mã câu hỏi"), _("Nội dung câu hỏi"), _("Lý do"), _("Hạn trả lời"),
              _("Tình trạng"), _("Trả lời"), _("Trả lời lúc"), _("Người trả lời"), _("Lần chấm lại")]
    return download(workbook(_("Kiến nghị"), header, _rows(round_id)), "so-kien-nghi")


def _rows(round_id: str) -> Iterator[list[str]]:
    states = {"waiting": _("Chờ trả lời"), "upheld": _("Chấp nhận"), "rejected": _("Giữ nguyên kết quả"),
              "withdrawn": _("Đã rút")}
    for number, line in enumerate(appealed.every(round_id), 1):
        one = line.appeal
        yield [str(number), _at(one.made_at), line.name, line.login, line.unit or "", line.receipt or "",
               str(line.number), _("Câu %(slot)s", slot=one.slot) if one.slot else _("Kết quả cả bài thi"),
               line.code or "", line.stem, one.reason, _at(one.due_at), states[one.state], one.answer,
               _at(one.ended_at), (one.answer and line.answered_by) or "", str(line.run or "")]


def _at(instant: datetime | None) -> str:
    return instant.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M") if instant else ""


def _about() -> str | None:
    """The question that the address asks for: a version's id, "" for the result as a whole, None for any."""
    found = request.args.get("cau", "")
    return "" if found == WHOLE else found if is_id(found) else None


def _round(round_id: str) -> Round:
    round_ = round_by_id(round_id, privileged=True)
    if round_.state == "draft":
        raise Missing
    return round_


def _note(round_: Round, now: datetime) -> None:
    sealed.note(round_, [bank.bank_id for bank in round_.banks], "appeals", now)
