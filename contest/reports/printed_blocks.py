"""Texts of questions as blocks and runs that a page is set from, plain or Markdown. Pure.

A block is {"t": "p", "runs"}, {"t": "list", "start": number or None, "items": blocks of each} or
{"t": "table", "rows": cells of runs, the first row the head}. A run is {"t": "text", "s", "b", "i"},
{"t": "small", "s", "up"}, {"t": "br"}, {"t": "maths", "tree"}, {"t": "source", "s"} for a formula that is
not drawn, {"t": "picture", "name", "alt", "w", "h"} in pixels, {"t": "gap", "n"}.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it.token import Token

from contest.questions.formats.markup import MAX_CHARS
from contest.questions.formats.markup_rules import parse
from contest.reports.printed_maths import linear, tree

Block = dict[str, Any]
Run = dict[str, Any]
_WIDE = frozenset("mw%&@—")  # as wide as a capital
_GAP = re.compile(r"\[\[(\d{1,3})\]\]")


def blocks(text: str, *, markup: bool, gaps: int = 0) -> list[Block]:
    """The blocks of a text; the markers [[1]] … [[gaps]] become gaps."""
    if not markup or len(text) > MAX_CHARS:
        return [{"t": "p", "runs": _lines(text, gaps)}]
    found, _ = _blocks(parse(text), 0, gaps, "")
    return found or [{"t": "p", "runs": []}]


def _lines(text: str, gaps: int, *, bold: bool = False, italic: bool = False) -> list[Run]:
    runs: list[Run] = []
    for number, line in enumerate(text.replace("\0", "").split("\n")):
        runs += [{"t": "br"}] if number else []
        runs += _words(line, gaps, bold=bold, italic=italic)
    return runs


def _words(text: str, gaps: int, *, bold: bool, italic: bool) -> Iterator[Run]:
    start = 0
    for found in _GAP.finditer(text):
        if 0 < int(found[1]) <= gaps:
            yield from _text(text[start:found.start()], bold=bold, italic=italic)
            yield {"t": "gap", "n": int(found[1])}
            start = found.end()
    yield from _text(text[start:], bold=bold, italic=italic)


def _text(text: str, *, bold: bool, italic: bool) -> Iterator[Run]:
    if text:
        yield {"t": "text", "s": text, "b": bold, "i": italic}


def _blocks(tokens: Sequence[Token], at: int, gaps: int, end: str) -> tuple[list[Block], int]:
    """The blocks from token `at` to the token of type `end` or the last, and the place after it."""
    found: list[Block] = []
    while at < len(tokens) and tokens[at].type != end:
        token = tokens[at]
        at += 1
        if token.type == "inline":
            found.append({"t": "p", "runs": _runs(token.children or (), gaps)})
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            items: list[list[Block]] = []
            while tokens[at].type == "list_item_open":
                inside, at = _blocks(tokens, at + 1, gaps, "list_item_close")
                items.append(inside)
            at += 1
            start = int(token.attrs.get("start", 1)) if token.type[0] == "o" else None
            found.append({"t": "list", "start": start, "items": items})
        elif token.type == "table_open":
            rows: list[list[list[Run]]] = []
            while tokens[at].type != "table_close":
                if tokens[at].type == "tr_open":
                    rows.append([])
                elif tokens[at].type == "inline":
                    rows[-1].append(_runs(tokens[at].children or (), gaps))
                at += 1
            at += 1
            found.append({"t": "table", "rows": rows})
    return found, at + 1


def _runs(tokens: Sequence[Token], gaps: int) -> list[Run]:
    runs: list[Run] = []
    bold = italic = 0
    for token in tokens:
        kind = token.type
        if kind in ("strong_open", "strong_close"):
            bold += token.nesting
        elif kind in ("em_open", "em_close"):
            italic += token.nesting
        elif kind in ("softbreak", "hardbreak"):
            runs.append({"t": "br"})
        elif kind == "picture":
            runs.append({"t": "picture", "name": token.meta["name"], "alt": token.content,
                         "w": token.meta["width"], "h": token.meta["height"]})
        elif kind == "maths":
            drawn = tree(token.content)
            runs.append({"t": "source", "s": token.content} if drawn is None else {"t": "maths", "tree": drawn})
        elif kind == "small":
            runs.append({"t": "small", "s": token.content, "up": token.markup == "^"})
        else:
            runs += _lines(token.content, gaps, bold=bold > 0, italic=italic > 0)
    return runs


def runs_of(found: Sequence[Block]) -> Iterator[Run]:
    """Every run of these blocks, in order."""
    for block in found:
        if block["t"] == "p":
            yield from block["runs"]
        elif block["t"] == "list":
            for item in block["items"]:
                yield from runs_of(item)
        else:
            for row in block["rows"]:
                for cell in row:
                    yield from cell


def width(found: Sequence[Block]) -> int | None:
    """How many small letters wide a text of one line is, a capital as one and a half; None for no single line."""
    if len(found) != 1 or found[0]["t"] != "p":
        return None
    letters = 0
    for run in found[0]["runs"]:
        if run["t"] in ("br", "picture", "source"):
            return None
        letters += len(linear(run["tree"])) + 2 if run["t"] == "maths" else 12 if run["t"] == "gap" else _wide(run["s"])
    return letters


def _wide(text: str) -> int:
    return len(text) + sum(char.isupper() or char in _WIDE for char in text) // 2
