"""Where questions start among the lines of a document. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from contest.questions.formats.lines import Line, Note, part
from contest.questions.formats.typed_signs import (
    GLUED,
    GLUED_WEAK,
    OPTION,
    Heading,
    Number,
    field_at,
    heading,
    question_number,
)

_INLINE_PAIR = re.compile(r"(?:^|[\s.?:])\*?A\s?[.)/:]\s*\S.*?[\s;,.]\*?B\s?[.)/:]")
_LOWER = re.compile(r"\s*[(\[]?[a-h][.):/\]-]")
_STEM_LINES = 60  # of a question without a number


class Seen:
    """What each line could be, looked at once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.numbers = [_number(line) for line in lines]
        self.option = [_option_letter(line) for line in lines]
        self.lower = [_LOWER.match(line.text[:60]) is not None for line in lines]
        self.evidence = [self._tells(line, at) for at, line in enumerate(lines)]
        self.headings = [self._heading(lines, at) for at in range(len(lines))]

    def _tells(self, line: Line, at: int) -> bool:
        """True for a line that a question has below its stem: options, a key."""
        if line.blank or line.role in ("question", "start", "more", "title"):
            return False
        if line.role in ("option", "part", "field") or self.option[at] == "A":
            return True
        found = field_at(line.text[:300])
        if found is not None and found[0] in ("key", "answer"):
            return True
        return _INLINE_PAIR.search(line.text[:2_000]) is not None

    def _heading(self, lines: Sequence[Line], at: int) -> Heading | None:
        line = lines[at]
        if line.role or line.blank or (self.numbers[at] and self.numbers[at].group == "strong"):  # type: ignore[union-attr]
            return None
        return heading(line.text)


def _number(line: Line) -> Number | None:
    if line.role in ("option", "part", "field", "more", "title") or line.blank:
        return None
    return question_number(line.text[:300], line.list)


def _option_letter(line: Line) -> str:
    if line.role not in ("", "option") or line.blank:
        return ""
    found = OPTION.match(line.text[:60])
    return found["letter"].upper().replace("А", "A").replace("В", "B").replace("С", "C") if found else ""


def unglued(lines: Sequence[Line]) -> list[Line]:
    """Cut a question off the last option of the one before: "D. … Câu 5: …"."""
    numbers = [_number(line) for line in lines]
    strong = Counter(number.value for number in numbers if number and number.group == "strong")
    weak = Counter(number.value for number in numbers if number and number.group != "strong")
    result: list[Line] = []
    last = 0
    for line, number in zip(lines, numbers, strict=True):
        if number:
            last = number.value if (number.group == "strong" or not strong) else last
        found = None
        if not line.role and len(line.text) < 20_000 and last and (number is None or number.group == "strong"):
            found = GLUED.search(line.text)
            if found and (int(found["number"]) != last + 1 or strong[last + 1]):
                found = None
            if found is None and not strong and _option_letter(line) > "A":
                found = GLUED_WEAK.search(line.text)
                if found and (int(found["number"]) != last + 1 or weak[last + 1] or not weak[last + 2]):
                    found = None
        if found is None:
            result.append(line)
            continue
        result += [part(line, 0, found.start()), replace(part(line, found.end()), list="", notes=(
            Note("warning", "glued_question", {"number": last + 1}),))]
        last += 1
    return result


@dataclass(frozen=True, slots=True)
class Start:
    """The index of a question's first line, and its number."""

    at: int
    number: Number | None


def starts_of(lines: Sequence[Line], seen: Seen) -> list[Start]:
    """Where questions start: at numbers, and where options begin again without one."""
    followed = _followed(seen)
    main = _main_group(seen, followed)
    walk = _Walk(lines, seen, followed, main)
    return walk.starts()


def _followed(seen: Seen) -> list[bool]:
    """For each line: do options or a key come before the next number of its kind?"""
    result = [False] * len(seen.numbers)
    waiting: dict[str, int] = {}
    for at, number in enumerate(seen.numbers):
        if seen.evidence[at]:
            for index in waiting.values():
                result[index] = True
            waiting = {}
        if number is not None:
            if number.group == "strong":
                waiting = {}
            waiting[number.group] = at
            result[at] = seen.evidence[at]
    return result


def _main_group(seen: Seen, followed: Sequence[bool]) -> str:
    """The style of numbering that most questions with options have, "" without one."""
    counts: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for at, number in enumerate(seen.numbers):
        if number is not None:
            every[number.group] += 1
            counts[number.group] += followed[at] or seen.evidence[at]
    most = max(counts.values(), default=0)
    if every["strong"] and counts["strong"] * 2 >= most:
        return "strong"
    if most:
        return max(counts, key=lambda group: (counts[group], every[group]))
    return max(every, key=lambda group: every[group]) if every else ""


