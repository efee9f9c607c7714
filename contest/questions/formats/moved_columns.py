"""A second header further down a sheet, with its columns in another order. Pure."""

from __future__ import annotations

from contest.questions.formats.columns import Layout, field_of
from contest.questions.formats.drafts import Problem, place_of
from contest.questions.formats.grid import Row

MAX_HEADER_CHARS = 60
_LEAST_NAMED = 3
# What a header may be called that only the cells below it settle: see `columns._settled`.
_ALSO = {"answer": ("key", "options"), "choices": ("options", "key"), "kind": ("type", "level")}


class MovedColumns:
    """Puts the cells of the rows below such a header where the first header has them."""

    def __init__(self, sheet: str, layout: Layout) -> None:
        self._sheet, self._layout = sheet, layout
        self._from: dict[int, int] = {}  # column of the first header → column now; empty where they are the same

    def is_header(self, row: Row) -> bool:
        """True for a row that names our columns once more; the rows below then go by it."""
        filled = [cell for cell in row.cells if cell]
        if len(filled) < _LEAST_NAMED or max(map(len, filled)) > MAX_HEADER_CHARS or not field_of(filled[0]):
            return False
        named: dict[str, int] = {}
        for column, cell in enumerate(row.cells):
            name = field_of(cell) or ""
            known = [each for each in (name, *_ALSO.get(name, ())) if each in self._layout.fields]
            for each in known[:1]:
                named.setdefault(each, column)
        if "stem" not in named or len(named) < _LEAST_NAMED:
            return False
        fields = self._layout.fields
        self._from = {fields[name]: column for name, column in named.items()}
        if all(column == place for place, column in self._from.items()):
            self._from = {}
        return True

    def unread(self, header: Row) -> list[Problem]:
        """Name the columns of this header that the first one doesn't have."""
        names = [cell for column, cell in enumerate(header.cells)
                 if cell and self._from and column not in self._from.values()]
        return [Problem("warning", "columns_unread", place_of(self._sheet, header.number), None,
                        {"names": ", ".join(names)[:200]})] if names else []

    def placed(self, row: Row) -> Row:
        """The row with its cells in the columns of the first header."""
        if not self._from:
            return row
        ours = set(self._layout.fields.values())
        cells = [row.cells[self._from[column]] if column in self._from else "" if column in ours else cell
                 for column, cell in enumerate(row.cells)]
        return Row(row.number, tuple(cells))
