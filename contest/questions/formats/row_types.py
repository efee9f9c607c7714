"""The types of a row beyond a choice: cluster, short text, number, matching, ordering, gaps, essay. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contest.questions.formats.drafts import TRUE_FALSE_OPTIONS, Gap, QuestionType
from contest.questions.formats.keys import in_order
from contest.questions.formats.notation import (
    is_numbered,
    read_answers,
    read_gaps,
    read_numbers,
    with_markers,
)
from contest.questions.formats.options import without_own_letters
from contest.questions.formats.pairs import is_linked, read_pairs, read_truths, sides

if TYPE_CHECKING:
    from contest.questions.formats.row import RowParts

CHOICES: frozenset[QuestionType] = frozenset({"single", "multiple", "true_false"})
_TRUTHS = re.compile(r"(?=.*[đĐ].*)[\s\dA-Ha-h().,;:/|-]*(?:đúng|sai|đ|s)[\s\d()\w.,;:/|-]*", re.IGNORECASE)
_LETTERS = frozenset("ABCDEFGHabcdefgh")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row's type, options and key came to; `stem` where reading changed it."""

    type: QuestionType
    options: Sequence[str] = ()
    key: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    stem: str | None = None


def inferred(stem: str, options: Sequence[str], key: str) -> QuestionType | None:
    """The type of a row that names none, where its key can mean nothing else; None for a choice."""
    if not key or key in _LETTERS:
        return None
    if "[[1]]" in stem and not options and (is_numbered(key) or "[[2]]" not in stem):
        return "gaps"
    if len(options) > 1:
        if "đ" in key.lower() and _TRUTHS.fullmatch(key) and read_truths(key, len(options)):
            return "cluster"
        if is_linked(key) and all(sides(option) for option in options):
            return "matching"
    return None


def _cluster(row: RowParts, stem: str, key: str) -> Shape:
    parts = without_own_letters(row.items())
    truths = read_truths(key, len(parts)) if key else ()
    if truths is None:
        named = in_order(key, row.reader.from_zero)
        if named is None or any(not 0 <= place < len(parts) for place in named):
            row.find("error", "key_unreadable", "key", {"value": row.show(key)})
            truths = ()
        else:
            truths = tuple(0 if place in named else 1 for place in range(len(parts)))
    return Shape("cluster", TRUE_FALSE_OPTIONS, truths, parts)


def _short_text(row: RowParts, stem: str, key: str) -> Shape:
    answers = read_answers(key) if key else ()
    for text in row.items():
        row.not_taken("option_a", text)
    return Shape("short_text", gaps=(Gap("text", answers),) if answers else ())


def _number(row: RowParts, stem: str, key: str) -> Shape:
    for text in row.items():
        row.not_taken("option_a", text)
    answers = read_numbers(key) if key else ()
    if answers is None:
        row.find("error", "key_unreadable", "key", {"value": row.show(key)})
    return Shape("number", gaps=(Gap("number", answers),) if answers else ())


def _matching(row: RowParts, stem: str, key: str) -> Shape:
    cells = without_own_letters(row.items())
    pairs = read_pairs(cells, key)
    if pairs is None:
        broken = next((cell for cell in cells if sides(cell) is None), None)
        if broken is not None:
            row.find("error", "pair_unsplit", "option_a", {"value": row.show(broken)})
        else:
            row.find("error", "key_unreadable", "key", {"value": row.show(key)})
        return Shape("matching", parts=cells)
    return Shape("matching", pairs.targets, pairs.key, pairs.prompts)


def _ordering(row: RowParts, stem: str, key: str) -> Shape:
    options = without_own_letters(row.items())
    counted = tuple(range(len(options)))
    if not key:
        row.find("warning", "order_as_listed", "key")
        return Shape("ordering", options, counted)
    order = in_order(key, row.reader.from_zero)
    if order is None or sorted(order) != list(counted):
        row.find("error", "key_unreadable", "key", {"value": row.show(key)})
        return Shape("ordering", options, counted)
    return Shape("ordering", tuple(options[place] for place in order), counted)


def _gaps(row: RowParts, stem: str, key: str) -> Shape:
    stem = with_markers(stem)
    for text in row.items():
        row.not_taken("option_a", text)
    gaps = read_gaps(key, stem.count("[[")) if key else ()
    if gaps is None:
        row.find("error", "key_unreadable", "key", {"value": row.show(key)})
    return Shape("gaps", gaps=gaps or (), stem=stem)


def _essay(row: RowParts, stem: str, key: str) -> Shape:
    for text in [*row.items(), key]:
        if text:
            row.not_taken("key" if text == key else "option_a", text)
    return Shape("essay")


READERS: Mapping[QuestionType, Callable[[RowParts, str, str], Shape]] = {
    "cluster": _cluster,
    "short_text": _short_text,
    "number": _number,
    "matching": _matching,
    "ordering": _ordering,
    "gaps": _gaps,
    "essay": _essay,
}
