"""Bytes of a spreadsheet → rows of text with the row numbers that a spreadsheet shows.

The format is told by content, never by name. Pure but for python-calamine.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from contest.questions.formats import delimited, package
from contest.questions.formats.cell_comments import comments_of
from contest.questions.formats.cell_looks import Looks, marked_options, standing_out
from contest.questions.formats.cell_pictures import Pictures, drawn_in
from contest.questions.formats.cells import Collector, Note, Row
from contest.questions.formats.compound import check_xls, kind_of_compound
from contest.questions.formats.drafts import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    NO_PARAMS,
    Media,
    Problem,
    UnreadableFile,
    column_letter,
)
from contest.questions.formats.ods_cells import OdsSheet, scan_ods

__all__ = ["Book", "Grid", "Row", "open_book"]

HEAD_ROWS = 520  # what the header and its columns are told by
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version")

Values = Iterator[tuple[int, Sequence[Any]]]
Rectangle = tuple[int, int, int, int]


class Grid:
    """One sheet. Every row has `width` cells; empty rows are left out, numbers stay true.

    Nothing is kept: `stream` reads the sheet once more each time, and `notes` and `problems` are
    those of the rows that it has passed. `merged` are rectangles (first row, first column, last row,
    last column), rows 1-based, columns 0-based, inclusive.
    """

    def __init__(self, sheet: str, width: int, values: Callable[[], Values], *, offset: int = 0,
                 merged: tuple[Rectangle, ...] = (), notes: Sequence[tuple[int, Note]] = (),
                 looks: Looks | None = None, part: str = "", told: tuple[Problem, ...] = (),
                 vague: bool = False) -> None:
        self.sheet, self.width, self.merged = sheet, width, merged
        self.by_look = False  # whether a row without a key may show it by how its cells look
        self._values, self._offset, self._known, self._told = values, offset, notes, told
        self._looks, self._part, self._vague = looks, part, vague
        self._collector = self._fresh()

    def _fresh(self) -> Collector:
        collector = Collector(self.sheet, self.width, self._looks, self._part, self._vague)
        for row, note in self._known:
            collector.notes.setdefault(row, []).append(note)
        return collector

    def stream(self) -> Iterator[Row]:
        """Yield the rows that hold something."""
        collector = self._collector = self._fresh()
        offset = self._offset
        for number, values in self._values():
            row = collector.row(number, values, offset)
            if row is not None:
                yield row

    def column(self, column: int) -> Iterator[tuple[int, str]]:
        """Yield one column's cells from top to bottom, those of empty rows too: (row number, text)."""
        collector, place = self._fresh(), column - self._offset
        for number, values in self._values():
            if 0 <= place < len(values):
                yield number, collector.text(values[place], number, column)

    @cached_property
    def head(self) -> tuple[Row, ...]:
        """The first rows that hold something."""
        rows = self.stream()
        found = tuple(islice(rows, HEAD_ROWS))
        self._collector = self._fresh()
        return found

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows: for small sheets."""
        return tuple(self.stream())

    @property
    def notes(self) -> dict[int, list[Note]]:
        """The findings of single cells by row number."""
        return self._collector.notes

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found in the sheet as a whole."""
        return (*self._collector.problems(), *self._told)

    def marked(self, row: int, columns: Sequence[int], cell: str, options: Sequence[str]) -> tuple[int, ...]:
        """The 0-based options that stand out by bold, underline, colour or fill; () where the file can't tell.

        `columns` are those of the options; where there are none, `cell` is the text of their only cell.
        """
        if not self.by_look or self._looks is None:
            return ()
        if columns:
            return standing_out([self._looks.aspects(self._part, row, column)
                                 for column in columns[: len(options)]])
        for column in range(self.width):
            runs = self._looks.runs(self._part, row, column)
            if runs and "".join(text for text, _ in runs).strip() == cell:
                return marked_options(runs, options)
        return ()


