"""A table looked at rather than read: its columns, to map them, and its cells, to hand them back. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from contest.questions.formats.drafts import UnreadableFile, column_index, place_of

if TYPE_CHECKING:
    from contest.questions.formats.mapping import Preview
    from contest.questions.formats.whole import Wish

Files = Sequence[tuple[str, bytes]]
Cells = dict[str, list[str]]  # place → the row's cells


def look_at_columns(files: Files, wish: Wish) -> Preview:
    """The columns of the first table among the files, in the sheet and under the header row of the wish.

    Raises UnreadableFile: not_a_table, no_sheet, empty_file, and what opening it raises.
    """
    from contest.questions.formats.detect import kind_of
    from contest.questions.formats.grid import open_book
    from contest.questions.formats.mapping import preview_columns

    for name, data in files:
        if kind_of(data) == "sheet":
            try:
                return preview_columns(open_book(data), wish.sheet, wish.header_row)
            except UnreadableFile as refusal:
                raise UnreadableFile(refusal.code, {"name": name, **refusal.params}) from None
    raise UnreadableFile("not_a_table")


def look_at_cells(files: Files, wish: Wish, places: Collection[str] | None, letter: str | None) -> Cells:
    """The cells of these questions of one table (None: of all), by place; of one column, or whole rows.

    What cells merged downwards give is in them. {} for several files, several sheets and other formats:
    their rows have no columns in common.
    """
    from contest.questions.formats.bank_rows import questions
    from contest.questions.formats.whole import open_table

    stream = open_table(files, wish)
    if stream is None or len(stream.sheets) > 1:
        return {}
    name, layout = stream.sheets[0]
    grid = stream.book.grid(name)
    wanted = None if places is None else set(places)
    found: Cells = {}
    for row in questions(grid, layout, [], []):
        place = place_of(grid.sheet, row.number)
        if wanted is None or place in wanted:
            found[place] = list(row.cells if letter is None else row.cells[column_index(letter):][:1])
    return found


def preview_document(preview: Preview) -> dict[str, Any]:
    """The preview as plain JSON values; `load_preview` brings it back."""
    return asdict(preview)


def load_preview(document: dict[str, Any]) -> Preview:
    """The preview that `preview_document` took apart."""
    from contest.questions.formats.mapping import Column, Preview

    columns = tuple(Column(one["letter"], one["header"], one["field"], tuple(one["samples"]))
                    for one in document["columns"])
    return Preview(tuple(document["sheets"]), document["sheet"], document["header_row"], columns,
                   document["key_style"])
