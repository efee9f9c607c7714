"""The lines of a document's file, tables taken apart row by row. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contest.questions.formats.detect import HEAD, kind_of
from contest.questions.formats.docx_body import read_document
from contest.questions.formats.drafts import Problem, UnreadableFile
from contest.questions.formats.lines import Document, Line, Table, text_of
from contest.questions.formats.locators import plain_words
from contest.questions.formats.outline import NO_TEXT, NOT_A_DOCUMENT
from contest.questions.formats.text_lines import text_document

_NUMBER_COLUMN = re.compile(r"^(stt|tt|so tt|so thu tu)$")
_SIGNS = ((b"%PDF", "pdf"), (b"{\\rtf", "rtf"), (b"\xd0\xcf\x11\xe0", "old_doc"), (b"<!DOCTYPE", "web_page"),
          (b"<html", "web_page"), (b"\x89PNG", NOT_A_DOCUMENT), (b"\xff\xd8\xff", NOT_A_DOCUMENT))


@dataclass(frozen=True, slots=True)
class Item:
    """A line; `row` is the number in the first column where it is a row of a table with an STT column, else ""."""

    number: int
    text: str
    row: str = ""


def items_of(data: bytes) -> tuple[list[Item], tuple[Problem, ...]]:
    """The lines of a .docx or a plain text, and what had to be mended. Raises UnreadableFile."""
    document = _document(data)
    found = list(_items(document))
    if not any(item.text.strip() for item in found):
        raise UnreadableFile(NO_TEXT)
    return found, document.problems


def _document(data: bytes) -> Document:
    for sign, code in _SIGNS:
        if data.startswith(sign):
            raise UnreadableFile(code)
    if not data.startswith(b"PK\x03\x04"):
        if b"\0" in data[:HEAD] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableFile(NOT_A_DOCUMENT)
        return text_document(data)
    if kind_of(data) != "docx":
        raise UnreadableFile(NOT_A_DOCUMENT)
    return read_document(data)


def _items(document: Document) -> Iterator[Item]:
    for block in document.blocks:
        if isinstance(block, Line):
            yield from _lines(block)
        else:
            yield from _table(block)


def _lines(line: Line) -> Iterator[Item]:
    text = line.text if all(not piece.markup for piece in line.pieces) else text_of([line], False)
    for row in text.split("\n"):
        yield Item(line.number, row)


def _table(table: Table) -> Iterator[Item]:
    rows = [[cell for cell in row if not cell.continued] for row in table.rows]
    header = next((at for at, row in enumerate(rows)
                   if row and _NUMBER_COLUMN.match(plain_words(row[0].text).strip())), None)
    for at, row in enumerate(rows):
        texts = [cell.text for cell in row]
        number = texts[0].strip().rstrip(".)") if texts else ""
        if header is not None and at > header and number.isdecimal() and int(number) < 1000:
            first, *others = [text for text in texts[1:] if text.strip()] or [""]
            yield Item(table.number, " ".join(first.split("\n", 1)[0].split()), number)
            for text in (*first.split("\n")[1:], *others):
                yield from (Item(table.number, line) for line in text.split("\n"))
        elif at != header:
            yield from (Item(table.number, line) for text in texts for line in text.split("\n"))
