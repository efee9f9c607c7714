"""One question as the cells of a row that somebody mends, and back: the reader of sheets reads it again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contest.questions.formats.cells import Row
from contest.questions.formats.columns import OPTION_FIELDS, Layout
from contest.questions.formats.drafts import MAX_CELL_CHARS, Draft, Problem, column_index
from contest.questions.formats.grid import Grid
from contest.questions.formats.keys import counted_style
from contest.questions.formats.row import RowReader
from contest.questions.formats.sheet_cells import cells_of, lost
from contest.questions.formats.text import repair

# What a row can be mended in; points are written as people write them.
FIELDS = ("type", "code", "stem", *OPTION_FIELDS, "key", "topic", "level", "points", "explanation", "citation",
          "tags", "scoring", "credits", "fixed", "format")
_LAYOUT = Layout(0, {name: column for column, name in enumerate(FIELDS)}, {})


def cells_to_mend(draft: Draft) -> dict[str, str] | None:
    """Field → text, "" where there is none; a key that could not be read as it was written.

    None where a row of ours can't hold the question: more than 8 options, say.
    """
    if lost(draft) not in (None, "length"):
        return None
    cells = dict.fromkeys(FIELDS, "") | cells_of(draft)
    if not cells["key"]:
        written = (problem.params.get("value") for problem in draft.problems if problem.code.startswith("key_"))
        cells["key"] = str(next((value for value in written if value), ""))
    if draft.points is not None:
        whole, rest = divmod(draft.points, 100)
        cells["points"] = str(whole) + (f",{rest:02d}".rstrip("0") if rest else "")
    return cells


def mended(before: Draft, cells: Mapping[str, str]) -> Draft:
    """The draft that these cells make, at the place of the one before, judged as every row of a sheet is.

    Fields that are not given keep what they say. A text beyond 8,000 characters is cut nowhere: it is
    found too long.
    """
    kept = cells_to_mend(before) or dict.fromkeys(FIELDS, "")
    texts = {name: repair(cells[name].replace("\r\n", "\n"))[0].strip() if name in cells else kept[name]
             for name in FIELDS}
    row = Row(before.row, tuple(texts[name] for name in FIELDS))
    style, _ = counted_style({texts["key"]: 1})
    grid = Grid("", len(FIELDS), lambda: iter(()))
    draft, _ = RowReader(grid, _LAYOUT, style, False).read(row)
    if draft.type in ("single", "multiple", "true_false") and len(draft.options) == len(before.options):
        draft = replace(draft, pinned=draft.pinned or before.pinned)
    problems = tuple(Problem(one.severity, one.code, before.place, _field(one.column), one.params)
                     for one in draft.problems)
    return replace(draft, place=before.place, problems=problems)


def field_of_problem(problem: Problem, columns: Mapping[str, str]) -> str | None:
    """The field of `FIELDS` that a problem is about; `columns` are the reading's, field → header text."""
    if problem.column is None:
        return None
    if problem.column in FIELDS:
        return problem.column
    return next((name for name, header in columns.items() if header == problem.column and name in FIELDS), None)


def too_long(cells: Mapping[str, str]) -> bool:
    """Whether somebody sent far more than a question holds: nothing that a form of ours would send."""
    return any(len(text) > 2 * MAX_CELL_CHARS for text in cells.values())


def _field(letters: str | None) -> str | None:
    """The field whose column these letters name: our layout has no headers, so titles are letters."""
    if letters is None:
        return None
    return FIELDS[column_index(letters)]
