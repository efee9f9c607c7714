"""Aiken, the simplest format of Moodle: a question, its options on lines, "ANSWER: C". Pure.

    Cơ quan nào trực tiếp tiếp nhận hồ sơ?
    A. Bộ phận Một cửa
    B. Văn phòng Ủy ban nhân dân
    ANSWER: A

Moodle wants a question on one line and capitals. Taken as well: questions and options of several
lines, empty lines inside, "a)", "ĐÁP ÁN: A". An empty line after the options ends a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from contest.questions.formats.checks import complete
from contest.questions.formats.delimited import decode
from contest.questions.formats.drafts import (
    LETTERS,
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Draft,
    Problem,
    Reading,
    SkippedRow,
    UnreadableFile,
)
from contest.questions.formats.keys import read_key
from contest.questions.formats.text import repair

OPTION = re.compile(r"([A-Za-z])[ \t]?[.)](?:[ \t]+|(?=[^\W\d_]{2}|\d)|$)(.*)")
ANSWER = re.compile(r"(?:ANSWER|ĐÁP ÁN(?: ĐÚNG)?|DAP AN)[ \t]*[:.=][ \t]*(.*)", re.IGNORECASE)

_HEADING = re.compile(r"(?:phần|chương|chủ đề|chuyên đề|mục|bài)\b.{0,80}", re.IGNORECASE)
_STRICT_OPTION = re.compile(r"([A-Z])[.)][ \t]+\S")
_STRICT_ANSWER = re.compile(r"ANSWER:[ \t]*[A-Z][ \t]*")
_NUMBERED = re.compile(r"(?:câu|question|bài)\s{0,5}\d{1,4}\s{0,3}[.:)/]", re.IGNORECASE)
_SHOWN = 60
_LOOKED_AT = 2_000  # lines


def looks_like_aiken(text: str) -> bool:
    """True where every "ANSWER: C" stands below its options A, B, … as Moodle writes them.

    False where questions are numbered ("Câu 1:"): that is a text with questions, not Aiken.
    """
    answers, expected, numbered = 0, 0, 0
    for line in text[:400_000].split("\n", _LOOKED_AT)[:_LOOKED_AT]:
        line = line.strip()
        option = _STRICT_OPTION.match(line)
        if option and ord(option[1]) - 65 == expected:
            expected += 1
        elif _STRICT_ANSWER.fullmatch(line):
            if expected < 2:
                return False
            answers, expected = answers + 1, 0
        elif line:
            expected = 0
            numbered += _NUMBERED.match(line) is not None
    return answers > 0 and numbered * 2 < answers


def read_aiken(data: bytes) -> Reading:
    """Return the questions of an Aiken file; a draft's row is the line where it starts.

    Raises UnreadableFile: empty_file, not_text, no_questions, too_much_text, too_heavy.
    """
    if not data.strip():
        raise UnreadableFile("empty_file")
    try:
        text, guessed = decode(data)
    except UnreadableFile as refused:
        raise UnreadableFile("not_text") from refused
    if len(text) > MAX_TEXT_CHARS:
        raise UnreadableFile("too_much_text")
    problems = [Problem("warning", "encoding_guessed", "", None, {"encoding": guessed})] if guessed else []
    reader = _Reader()
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        reader.line(number, line)
    reader.end()
    if not reader.drafts:
        raise UnreadableFile("no_questions")
    return Reading("aiken", tuple(reader.drafts), (*problems, *reader.problems, *reader.repaired()),
                   skipped=tuple(reader.skipped))


@dataclass(slots=True)
class _Open:
    """A question of which not all has been seen. An option is its lines; `numbers` are those of all lines."""

    stem: list[tuple[int, str]] = field(default_factory=list)
    options: list[list[tuple[int, str]]] = field(default_factory=list)
    lower: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def row(self) -> int:
        return (self.stem or self.options[0])[0][0]

    @property
    def last(self) -> int:
        return (self.options[-1] if self.options else self.stem)[-1][0]


class _Reader:
    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.problems: list[Problem] = []
        self.skipped: list[SkippedRow] = []
        self.open = _Open()
        self.after_blank = False
        self.kinds: Counter[str] = Counter()
        self.first: dict[str, str] = {}

    def repaired(self) -> Iterator[Problem]:
        for kind, cells in self.kinds.items():
            yield Problem("warning", "text_repaired", self.first[kind], None, {"cells": cells, "kind": kind})

    def line(self, number: int, raw: str) -> None:
        text, kinds = repair(raw)
        for kind in kinds:
            self.kinds[kind] += 1
            self.first.setdefault(kind, str(number))
        text = " ".join(text.split("\n"))  # odd line breaks inside a line
        if not text:
            self.after_blank = True
            return
        answer = ANSWER.fullmatch(text)
        option = OPTION.fullmatch(text)
        if answer:
            self._answer(number, answer[1].strip())
        elif not (option and self._option(number, option[1], option[2])):
            self._text(number, text)
        self.after_blank = False

    def end(self) -> None:
        """The file is over: what is open has no answer."""
        if self.open.options:
            self._close((), Problem("error", "no_key", str(self.open.last)))
        elif self.open.stem:
            number, text = self.open.stem[0]
            self.problems.append(Problem("warning", "text_not_taken", str(number), None, {"value": _short(text)}))

    def _option(self, number: int, letter: str, text: str) -> bool:
        """Take an option's line; False where the line is ordinary text."""
        now = self.open
        position = ord(letter.upper()) - 65
        if not now.options:
            if position != 0:
                return False
            now.lower = letter.islower()
        elif letter.islower() != now.lower:
            return False
        elif position == 0:
            self._unanswered()
            now = self.open
        elif position != len(now.options):
            if now.lower:
                return False
            code, params = (("option_gap", {}) if position > len(now.options) else
                            ("broken_marker", {"found": len(now.options), "letter": letter}))
            now.problems.append(Problem("error", code, str(number), None, params))
        now.options.append([(number, text.strip())])
        if len(now.options) == len(LETTERS) + 1:
            now.problems.append(Problem("error", "too_many_options", str(number), None,
                                        {"found": len(now.options), "limit": len(LETTERS)}))
        return True

    def _unanswered(self) -> None:
        """Another option A: the lines below the last option were the next question's stem."""
        extra = self.open.options[-1][1:]
        del self.open.options[-1][1:]
        lower = self.open.lower
        self._close((), Problem("error", "no_key", str(self.open.last)))
        self.open.stem, self.open.lower = extra, lower

    def _text(self, number: int, text: str) -> None:
        if self.open.options and not self.after_blank:
            self.open.options[-1].append((number, text))
            return
        if self.open.options:
            self._close((), Problem("error", "no_key", str(self.open.last)))
        elif self.after_blank and len(self.open.stem) == 1 and _is_heading(self.open.stem[0][1]):
            self.skipped.append(SkippedRow(self.open.stem[0][0], "section_heading"))
            self.open.stem = []
        self.open.stem.append((number, text))

    def _answer(self, number: int, value: str) -> None:
        if not self.open.options and not self.open.stem:
            self._second_answer(number, value)
            return
        options = ["\n".join(text for _, text in lines) for lines in self.open.options]
        letter = re.fullmatch(r"([A-Za-z])[.)]?", value)
        if not value:
            self._close((), Problem("error", "no_key", str(number)))
        elif letter and ord(letter[1].upper()) - 65 >= len(options):
            self._close((), Problem("error", "key_beyond_options", str(number), None,
                                    {"value": _short(value), "options": len(options)}))
        elif letter:
            self._close((ord(letter[1].upper()) - 65,), None)
        else:
            key = read_key(value, options)
            wrong = key.problem and Problem("error", key.problem, str(number), None,
                                            {"value": _short(value), "options": len(options)})
            if len(key.positions) > 1:
                wrong = Problem("error", "key_several", str(number), None, {"value": _short(value)})
            self._close(key.positions, wrong or None)

    def _second_answer(self, number: int, value: str) -> None:
        problem = Problem("error", "key_several" if self.drafts else "no_stem", str(number), None,
                          {"value": _short(value)})
        if self.drafts:
            last = self.drafts[-1]
            self.drafts[-1] = replace(last, problems=(*last.problems, problem))
        else:
            self.problems.append(problem)

    def _close(self, key: Sequence[int], problem: Problem | None) -> None:
        if len(self.drafts) >= MAX_ROWS:
            raise UnreadableFile("too_heavy")
        done, self.open = self.open, _Open()
        found = (*done.problems, problem) if problem else tuple(done.problems)
        draft = Draft(str(done.row), done.row, None, "single", "\n".join(text for _, text in done.stem),
                      tuple("\n".join(text for _, text in lines) for lines in done.options), tuple(key),
                      problems=found)
        checked = complete(draft)
        if any(known.code.startswith("key_") for known in found):  # that it has no key follows from that
            checked = replace(checked, problems=tuple(p for p in checked.problems if p.code != "no_key"))
        self.drafts.append(checked)


def _is_heading(text: str) -> bool:
    return len(text) <= 80 and (_HEADING.fullmatch(text) is not None or (text.isupper() and len(text) > 3))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
