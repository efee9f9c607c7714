"""The minutes of a grading run, or of other rules for a contest's board, to be downloaded: a draft until decided."""

from typing import Any
from urllib.parse import quote

from flask import Response
from flask_babel import gettext as _

from contest import clock
from contest.errors import Missing, Refusal
from contest.identity.access import person, policy
from contest.questions.media_views import rich_plain
from contest.questions.seals import note_reading_of
from contest.reports import minutes, minutes_words, overall_minutes_words
from contest.reports.pages import blueprint
from contest.rounds.queries import get_contest, owner_of
from contest.standings import overall_recorded, questioned, recorded
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
    data = minutes_words.data(minutes.of(round_, line), (owner.agency_parent, owner.agency_name), rich_plain)
    title = _("Biên bản chấm lại số %(number)s - %(round)s", number=number, round=round_.title)
    return _file(data, kind, title, f"bien-ban-cham-lai-{number}")


@blueprint.get("/to-chuc/cuoc-thi/<id:contest_id>/xep-hang-chung/sua/<int:number>/bien-ban.<kind>")
@policy("contest.edit")
def overall_minutes(contest_id: str, number: int, kind: str) -> Response:
    """The minutes of other rules for a contest's board, as a PDF or for Word."""
    contest = get_contest(contest_id)
    line = overall_recorded.run(contest_id, number)
    if kind not in MAKERS:
        raise Missing
    if line.run.built_at is None or line.run.basis is None:
        raise Refusal("overall_run_not_ready", 409)
    owner = owner_of(contest)
    titles = {one.id: one.title for one in contest.rounds}
    facts = overall_minutes_words.of(contest, line, [titles[id_] for id_, number, _rev in line.run.basis if number])
    data = overall_minutes_words.data(facts, (owner.agency_parent, owner.agency_name))
    title = _("Biên bản sửa cách xếp hạng chung số %(number)s - %(contest)s", number=number, contest=contest.title)
    return _file(data, kind, title, f"bien-ban-xep-hang-chung-{number}")


def _file(data: dict[str, Any], kind: str, title: str, plain: str) -> Response:
    """The document to be downloaded under its title, `plain` where that can't be a name."""
    make, mimetype = MAKERS[kind]
    name = quote(f"{title}.{kind}", safe="")
    return Response(make(data), mimetype=mimetype, headers={
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{name}"})
