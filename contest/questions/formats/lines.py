"""A typed document as lines: what stands in each, how it is marked, and where. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from contest.questions.formats.drafts import NO_PARAMS, Media, Params, Problem, Severity
from contest.questions.formats.markup_signs import escape, hide_line_starts, hide_signs, small, small_markup
from contest.questions.formats.text import repair

HOLE = "\ufffc"  # stands in a line's text for a piece that is markup already
NO_MARKS: frozenset[str] = frozenset()
_SMALL = {"sup": "^", "sub": "~"}
_GUARD = "|"
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with one set of marks: bold, italic, underline, strike, sub, sup, "colour:FF0000", "highlight:yellow".

    `markup` is a picture's, formula's or table's own; `text` is then HOLE.
    """

    text: str
    marks: frozenset[str] = NO_MARKS
    markup: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a line brings along for the question that takes it."""

    severity: Severity
    code: str
    params: Params = field(default_factory=lambda: NO_PARAMS)


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `number` counts from 1. `text` is that of its pieces, its automatic number included.

    `list` names the automatic list and level, "" for a line without one. `role` is "" where the words
    have to tell, else what the writer's styles say: title, question, option, part, field, and more for
    the lines below.
    """

    number: int
    text: str
    pieces: tuple[Piece, ...]
    list: str = ""
    role: str = ""
    notes: tuple[Note, ...] = ()
    heading: bool = False

    @property
    def blank(self) -> bool:
        """True where nothing stands in the line."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell. `continued` is one that a vertical merge covers; `span` counts its columns."""

    lines: tuple[Line, ...]
    continued: bool = False
    span: int = 1

    @property
    def text(self) -> str:
        """Its lines, joined."""
        return "\n".join(line.text for line in self.lines).strip()


@dataclass(frozen=True, slots=True)
class Table:
    """A table as rows of cells; a cell over several columns stands once."""

    number: int
    rows: tuple[tuple[Cell, ...], ...]


Block = Line | Table


@dataclass(frozen=True, slots=True)
class Document:
    """All that a file shows, in reading order."""

    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()
    media: tuple[Media, ...] = ()


def plain_line(number: int, text: str) -> Line:
    """A line without marks."""
    return Line(number, text, (Piece(text),) if text else ())


def lines_of(block: Block) -> Iterator[Line]:
    """The lines of a block, cell by cell."""
    if isinstance(block, Line):
        yield block
        return
    for row in block.rows:
        for cell in row:
            yield from cell.lines


def cut(line: Line, start: int = 0, end: int | None = None) -> tuple[Piece, ...]:
    """The pieces of line.text[start:end]."""
    end = len(line.text) if end is None else end
    found = []
    at = 0
    for piece in line.pieces:
        first, last = max(start - at, 0), min(end - at, len(piece.text))
        if first < last:
            found.append(piece if last - first == len(piece.text)
                         else Piece(piece.text[first:last], piece.marks, piece.markup))
        at += len(piece.text)
    return tuple(found)


def part(line: Line, start: int, end: int | None = None) -> Line:
    """The line cut to text[start:end], blanks at its ends left out."""
    end = len(line.text) if end is None else end
    while start < end and line.text[start].isspace():
        start += 1
    while end > start and line.text[end - 1].isspace():
        end -= 1
    return replace(line, text=line.text[start:end], pieces=cut(line, start, end))


def exact_text(lines: Iterable[Line], markup: bool) -> str:
    """The lines as one text, every blank as it stands: for what the writer's styles show."""
    shown = []
    for at, line in enumerate(lines):
        runs = [piece.markup if piece.markup else piece.text if not markup else
                hide_signs(piece.text) if index else hide_line_starts(hide_signs(piece.text))
                for index, piece in enumerate(line.pieces)]
        shown.append("".join(runs) if at else "".join(runs).lstrip())
    return "\n".join(shown).rstrip()


def needs_markup(lines: Iterable[Line]) -> bool:
    """True where plain text would lose a picture, a formula, a table or small figures."""
    return any(piece.markup or _small(piece) is None for line in lines for piece in line.pieces)


def text_of(lines: Iterable[Line], markup: bool) -> str:
    """The lines as one text, plain or as markup."""
    shown = [_shown(line, markup) for line in lines]
    if not markup:
        return repair("\n".join(shown))[0]
    text = "\n".join(f"\n{each}\n" if each.startswith("| ") and "\n" in each else each for each in shown)
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _shown(line: Line, markup: bool) -> str:
    keeps_blanks = line.role == "more"
    texts: list[str] = []
    run: list[str] = []
    for piece in line.pieces:
        if piece.markup:
            texts += [_plain(run, markup, not texts, keeps_blanks), piece.markup if markup else ""]
            run = []
            continue
        little = _small(piece)
        if little is None and markup:
            sign = _SMALL["sup" if "sup" in piece.marks else "sub"]
            texts += [_plain(run, markup, not texts, keeps_blanks), small_markup(piece.text, sign)]
            run = []
        else:
            run.append(piece.text if little is None else little)
    texts.append(_plain(run, markup, not texts, keeps_blanks))
    return "".join(texts).strip()


def _plain(run: list[str], markup: bool, starts: bool, keeps_blanks: bool) -> str:
    text = "".join(run)
    if not keeps_blanks:
        text = _one_space(text)
    if not markup:
        return text
    if not starts:
        return hide_signs(text)
    lead = len(text) - len(text.lstrip())
    kept = text.rstrip()
    return text[:lead] + escape(kept) + text[len(kept):] if kept else text


def _one_space(text: str) -> str:
    if "\t" not in text and "  " not in text:
        return text
    ends = (text[0].isspace(), text[-1].isspace())
    return " " * ends[0] + " ".join(text.split()) + " " * (ends[1] and bool(text.strip()))


def _small(piece: Piece) -> str | None:
    """A piece's plain text, small figures by Unicode's; None where only markup can show it."""
    if piece.marks.isdisjoint(_SMALL) or not piece.text.strip():
        return piece.text
    return small(piece.text.strip(), "^" if "sup" in piece.marks else "~")


def mended(pieces: Iterable[Piece]) -> tuple[tuple[Piece, ...], frozenset[str]]:
    """The pieces in NFC without odd characters, neighbours of the same marks joined, and what was mended."""
    joined: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        last = joined[-1] if joined else None
        if last and not last.markup and not piece.markup and last.marks == piece.marks:
            joined[-1] = Piece(last.text + piece.text, last.marks)
        else:
            if last and not last.markup and "\u0300" <= piece.text[0] <= "\u0323":
                joined[-1] = Piece(last.text + piece.text[0], last.marks)  # a tone belongs to its letter
                piece = Piece(piece.text[1:], piece.marks)
            joined.append(piece)
    kinds: frozenset[str] = frozenset()
    result = []
    for piece in joined:
        if piece.markup:
            result.append(piece)
            continue
        text, found = repair(_GUARD + piece.text + _GUARD)
        kinds |= found
        if text != _GUARD * 2:
            result.append(Piece(text[1:-1], piece.marks))
    return tuple(result), kinds
