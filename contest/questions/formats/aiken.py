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

from contest.questions.formats.aiken_lines import ANSWER, EXPLANATION, HEADING, OPTION, looks_like_aiken
from contest.questions.formats.checks import complete
from contest.questions.formats.delimited import decode
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    LETTERS,
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Draft,
    Media,
    Params,
    Problem,
    Reading,
    SkippedRow,
    UnreadableFile,
    Written,
    column_letter,
)
from contest.questions.formats.keys import read_key
from contest.questions.formats.markup import pictures_in, plain
from contest.questions.formats.text import repair

__all__ = ["looks_like_aiken", "read_aiken", "write_aiken"]

_SHOWN = 60


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
    """A question of which not all has been seen. An option is its lines; `signed` are the first ones as they stand."""

    stem: list[tuple[int, str]] = field(default_factory=list)
    options: list[list[tuple[int, str]]] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    lower: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def row(self) -> int:
        return (self.stem or self.options[0])[0][0]

    @property
    def last(self) -> int:
        return (self.options[-1] if self.options else self.stem)[-1][0]

    def unlist(self) -> None:
        """What looked like options a, b belongs to the stem."""
        for (first, *rest), signed in zip(self.options, self.signed, strict=True):
            self.stem += [(first[0], signed), *rest]
        self.options, self.signed, self.lower = [], [], False


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
        elif not (option and self._option(number, option[1], option[2], text)):
            self._text(number, text)
        self.after_blank = False

    def end(self) -> None:
        """The file is over: what is open has no answer."""
        if self.open.options:
            self._close((), Problem("error", "no_key", str(self.open.last)))
        elif self.open.stem:
            number, text = self.open.stem[0]
            self.problems.append(Problem("warning", "text_not_taken", str(number), None, {"value": _short(text)}))

    def _option(self, number: int, letter: str, text: str, signed: str) -> bool:
        """Take an option's line; False where the line is ordinary text."""
        now = self.open
        position = ord(letter.upper()) - 65
        if letter == "A" and now.lower:
            now.unlist()
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
            code = "option_gap" if position > len(now.options) else "broken_marker"
            params: Params = {"found": len(now.options), "letter": letter}
            now.problems.append(Problem("error", code, str(number), None, params))
        now.options.append([(number, text.strip())])
        now.signed.append(signed)
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
        said = EXPLANATION.fullmatch(text)
        if said and self.drafts and not self.open.stem and not self.open.options:
            last = self.drafts[-1]
            self.drafts[-1] = replace(last, explanation="\n".join(filter(None, (last.explanation, said[1]))))
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
    return len(text) <= 80 and (HEADING.fullmatch(text) is not None or (text.isupper() and len(text) > 3))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def write_aiken(drafts: Sequence[Draft], media: Sequence[Media] = ()) -> Written:
    """Return the single-choice questions as UTF-8 text.

    Every other question is named in `left_out`, and once for the whole file each field that Aiken
    has no place for: code, topic, level, explanation, citation, points, tags, credits, pinned,
    settings, markup, media, line_breaks (a text of several lines becomes one line).
    """
    written: list[str] = []
    left_out: list[Problem] = []
    lost: dict[str, None] = {}
    for draft in drafts:
        what = _unwritable(draft)
        if what:
            left_out.append(Problem("warning", "not_written", draft.place, None, {"what": what}))
            continue
        lost |= dict.fromkeys(_lost(draft))
        stem, *options = _lines(draft)
        lines = [f"{column_letter(at)}. {option}" for at, option in enumerate(options)]
        written.append("\n".join([stem, *lines, f"ANSWER: {column_letter(draft.key[0])}"]) + "\n")
    left_out += [Problem("warning", "not_written", "", None, {"what": what}) for what in lost]
    return Written("\n".join(written).encode("utf-8", "replace"), "aiken.txt", tuple(left_out))


def _lines(draft: Draft) -> list[str]:
    """Stem and options, each on one line."""
    return [" ".join((plain(text) if draft.markup else text).split()) for text in (draft.stem, *draft.options)]


def _unwritable(draft: Draft) -> str | None:
    if draft.type != "single":
        return draft.type
    if not draft.usable:
        return "unusable"
    stem, *options = _lines(draft)
    if not stem or any(line.fullmatch(stem) for line in (ANSWER, OPTION, EXPLANATION)):
        return "stem"  # it would be read as something else
    return None if all(options) else "options"


def _lost(draft: Draft) -> list[str]:
    texts = (draft.stem, *draft.options)
    found = {
        "code": draft.code, "topic": draft.topic, "level": draft.level, "explanation": draft.explanation,
        "citation": draft.citation, "points": draft.points != DEFAULT_POINTS, "tags": draft.tags,
        "credits": draft.credits, "settings": draft.settings, "markup": draft.markup,
        "pinned": draft.pinned != complete(_bare(draft)).pinned,
        "media": draft.markup and any(pictures_in(text) for text in texts),
        "line_breaks": any("\n" in text for text in texts),
    }
    return [name for name, there in found.items() if there]


def _bare(draft: Draft) -> Draft:
    """The draft as it comes back from the file."""
    return Draft(draft.place, draft.row, None, "single", draft.stem, draft.options, draft.key)