class Book:
    """An opened file: sheet names first, a sheet's cells when asked for."""

    def __init__(self, kind: str, data: bytes) -> None:
        self.format = kind
        self._data = data
        self._package: zipfile.ZipFile | None = None
        self._grids: dict[str, Grid] = {}
        self._delimiter: str | None = None
        if kind == "csv":
            self.visible: tuple[str, ...] = ("",)
            self.names: tuple[str, ...] = ("",)
        else:
            self._open_workbook()

    def _open_workbook(self) -> None:
        import python_calamine

        if self.format != "xls":
            self._package = package.open_package(self._data)
            if package.is_ods(self._package):
                self.format = "ods"
        self._parts = package.sheet_parts(self._package) if self._package and self.format == "xlsx" else {}
        self._ods = scan_ods(self._package) if self._package and self.format == "ods" else {}
        self._looks = Looks(self._package) if self._package and self.format == "xlsx" else None
        broken = "old_xls" if self.format == "xls" else "broken_file"
        self._reader = _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self._data)), broken)
        sheets = [meta for meta in self._reader.sheets_metadata
                  if meta.typ == python_calamine.SheetTypeEnum.WorkSheet]
        self.names = tuple(meta.name for meta in sheets)
        shown = python_calamine.SheetVisibleEnum.Visible
        self.visible = tuple(meta.name for meta in sheets if meta.visible == shown)

    def grid(self, name: str) -> Grid:
        """Return one sheet's cells; raise UnreadableFile where it is beyond the limits."""
        if name not in self._grids:
            self._grids[name] = (
                _csv_grid(self._data, self._delimiter) if self.format == "csv" else self._sheet_grid(name)
            )
        return self._grids[name]

    def comments(self) -> list[Problem]:
        """The comments on its cells, which nobody reads as questions."""
        return comments_of(self._package) if self._package and self.format == "xlsx" else []

    def pictures(self, name: str, fields: Mapping[str, int], media: dict[str, Media]) -> Pictures | None:
        """The pictures over one sheet's cells, None where there are none; those taken go into `media`."""
        if self._package is None or self.format != "xlsx":
            return None
        drawn = drawn_in(self._package, self._parts.get(name, ""))
        return Pictures(self._package, name, drawn, fields, media) if any(drawn) else None

    def split_by(self, delimiter: str) -> None:
        """Cut a text at this delimiter instead of the one that its cells suggest."""
        self._delimiter = delimiter
        self._grids.clear()

    def _sheet_grid(self, name: str) -> Grid:
        notes: list[tuple[int, Note]] = []
        part = self._parts.get(name, "")
        columns = 0
        if self._package is not None and self.format == "xlsx":
            if not part:
                raise UnreadableFile("broken_file")
            facts = package.scan_sheet(self._package, part, name)
            columns = facts.columns
            notes += [(row, ("hidden_row", 0, NO_PARAMS)) for row in sorted(facts.hidden_rows)]
            notes += [(row, ("cell_error", column, NO_PARAMS)) for row, column in sorted(facts.error_cells)]
            notes += [(row, ("formula_without_value", column, NO_PARAMS))
                      for row, column in sorted(facts.formulas_without_value)]
        ods = self._ods.get(name, OdsSheet())
        notes += [(row, ("hidden_row", 0, NO_PARAMS)) for row in ods.hidden]
        sheet = _guarded(lambda: self._reader.get_sheet_by_name(name))
        _check_extent(name, sheet.end)
        merged = tuple((top + 1, left, bottom + 1, right)
                       for (top, left), (bottom, right) in (sheet.merged_cell_ranges or ())) or tuple(ods.merged)
        end = sheet.end[1] + 1 if sheet.end else 0
        offset = sheet.start[1] if sheet.start else 0
        return Grid(name, max(columns, end), lambda: _sheet_values(sheet, ods.shown, offset), offset=offset,
                    merged=merged, notes=notes, looks=self._looks, part=part, vague=self.format == "xls")


def _guarded(read: Callable[[], Any], broken: str = "broken_file") -> Any:
    """What `read` returns; its errors as refusals. A panic of the reader is no Exception of Python's."""
    import python_calamine

    try:
        return read()
    except python_calamine.PasswordError as error:
        raise UnreadableFile("encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFile("encrypted" if "password" in str(error).lower() else broken) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise UnreadableFile(broken) from error
        raise


def _sheet_values(sheet: Any, shown: Mapping[int, Mapping[int, str]], offset: int) -> Values:
    """The rows of a reader's sheet, some cells as they are shown."""
    rows: Values = enumerate(sheet.iter_rows(), start=1) if sheet.start else iter(())
    return rows if not shown else (
        (number, [shown.get(number, {}).get(column, value) for column, value in enumerate(values, offset)])
        for number, values in rows)


def _check_extent(name: str, end: tuple[int, int] | None) -> None:
    """For the formats whose cells nobody has counted before."""
    if end is None:
        return
    for code, last, limit in (("too_many_rows", end[0], MAX_ROWS), ("too_many_columns", end[1], MAX_COLUMNS)):
        if last >= limit:
            cell = f"{column_letter(end[1])}{end[0] + 1}"
            raise UnreadableFile(code, {"sheet": name, "cell": cell, "limit": limit})


def _csv_grid(data: bytes, delimiter: str | None) -> Grid:
    text, guessed = delimited.decode(data)
    found, _, repaired = delimited.records(text, delimiter)
    if len(found) > MAX_ROWS:
        raise UnreadableFile("too_many_rows", {"sheet": "", "cell": "", "limit": MAX_ROWS})
    width = 0
    for number, record in enumerate(found, start=1):
        while record and not record[-1]:
            record.pop()
        width = max(width, len(record))
        if len(record) > MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", {"sheet": "", "cell": str(number), "limit": MAX_COLUMNS})
    told = [Problem("warning", "encoding_guessed", "", None, {"encoding": guessed})] if guessed else []
    told += [Problem("warning", "quotes_repaired", str(row)) for row in repaired]
    return Grid("", width, lambda: enumerate(found, start=1), told=tuple(told))


def open_book(data: bytes) -> Book:
    """Return the opened file; raise UnreadableFile with the code of what it is instead."""
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise UnreadableFile("empty_file")
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_big", {"bytes": len(data), "limit": MAX_BYTES})
    if data.startswith(b"PK\x03\x04"):
        return Book("xlsx", data)
    if data.startswith(_OLE):
        kind = kind_of_compound(data)
        if kind != "xls":
            raise UnreadableFile(kind)
        check_xls(data)
        return Book("xls", data)
    if data.startswith(b"PK") or data.startswith(_BINARY):
        raise UnreadableFile("other_zip" if data.startswith(b"PK") else "not_a_table")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if b"%pdf-" in data[:1024].lower():
        raise UnreadableFile("pdf")
    if head.startswith(_MARKUP):
        raise UnreadableFile("web_page")
    return Book("csv", data)
