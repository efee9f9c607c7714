"""All options of a question in one cell → the options one by one. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contest.questions.formats.drafts import LETTERS

MAX_OPTIONS = 8
_MARKER = re.compile(
    r"(?P<lead>^|(?<=\n)|(?<=[\s;,.]))[ \t]*(?P<star>\*?)\(?(?P<letter>[A-Ha-h]|(?<![^\n])[1-8])"
    r"(?P<gap>[ \t]?)(?P<sign>[.):/]|-(?=\s))"
)


@dataclass(frozen=True, slots=True)
class Split:
    """What was found: the options without their markers, and how sure that is.

    `problem` is None, or no_markers (lines without letters: sure enough), or marker_repaired (every
    line bears its letter, with an odd sign), or broken_marker (the options are shown, somebody must
    look), or options_unsplit. `letter` is the marker in
    question. `loose` counts the lines that belong to no marker of their own.
    """

    options: tuple[str, ...]
    problem: str | None = None
    letter: str = ""
    loose: int = 0


@dataclass(frozen=True, slots=True)
class _Marker:
    start: int
    end: int
    order: int  # 0 for A, a, 1
    style: str  # upper, lower, digit
    at_line_start: bool
    broken: bool
    star: str


def split_options(cell: str) -> Split:
    """Split "A. … B. …" on lines or in one line; a marker may be A. A) a) A/ A: (A) or 1.

    The markers must run A, B, C … without gap and without repetition, or the result says so.
    """
    text = cell.strip()
    if not text:
        return Split(())
    markers = _markers(text)
    if "\n" in text and _ODD_MARKER.search(text):
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        odd = _oddly_marked(lines) if not all(map(_LINE_MARKER.match, lines)) else None
        if odd:
            return odd
    if not markers:
        return _by_lines(text)
    by_line = [marker for marker in markers if marker.at_line_start]
    for chosen in (markers, by_line):
        if _runs(chosen) and chosen[0].start == 0 and _complete(chosen, markers):
            return _cut(text, chosen)
    return _unsplit(text, markers)


def _markers(text: str) -> list[_Marker]:
    found = []
    for match in _MARKER.finditer(text):
        letter = match["letter"]
        style = "digit" if letter.isdigit() else "upper" if letter.isupper() else "lower"
        before = text[: match.start()]
        start_of_line = not before or before.endswith("\n")
        if style != "upper" and not start_of_line and not (match[0][0].isspace() or before[-1].isspace()):
            continue
        order = int(letter) - 1 if style == "digit" else ord(letter.upper()) - 65
        found.append(
            _Marker(
                match.start(),
                match.end(),
                order,
                style,
                start_of_line,
                bool(match["gap"]) and match["sign"] != "-",
                match["star"],
            )
        )
    if not found:
        return found
    return [marker for marker in found if marker.style == found[0].style]


def _runs(markers: Sequence[_Marker]) -> bool:
    return 2 <= len(markers) <= MAX_OPTIONS and all(
        marker.order == index for index, marker in enumerate(markers)
    )


def _complete(chosen: Sequence[_Marker], every: Sequence[_Marker]) -> bool:
    """True where no marker that could be the next option was passed over."""
    last = chosen[-1]
    return not any(m.start > last.start and m.order == last.order + 1 for m in every)


def _cut(text: str, markers: Sequence[_Marker]) -> Split:
    ends = [marker.start for marker in markers[1:]] + [len(text)]
    parts = []
    loose = 0
    for marker, end in zip(markers, ends, strict=True):
        part = text[marker.end : end].strip()
        loose += part.count("\n")
        parts.append(marker.star + part)
    if "\n" not in text and all(part.endswith(";") for part in parts[:-1]):
        parts = [part.rstrip("; ") for part in parts]
    broken = next((marker for marker in markers if marker.broken), None)
    if broken is not None:
        return Split(tuple(parts), "broken_marker", _letter(broken), loose)
    return Split(tuple(parts), None, "", loose)


def _letter(marker: _Marker) -> str:
    return str(marker.order + 1) if marker.style == "digit" else LETTERS[marker.order]


def _unsplit(text: str, markers: Sequence[_Marker]) -> Split:
    """Name the first marker that is missing; show what could be cut with certainty."""
    expected = 0
    good: list[_Marker] = []
    for marker in markers:
        if marker.order == expected:
            good.append(marker)
            expected += 1
    present = {marker.order for marker in markers}
    missing = next(order for order in range(MAX_OPTIONS + 1) if order not in present)
    name = str(missing + 1) if markers[0].style == "digit" else "ABCDEFGHI"[missing]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    options = tuple(_MARKER.sub("", line, count=1).strip() for line in lines)
    if len(lines) < 2:
        options = _cut(text, good).options if good else (text,)
    return Split(options[:MAX_OPTIONS], "options_unsplit", name, len(lines) - len(present))


_LINE_MARKER = re.compile(r"\(?([A-H])[.):/]\s*(?=\S)")
_OWN_MARKER = re.compile(r"\(?([A-Ha-h])[ \t]?[.):/]\s*(?=\S)")


def without_own_letters(options: Sequence[str]) -> tuple[str, ...]:
    """Return the options of separate columns without "A. ", "B. " … where all of them bear it."""
    if not options or options[0][:1] not in ("A", "a", "("):
        return tuple(options)
    found = [_OWN_MARKER.match(option) for option in options]
    own = [match is not None and ord(match[1].upper()) - 65 for match in found]
    if len(options) < 2 or own != list(range(len(options))):
        return tuple(options)
    return tuple(_OWN_MARKER.sub("", option, count=1) for option in options)


_NUMBER = re.compile(r"\s*(?:(?:câu\s*hỏi|câu|question)\s*(?:số\s*)?(\d{1,5})\s*[.:)/–-]+|\(?(\d{1,5})[.):/](?!\d))"
                     r"\s*(?=\S)", re.IGNORECASE)
_FIRST_LINE = re.compile(r"\n[ \t]*\*?\(?[Aa][.):/]")


def without_number(stem: str, number: str) -> str:
    """The stem without "Câu 5: ", and without "5. " where that is the number of its row."""
    found = _NUMBER.match(stem[:60])
    if found is None or (found[1] is None and found[2] != number.strip(" .")):
        return stem
    return stem[found.end():]


def options_below(stem: str) -> tuple[str, tuple[str, ...]]:
    """The stem and the options on lines below it, A. B. C. …; () where there is any doubt."""
    for first in reversed(list(_FIRST_LINE.finditer(stem))):
        split = split_options(stem[first.end() - len(first[0]):])
        if split.problem is None and split.options:
            return stem[: first.start()].rstrip(), split.options
    return stem, ()


_ODD_MARKER = re.compile(r"\(?([A-H])\s?[,;>\]=\u2013]\s?(?=\S)")


def _oddly_marked(lines: Sequence[str]) -> Split | None:
    """The options of "A, …", "B; …", "C> …": every line bears the next letter, so there is no doubt."""
    found = [_ODD_MARKER.match(line) or _LINE_MARKER.match(line) for line in lines]
    letters = "".join(match[1].upper() for match in found if match)
    if not 2 <= len(lines) <= MAX_OPTIONS or letters != LETTERS[: len(lines)]:
        return None
    texts = tuple(line[match.end() :].strip() for line, match in zip(lines, found, strict=True) if match)
    odd = next(letter for letter, line in zip(letters, lines, strict=True) if not _LINE_MARKER.match(line))
    return Split(texts, "marker_repaired", odd)


def _by_lines(text: str) -> Split:
    lines = [line.strip(" \t-•+") for line in text.split("\n")]
    lines = [line for line in lines if line]
    bare = [line[2:].strip() for line in lines]
    letters = "".join(line[:2].upper() for line in lines)
    if len(lines) > 1 and letters == "".join(f"{letter} " for letter in LETTERS[: len(lines)]):
        return Split(tuple(bare[:MAX_OPTIONS]), "broken_marker", "A")
    if 2 <= len(lines) <= MAX_OPTIONS:
        return Split(tuple(lines), "no_markers")
    return Split((text,), "options_unsplit", "A")
