"""The marks of a round's essays as a workbook: by codes, or with the names behind them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from flask_babel import gettext as _

from contest.marking import progress, records
from contest.marking.records import Author, Line
from contest.reports.workbook import DATES, Cell, Sheet
from contest.rounds.models import Round
from contest.spreadsheets import SAFE


def write_marks(round_: Round, path: Path, now: datetime, *, named: bool) -> int:
    """Write every essay with its marks to `path` (.xlsx); how many. `named`: with whose it is."""
    import xlsxwriter

    found = records.lines(round_.id)
    whose = records.authors(round_.id) if named else {}
    with xlsxwriter.Workbook(str(path), SAFE | {"constant_memory": True, "default_date_format": DATES}) as book:
        book.set_properties({"title": f"{round_.contest.title} - {round_.title}", "created": now.replace(tzinfo=None)})
        sheet = Sheet(book, _("Bảng điểm"), [10, 14, 24, 8, 24, 8, 8, 24, 8, 10, 26, 16, 30, 18])
        _top(sheet, round_, now, len(found))
        sheet.table([_("Phách"), _("Mã câu hỏi"), _("Giám khảo 1"), _("Điểm 1"), _("Giám khảo 2"), _("Điểm 2"),
                     _("Lệch"), _("Giám khảo 3"), _("Điểm 3"), _("Điểm chính thức"),
                     *([_("Họ và tên"), _("Tên đăng nhập"), _("Đơn vị"), _("Mã bài thi")] if named else [])],
                    _rows(found, whose))
        parts = Sheet(book, _("Điểm từng tiêu chí"), [10, 8, 24, 40, 10, 10, 60])
        parts.table([_("Phách"), _("Lần chấm"), _("Giám khảo"), _("Tiêu chí"), _("Điểm"), _("Tối đa"), _("Nhận xét")],
                    _criteria(found))
    return len(found)


def _top(sheet: Sheet, round_: Round, now: datetime, count: int) -> None:
    figures = progress.figures(round_.id)
    sheet.line([_("Bảng điểm chấm tự luận")], sheet.bold)
    sheet.line([round_.contest.title])
    sheet.line([round_.title])
    sheet.line([_("Số liệu đến"), now])
    sheet.line([_("Số bài"), count])
    sheet.line([_("Đã có điểm chính thức"), figures.final])
    sheet.line([_("Lệch quá giới hạn"), figures.apart])
    sheet.line([_("Bỏ trống, 0 điểm, không chấm"), figures.blank])
    sheet.row += 1


def _rows(found: Iterable[Line], whose: Mapping[str, Author]) -> Iterator[list[Cell]]:
    for line in found:
        first, second, third = (line.marks.get(place) for place in (1, 2, 3))
        gap = abs(first.total - second.total) if first and second else None
        row: list[Cell] = [line.code, line.question]
        for mark in (first, second):
            row += [mark.by, mark.total / 100] if mark else [None, None]
        row += [None if gap is None else gap / 100, *([third.by, third.total / 100] if third else [None, None]),
                None if line.final is None else line.final / 100]
        if author := whose.get(line.id):
            row += [author.name, author.login, author.unit, author.receipt]
        yield row


def _criteria(found: Iterable[Line]) -> Iterator[list[Cell]]:
    for line in found:
        for place, mark in sorted(line.marks.items()):
            for n, one in enumerate(mark.criteria):
                yield [line.code, place, mark.by, one.name, mark.points.get(one.id, 0) / 100, one.most / 100,
                       mark.comment if n == 0 else None]
