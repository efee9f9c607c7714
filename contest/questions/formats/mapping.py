"""Which column holds what, as somebody decided it; and what the columns look like to decide it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from contest.questions.formats.columns import FIELDS, HEADER_ROWS, Layout, find_layout
from contest.questions.formats.drafts import MAX_COLUMNS, UnreadableFile, column_index, column_letter
from contest.questions.formats.grid import Book, Grid
from contest.questions.formats.keys import Style, counted_style

KEY_STYLES = ("letters", "numbers", "numbers_from_zero", "text", "several")
IGNORE = "ignore"
SAMPLES = 3
MAX_SAMPLE_CHARS = 120
_COLUMN = re.compile("[A-Z]{1,2}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: `field` is what it was taken for, None where for nothing."""

    letter: str
    header: str
    field: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mapping screen shows. `key_style` is one of KEY_STYLES, "" where there is no key."""

    sheets: tuple[str, ...]
    sheet: str
    header_row: int
    columns: tuple[Column, ...]
    key_style: str


def apply_mapping(grid: Grid, mapping: Mapping[str, str], found: Layout | None,
                  header_row: int | None = None) -> Layout:
    """Return the layout with the given columns: field → column letter, "" for no such column.

    "ignore" → letters after one another ("C, F"): columns that nothing is taken from. `header_row`
    or "header_row" may name the header's row (0: there is none). Raises UnreadableFile("bad_mapping")
    for an unknown field or a letter that is none.
    """
    row_text = mapping.get("header_row", "") if header_row is None else str(header_row)
    if row_text and not row_text.isdecimal():
        raise UnreadableFile("bad_mapping", {"field": "header_row", "column": row_text})
    row_number = int(row_text) if row_text else (found.header_row if found else _first_wide(grid))
    stays = found is not None and found.header_row == row_number
    fields = dict(found.fields) if found else {}
    headers = dict(found.headers) if found and stays else headers_of(grid, row_number)
    for name, letters in mapping.items():
        if name == "header_row":
            continue
        if name == IGNORE:
            ignored = {_index(grid, name, letter) for letter in re.split(r"[\s,;]+", letters) if letter}
            fields = {other: c for other, c in fields.items() if c not in ignored or other in mapping}
            continue
        if name not in FIELDS:
            raise UnreadableFile("bad_mapping", {"field": name[:40], "column": letters[:10]})
        fields.pop(name, None)
        if letters.strip():
            column = _index(grid, name, letters)
            fields = {other: c for other, c in fields.items() if c != column or other in mapping}
            fields[name] = column
    return Layout(row_number, fields, headers, found.ticks if found else {})


def _index(grid: Grid, name: str, letters: str) -> int:
    letters = letters.strip().upper()
    known = _COLUMN.fullmatch(letters)
    if not known or column_index(letters) >= min(max(grid.width, 1), MAX_COLUMNS):
        raise UnreadableFile("bad_mapping", {"field": name[:40], "column": letters[:10]})
    return column_index(letters)


def headers_of(grid: Grid, row_number: int) -> dict[int, str]:
    """Column → header text of a row; {} for row 0."""
    row = next((row for row in grid.head if row.number == row_number), None)
    return {c: " ".join(cell.split()) for c, cell in enumerate(row.cells if row else ()) if cell}


def _first_wide(grid: Grid) -> int:
    """Return the first row that holds three cells or more, 0 where none of the first ten does."""
    for row in grid.head[:HEADER_ROWS]:
        if sum(1 for cell in row.cells if cell) >= 3:
            return row.number
    return 0


def read_style(asked: str) -> tuple[Style, bool]:
    """The style of a key column that somebody named, and whether its numbers count from 0."""
    if asked not in KEY_STYLES:
        raise UnreadableFile("bad_mapping", {"field": "key_style", "column": asked[:40]})
    if asked == "text":
        return "text", False
    return ("letters", False) if asked in ("letters", "several") else ("numbers", asked == "numbers_from_zero")


def preview_columns(book: Book, sheet: str | None = None, header_row: int | None = None) -> Preview:
    """What a sheet's columns hold: header, the field each was taken for, three values of each.

    By default the first visible sheet that holds something, with the header row that was found.
    Raises UnreadableFile: no_sheet, empty_file.
    """
    if sheet is not None and sheet not in book.names:
        raise UnreadableFile("no_sheet", {"sheet": sheet[:100]})
    names = [sheet] if sheet is not None else [n for n in book.visible if book.grid(n).head]
    if not names:
        raise UnreadableFile("empty_file")
    name = next((n for n in names if find_layout(book.grid(n))), names[0])
    grid = book.grid(name)
    found = find_layout(grid)
    row = header_row if header_row is not None else found.header_row if found else _first_wide(grid)
    fields = {c: field for field, c in found.fields.items()} if found and found.header_row == row else {}
    headers = found.headers if found and found.header_row == row else headers_of(grid, row)
    below = [line for line in grid.head if line.number > row]
    columns = []
    for column in range(min(grid.width, MAX_COLUMNS)):
        values = dict.fromkeys(line.cells[column][:MAX_SAMPLE_CHARS] for line in below if line.cells[column])
        columns.append(Column(column_letter(column), headers.get(column, ""), fields.get(column),
                              tuple(values)[:SAMPLES]))
    key = next((c for c, field in fields.items() if field == "key"), None)
    style = key_style_of(Counter(line.cells[key] for line in below)) if key is not None else ""
    return Preview(book.names, name, row, tuple(columns), style)


def key_style_of(cells: Mapping[str, int]) -> str:
    """One of KEY_STYLES for a key column's different cells, "" where all are empty."""
    filled = {cell: count for cell, count in cells.items() if cell}
    if not filled:
        return ""
    style, from_zero = counted_style(filled)
    if style == "letters" and any(sum(c.isalpha() for c in cell) > 1 and len(cell) < 16 for cell in filled):
        return "several"
    return "numbers_from_zero" if from_zero else style
