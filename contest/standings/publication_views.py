"""Published boards as files: written once, served without asking the database anything."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.rounds.queries import get_contest
from contest.standings import publications
from contest.standings import published_files as files
from contest.standings.overall import official
from contest.standings.run_models import Publication

blueprint = Blueprint("publications", __name__)
FILE = re.compile(r"(?:(?:cbccvc|nguoi-dan)-[1-9][0-9]{0,3}\.html|board\.json)")


@blueprint.app_context_processor
def _lists() -> dict[str, Any]:
    """For pages of other rooms too: the address of a board's published list; None while there is none."""
    return {"published_list": lambda board_id: None if files.held(board_id) is None else url_for(
        "publications.latest", board_id=board_id)}


@blueprint.get("/cong-bo/<id:board_id>")
@policy("public.read")
def latest(board_id: str) -> ResponseReturnValue:
    """The latest publication's first page."""
    number = files.held(board_id)
    try:
        first = (files.folder(board_id) / str(number) / "first").read_text()
    except OSError:
        raise Missing from None
    return redirect(url_for("publications.page", board_id=board_id, number=number, name=first), 302)


@blueprint.get("/cong-bo/<id:board_id>/<int:number>/<name>")
@policy("public.read")
def page(board_id: str, number: int, name: str) -> ResponseReturnValue:
    """A page of a publication, or its data. Raises 404 for what was never published, or is not committed yet."""
    path = files.folder(board_id) / str(number) / name
    if not FILE.fullmatch(name) or number > (files.held(board_id) or 0) or not path.is_file():
        raise Missing
    answer = Response(path.read_bytes(), mimetype="application/json" if name.endswith(".json") else "text/html")
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.post("/to-chuc/dot-thi/<id:round_id>/cong-bo-lai")
@policy("contest.edit")
def publish_again(round_id: str) -> ResponseReturnValue:
    """Publish the board as it stands now, in the place of the list that was published before."""
    return _publish(files.publish, round_id, after=url_for("publications.latest", board_id=round_id),
                    form=url_for("standings.overview", round_id=round_id, _anchor="cong-bo"))


@blueprint.get("/thong-ke/cuoc-thi/<id:contest_id>/cong-bo")
@policy("report.read")
def overall_lists(contest_id: str) -> ResponseReturnValue:
    """The published lists of the board over a contest's rounds, and the way to publish it as it stands."""
    contest = get_contest(contest_id)
    if contest.overall is None:
        raise Missing
    published, rounds = publications.publications_of(contest_id), list(official(contest_id).values())
    return render_template(
        "standings/overall_lists.html", contest=contest, rounds=rounds, hidden=publications.hidden_of(rounds),
        published=published, overtaken=publications.overtaken(contest_id, next(iter(published), None)),
        may_edit=allowed("contest.edit"))


@blueprint.post("/to-chuc/cuoc-thi/<id:contest_id>/cong-bo-bang-chung")
@policy("contest.edit")
def publish_overall(contest_id: str) -> ResponseReturnValue:
    """Publish the board over a contest's rounds as it stands now, in the place of the list before."""
    page = url_for("publications.overall_lists", contest_id=contest_id)
    return _publish(files.publish_overall, contest_id, after=page, form=page)


def _publish(write: Callable[..., Publication], board_id: str, *, after: str, form: str) -> ResponseReturnValue:
    """Publish and go on to `after`; back to `form` where the reason is missing."""
    try:
        row = write(board_id, request.form.get("note", ""), by=person().id, now=clock.now())
    except Refusal as refusal:
        if refusal.code != "reason_required":
            raise
        db.session.rollback()
        flash(words(refusal), "warning")
        return redirect(form, 303)
    db.session.commit()
    files.let_hold(row)
    flash(gettext("Đã công bố danh sách lần %(number)s.", number=row.number), "success")
    return redirect(after, 303)
