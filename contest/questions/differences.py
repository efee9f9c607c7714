"""Where two texts differ, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
MAX_TOKENS = 4_000  # beyond, two texts differ as wholes: comparing words is quadratic


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text; `changed` where the other text has something else."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts in pieces; joined, the pieces of each give it back. A missing text has none."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.changed for piece in (*self.old, *self.new))


def compare(old: str, new: str) -> Pair:
    """The two texts with the words that differ marked."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    if old == new or len(left) + len(right) > MAX_TOKENS:
        differs = old != new
        return Pair(_piece(left, differs), _piece(right, differs))
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        before += _piece(left[i:j], kind != "equal")
        after += _piece(right[k:m], kind != "equal")
    return Pair(tuple(before), tuple(after))


def align(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Indices of `old` beside those of `new`: equal texts first, then the most alike; the rest alone.

    In the order of `new`, what only `old` has at the end. For rows like options: a few dozen.
    """
    left, pairs = list(range(len(old))), {}
    for mark in (1.0, 0.6, 0.0):
        for k in (k for k in range(len(new)) if k not in pairs):
            found = max(left, key=lambda i: (_ratio(old[i], new[k]), i == k), default=None)
            if found is not None and (_ratio(old[found], new[k]) >= mark if mark else found == k):
                left.remove(found)
                pairs[k] = found
    return [*((pairs.get(k), k) for k in range(len(new))), *((i, None) for i in left)]


def _ratio(one: str, other: str) -> float:
    if one == other:
        return 1.0
    left, right = set(_TOKEN.findall(one.casefold())), set(_TOKEN.findall(other.casefold()))
    return 0.99 * len(left & right) / max(1, len(left | right))


def _piece(tokens: Iterable[str], changed: bool) -> tuple[Piece, ...]:
    text = "".join(tokens)
    return (Piece(text, changed),) if text else ()
