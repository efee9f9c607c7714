"""The lines of one question → its stem and options, wherever the options' letters stand. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contest.questions.formats.drafts import LETTERS
from contest.questions.formats.lines import Line, Note, Piece, cut, part
from contest.questions.formats.typed_signs import (
    BULLET,
    CHECKED,
    INNER,
    LOOKALIKES,
    OPTION,
    UNSIGNED,
    digit_option,
)

_AT_START, _AFTER_TAB, _UNSIGNED, _AFTER_SPACE = 1000, 60, 5, 1
_MAX_INNER = 60  # markers that one line is searched for
_MAX_LOOSE = 8
_END_STAR = re.compile(r"\s*\*+\s*$")
_END_MARK = re.compile(r"\s*[(\[]\s*(?:đ|đúng|x|✓|✔|\*|đáp án đúng|đáp án|true|correct)\s*[)\]]\s*[.;]?\s*$"
                       r"|\s*[✓✔]\s*$", re.IGNORECASE)
_TRUTH_END = re.compile(r"\s*[(\[–—:-]\s*(?P<truth>đúng|sai|đ|s|true|false)\s*[)\]]?\s*[.;]?\s*$", re.IGNORECASE)


@dataclass(slots=True)
class Option:
    """One option: its lines without the marker, the marker's own pieces, and a star or tick at it."""

    lines: list[Line]
    marker: tuple[Piece, ...] = ()
    starred: bool = False
    truth: bool | None = None  # what "(Đúng)" or "– Sai" behind a statement says


@dataclass(slots=True)
class Options:
    """`style` is upper, lower, digit, bullet or loose, "" without options; `tail` are lines below the last."""

    stem: list[Line]
    options: list[Option] = field(default_factory=list)
    style: str = ""
    problem: Note | None = None
    tail: list[Line] = field(default_factory=list)

    @property
    def tentative(self) -> bool:
        """True where only a key shows that these are options at all."""
        return self.style in ("digit", "loose")


@dataclass(frozen=True, slots=True)
class _Marker:
    line: int
    start: int
    end: int
    order: int
    upper: bool
    weight: int
    star: bool
    broken: bool


def find_options(lines: Sequence[Line]) -> Options:
    """The options of a question: lettered, else with bullets, figures, or one a line."""
    if any(line.role == "option" for line in lines):
        return _by_roles(lines)
    markers = list(_markers(lines))
    best: list[_Marker] = []
    for upper in (True, False):
        chain = _chain([marker for marker in markers if marker.upper == upper])
        if len(chain) > 1 and (not best or _weight(chain) > 2 * _weight(best)):
            best = chain
    if best:
        return _cut(lines, best, _left(markers, best))
    found = _bulleted(lines) or _numbered(lines) or _loose(lines)
    first = next((marker for marker in markers if marker.weight == _AT_START and marker.order > 0), None)
    if first is not None and (found is None or found.style == "loose"):
        return Options(list(lines), problem=Note("error", "options_unsplit", {"found": 0, "letter": LETTERS[0]}))
    return found or Options(list(lines))


def _by_roles(lines: Sequence[Line]) -> Options:
    found = Options([])
    for line in lines:
        if line.role == "option":
            marker = OPTION.match(line.text)
            end = marker.end() if marker else 0
            star = bool(marker and (marker["star"] in CHECKED or marker["after"]))
            found.options.append(Option([part(line, end)], cut(line, 0, end), star))
        elif found.options:
            found.options[-1].lines.append(line)
        else:
            found.stem.append(line)
    found.style = "upper" if found.options else ""
    return found


