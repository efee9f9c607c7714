"""Files about a round."""

import tempfile
from pathlib import Path
from urllib.parse import quote

from flask import Response, send_file

from contest import clock
from contest.identity.access import policy
from contest.reports import (
    analysis_views,
    award_list_views,
    certificate_views,
    comparison_views,
    drawn_views,
    exports,
    marking_views,
    minutes_views,
    paper_views,
    slip_views,
)
from contest.reports.pages import blueprint
from contest.standings.queries import round_by_id

__all__ = ["analysis_views", "award_list_views", "blueprint", "certificate_views", "comparison_views", "drawn_views",
           "marking_views", "minutes_views", "paper_views", "slip_views"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/thong-ke/<id:round_id>/ket-qua.xlsx")
@policy("report.export")
def results(round_id: str) -> Response:
    """The round's results as a workbook."""
    now = clock.now()
    round_ = round_by_id(round_id, privileged=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.xlsx"
        exports.write_results(round_id, path, now)
        file = path.open("rb")  # outlives its name; closed with the response
    response = send_file(file, mimetype=XLSX)
    response.content_length = file.seek(0, 2)
    file.seek(0)
    full = quote(f"{round_.contest.title} - {round_.title}.xlsx", safe="")
    response.headers["Content-Disposition"] = \
        f"attachment; filename=\"{exports.file_name(round_)}\"; filename*=UTF-8''{full}"
    return response
