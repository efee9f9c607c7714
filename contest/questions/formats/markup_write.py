"""Blocks of styled runs, written as markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from contest.questions.formats.markup_blocks import PLAIN, Block, Flow, List, Paragraph, Run, Style, Table
from contest.questions.formats.markup_rules import parse
from contest.questions.formats.markup_signs import hide_line_starts, hide_signs


def write(blocks: Sequence[Block]) -> tuple[str, bool]:
    """Return the text of blocks and whether it is markup."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    lines = [line for block in paragraphs for line in block.lines]
    if len(paragraphs) < len(blocks) or any(run.raw or run.style != PLAIN for line in lines for run in line):
        return _markup(blocks), True
    return "".join("\n" * block.gap + "\n".join("".join(run.text for run in line) for line in block.lines)
                   for block in paragraphs), False


def _markup(blocks: Sequence[Block], *, item: bool = False) -> str:
    out: list[str] = []
    before: Block | None = None
    for block in _joined(blocks):
        if isinstance(block, Paragraph):
            text = re.sub("\n{3,}", "\n\n", "\n".join(map(_line, block.lines)))
        else:
            text = _list(block) if isinstance(block, List) else _table(block)
        out.append("\n" * _gap(before, block, item) + text)
        before = block
    return "".join(out)


def _gap(before: Block | None, block: Block, item: bool) -> int:
    if before is None:
        return 0
    if isinstance(before, Paragraph) and isinstance(block, Paragraph):
        return min(block.gap, 2)
    # A list right after the first line of an item keeps the items together.
    return 1 if item and isinstance(before, Paragraph) and isinstance(block, List) and block.start == 1 else 2


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks, lists that follow each other as one: a page of ours can't keep them apart."""
    joined: list[Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if isinstance(block, List) and isinstance(before, List) and block.ordered == before.ordered:
            joined[-1] = List(before.ordered, before.start, before.items + block.items)
        else:
            joined.append(block)
    return joined


def _list(block: List) -> str:
    out = []
    for number, item in enumerate(block.items, block.start):
        mark = f"{number}. " if block.ordered else "- "
        out.append(mark + re.sub("\n(?!\n)", "\n" + " " * len(mark), _markup(item, item=True)))
    return "\n".join(out)


def _table(block: Table) -> str:
    rows = ["| " + " | ".join(map(_cell, row)) + " |" for row in block.rows]
    rows.insert(1, "|" + " --- |" * len(block.rows[0]))
    return "\n".join(rows)


def _cell(cell: Flow) -> str:
    lines = [line for block in cell.blocks if isinstance(block, Paragraph) for line in block.lines if line]
    return " ".join(_line(line, cell=True) for line in lines)


def _line(line: Sequence[Run], *, cell: bool = False) -> str:
    """Return the markup of a line; emphasis that would not be read back is left out, italics first."""
    for keep in (Style(True, True), Style(True, False), PLAIN):
        runs = [run._replace(style=_common(run.style, keep)) for run in line]
        markup = _emphasised(runs)
        if all(run.style == PLAIN for run in runs) or _looks(markup) == _wanted(runs):
            break
    if cell:
        return markup.replace("|", r"\|")  # a table takes one backslash off each pipe, whatever stands before it
    return hide_line_starts(markup)


def _emphasised(runs: Sequence[Run]) -> str:
    out: list[str] = []
    for bold, outer in groupby(_outside(runs), lambda run: run.style.bold):
        star = "**" if bold else ""
        out.append(star)
        for italic, group in groupby(outer, lambda run: run.style.italic):
            inner = "".join(run.text if run.raw else hide_signs(run.text) for run in group)
            out.append(f"*{inner}*" if italic else inner)
        out.append(star)
    return "".join(out)


def _outside(runs: Sequence[Run]) -> list[Run]:
    """Return the runs, the spaces at the ends of an emphasis outside of it."""
    out: list[Run] = []
    for index, run in enumerate(runs):
        if run.raw or run.style == PLAIN:
            out.append(run)
            continue
        core = run.text.strip()
        before, after = run.text[:len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()):]
        around = [_common(run.style, runs[other].style) if 0 <= other < len(runs) else PLAIN
                  for other in (index - 1, index + 1)]
        out += [Run(before, around[0]), Run(core, run.style), Run(after, around[1])] if core else [
            Run(run.text, _common(*around))]
    return [run for run in out if run.text]


def _common(one: Style, other: Style) -> Style:
    return Style(one.bold and other.bold, one.italic and other.italic)


def _wanted(runs: Sequence[Run]) -> list[tuple[str, Style]]:
    return [(char, run.style) for run in _outside(runs) if not run.raw for char in run.text if char != " "]


def _looks(markup: str) -> list[tuple[str, Style]]:
    """Return the letters of a line of markup as they would look."""
    tokens = parse(hide_line_starts(markup))
    bold = italic = 0
    out = []
    for token in tokens[1].children or () if len(tokens) == 3 else ():
        bold += token.nesting * (token.tag == "strong")
        italic += token.nesting * (token.tag == "em")
        if token.type == "text":
            out += [(char, Style(bold > 0, italic > 0)) for char in token.content if char != " "]
    return out
