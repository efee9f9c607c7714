"""A bank as a file of the format asked for; what the format can't hold is told before the download."""

from dataclasses import replace

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug.utils import secure_filename

from contest import clock
from contest.errors import Refusal
from contest.identity.access import person, policy
from contest.questions import cards, pictures, queries, seals
from contest.questions.desk import XLSX, blueprint
from contest.questions.formats.drafts import Written
from contest.questions.formats.writing import write
from contest.questions.problems import message

FORMAT_WORDS = {
    "xlsx": _("Excel (.xlsx), đọc lại được đủ mọi loại câu"),
    "docx": _("Word (.docx), để in và sửa"),
    "gift": _("GIFT (.txt), cho Moodle"),
    "aiken": _("Aiken (.txt), chỉ câu chọn một đáp án"),
    "moodle-xml": _("Moodle XML (.xml)"),
    "qti": _("QTI 2.1 (.zip), cho hệ thống thi khác"),
}
_MIMES = {"xlsx": XLSX, "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
          "xml": "application/xml", "zip": "application/zip"}
NAMED = 30  # questions that are named for each thing left out


@blueprint.get("/to-chuc/ngan-hang/<id:bank_id>/xuat")
@policy("bank.read")
def export_form(bank_id: str) -> ResponseReturnValue:
    """Choose a format, see what it leaves out, then take the file with `tai=1`."""
    now = clock.now()
    bank = queries.bank_of(bank_id)
    if not seals.may_read(bank, person().actor):
        raise Refusal("bank_sealed_reading", 403)
    form = request.args.get("dang", "")
    if form not in FORMAT_WORDS:
        return render_template("questions/export.html", bank=bank, formats=FORMAT_WORDS, form_asked="xlsx",
                               written=None)
    take = request.args.get("tai") == "1"
    seals.note_reading([bank], "export", actor=person().actor, now=now, format=form)
    drafts, sources = cards.drafts(bank_id)
    named = [replace(draft, place=f"@{draft.code or number}") for number, draft in enumerate(drafts, start=1)]
    written = write(form, named, pictures.pictures_of(drafts), sources)
    if take:
        return _download(written, bank.code)
    return render_template("questions/export.html", bank=bank, formats=FORMAT_WORDS, form_asked=form, written=written,
                           count=len(drafts), lost=_lost(written), size=-(-len(written.data) // 1024), most=NAMED)


def _lost(written: Written) -> list[tuple[str, list[str]]]:
    """What is left out, each with the questions that it is left out of: their codes, or their places in the file."""
    found: dict[str, dict[str, None]] = {}
    for problem in written.left_out:
        found.setdefault(message(replace(problem, place="", column=None)), {})[problem.place.removeprefix("@")] = None
    return [(sentence, [place for place in places if place]) for sentence, places in found.items()]


def _download(written: Written, name: str) -> Response:
    mime = _MIMES.get(written.suffix.rpartition(".")[2], "text/plain; charset=utf-8")
    safe = secure_filename(name) or "ngan-hang"
    return Response(written.data, content_type=mime,
                    headers={"Content-Disposition": f'attachment; filename="{safe}.{written.suffix}"'})
