"""A list of who gets what, to be downloaded: a workbook, or for Word as it goes with its decision."""

import tempfile
from pathlib import Path
from urllib.parse import quote

from flask import Response
from flask_babel import gettext as _

from contest.awards import certified, queries
from contest.errors import Missing
from contest.identity.access import policy
from contest.reports import award_books, award_list_words, award_lists
from contest.reports.pages import blueprint
from contest.rounds.queries import owner_of

TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


@blueprint.get("/to-chuc/giai-thuong/<id:list_id>/danh-sach.<kind>")
@policy("contest.edit")
def award_list(list_id: str, kind: str) -> Response:
    """The list as a workbook with all reasons, or as the document."""
    row, plan, contest, round_ = queries.list_by_id(list_id)
    if kind not in TYPES:
        raise Missing
    if kind == "docx":
        owner = owner_of(contest)
        file = award_lists.docx(award_list_words.data(row, certified.awards_of(list_id), contest, round_, (
            owner.agency_parent, owner.agency_name)))
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "awards.xlsx"
            award_books.write(path, row, plan, contest, round_)
            file = path.read_bytes()
    title = _("Danh sách trao giải lần %(n)s", n=row.number) + " - " + (round_.title if round_ else contest.title)
    return Response(file, mimetype=TYPES[kind], headers={
        "Cache-Control": "no-store", "Content-Disposition": f"attachment; filename=\"danh-sach-trao-giai-"
        f"{row.number}.{kind}\"; filename*=UTF-8''{quote(f'{title}.{kind}', safe='')}"})
