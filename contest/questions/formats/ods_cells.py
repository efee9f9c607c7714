"""What the reader of cells doesn't tell of an .ods: merged cells, hidden rows, numbers as they are shown. Pure."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree  # parts with a DTD are refused before

from contest.questions.formats.drafts import MAX_COLUMNS, MAX_ROWS

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_PADDED = re.compile(r"0\d+")


@dataclass(slots=True)
class OdsSheet:
    """Rectangles as `grid.Grid` has them; hidden rows, 1-based; (row, 0-based column) → what the cell shows."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    shown: dict[int, dict[int, str]] = field(default_factory=dict)


def scan_ods(package: zipfile.ZipFile) -> dict[str, OdsSheet]:
    """The sheets by their names; what stands beyond the limits of a sheet is left out."""
    found: dict[str, OdsSheet] = {}
    sheet, number = OdsSheet(), 1
    table: ElementTree.Element | None = None
    try:
        with package.open("content.xml") as part:
            for event, node in ElementTree.iterparse(part, ("start", "end")):  # noqa: S314 - no DTD, size known
                if event == "start":
                    if node.tag == f"{_TABLE}table":
                        sheet, number = found.setdefault(node.get(f"{_TABLE}name", ""), OdsSheet()), 1
                        table = node
                elif node.tag == f"{_TABLE}table-row":
                    times = _count(node, f"{_TABLE}number-rows-repeated")
                    if number <= MAX_ROWS:
                        _take(sheet, node, number, min(times, MAX_ROWS - number + 1))
                    number += times
                    (node if table is None else table).clear()  # nobody need hold the rows passed
    except (LookupError, ValueError, ElementTree.ParseError):  # no such part, or in an encoding that nobody knows
        return {}
    return found


def _take(sheet: OdsSheet, row: ElementTree.Element, number: int, times: int) -> None:
    shown: dict[int, str] = {}
    for column, cell in _cells(row):
        down = _count(cell, f"{_TABLE}number-rows-spanned")
        right = _count(cell, f"{_TABLE}number-columns-spanned")
        if down > 1 or right > 1:
            sheet.merged.append((number, column, number + down - 1, column + right - 1))
        text = "".join("".join(line.itertext()) for line in cell.findall(f"{_TEXT}p")).strip()
        kind = cell.get(f"{_OFFICE}value-type")
        if text and (kind == "percentage" or (kind == "float" and _PADDED.fullmatch(text))):
            shown[column] = text
    filled = any(cell.get(f"{_OFFICE}value-type") for _, cell in _cells(row))
    for at in range(number, number + times) if filled else ():
        if shown:
            sheet.shown[at] = shown
        if row.get(f"{_TABLE}visibility", "visible") != "visible":
            sheet.hidden.append(at)


def _cells(row: ElementTree.Element) -> Iterator[tuple[int, ElementTree.Element]]:
    column = 0
    for cell in row:
        if cell.tag in _CELLS:
            for _ in range(_count(cell, f"{_TABLE}number-columns-repeated")):
                if column >= MAX_COLUMNS:
                    return
                yield column, cell
                column += 1


def _count(node: ElementTree.Element, name: str) -> int:
    """A number of repetitions, 1 where none is given."""
    text = node.get(name, "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 8 else 1
