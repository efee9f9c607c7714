"""Which row is the header and which column holds what. Pure.

The fields: number, code, type, stem, option_a … option_h, options (all in one cell), key, topic,
level, explanation, citation, points, tags, scoring, credits, fixed, format. Three headers are
settled by what stands below them: "Loại" (kind), "Đáp án" (answer), "Phương án" (choices).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from contest.questions.formats.drafts import LETTERS, column_letter
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
    "tags",
    "scoring",
    "credits",
    "fixed",
    "format",
)

_SYNONYMS = {
    "number": "stt tt sott sothutu causo socau no",
    "code": "macauhoi ma id macau maso questionid code",
    "type": "type questiontype",
    "kind": "loai loaicauhoi loaicau kieu kieucauhoi kieucau dang dangcauhoi dangcau phanloai hinhthuc",
    "stem": "noidung noidungcauhoi cauhoi questions question debai caudan phandan "
    "noidungcauhoitracnghiem cauhoitracnghiem cauhoivaphuongan cauhoivaphuongantraloi cauhoivadapan "
    "tencauhoi stem questiontext",
    "key": "dapandung cautraloidung traloidung key correctanswer correct dapanchinhxac "
    "phuongandung dapandungnhat answerkey luachondung correctanswers correctoption ketquadung",
    "answer": "dapan da traloi cautraloi answer answers ketqua",
    "options": "phuongantraloi cacphuongan cacphuongantraloi dapantraloi cacluachon options "
    "cacdapan phuonganluachon noidungphuongan cacdapantraloi choices cauphuongan",
    "choices": "phuongan luachon",
    "topic": "linhvuc hangmuc chude chuyende chuong topic category mang nhom nhomcauhoi phan",
    "level": "mucdo dokho level difficulty mucdonhanthuc mucdokho mucdocauhoi capdo",
    "explanation": "giaithich loigiai loigiaichitiet giaithichdapan huongdan huongdangiai explanation feedback "
    "answerexplanation "
    "ghichu dienggiai",
    "citation": "cancu cancuphaply trichdan cosophaply nguon dieukhoan thamchieu reference "
    "citation vanban cancutrichdan trichdannguon tailieuthamkhao",
    "points": "diem sodiem points score mark thangdiem diemso",
    "tags": "nhan tukhoa the tags tag",
    "scoring": "cachcham cachchamdiem scoring",
    "credits": "tylediem tilediem credits",
    "fixed": "giuvitri fixed",
    "format": "dinhdang format",
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
_TICK_HEADER = re.compile("dung([a-h])|([a-h])dung")
_TICK_WORDS = frozenset({"dung", "ladapandung", "dapandung", "x", "correct", "true"})
_TICKS = frozenset({"x", "✓", "✔", "√", "1", "0", "true", "false", "đúng", "sai", "đ", "s", "*", "v", "-"})
_ASIDE = re.compile(r"[(\[].*?[)\]]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Layout:
    """The header row's last row number (1-based), field → 0-based column, column → header text.

    `ticks` are the columns of an x: 0-based option → column.
    """

    header_row: int
    fields: Mapping[str, int]
    headers: Mapping[int, str]
    ticks: Mapping[int, int] = field(default_factory=dict)

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
    if start is None and words.endswith("dapandung"):
        return "key"  # "Số thứ tự đáp án đúng"
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
    rows = grid.head[: HEADER_ROWS + 1]
    for index, row in enumerate(rows[:HEADER_ROWS]):
        cells, last = list(row.cells), row.number
        below = rows[index + 1] if index + 1 < len(rows) else None
        if below is not None and _continues(row, below):
            cells = [low or high for high, low in zip(row.cells, _second_line(below), strict=True)]
            last = below.number
        named = _named(cells)
        if _is_header(named) and (best is None or len(named) > best[0]):
            headers = {column: _flat(cell) for column, cell in enumerate(cells) if cell}
            best = (len(named), Layout(last, named, headers))
    return _settled(best[1], grid) if best else None


def _continues(row: Row, below: Row) -> bool:
    """True where `below` is the second line of a header: only option letters, under a blank."""
    names = [field_of(cell) for cell in _second_line(below) if cell]
    under_stem = next((c for c, cell in enumerate(row.cells) if field_of(cell) == "stem"), None)
    return (
        under_stem is not None
        and not below.cells[under_stem]
        and len(names) >= 2
        and all(name in OPTION_FIELDS for name in names)
    )


def _second_line(row: Row) -> list[str]:
    """The cells of a header's second line; 1, 2, 3 … there are A, B, C …"""
    filled = [cell.strip("().") for cell in row.cells if cell]
    if filled != [str(number) for number in range(1, len(filled) + 1)] or len(filled) > len(LETTERS):
        return list(row.cells)
    letters = iter(LETTERS)
    return [next(letters) if cell else "" for cell in row.cells]


def _flat(header: str) -> str:
    return " ".join(header.split())


def _settled(layout: Layout, grid: Grid) -> Layout:
    """Decide what "Loại", "Đáp án" and "Phương án" are by what stands below them."""
    fields = dict(layout.fields)
    sample = [row for row in grid.head if row.number > layout.header_row][:SAMPLE_ROWS]

    def values(column: int) -> list[str]:
        return [row.cells[column] for row in sample if row.cells[column]]

    kind = fields.pop("kind", None)
    if kind is not None:
        found = values(kind)
        levels = sum(1 for value in found if level_of(value))
        types = sum(1 for value in found if names_a_type(value))
        fields.setdefault("level" if levels > types else "type", kind)
    _spread(fields, layout, values, grid.width)
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
    return Layout(layout.header_row, fields, layout.headers, _ticks(layout, fields, values))


def _spread(fields: dict[str, int], layout: Layout, values: Callable[[int], list[str]], width: int) -> None:
    """Give the columns below one header of all options, merged or said again, an option each."""
    if any(name in fields for name in OPTION_FIELDS):
        return
    for name in ("options", "choices", "answer"):
        first = fields.get(name)
        if first is None or (name == "answer" and "key" not in fields):
            continue
        same = {"", squeeze(layout.headers[first])}
        last = first
        while (last + 1 < width and last + 1 not in fields.values() and values(last + 1)
               and squeeze(layout.headers.get(last + 1, "")) in same):
            last += 1
        if 0 < last - first < len(LETTERS):
            del fields[name]
            fields.update(zip(OPTION_FIELDS, range(first, last + 1), strict=False))
            return


def _ticks(layout: Layout, fields: Mapping[str, int], values: Callable[[int], list[str]]) -> dict[int, int]:
    """The columns of an x, one an option: named as the option again, "Đúng B", or "Đúng?" beside it."""
    used = {column: name for name, column in fields.items()}
    found: dict[int, int] = {}
    for column, header in layout.headers.items():
        if column in used:
            continue
        name = field_of(header) or ""
        option = _TICK_HEADER.fullmatch(squeeze(header))
        if option:
            name = f"option_{option[1] or option[2]}"
        elif not name and squeeze(header) in _TICK_WORDS:
            name = used.get(column - 1, "")
        if name in OPTION_FIELDS and name in fields and all(v.casefold() in _TICKS for v in values(column)):
            found.setdefault(OPTION_FIELDS.index(name), column)
    return found if any(values(column) for column in found.values()) else {}


def _hold_options(values: Sequence[str]) -> bool:
    split = sum(1 for value in values if len(split_options(value).options) > 1)
    return 2 * split > len(values)
