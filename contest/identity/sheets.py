"""Bytes of a workbook → rows of text with the row numbers that Excel shows. Pure but for python-calamine.

Refusals are codes: `UnreadableSheet.code`. Nothing here knows what a unit or a person is.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contest.errors import Refusal
from contest.identity.names import fold

MAX_BYTES = 25 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_ROWS = 60_000
MAX_COLUMNS = 100
MAX_CELL = 8_000
HEADER_WITHIN = 10  # rows
MAX_CELLS = 2_000_000
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]+)([0-9]+)[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br\s*=\s*[\"']([0-9]+)[\"']")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")


class UnreadableSheet(Refusal):
    """A file that cannot be read at all."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, 413 if code == "file_too_big" else 422, **params)


@dataclass(frozen=True)
class Problem:
    """A finding about one cell. `severity` is "error" (the row is left out) or "warning"."""

    row: int
    severity: str
    code: str
    column: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """A row that holds something: its number as Excel shows it, its cells by field name.

    `numbers` are the fields whose cell was a number, not text: a leading zero may be lost there.
    """

    number: int
    cells: Mapping[str, str]
    numbers: frozenset[str] = frozenset()

    def get(self, field: str) -> str:
        return self.cells.get(field, "")


@dataclass(frozen=True)
class Sheet:
    """The table of a workbook: the header as the file has it (field → its words), and the rows below."""

    name: str
    header_row: int
    header: Mapping[str, str]
    rows: tuple[Row, ...]


def read_table(data: bytes, synonyms: Mapping[str, tuple[str, ...]],
               required: Mapping[str, tuple[str, ...]]) -> Sheet:
    """The first sheet with a header within its first ten rows; columns in any order.

    `synonyms`: field → the words its column may be called, folded. `required`: what a needed column
    is called for people → the fields of which one must be there. Raises `UnreadableSheet`:
    `file_empty`, `file_too_big`, `file_old_xls`, `file_encrypted`, `file_not_xlsx`, `file_broken`,
    `file_unsafe`, `file_too_many_rows`, `file_too_many_columns`, `file_cell_too_long`,
    `file_no_header`, `file_no_rows`.
    """
    missing: tuple[str, ...] = ()
    for name, grid in _sheets(data):
        for index, cells in enumerate(grid[:HEADER_WITHIN]):
            header = _header(cells, synonyms)
            absent = tuple(word for word, group in required.items() if not any(field in header for field in group))
            if header and not absent:
                rows = tuple(_rows(grid, index, header))
                if not rows:
                    raise UnreadableSheet("file_no_rows")
                words = {field: _text(cells[column]) for field, column in header.items()}
                return Sheet(name, index + 1, words, rows)
            if len(header) > 1 and (not missing or len(absent) < len(missing)):
                missing = absent
    raise UnreadableSheet("file_no_header", missing=", ".join(missing or tuple(required)))


def _header(cells: list[object], synonyms: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, value in enumerate(cells):
        words = re.sub(r"[^\w/ ]", " ", fold(_text(value)))
        words = " ".join(words.split())
        for field, names in synonyms.items():
            if words in names and field not in found:
                found[field] = column
    return found


def _rows(grid: list[list[object]], header_at: int, header: Mapping[str, int]) -> Iterator[Row]:
    for index, cells in enumerate(grid[header_at + 1 :], start=header_at + 2):
        values = {field: cells[column] if column < len(cells) else "" for field, column in header.items()}
        texts = {field: _text(value) for field, value in values.items()}
        if any(texts.values()):
            yield Row(index, texts, frozenset(f for f, v in values.items() if isinstance(v, float | int)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    text = str(value)
    if len(text) > MAX_CELL:
        raise UnreadableSheet("file_cell_too_long", limit=MAX_CELL)
    return " ".join(text.split())


def _sheets(data: bytes) -> Iterator[tuple[str, list[list[object]]]]:
    import python_calamine

    _check(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            yield name, [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
    except python_calamine.PasswordError as error:
        raise UnreadableSheet("file_encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableSheet("file_broken") from error


def _check(data: bytes) -> None:
    """Refuse what is no workbook or would cost too much, before a reader allocates for it."""
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableSheet("file_empty")
    if len(data) > MAX_BYTES:
        raise UnreadableSheet("file_too_big", limit=MAX_BYTES // 1024 // 1024)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise UnreadableSheet("file_encrypted" if encrypted else "file_old_xls")
    if not data.startswith(b"PK\x03\x04"):
        raise UnreadableSheet("file_not_xlsx")
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise UnreadableSheet("file_unsafe")
        if "xl/workbook.xml" not in package.namelist():
            raise UnreadableSheet("file_not_xlsx")
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                _check_part(package.read(entry), entry.filename)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableSheet("file_broken") from error


def _check_part(xml: bytes, name: str) -> None:
    """The true extent of a sheet: a single far cell makes a reader allocate for everything before it."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise UnreadableSheet("file_unsafe")
    if not name.startswith("xl/worksheets/"):
        return
    if sum(1 for _ in _ANY_CELL.finditer(xml)) > MAX_CELLS:
        raise UnreadableSheet("file_unsafe")
    rows = {int(number[:9]) for number in _ROW.findall(xml)}
    for letters, number in _CELL.findall(xml):
        column = 0
        for letter in letters.upper()[:4]:
            column = column * 26 + letter - 64
        if column > MAX_COLUMNS:
            raise UnreadableSheet("file_too_many_columns", limit=MAX_COLUMNS)
        rows.add(int(number[:9]))
    if rows and max(rows) > MAX_ROWS:
        raise UnreadableSheet("file_too_many_rows", limit=MAX_ROWS)
