"""Workbooks to hand out: strings only, so that nothing in a cell is ever a formula or a link."""

import io
from collections.abc import Iterable, Sequence

from contest.spreadsheets import SAFE


def workbook(sheet: str, header: Sequence[str], rows: Iterable[Sequence[str]],
             notes: Sequence[str] = (), notes_sheet: str = "Notes") -> bytes:
    """An .xlsx with one sheet: a bold header row, then `rows`; `notes` go on a second sheet."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, SAFE | {"in_memory": True})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"num_format": "@"})
    page = book.add_worksheet(sheet)
    page.freeze_panes(1, 0)
    widths = [len(word) for word in header]
    for column, word in enumerate(header):
        page.write_string(0, column, word, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            page.write_string(number, column, value, text)
            widths[column] = max(widths[column], min(len(value), 50))
    for column, width in enumerate(widths):
        page.set_column(column, column, width + 3, text)
    if notes:
        second = book.add_worksheet(notes_sheet)
        second.set_column(0, 0, 100)
        for number, note in enumerate(notes):
            second.write_string(number, 0, note)
    book.close()
    return target.getvalue()
