"""Bytes of a spreadsheet → rows of text with the row numbers that a spreadsheet shows.

The format is told by content, never by name. Pure but for python-calamine.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from contest.questions.formats import delimited, package
from contest.questions.formats.drafts import (
    MAX_BYTES,
    MAX_CELL_CHARS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Problem,
    UnreadableFile,
    column_letter,
    place_of,
)
from contest.questions.formats.text import repair

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something: its 1-based number and its cells from column A on."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. Every row has `width` cells; empty rows are left out, numbers stay true.

    `notes` are the findings of single cells by row number; `merged` are rectangles
    (first row, first column, last row, last column), rows 1-based, columns 0-based, inclusive.
    """

    sheet: str
    width: int
    rows: tuple[Row, ...]
    notes: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    problems: tuple[Problem, ...] = ()


class Book:
    """An opened file: sheet names first, a sheet's cells when asked for."""

    def __init__(self, kind: str, data: bytes) -> None:
        self.format = kind
        self._data = data
        self._package: zipfile.ZipFile | None = None
        self._grids: dict[str, Grid] = {}
        self._delimiter: str | None = None
        if kind == "xlsx":
            self._open_xlsx()
        else:
            self.visible: tuple[str, ...] = ("",)
            self.names: tuple[str, ...] = ("",)

    def _open_xlsx(self) -> None:
        import python_calamine

        self._package = package.open_package(self._data)
        self._parts = package.sheet_parts(self._package)
        try:
            self._reader = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self._data))
        except python_calamine.PasswordError as error:
            raise UnreadableFile("encrypted") from error
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise UnreadableFile("broken_file") from error
        sheets = [
            meta
            for meta in self._reader.sheets_metadata
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        self.names = tuple(meta.name for meta in sheets)
        shown = python_calamine.SheetVisibleEnum.Visible
        self.visible = tuple(meta.name for meta in sheets if meta.visible == shown)

    def grid(self, name: str) -> Grid:
        """Return one sheet's cells; raise UnreadableFile where it is beyond the limits."""
        if name not in self._grids:
            self._grids[name] = (
                self._xlsx_grid(name) if self.format == "xlsx" else _csv_grid(self._data, self._delimiter)
            )
        return self._grids[name]

    def split_by(self, delimiter: str) -> None:
        """Cut a text at this delimiter instead of the one that its cells suggest."""
        self._delimiter = delimiter
        self._grids.clear()

    def _xlsx_grid(self, name: str) -> Grid:
        import python_calamine

        if self._package is None or name not in self._parts:
            raise UnreadableFile("broken_file")
        facts = package.scan_sheet(self._package, self._parts[name], name)
        try:
            sheet = self._reader.get_sheet_by_name(name)
            first_column = sheet.start[1] if sheet.start else 0
            merged = tuple(
                (top + 1, left, bottom + 1, right)
                for (top, left), (bottom, right) in (sheet.merged_cell_ranges or ())
            )
            values = sheet.iter_rows() if sheet.start else iter(())
            collector = _Collector(name, facts.columns)
            for row in facts.hidden_rows:
                collector.note("hidden_row", row, 0)
            for row, column in facts.error_cells:
                collector.note("cell_error", row, column)
            for row, column in facts.formulas_without_value:
                collector.note("formula_without_value", row, column)
            for number, cells in enumerate(values, start=1):
                collector.add(number, cells, first_column)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise UnreadableFile("broken_file") from error
        return collector.grid(merged)


class _Collector:
    """Turns a reader's values into rows of repaired text, counting what it had to do."""

    def __init__(self, sheet: str, width: int) -> None:
        self.sheet, self.width = sheet, width
        self.rows: list[Row] = []
        self.notes: dict[int, list[tuple[str, int]]] = {}
        self.repaired: Counter[str] = Counter()
        self.first_repair: dict[str, str] = {}
        self.chars = 0

    def note(self, code: str, row: int, column: int) -> None:
        self.notes.setdefault(row, []).append((code, column))

    def add(self, number: int, values: list[Any], offset: int = 0) -> None:
        """Take over one row whose first value stands in column `offset`."""
        cells = [""] * offset
        filled = False
        for column, value in enumerate(values, start=offset):
            if value == "" and isinstance(value, str):
                cells.append("")
                continue
            text = self._text(value, number, column)
            filled = filled or bool(text)
            cells.append(text)
        if filled:
            cells.extend([""] * (self.width - len(cells)))
            self.rows.append(Row(number, tuple(cells)))

    def _text(self, value: object, row: int, column: int) -> str:
        if not isinstance(value, str):
            return self._plain(value, row, column)
        text, kinds = repair(value)
        if len(text) > MAX_CELL_CHARS:
            cell = f"{column_letter(column)}{row}"
            raise UnreadableFile(
                "cell_too_long",
                {"sheet": self.sheet, "cell": cell, "chars": len(text), "limit": MAX_CELL_CHARS},
            )
        self.chars += len(text)
        if self.chars > MAX_TEXT_CHARS:
            raise UnreadableFile("too_much_text", {"limit": MAX_TEXT_CHARS})
        for kind in kinds:
            self.repaired[kind] += 1
            self.first_repair.setdefault(kind, place_of(self.sheet, row))
        return text

    def _plain(self, value: object, row: int, column: int) -> str:
        if isinstance(value, bool):
            self.note("cell_boolean", row, column)
            return "TRUE" if value else "FALSE"
        if isinstance(value, float):
            if value.is_integer() and abs(value) < 1e15:
                return str(int(value))
            return repr(value)
        if isinstance(value, datetime.datetime | datetime.date):
            self.note("cell_date", row, column)
            midnight = not isinstance(value, datetime.datetime) or value.time() == datetime.time()
            return value.strftime("%d/%m/%Y" if midnight else "%d/%m/%Y %H:%M")
        if isinstance(value, datetime.time | datetime.timedelta):
            self.note("cell_date", row, column)
        return str(value)

    def grid(self, merged: tuple[tuple[int, int, int, int], ...] = ()) -> Grid:
        problems = tuple(
            Problem(
                "warning",
                "text_repaired",
                self.first_repair[kind],
                None,
                {"kind": kind, "cells": count},
            )
            for kind, count in sorted(self.repaired.items())
        )
        rows = tuple(self.rows)
        width = max((len(row.cells) for row in rows), default=0)
        if any(len(row.cells) != width for row in rows):
            rows = tuple(
                Row(row.number, row.cells + ("",) * (width - len(row.cells))) for row in rows
            )
        return Grid(self.sheet, width, rows, self.notes, merged, problems)


def _csv_grid(data: bytes, delimiter: str | None) -> Grid:
    text, guessed = delimited.decode(data)
    found, _, repaired = delimited.records(text, delimiter)
    if len(found) > MAX_ROWS:
        raise UnreadableFile("too_many_rows", {"sheet": "", "cell": "", "limit": MAX_ROWS})
    collector = _Collector("", 0)
    for number, record in enumerate(found, start=1):
        while record and not record[-1]:
            record.pop()
        if len(record) > MAX_COLUMNS:
            params: dict[str, str | int] = {"sheet": "", "cell": str(number), "limit": MAX_COLUMNS}
            raise UnreadableFile("too_many_columns", params)
        collector.add(number, record)
    grid = collector.grid()
    problems = list(grid.problems)
    if guessed:
        problems.append(Problem("warning", "encoding_guessed", "", None, {"encoding": guessed}))
    problems += [Problem("warning", "quotes_repaired", str(row)) for row in repaired]
    return Grid("", grid.width, grid.rows, grid.notes, (), tuple(problems))


def open_book(data: bytes) -> Book:
    """Return the opened file; raise UnreadableFile with the code of what it is instead."""
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise UnreadableFile("empty_file")
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_big", {"bytes": len(data), "limit": MAX_BYTES})
    if data.startswith(b"PK\x03\x04"):
        return Book("xlsx", data)
    if data.startswith(_OLE):
        raise UnreadableFile(_ole_kind(data))
    if data.startswith(b"PK") or data.startswith(_BINARY):
        raise UnreadableFile("other_zip" if data.startswith(b"PK") else "not_a_table")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if b"%pdf-" in data[:1024].lower():
        raise UnreadableFile("pdf")
    if head.startswith(_MARKUP):
        raise UnreadableFile("web_page")
    return Book("csv", data)


def _ole_kind(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "encrypted"
    return "old_doc" if "WordDocument".encode("utf-16-le") in data else "old_xls"
