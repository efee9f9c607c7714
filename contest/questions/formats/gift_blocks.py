"""GIFT as blocks: one question each, with the numbers of its lines and its comments. Pure.

Moodle ends a question at every empty line. So does this, but for an empty line inside braces that
are closed later; and what begins below a closing brace and has braces too is a question of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from contest.questions.formats.gift_text import cover

_BLANK = " \t\xa0\u200b\ufeff\x0b\x0c"
_BRACE = re.compile("[{}]")
_CATEGORY = re.compile(r"\$CATEGORY:(.*)", re.IGNORECASE)
_TITLE = re.compile("::[^{}]{0,2000}?::")
_ANSWER_SIGNS = ("~", "=", "}", "#")
# bounded, so that many openings don't each run on to the end
_META = re.compile(r"\[(id|tag|level|citation|points|set|pin|order):((?:\\.|[^\]\\]){0,1000})\]")


@dataclass(frozen=True, slots=True)
class Block:
    """One question: its covered text without comments, and where each line starts.

    `category` is the path of a $CATEGORY line, which is a block of its own. `glued` where no empty
    line stands before the question.
    """

    text: str
    numbers: tuple[int, ...]
    starts: tuple[int, ...]
    comments: tuple[str, ...] = ()
    category: str | None = None
    glued: bool = False

    def line_at(self, offset: int) -> int:
        """The 1-based number of the line that holds this place of `text`."""
        return self.numbers[max(bisect_right(self.starts, offset) - 1, 0)]


def blocks(text: str) -> list[Block]:
    """Return the questions and category lines of a file whose line ends are all "\\n"."""
    return _Splitter(text.split("\n")).run()


def metadata(comments: tuple[str, ...]) -> list[tuple[str, str]]:
    r"""Return what comments such as "// [id:CCHC-01] [tag:TH]" say; "]" is written "\]"."""
    return [(found[1], re.sub(r"\\(.)", _uncovered, found[2]) if "\\" in found[2] else found[2])
            for comment in comments for found in _META.finditer(comment)]


def _uncovered(found: re.Match[str]) -> str:
    return {"n": "\n", "\\": "\\", "]": "]"}.get(found[1], found[0])


@dataclass(slots=True)
class _Soft:
    """An empty line inside braces: the question ends here if they turn out never to be closed."""

    at: int
    lines: int
    comments: int
    pending: tuple[str, ...]


class _Splitter:
    def __init__(self, lines: list[str]) -> None:
        self.source = lines
        self.at = 0
        self.found: list[Block] = []
        self.pending: list[str] = []
        self._fresh(glued=False)

    def _fresh(self, glued: bool) -> None:
        self.lines: list[str] = []
        self.numbers: list[int] = []
        self.comments: list[str] = []
        self.glued = glued
        self.open = False
        self.soft: _Soft | None = None
        self.closed = 0  # how many lines stood when a brace was closed last, 0 where none was
        self.closed_comments = 0

    def run(self) -> list[Block]:
        while True:
            while self.at < len(self.source):
                self._line(self.source[self.at])
                self.at += 1
            if self.soft is None:
                break
            self._back(self.soft)
            self.at += 1
        self._flush(glued=False)
        return self.found

    def _line(self, raw: str) -> None:
        line = raw.strip(_BLANK)
        category = _CATEGORY.match(line)
        if not line:
            self._blank()
        elif line.startswith("//"):
            self.pending.append(line)
        elif category:
            if self.soft is not None:
                self._back(self.soft)
                return
            pending, self.pending = self.pending, []
            self._flush(glued=False)
            self.pending = [comment for comment in pending if _META.search(comment)]
            self.found.append(Block("", (self.at + 1,), (0,), category=cover(category[1].strip())))
        else:
            self._text(cover(raw.rstrip(_BLANK) if self.lines else line), cover(line))

    def _blank(self) -> None:
        if not self.open:
            self._take_comments()
            self._flush(glued=False)
        elif self.soft is None:
            self.soft = _Soft(self.at, len(self.lines), len(self.comments), tuple(self.pending))

    def _text(self, line: str, bare: str) -> None:
        braces = _BRACE.findall(line)
        signed = bare.startswith(_ANSWER_SIGNS)
        titled = bare.startswith("::") and _TITLE.match(bare) is not None
        opens = bool(braces) and braces[0] == "{" and not signed
        if self.open and (titled or opens):
            if self.soft is not None:
                self._back(self.soft)
                return
            self._flush(glued=True)
        elif self.open and signed:
            self.soft = None
        elif self.lines and not self.open:
            if titled:
                self._flush(glued=True)
            elif opens and self.closed:
                self._split()
        self._take_comments()
        self.lines.append(line)
        self.numbers.append(self.at + 1)
        for brace in braces:
            self.open = brace == "{"
            if not self.open:
                self.soft, self.closed, self.closed_comments = None, len(self.lines), len(self.comments)

    def _take_comments(self) -> None:
        if self.lines or self.source[self.at].strip(_BLANK):
            self.comments += self.pending
            self.pending = []

    def _back(self, soft: _Soft) -> None:
        """End the question at the empty line, and read what follows it once more."""
        self.at = soft.at
        del self.lines[soft.lines :], self.numbers[soft.lines :], self.comments[soft.comments :]
        self.pending = list(soft.pending)
        self._flush(glued=False)

    def _split(self) -> None:
        """End the question below its closing brace: what follows is another one."""
        lines, numbers = self.lines[self.closed :], self.numbers[self.closed :]
        comments = self.comments[self.closed_comments :]
        del self.lines[self.closed :], self.numbers[self.closed :], self.comments[self.closed_comments :]
        self._flush(glued=True)
        if lines:
            self.lines, self.numbers, self.comments = [lines[0].lstrip(_BLANK), *lines[1:]], numbers, comments

    def _flush(self, glued: bool) -> None:
        if self.lines:
            starts, start = [], 0
            for line in self.lines:
                starts.append(start)
                start += len(line) + 1
            self.found.append(Block("\n".join(self.lines), tuple(self.numbers), tuple(starts), tuple(self.comments),
                                    glued=self.glued))
        elif not glued:
            self.pending = [comment for comment in self.pending if _META.search(comment)]
        self._fresh(glued)
