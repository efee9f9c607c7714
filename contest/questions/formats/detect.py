"""What a file is, told by its content: names lie. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from contest.questions.formats.delimited import decode
from contest.questions.formats.drafts import UnreadableFile
from contest.zips import BROKEN

Kind = Literal["sheet", "docx", "gift", "aiken", "moodle-xml", "qti-xml", "qti-package", "text"]
# What `--format` may ask for: the name that a reading bears → what reads it.
FORMATS = ("xlsx", "xls", "ods", "csv", "docx", "text", "gift", "aiken", "moodle-xml", "qti")

_XML = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<", re.ASCII)
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_SKIPPED = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_QTI_ROOTS = re.compile(r"questestinterop|(?:qti-)?assessment-?(?:item|test|section)|item|manifest", re.IGNORECASE)
_RTF = b"{\\rtf"
HEAD = 20_000


def kind_of(data: bytes) -> Kind:
    """What reads this file. Raises UnreadableFile for what nothing reads, with what to do instead.

    A spreadsheet reader takes whatever else looks like a table; its refusals name the rest.
    """
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    if data.startswith(_RTF):
        raise UnreadableFile("rtf")
    if data.startswith(b"\x1f\x8b"):
        raise UnreadableFile("moodle_backup" if data[3:4] in (b"\0", b"\x08") else "other_zip")
    if _XML.match(data[:64]):
        return _kind_of_xml(data)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"%PDF-")):
        return "sheet"
    return _kind_of_text(data)


def _kind_of_zip(data: bytes) -> Kind:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except BROKEN:
        return "sheet"  # which says that it is broken
    lower = {name.lstrip("/").lower() for name in names}
    if "word/document.xml" in lower:
        return "docx"
    if "xl/workbook.xml" in lower:
        return "sheet"
    from contest.questions.formats.qti import looks_like_qti_package

    if looks_like_qti_package(names):
        return "qti-package"
    if "moodle_backup.xml" in lower:
        raise UnreadableFile("moodle_backup")
    if lower and all(name.endswith((".docx", ".xlsx", ".xls", ".txt", ".csv", ".xml", "/")) for name in lower):
        raise UnreadableFile("zip_of_files")
    return "sheet"


def _kind_of_xml(data: bytes) -> Kind:
    text = decode(data[:HEAD] if data[:2] not in (b"\xff\xfe", b"\xfe\xff") else data[: HEAD - HEAD % 2])[0]
    root = _ROOT.search(_SKIPPED.sub(" ", text))
    name = root[1] if root else ""
    if name == "quiz":
        return "moodle-xml"
    if _QTI_ROOTS.fullmatch(name):
        return "qti-xml"
    return "sheet"  # a web page, an Office XML: refused there by name


def _kind_of_text(data: bytes) -> Kind:
    if _is_table(data):
        return "sheet"
    from contest.questions.formats.aiken import looks_like_aiken
    from contest.questions.formats.gift import looks_like_gift
    from contest.questions.formats.typed import looks_like_questions

    text = decode(data)[0].replace("\r\n", "\n").replace("\r", "\n")
    if looks_like_gift(text):
        return "gift"
    if looks_like_aiken(text):
        return "aiken"
    return "text" if looks_like_questions(text) else "sheet"


def _is_table(data: bytes) -> bool:
    """Whether the head of a text has a header row that a question sheet would have."""
    from contest.questions.formats.columns import find_layout
    from contest.questions.formats.delimited import DELIMITERS
    from contest.questions.formats.grid import Book

    head = data if len(data) <= HEAD else data[: data.rfind(b"\n", 0, HEAD) + 1 or HEAD]
    try:
        book = Book("csv", head)
        if find_layout(book.grid("")) is not None:
            return True
        for delimiter in DELIMITERS:
            book.split_by(delimiter)
            if find_layout(book.grid("")) is not None:
                return True
    except UnreadableFile:
        return False
    return False