class _Walk:
    """Goes down the lines and says where questions start."""

    def __init__(self, lines: Sequence[Line], seen: Seen, followed: Sequence[bool], main: str) -> None:
        self.lines, self.seen, self.followed, self.main = lines, seen, followed, main
        self.first = next((number.value for at, number in enumerate(seen.numbers) if number is not None
                           and number.group == main and followed[at]), 0)  # the first that options follow
        self.last = 0
        self.open = False  # inside a question
        self.told = False  # its options or key have been seen
        self.listed = 0  # the last number of a list inside the stem
        self.top = ""  # the highest option letter since
        self.after = 0  # the line after its last option or field
        self.lower = False  # whether the letters since are a, b, c

    def starts(self) -> list[Start]:
        found: list[Start] = []
        for at in range(len(self.lines)):
            number = self.seen.numbers[at]
            if self.lines[at].role in ("question", "start") or (number is not None and self._is_start(at, number)):
                found.append(Start(at, number))
                self._begin(at, number)
                continue
            restart = self._restart(at)
            if restart is not None:
                found.append(Start(restart, None))
                self._begin(restart, None)
            self._look(at)
        return found

    def _begin(self, at: int, number: Number | None) -> None:
        self.last = number.value if number else self.last
        self.open, self.told, self.listed, self.top, self.after = True, self.seen.evidence[at], 0, "", at + 1

    def _look(self, at: int) -> None:
        letter = self.seen.option[at]
        if letter:
            self.lower = letter == "A" and self.seen.lower[at] if letter == "A" else self.lower
            self.top = max(self.top, letter)
            self.after = at + 1
        if self.seen.evidence[at]:
            self.told = True
            self.after = at + 1
        elif self.lines[at].text and field_at(self.lines[at].text[:300]):
            self.after = at + 1

    def _is_start(self, at: int, number: Number) -> bool:
        if number.group == "strong":
            return True
        if number.group != self.main:
            return (self.open and self.told and self.followed[at] and number.value == self.last + 1
                    and self.top != "" and not self.seen.evidence[at])
        if not self.open:
            return self.followed[at] or (number.value == 1 and self.first != 1)
        if self.told:
            below = number.value == 1 and self._below_heading(at)
            return number.value == self.last + 1 or self.followed[at] or below
        return self._without_options(at, number)

    def _without_options(self, at: int, number: Number) -> bool:
        """A number above which no option has been seen: a list in the stem, or a question without options."""
        if self.listed and number.value == self.listed + 1:
            self.listed = number.value
            return False
        if number.value == self.last + 1:
            self.listed = 0
            return True
        if number.value == 1 and not self._below_heading(at):
            self.listed = 1
            return False
        return self.followed[at]

    def _below_heading(self, at: int) -> bool:
        above = at - 1
        while above >= 0 and self.lines[above].blank:
            above -= 1
        return above >= 0 and self.seen.headings[above] is not None

    def _restart(self, at: int) -> int | None:
        """The line where an unnumbered question starts whose option A is this line."""
        if self.seen.option[at] != "A" or (self.open and self.top < "B") or self.lines[at].role == "option":
            return None
        if self.main and self.lower and not self.seen.lower[at]:
            self.top = ""  # a) b) c) were statements of the stem
            return None
        if at - self.after > _STEM_LINES:
            self.after = at - _STEM_LINES
        between = [index for index in range(self.after, at) if not self.lines[index].blank]
        blank = next((index for index in range(self.after, at) if self.lines[index].blank), None)
        below = [index for index in between
                 if blank is not None and index > blank and self.seen.headings[index] is None]
        if self.open or not self.main:
            chosen = [index for index in (below or between) if self.seen.headings[index] is None]
            if not self.open and chosen:
                return self._last_paragraph(chosen)
            return chosen[0] if chosen else None
        return None

    def _last_paragraph(self, indexes: list[int]) -> int:
        """The first line of the last block of neighbours: what stands above is the document's title."""
        first = indexes[-1]
        for index in reversed(indexes[:-1]):
            if index != first - 1 or self.lines[index].heading:
                break
            first = index
        return first


def by_blank_lines(lines: Sequence[Line], seen: Seen) -> list[Start]:
    """Questions without numbers and letters, one a paragraph group, the right options starred."""
    groups: list[list[int]] = [[]]
    for at, line in enumerate(lines):
        if line.blank:
            groups.append([])
        else:
            groups[-1].append(at)
    return [Start(group[0], None) for group in groups
            if len(group) > 2 and any(lines[at].text.lstrip().startswith("*") for at in group[1:])]
