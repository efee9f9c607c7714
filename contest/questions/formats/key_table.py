"""Files that hold only right answers, and putting them to the questions of another file. Pure."""

from __future__ import annotations

from contest.questions.formats.delimited import records
from contest.questions.formats.docx_body import read_document
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.key_rows import KeyEntry, KeyTable, entries_of_rows, whole_table
from contest.questions.formats.lines import Line
from contest.questions.formats.text_lines import text_document
from contest.questions.formats.typed_apply import apply_keys

__all__ = ["KeyEntry", "KeyTable", "apply_keys", "read_keys"]

_ZIP = b"PK\x03\x04"


def read_keys(data: bytes) -> KeyTable | None:
    """The answers of a file that holds nothing else (.docx, text, csv), None for another file."""
    try:
        if data.startswith(_ZIP):
            return whole_table(read_document(data).blocks)
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
