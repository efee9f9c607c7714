"""How often a contest's questions were drawn and which may have leaked, for organisers."""

from flask import render_template, request

from contest import clock
from contest.database import reading
from contest.identity.access import person, policy
from contest.questions import seals
from contest.reports import drawn
from contest.reports.pages import blueprint
from contest.rounds import queries
from contest.scoring.exposure import ERROR_RATE


@blueprint.get("/to-chuc/cuoc-thi/<id:contest_id>/muc-lo-cau")
@policy("contest.edit")
def exposure(contest_id: str) -> str:
    """Alarms first, then the questions that were drawn most; closed and analysed rounds only."""
    now = clock.now()
    contest = queries.get_contest(contest_id)
    found = drawn.drawn(contest, now, request.args.get("trang", 1, type=int))
    with reading():
        seals.note_reading_of(found.banks, "analysis", actor=person().actor, now=now, contest_id=contest_id)
    return render_template("reports/exposure.html", contest=contest, found=found, one_in=round(1 / ERROR_RATE))
