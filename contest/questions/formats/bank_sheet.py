"""Rows of a question sheet → drafts, each with every problem of its own row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from contest.questions.formats.columns import Layout, apply_mapping, find_layout
from contest.questions.formats.delimited import DELIMITERS
from contest.questions.formats.drafts import (
    Draft,
    Problem,
    Reading,
    SkippedRow,
    SourceRow,
    UnreadableFile,
    column_letter,
    place_of,
)
from contest.questions.formats.grid import Book, Grid, Row
from contest.questions.formats.keys import column_style
from contest.questions.formats.row import RowReader
from contest.questions.formats.text import content_hash, fold, squeeze

SOURCE_SHEETS = frozenset({"nguon", "nguontrichdan", "nguoncancu"})
_SOURCE_HEADERS = {
    "cancu": "citation",
    "vanban": "document",
    "muc": "section",
    "tieudemuc": "section_title",
}
FILLED_DOWN = ("topic", "level", "citation", "type", "points", "explanation")
MAX_SEEN_CHARS = 200


def read_book(
    book: Book, *, sheet: str | None = None, mapping: Mapping[str, str] | None = None
) -> Reading:
    """Return the drafts of the first visible sheet with a header, or of `sheet`.

    `mapping` is described at `columns.apply_mapping`. Raises UnreadableFile: no_sheet, no_header
    (with what was seen), no_rows, bad_mapping, and what the cells' limits raise.
    """
    try:
        name, layout = _choose(book, sheet, mapping)
    except UnreadableFile as refusal:
        name, layout = _choose_otherwise(book, refusal, sheet, mapping)
    grid = book.grid(name)
    rows, merged = _fill_down(grid, layout)
    rows, skipped = _questions(rows, layout, grid)
    if not rows:
        raise UnreadableFile("no_rows", {"sheet": name, "row": layout.header_row})
    key = layout.fields.get("key")
    style, from_zero = column_style([row.cells[key] for row in rows] if key is not None else [])
    reader = RowReader(grid, layout, style, from_zero)
    drafts = _with_repeats(_with_loose_lines([reader.read(row) for row in rows], layout))
    problems = [*grid.problems, *merged, *_unread_sheets(book, name)]
    if from_zero:
        problems.append(Problem("warning", "keys_count_from_zero", name, layout.title("key")))
    return Reading(
        book.format,
        tuple(drafts),
        tuple(problems),
        name,
        layout.header_row,
        {field: layout.title(field) or "" for field in layout.fields},
        {field: column_letter(column) for field, column in layout.fields.items()},
        {column_letter(column): text for column, text in layout.headers.items()},
        tuple(skipped),
        _sources(book, name),
    )


def _choose_otherwise(book: Book, refusal: UnreadableFile, sheet: str | None,
                      mapping: Mapping[str, str] | None) -> tuple[str, Layout]:
    """A text whose cells hold more commas than it has semicolons: its header tells the delimiter."""
    if book.format == "csv" and refusal.code == "no_header":
        for delimiter in DELIMITERS:
            book.split_by(delimiter)
            with suppress(UnreadableFile):
                return _choose(book, sheet, mapping)
    raise refusal


def _choose(book: Book, sheet: str | None, mapping: Mapping[str, str] | None) -> tuple[str, Layout]:
    if sheet is not None and sheet not in book.names:
        raise UnreadableFile("no_sheet", {"sheet": sheet[:100]})
    if sheet is None:
        candidates = tuple(n for n in book.visible if squeeze(n) not in SOURCE_SHEETS)
    else:
        candidates = (sheet,)
    for name in candidates:
        layout = find_layout(book.grid(name))
        if layout is not None:
            return name, apply_mapping(book.grid(name), mapping, layout) if mapping else layout
    filled = [name for name in candidates if book.grid(name).rows]
    if not filled:
        raise UnreadableFile("empty_file")
    if mapping:
        return filled[0], apply_mapping(book.grid(filled[0]), mapping, None)
    seen = " | ".join(cell for row in book.grid(filled[0]).rows[:10] for cell in row.cells if cell)
    raise UnreadableFile("no_header", {"sheet": filled[0], "seen": seen[:MAX_SEEN_CHARS]})


def _fill_down(grid: Grid, layout: Layout) -> tuple[list[Row], list[Problem]]:
    """Give every row of a cell merged downwards its value, in the columns where that is meant."""
    rows = {row.number: row for row in grid.rows if row.number > layout.header_row}
    names = {column: name for name, column in layout.fields.items()}
    problems = []
    for top, left, bottom, right in grid.merged:
        if top <= layout.header_row or top == bottom or right >= grid.width:
            continue
        name = names.get(left, "")
        first = rows.get(top)
        if name in FILLED_DOWN and left == right and first is not None:
            for number in range(top + 1, bottom + 1):
                row = rows.get(number)
                if row is not None:
                    value = (first.cells[left],)
                    cells = row.cells[:left] + value + row.cells[left + 1 :]
                    rows[number] = Row(number, cells)
        params: dict[str, str | int] = {"last_row": bottom}
        place = place_of(grid.sheet, top)
        header = layout.headers.get(left) or column_letter(left)
        problems.append(Problem("warning", "merged_cells", place, header, params))
    return list(rows.values()), problems


def _questions(rows: list[Row], layout: Layout, grid: Grid) -> tuple[list[Row], list[SkippedRow]]:
    """Separate the questions from rows that only number, head a section or repeat the header."""
    number = layout.fields.get("number", -1)
    known = set(layout.fields.values()) - {number}
    wide = {top for top, left, _, right in grid.merged if right > left}
    shown = [layout.fields[name] for name in ("stem", "key") if name in layout.fields]
    header = [layout.headers.get(column, "") for column in shown]
    kept, skipped = [], []
    for row in rows:
        filled = [column for column, cell in enumerate(row.cells) if cell]
        if not known.intersection(filled):
            why = "number_only" if _is_number(row, filled, number) else "section_heading"
            skipped.append(SkippedRow(row.number, why))
        elif len(filled) == 1 and row.number in wide:
            skipped.append(SkippedRow(row.number, "section_heading"))
        elif any(header) and _repeats([row.cells[column] for column in shown], header):
            skipped.append(SkippedRow(row.number, "repeated_header"))
        else:
            kept.append(row)
    return kept, skipped


def _repeats(cells: list[str], header: list[str]) -> bool:
    """True where the cells are the header's again, up to spelling."""
    return all(
        len(cell) < 2 * len(text) + 2 and fold(cell) == fold(text)
        for cell, text in zip(cells, header, strict=True)
    )


