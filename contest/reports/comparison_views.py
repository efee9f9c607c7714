"""Sittings of a closed round that are more alike than chance explains, for organisers to judge."""

import math

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.reports import compared, comparing
from contest.reports.analysis_models import COMPARE
from contest.reports.analysis_views import asked, closed_round, note_reading, told_work
from contest.reports.analysis_words import PAIRS
from contest.reports.pages import blueprint
from contest.reports.sheets import runs_until_now
from contest.standings.run_words import why_not_yet

ADDRESS = "/to-chuc/dot-thi/<id:round_id>/bai-giong-nhau"
VERDICTS = {"cho-xem": "waiting", "nghi-van": "suspicious", "khong": "cleared"}


@blueprint.app_template_filter("one_in")
def one_in(rarity: int) -> int:
    """650 → 3,200,000: how rare a chance of 10^-6.5 is, to two digits."""
    whole = round(math.pow(10, rarity / 100))
    scale = math.pow(10, max(0, len(str(whole)) - 2))
    return round(round(whole / scale) * scale)


@blueprint.get(ADDRESS)
@policy("contest.edit")
def comparison(round_id: str) -> str:
    """The pairs that were found; or why there are none yet, and how far the search is."""
    now = clock.now()
    round_ = closed_round(round_id)
    waits = why_not_yet(round_, now)
    whole = None if waits else compared.comparison_of(round_id)
    verdict = request.args.get("xem", "")
    verdict = verdict if verdict in VERDICTS else ""
    page = request.args.get("trang", 1, type=int)
    found = compared.lines(round_id, VERDICTS.get(verdict, ""), page) if whole else None
    return render_template(
        "reports/comparison.html", round=round_, waits=waits, whole=whole, found=found, verdict=verdict,
        verdicts=VERDICTS, said_verdicts=PAIRS, most=comparing.MOST_SITTINGS, kept=comparing.MOST_PAIRS,
        old=whole is not None and whole.runs != runs_until_now(round_id), **told_work(COMPARE, round_id, now))


@blueprint.post(ADDRESS)
@policy("contest.edit")
def compare(round_id: str) -> ResponseReturnValue:
    """Have the sittings compared by the worker."""
    return asked(COMPARE, round_id)


@blueprint.get(ADDRESS + "/<id:pair_id>")
@policy("contest.edit")
def similar_pair(round_id: str, pair_id: str) -> str:
    """Both papers side by side, and the form of the verdict."""
    return _pair(round_id, pair_id)


@blueprint.post(ADDRESS + "/<id:pair_id>")
@policy("contest.edit")
def judge_pair(round_id: str, pair_id: str) -> ResponseReturnValue:
    """Put on record what a person makes of a pair."""
    now = clock.now()
    verdict, note = request.form.get("verdict", ""), request.form.get("note", "")
    try:
        comparing.judge(round_id, pair_id, verdict, note, by=person().id, now=now)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        db.session.rollback()
        return _pair(round_id, pair_id, words(refusal)), 422
    db.session.commit()
    flash(_("Đã ghi kết luận. Kết quả thi không thay đổi."), "success")
    return redirect(url_for("reports.comparison", round_id=round_id), 303)


def _pair(round_id: str, pair_id: str, wrong: str = "") -> str:
    now = clock.now()
    round_ = closed_round(round_id)
    line = compared.line(round_id, pair_id)
    rows = [] if why_not_yet(round_, now) else compared.beside(round_, line.pair)
    note_reading(round_, sorted({row.bank_id for row in rows}), now)
    return render_template("reports/similar_pair.html", round=round_, line=line, rows=rows, wrong=wrong,
                           said_verdicts=PAIRS, typed=request.form.get("note", line.pair.note),
                           picked=request.form.get("verdict", line.pair.verdict))
