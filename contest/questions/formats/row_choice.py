"""The choice of a row: options, key and type of single, multiple and true-or-false. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contest.questions.formats.drafts import LETTERS, TRUE_FALSE_OPTIONS, Params, QuestionType
from contest.questions.formats.keys import read_key, says_truth, take_marks, truth_of
from contest.questions.formats.row_types import Shape

if TYPE_CHECKING:
    from contest.questions.formats.row import RowParts

_TICKS = frozenset({"x", "✓", "✔", "√", "1", "true", "đúng", "đ", "*", "v", "có", "yes"})


def read_choice(row: RowParts, kind: QuestionType | None, options: Sequence[str], text: str) -> Shape:
    """The choice of a row; what is wrong with its key or its type is noted there."""
    if not options and (kind == "true_false" or (text and says_truth(text) is not None)):
        options = TRUE_FALSE_OPTIONS
    options, key = _key(row, options, text)
    return Shape(_type(row, kind, options, key), options=options, key=key)


def _key(row: RowParts, options: Sequence[str], text: str) -> tuple[Sequence[str], tuple[int, ...]]:
    """Return the options without marks, and the key; what is wrong with it is noted."""
    cleaned, marked = take_marks(options)
    ticked = _ticked(row, len(options)) if row.layout.ticks else ()
    marked = marked or ticked
    field = "key" if "key" in row.layout.fields else "options"
    if not text:
        marked = marked or row.reader.grid.marked(row.row.number, row.reader.option_columns, row.cell("options"),
                                                  options)
        if not marked or (len(marked) == len(options) > 1 and marked != ticked):
            row.find("error", "no_key", field)
            return options, ()
        return cleaned, marked
    reader = row.reader
    key = read_key(text, options, reader.style, reader.from_zero)
    if key.problem == "key_unreadable" and marked:
        key = read_key(text, cleaned, reader.style, reader.from_zero)
    if key.doubtful:
        row.find("warning", "key_by_place", field, {"value": row.show(text), "letter": LETTERS[key.positions[0]]})
    if key.problem is None and (not marked or marked == key.positions):
        return cleaned if marked else options, key.positions
    shown: Params = {"value": row.show(text), "options": len(options)}
    if key.problem:
        row.find("error", key.problem, field, shown)
        return cleaned if marked else options, ()
    row.find("error", "key_conflict", field, shown)
    return cleaned, key.positions


def _ticked(row: RowParts, options: int) -> tuple[int, ...]:
    """The options whose own column holds an x."""
    cells = row.row.cells
    return tuple(position for position, column in sorted(row.layout.ticks.items())
                 if position < options and cells[column].strip().casefold() in _TICKS)


def _type(row: RowParts, kind: QuestionType | None, options: Sequence[str], key: Sequence[int]) -> QuestionType:
    """Return the type that key and options allow; warn where the type column says otherwise."""
    by_key: QuestionType = "multiple" if len(key) > 1 else "single"
    if kind is None:
        if len(options) != 2 or by_key != "single":
            return by_key
        is_pair = [truth_of(option) for option in options] in ([True, False], [False, True])
        return "true_false" if is_pair else by_key
    fits = kind == "multiple" or by_key == "single"
    if kind == "true_false" and len(options) != 2:
        fits = False
    if fits:
        return kind
    shown: Params = {"value": row.show(row.cell("type")), "keys": len(key)}
    if kind == "true_false" and by_key == "multiple":
        row.find("error", "key_not_single", "key", shown)
        return "true_false"
    row.find("warning", "type_key_mismatch", "type", shown)
    return by_key
