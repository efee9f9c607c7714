"""The sheets of a workbook beside its questions: sources, keys, guides; and what a sheet's name says. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from contest.questions.formats.columns import Layout, field_of, find_layout
from contest.questions.formats.drafts import Draft, Problem, SourceRow, UnreadableFile, place_of
from contest.questions.formats.grid import Book, Row
from contest.questions.formats.key_rows import KeyEntry, entries_of_rows, pairs
from contest.questions.formats.keys import read_key
from contest.questions.formats.text import squeeze

SOURCE_SHEETS = frozenset({"nguon", "nguontrichdan", "nguoncancu"})
KEY_SHEETS = frozenset({"dapan", "bangdapan", "dapandung", "key", "keys", "answer", "answers", "answerkey", "ketqua"})
MAX_MISSING = 20  # questions without a key that are named one by one
_SOURCE_HEADERS = {"cancu": "citation", "vanban": "document", "muc": "section", "tieudemuc": "section_title"}
_NAMELESS = re.compile(r"(?:sheet|trangtinh|trang|cauhoi|danhsachcauhoi|nganhangcauhoi|bocauhoi|tong|tonghop|de|bode"
                       r"|bo|data|questions?)\d*")


class KeySheet:
    """The keys of a sheet of their own: by question number."""

    def __init__(self, name: str, keys: Mapping[str, Sequence[tuple[str, int]]]) -> None:
        self.name = name
        self.keys = keys  # number → (key text, row) in order: numbers may start again
        self.used: Counter[str] = Counter()
        self.found: list[Problem] = []

    def problems(self) -> list[Problem]:
        """What did not fit: keys without a question, and conflicts."""
        extra = [Problem("warning", "key_table_extra", place_of(self.name, row), None,
                         {"number": number, "value": text[:80]})
                 for number, given in self.keys.items() for text, row in given[self.used[number]:]]
        return [*self.found, *extra[:MAX_MISSING]]


class KeyedRows:
    """Gives the rows of one sheet their keys from the sheet of keys."""

    def __init__(self, keys: KeySheet, layout: Layout, sheet: str, width: int) -> None:
        self.keys, self.sheet = keys, sheet
        self.number = layout.fields.get("number", layout.fields.get("code", -1))
        self.column = layout.fields.get("key", width)
        self.against: dict[int, str] = {}  # row → what the table says where the row says something else

    def keyed(self, row: Row) -> Row:
        """The row with its key; where it has another one, the row's own stays and that is told."""
        own = row.cells[self.column] if self.column < len(row.cells) else ""
        number = _number(row.cells[self.number]) if self.number >= 0 else ""
        given = self.keys.keys.get(number, ())[self.keys.used[number]:]
        if not given:
            if number and not own:
                self._tell("key_missing_in_table", row, {"number": number})
            return row if self.column < len(row.cells) else Row(row.number, (*row.cells, ""))
        key = given[0][0]
        self.keys.used[number] += 1
        if own and squeeze(own) != squeeze(key):
            self.against[row.number] = key
            return row
        return Row(row.number, (*row.cells[: self.column], key, *row.cells[self.column + 1 :]))

    def judged(self, draft: Draft) -> Draft:
        """The draft, with an error where its own key is another one than the table's."""
        value = self.against.get(draft.row)
        if value is None or (draft.options and draft.key and read_key(value, draft.options).positions == draft.key):
            return draft
        told = Problem("error", "key_conflict_table", draft.place, None, {"value": value[:80]})
        return replace(draft, problems=(*draft.problems, told))

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


def _keys(book: Book, name: str) -> dict[str, list[tuple[str, int]]]:
    grid = book.grid(name)
    columns: tuple[int, int] | None = None
    entries = entries_of_sheet(grid.rows) if squeeze(name) in KEY_SHEETS and not find_layout(grid) else ()
    if entries and not any(entry.variant for entry in entries):
        return _by_number((str(entry.number), entry.value, entry.place) for entry in entries)
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
    rows = [row for row in grid.stream() if row.number > start and max(columns) < len(row.cells)]
    return _by_number((_number(row.cells[columns[0]]), row.cells[columns[1]], row.number) for row in rows
                      if row.cells[columns[0]] and row.cells[columns[1]])


def _by_number(keys: Iterable[tuple[str, str, int]]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for number, text, row in keys:
        found.setdefault(number, []).append((text, row))
    return found


def entries_of_sheet(rows: Sequence[Row]) -> tuple[KeyEntry, ...]:
    """The answers of a sheet that holds nothing else but a title above them; () for another sheet."""
    kept = list(rows)
    while kept and sum(map(bool, kept[0].cells)) < 2 and not pairs("".join(kept[0].cells), 0):
        del kept[0]
    width = max((at + 1 for row in kept for at, cell in enumerate(row.cells) if cell), default=0)
    cells = [[" ".join(cell.split()) for cell in row.cells[:width]] for row in kept]
    return (entries_of_rows(cells, [[row.number] * width for row in kept]) if kept else None) or ()


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
