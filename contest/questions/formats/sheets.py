"""The sheets of a workbook beside its questions: sources, keys, guides; and what a sheet's name says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contest.questions.formats.columns import Layout, field_of, find_layout
from contest.questions.formats.drafts import Problem, SourceRow, UnreadableFile, place_of
from contest.questions.formats.grid import Book, Row
from contest.questions.formats.text import squeeze

SOURCE_SHEETS = frozenset({"nguon", "nguontrichdan", "nguoncancu"})
KEY_SHEETS = frozenset({"dapan", "bangdapan", "dapandung", "key", "keys", "answer", "answers", "answerkey", "ketqua"})
MAX_MISSING = 20  # questions without a key that are named one by one
_SOURCE_HEADERS = {"cancu": "citation", "vanban": "document", "muc": "section", "tieudemuc": "section_title"}
_NAMELESS = re.compile(r"(?:sheet|trangtinh|trang|cauhoi|danhsachcauhoi|nganhangcauhoi|bocauhoi|tong|tonghop|de|bode"
                       r"|bo|data|questions?)\d*")


class KeySheet:
    """The keys of a sheet of their own: by question number."""

    def __init__(self, name: str, keys: Mapping[str, tuple[str, int]]) -> None:
        self.name = name
        self.keys = keys  # number → key text, row
        self.used: set[str] = set()
        self.found: list[Problem] = []

    def problems(self) -> list[Problem]:
        """What did not fit: keys without a question, and conflicts."""
        extra = [Problem("warning", "key_table_extra", place_of(self.name, row), None, {"number": number})
                 for number, (_, row) in self.keys.items() if number not in self.used]
        return [*self.found, *extra[:MAX_MISSING]]


class KeyedRows:
    """Gives the rows of one sheet their keys from the sheet of keys."""

    def __init__(self, keys: KeySheet, layout: Layout, sheet: str, width: int) -> None:
        self.keys, self.sheet = keys, sheet
        self.number = layout.fields.get("number", layout.fields.get("code", -1))
        self.column = layout.fields.get("key", width)

    def keyed(self, row: Row) -> Row:
        """The row with its key; where it has another one, the row's own stays and that is told."""
        own = row.cells[self.column] if self.column < len(row.cells) else ""
        number = _number(row.cells[self.number]) if self.number >= 0 else ""
        given = self.keys.keys.get(number)
        if given is None:
            if number and not own:
                self._tell("key_missing_in_table", row, {"number": number})
            return row if self.column < len(row.cells) else Row(row.number, (*row.cells, ""))
        self.keys.used.add(number)
        if own and squeeze(own) != squeeze(given[0]):
            self._tell("key_conflict_table", row, {"table": given[0][:80], "value": own[:80]})
            return row
        cells = (*row.cells[: self.column], given[0], *row.cells[self.column + 1 :])
        return Row(row.number, cells)

    def _tell(self, code: str, row: Row, params: dict[str, str | int]) -> None:
        if len(self.keys.found) < MAX_MISSING:
            self.keys.found.append(Problem("warning", code, place_of(self.sheet, row.number), None, params))


def key_sheet(book: Book, questions: str) -> KeySheet | None:
    """The sheet of keys: named so, or with the columns STT and Đáp án and no question; None without one."""
    for name in book.visible:
        if name == questions:
            continue
        try:
            keys = _keys(book, name)
        except UnreadableFile:
            continue
        if keys:
            return KeySheet(name, keys)
    return None


def _keys(book: Book, name: str) -> dict[str, tuple[str, int]]:
    grid = book.grid(name)
    columns: tuple[int, int] | None = None
    found: dict[str, tuple[str, int]] = {}
    for row in grid.head[:10]:
        named = {field_of(cell): column for column, cell in reversed(list(enumerate(row.cells))) if cell}
        number = named.get("number", named.get("code", named.get("stem") if squeeze(name) in KEY_SHEETS else None))
        key = named.get("key", named.get("answer"))
        if number is not None and key is not None and ("stem" not in named or named["stem"] == number):
            columns = number, key
            start = row.number
            break
    if columns is None:
        if squeeze(name) not in KEY_SHEETS or find_layout(grid):
            return {}
        columns, start = (0, 1), 0
    for row in grid.stream():
        if row.number > start and max(columns) < len(row.cells):
            number_text, key_text = row.cells[columns[0]], row.cells[columns[1]]
            if number_text and key_text:
                found.setdefault(_number(number_text), (key_text, row.number))
    return found


def _number(text: str) -> str:
    digits = re.search(r"\d+", text)
    return digits[0].lstrip("0") or "0" if digits and not re.search(r"\d\D+\d", text) else squeeze(text)


def no_question_sheets(book: Book, keys: KeySheet | None) -> set[str]:
    """The sheets that hold no questions whatever their columns are: sources, and the keys."""
    return {name for name in book.names if squeeze(name) in SOURCE_SHEETS or (keys and name == keys.name)}


def topic_of(sheet: str) -> str | None:
    """The topic that a sheet's name gives, None for a name that says nothing: Sheet1, Câu hỏi."""
    return None if _NAMELESS.fullmatch(squeeze(sheet)) or not sheet.strip() else sheet.strip()


def sources_of(book: Book, read: str) -> tuple[SourceRow, ...]:
    """The sections that the sheet "Nguồn" lists."""
    name = next((n for n in book.names if squeeze(n) in SOURCE_SHEETS and n != read), None)
    if name is None:
        return ()
    columns: dict[str, int] = {}
    found = []
    for row in book.grid(name).stream():
        if not columns:
            for column, cell in enumerate(row.cells):
                field = _SOURCE_HEADERS.get(squeeze(cell))
                if field:
                    columns.setdefault(field, column)
            if not {"citation", "document"} <= columns.keys():
                columns = {}
            continue
        values = {field: row.cells[column] for field, column in columns.items()}
        if any(values.values()):
            cells = (values.get(field, "") for field in _SOURCE_HEADERS.values())
            found.append(SourceRow(row.number, *cells))
    return tuple(found)
