"""A Word file → its lines and tables. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from contest.questions.formats.docx_labels import ROLES
from contest.questions.formats.docx_package import DocxPackage
from contest.questions.formats.docx_runs import Runs, Take
from contest.questions.formats.docx_styles import VAL, Numbering, Styles, W, marks_of, number_of, piece_marks
from contest.questions.formats.drafts import MAX_COLUMNS, MAX_TEXT_CHARS, Problem, UnreadableFile
from contest.questions.formats.legacy_fonts import detect
from contest.questions.formats.lines import Block, Cell, Document, Line, Note, Piece, Table, mended

MAX_LINES = 400_000
MAX_NESTING = 12
_THROUGH = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}smartTag", f"{W}ins", f"{W}moveTo"})
_WORDS_OF_A_HEADER = 4
_SAMPLE_RUNS = 5_000  # that tell in which encoding a document is typed


def read_document(data: bytes) -> Document:
    """The lines of a .docx in reading order, text boxes where they are anchored.

    Automatic numbers stand at the start of their lines. Raises UnreadableFile.
    """
    package = DocxPackage(data)
    body = package.document.find(f"{W}body")
    if body is None:
        raise UnreadableFile("broken_file")
    return _Walk(package).document(body)


class _Walk:
    def __init__(self, package: DocxPackage) -> None:
        self.package = package
        self.styles = Styles(package.part("styles"))
        self.numbering = Numbering(package.part("numbering"), self.styles)
        self.notes = {kind: package.part(kind) for kind in ("footnotes", "endnotes", "comments")}
        self.runs = Runs(package, self.styles, self._note_text)
        self.number = 0
        self.chars = 0
        self.depth = 0
        self.repairs: Counter[str] = Counter()
        self.first: dict[str, int] = {}

    def document(self, body: etree._Element) -> Document:
        self.runs.encoding = detect("".join(text.text or "" for text in islice(body.iter(f"{W}t"), _SAMPLE_RUNS)))
        blocks = tuple(self.blocks(body))
        problems = [Problem("warning", "text_repaired", str(self.first[kind]), None, {"cells": count, "kind": kind})
                    for kind, count in sorted(self.repairs.items())]
        problems += self._headers()
        return Document(blocks, tuple(problems), tuple(self.runs.media.values()))

    def _headers(self) -> Iterator[Problem]:
        texts = ["".join(text.text or "" for text in part.iter(f"{W}t")).strip()
                 for kind in ("header", "footer") for part in self.package.parts(kind)]
        for text in dict.fromkeys(texts):
            if len(text.split()) >= _WORDS_OF_A_HEADER:
                yield Problem("warning", "text_not_taken", "", None, {"what": "header", "value": text[:80]})

    def _note_text(self, kind: str, key: str) -> str:
        root = self.notes.get(f"{kind}s")
        for node in [] if root is None else root:
            if node.get(f"{W}id") == key:
                return "".join(text.text or "" for text in node.iter(f"{W}t")).strip()
        return ""

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        for node in parent:
            if node.tag == f"{W}p":
                yield from self.paragraph(node)
            elif node.tag == f"{W}tbl":
                if self.depth < MAX_NESTING:
                    self.depth += 1
                    yield self.table(node)
                    self.depth -= 1
            elif node.tag in _THROUGH:
                yield from self.blocks(node)

    def paragraph(self, node: etree._Element) -> Iterator[Block]:
        properties = node.find(f"{W}pPr")
        named = None if properties is None else properties.find(f"{W}pStyle")
        style = self.styles.default_paragraph if named is None else str(named.get(VAL, ""))
        take = self.runs.take(node, style)
        pieces = list(take.pieces)
        if _is_deleted(properties) and not take.boxes and not any(piece.text.strip() for piece in pieces):
            return  # nor does it count in its list
        shown, name = self._label(properties, style)
        if shown and any(piece.text.strip() for piece in pieces):
            pieces.insert(0, Piece(f"{shown} ", self._label_marks(properties, style)))
        yield from self._lines(pieces, name, ROLES.get(style, ""), take, self.styles.heading(style))
        for box in take.boxes:
            if self.depth < MAX_NESTING:
                self.depth += 1
                yield from self.blocks(box)
                self.depth -= 1

    def _label(self, properties: etree._Element | None, style: str) -> tuple[str, str]:
        number = number_of(properties)
        inherited = self.styles.number(style)
        if number is None:
            number = inherited
        elif not number[0] and inherited:
            number = (inherited[0], number[1])
        return self.numbering.label(number) if number else ("", "")

    def _label_marks(self, properties: etree._Element | None, style: str) -> frozenset[str]:
        look = self.styles.look(style)
        mark = None if properties is None else properties.find(f"{W}rPr")
        return piece_marks(look if mark is None else {**look, **marks_of(mark)}) - {"sup", "sub"}

    def _lines(self, pieces: list[Piece], name: str, role: str, take: Take, heading: bool) -> Iterator[Line]:
        """One line for each line of the paragraph; the paragraph's notes go with the first."""
        notes: tuple[Note, ...] = tuple(take.notes)
        for at, row in enumerate(_rows(pieces)):
            self.number += 1
            done, kinds = mended(row)
            for kind in kinds:
                self.repairs[kind] += 1
                self.first.setdefault(kind, self.number)
            text = "".join(piece.text for piece in done)
            self.chars += len(text)
            if self.number > MAX_LINES or self.chars > MAX_TEXT_CHARS:
                raise UnreadableFile("too_much_text", {"limit": MAX_TEXT_CHARS})
            yield Line(self.number, text, done, "" if at else name, "more" if at and role else role,
                       () if at else notes, heading)

    def table(self, node: etree._Element) -> Table:
        number = self.number + 1
        rows = []
        for row in _inside(node, f"{W}tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                continue
            rows.append(tuple(self.cell(cell) for cell in _inside(row, f"{W}tc")))
        return Table(number, tuple(rows))

    def cell(self, node: etree._Element) -> Cell:
        merge = node.find(f"{W}tcPr/{W}vMerge")
        lines = []
        for block in self.blocks(node):
            lines += [block] if isinstance(block, Line) else [line for row in block.rows for cell in row
                                                              for line in cell.lines]
        while len(lines) > 1 and lines[-1].blank:
            lines.pop()
        wide = node.find(f"{W}tcPr/{W}gridSpan")
        span = str(wide.get(VAL, "1")) if wide is not None else "1"
        return Cell(tuple(lines), merge is not None and merge.get(VAL, "continue") != "restart",
                    min(int(span), MAX_COLUMNS) if span.isdecimal() and len(span) < 5 else 1)


def _is_deleted(properties: etree._Element | None) -> bool:
    """True for a paragraph that a tracked change deletes whole."""
    return properties is not None and properties.find(f"{W}rPr/{W}del") is not None


def _rows(pieces: list[Piece]) -> Iterator[list[Piece]]:
    row: list[Piece] = []
    for piece in pieces:
        first, *others = piece.text.split("\n") if not piece.markup else [piece.text]
        row.append(Piece(first, piece.marks, piece.markup))
        for other in others:
            yield row
            row = [Piece(other, piece.marks)]
    yield row


def _inside(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The children of a tag, also those in content controls."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag in _THROUGH:
            yield from _inside(child, tag)
