"""Files that hold only right answers, and putting them to the questions of another file. Pure."""

from __future__ import annotations

from contest.questions.formats.columns import find_layout
from contest.questions.formats.delimited import records
from contest.questions.formats.detect import kind_of
from contest.questions.formats.docx_body import read_document
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.grid import Book, open_book
from contest.questions.formats.key_rows import KeyEntry, KeyTable, entries_of_rows, whole_table
from contest.questions.formats.lines import Line
from contest.questions.formats.sheets import entries_of_sheet
from contest.questions.formats.text_lines import text_document
from contest.questions.formats.typed_apply import apply_keys

__all__ = ["KeyEntry", "KeyTable", "apply_keys", "read_keys"]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def read_keys(data: bytes) -> KeyTable | None:
    """The answers of a file that holds nothing else (.docx, workbook, text, csv), None for another file."""
    try:
        kind = kind_of(data)
        if kind == "docx":
            return whole_table(read_document(data).blocks)
        if kind == "sheet" and data.startswith((_ZIP, _OLE)):
            return _of_book(open_book(data))
        if data.startswith((_ZIP, _OLE)):
            return None
        document = text_document(data)
    except UnreadableFile:
        return None
    found = whole_table(document.blocks)
    if found is None:
        text = "\n".join(line.text for line in document.blocks if isinstance(line, Line))
        rows, _delimiter, _repaired = records(text)
        entries = entries_of_rows(rows, [[at] * len(row) for at, row in enumerate(rows, 1)])
        found = KeyTable(entries) if entries else None
    return found


def _of_book(book: Book) -> KeyTable | None:
    """The answers of a workbook whose sheets hold nothing else, their places being rows of the first such sheet."""
    grids = [grid for grid in map(book.grid, book.visible) if grid.head]
    if any(find_layout(grid) for grid in grids):
        return None
    found = [entries_of_sheet(grid.rows) for grid in grids]
    return KeyTable(tuple(entry for entries in found for entry in entries)) if grids and all(found) else None
