"""What stands below a question's options by name: its key, explanation, citation, level … Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from contest.questions.formats.lines import Line, part
from contest.questions.formats.text import fold
from contest.questions.formats.typed_signs import (
    LEVEL_LEAD,
    LEVEL_MARK,
    OPTION,
    POINTS_MARK,
    TAIL_KEY,
    field_at,
    level_word,
)
from contest.questions.formats.words import points_of

_LONG = frozenset({"explanation", "citation"})  # go on over several lines
_TRUTH_PAIR = re.compile(r"(?<![^\W\d_])(?P<letter>[a-h])\s*[).:–—-]?\s*"
                         r"(?P<truth>đúng|sai|true|false|đ|s|t|f)(?![^\W_])", re.IGNORECASE)
_TRUTH_WORD = re.compile(r"đúng|sai|true|false|đ|s|t|f", re.IGNORECASE)
_TRUTHS = re.compile(r"[ĐSTFDđstfd](?:[\s,;./|–-]*[ĐSTFDđstfd])+\.?")
_EXPLAINED = re.compile(r"\s*(?P<key>[A-H](?:\s*[,;]\s*[A-H])*)\s*[.):,–-]\s*(?P<rest>\S.*)$", re.DOTALL)

CHOSEN = re.compile(r"(?:chọn|đáp án|đa)\s*(?:đáp án|đúng)?\s*(?:là)?\s*[:.]?\s*((?-i:[A-H]))\b"
                    r"(?=\s*(?:[.,:;()–-]|$|vì\b|do\b|bởi\b))[\s.:,]*", re.IGNORECASE)


@dataclass(slots=True)
class Fields:
    """A question's body, and its fields as lines; each field keeps its first occurrence's place."""

    body: list[Line] = field(default_factory=list)
    values: dict[str, list[Line]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field's words on one line, "" where it is missing."""
        return " ".join(" ".join(line.text for line in self.values.get(name, ())).split())


def fields_of(lines: Sequence[Line]) -> Fields:
    """Separate the fields from a question's body."""
    found = Fields()
    current = ""
    options = False
    for at, line in enumerate(lines):
        opened = field_at(line.text[:300]) if at or not line.role else None
        marker = None if line.blank or line.role == "field" else OPTION.match(line.text[:60])
        if opened and (current != "explanation" or opened[0] != "answer"):
            name, end = opened
            current = name
            inside = line.text[:end].count("(") and line.text.endswith(")") and line.text[end:].count("(") == 0
            _add(found, name, part(line, end, len(line.text) - 1) if inside else part(line, end))
            continue
        if marker and (current not in _LONG or not options) and not _continues_key(found, current, line):
            options, current = True, ""
        if (current == "key" and _continues_key(found, current, line)) or current in _LONG:
            found.values[current].append(line)
        elif current and options and not line.blank:
            current = "explanation"
            _add(found, current, line)
        else:
            current = "" if not line.blank else current
            found.body.append(line)
    _take_tail_key(found)
    return found


def _add(found: Fields, name: str, line: Line) -> None:
    found.values.setdefault(name, []).append(line)


def _continues_key(found: Fields, current: str, line: Line) -> bool:
    """True for a line below "Đáp án:" that goes on with "b) Sai"."""
    if current != "key" or line.blank:
        return False
    pair = _TRUTH_PAIR.match(line.text.strip())
    return pair is not None or (not found.text("key") and len(line.text.strip()) <= 12)


def _take_tail_key(found: Fields) -> None:
    """A key at the end of the last option's line, or the first words of the explanation: "Chọn B. Vì …"."""
    if "key" in found.values:
        return
    reason = found.values.get("explanation", [])
    at = next((at for at, line in enumerate(reason) if not line.blank), 0)
    chosen = CHOSEN.match(reason[at].text) if reason and "answer" not in found.values else None
    if chosen:
        found.values["key"] = [part(reason[at], chosen.start(1), chosen.end(1))]
        reason[at] = part(reason[at], chosen.end())
        return
    for at in range(len(found.body) - 1, -1, -1):
        line = found.body[at]
        if line.blank or line.role:
            continue
        text = line.text[-60:]
        match = TAIL_KEY.search(text)
        if match:
            offset = len(line.text) - len(text)
            found.values["key"] = [part(line, offset + match.start("value"), offset + match.end("value"))]
            found.body[at] = part(line, 0, offset + match.start())
        return


