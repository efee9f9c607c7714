"""The lines of a document → its questions, one after the other, and the headings above them. Pure."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from contest.questions.formats.drafts import Problem, SkippedRow
from contest.questions.formats.lines import Line, Note, part
from contest.questions.formats.typed_signs import BULLET, PASSAGE, Heading, field_at, is_capitals, noise, said
from contest.questions.formats.typed_starts import Seen, Start, by_blank_lines, starts_of, unglued

_SOLUTIONS = re.compile(r"\s*(?:[IVX\d]+[.)]\s*)?(?:phần\s+)?"
                        r"(?:lời giải|hướng dẫn giải|giải thích|đáp án và lời giải|hướng dẫn)"
                        r"(?:\s+(?:chi tiết|đáp án|tham khảo|các câu hỏi))*\s*[:.]?\s*", re.IGNORECASE)

_HEADING_LINES = 40  # above one question


@dataclass(slots=True)
class Raw:
    """A question's lines without its number, and what stood above it. `number` is None where it has none.

    `exact`: the writer's styles tell its parts.
    """

    number: int | None
    place: int
    lines: list[Line]
    topic: str | None = None
    level: str | None = None
    section: str | None = None
    exact: bool = False
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class Split:
    """A document's questions; `solutions` are the explanations below them, by number."""

    questions: list[Raw]
    skipped: list[SkippedRow]
    problems: list[Problem]
    solutions: list[Raw]


def split(lines: Sequence[Line]) -> Split:
    """Cut a document into questions: at numbers, or, where there are none, where options begin again."""
    skipped = [SkippedRow(line.number, why) for line in lines if not line.role and (why := noise(line.text))]
    gone = {row.row for row in skipped}
    kept = unglued([line for line in lines if line.number not in gone or line.role])
    seen = Seen(kept)
    starts = starts_of(kept, seen)
    if not starts:
        starts = by_blank_lines(kept, seen)
    ends = sorted(row.row for row in skipped if row.why == "end_mark")
    return _Cutter(kept, seen, starts, skipped, ends).split()


