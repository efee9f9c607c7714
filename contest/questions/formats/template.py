"""Drafts → our workbook, and the empty template with its guide. Pure but for xlsxwriter.

Text is written as text: no formula and no link comes to life in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from contest.questions.formats.columns import OPTION_FIELDS
from contest.questions.formats.drafts import (
    LETTERS,
    MAX_CELL_CHARS,
    MAX_ROWS,
    Draft,
    Media,
    Problem,
    SourceRow,
    Written,
)
from contest.questions.formats.examples import EXAMPLES, GUIDE
from contest.questions.formats.sheet_cells import LEVEL_WORDS, TYPE_WORDS, cells_of, changed, lost
from contest.spreadsheets import SAFE

__all__ = ["HEADERS", "HEADER_OF", "LEVEL_WORDS", "SOURCE_HEADERS", "TYPE_WORDS", "template_workbook", "write_bank",
           "write_xlsx"]

_COLUMNS = {
    "number": ("STT", 6),
    "code": ("Mã câu hỏi", 14),
    "type": ("Loại", 18),
    "stem": ("Nội dung câu hỏi", 60),
    **{field: (f"Đáp án {letter}", 26) for field, letter in zip(OPTION_FIELDS, LETTERS, strict=True)},
    "key": ("Đáp án đúng", 14),
    "topic": ("Lĩnh vực", 24),
    "level": ("Mức độ", 16),
    "explanation": ("Giải thích", 40),
    "citation": ("Căn cứ", 30),
    "points": ("Điểm", 8),
}
# Written only where a question has them.
_EXTRA_COLUMNS = {
    "tags": ("Nhãn", 20),
    "scoring": ("Cách chấm", 24),
    "credits": ("Tỷ lệ điểm", 20),
    "fixed": ("Giữ vị trí", 12),
    "format": ("Định dạng", 12),
}
HEADERS = tuple(header for header, _ in _COLUMNS.values())
HEADER_OF = {name: header for name, (header, _) in (_COLUMNS | _EXTRA_COLUMNS).items()}  # field → header
SOURCE_HEADERS = ("Căn cứ", "Văn bản", "Mục", "Tiêu đề mục")


def template_workbook() -> bytes:
    """Return the xlsx that people fill in: an example a type, lists for type and level, a guide."""
    return _workbook(EXAMPLES, (), guide=True)


def write_bank(drafts: Sequence[Draft], sources: Sequence[SourceRow] = ()) -> bytes:
    """Return an xlsx that reads back as the same questions.

    Place, row and problems are not written. Raises ValueError for more than 8 options, a text of
    more than 8,000 characters, or more rows than the reader takes. `write_xlsx` leaves such ones out.
    """
    if len(drafts) >= MAX_ROWS or len(sources) >= MAX_ROWS:
        raise ValueError(f"at most {MAX_ROWS - 1} rows")
    for draft in drafts:
        if len(draft.options) > len(LETTERS):
            raise ValueError(f"at most {len(LETTERS)} options: {draft.place or draft.row}")
        _check(draft.place or draft.stem[:40], cells_of(draft).values())
    for source in sources:
        _check(source.citation[:40], _source_cells(source))
    return _workbook(drafts, sources, guide=False)


def write_xlsx(drafts: Sequence[Draft], media: Sequence[Media] = (), sources: Sequence[SourceRow] = ()) -> Written:
    """Return an xlsx that reads back as the same questions, and what it can't hold.

    Pictures can't stand in cells; a question with more than 8 options, statements or pairs, with a
    text beyond 8,000 characters, or beyond the rows that the reader takes is left out whole.
    """
    kept: list[Draft] = []
    left_out: list[Problem] = []
    for number, draft in enumerate(drafts, start=1):
        what = lost(draft) if len(kept) < MAX_ROWS - 2 else "rows"
        if what:
            left_out.append(_not_written(draft, number, what, draft.type))
            continue
        kept.append(draft)
        partly = changed(draft)
        if partly:
            left_out.append(_not_written(draft, number, partly, draft.type))
        if any(f"media:{one.name}" in text for one in media for text in cells_of(draft).values()):
            left_out.append(_not_written(draft, number, "media", draft.type))
    rows = []
    for source in sources[: MAX_ROWS - 2]:
        if max(map(len, _source_cells(source))) > MAX_CELL_CHARS:
            left_out.append(Problem("warning", "not_written", "", None, {"what": "source"}))
        else:
            rows.append(source)
    return Written(_workbook(kept, rows, guide=False), "xlsx", tuple(left_out))


def _not_written(draft: Draft, number: int, what: str, kind: str) -> Problem:
    params: dict[str, str | int] = {"what": what, "type": kind, "number": number, "code": draft.code or ""}
    return Problem("warning", "not_written", draft.place or str(number), None, params)


def _workbook(drafts: Sequence[Draft], sources: Sequence[SourceRow], *, guide: bool) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, SAFE | {"constant_memory": True})
    _questions(book, drafts, room=1_000 if guide else 0)
    if guide:
        _table(book, "Hướng dẫn", GUIDE[0], GUIDE[1:], (18, 110))
    if sources:
        _table(book, "Nguồn", SOURCE_HEADERS, map(_source_cells, sources), (40, 60, 20, 50))
    book.close()
    return target.getvalue()


def _questions(book: Any, drafts: Sequence[Draft], room: int) -> None:
    sheet = book.add_worksheet("Câu hỏi")
    head, body = _formats(book)
    used = {name for draft in drafts for name in cells_of(draft)}
    fields = _COLUMNS | {name: column for name, column in _EXTRA_COLUMNS.items() if name in used}
    places = {name: column for column, name in enumerate(fields)}
    for column, (_, width) in enumerate(fields.values()):
        sheet.set_column(column, column, width, body)
    sheet.freeze_panes(1, 0)
    last = max(len(drafts), 1) + room
    for name, words in (("type", list(TYPE_WORDS.values())), ("level", list(LEVEL_WORDS.values()))):
        rule = {"validate": "list", "source": words, "error_type": "warning"}
        sheet.data_validation(1, places[name], last, places[name], rule)
    for column, (header, _) in enumerate(fields.values()):
        _write(sheet, 0, column, header, head)
    for number, draft in enumerate(drafts, start=1):
        sheet.write_number(number, 0, number, body)
        cells = sorted((places[name], text) for name, text in cells_of(draft).items())
        for column, text in cells:
            if column < places["points"]:
                _write(sheet, number, column, text, body)
        if draft.points is not None:
            sheet.write_number(number, places["points"], draft.points / 100, body)
        for column, text in cells:
            if column > places["points"]:
                _write(sheet, number, column, text, body)


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