def _markers(lines: Sequence[Line]) -> Iterator[_Marker]:
    for at, line in enumerate(lines):
        if line.blank or (line.role in ("more", "field") and at):
            continue
        first = OPTION.match(line.text) if at or not line.role else None
        if first:
            yield _marker(at, first, _AT_START)
        elif at:
            unsigned = UNSIGNED.match(line.text)
            if unsigned:
                yield _marker(at, unsigned, _UNSIGNED)
        for count, found in enumerate(INNER.finditer(line.text[:20_000])):
            if count >= _MAX_INNER:
                break
            before = line.text[max(0, found.start() - 1):found.start() + 1]
            apart = before.endswith("\t") or before == "  "
            vague = not apart and found["letter"].islower() and found["sign"] != ")"
            if vague or (first and found.start() < first.end()):
                continue
            yield _marker(at, found, _AFTER_TAB if apart else _AFTER_SPACE, len(found["lead"]))


def _marker(at: int, found: re.Match[str], weight: int, lead: int = 0) -> _Marker:
    letter = found["letter"].translate(LOOKALIKES)
    star = bool(found["star"] in CHECKED or found["after"])
    broken = (bool(found["gap"]) and bool(found["sign"]) and found["sign"][0] in ".:)") or not found["sign"]
    order = ord(letter.upper()) - 65
    return _Marker(at, found.start() + lead, found.end(), order, letter.isupper(), weight, star, broken)


def _chain(markers: Sequence[_Marker]) -> list[_Marker]:
    """The heaviest run A, B, C … of markers in their order; of equal ones the last."""
    best: dict[int, tuple[int, int]] = {}  # order → its weight, the marker's index
    before: list[int] = []
    top = (0, -1)
    for index, marker in enumerate(markers):
        previous = best.get(marker.order - 1) if marker.order else (0, -1)
        before.append(-1)
        if previous is None:
            continue
        weight = previous[0] + marker.weight
        before[index] = previous[1]
        if weight >= best.get(marker.order, (0, -1))[0]:
            best[marker.order] = (weight, index)
        top = max(top, (weight, index))
    chain: list[_Marker] = []
    index = top[1]
    while index >= 0:
        chain.insert(0, markers[index])
        index = before[index]
    if len(chain) < 3 and all(marker.weight == _AFTER_SPACE for marker in chain):
        return []
    return chain


def _weight(chain: Sequence[_Marker]) -> int:
    return sum(marker.weight for marker in chain)


def _left(markers: Sequence[_Marker], chain: Sequence[_Marker]) -> list[_Marker]:
    """Markers at line starts below the first option that found no place in the run."""
    first = chain[0]
    return [marker for marker in markers if marker.weight == _AT_START and marker.upper == first.upper
            and marker.line > first.line and marker not in chain and first.weight == _AT_START]


def _cut(lines: Sequence[Line], chain: Sequence[_Marker], left: Sequence[_Marker]) -> Options:
    problem = None
    shown = list(chain)
    if left:
        shown = sorted({*chain, *left}, key=lambda marker: (marker.line, marker.start))[:len(LETTERS)]
        missing = next((order for order, marker in enumerate(shown) if marker.order != order), len(shown))
        problem = Note("error", "options_unsplit", {"found": len(chain), "letter": LETTERS[min(missing, 7)]})
    elif broken := next((marker for marker in chain if marker.broken), None):
        problem = Note("warning", "broken_marker", {"found": len(chain), "letter": LETTERS[broken.order]})
    first = shown[0]
    stem = list(lines[:first.line])
    if first.start:
        stem.append(part(lines[first.line], 0, first.start))
    options = []
    for marker, following in zip(shown, [*shown[1:], None], strict=True):
        letter = cut(lines[marker.line], marker.start, marker.end)
        options.append(Option(list(_between(lines, marker, following)), letter, marker.star))
    if len({marker.line for marker in shown}) == 1 and all(each.lines[0].text.endswith(";") for each in options[:-1]):
        for option in options[:-1]:
            option.lines[0] = part(option.lines[0], 0, len(option.lines[0].text) - 1)
    found = Options(stem, options, "upper" if first.upper else "lower", problem)
    _take_tail(found)
    _take_marks(found)
    return found


