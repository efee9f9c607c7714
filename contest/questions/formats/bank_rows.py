"""Which rows of a sheet are questions, and what cells merged downwards give to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from contest.questions.formats.columns import OPTION_FIELDS, Layout
from contest.questions.formats.drafts import LETTERS, Problem, SkippedRow, column_letter, place_of
from contest.questions.formats.grid import Grid, Row
from contest.questions.formats.moved_columns import MovedColumns
from contest.questions.formats.text import fold
from contest.questions.formats.typed_signs import LOOKALIKES, OPTION, heading, heading_level, is_capitals

FILLED_DOWN = ("topic", "level", "citation", "type", "points", "explanation")
MAX_HEADING_CHARS = 200
MAX_SHOWN_CHARS = 80
TICKS = frozenset({"x", "✓", "✔", "√", "*", "v", "đúng"})  # beside an option on a row of its own
_ROMAN = re.compile(r"(?:phần\s*)?[IVX]{1,5}[.)]?|[A-H][.)]?")


def _nothing(text: str) -> None:
    return None


def questions(grid: Grid, layout: Layout, skipped: list[SkippedRow], problems: list[Problem],
              headed: Callable[[str], None] = _nothing) -> Iterator[Row]:
    """Yield the rows of questions, each with the options that stand on rows of their own below it.

    Rows that only number, head a section or repeat the header are `skipped`; `headed` is told what a
    heading says before the first row below it.
    """
    held: list[Row] = []
    below = _Below(layout)
    down = _Down(grid, layout, problems)
    moved = MovedColumns(grid.sheet, layout)
    judge = _Judge(grid, layout)
    for row in grid.stream():
        if row.number <= layout.header_row:
            continue
        if down.needed:
            row = down.filled(row)
        again = moved.is_header(row)
        if again:
            problems += moved.unread(row)
        row = moved.placed(row)
        why = "repeated_header" if again else judge.why(row)
        if not why and held and below.belongs(row, held):
            held.append(row)
            continue
        if held:
            yield below.joined(held)
            held = []
        if not why:
            held.append(row)
            continue
        skipped.append(SkippedRow(row.number, why))
        if why == "section_heading":
            text = ". ".join(dict.fromkeys(cell.strip(" .") for cell in row.cells if cell))
            if judge.heads(row) and len(text) <= MAX_HEADING_CHARS:
                headed(text)
            else:
                problems.append(Problem("warning", "text_not_taken", place_of(grid.sheet, row.number), None,
                                        {"value": text[:MAX_SHOWN_CHARS]}))
    if held:
        yield below.joined(held)


class _Judge:
    """Which rows of a sheet are no questions, and why."""

    def __init__(self, grid: Grid, layout: Layout) -> None:
        self.number = layout.fields.get("number", -1)
        self.known = sorted(set(layout.fields.values()) - {self.number})
        self.stem = layout.fields.get("stem", -1)
        self.others = [column for name, column in layout.fields.items() if name not in ("number", "stem")]
        self.wide = {top for top, left, _, right in grid.merged if right > left}
        self.shown = [layout.fields[name] for name in ("stem", "key") if name in layout.fields]
        self.header = [layout.headers.get(column, "") for column in self.shown]
        self.limit = 2 * len(self.header[0]) + 2 if any(self.header) else 0
        self.first = layout.header_row + 1

    def why(self, row: Row) -> str:
        """number_only, section_heading or repeated_header; "" for a question."""
        cells = row.cells
        if self.stem < 0 or not cells[self.stem] or row.number in self.wide:
            filled = [column for column, cell in enumerate(cells) if cell]
            if not any(cells[column] for column in self.known):
                return "number_only" if _is_number(row, filled, self.number) else "section_heading"
            if len(filled) == 1 and row.number in self.wide:
                return "section_heading"
        elif not any(cells[column] for column in self.others) and self._numbered(row):
            return "section_heading"
        if self.limit and len(cells[self.shown[0]]) < self.limit and _repeats(
                [cells[column] for column in self.shown], self.header):
            return "repeated_header"
        return "repeated_header" if row.number == self.first and _counts_columns(cells) else ""

    def _numbered(self, row: Row) -> bool:
        """True for "II | Cải cách thể chế" and "Phần 2: …": a heading in the columns of a question."""
        number = row.cells[self.number] if self.number >= 0 else ""
        if number:
            return _ROMAN.fullmatch(number) is not None
        text = row.cells[self.stem]
        found = heading(text)
        if found is not None and found.sure:
            return True
        return self.number >= 0 and len(text) <= MAX_HEADING_CHARS and (
            is_capitals(text) or heading_level(text) is not None)

    def heads(self, row: Row) -> bool:
        """True where a heading's text begins no further right than a question does."""
        return next(column for column, cell in enumerate(row.cells) if cell) <= max(self.stem, 0)


