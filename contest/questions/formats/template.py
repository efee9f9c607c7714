"""Drafts → our workbook, and the empty template with its guide. Pure but for xlsxwriter.

Text is written as text: no formula and no link comes to life in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from contest.questions.formats.drafts import (
    LETTERS,
    MAX_CELL_CHARS,
    MAX_ROWS,
    Draft,
    SourceRow,
    column_letter,
)

HEADERS = (
    "STT",
    "Mã câu hỏi",
    "Loại",
    "Nội dung câu hỏi",
    *(f"Đáp án {letter}" for letter in LETTERS),
    "Đáp án đúng",
    "Lĩnh vực",
    "Mức độ",
    "Giải thích",
    "Căn cứ",
    "Điểm",
)
SOURCE_HEADERS = ("Căn cứ", "Văn bản", "Mục", "Tiêu đề mục")
TYPE_WORDS = {
    "single": "Chọn một đáp án",
    "multiple": "Chọn nhiều đáp án",
    "true_false": "Đúng/Sai",
}
LEVEL_WORDS = {
    "NB": "Nhận biết",
    "TH": "Thông hiểu",
    "VD": "Vận dụng",
    "VDC": "Vận dụng cao",
}
_WIDTHS = (6, 14, 18, 60, *([26] * 8), 14, 24, 16, 40, 30, 8)
_EXAMPLES = (
    Draft(
        "",
        2,
        "MAU-001",
        "single",
        "Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ ban hành Chương trình tổng thể "
        "cải cách hành chính nhà nước cho giai đoạn nào?",
        ("2011 - 2020", "2016 - 2025", "2021 - 2030", "2026 - 2035"),
        (2,),
        "Chỉ đạo, điều hành",
        "NB",
        None,
        "Nghị quyết số 76/NQ-CP",
    ),
    Draft(
        "",
        3,
        "MAU-002",
        "multiple",
        "Những nội dung nào sau đây thuộc Chương trình tổng thể cải cách hành chính nhà nước "
        "giai đoạn 2021 - 2030?",
        ("Cải cách thể chế", "Cải cách tư pháp", "Cải cách tài chính công", "Cải cách tiền tệ"),
        (0, 2),
        "Chỉ đạo, điều hành",
        "TH",
        None,
        "Nghị quyết số 76/NQ-CP",
    ),
    Draft(
        "",
        4,
        "MAU-003",
        "true_false",
        "Nghị quyết số 76/NQ-CP coi cải cách thủ tục hành chính là một nội dung của cải cách "
        "hành chính.",
        ("Đúng", "Sai"),
        (0,),
        "Cải cách thủ tục hành chính",
        "NB",
        None,
        "Nghị quyết số 76/NQ-CP",
    ),
)
_GUIDE = (
    ("Cột", "Cách điền"),
    ("Chung", "Mỗi dòng là một câu hỏi. Xóa ba dòng ví dụ trước khi nhập."),
    ("Mã câu hỏi", "Không bắt buộc. Có mã thì nhập lại sẽ cập nhật đúng câu đó."),
    ("Loại", "Để trống cũng được: một đáp án đúng là chọn một, nhiều đáp án đúng là chọn nhiều."),
    ("Nội dung", "Bắt buộc, tối đa 8.000 ký tự."),
    (
        "Phương án",
        "Điền từ cột A, ít nhất 2 và nhiều nhất 8 phương án, không chừa cột trống ở giữa.",
    ),
    ("Đáp án", "Bắt buộc. Ghi chữ cái của cột: B. Nhiều đáp án thì ghi A, C."),
    ("Mức độ", "Nhận biết, Thông hiểu, Vận dụng hoặc Vận dụng cao."),
    ("Căn cứ", "Văn bản, điều, khoản mà câu hỏi dựa vào."),
    ("Điểm", "Để trống là 1 điểm. Ví dụ: 0,5."),
    ("Sắp xếp", "Tránh phương án “Cả A và B đúng”: thứ tự phương án được trộn khi thi."),
)


def template_workbook() -> bytes:
    """Return the xlsx that people fill in: three examples, lists for type and level, a guide."""
    return _workbook(_EXAMPLES, (), guide=True)


def write_bank(drafts: Sequence[Draft], sources: Sequence[SourceRow] = ()) -> bytes:
    """Return an xlsx that reads back as the same questions.

    Place, row and problems are not written. Raises ValueError for more than 8 options, a text of
    more than 8,000 characters, or more rows than the reader takes.
    """
    if len(drafts) >= MAX_ROWS or len(sources) >= MAX_ROWS:
        raise ValueError(f"at most {MAX_ROWS - 1} rows")
    for draft in drafts:
        _check(draft.place or draft.stem[:40], _cells(draft))
    for source in sources:
        _check(source.citation[:40], _source_cells(source))
    return _workbook(drafts, sources, guide=False)


def _workbook(drafts: Sequence[Draft], sources: Sequence[SourceRow], *, guide: bool) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(target, options)
    _questions(book, drafts, room=1_000 if guide else 0)
    if guide:
        _table(book, "Hướng dẫn", _GUIDE[0], _GUIDE[1:], (16, 100))
    if sources:
        _table(book, "Nguồn", SOURCE_HEADERS, map(_source_cells, sources), (40, 60, 20, 50))
    book.close()
    return target.getvalue()


def _questions(book: Any, drafts: Sequence[Draft], room: int) -> None:
    sheet = book.add_worksheet("Câu hỏi")
    head, body = _formats(book)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, body)
    sheet.freeze_panes(1, 0)
    last = max(len(drafts), 1) + room
    for header, words in (("Loại", TYPE_WORDS), ("Mức độ", LEVEL_WORDS)):
        column = HEADERS.index(header)
        rule = {"validate": "list", "source": list(words.values()), "error_type": "warning"}
        sheet.data_validation(1, column, last, column, rule)
    for column, header in enumerate(HEADERS):
        _write(sheet, 0, column, header, head)
    for number, draft in enumerate(drafts, start=1):
        sheet.write_number(number, 0, number, body)
        for column, text in enumerate(_cells(draft), start=1):
            _write(sheet, number, column, text, body)
        if draft.points is not None:
            sheet.write_number(number, len(HEADERS) - 1, draft.points / 100, body)


def _cells(draft: Draft) -> tuple[str, ...]:
    """Return the text cells of one draft, from the code to the citation."""
    if len(draft.options) > len(LETTERS):
        raise ValueError(f"at most {len(LETTERS)} options: {draft.place or draft.row}")
    padding = ("",) * (len(LETTERS) - len(draft.options))
    level = draft.level or ""
    return (
        draft.code or "",
        TYPE_WORDS[draft.type],
        draft.stem,
        *draft.options,
        *padding,
        ", ".join(column_letter(position) for position in draft.key),
        draft.topic or "",
        LEVEL_WORDS.get(level, level),
        draft.explanation or "",
        draft.citation or "",
    )


def _source_cells(source: SourceRow) -> tuple[str, ...]:
    return source.citation, source.document, source.section, source.section_title


def _check(where: str, cells: Iterable[str]) -> None:
    """Raise before the workbook is begun: its temporary files would stay open otherwise."""
    for text in cells:
        if len(text) > MAX_CELL_CHARS:
            raise ValueError(f"{where}: a text of {len(text)} characters")


def _table(
    book: Any,
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[int],
) -> None:
    sheet = book.add_worksheet(name)
    head, body = _formats(book)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, body)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate((headers, *rows)):
        for column, text in enumerate(row):
            _write(sheet, number, column, text, body if number else head)


def _formats(book: Any) -> tuple[Any, Any]:
    head = {
        "bold": True,
        "bg_color": "#DCE6F1",
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    }
    return book.add_format(head), book.add_format({"text_wrap": True, "valign": "top"})


def _write(sheet: Any, row: int, column: int, text: str, cell_format: Any) -> None:
    if text:
        sheet.write_string(row, column, text, cell_format)
