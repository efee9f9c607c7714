"""A document's lines → its sections. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from contest.questions.formats.drafts import Problem
from contest.questions.formats.law_head import Heads, guess
from contest.questions.formats.law_lines import Item
from contest.questions.formats.law_numbers import kind_of_words
from contest.questions.formats.locators import plain_words
from contest.questions.formats.outline import (
    MAX_LOCATOR,
    MAX_SECTIONS,
    MAX_TITLE,
    SECTION_JUMP,
    SECTION_REPEATED,
    TOO_MANY_SECTIONS,
    Entry,
    Left,
    Outline,
    keys,
)
from contest.questions.formats.outline_marks import Mark, bare, capital, mark_of
from contest.questions.formats.outline_path import Level, locator, place
from contest.questions.formats.outline_words import agency, attached, continued, nation, tail, titled

OPENING_LOCATOR = "Phần mở đầu"
OPENING_TITLE = "Căn cứ, phần mở đầu"
_STARTS_OPENING = re.compile(r"^(can cu|theo de nghi|thuc hien|de |nham |xet |tren co so)")
_RESOLVES = re.compile(r"^(quyet dinh|quyet nghi|nghi quyet|ra nghi quyet)\s*:$")
_RULE = re.compile(r"^[\W_]+$")
_ROW = re.compile(r"^(\d{1,3})\s*[.)]?$")
_ROW_WITH_CELLS = re.compile(r"^(\d{1,3})\.?\t+(\S.*)$")
_HEADER_CELL = re.compile(r"^(stt|tt|so tt)(\s|$)")
_ENDS = (".", ";", ":", "!", "?", "”", '"', "/")
_OPENING_AT_LEAST = 160  # characters of a paragraph that is no title


@dataclass
class _Open:
    """A section whose lines are still coming."""

    path: list[Level]
    locator: str
    title: str
    lines: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.path: list[Level] = []
        self.left: list[Left] = []
        self.problems: list[Problem] = []
        self.head: list[str] = []
        self.attached: list[str] = []
        self.closing: list[str] = []
        self.state = "head"  # head, body, title (of an appendix or attachment), tail
        self.rows = 0  # the last row of an appendix's table; -1: no table
        self.titles = 0

    def take(self, item: Item) -> None:
        line = bare(item.text)
        if not line:
            return
        if _RULE.match(line) or nation(line):
            self.left.append(Left(item.number, line, "rule" if _RULE.match(line) else "nation"))
        elif item.row:
            self._row(item.row, line, item.number)
        elif self._structure(item, line):
            return
        elif self.state == "tail":
            self.closing.append(line)
            self.left.append(Left(item.number, line, "tail"))
        elif self.state == "head":
            self._heading(item, line)
        elif self.state == "title":
            self._title(line)
        else:
            self._text(line)

    def _structure(self, item: Item, line: str) -> bool:
        """Whether the line opens something."""
        if self.open and attached(line):
            self._push([Level("attached", line, 1)], f"{line.capitalize()} kèm theo", "", "title")
            return True
        if _RESOLVES.match(plain_words(line)) and capital(line):
            self.state, self.path = "body", []
            self.left.append(Left(item.number, line, "rule"))
            return True
        mark = mark_of(line)
        if self.state == "tail" and (mark is None or mark.kind not in ("phuluc", "phan", "chuong", "roman", "upper")):
            return False
        if mark is not None and self._marked(mark, item):
            return True
        if self.state in ("body", "title") and (tail(line) or (agency(line) and self.state == "body" and
                                                              not self.rows > 0)):
            self.state, self.rows = "tail", -1
            return False
        return self._table_line(item, line)

    def _marked(self, mark: Mark, item: Item) -> bool:
        if self.rows > 0 and mark.kind not in ("phuluc", "phan", "chuong"):
            return False
        if mark.kind == "roman" and mark.label in ("I", "V", "X") and self._expects_letter(mark.label):
            mark = replace(mark, kind="upper", value=ord(mark.label) - 64)
        path = place(self.path, mark)
        if path is None:
            return False
        before = next((one.value for one in reversed(self.path) if one.kind == mark.kind), None)
        if before is not None and path[-1].value > before + 1 and len(path) <= len(self.path):
            self.problems.append(Problem("warning", SECTION_JUMP, str(item.number), None, {
                "before": before, "after": path[-1].value}))
        title, text = titled(mark.rest)
        appendix = mark.kind == "phuluc"
        bare_heading = not title and mark.kind in ("phan", "chuong", "muc")
        self._push(path, locator(path), title, "title" if appendix or bare_heading else "body")
        if text:
            self.open[-1].lines.append(text)
        self.rows = 0 if appendix else -1
        return True

    def _expects_letter(self, label: str) -> bool:
        last = next((one for one in reversed(self.path) if one.kind == "upper"), None)
        return last is not None and last.value + 1 == ord(label) - 64 and not any(
            one.kind == "roman" for one in self.path)

    def _table_line(self, item: Item, line: str) -> bool:
        """Whether the line is a row's number in a table that was flattened to text."""
        if self.rows < 0:
            return False
        if _HEADER_CELL.match(plain_words(line)):
            self.rows, self.state = max(self.rows, 0), "table"
            self.left.append(Left(item.number, line, "rule"))
            return True
        if self.state != "table" and self.rows == 0:
            return False
        found = _ROW_WITH_CELLS.match(item.text.strip()) or _ROW.match(line)
        if found is None or int(found[1]) not in (self.rows + 1, self.rows + 2):
            return False
        words = bare(found[2]) if found.re is _ROW_WITH_CELLS else ""
        self._row(found[1], words, item.number)
        return True

    def _row(self, label: str, words: str, number: int) -> None:
        """A row of an appendix's table."""
        above = [one for one in self.path if one.kind in ("phuluc", "attached", "phan")]
        base = [one for one in above if one.kind == "phuluc"]
        if not label.isdecimal():
            self._text(words)
            return
        place_ = f"{locator(base)} STT {int(label)}" if base else f"Bảng STT {int(label)}"
        self._push([*above, Level("number", label, int(label))], place_, "", "row")
        self.rows = int(label)
        if words:
            self._text(words)

    def _push(self, path: list[Level], where: str, title: str, state: str) -> None:
        self.path, self.state, self.titles = path, state, 0
        self.open.append(_Open(list(path), where[:MAX_LOCATOR], title))

    def _heading(self, item: Item, line: str) -> None:
        """A line before the first section: of the head, or the opening words."""
        opens = _STARTS_OPENING.match(plain_words(line)) or len(line) >= _OPENING_AT_LEAST
        if opens and any(kind_line(one) for one in self.head):
            self._push([], OPENING_LOCATOR, OPENING_TITLE, "body")
            self.open[-1].lines.append(line)
            return
        self.head.append(line)
        self.left.append(Left(item.number, line, "head"))

    def _title(self, line: str) -> None:
        """A line below "PHỤ LỤC", "KẾ HOẠCH" or "Chương II": the rest of the title, then text."""
        if line.startswith("(") or (self.attached and not self.attached[-1].endswith(")") and self.titles == 9):
            self.attached.append(line)
            self.titles = 0 if line.endswith(")") else 9
            return
        self.titles += 1
        held = self.open[-1]
        if self.titles <= 3 and len(line) < _OPENING_AT_LEAST and not line.endswith((".", ";", ":")):
            held.title = continued(held.title, line)
            return
        self.state = "body"
        self._text(line)

    def _text(self, line: str) -> None:
        if not self.open:
            self._push([], OPENING_LOCATOR, OPENING_TITLE, "body")
        held = self.open[-1]
        if self.state == "row" and not held.title:
            held.title = titled(line.lstrip("-+ "))[0]
        if held.lines and line[:1].islower() and not held.lines[-1].endswith(_ENDS):
            held.lines[-1] = f"{held.lines[-1]} {line}"
        elif not held.lines and held.title and line[:1].islower() and self.state == "body":
            held.title = f"{held.title} {line}"
        else:
            held.lines.append(line)


