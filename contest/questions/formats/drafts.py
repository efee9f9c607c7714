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
QuestionType = Literal["single", "multiple", "true_false", "cluster", "short_text", "number", "matching",
                       "ordering", "gaps", "essay"]
GapKind = Literal["text", "number", "choice"]
Params = Mapping[str, str | int]

NO_PARAMS: Params = MappingProxyType({})
NO_NAMES: Mapping[str, str] = MappingProxyType({})
LETTERS = "ABCDEFGH"
TRUE_FALSE_OPTIONS = ("Đúng", "Sai")
DEFAULT_POINTS = 100
FULL_CREDIT = 100_000  # a credit of 33,333 is a third of the points; below 0 it costs some

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
        "key_several",
        "too_long",
        "too_many_options",
        "too_few_parts",
        "too_many_parts",
        "gaps_unlike_markers",
        # the row can be used, and somebody should look
        "type_key_mismatch",
        "unknown_type",
        "points_unreadable",
        "duplicate_in_file",
        "duplicate_other_key",
        "duplicate_code",
        "item_repeated",
        "item_other_key",
        "code_repeated",
        "credits_uneven",
        "rule_unknown",
        "parameter_unknown",
        "parameter_range",
        "parameter_alone",
        "setting_unknown",
        "text_not_taken",
        "picture_missing",
        "picture_no_alt",
        "cell_picture",
        "picture_refused",
        "formula_image",
        "formula_lost",
        "audio_lost",
        "html_lost",
        "other_languages",
        "tag_unbalanced",
        "format_error",
        "item_unsupported",
        "numbering_jump",
        "key_missing_in_table",
        "key_table_extra",
        "key_conflict_table",
        "glued_question",
        "tracked_change",
        "font_converted",
        "fixed_option",
        "names_letters",
        "no_markers",
        "hidden_row",
        "cell_date",
        "cell_boolean",
        "cell_error",
        "formula_without_value",
        "not_written",
        "sheets_joined",
        "order_as_listed",
        "pair_unsplit",
        "marker_repaired",
        # about the file
        "keys_count_from_zero",
        "text_repaired",
        "merged_cells",
        "sheet_unread",
        "columns_unread",
        "key_by_place",
        "cell_fraction",
        "encoding_guessed",
        "quotes_repaired",
        "several_right",
        "sign_inside",
        "second_answers",
        "answers_unbraced",
        "number_ambiguous",
        "wildcard",
        "titles_dropped",
        "gap_weights",
        "key_variant",
        "section_jump",
        "section_repeated",
        "too_many_sections",
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
        "broken_xml",
        "keys_only",
        "moodle_backup",
        "no_questions",
        "items_elsewhere",
        "odt",
        "rtf",
        "too_deep",
        "zip_of_files",
        "too_heavy",
        "crashed",
        "not_text",
        "not_a_document",
        "no_text",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `place` is "sheet!row" (a bare line number for text files, "@id" for an item
    of an XML file, "" for the whole file).

    `column` is the header text as the file shows it, None where no one column is meant.
    """

    severity: Severity
    code: str
    place: str
    column: str | None = None
    params: Params = field(default_factory=lambda: NO_PARAMS)


@dataclass(frozen=True, slots=True)
class Accepted:
    r"""An answer that a gap takes, or, in a choice, offers; `credit` is 0 for a wrong one.

    A number is written as `scoring.numbers` reads it: "23.53", "23.53±0.01", "1.5..2.5". A text to be
    typed is plain and means what Moodle means: "*" is any text, "\*" a star, another backslash itself.
    Where a format has no wildcards, `stars.literal` makes this of what stands there.
    """

    text: str
    credit: int = FULL_CREDIT


@dataclass(frozen=True, slots=True)
class Gap:
    """One place to fill. `answers` of a choice are all that it offers, in the author's order."""

    kind: GapKind
    answers: tuple[Accepted, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of a question, re-encoded by the child process; `name` is the SHA-256 of `data`.

    A text with markup shows it as `![alternative text](media:NAME)`.
    """

    name: str
    mime: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """One question as read. `row` is 1-based as the spreadsheet shows it; `key` is 0-based.

    `level` is NB, TH, VD or VDC, or the file's own words; `points` are hundredths, None where
    the cell holds no number. What a type holds:

    single, multiple, true_false: `options`, and the right ones in `key`; `credits` one an option
        where they differ from right and wrong, else ().
    cluster: `parts` are the statements, `options` are Đúng and Sai, `key` one option a part.
    matching: `parts` are the prompts, `options` the targets (more than prompts: distractors),
        `key` one option a part.
    ordering: `options` in the right order, `key` counts them.
    short_text, number: one gap of that kind, no marker in the stem.
    gaps: a gap for each of the stem's markers [[1]], [[2]], …
    essay: none of them.

    `pinned` are the options that keep their place. `settings`: case "kept" and diacritics
    "needed" make a short text strict; `rule` names a rule of `scoring.rules`, whose parameters stand
    beside it as whole numbers ("penalty_percent": "50"). With `markup` all texts are Markdown as
    `markup` renders it, else plain.
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
    parts: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    credits: tuple[int, ...] = ()
    pinned: tuple[int, ...] = ()
    settings: Mapping[str, str] = field(default_factory=lambda: NO_NAMES)
    tags: tuple[str, ...] = ()
    markup: bool = False

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
    media: tuple[Media, ...] = ()

    @property
    def usable(self) -> tuple[Draft, ...]:
        """The drafts that can be imported."""
        return tuple(draft for draft in self.drafts if draft.usable)


@dataclass(frozen=True, slots=True)
class Written:
    """A bank as one file. `left_out` names what the format can't hold: nothing is lost in silence."""

    data: bytes
    suffix: str  # "xlsx", "docx", "gift.txt", "aiken.txt", "xml", "zip"
    left_out: tuple[Problem, ...] = ()


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
