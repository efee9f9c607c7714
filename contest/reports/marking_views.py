"""The marks of a round's essays as files: by codes; with names once the codes may be opened, on record."""

import tempfile
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from flask import Response, send_file
from flask_babel import gettext as _

from contest import clock
from contest.errors import Missing
from contest.extensions import db
from contest.identity.access import person, policy
from contest.marking import arranging
from contest.reports.exports import file_name
from contest.reports.marking_sheet import write_marks
from contest.reports.pages import blueprint
from contest.rounds.models import Round
from contest.rounds.queries import get_round

ADDRESS = "/to-chuc/dot-thi/<id:round_id>/cham-tu-luan"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get(ADDRESS + "/bang-diem.xlsx")
@policy("contest.edit")
def marks(round_id: str) -> Response:
    """Every mark by the essays' codes; nobody's name but the markers'."""
    now = clock.now()
    return _sent(_round(round_id), now, named=False)


@blueprint.post(ADDRESS + "/hoi-phach")
@policy("contest.edit")
def named_marks(round_id: str) -> Response:
    """The same with the names behind the codes, once marking is closed; who opened them is on record."""
    now = clock.now()
    round_ = _round(round_id)
    arranging.open_codes(round_id, by=person().id, now=now)
    db.session.commit()
    return _sent(round_, now, named=True)


def _round(round_id: str) -> Round:
    round_ = get_round(round_id)
    if round_.state == "draft":
        raise Missing
    return round_


def _sent(round_: Round, now: datetime, *, named: bool) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marks.xlsx"
        write_marks(round_, path, now, named=named)
        file = path.open("rb")  # outlives its name; closed with the response
    response = send_file(file, mimetype=XLSX)
    response.content_length = file.seek(0, 2)
    file.seek(0)
    title = _("Hồi phách") if named else _("Bảng điểm tự luận")
    full = quote(f"{title} - {round_.contest.title} - {round_.title}.xlsx", safe="")
    plain = file_name(round_).replace("ket-qua-", "hoi-phach-" if named else "bang-diem-", 1)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    return response
