"""What a question file holds, before anything is stored: drafts, problems, refusals. Pure.

Nothing here is a sentence: a problem is a code with parameters, `contest.questions.problems`
turns it into Vietnamese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning"]
QuestionType = Literal["single", "multiple", "true_false"]
Params = Mapping[str, str | int]

NO_PARAMS: Params = MappingProxyType({})
NO_NAMES: Mapping[str, str] = MappingProxyType({})
LETTERS = "ABCDEFGH"
TRUE_FALSE_OPTIONS = ("Đúng", "Sai")
DEFAULT_POINTS = 100

MAX_BYTES = 25 * 1024 * 1024
MAX_ROWS = 60_000
MAX_COLUMNS = 100
MAX_CELL_CHARS = 8_000
MAX_TEXT_CHARS = 32_000_000  # of a whole sheet: what the web process is asked to take over

PROBLEM_CODES = frozenset(
    {
        # the row cannot be used
        "no_stem",
        "no_key",
        "key_unreadable",
        "key_ambiguous",
        "key_beyond_options",
        "key_conflict",
        "key_not_single",
        "too_few_options",
        "option_gap",
        "duplicate_options",
        "options_unsplit",
        "broken_marker",
        "unsupported_type",
        "legacy_font",
        # the row can be used, and somebody should look
        "type_key_mismatch",
        "unknown_type",
        "points_unreadable",
        "duplicate_in_file",
        "duplicate_code",
        "fixed_option",
        "names_letters",
        "no_markers",
        "hidden_row",
        "cell_date",
        "cell_boolean",
        "cell_error",
        "formula_without_value",
        # about the file
        "keys_count_from_zero",
        "text_repaired",
        "merged_cells",
        "sheet_unread",
        "encoding_guessed",
        "quotes_repaired",
    }
)

REFUSAL_CODES = frozenset(
    {
        "empty_file",
        "too_big",
        "old_xls",
        "old_doc",
        "encrypted",
        "pdf",
        "docx",
        "ods",
        "xlsb",
        "other_zip",
        "web_page",
        "not_a_table",
        "broken_file",
        "unsafe_zip",
        "unsafe_xml",
        "too_many_rows",
        "too_many_columns",
        "cell_too_long",
        "too_much_text",
        "no_sheet",
        "no_header",
        "no_rows",
        "bad_mapping",
        "too_heavy",
        "crashed",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `place` is "sheet!row" (a bare row for text files, "" for the whole file).

    `column` is the header text as the file shows it, None where no one column is meant.
    """

    severity: Severity
    code: str
    place: str
    column: str | None = None
    params: Params = field(default_factory=lambda: NO_PARAMS)


@dataclass(frozen=True, slots=True)
class Draft:
    """One question as read. `row` is 1-based as the spreadsheet shows it; `key` is 0-based.

    `level` is NB, TH, VD or VDC, or the file's own words; `points` are hundredths, None where
    the cell holds no number.
    """

    place: str
    row: int
    code: str | None
    type: QuestionType
    stem: str
    options: tuple[str, ...]
    key: tuple[int, ...]
    topic: str | None = None
    level: str | None = None
    explanation: str | None = None
    citation: str | None = None
    points: int | None = DEFAULT_POINTS
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        """True where no problem is an error."""
        return all(problem.severity != "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is no question. `why`: number_only, section_heading, repeated_header."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One section of a plan or law, from the sheet "Nguồn"."""

    row: int
    citation: str
    document: str
    section: str
    section_title: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file as read.

    `problems` are the file's own; each draft carries its own. `columns` maps a field to the header
    text of its column, `letters` the same field to the column's letter, `headers` every letter to
    its header text. `header_row` is 1-based.
    """

    format: str
    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...] = ()
    sheet: str = ""
    header_row: int = 0
    columns: Mapping[str, str] = field(default_factory=lambda: NO_NAMES)
    letters: Mapping[str, str] = field(default_factory=lambda: NO_NAMES)
    headers: Mapping[str, str] = field(default_factory=lambda: NO_NAMES)
    skipped: tuple[SkippedRow, ...] = ()
    sources: tuple[SourceRow, ...] = ()

    @property
    def usable(self) -> tuple[Draft, ...]:
        """The drafts that can be imported."""
        return tuple(draft for draft in self.drafts if draft.usable)


class UnreadableFile(Exception):
    """The file cannot be read at all: a code of REFUSAL_CODES and its parameters."""

    def __init__(self, code: str, params: Params = NO_PARAMS) -> None:
        super().__init__(code, dict(params))
        self.code = code
        self.params: dict[str, str | int] = dict(params)


def place_of(sheet: str, row: int) -> str:
    """Return "sheet!row", or the bare row where the file has no sheets."""
    return f"{sheet}!{row}" if sheet else str(row)


def column_letter(index: int) -> str:
    """Return the spreadsheet's letters of a 0-based column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the 0-based column of its letters: A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
