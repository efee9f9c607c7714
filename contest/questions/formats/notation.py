"""Keys of every question type as one cell holds them, both ways. Pure.

Answers stand between "|", with "=50%" after one that earns a part; a backslash before a sign of the
notation keeps it as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contest.questions.formats.drafts import FULL_CREDIT, Accepted, Gap, GapKind
from contest.questions.formats.stars import literal, spelled
from contest.questions.formats.text import squeeze
from contest.scoring import numbers

PERCENT = FULL_CREDIT // 100

_SPLIT = re.compile(r"(?<!\\)(?:\\\\)*[|;\n]")
_ESCAPED = re.compile(r"\\([|;\\*\n])")
_TO_ESCAPE = re.compile(r"[|;\\\n]")
_WORTH = re.compile(r"\s=\s?(-?\d{1,3}(?:[.,]\d{1,3})?)\s?%$")
# From a line's beginning or behind ";": a number on the next line stands behind the line's end, not behind that ";".
_GAP_NUMBER = re.compile(r"(?:^|(?<=[;\n]))[^\S\n]*\(?(\d{1,2})\)?\s*(?:\((\w{1,5})\))?\s*[:.)=]\s*(?=\S)")
_GAP_KINDS: Mapping[str, GapKind] = {"so": "number", "chon": "choice", "chu": "text"}
_KIND_WORDS: Mapping[GapKind, str] = {"number": " (số)", "choice": " (chọn)", "text": ""}
_BLANK = re.compile(r"_{3,}|\.{4,}|…[.…]*[.…]")
_RANGE = re.compile(r"(?:từ|tu|from)\s+(.+?)\s+(?:đến|den|tới|to)\s+(.+)", re.IGNORECASE)
_WIDTH = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


def percent(credit: int) -> str:
    """The credit in percent: 50000 is "50", -33333 is "-33,333"."""
    sign, rest = "-" if credit < 0 else "", abs(credit)
    whole, part = divmod(rest, PERCENT)
    return f"{sign}{whole},{part:03}".rstrip("0") if part else f"{sign}{whole}"


def credit_of(text: str) -> int | None:
    """The credit of a percentage: "33,333 %" is 33333; None for what is none of -100 to 100."""
    found = re.fullmatch(r"(-?)(\d{1,3})(?:[.,](\d{1,3}))?\s*%?", text.strip())
    if not found:
        return None
    credit = int(found[2]) * PERCENT + int((found[3] or "0").ljust(3, "0"))
    return None if credit > FULL_CREDIT else -credit if found[1] else credit


def read_answers(cell: str) -> tuple[Accepted, ...]:
    """The accepted answers of one cell: between "|", ";" or on lines; the first of equals counts. A star is a star."""
    found: dict[str, int] = {}
    for part in _cut(cell):
        text, credit = _answer(part)
        if text:
            found.setdefault(literal(text), credit)
    return tuple(Accepted(text, credit) for text, credit in found.items())


def write_answers(answers: Sequence[Accepted]) -> str:
    """The cell that `read_answers` reads back, but for wildcards."""
    return " | ".join(_written(spelled(answer.text), answer.credit) for answer in answers)


def number_of(text: str) -> str | None:
    """A number or an interval as `scoring.numbers.interval` takes it; None for neither.

    Vietnamese decimals are understood: "23,53±0,01" is "23.53±0.01"; "từ 20 đến 25" and "20..25" are
    "20..25". What `interval` understands as it stands is kept letter by letter.
    """
    text = text.strip()
    if _is_interval(text):
        return text
    span = _RANGE.fullmatch(text)
    if span or ".." in text:
        low, high = (span[1], span[2]) if span else text.split("..", 1)
        written = "..".join((_decimal(low.rstrip(".")), _decimal(high.lstrip("."))))
    else:
        written = "±".join(_decimal(part) for part in _WIDTH.split(text, maxsplit=1))
    return written if _is_interval(written) else None


def _is_interval(text: str) -> bool:
    try:
        numbers.interval(text)
    except ValueError:
        return False
    return True


def _decimal(text: str) -> str:
    text = text.strip()
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return text.replace(",", ".")
    value = numbers.parse(text.rstrip("%"))
    return format(value, "f") if value is not None else text


def read_numbers(cell: str) -> tuple[Accepted, ...] | None:
    """The accepted numbers of one cell; None where one of them is no number."""
    found = []
    for answer in read_answers(cell):
        number = number_of(answer.text)
        if number is None:
            return None
        found.append(Accepted(number, answer.credit))
    return tuple(found)


def with_markers(stem: str) -> str:
    """The stem with [[1]], [[2]] … for its blanks "___", "....": as it is where it has markers."""
    if "[[" in stem:
        return stem
    count = 0

    def marker(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"[[{count}]]"

    return _BLANK.sub(marker, stem)


def is_numbered(cell: str) -> bool:
    """True for a cell that names its gaps: "1: a | b; 2: c"."""
    found = _GAP_NUMBER.match(cell)
    return found is not None and int(found[1]) == 1


def read_gaps(cell: str, blanks: int) -> tuple[Gap, ...] | None:
    """The gaps of one cell "1: a | b; 2 (số): 3; 3 (chọn): *c | d"; None where it can't be read.

    Without numbers one answer a gap, in order, where there are as many as `blanks`.
    """
    heads = [head for head in _GAP_NUMBER.finditer(cell) if not _is_escaped(cell, head.start())]
    heads = _running(heads)
    if not heads or cell[: heads[0].start()].strip():
        parts = [part for part in _cut(cell, ";\n") if part.strip()]
        if len(parts) != blanks:
            return None
        return tuple(Gap("text", read_answers(part)) for part in parts)
    ends = [head.start() for head in heads[1:]] + [len(cell)]
    gaps = []
    for head, end in zip(heads, ends, strict=True):
        gap = _gap(head[2], cell[head.end() : end])
        if gap is None:
            return None
        gaps.append(gap)
    return tuple(gaps)


def _running(heads: list[re.Match[str]]) -> list[re.Match[str]]:
    """The heads that count 1, 2, 3 …: a number inside an answer is none."""
    kept: list[re.Match[str]] = []
    for head in heads:
        if int(head[1]) == len(kept) + 1:
            kept.append(head)
    return kept


def _is_escaped(cell: str, start: int) -> bool:
    """True where the sign before `start`, which ends the answer before, is kept as text."""
    before = cell[: max(start - 1, 0)]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _gap(word: str | None, cell: str) -> Gap | None:
    kind = _GAP_KINDS.get(squeeze(word)) if word else "text"
    if kind == "choice":
        offered = []
        for part in filter(str.strip, _cut(cell)):
            star = part.strip().startswith("*")
            text, credit = _answer(part.strip().removeprefix("*"), FULL_CREDIT if star else 0)
            offered.append(Accepted(text, credit))
        return Gap("choice", tuple(offered))
    if kind == "number":
        read = read_numbers(cell)
        return None if read is None else Gap("number", read)
    return Gap("text", read_answers(cell)) if kind else None


def write_gaps(gaps: Sequence[Gap]) -> str:
    """The cell that `read_gaps` reads back, one line a gap."""
    lines = []
    for number, gap in enumerate(gaps, start=1):
        if gap.kind == "choice":
            words = " | ".join(_offered(answer) for answer in gap.answers)
        else:
            words = write_answers(gap.answers)
        lines.append(f"{number}{_KIND_WORDS[gap.kind]}: {words}")
    return "\n".join(lines)


def _offered(answer: Accepted) -> str:
    text = _escaped(answer.text)
    text = "\\" + text if text.startswith("*") else text
    if answer.credit == FULL_CREDIT and not _WORTH.search(text):
        return "*" + text
    return text if answer.credit == 0 and not _WORTH.search(text) else f"{text} ={percent(answer.credit)}%"


def _written(text: str, credit: int) -> str:
    escaped = _escaped(text)
    plain = credit == FULL_CREDIT and not _WORTH.search(escaped)
    return escaped if plain else f"{escaped} ={percent(credit)}%"


def _answer(part: str, usual: int = FULL_CREDIT) -> tuple[str, int]:
    part = part.strip()
    worth = _WORTH.search(part)
    credit = credit_of(worth[1]) if worth else None
    if worth and credit is not None:
        return _ESCAPED.sub(r"\1", part[: worth.start()].strip()), credit
    return _ESCAPED.sub(r"\1", part), usual


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: "\\" + found[0], text)


def _cut(cell: str, signs: str = "|;\n") -> list[str]:
    """The parts between the signs that no backslash escapes."""
    parts, start = [], 0
    for found in _SPLIT.finditer(cell):
        if found[0][-1] in signs:
            parts.append(cell[start : found.end() - 1])
            start = found.end()
    parts.append(cell[start:])
    return parts
