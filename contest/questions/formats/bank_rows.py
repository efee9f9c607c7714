"""Which rows of a sheet are questions, and what cells merged downwards give to them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from contest.questions.formats.columns import Layout
from contest.questions.formats.drafts import Problem, SkippedRow, column_letter, place_of
from contest.questions.formats.grid import Grid, Row
from contest.questions.formats.text import fold

FILLED_DOWN = ("topic", "level", "citation", "type", "points", "explanation")


def questions(grid: Grid, layout: Layout, skipped: list[SkippedRow], problems: list[Problem]) -> Iterator[Row]:
    """Yield the rows of questions; those that only number, head a section or repeat the header are `skipped`."""
    number = layout.fields.get("number", -1)
    known = sorted(set(layout.fields.values()) - {number})
    stem = layout.fields.get("stem", -1)
    wide = {top for top, left, _, right in grid.merged if right > left}
    shown = [layout.fields[name] for name in ("stem", "key") if name in layout.fields]
    header = [layout.headers.get(column, "") for column in shown]
    limit = 2 * len(header[0]) + 2 if any(header) else 0
    down = _Down(grid, layout, problems)
    for row in grid.stream():
        if row.number <= layout.header_row:
            continue
        if down.needed:
            row = down.filled(row)
        cells = row.cells
        if stem < 0 or not cells[stem] or row.number in wide:
            filled = [column for column, cell in enumerate(cells) if cell]
            if not any(cells[column] for column in known):
                why = "number_only" if _is_number(row, filled, number) else "section_heading"
                skipped.append(SkippedRow(row.number, why))
                continue
            if len(filled) == 1 and row.number in wide:
                skipped.append(SkippedRow(row.number, "section_heading"))
                continue
        if limit and len(cells[shown[0]]) < limit and _repeats([cells[column] for column in shown], header):
            skipped.append(SkippedRow(row.number, "repeated_header"))
            continue
        yield row


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
