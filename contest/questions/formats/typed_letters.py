"""Tables whose cells hold an option's bare letter and, beside it, the option → lines "A. …". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contest.questions.formats.drafts import LETTERS
from contest.questions.formats.lines import Cell, Line, Piece


def lettered_cells(rows: Sequence[Sequence[Cell]]) -> list[Line] | None:
    """The options of "A | một", one or more a row, in the letters' order; None for another table."""
    found: dict[str, list[Line]] = {}
    for row in rows:
        filled = [cell for cell in row if cell.text.strip()]
        if len(filled) % 2:
            return None
        for sign, text in zip(filled[::2], filled[1::2], strict=True):
            letter = sign.text.strip().upper()
            if len(letter) != 1 or letter not in LETTERS or letter in found:
                return None
            found[letter] = _joined(sign, text)
    if len(found) < 2 or sorted(found) != list(LETTERS[: len(found)]):
        return None
    return [line for letter in sorted(found) for line in found[letter]]


def _joined(sign: Cell, text: Cell) -> list[Line]:
    lead = next(line for line in sign.lines if not line.blank)
    first, *others = [line for line in text.lines if not line.blank]
    pieces = (*(replace(piece, text=piece.text.strip()) for piece in lead.pieces), Piece(". "), *first.pieces)
    return [replace(first, text="".join(piece.text for piece in pieces), pieces=pieces, list=""), *others]
