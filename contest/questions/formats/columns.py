"""Which row is the header and which column holds what. Pure.

The fields: number, code, type, stem, option_a … option_h, options (all in one cell), key, topic,
level, explanation, citation, points. Three headers are settled by what stands below them:
"Loại" (kind), "Đáp án" (answer), "Phương án" (choices).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contest.questions.formats.drafts import (
    LETTERS,
    MAX_COLUMNS,
    UnreadableFile,
    column_index,
    column_letter,
)
from contest.questions.formats.grid import Grid, Row
from contest.questions.formats.options import split_options
from contest.questions.formats.text import squeeze
from contest.questions.formats.words import level_of, names_a_type

HEADER_ROWS = 10
SAMPLE_ROWS = 500
MAX_HEADER_CHARS = 120

OPTION_FIELDS = tuple(f"option_{letter}" for letter in LETTERS.lower())
FIELDS = (
    "number",
    "code",
    "type",
    "stem",
    *OPTION_FIELDS,
    "options",
    "key",
    "topic",
    "level",
    "explanation",
    "citation",
    "points",
)

_SYNONYMS = {
    "number": "stt tt sott sothutu causo socau no",
    "code": "macauhoi ma id macau maso questionid code",
    "type": "type questiontype",
    "kind": "loai loaicauhoi kieu kieucauhoi dang dangcauhoi phanloai",
    "stem": "noidung noidungcauhoi cauhoi questions question debai caudan phandan "
    "noidungcauhoitracnghiem cauhoitracnghiem tencauhoi stem questiontext",
    "key": "dapandung cautraloidung traloidung key correctanswer correct dapanchinhxac "
    "phuongandung dapandungnhat answerkey luachondung correctanswers correctoption ketquadung",
    "answer": "dapan traloi cautraloi answer answers ketqua",
    "options": "phuongantraloi cacphuongan cacphuongantraloi dapantraloi cacluachon options "
    "cacdapan phuonganluachon noidungphuongan cacdapantraloi choices cauphuongan",
    "choices": "phuongan luachon",
    "topic": "linhvuc hangmuc chude chuyende chuong topic category mang nhom nhomcauhoi phan",
    "level": "mucdo dokho level difficulty mucdonhanthuc mucdokho mucdocauhoi capdo",
    "explanation": "giaithich loigiai giaithichdapan huongdan huongdangiai explanation feedback "
    "ghichu dienggiai",
    "citation": "cancu cancuphaply trichdan cosophaply nguon dieukhoan thamchieu reference "
    "citation vanban cancutrichdan trichdannguon tailieuthamkhao",
    "points": "diem sodiem points score mark thangdiem diemso",
}
_FIELD_OF = {word: name for name, words in _SYNONYMS.items() for word in words.split()}
_BEGINNINGS = (
    "noidungcauhoi",
    "dapandung",
    "cautraloidung",
    "phuongandung",
    "phuongantraloi",
    "cacphuongan",
    "loaicauhoi",
    "mucdo",
    "dokho",
    "linhvuc",
    "chuyende",
    "chude",
    "cancuphaply",
    "giaithich",
    "macauhoi",
)
_OPTION = re.compile(
    r"(?:noidung)?(?:dapan|phuongan|luachon|traloi|cautraloi|phuongantraloi|phuonganluachon|option"
    r"|answer|choice|pa|da|y)?([a-h])|(?:dapan|phuongan|luachon|traloi|cautraloi|phuongantraloi"
    r"|option|answer|choice|pa|da|y)([1-8])"
)
_ASIDE = re.compile(r"[(\[].*?[)\]]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Layout:
    """The header row's last row number (1-based), field → 0-based column, column → header text."""

    header_row: int
    fields: Mapping[str, int]
    headers: Mapping[int, str]

    def title(self, name: str) -> str | None:
        """Return the header text of a field's column; its letter where the header is empty."""
        column = self.fields.get(name)
        if column is None:
            return None
        return self.headers.get(column) or column_letter(column)


def field_of(header: str) -> str | None:
    """Return the field (or kind, answer, choices) that a header names, None where it is unknown."""
    if not header or len(header) > MAX_HEADER_CHARS:
        return None
    for words in dict.fromkeys((squeeze(header), squeeze(_ASIDE.sub(" ", header)))):
        if words in _FIELD_OF:
            return _FIELD_OF[words]
        option = _OPTION.fullmatch(words)
        if option:
            return f"option_{option[1] or LETTERS[int(option[2]) - 1].lower()}"
    words = squeeze(_ASIDE.sub(" ", header))
    start = next((start for start in _BEGINNINGS if words.startswith(start)), None)
    return _FIELD_OF[start] if start else None


def _named(cells: Sequence[str]) -> dict[str, int]:
    """Return field → column for one header row; the first of two equal headers wins."""
    named: dict[str, int] = {}
    for column, cell in enumerate(cells):
        name = field_of(cell)
        if name:
            named.setdefault(name, column)
    return named