def key_and_reason(text: str) -> tuple[str, str]:
    """A key's words split where it goes on with its reason: "B. Vì …", "B (Điều 5)"."""
    match = _EXPLAINED.fullmatch(text)
    if match and not re.fullmatch(r"[A-H](?:[\s,;.)]+[A-H])*[.)]?", text.strip()):
        opened = field_at(match["rest"][:300])
        return match["key"], match["rest"][opened[1] if opened and opened[0] == "explanation" else 0:].strip()
    aside = re.fullmatch(r"([A-H](?:\s*[,;]\s*[A-H])*)\s*(\(.{2,}\)|\[.{2,}\])\.?", text.strip())
    return (aside[1], aside[2]) if aside else (text, "")


def truths_of(text: str, count: int) -> tuple[bool, ...] | None:
    """The verdicts on `count` statements: "a) Đ b) S …", "ĐSĐS", "Đúng, Sai, …"; None for other words."""
    if count < 1 or not text.strip():
        return None
    pairs = {match["letter"].lower(): _true(match["truth"]) for match in _TRUTH_PAIR.finditer(text[:4_000])}
    if len(pairs) == count and set(pairs) == {chr(97 + at) for at in range(count)}:
        return tuple(pairs[chr(97 + at)] for at in range(count))
    if _TRUTHS.fullmatch(text.strip()[:200]):
        found = [char for char in text if char.isalpha()]
        if len(found) == count:
            return tuple(_true(char) for char in found)
    words = [word for word in re.split(r"[\s,;./|–-]+", text.strip()) if word]
    if len(words) == count > 1 and all(_TRUTH_WORD.fullmatch(word) for word in words):
        return tuple(_true(word) for word in words)
    return None


def _true(word: str) -> bool:
    return word[0].lower() in "đdt"


@dataclass(frozen=True, slots=True)
class Lead:
    """The signs at a stem's start and end, taken off it."""

    stem: list[Line]
    level: str | None = None
    points: int | None = None


def without_marks(stem: Sequence[Line]) -> Lead:
    """Take "(NB)", "[TH]", "(0,5 điểm)" off the stem."""
    lines = list(stem)
    level: str | None = None
    points: int | None = None
    if not lines:
        return Lead(lines)
    for _again in range(3):
        first = lines[0]
        mark = LEVEL_MARK.match(first.text[:80]) or LEVEL_LEAD.match(first.text[:80])
        worth = POINTS_MARK.match(first.text[:80])
        if mark and level is None and (first.text[mark.end():].strip() or len(lines) > 1):
            level = level_word(mark["word"])
            lines[0] = part(first, mark.end())
        elif worth and points is None:
            points = points_of(worth["value"])
            lines[0] = part(first, worth.end())
        else:
            break
    at = next((index for index in range(len(lines) - 1, -1, -1) if not lines[index].blank), 0)
    tail = lines[at].text[-60:]
    for match in list(LEVEL_MARK.finditer(tail))[-1:]:
        if level is None and match.end() == len(tail) and match.start() > 0:
            level = level_word(match["word"])
            lines[at] = part(lines[at], 0, len(lines[at].text) - len(tail) + match.start())
    return Lead(lines, level, points)


def hints_several(text: str) -> bool:
    """True where a stem asks for more than one option."""
    return _SEVERAL.search(fold(text[:4_000])) is not None


_SEVERAL = re.compile(r"\b(?:chon|co) (?:cac|nhieu|\d|hai|ba|nhung) "
                      r"|nhung (?:dap an|phuong an|y|noi dung|phat bieu|cau) nao"
                      r"|cac (?:dap an|phuong an|y) (?:nao )?(?:dung|sau)|nhieu (?:dap an|phuong an|lua chon)")