class _Cutter:
    """Cuts at the starts, and takes headings out of what stands between questions."""

    def __init__(self, lines: Sequence[Line], seen: Seen, starts: Sequence[Start], skipped: list[SkippedRow],
                 ends: Sequence[int]) -> None:
        self.ends = ends  # the numbers of the lines "HẾT"
        self.lines, self.seen, self.starts, self.skipped = lines, seen, starts, skipped
        self.topic: str | None = None
        self.level: str | None = None
        self.section: str | None = None
        self.problems: list[Problem] = []
        self.solving = False

    def split(self) -> Split:
        questions: list[Raw] = []
        solutions: list[Raw] = []
        first = self.starts[0].at if self.starts else len(self.lines)
        for at in range(first):
            self._above(at)
        for index, start in enumerate(self.starts):
            end = self.starts[index + 1].at if index + 1 < len(self.starts) else len(self.lines)
            raw = self._raw(start)
            solving = self.solving
            stop = self._end(start.at + 1, end)
            raw.lines += self.lines[start.at + 1:stop]
            for at in range(stop, end):
                self._above(at)
            for line in raw.lines:
                raw.notes += [note for note in line.notes if note not in raw.notes]
            (solutions if solving else questions).append(raw)
        if solutions and not questions:
            questions, solutions = solutions, []
        return Split(questions, sorted(self.skipped, key=lambda row: row.row), self.problems, solutions)

    def _raw(self, start: Start) -> Raw:
        line = self.lines[start.at]
        first = part(line, start.number.end) if start.number else line
        if line.role == "question" and start.number:
            first = replace(line, text=line.text[start.number.end:], pieces=part(line, start.number.end).pieces)
        number = start.number.value if start.number else None
        return Raw(number, line.number, [first], self.topic, self.level, self.section, line.role == "question")

    def _end(self, first: int, end: int) -> int:
        """Where the question's own lines end: a sure heading, or the last heading-like lines before the next."""
        told = self.seen.evidence[first - 1]
        top = ""
        for at in range(first, end):
            told = told or self.seen.evidence[at]
            found = self.seen.headings[at]
            if self.seen.option[at] > top:
                top, found = self.seen.option[at], None  # "D. SIPAS" is an option, "B. TỰ LUẬN" below it a heading
            line = self.lines[at]
            if bisect(self.ends, self.lines[at - 1].number) < bisect(self.ends, line.number):
                return at
            if not line.role and not line.blank and _SOLUTIONS.fullmatch(line.text[:120]) and self._solutions(at, end):
                return at
            if line.role == "title" or (found is not None and told and not field_at(line.text[:300]) and (
                    found.sure or self._last_words(at, end))):
                return at
            if told and not line.role and PASSAGE.match(line.text[:400].lstrip()):
                return at
            if told and line.heading and not line.role and not line.blank and self._last_words(at, end):
                return at
        return self._capitals(first, end, told)

    def _solutions(self, at: int, end: int) -> bool:
        """True where a heading "Lời giải" stands above numbered explanations of all, not one's own."""
        number = self.seen.numbers[end] if end < len(self.lines) else None
        return number is not None and number.value <= 1 and all(self.lines[index].blank for index in range(at + 1, end))

    def _last_words(self, at: int, end: int) -> bool:
        """True where nothing but headings stands below, down to the next question."""
        return end < len(self.lines) and end - at <= _HEADING_LINES and all(
            self.lines[index].blank or self.seen.headings[index] is not None or self.lines[index].heading
            or (len(self.lines[index].text) < 400 and self.seen.option[index] == "" and index > at
            and not self.seen.evidence[index]) for index in range(at, end))

    def _capitals(self, first: int, end: int, told: bool) -> int:
        """Leave out unnumbered headings directly before the next question: a line in capitals."""
        stop = end
        while told and end < len(self.lines) and stop > first:
            line = self.lines[stop - 1]
            capitals = is_capitals(line.text) and len(line.text) <= 150 and not self.seen.evidence[stop - 1]
            if not line.blank and (line.role or not capitals or self.seen.option[stop - 1] or BULLET.match(line.text)
                                   or field_at(line.text[:300])):
                break
            stop -= 1
        return stop if any(not self.lines[at].blank for at in range(stop, end)) else end

    def _above(self, at: int) -> None:
        """Take a line that stands outside of questions."""
        line = self.lines[at]
        if line.blank:
            return
        if _SOLUTIONS.fullmatch(line.text[:120]) and any(start.at < at for start in self.starts[:1]):
            self.solving = True
        found = self.seen.headings[at]
        below = any(start.at < at for start in self.starts[:1])
        named = found is not None or line.heading or (below and is_capitals(line.text))
        if named and line.role != "title":
            self._head(found or said(line.text))
        if PASSAGE.search(line.text[:400]) and found is None:
            self.problems.append(Problem("warning", "text_not_taken", str(line.number), None,
                                         {"what": "passage", "value": line.text[:80]}))
        elif below and not named:
            self.problems.append(Problem("warning", "text_not_taken", str(line.number), None,
                                         {"value": line.text[:80]}))
        self.skipped.append(SkippedRow(line.number, "section_heading" if named else "preamble"))

    def _head(self, found: Heading) -> None:
        if found.level:
            self.level = found.level
        elif found.section:
            self.section, self.level = found.section, None
        elif found.topic:
            self.topic, self.level = found.topic, None


def gaps(questions: Sequence[Raw]) -> Iterator[tuple[int, int, int]]:
    """Where numbers are missing: the question's index, the number before and its own."""
    last: int | None = None
    for at, raw in enumerate(questions):
        if raw.number is None:
            continue
        if last is not None and raw.number > last + 1:
            yield at, last, raw.number
        last = raw.number
