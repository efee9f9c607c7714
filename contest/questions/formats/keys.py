"""The right options: read from a key cell, or from marks inside the options. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from contest.questions.formats.pinning import speaks_of_others
from contest.questions.formats.text import fold, same, squeeze

Style = Literal["letters", "numbers", "text"]

_AND = re.compile(r"\s(?:và|and|hoặc|or)\s", re.IGNORECASE)
_PREFIX = re.compile(
    r"^(?:=>|→)\s*(?=[A-H]\b)|"
    r"^(?:=>|→)?\s*(?:(?:chọn|các|câu)?\s*(?:đáp án|phương án|trả lời|lựa chọn|answer|option|choice)|chọn|câu|ý"
    r"|đ\s?/?\s?a|key)(?:\s+đúng)?\s*(?:là)?(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)
_JOIN = r"[\s,;.+&/|)(\]\[-]*"
_LETTERS = re.compile(rf"{_JOIN}[A-Ha-h](?:{_JOIN}[A-Ha-h])*{_JOIN}")
_NUMBERS = re.compile(r"\d{1,2}(?:[\s,;.+&/|-]+\d{1,2})*[.,;)]?")
_WHOLE = re.compile(r"(\d{1,2})[.,]0+")
_LETTER_THEN_TEXT = re.compile(r"\(?([A-Ha-h])\s?[.):/]\s*(\S.*)", re.DOTALL)
_BARE = frozenset("ABCDEFGHabcdefgh")
_TRUE = frozenset(["dung", "d", "true", "t", "yes"])
_FALSE = frozenset(["sai", "s", "false", "f", "no"])
_MARK = re.compile(r"\s*[(\[]\s*(?:đ|đúng|x|✓|✔|\*|đáp án đúng)\s*[)\]]\s*$", re.IGNORECASE)


MAX_TRUTH_CHARS = 12


@dataclass(frozen=True, slots=True)
class Key:
    """The right options as 0-based positions in order, or the code of what is wrong."""

    positions: tuple[int, ...] = ()
    problem: str | None = None
    doubtful: bool = False  # a number that counts the options, where another option's text is that number


@lru_cache(4096)
def style_of(cell: str) -> Style:
    """Return how a key cell is written, by its looks alone."""
    text = _AND.sub(",", _PREFIX.sub("", cell.strip()))
    if _LETTERS.fullmatch(text):
        return "letters"
    return "numbers" if _NUMBERS.fullmatch(text) or _WHOLE.fullmatch(text) else "text"


def column_style(cells: Sequence[str]) -> tuple[Style, bool]:
    """Return the usual style of a key column, and True where its numbers count from 0.

    They count from 0 where all keys are numbers of 0 to 3 and a 0 is among them.
    """
    return counted_style(Counter(cells))


def counted_style(cells: Mapping[str, int]) -> tuple[Style, bool]:
    """As `column_style`, of the different cells and how often each stands."""
    styles: Counter[Style] = Counter()
    for cell, count in cells.items():
        if cell:
            styles[style_of(cell)] += count
    if not styles:
        return "letters", False
    style = styles.most_common(1)[0][0]
    numbers = {n for cell in cells if cell and style_of(cell) == "numbers" for n in _numbers(cell)}
    only_numbers = set(styles) == {"numbers"}
    return style, only_numbers and 0 in numbers and max(numbers) <= 3


def _numbers(cell: str) -> list[int]:
    text = _AND.sub(",", _PREFIX.sub("", cell.strip()))
    whole = _WHOLE.fullmatch(text)
    return [int(whole[1])] if whole else [int(number) for number in re.findall(r"\d+", text)]


def read_key(
    cell: str, options: Sequence[str], style: Style = "letters", from_zero: bool = False
) -> Key:
    """Return the right options that a key cell names.

    Letters ("A", "a.", "A,C", "AC", "A và C"), numbers from 1 (from 0 with `from_zero`), or an
    option's whole text. `style` is the column's usual one and decides where a cell could be two
    things. The problems: key_unreadable, key_beyond_options, key_ambiguous, key_conflict.
    """
    text = cell.strip()
    named = _named(text, from_zero)
    # a letter can only be an option's whole text where that option is as short
    could_be_text = named is None or any(len(option) <= len(text) + 4 for option in options)
    by_text = _by_text(text, options) if could_be_text else None
    if named is None:
        return by_text or _lettered_text(text, options) or _true_false(text, options)
    read = _checked(named, options)
    if len(read.positions) > 1 and _one_names_all(read.positions, options):
        return Key((), "key_ambiguous")
    if by_text is None or by_text == read:
        return read
    if style == "text" or (len(text) > 1 and text.isalpha()):
        return by_text  # "Ba" is the option "ba" sooner than B and A
    if style_of(text) != style:
        return by_text if style == "letters" or len(text) > 1 else Key((), "key_ambiguous")
    return replace(read, doubtful=style == "numbers" and read.problem is None)


def _one_names_all(positions: tuple[int, ...], options: Sequence[str]) -> bool:
    """True where "A và B" may as well mean the option "Cả A và B đúng"."""
    named = {"abcdefgh"[position] for position in positions}
    return any(place not in positions and speaks_of_others(option) == "names_letters"
               and set(re.findall(r"\b[a-h]\b", fold(option))) == named for place, option in enumerate(options))


@lru_cache(4096)
def _named(text: str, from_zero: bool) -> tuple[int, ...] | None:
    style = style_of(text)
    if style == "letters":
        cleaned = _AND.sub(",", _PREFIX.sub("", text))
        return tuple(ord(letter.upper()) - 65 for letter in re.findall("[A-Ha-h]", cleaned))
    if style == "numbers":
        return tuple(number - (0 if from_zero else 1) for number in _numbers(text))
    return None


def in_order(text: str, from_zero: bool = False) -> tuple[int, ...] | None:
    """The 0-based options that letters or numbers name, in the order written; None for anything else."""
    return _named(text.replace("->", ",").replace("→", ",").replace(">", ",").replace("<", ",").strip(), from_zero)


def _checked(positions: Sequence[int], options: Sequence[str]) -> Key:
    if any(not 0 <= position < len(options) for position in positions):
        return Key((), "key_beyond_options")
    return Key(tuple(sorted(set(positions))))


def _by_text(text: str, options: Sequence[str]) -> Key | None:
    """Return the options whose text the cell gives: one, or several on lines or after ";"."""
    for form in (same, fold):
        forms = [form(option) for option in options]
        if len(set(forms)) < len(forms):
            continue
        for parts in ([text], text.split("\n"), re.split(r"[;\n]", text)):
            wanted = [form(part) for part in parts if part.strip()]
            if wanted and all(part and part in forms for part in wanted):
                return Key(tuple(sorted({forms.index(part) for part in wanted})))
    return None


def _lettered_text(text: str, options: Sequence[str]) -> Key | None:
    """Return the option of "B. its text"; a conflict where text and letter disagree."""
    match = _LETTER_THEN_TEXT.fullmatch(text)
    if not match:
        return None
    position = ord(match[1].upper()) - 65
    by_text = _by_text(match[2], options)
    if by_text is None:
        return Key((), "key_unreadable")
    return by_text if by_text.positions == (position,) else Key((), "key_conflict")


def _true_false(text: str, options: Sequence[str]) -> Key:
    truth = truth_of(text)
    truths = [truth_of(option) for option in options]
    if truth is None or len(options) != 2 or truths.count(truth) != 1:
        return Key((), "key_unreadable")
    return Key((truths.index(truth),))


@lru_cache(4096)
def _truth(text: str) -> bool | None:
    word = squeeze(text)
    return True if word in _TRUE else False if word in _FALSE else None


def truth_of(text: str) -> bool | None:
    """Return True for Đúng, Đ, True …, False for Sai, S, False …, None for anything else."""
    return _truth(text) if 0 < len(text) <= MAX_TRUTH_CHARS else None


def says_truth(text: str) -> bool | None:
    """As `truth_of`, but None for the bare letters A to H: where no options stand, they name a missing one."""
    return None if text.strip(" .)") in _BARE else truth_of(text)


def take_marks(options: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the options without their marks of rightness, and the positions that bore one.

    A mark is a star at either end, or "(Đ)", "(đúng)", "(x)" at the end.
    """
    if not any(option[:1] == "*" or option[-1:] in "*)]" for option in options if option):
        return tuple(options), ()
    cleaned: list[str] = []
    marked: list[int] = []
    for position, option in enumerate(options):
        text = option
        if len(text) > 1 and (text.startswith("*") or text.endswith("*")):
            text = text.strip("*").strip()
        text = _MARK.sub("", text).strip()
        if text and text != option:
            marked.append(position)
        cleaned.append(text or option)
    return tuple(cleaned), tuple(marked)
