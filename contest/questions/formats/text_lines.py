"""A plain text → its lines. Pure."""

from __future__ import annotations

from contest.questions.formats.delimited import decode
from contest.questions.formats.drafts import MAX_TEXT_CHARS, Problem, UnreadableFile
from contest.questions.formats.legacy_fonts import convert, detect
from contest.questions.formats.lines import Document, Line, Piece, mended


def text_document(data: bytes) -> Document:
    """The lines of a text in Unicode, a code page or an old Vietnamese encoding. Raises UnreadableFile."""
    text, problems = _decoded(data)
    if len(text) > MAX_TEXT_CHARS:
        raise UnreadableFile("too_much_text", {"limit": MAX_TEXT_CHARS})
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    old = detect(text)
    if old:
        problems.append(Problem("warning", "font_converted", "1", None, {"encoding": old}))
        text = convert(text, old)
    blocks = []
    repairs: dict[str, list[int]] = {}
    for number, row in enumerate(text.split("\n"), 1):
        pieces, kinds = mended([Piece(row)])
        for kind in kinds:
            repairs.setdefault(kind, []).append(number)
        blocks.append(Line(number, "".join(piece.text for piece in pieces), pieces))
    problems += [Problem("warning", "text_repaired", str(places[0]), None, {"cells": len(places), "kind": kind})
                 for kind, places in sorted(repairs.items())]
    return Document(tuple(blocks), tuple(problems))


def _decoded(data: bytes) -> tuple[str, list[Problem]]:
    """The text; bytes of the old fonts are recognised before a code page can be guessed."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if 0 not in data:
            bare = data.decode("latin-1")
            if detect(bare):
                return bare, []
    text, guessed = decode(data)
    return text, [Problem("warning", "encoding_guessed", "", None, {"encoding": guessed})] if guessed else []
