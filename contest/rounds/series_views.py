"""Several weekly rounds made at once from one, looked at before they are written."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.extensions import db
from contest.identity.access import person, policy
from contest.rounds import copying, operations, queries
from contest.rounds.contest_views import done
from contest.rounds.editor_views import rules_text
from contest.rounds.forms import SeriesForm
from contest.rounds.models import Round
from contest.rounds.operations import RoundFields
from contest.rounds.pages import blueprint
from contest.rounds.window import usual_gap


@dataclass(frozen=True)
class Line:
    """A round to be made; `meets`: the titles of those that would be open at the same time."""

    values: RoundFields
    meets: list[str]


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/cac-tuan", methods=["GET", "POST"])
@policy("contest.edit")
def round_series(round_id: str) -> ResponseReturnValue:
    """The weeks that follow on a round. What is written is what the page has shown."""
    now = clock.now()
    row = queries.get_round(round_id)
    form = SeriesForm(weeks=3, gap=usual_gap(row.opens_at, row.closes_at) // timedelta(minutes=1))
    valid = form.validate() if form.is_submitted() else True
    lines = _lines(row, form) if valid else []
    if form.is_submitted() and valid and request.form.get("action") == "create" and form.seen.data == form.signature:
        for line in lines:
            operations.create_round(row.contest_id, line.values, by=person().id, now=now)
        db.session.commit()
        return done(_("Đã tạo %(n)s bản nháp. Xem lại từng đợt trước khi công bố.", n=len(lines)),
                    "rounds.contest", contest_id=row.contest_id)
    form.seen.raw_data, form.seen.data = None, form.signature
    page = render_template("rounds/series.html", round=row, form=form, lines=lines,
                           reworded=row.rules != rules_text(row.contest, copying.values_of(row)))
    return page, 200 if valid else 422


def _lines(row: Round, form: SeriesForm) -> list[Line]:
    gap = timedelta(minutes=form.gap.data or 0)
    suffixes = {"official": " – " + _("CBCCVC"), "citizen": " – " + _("Người dân")}
    planned = copying.series_of(row, form.weeks.data or 0, gap, suffixes if form.split.data else None)
    if row.rules == rules_text(row.contest, copying.values_of(row)):
        planned = [replace(values, rules=rules_text(row.contest, values)) for values in planned]
    held = [other for other in row.contest.rounds if other.state != "cancelled"]
    return [Line(values, copying.overlapping(values, [*held, *(other for other in planned if other is not values)]))
            for values in planned]
