"""Bytes of a workbook, or of a text with separators → its table.

Pure but for python-calamine, and run by `child` alone: see `gate`.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice

import python_calamine

from contest.identity.names import fold
from contest.identity.sheets import Row, Sheet, UnreadableSheet
from contest.zips import BROKEN

MAX_BYTES = 25 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_ROWS = 60_000
MAX_COLUMNS = 100
MAX_CELL = 8_000
MAX_TEXT = 16_000_000  # characters of the columns that are read
MAX_CELLS = 1_000_000
HEADER_WITHIN = 10  # rows
_TAG = re.compile(rb"<(?:\w+:)?(row|c)(\s[^<>]*|/)?>")
_REF = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")
_OTHERS = (b"%PDF", b"<", b"{\\rtf")  # texts that are no tables
_LETTERS = 4  # of a column that is told apart from others
_DIGITS = 9

Values = Sequence[object]


def read_table(data: bytes, synonyms: Mapping[str, tuple[str, ...]],
               required: Mapping[str, tuple[str, ...]]) -> Sheet:
    """The first sheet with a header within its first ten rows; columns in any order.

    `synonyms`: field → the words its column may be called, folded. `required`: what a needed column
    is called for people → the fields of which one must be there. Raises `UnreadableSheet`:
    `file_empty`, `file_too_big`, `file_old_xls`, `file_encrypted`, `file_not_xlsx`, `file_broken`,
    `file_unsafe`, `file_too_many_rows`, `file_too_many_columns`, `file_cell_too_long`,
    `file_too_heavy`, `file_no_header`, `file_no_rows`.
    """
    missing: tuple[str, ...] = ()
    for name, grid in _sheets(data, synonyms):
        head = list(islice(grid, HEADER_WITHIN))
        for index, cells in enumerate(head):
            header = _header(cells, synonyms)
            absent = tuple(word for word, group in required.items() if not any(field in header for field in group))
            if header and not absent:
                rows = tuple(_rows(chain(head[index + 1:], grid), index + 2, header))
                if not rows:
                    raise UnreadableSheet("file_no_rows")
                words = {field: _text(cells[column]) for field, column in header.items()}
                return Sheet(name, index + 1, words, rows)
            if len(header) > 1 and (not missing or len(absent) < len(missing)):
                missing = absent
    raise UnreadableSheet("file_no_header", missing=", ".join(missing or tuple(required)))


def _header(cells: Values, synonyms: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, value in enumerate(cells):
        words = re.sub(r"[^\w/ ]", " ", fold(_text(value)))
        words = " ".join(words.split())
        for field, names in synonyms.items():
            if words in names and field not in found:
                found[field] = column
    return found


def _rows(grid: Iterator[Values], first: int, header: Mapping[str, int]) -> Iterator[Row]:
    length = 0
    for number, cells in enumerate(grid, start=first):
        values = {field: cells[column] if column < len(cells) else "" for field, column in header.items()}
        texts = {field: _text(value) for field, value in values.items()}
        length += sum(map(len, texts.values()))
        if length > MAX_TEXT:
            raise UnreadableSheet("file_too_heavy")
        if any(texts.values()):
            yield Row(number, texts, frozenset(f for f, v in values.items() if isinstance(v, float | int)))


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


def _sheets(data: bytes, synonyms: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, Iterator[Values]]]:
    _refuse_size(data)
    if not data.startswith((*_OTHERS, b"PK", b"\xd0\xcf\x11\xe0")):
        yield "CSV", _text_rows(data, synonyms)
        return
    _check(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            yield name, iter(sheet.iter_rows()) if sheet.start else iter(())
    except python_calamine.PasswordError as error:
        raise UnreadableSheet("file_encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableSheet("file_broken") from error


def _text_rows(data: bytes, synonyms: Mapping[str, tuple[str, ...]]) -> Iterator[Values]:
    """Lines of a text in UTF-8 or UTF-16."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
        if "\0" in text:
            raise UnreadableSheet("file_not_xlsx")
        for number, cells in enumerate(_parted(text, _separator(text, synonyms)), 1):
            if number > MAX_ROWS:
                raise UnreadableSheet("file_too_many_rows", limit=MAX_ROWS)
            if len(cells) > MAX_COLUMNS:
                raise UnreadableSheet("file_too_many_columns", limit=MAX_COLUMNS)
            yield cells
    except UnicodeDecodeError as error:
        raise UnreadableSheet("file_not_xlsx") from error
    except csv.Error as error:
        raise UnreadableSheet("file_broken") from error


def _separator(text: str, synonyms: Mapping[str, tuple[str, ...]]) -> str:
    """The sign that shows most columns in a header, else the most frequent one of the first lines.

    Frequency alone misleads: names of units hold commas.
    """
    lines = "".join(islice(io.StringIO(text), HEADER_WITHIN))

    def told(sign: str) -> tuple[int, int]:
        try:
            widest = max(len(_header(cells, synonyms)) for cells in islice(_parted(text, sign), HEADER_WITHIN))
        except (csv.Error, UnreadableSheet):  # parted by a wrong sign, cells may be endless
            widest = 0
        return widest, lines.count(sign)

    return max(",;\t", key=told)


def _parted(text: str, sign: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign)


def _refuse_size(data: bytes) -> None:
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableSheet("file_empty")
    if len(data) > MAX_BYTES:
        raise UnreadableSheet("file_too_big", limit=MAX_BYTES // 1024 // 1024)


def _check(data: bytes) -> None:
    """Refuse what is no workbook or would cost too much, before a reader allocates for it."""
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
            _check_part(package.read(entry), entry.filename)
    except BROKEN as error:
        raise UnreadableSheet("file_broken") from error


def _check_part(xml: bytes, name: str) -> None:
    """Refuse a declaration, and a far cell: a reader allocates for everything before it.

    The workbook's relations may name any part a sheet, so every part is taken for one.
    """
    if name.lower().endswith((".xml", ".rels")) and (b"<!DOCTYPE" in xml or b"<!ENTITY" in xml):
        raise UnreadableSheet("file_unsafe")
    row = column = cells = 0
    for found in _TAG.finditer(xml):
        ref = _REF.search(found[2] or b"")
        number = int(ref[2][:_DIGITS]) if ref and ref[2] else 0
        if found[1] == b"row":
            row, column = number or row + 1, 0
        else:
            row, cells = number or row, cells + 1
            column = _column(ref[1]) if ref and ref[1] else column + 1
        if column > MAX_COLUMNS:
            raise UnreadableSheet("file_too_many_columns", limit=MAX_COLUMNS)
        if row > MAX_ROWS:
            raise UnreadableSheet("file_too_many_rows", limit=MAX_ROWS)
        if cells > MAX_CELLS:
            raise UnreadableSheet("file_too_heavy")


def _column(letters: bytes) -> int:
    """"A" → 1."""
    column = 0
    for letter in letters.upper()[:_LETTERS]:
        column = column * 26 + letter - 64
    return column
