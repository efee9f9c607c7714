"""The analysis of a round's questions as a workbook."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO

from flask_babel import gettext as _

from contest.questions.desk import TYPE_WORDS
from contest.reports import analysis_words
from contest.reports.analysed import Line
from contest.reports.analysis_models import RoundAnalysis
from contest.reports.workbook import Cell, Sheet
from contest.rounds.models import Round
from contest.spreadsheets import SAFE

UNIT = 10_000


def write(round_: Round, whole: RoundAnalysis, lines: Sequence[Line], file: BinaryIO, now: datetime) -> None:
    """Write the questions and their options, a sheet each. Shares are numbers from 0 to 1."""
    import xlsxwriter

    with xlsxwriter.Workbook(file, SAFE | {"constant_memory": True}) as book:
        book.set_properties({"title": f"{round_.contest.title} - {round_.title}", "created": now.replace(tzinfo=None)})
        _items(Sheet(book, _("Câu hỏi"), [14, 60, 22, 10, 10, 10, 10, 10, 12, 14, 12, 46]), round_, whole, lines)
        _choices(Sheet(book, _("Phương án"), [14, 60, 12, 10, 10, 14, 14, 14, 40]), lines)


def _items(sheet: Sheet, round_: Round, whole: RoundAnalysis, lines: Iterable[Line]) -> None:
    sheet.line([_("Phân tích câu hỏi")], sheet.bold)
    sheet.line([round_.contest.title])
    sheet.line([round_.title])
    sheet.line([_("Số liệu đến"), whole.as_of])
    sheet.line([_("Số lượt thi có trả lời"), whole.sittings])
    if whole.coefficient is not None:
        sheet.line([_("Độ tin cậy"), whole.coefficient / UNIT, str(analysis_words.METHODS[whole.method])])
        sheet.line([_("Sai số chuẩn của điểm"), None if whole.sem is None else whole.sem / UNIT])
    sheet.row += 1
    _table(sheet, [_("Mã câu"), _("Nội dung câu hỏi"), _("Loại câu"), _("Lượt thi"), _("Số đúng"), _("Tỷ lệ đúng"),
                   _("Từ"), _("Đến"), _("Phân biệt"), _("Tương quan"), _("Đánh giá"), _("Dấu hiệu")],
           map(_item, lines), shares=range(5, 8))


def _item(line: Line) -> list[Cell]:
    one = line.figures
    graded = one.kind == "key"
    remarks = [str(analysis_words.REMARKS[remark]) for remark in one.remarks]
    if not graded:
        remarks = [_("Tính điểm cho mọi người") if one.kind == "full" else _("Không tính câu này")]
    return [line.code, line.stem, str(TYPE_WORDS[line.type]), one.asked, one.correct if graded else None,
            one.correct / one.asked if graded and one.asked else None, line.low, line.high,
            _share(one.discrimination), _share(one.correlation), str(analysis_words.VERDICTS[one.verdict]),
            "; ".join(remarks)]


def _choices(sheet: Sheet, lines: Iterable[Line]) -> None:
    _table(sheet, [_("Mã câu"), _("Nội dung câu hỏi"), _("Phương án"), _("Đáp án"), _("Số bài"), _("Nhóm thấp 27 %"),
                   _("Nhóm giữa"), _("Nhóm cao 27 %"), _("Dấu hiệu")],
           ([line.code, line.stem, one.letter or _("Không trả lời"), _("Đúng") if one.key else None, one.papers,
             _share(one.lower), _share(one.middle), _share(one.upper),
             str(analysis_words.REMARKS[one.remark]) if one.remark else None]
            for line in lines for one in line.choices), shares=range(5, 8))


def _table(sheet: Sheet, names: Sequence[str], rows: Iterable[Sequence[Cell]], shares: range) -> None:
    """As `Sheet.table`; the columns `shares` are shown as per cent."""
    top = sheet.row
    sheet.line(names, sheet.head)
    for row in rows:
        for column, value in enumerate(row):
            sheet.cell(column, value, sheet.share if column in shares else None)
        sheet.row += 1
    sheet.page.autofilter(top, 0, max(top, sheet.row - 1), len(names) - 1)


def _share(parts: int | None) -> float | None:
    return None if parts is None else parts / UNIT
