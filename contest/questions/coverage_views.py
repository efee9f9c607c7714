"""The matrix of sections and levels, on a page and as a file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest.errors import Missing
from contest.identity.access import allowed, policy
from contest.questions import queries
from contest.questions.coverage import LEVELS, NO_LEVEL, Coverage, Row, coverage
from contest.questions.desk import LEVEL_WORDS, clean, download
from contest.questions.document_models import Document
from contest.questions.models import Bank
from contest.questions.source_desk import asked_day, blueprint, citation_of, kind_word, label_of, standing_word
from contest.spreadsheets import SAFE

MOST_GAPS = 200


@blueprint.get("/to-chuc/ngan-hang/<id:bank_id>/bao-phu")
@policy("bank.read")
def bank_coverage(bank_id: str) -> ResponseReturnValue:
    """What a bank asks of its documents."""
    return _page(queries.bank_of(bank_id))


@blueprint.get("/to-chuc/bao-phu")
@policy("bank.read")
def all_coverage() -> ResponseReturnValue:
    """What all banks ask together."""
    return _page(None)


@blueprint.get("/to-chuc/ngan-hang/<id:bank_id>/bao-phu/<suffix>")
@policy("bank.read")
def bank_coverage_file(bank_id: str, suffix: str) -> ResponseReturnValue:
    """A bank's matrix as a workbook or a CSV."""
    return _file(queries.bank_of(bank_id), suffix)


@blueprint.get("/to-chuc/bao-phu/<suffix>")
@policy("bank.read")
def all_coverage_file(suffix: str) -> ResponseReturnValue:
    """The matrix of all banks as a file."""
    return _file(None, suffix)


def _page(bank: Bank | None) -> ResponseReturnValue:
    asked = request.args
    chosen, level, only = clean(asked.get("document")), clean(asked.get("level")), clean(asked.get("only"))
    found = _found(bank)
    shown = [one for one in found.documents if chosen in ("", one.document.id)]
    levels = [level] if level in (*LEVELS, "none") else [*LEVELS, "none"]

    def link(**change: Any) -> str:
        kept = {"document": chosen, "level": level, "only": only, **change}
        values: dict[str, Any] = {name: value for name, value in kept.items() if value}
        if bank:
            return url_for("sources.bank_coverage", bank_id=bank.id, **values)
        return url_for("sources.all_coverage", **values)

    def ask(document: Document, row: Row) -> str | None:
        """Where a question about this section is written; None until there is such a page."""
        if bank is None or not allowed("bank.edit") or "questions.new_question" not in current_app.view_functions:
            return None
        preset: dict[str, Any] = {"can-cu": citation_of(document, row.locator)}
        return url_for("questions.new_question", bank_id=bank.id, **preset)

    return render_template(
        "questions/coverage.html", bank=bank, found=found, shown=shown, levels=levels, level=level, chosen=chosen,
        only=only, link=link, ask=ask, words={**LEVEL_WORDS, "none": _("Chưa ghi mức độ")}, no_level=NO_LEVEL,
        most=MOST_GAPS, files={suffix: url_for("sources.bank_coverage_file", bank_id=bank.id, suffix=suffix) if bank
                               else url_for("sources.all_coverage_file", suffix=suffix) for suffix in ("xlsx", "csv")})


def _found(bank: Bank | None) -> Coverage:
    return coverage([bank.id] if bank else None, asked_day())


def _rows(found: Coverage) -> Iterator[list[str | int]]:
    """The matrix, a section a row."""
    yield [_("Văn bản"), _("Loại"), _("Hiệu lực"), _("Vị trí"), _("Tiêu đề"), *LEVELS, _("Chưa ghi mức độ"), _("Cộng"),
           _("Ghi chú")]
    notes = {"none": _("Chưa có câu hỏi"), "above": _("Chỉ hỏi chung ở mục trên"), "": ""}
    for one in found.documents:
        head = [label_of(one.document), kind_word(one.document.kind), standing_word(one.standing)]
        for row in one.rows:
            yield [*head, row.locator, row.title, *(row.counts[level] for level in (*LEVELS, NO_LEVEL)),
                   sum(row.counts.values()), notes[row.gap]]
        yield [*head, "", _("Cả văn bản (mỗi câu tính một lần)"), *(one.counts[level] for level in (*LEVELS, NO_LEVEL)),
               sum(one.counts.values()), ""]


def _file(bank: Bank | None, suffix: str) -> Response:
    if suffix not in ("xlsx", "csv"):
        raise Missing
    rows = _rows(_found(bank))
    name = f"bao-phu-{bank.code}" if bank else "bao-phu"
    if suffix == "xlsx":
        return download(_workbook(rows), name)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv",
                    headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def _guarded(cell: str | int) -> str | int:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r＝＋－＠" and cell else cell


def _workbook(rows: Iterator[list[str | int]]) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, SAFE | {"in_memory": True})
    sheet = book.add_worksheet(_("Bao phủ"))
    bold, wrap = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 28)
    sheet.set_column(3, 3, 18)
    sheet.set_column(4, 4, 60)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell, bold if number == 0 else wrap if column == 4 else None)
    book.close()
    return target.getvalue()
