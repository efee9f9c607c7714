"""One row of a question sheet → one draft with its problems. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from contest.questions.formats.columns import OPTION_FIELDS, Layout
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    NO_PARAMS,
    TRUE_FALSE_OPTIONS,
    Draft,
    Params,
    Problem,
    QuestionType,
    Severity,
    column_letter,
    place_of,
)
from contest.questions.formats.grid import Grid, Row
from contest.questions.formats.keys import Style, read_key, take_marks, truth_of
from contest.questions.formats.options import split_options, without_own_letters
from contest.questions.formats.pinning import pinned, speaks_of_others
from contest.questions.formats.text import legacy_encoding, same
from contest.questions.formats.words import (
    is_open_type,
    is_unsupported_type,
    level_of,
    points_of,
    type_of,
)

MAX_SHOWN_CHARS = 80  # of a cell's value inside a problem


class RowReader:
    """Reads the rows of one sheet: what is the same for all of them stands here."""

    def __init__(self, grid: Grid, layout: Layout, style: Style, from_zero: bool) -> None:
        self.grid, self.layout = grid, layout
        self.style: Style = style
        self.from_zero = from_zero
        self.option_columns = [
            layout.fields[name] for name in OPTION_FIELDS if name in layout.fields
        ]

    def read(self, row: Row) -> tuple[Draft, int]:
        """Return the draft, and how many lines of its options bear no marker."""
        return _Reading(self, row).draft()


class _Reading:
    """One row being read: its cells by field, and the problems so far."""

    def __init__(self, reader: RowReader, row: Row) -> None:
        self.reader, self.row = reader, row
        self.layout = reader.layout
        self.place = place_of(reader.grid.sheet, row.number)
        self.problems: list[Problem] = []

    def cell(self, field: str) -> str:
        column = self.layout.fields.get(field)
        return "" if column is None else self.row.cells[column]

    def find(
        self, severity: Severity, code: str, field: str | None = None, params: Params = NO_PARAMS
    ) -> None:
        column = self.layout.title(field) if field else None
        self.problems.append(Problem(severity, code, self.place, column, params))

    def draft(self) -> tuple[Draft, int]:
        stem = self.cell("stem")
        if not stem:
            self.find("error", "no_stem", "stem")
        options, loose = self._options()
        kind, named = self._named_type()
        truth = truth_of(self.cell("key"))
        if not options and (kind == "true_false" or truth is not None):
            options = TRUE_FALSE_OPTIONS
        options, key = self._key(options)
        self._check_options(options)
        kind = self._type(kind, named, options, key)
        if legacy_encoding(" ".join((stem, *options))):
            self.find("error", "legacy_font", "stem")
        self._notes()
        level = self.cell("level")
        draft = Draft(
            self.place,
            self.row.number,
            self.cell("code") or None,
            kind,
            stem,
            options,
            key,
            self.cell("topic") or None,
            (level_of(level) or level) or None,
            self.cell("explanation") or None,
            self.cell("citation") or None,
            self._points(),
            tuple(self.problems),
            pinned=pinned(kind, options),
        )
        return draft, loose

    def _options(self) -> tuple[tuple[str, ...], int]:
        if self.reader.option_columns:
            cells = [self.row.cells[column] for column in self.reader.option_columns]
            while cells and not cells[-1]:
                cells.pop()
            if "" in cells:
                field = next(
                    name
                    for name in OPTION_FIELDS
                    if name in self.layout.fields and not self.cell(name)
                )
                self.find("error", "option_gap", field)
            if cells or not self.cell("options"):
                return without_own_letters(cells), 0
        split = split_options(self.cell("options"))
        if split.problem:
            severity: Severity = "warning" if split.problem == "no_markers" else "error"
            found = len(split.options)
            if split.problem == "broken_marker":
                found -= 1
            found_so: Params = {"found": found, "letter": split.letter}
            self.find(severity, split.problem, "options", found_so)
        return split.options, split.loose

    def _named_type(self) -> tuple[QuestionType | None, bool]:
        """Return the type of the type column, and whether the column names one."""
        words = self.cell("type")
        kind = type_of(words)
        if kind or not words or is_open_type(words) or level_of(words):
            return kind, kind is not None
        shown = {"value": words[:MAX_SHOWN_CHARS]}
        if is_unsupported_type(words):
            self.find("error", "unsupported_type", "type", shown)
        else:
            self.find("warning", "unknown_type", "type", shown)
        return None, False

    def _key(self, options: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return the options without marks, and the key; what is wrong with it is noted."""
        cleaned, marked = take_marks(options)
        text = self.cell("key")
        field = "key" if "key" in self.layout.fields else "options"
        if not text:
            if not marked or len(marked) == len(options) > 1:
                self.find("error", "no_key", field)
                return options, ()
            return cleaned, marked
        key = read_key(text, options, self.reader.style, self.reader.from_zero)
        if key.problem == "key_unreadable" and marked:
            key = read_key(text, cleaned, self.reader.style, self.reader.from_zero)
        shown: Params = {"value": text[:MAX_SHOWN_CHARS], "options": len(options)}
        if key.problem:
            self.find("error", key.problem, field, shown)
            return cleaned if marked else options, ()
        if marked and marked != key.positions:
            self.find("error", "key_conflict", field, shown)
        return cleaned if marked else options, key.positions

    def _check_options(self, options: Sequence[str]) -> None:
        field = "options" if "options" in self.layout.fields else "option_a"
        codes = {problem.code for problem in self.problems if problem.severity == "error"}
        filled = [option for option in options if option]
        if len(filled) < 2 and "options_unsplit" not in codes:
            self.find("error", "too_few_options", field, {"found": len(filled)})
        seen: dict[str, int] = {}
        for position, option in enumerate(options):
            if not option:
                continue
            first = seen.setdefault(same(option), position)
            if first != position:
                letters = {"first": column_letter(first), "second": column_letter(position)}
                self.find("error", "duplicate_options", field, letters)
            self._check_wording(option, position)

    def _check_wording(self, option: str, position: int) -> None:
        code = speaks_of_others(option)
        if code is None:
            return
        columns = self.reader.option_columns
        field = OPTION_FIELDS[position] if columns and position < len(OPTION_FIELDS) else "options"
        self.find("warning", code, field, {"letter": column_letter(position), "value": option})

    def _type(
        self,
        kind: QuestionType | None,
        named: bool,
        options: Sequence[str],
        key: Sequence[int],
    ) -> QuestionType:
        """Return the type that key and options allow; warn where the type column says otherwise."""
        by_key: QuestionType = "multiple" if len(key) > 1 else "single"
        if not named:
            is_pair = [truth_of(option) for option in options] in ([True, False], [False, True])
            return "true_false" if is_pair and by_key == "single" else by_key
        fits = kind == "multiple" or by_key == "single"
        if kind == "true_false" and len(options) != 2:
            fits = False
        if fits and kind:
            return kind
        shown: Params = {"value": self.cell("type")[:MAX_SHOWN_CHARS], "keys": len(key)}
        if kind == "true_false" and by_key == "multiple":
            self.find("error", "key_not_single", "key", shown)
            return "true_false"
        self.find("warning", "type_key_mismatch", "type", shown)
        return by_key

    def _points(self) -> int | None:
        words = self.cell("points")
        if not words:
            return DEFAULT_POINTS
        points = points_of(words)
        if points is None:
            shown = {"value": words[:MAX_SHOWN_CHARS]}
            self.find("warning", "points_unreadable", "points", shown)
        return points

    def _notes(self) -> None:
        """Take over what the cells themselves had: dates, errors, formulas, a hidden row."""
        names = {column: name for name, column in self.layout.fields.items()}
        for code, column in self.reader.grid.notes.get(self.row.number, ()):
            if code == "hidden_row":
                self.find("warning", code)
            elif column in names:
                self.find("warning", code, names[column])