def _is_header(named: Mapping[str, int]) -> bool:
    options = sum(1 for name in OPTION_FIELDS if name in named)
    answers = {"options", "choices", "key", "answer"} & named.keys()
    return "stem" in named and (options >= 2 or bool(answers))


def find_layout(grid: Grid) -> Layout | None:
    """Return the best header among the first ten rows that hold something, None without one."""
    best: tuple[int, Layout] | None = None
    rows = grid.rows[: HEADER_ROWS + 1]
    for index, row in enumerate(rows[:HEADER_ROWS]):
        cells, last = list(row.cells), row.number
        below = rows[index + 1] if index + 1 < len(rows) else None
        if below is not None and _continues(row, below):
            cells = [low or high for high, low in zip(row.cells, below.cells, strict=True)]
            last = below.number
        named = _named(cells)
        if _is_header(named) and (best is None or len(named) > best[0]):
            headers = {column: _flat(cell) for column, cell in enumerate(cells) if cell}
            best = (len(named), Layout(last, named, headers))
    return _settled(best[1], grid) if best else None


def _continues(row: Row, below: Row) -> bool:
    """True where `below` is the second line of a header: only option letters, under a blank."""
    names = [field_of(cell) for cell in below.cells if cell]
    under_stem = next((c for c, cell in enumerate(row.cells) if field_of(cell) == "stem"), None)
    return (
        under_stem is not None
        and not below.cells[under_stem]
        and len(names) >= 2
        and all(name in OPTION_FIELDS for name in names)
    )


def _flat(header: str) -> str:
    return " ".join(header.split())


def _settled(layout: Layout, grid: Grid) -> Layout:
    """Decide what "Loại", "Đáp án" and "Phương án" are by what stands below them."""
    fields = dict(layout.fields)
    sample = [row for row in grid.rows if row.number > layout.header_row][:SAMPLE_ROWS]

    def values(column: int) -> list[str]:
        return [row.cells[column] for row in sample if row.cells[column]]

    kind = fields.pop("kind", None)
    if kind is not None:
        found = values(kind)
        levels = sum(1 for value in found if level_of(value))
        types = sum(1 for value in found if names_a_type(value))
        fields.setdefault("level" if levels > types else "type", kind)
    has_columns = any(name in fields for name in OPTION_FIELDS)
    choices = fields.pop("choices", None)
    if choices is not None:
        if not has_columns and "options" not in fields:
            fields["options"] = choices
        elif "key" not in fields and "answer" not in fields:
            fields["key"] = choices
    answer = fields.pop("answer", None)
    if answer is not None:
        has_options = has_columns or "options" in fields
        if not has_options and ("key" in fields or _hold_options(values(answer))):
            fields["options"] = answer
        else:
            fields.setdefault("key", answer)
    return Layout(layout.header_row, fields, layout.headers)


def _hold_options(values: Sequence[str]) -> bool:
    split = sum(1 for value in values if len(split_options(value).options) > 1)
    return 2 * split > len(values)


_COLUMN = re.compile("[A-Z]{1,2}")


def apply_mapping(grid: Grid, mapping: Mapping[str, str], found: Layout | None) -> Layout:
    """Return the layout with the given columns: field → column letter, "" for no such column.

    "header_row" may name the header's row ("0": there is none). Raises
    UnreadableFile("bad_mapping") for an unknown field or a letter that is none.
    """
    row_text = mapping.get("header_row", "")
    if row_text and not row_text.isdecimal():
        raise UnreadableFile("bad_mapping", {"field": "header_row", "column": row_text})
    header_row = int(row_text) if row_text else (found.header_row if found else _first_wide(grid))
    fields = dict(found.fields) if found else {}
    headers = dict(found.headers) if found and found.header_row == header_row else {}
    if not headers:
        row = next((row for row in grid.rows if row.number == header_row), None)
        headers = {c: _flat(cell) for c, cell in enumerate(row.cells if row else ()) if cell}
    for name, letters in mapping.items():
        if name == "header_row":
            continue
        letters = letters.strip().upper()
        known = name in FIELDS and (not letters or _COLUMN.fullmatch(letters))
        if not known or column_index(letters) >= min(max(grid.width, 1), MAX_COLUMNS):
            raise UnreadableFile("bad_mapping", {"field": name[:40], "column": letters[:10]})
        fields.pop(name, None)
        if letters:
            column = column_index(letters)
            fields = {other: c for other, c in fields.items() if c != column or other in mapping}
            fields[name] = column
    return Layout(header_row, fields, headers)


def _first_wide(grid: Grid) -> int:
    """Return the first row that holds three cells or more, 0 where none of the first ten does."""
    for row in grid.rows[:HEADER_ROWS]:
        if sum(1 for cell in row.cells if cell) >= 3:
            return row.number
    return 0
