"""The xlsx package, checked before any reader allocates for it. Pure, standard library only.

Reading the sheet's XML as bytes gives its true extent; the `<dimension>` element may lie.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree  # parts with a DTD are refused before

from contest.questions.formats.drafts import (
    MAX_COLUMNS,
    MAX_ROWS,
    UnreadableFile,
    column_index,
    column_letter,
)
from contest.zips import BROKEN

MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_RATIO = 100
RATIO_FROM_BYTES = 1024 * 1024
PIECE_BYTES = 1024 * 1024
MAX_WORKBOOK_XML_BYTES = 4 * 1024 * 1024

_TAG = re.compile(rb"<(?:\w+:)?(row|c)(\s[^<>]*|/)?>(</(?:\w+:)?c>)?")
_PLAIN_COLUMN = re.compile(rb'<c r="([A-Z]{1,2})[1-9]')
_PLAIN_ROW = re.compile(rb'<row r="([1-9][0-9]{0,4})"')
_FAR_ROW = re.compile(rb'<c r="[A-Z]{1,2}(?:[0-9]{6}|[6-9][0-9]{4})')
_ODD = (b":c", b":row", b"hidden", b't="e"', b"t='e'")
_CELLS = (b"<c ", b"<c>", b"<c/", b"<c\t", b"<c\n", b"<c\r")
_REF = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_ERROR_CELL = re.compile(rb"""\st\s*=\s*["']e["']""")
_FORMULA_WITHOUT_VALUE = re.compile(
    rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the sheet's XML says. Rows are 1-based; cells are (row, 0-based column)."""

    rows: int
    columns: int
    hidden_rows: frozenset[int]
    error_cells: frozenset[tuple[int, int]]
    formulas_without_value: frozenset[tuple[int, int]]


def open_package(data: bytes) -> zipfile.ZipFile:
    """Return the opened xlsx or ods; raise UnreadableFile where it is unsafe, broken or something else."""
    return open_zip(data, _check_kind)


def is_ods(package: zipfile.ZipFile) -> bool:
    """True for a spreadsheet of LibreOffice."""
    names = package.namelist()
    return "xl/workbook.xml" not in {name.lstrip("/").lower() for name in names} and "content.xml" in names


def open_zip(data: bytes, check_kind: Callable[[zipfile.ZipFile, set[str]], None]) -> zipfile.ZipFile:
    """Return any opened package of XML parts, checked alike; `check_kind` gets its names in lower case."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise UnreadableFile("broken_file") from error
    entries = package.infolist()
    _check_sizes(entries)
    names = {entry.filename.lstrip("/").lower() for entry in entries}
    if len(names) != len(entries):
        raise UnreadableFile("unsafe_zip", {"why": "repeated_names"})
    check_kind(package, names)
    _check_xml(package)
    return package


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile("unsafe_zip", {"why": "entries", "limit": MAX_ENTRIES})
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableFile("unsafe_zip", {"why": "unpacked", "limit": MAX_UNPACKED_BYTES})
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnreadableFile("encrypted")
        packed = max(entry.compress_size, 1)
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * packed:
            raise UnreadableFile("unsafe_zip", {"why": "ratio", "limit": MAX_RATIO})


def _check_kind(package: zipfile.ZipFile, names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names:
        raise UnreadableFile("xlsb")
    if "word/document.xml" in names:
        raise UnreadableFile("docx")
    if "mimetype" in names:
        try:
            kind = _read(package, "mimetype")
        except KeyError:
            kind = b""
        if b"opendocument.spreadsheet" in kind and "content.xml" in names:
            return
        if b"opendocument" in kind:
            raise UnreadableFile("odt" if b"opendocument.text" in kind else "ods")
    raise UnreadableFile("other_zip")


def _check_xml(package: zipfile.ZipFile) -> None:
    """Unpack every XML part in pieces: a size that lies fails here, and no DTD gets through."""
    for entry in package.infolist():
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        tail = b""
        try:
            with package.open(entry) as part:
                start = True
                while piece := part.read(PIECE_BYTES):
                    text = tail + piece
                    if start and (text[:2] in (b"\xff\xfe", b"\xfe\xff") or 0 in text[:4]):
                        raise UnreadableFile("unsafe_xml", {"why": "encoding"})
                    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                        raise UnreadableFile("unsafe_xml", {"why": "entity"})
                    start, tail = False, piece[-9:]
        except BROKEN as error:
            raise UnreadableFile("broken_file") from error


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    """Return a part's bytes; raise KeyError where there is none, UnreadableFile if broken."""
    try:
        return package.read(name)
    except BROKEN as error:
        raise UnreadableFile("broken_file") from error


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet name → the name of its part in the package, in the workbook's order."""
    try:
        book = _tree(package, "xl/workbook.xml")
        relations = _tree(package, "xl/_rels/workbook.xml.rels")
    except (KeyError, ElementTree.ParseError) as error:
        raise UnreadableFile("broken_file") from error
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    parts = {}
    for node in book.iter():
        if not node.tag.endswith("}sheet"):
            continue
        relation = next((v for k, v in node.attrib.items() if k.endswith("}id")), None)
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        parts[node.get("name", "")] = posixpath.normpath(path)
    return parts


def _tree(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if package.getinfo(name).file_size > MAX_WORKBOOK_XML_BYTES:
        raise UnreadableFile("unsafe_xml", {"why": "size"})
    try:
        return ElementTree.fromstring(_read(package, name))  # noqa: S314 - no DTD, size known
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise UnreadableFile("broken_file") from error


def part_tree(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return the tree of a small part; raise KeyError, ParseError, or UnreadableFile where it is too large."""
    return _tree(package, name)


def pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a sheet's XML in pieces of whole rows; raise UnreadableFile where it is broken."""
    rest = b""
    try:
        with package.open(part) as stream:
            while piece := stream.read(PIECE_BYTES):
                rest += piece
                end = rest.rfind(b"</row>") + 6
                if end >= 6:
                    yield rest[:end]
                    rest = rest[end:]
    except (KeyError, *BROKEN) as error:
        raise UnreadableFile("broken_file") from error
    yield rest


def scan_sheet(package: zipfile.ZipFile, part: str, sheet: str) -> SheetFacts:
    """Return the facts of one sheet; raise too_many_rows or too_many_columns with the cell."""
    scan = _Scan(sheet)
    try:
        for piece in pieces(package, part):
            scan.take(piece)
    except ValueError as error:  # a row number of thousands of digits
        raise UnreadableFile("broken_file") from error
    return scan.facts()


class _Scan:
    """Goes through a sheet's XML piece by piece, each piece whole rows."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.rows = self.columns = 0
        self.row, self.column = 0, -1
        self.hidden: set[int] = set()
        self.errors: set[tuple[int, int]] = set()
        self.formulas: set[tuple[int, int]] = set()

    def take(self, xml: bytes) -> None:
        """Look at one piece; raise where a cell lies beyond the limits."""
        if not self._take_plain(xml):
            self._take_any(xml)
        if b"<f" in xml or b":f" in xml:
            self.formulas |= _formulas_without_value(xml)

    def _take_plain(self, xml: bytes) -> bool:
        """Take a piece as programs write it; return False where it needs the slow look.

        Formatted empty cells count here, which only makes the sheet look larger.
        """
        if any(sign in xml for sign in _ODD) or _FAR_ROW.search(xml):
            return False
        cells, rows = _PLAIN_COLUMN.findall(xml), _PLAIN_ROW.findall(xml)
        if len(cells) != sum(map(xml.count, _CELLS)) or len(rows) != xml.count(b"<row"):
            return False
        if not cells or not rows:
            return not cells and not rows
        columns = max(column_index(letters.decode()) + 1 for letters in set(cells))
        if columns > MAX_COLUMNS:
            return False
        self.rows, self.columns = max(self.rows, *map(int, rows)), max(self.columns, columns)
        self.row = int(rows[-1])
        return True

    def _take_any(self, xml: bytes) -> None:
        for match in _TAG.finditer(xml):
            tag, attributes = match.group(1), match.group(2) or b""
            ref = _REF.search(attributes)
            if tag == b"row":
                self.row = int(ref[2] or self.row + 1) if ref else self.row + 1
                self.column = -1
                if b"hidden" in attributes and _HIDDEN.search(attributes):
                    self.hidden.add(self.row)
                continue
            self.column += 1
            if ref:
                self.row = int(ref[2] or self.row)
                self.column = column_index(ref[1].decode().upper())
            if not attributes.endswith(b"/") and not match.group(3):
                self._cell(attributes)  # a formatted empty cell makes no reader allocate

    def _cell(self, attributes: bytes) -> None:
        row, column = self.row, self.column
        if row > MAX_ROWS or column >= MAX_COLUMNS:
            code = "too_many_columns" if column >= MAX_COLUMNS else "too_many_rows"
            limit = MAX_COLUMNS if column >= MAX_COLUMNS else MAX_ROWS
            cell = f"{column_letter(column)}{row}"
            raise UnreadableFile(code, {"sheet": self.sheet, "cell": cell, "limit": limit})
        self.rows, self.columns = max(self.rows, row), max(self.columns, column + 1)
        if _ERROR_CELL.search(attributes):
            self.errors.add((row, column))

    def facts(self) -> SheetFacts:
        """Return what was found."""
        hidden, errors = frozenset(self.hidden), frozenset(self.errors)
        return SheetFacts(self.rows, self.columns, hidden, errors, frozenset(self.formulas))


def _formulas_without_value(xml: bytes) -> set[tuple[int, int]]:
    cells: set[tuple[int, int]] = set()
    for match in _FORMULA_WITHOUT_VALUE.finditer(xml):
        start = max(xml.rfind(b"<c ", 0, match.start()), xml.rfind(b":c ", 0, match.start()))
        ref = _REF.search(xml, start, match.start()) if start >= 0 else None
        if ref and ref[1] and ref[2]:
            cells.add((int(ref[2]), column_index(ref[1].decode().upper())))
    return cells
