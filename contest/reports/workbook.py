"""A sheet of a workbook, written row by row: text stays text, times are local."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from contest.clock import LOCAL
from contest.delivery.prediction import DECIMALS

DATES = "dd/mm/yyyy hh:mm:ss"
Cell = str | int | float | datetime | None


class Sheet:
    """One sheet, filled from the top. `cell` is the only way in, and it writes no formula and no link."""

    def __init__(self, book: Any, name: str, widths: Sequence[int]) -> None:
        self.page = book.add_worksheet(name)
        self.page.set_paper(9)  # A4; every column on one sheet of paper
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@"})
        self.date = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        self.share = book.add_format({"num_format": "0.00%"})
        self.whole = book.add_format({"num_format": "#,##0"})
        self.exact = book.add_format({"num_format": f"0.{'0' * DECIMALS}%"})
        self.row = 0
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)

    def cell(self, column: int, value: Cell, style: Any = None) -> None:
        """Text as text whatever it begins with, numbers as numbers, instants as local Excel dates."""
        if value is None:
            return
        if isinstance(value, str):
            self.page.write_string(self.row, column, value[:32_767], style or self.text)
        elif isinstance(value, datetime):
            local = value.astimezone(LOCAL).replace(tzinfo=None)
            self.page.write_datetime(self.row, column, local, self.date)
        else:
            self.page.write_number(self.row, column, value, style)

    def line(self, values: Iterable[Cell], style: Any = None, last: Any = None) -> None:
        """One row; `last`: the style of its last cell."""
        cells = list(values)
        for column, value in enumerate(cells):
            self.cell(column, value, last if last and column == len(cells) - 1 else style)
        self.row += 1

    def table(self, names: Sequence[str], rows: Iterable[Sequence[Cell]], last: Any = None) -> int:
        """A header row, filters and the rows, the last cells in their own style; how many rows."""
        top = self.row
        self.page.repeat_rows(top)
        self.line(names, self.head)
        count = 0
        for row in rows:
            self.line(row, last=last)
            count += 1
        self.page.autofilter(top, 0, max(top, self.row - 1), len(names) - 1)
        return count
