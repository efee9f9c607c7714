"""Rows of a question sheet → drafts, each with every problem of its own row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from contest.questions.formats.bank_rows import questions
from contest.questions.formats.cell_pictures import with_pictures
from contest.questions.formats.columns import Layout, find_layout
from contest.questions.formats.delimited import DELIMITERS
from contest.questions.formats.drafts import (
    Draft,
    Media,
    Problem,
    Reading,
    SkippedRow,
    UnreadableFile,
    column_letter,
    place_of,
)
from contest.questions.formats.grid import Book, Grid, Row
from contest.questions.formats.keys import counted_style
from contest.questions.formats.mapping import apply_mapping, read_style
from contest.questions.formats.repeats import Repeats
from contest.questions.formats.row import RowReader
from contest.questions.formats.row_extras import is_markup
from contest.questions.formats.row_ids import OWN_HEADERS
from contest.questions.formats.sheets import KeyedRows, KeySheet, key_sheet, no_question_sheets, sources_of, topic_of

MAX_SEEN_CHARS = 200


def read_book(book: Book, *, sheet: str | None = None, mapping: Mapping[str, str] | None = None,
              header_row: int | None = None, key_style: str | None = None) -> Reading:
    """Return the drafts of all visible sheets laid out like the first with a header, or of `sheet` alone.

    `mapping` is described at `mapping.apply_mapping`; `header_row` 0 says that there is no header;
    `key_style` is one of `mapping.KEY_STYLES`. Raises UnreadableFile: no_sheet, no_header (with what
    was seen), no_rows, bad_mapping, and what the cells' limits raise.
    """
    stream = BookStream(book, sheet=sheet, mapping=mapping, header_row=header_row, key_style=key_style)
    drafts = tuple(stream)
    return replace(stream.rest(), drafts=drafts)


class BookStream:
    """A book's drafts one after the other, so that nobody need hold them all; `rest` when they are through.

    Iterating raises UnreadableFile as `read_book` does, perhaps after some drafts.
    """

    def __init__(self, book: Book, *, sheet: str | None = None, mapping: Mapping[str, str] | None = None,
                 header_row: int | None = None, key_style: str | None = None) -> None:
        self.book = book
        self.forced, self.chosen = sheet is not None, mapping is not None
        self.key_style = key_style
        try:
            self.name, self.layout = _choose(book, sheet, mapping, header_row)
        except UnreadableFile as refusal:
            self.name, self.layout = _choose_otherwise(book, refusal, sheet, mapping, header_row)
        self.keys = key_sheet(book, self.name)
        self.sheets = [(self.name, self.layout), *([] if self.forced or mapping else self._alike())]
        self.problems: list[Problem] = []
        self.skipped: list[SkippedRow] = []
        self.media: dict[str, Media] = {}
        self.count = 0

    def _alike(self) -> list[tuple[str, Layout]]:
        """The other sheets whose columns mean the same."""
        found = []
        left_out = no_question_sheets(self.book, self.keys)
        for name in self.book.visible:
            if name == self.name or name in left_out:
                continue
            with suppress(UnreadableFile):
                layout = find_layout(self.book.grid(name))
                if layout and set(layout.fields) == set(self.layout.fields):
                    found.append((name, layout))
        return found

    def __iter__(self) -> Iterator[Draft]:
        repeats = Repeats()
        for name, layout in self.sheets:
            grid = self.book.grid(name)
            drafts = self._sheet(grid, layout)
            if "options" in layout.fields and "option_a" not in layout.fields:
                drafts = iter(_with_loose_lines(list(drafts), layout))
            for draft, _ in drafts:
                self.count += 1
                yield repeats.told(draft)
            self.problems += [*grid.problems, *([] if self.chosen else _unread_columns(grid, layout))]
        if not self.count:
            raise UnreadableFile("no_rows", {"sheet": self.name, "row": self.layout.header_row})

    def _sheet(self, grid: Grid, layout: Layout) -> Iterator[tuple[Draft, int]]:
        key = layout.fields.get("key")
        cells = Counter(_key_cells(grid, layout, key)) if key is not None else Counter[str]()
        grid.by_look = not any(cells) and self.keys is None
        style, from_zero = read_style(self.key_style) if self.key_style else counted_style(cells)
        topic = topic_of(grid.sheet) if len(self.sheets) > 1 and "topic" not in layout.fields else None
        reader = RowReader(grid, layout, style, from_zero, topic)
        keys = KeyedRows(self.keys, layout, grid.sheet, grid.width) if self.keys else None
        if keys and key is None:
            reader.fields["key"] = keys.column
        pictures = self.book.pictures(grid.sheet, layout.fields, self.media)
        for row in questions(grid, layout, self.skipped, self.problems, reader.headed):
            row = keys.keyed(row) if keys else row
            if pictures is None:
                draft, loose = reader.read(row)
            else:
                filled, told, shown = pictures.into(row.number, row.cells, is_markup(row.cells, layout))
                draft, loose = reader.read(Row(row.number, filled))
                draft = with_pictures(draft, told, shown)
            yield keys.judged(draft) if keys else draft, loose
        if pictures:
            self.problems += pictures.unused()
        if from_zero and not self.key_style:
            self.problems.append(Problem("warning", "keys_count_from_zero", grid.sheet, layout.title("key")))

    def rest(self) -> Reading:
        """The reading without its drafts; call it when all of them have been taken."""
        layout, read = self.layout, {name for name, _ in self.sheets}
        problems = [*self.problems, *_unread_sheets(self.book, read, self.keys), *self.book.comments()]
        if len(self.sheets) > 1:
            names = ", ".join(name for name, _ in self.sheets)
            problems.append(Problem("warning", "sheets_joined", "", None,
                                    {"sheets": len(self.sheets), "names": names[:MAX_SEEN_CHARS]}))
        if self.keys:
            problems += self.keys.problems()
        return Reading(
            self.book.format,
            (),
            tuple(problems),
            self.name,
            layout.header_row,
            {field: layout.title(field) or "" for field in layout.fields},
            {field: column_letter(column) for field, column in layout.fields.items()},
            {column_letter(column): text for column, text in layout.headers.items()},
            tuple(self.skipped),
            sources_of(self.book, self.name),
            tuple(self.media.values()),
        )


def _key_cells(grid: Grid, layout: Layout, key: int) -> Iterator[str]:
    rows = grid.column(key)
    for number, text in rows:
        if number > layout.header_row:
            yield text


def _choose_otherwise(book: Book, refusal: UnreadableFile, sheet: str | None, mapping: Mapping[str, str] | None,
                      header_row: int | None) -> tuple[str, Layout]:
    """A text whose cells hold more commas than it has semicolons: its header tells the delimiter."""
    if book.format == "csv" and refusal.code == "no_header":
        for delimiter in DELIMITERS:
            book.split_by(delimiter)
            with suppress(UnreadableFile):
                return _choose(book, sheet, mapping, header_row)
    raise refusal


def _choose(book: Book, sheet: str | None, mapping: Mapping[str, str] | None,
            header_row: int | None) -> tuple[str, Layout]:
    if sheet is not None and sheet not in book.names:
        raise UnreadableFile("no_sheet", {"sheet": sheet[:100]})
    if sheet is None:
        left_out = no_question_sheets(book, None)
        candidates: Sequence[str] = tuple(name for name in book.visible if name not in left_out)
    else:
        candidates = (sheet,)
    asked = mapping is not None or header_row is not None
    for name in candidates:
        grid = book.grid(name)
        layout = find_layout(grid)
        if layout is not None:
            return name, apply_mapping(grid, mapping or {}, layout, header_row) if asked else layout
    filled = [name for name in candidates if book.grid(name).head]
    if not filled:
        raise UnreadableFile("empty_file")
    if mapping:
        return filled[0], apply_mapping(book.grid(filled[0]), mapping, None, header_row)
    seen = " | ".join(cell for row in book.grid(filled[0]).head[:10] for cell in row.cells if cell)
    raise UnreadableFile("no_header", {"sheet": filled[0], "seen": seen[:MAX_SEEN_CHARS]})


def _with_loose_lines(drafts: list[tuple[Draft, int]], layout: Layout) -> list[tuple[Draft, int]]:
    """Refuse a row with fewer options than the bank usually has and a line without a marker."""
    counts = Counter(len(draft.options) for draft, loose in drafts if not loose)
    usual = counts.most_common(1)[0][0] if counts else 0
    checked = []
    for draft, loose in drafts:
        if loose and draft.usable and len(draft.options) < usual:
            params: dict[str, str | int] = {"found": len(draft.options), "letter": "ABCDEFGHI"[len(draft.options)]}
            problem = Problem("error", "options_unsplit", draft.place, layout.title("options"), params)
            draft = replace(draft, problems=(*draft.problems, problem))
        checked.append((draft, loose))
    return checked


def _unread_columns(grid: Grid, layout: Layout) -> list[Problem]:
    """Name the columns that hold something and mean nothing to us; a column of ours that comes back is none."""
    read = {*layout.fields.values(), *layout.ticks.values()}
    names = {column: layout.headers.get(column) or column_letter(column) for column in range(grid.width)}
    below = [row for row in grid.head if row.number > layout.header_row]
    unread = [name for column, name in names.items() if column not in read and name not in OWN_HEADERS
              and any(row.cells[column] for row in below)]
    if not unread:
        return []
    return [Problem("warning", "columns_unread", place_of(grid.sheet, layout.header_row), None,
                    {"names": ", ".join(unread)[:MAX_SEEN_CHARS]})]


def _unread_sheets(book: Book, read: set[str], keys: KeySheet | None) -> list[Problem]:
    """Name the other sheets that hold questions: nothing is left out in silence."""
    problems = []
    left_out = no_question_sheets(book, keys)
    for name in book.names:
        if name in read or name in left_out:
            continue
        try:
            grid = book.grid(name)
            layout = find_layout(grid)
        except UnreadableFile:
            problems.append(Problem("warning", "sheet_unread", name, None, {"rows": 0}))
            continue
        first = layout.header_row if layout else 0
        rows = sum(1 for row in grid.stream() if row.number > first and (layout or sum(map(bool, row.cells)) > 2))
        if rows:
            problems.append(Problem("warning", "sheet_unread", name, None, {"rows": rows}))
    return problems
