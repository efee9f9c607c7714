"""The xlsx package, checked before any reader allocates for it. Pure, standard library only.

Reading the sheet's XML as bytes gives its true extent; the `<dimension>` element may lie.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree import ElementTree  # parts with a DTD are refused before

from contest.questions.formats.drafts import (
    MAX_COLUMNS,
    MAX_ROWS,
    UnreadableFile,
    column_index,
    column_letter,
)

MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_RATIO = 100
RATIO_FROM_BYTES = 1024 * 1024
MAX_WORKBOOK_XML_BYTES = 4 * 1024 * 1024

_TAG = re.compile(rb"<(?:\w+:)?(row|c)(\s[^<>]*|/)?>(</(?:\w+:)?c>)?")
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
    """Return the opened xlsx; raise UnreadableFile where it is unsafe, broken or something else."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableFile("broken_file") from error
    entries = package.infolist()
    _check_sizes(entries)
    names = {entry.filename.lstrip("/").lower() for entry in entries}
    if len(names) != len(entries):
        raise UnreadableFile("unsafe_zip", {"why": "repeated_names"})
    _check_kind(package, names)
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
        if b"opendocument" in kind:
            raise UnreadableFile("ods")
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
                while piece := part.read(1 << 20):
                    text = tail + piece
                    if start and (text[:2] in (b"\xff\xfe", b"\xfe\xff") or 0 in text[:4]):
                        raise UnreadableFile("unsafe_xml", {"why": "encoding"})
                    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                        raise UnreadableFile("unsafe_xml", {"why": "entity"})
                    start, tail = False, piece[-9:]
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
            raise UnreadableFile("broken_file") from error


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    """Return a part's bytes; raise KeyError where there is none, UnreadableFile if broken."""
    try:
        return package.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
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
    return ElementTree.fromstring(_read(package, name))  # noqa: S314 - no DTD, size known


def scan_sheet(package: zipfile.ZipFile, part: str, sheet: str) -> SheetFacts:
    """Return the facts of one sheet; raise too_many_rows or too_many_columns with the cell."""
    try:
        xml = _read(package, part)
    except KeyError as error:
        raise UnreadableFile("broken_file") from error
    hidden: set[int] = set()
    errors: set[tuple[int, int]] = set()
    rows = columns = row = column = 0
    for match in _TAG.finditer(xml):
        tag, attributes = match.group(1), match.group(2) or b""
        ref = _REF.search(attributes)
        if tag == b"row":
            row, column = int(ref[2] or row + 1) if ref else row + 1, -1
            if b"hidden" in attributes and _HIDDEN.search(attributes):
                hidden.add(row)
            continue
        column += 1
        if ref:
            row, column = int(ref[2] or row), column_index(ref[1].decode().upper())
        if attributes.endswith(b"/") or match.group(3):
            continue  # formatted and empty: no reader allocates for it
        if row > MAX_ROWS or column >= MAX_COLUMNS:
            raise _too_large(sheet, row, column)
        rows, columns = max(rows, row), max(columns, column + 1)
        if b'"e"' in attributes and _ERROR_CELL.search(attributes):
            errors.add((row, column))
    missing = _formulas_without_value(xml)
    return SheetFacts(rows, columns, frozenset(hidden), frozenset(errors), missing)


def _too_large(sheet: str, row: int, column: int) -> UnreadableFile:
    cell = f"{column_letter(column)}{row}"
    if column >= MAX_COLUMNS:
        params: dict[str, str | int] = {"sheet": sheet, "cell": cell, "limit": MAX_COLUMNS}
        return UnreadableFile("too_many_columns", params)
    return UnreadableFile("too_many_rows", {"sheet": sheet, "cell": cell, "limit": MAX_ROWS})


def _formulas_without_value(xml: bytes) -> frozenset[tuple[int, int]]:
    cells: set[tuple[int, int]] = set()
    if b"<f" not in xml and b":f" not in xml:
        return frozenset()
    for match in _FORMULA_WITHOUT_VALUE.finditer(xml):
        start = max(xml.rfind(b"<c ", 0, match.start()), xml.rfind(b":c ", 0, match.start()))
        ref = _REF.search(xml, start, match.start()) if start >= 0 else None
        if ref and ref[1] and ref[2]:
            cells.add((int(ref[2]), column_index(ref[1].decode().upper())))
    return frozenset(cells)
