"""What HTML says, as blocks of styled runs. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from contest.questions.formats.markup_signs import MATHS, small, small_markup


class Style(NamedTuple):
    """How a run looks; `small` is "^" raised, "~" lowered."""

    bold: bool = False
    italic: bool = False
    small: str = ""


PLAIN = Style()


class Run(NamedTuple):
    """A stretch of text of one style; `raw` is markup already: a picture or a formula."""

    text: str
    style: Style = PLAIN
    raw: bool = False


_TEX = re.compile(r"(?<!\\)\\\(((?:\\\\|(?!\\[()]).){1,2000}?)\\\)"
                  r"|(?<!\\)\\\[((?:\\\\|(?!\\[\[\]]).){1,2000}?)\\\]"
                  r"|(?<!\\)\$\$((?:\\.|[^$\\]){1,2000}?)\$\$", re.DOTALL)


@dataclass(slots=True)
class Paragraph:
    """Lines of runs; `gap` is how many line breaks stand before it, 2 for an empty line."""

    gap: int
    lines: list[list[Run]]


@dataclass(slots=True)
class List:
    """Items of blocks."""

    ordered: bool
    start: int
    items: list[list[Block]] = field(default_factory=list)

    def next(self, item: Flow) -> Flow:
        """End an item, which counts where it holds something, and return the next."""
        item.end(0)
        if item.blocks:
            self.items.append(item.blocks)
        return Flow()


@dataclass(slots=True)
class Table:
    """Rows of cells, all of one length; the first row is the header."""

    rows: list[list[Flow]]


Block = Paragraph | List | Table


@dataclass(slots=True)
class Flow:
    """Blocks one after the other, the last of them still growing."""

    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    gap: int = 0

    def add(self, text: str, style: Style = PLAIN) -> None:
        """Add text, "\\n" being a line break."""
        if not style.small:
            self.runs.append(Run(text, style))
            return
        core = text.strip()
        signs = small(core, style.small)
        before, after = text[:len(text) - len(text.lstrip())], text[len(text.rstrip()):]
        plain = style._replace(small="")
        run = Run(signs, plain) if signs is not None else Run(small_markup(core[:900], style.small), plain, raw=True)
        self.runs += [Run(before, plain), run, Run(core[900:] if run.raw else "", plain), Run(after, plain)]

    def add_raw(self, markup: str) -> None:
        """Add markup."""
        self.runs.append(Run(markup, PLAIN, raw=True))

    def add_maths(self, latex: str) -> bool:
        """Add a formula; False where the markup can't hold it."""
        markup = maths_markup(latex)
        if markup:
            self.add_raw(markup)
        return markup is not None

    def end(self, gap: int) -> None:
        """End the paragraph; at least `gap` line breaks come before what follows."""
        lines = _lines(self.runs)
        if lines:
            self.blocks.append(Paragraph(self.gap if self.blocks else 0, lines))
            self.gap = 0
        self.runs = []
        self.gap = max(self.gap, gap)

    def add_block(self, block: List | Table) -> None:
        """Add a block of its own, where it holds something."""
        self.end(2)
        if isinstance(block, Table) or block.items:
            self.blocks.append(block)

    def take_over(self, other: Flow) -> None:
        """Add the blocks of an ended flow, a line break before each."""
        self.end(1)
        for block in other.blocks:
            if isinstance(block, Paragraph):
                block.gap = max(block.gap, self.gap, 1) if self.blocks else 0
            self.blocks.append(block)
            self.gap = 1


def maths_markup(latex: str) -> str | None:
    """Return `$latex$`, None where the markup can't hold it."""
    markup = f"${' '.join(latex.split())}$"
    return markup if MATHS.fullmatch(markup) else None


def _lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Return lines of merged runs, spaces collapsed as a browser does, no empty line at the ends."""
    lines: list[list[Run]] = [[]]
    for (style, raw), group in groupby(runs, lambda run: (run.style, run.raw)):
        if raw:
            lines[-1] += group
            continue
        for number, part in enumerate("".join(run.text for run in group).split("\n")):
            if number:
                lines.append([])
            lines[-1] += _formulas(part, style)
    trimmed = [_trim(line) for line in lines]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    while trimmed and not trimmed[0]:
        del trimmed[0]
    return trimmed


def _formulas(text: str, style: Style) -> list[Run]:
    r"""Return the runs of a text, its \( \), \[ \] and $$ $$ as formulas."""
    runs, at = [], 0
    for found in _TEX.finditer(text):
        markup = maths_markup(found[1] or found[2] or found[3])
        if markup:
            runs += [Run(text[at:found.start()], style), Run(markup, PLAIN, raw=True)]
            at = found.end()
    return [*runs, Run(text[at:], style)]


def _trim(line: list[Run]) -> list[Run]:
    """Return a line without the spaces that a browser drops; a space between runs has the outer style."""
    kept: list[Run] = []
    space = True
    for run in line:
        text = run.text
        if not run.raw:
            text = re.sub(" +", " ", text)
            if space:
                text = text.lstrip(" ")
            space = (text or " " * space).endswith(" ")
        else:
            space = False
        if text:
            kept.append(run._replace(text=text))
    while kept and not kept[-1].raw and not kept[-1].text.rstrip(" "):
        kept.pop()
    if kept and not kept[-1].raw:
        kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip(" "))
    return kept
