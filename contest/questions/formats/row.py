"""One row of a question sheet → one draft with its problems. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contest.questions.formats.checks import complete
from contest.questions.formats.columns import OPTION_FIELDS, Layout
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    LETTERS,
    NO_PARAMS,
    Draft,
    Params,
    Problem,
    QuestionType,
    Severity,
    place_of,
)
from contest.questions.formats.grid import Grid, Row
from contest.questions.formats.keys import Style
from contest.questions.formats.options import options_below, split_options, without_number, without_own_letters
from contest.questions.formats.row_choice import read_choice
from contest.questions.formats.row_extras import read_extras
from contest.questions.formats.row_types import CHOICES, READERS, Shape, inferred
from contest.questions.formats.typed_signs import heading, said
from contest.questions.formats.words import is_open_type, is_unsupported_type, level_of, points_of, type_of

MAX_SHOWN_CHARS = 80  # of a cell's value inside a problem
EXTRAS = ("tags", "scoring", "credits", "fixed", "format")

_FIELD_OF_CODE = {
    "no_stem": "stem", "no_key": "key", "key_beyond_options": "key", "key_not_single": "key", "key_several": "key",
    "too_few_options": "options", "option_gap": "options", "duplicate_options": "options",
    "too_many_options": "options", "too_few_parts": "options", "too_many_parts": "options",
    "gaps_unlike_markers": "stem", "legacy_font": "stem", "fixed_option": "options", "names_letters": "options",
    "rule_unknown": "scoring", "parameter_unknown": "scoring", "parameter_range": "scoring",
    "parameter_alone": "scoring", "setting_unknown": "scoring",
}
_ONE_OPTION = frozenset({"fixed_option", "names_letters"})
_SAYS_ENOUGH = frozenset({"key_unreadable", "key_ambiguous", "key_beyond_options", "key_conflict"})


class RowReader:
    """Reads the rows of one sheet: what is the same for all of them stands here.

    `marked` names the 0-based options that a row's cells show as right by their look;
    `keys` are the keys of a sheet of their own, by the row's number.
    """

    def __init__(self, grid: Grid, layout: Layout, style: Style, from_zero: bool,
                 topic: str | None = None) -> None:
        self.grid, self.layout = grid, layout
        self.style: Style = style
        self.from_zero = from_zero
        self.topic = topic
        self.level: str | None = None
        self.fields = dict(layout.fields)
        self.option_columns = [layout.fields[name] for name in OPTION_FIELDS if name in layout.fields]
        self.has_extras = any(name in layout.fields for name in EXTRAS)
        self.names = {column: name for name, column in layout.fields.items()}

    def headed(self, text: str) -> None:
        """Take the topic or the level that a heading between the rows gives to those below it."""
        told = heading(text) or said(text)
        if told.topic:
            self.topic, self.level = told.topic, None
        self.level = told.level or self.level

    def read(self, row: Row) -> tuple[Draft, int]:
        """Return the draft, and how many lines of its options bear no marker."""
        return RowParts(self, row).draft()


class RowParts:
    """One row being read: its cells by field, and the problems so far."""

    def __init__(self, reader: RowReader, row: Row) -> None:
        self.reader, self.row = reader, row
        self.layout = reader.layout
        self.place = place_of(reader.grid.sheet, row.number)
        self.problems: list[Problem] = []
        self.loose = 0
        self.below: tuple[str, ...] = ()  # the options that stand on lines below the stem, in its cell

    def cell(self, field: str) -> str:
        column = self.reader.fields.get(field)
        return "" if column is None else self.row.cells[column]

    def find(self, severity: Severity, code: str, field: str | None = None, params: Params = NO_PARAMS) -> None:
        column = self.layout.title(field) if field else None
        self.problems.append(Problem(severity, code, self.place, column, params))

    def draft(self) -> tuple[Draft, int]:
        cells, fields = self.row.cells, self.reader.fields
        stem, key = cells[fields["stem"]] if "stem" in fields else "", self.cell("key")
        stem = without_number(stem, self.cell("number"))
        kind = self._named_type()
        options: Sequence[str] = ()
        apart = any(map(self.cell, ("options", *OPTION_FIELDS)))
        if "\n" in stem and not apart and kind in (None, "cluster", *CHOICES):
            stem, self.below = options_below(stem)
        if kind is None or kind in CHOICES:
            options = self.options()
            if kind is None:
                kind = inferred(stem, options, key)
        if kind is None or kind in CHOICES:
            shape = read_choice(self, kind, options, key)
        else:
            shape = READERS[kind](self, stem, key)
        if self.row.number in self.reader.grid.notes:
            self._notes()
        return self._completed(self._drafted(stem, shape)), self.loose

    def _drafted(self, stem: str, shape: Shape) -> Draft:
        level = self.cell("level")
        draft = Draft(
            self.place,
            self.row.number,
            self.cell("code") or None,
            shape.type,
            stem if shape.stem is None else shape.stem,
            tuple(shape.options),
            shape.key,
            self.cell("topic") or self.reader.topic,
            (level_of(level) or level) or self.reader.level,
            self.cell("explanation") or None,
            self.cell("citation") or None,
            self._points(),
            (),
            shape.parts,
            shape.gaps,
        )
        return read_extras(self, draft) if self.reader.has_extras else draft

    def _completed(self, draft: Draft) -> Draft:
        """The draft with what every format finds, each problem with its column."""
        if self.problems:
            draft = replace(draft, problems=tuple(self.problems))
        draft = complete(draft)
        if not draft.problems:
            return draft
        said = {problem.code for problem in draft.problems if problem.severity == "error"}
        unneeded = set()
        if said & _SAYS_ENOUGH:
            unneeded.add("no_key")
        if "options_unsplit" in said or "too_few_parts" in said:
            unneeded.add("too_few_options")
        return replace(draft, problems=tuple(
            self._with_column(problem) for problem in draft.problems if problem.code not in unneeded))

    def _with_column(self, problem: Problem) -> Problem:
        field = _FIELD_OF_CODE.get(problem.code)
        if problem.column is not None or field is None:
            return problem
        letter = str(problem.params.get("letter", "A"))
        if field == "options" and self.reader.option_columns:
            field = f"option_{letter.lower()}" if problem.code in _ONE_OPTION and letter in LETTERS else "option_a"
        if field == "key" and "key" not in self.layout.fields:
            field = "options" if "options" in self.layout.fields else "option_a"
        return replace(problem, column=self.layout.title(field))

    def option_cells(self) -> list[str]:
        """The cells of the option columns, without the empty ones at the end."""
        cells = [self.row.cells[column] for column in self.reader.option_columns]
        while cells and not cells[-1]:
            cells.pop()
        return cells

    def options(self) -> tuple[str, ...]:
        """The options of the columns, or of the one cell that holds them all."""
        if self.below:
            return self.below
        if self.reader.option_columns:
            cells = self.option_cells()
            if "" in cells:
                self.find("error", "option_gap", next(
                    name for name in OPTION_FIELDS if name in self.layout.fields and not self.cell(name)))
            if cells or not self.cell("options"):
                return without_own_letters(cells)
        cell = self.cell("options")
        if not cell:
            return ()
        split = split_options(cell)
        self.loose = split.loose
        if split.problem:
            severity: Severity = "warning" if split.problem in ("no_markers", "marker_repaired") else "error"
            found = len(split.options) - (split.problem == "broken_marker")
            self.find(severity, split.problem, "options", {"found": found, "letter": split.letter})
        return split.options

    def items(self) -> list[str]:
        """The option cells as they stand, or the lines of the one cell."""
        if self.reader.option_columns and not self.below:
            return self.option_cells()
        return list(self.options())

    def show(self, text: str) -> str:
        """A cell's value as a problem quotes it."""
        return text[:MAX_SHOWN_CHARS]

    def not_taken(self, field: str, text: str) -> None:
        self.find("warning", "text_not_taken", field, {"value": self.show(text)})

    def _named_type(self) -> QuestionType | None:
        """The type that the type column names, None where it names none."""
        words = self.cell("type")
        if not words:
            return None
        kind = type_of(words)
        if kind or is_open_type(words) or level_of(words):
            return kind
        shown = {"value": self.show(words)}
        if is_unsupported_type(words):
            self.find("error", "unsupported_type", "type", shown)
        else:
            self.find("warning", "unknown_type", "type", shown)
        return None

    def _points(self) -> int | None:
        words = self.cell("points")
        if not words:
            return DEFAULT_POINTS
        points = points_of(words)
        if points is None:
            self.find("warning", "points_unreadable", "points", {"value": self.show(words)})
        return points

    def _notes(self) -> None:
        """Take over what the cells themselves had: dates, errors, formulas, a hidden row."""
        names = self.reader.names
        for code, column, params in self.reader.grid.notes.get(self.row.number, ()):
            if code == "hidden_row":
                self.find("warning", code)
            elif column in names:
                self.find("warning", code, names[column], params)