def _is_number(row: Row, filled: list[int], number: int) -> bool:
    return filled == [number] and row.cells[number].strip(".").isdecimal()


def _with_loose_lines(drafts: list[tuple[Draft, int]], layout: Layout) -> list[Draft]:
    """Refuse a row with fewer options than the bank usually has and a line without a marker."""
    if "options" not in layout.fields:
        return [draft for draft, _ in drafts]
    counts = Counter(len(draft.options) for draft, loose in drafts if not loose)
    usual = counts.most_common(1)[0][0] if counts else 0
    checked = []
    for draft, loose in drafts:
        if loose and draft.usable and len(draft.options) < usual:
            params: dict[str, str | int] = {
                "found": len(draft.options),
                "letter": "ABCDEFGHI"[len(draft.options)],
            }
            problem = Problem(
                "error", "options_unsplit", draft.place, layout.title("options"), params
            )
            draft = replace(draft, problems=(*draft.problems, problem))
        checked.append(draft)
    return checked


def _with_repeats(drafts: list[Draft]) -> list[Draft]:
    """Warn at a question or a code that stands in the file before; the first row is named."""
    questions: dict[str, int] = {}
    codes: dict[str, int] = {}
    checked = []
    for draft in drafts:
        found = []
        if draft.stem:
            identity = content_hash(draft.stem, draft.options)
            first = questions.setdefault(identity, draft.row)
            if first != draft.row:
                params = {"first_row": first}
                found.append(Problem("warning", "duplicate_in_file", draft.place, None, params))
        if draft.code is not None:
            first = codes.setdefault(draft.code.casefold(), draft.row)
            if first != draft.row:
                more: dict[str, str | int] = {"first_row": first, "value": draft.code[:80]}
                found.append(Problem("warning", "duplicate_code", draft.place, None, more))
        checked.append(replace(draft, problems=(*draft.problems, *found)) if found else draft)
    return checked


def _unread_sheets(book: Book, read: str) -> list[Problem]:
    """Name the other sheets that hold questions: nothing is left out in silence."""
    problems = []
    for name in book.names:
        if name == read or squeeze(name) in SOURCE_SHEETS:
            continue
        try:
            grid = book.grid(name)
            layout = find_layout(grid)
        except UnreadableFile:
            problems.append(Problem("warning", "sheet_unread", name, None, {"rows": 0}))
            continue
        rows = sum(1 for row in grid.rows if layout and row.number > layout.header_row)
        if rows:
            problems.append(Problem("warning", "sheet_unread", name, None, {"rows": rows}))
    return problems


def _sources(book: Book, read: str) -> tuple[SourceRow, ...]:
    name = next((n for n in book.names if squeeze(n) in SOURCE_SHEETS and n != read), None)
    if name is None:
        return ()
    columns: dict[str, int] = {}
    found = []
    for row in book.grid(name).rows:
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