def _counts_columns(cells: tuple[str, ...]) -> bool:
    """True for the row (1), (2), (3) … below a header."""
    filled = [cell.strip("()") for cell in cells if cell]
    return len(filled) > 2 and filled == [str(number) for number in range(1, len(filled) + 1)]


class _Below:
    """Options that stand on rows of their own, below the question that they belong to."""

    def __init__(self, layout: Layout) -> None:
        fields = layout.fields
        columns = any(name in fields for name in OPTION_FIELDS)
        self.column = -1 if columns else fields.get("options", fields.get("stem", -1))
        self.key = fields.get("key", -1)
        self.in_stem = self.column == fields.get("stem", -1)
        self.apart = [column for name, column in fields.items()
                      if column != self.column and name not in (*FILLED_DOWN, "key")]

    def belongs(self, row: Row, held: Sequence[Row]) -> bool:
        """True where the row holds one more option of the question held, and nothing else."""
        if self.column < 0 or len(held) > len(LETTERS) or any(row.cells[column] for column in self.apart):
            return False
        if self.key >= 0 and row.cells[self.key] and row.cells[self.key].casefold() not in TICKS:
            return False
        text = row.cells[self.column]
        if not text or (not self.in_stem and not held[0].cells[self.column]):
            return False
        marker = OPTION.match(text)
        if marker is None:
            return not self.in_stem and not OPTION.match(held[0].cells[self.column])
        place = len(held) - self.in_stem
        return place < len(LETTERS) and marker["letter"].translate(LOOKALIKES).upper() == LETTERS[place]

    def joined(self, rows: Sequence[Row]) -> Row:
        """The question with its options on lines."""
        if len(rows) == 1:
            return rows[0]
        cells = list(rows[0].cells)
        keys = [row.cells[self.key].casefold() if self.key >= 0 else "" for row in rows]
        ticked = any(keys) and all(not key or key in TICKS for key in keys) and not (self.in_stem and keys[0])
        cells[self.column] = "\n".join(("*" if ticked and key else "") + row.cells[self.column]
                                       for row, key in zip(rows, keys, strict=True))
        if ticked:
            cells[self.key] = ""
        return Row(rows[0].number, tuple(cells))


def _repeats(cells: list[str], header: list[str]) -> bool:
    """True where the cells are the header's again, up to spelling."""
    return all(
        len(cell) < 2 * len(text) + 2 and fold(cell) == fold(text)
        for cell, text in zip(cells, header, strict=True)
    )


def _is_number(row: Row, filled: list[int], number: int) -> bool:
    return filled == [number] and row.cells[number].strip(".").isdecimal()


class _Down:
    """The cells merged downwards: what the first row holds goes to the others, where that is meant."""

    def __init__(self, grid: Grid, layout: Layout, problems: list[Problem]) -> None:
        names = {column: name for name, column in layout.fields.items()}
        self.merged: list[tuple[int, int, int]] = []
        self.values: dict[int, tuple[int, str]] = {}  # column → last row, value
        for top, left, bottom, right in sorted(grid.merged):
            if top <= layout.header_row or top == bottom or right >= grid.width:
                continue
            if names.get(left) in FILLED_DOWN and left == right:
                self.merged.append((top, bottom, left))
            header = layout.headers.get(left) or column_letter(left)
            problems.append(Problem("warning", "merged_cells", place_of(grid.sheet, top), header,
                                    {"last_row": bottom}))
        self.merged.reverse()  # the next one stands last
        self.needed = bool(self.merged)

    def filled(self, row: Row) -> Row:
        """The row with what the cells above give it; to be called with every row in turn."""
        while self.merged and self.merged[-1][0] <= row.number:
            top, bottom, column = self.merged.pop()
            if top == row.number:
                self.values[column] = (bottom, row.cells[column])
        cells = list(row.cells)
        for column, (bottom, value) in self.values.items():
            if row.number <= bottom:
                cells[column] = value
        return Row(row.number, tuple(cells))
