"""The minutes of a grading run, to be downloaded: a draft until it is decided."""

from urllib.parse import quote

from flask import Response
from flask_babel import gettext as _

from contest import clock
from contest.errors import Missing, Refusal
from contest.identity.access import person, policy
from contest.questions.media_views import rich_plain
from contest.questions.seals import note_reading_of
from contest.reports import minutes, minutes_words
from contest.reports.pages import blueprint
from contest.rounds.queries import owner_of
from contest.standings import questioned, recorded
from contest.standings.queries import round_by_id

MAKERS = {"pdf": (minutes.pdf, "application/pdf"), "docx": (
    minutes.docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")}


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/cham-lai/<int:number>/bien-ban.<kind>")
@policy("contest.edit")
def run_minutes(round_id: str, number: int, kind: str) -> Response:
    """The minutes as a PDF or for Word. They hold keys: of a sealed bank that is a reading."""
    now = clock.now()
    round_ = round_by_id(round_id, privileged=True)
    line = recorded.run(round_id, number)
    if kind not in MAKERS:
        raise Missing
    if "sittings" not in line.run.summary:
        raise Refusal("run_not_ready", 409)
    note_reading_of(questioned.banks_of(round_id, recorded.versions_of(line.run)), "regrade", actor=person().actor,
                    now=now, round_id=round_id)
    owner = owner_of(round_.contest)
    make, mimetype = MAKERS[kind]
    file = make(minutes_words.data(minutes.of(round_, line), (owner.agency_parent, owner.agency_name), rich_plain))
    title = _("Biên bản chấm lại số %(number)s - %(round)s", number=number, round=round_.title)
    name = quote(f"{title}.{kind}", safe="")
    return Response(file, mimetype=mimetype, headers={
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename=\"bien-ban-cham-lai-{number}.{kind}\"; filename*=UTF-8''{name}"})
