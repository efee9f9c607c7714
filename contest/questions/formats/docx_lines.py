"""A Word file → its questions. Pure."""

from __future__ import annotations

from contest.questions.formats.docx_body import read_document
from contest.questions.formats.drafts import Reading
from contest.questions.formats.key_rows import KeyTable
from contest.questions.formats.typed import reading_of


def read_docx(data: bytes, keys: KeyTable | None = None) -> Reading:
    """The questions of a .docx; `keys` are the answers of a key file. Raises UnreadableFile."""
    return reading_of(read_document(data), "docx", keys)