def _between(lines: Sequence[Line], marker: _Marker, following: _Marker | None) -> Iterator[Line]:
    last = following.line if following else len(lines) - 1
    for at in range(marker.line, last + 1):
        start = marker.end if at == marker.line else 0
        end = following.start if following and at == following.line else None
        if end is None or end > start or at == marker.line:
            yield part(lines[at], start, end)


def _take_tail(found: Options) -> None:
    """What stands below an empty line below the last option is not its text."""
    lines = found.options[-1].lines
    blank = next((at for at, line in enumerate(lines) if at and line.blank), None)
    if blank is not None:
        found.tail = [line for line in lines[blank:] if not line.blank]
        found.options[-1].lines = lines[:blank]


def _take_marks(found: Options) -> None:
    """Take stars, ticks, "(đúng)" and the verdicts of statements off the options' ends."""
    for option in found.options:
        lines = [at for at, line in enumerate(option.lines) if not line.blank]
        if not lines:
            continue
        last = option.lines[lines[-1]]
        text = last.text[-40:]
        offset = len(last.text) - len(text)
        for pattern in (_END_STAR, _END_MARK, _TRUTH_END):
            mark = pattern.search(text)
            if mark is None or not (mark.start() + offset or len(lines) > 1 or pattern is _TRUTH_END):
                continue
            if pattern is _TRUTH_END:
                option.truth = mark["truth"].lower()[0] in "đt"
            elif pattern is _END_MARK and "đ" in mark[0].lower():
                option.truth, option.starred = True, True
            else:
                option.starred = True
            if pattern is not _TRUTH_END or found.style == "lower":
                option.lines[lines[-1]] = part(last, 0, mark.start() + offset)
            break


def _bulleted(lines: Sequence[Line]) -> Options | None:
    """The last run of lines with bullets."""
    found = [BULLET.match(line.text) if at and not line.blank else None for at, line in enumerate(lines)]
    rows = [at for at, match in enumerate(found) if match]
    if len(rows) < 2:
        return None
    sign = max({match["sign"] for match in found if match} - CHECKED, default="*")
    first = rows[0]
    if any(not lines[at].blank and not found[at] for at in range(rows[0], rows[-1])):
        return None
    options = []
    for at in rows:
        match = found[at]
        if match:
            starred = match["sign"] in CHECKED and match["sign"] != sign
            options.append(Option([part(lines[at], match.end())], cut(lines[at], 0, match.end()), starred))
    result = Options(list(lines[:first]), options, "bullet", Note("warning", "no_markers", {"found": len(options)}),
                     [line for line in lines[rows[-1] + 1:] if not line.blank])
    _take_marks(result)
    return result if len(options) <= len(LETTERS) and result.stem else None


def _numbered(lines: Sequence[Line]) -> Options | None:
    """Lines 1., 2., 3. … down to the end."""
    options: list[Option] = []
    first = 0
    for at, line in enumerate(lines):
        match = digit_option(line.text) if at and not line.blank else None
        if match and int(match["number"]) == len(options) + 1:
            first = first or at
            options.append(Option([part(line, match.end())], cut(line, 0, match.end()), bool(match["star"])))
        elif options and not line.blank:
            options[-1].lines.append(line)
    if len(options) < 2 or not any(not line.blank for line in lines[:first]):
        return None
    result = Options(list(lines[:first]), options, "digit")
    _take_marks(result)
    return result


def _loose(lines: Sequence[Line]) -> Options | None:
    """Every line below the first as an option."""
    rows = [line for line in lines if not line.blank]
    if not 3 <= len(rows) <= _MAX_LOOSE + 1:
        return None
    options = []
    for line in rows[1:]:
        stripped = line.text.lstrip()
        starred = stripped.startswith("*")
        lead = len(line.text) - len(stripped) + (len(stripped) - len(stripped.lstrip("* ")) if starred else 0)
        options.append(Option([part(line, lead)], (), starred))
    result = Options(rows[:1], options, "loose", Note("warning", "no_markers", {"found": len(options)}))
    _take_marks(result)
    return result