def kind_line(line: str) -> bool:
    """Whether a line of the head says what kind of document this is."""
    words = line.split()
    return bool(kind_of_words(line)) and capital(" ".join(words[:1])) and capital(" ".join(words[:2]))


def read_lines(items: Iterable[Item], problems: Iterable[Problem] = ()) -> Outline:
    """The outline of a document's lines. Dashes ("- ", "+ ") are lines of the section they stand in."""
    reader = _Reader()
    for item in items:
        reader.take(item)
    if len(reader.open) > MAX_SECTIONS:
        reader.problems.append(Problem("warning", TOO_MANY_SECTIONS, "", None, {"limit": MAX_SECTIONS}))
        for one in reader.open[MAX_SECTIONS:]:
            reader.open[MAX_SECTIONS - 1].lines += [one.locator, one.title, *one.lines]
        del reader.open[MAX_SECTIONS:]
    entries = [Entry(one.locator, one.title[:MAX_TITLE], "\n".join(line for line in one.lines if line), _depth(one))
               for one in reader.open]
    for entry, key in zip(entries, keys(entries), strict=True):
        if "#" in key:
            reader.problems.append(Problem("warning", SECTION_REPEATED, "", None, {"locator": entry.locator}))
    head = guess(Heads(reader.head, reader.attached, reader.closing,
                       [one.title for one in reader.open if one.path and one.path[0].kind == "attached"]))
    return Outline(head, tuple(entries), tuple(reader.left), (*problems, *reader.problems))


def _depth(one: _Open) -> int:
    return max(len(one.path) - 1, 0)
