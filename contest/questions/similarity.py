"""How much alike two questions are, and how the many pairs that are not are passed over. Pure.

A question is the set of its pairs of neighbouring syllables, text by text, without diacritics and
with every number masked: the order of options doesn't count, and "trước 15/6" resembles "trước 14/9".
Two sets with Jaccard's index (common ÷ all) of `ALIKE` or more are near-duplicates. Signatures by
min-wise hashing (Broder 1997), cut into bands, find them by equality: of pairs at the threshold 95
of 100 share a band, at 0.8 all but one in a thousand, at 0.2 one in two hundred.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, shake_128
from itertools import pairwise
from typing import Literal

from contest.questions.content import Content
from contest.questions.formats.markup import plain
from contest.questions.formats.text import fold

BANDS, ROWS = 16, 5
ALIKE = 0.7
Kind = Literal["same", "near", "numbers"]
_MASK = "#"
_HASHES = struct.Struct(f">{BANDS * ROWS}I")
_BAND = struct.Struct(f">B{ROWS}I")

Shingles = frozenset[str]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a question is compared by; `numbers` are those of the stem in order, then of the options, sorted."""

    identity: str
    shingles: Shingles
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two questions resemble each other.

    `kind`: same (nothing differs but case, diacritics, punctuation and the order of options), near,
    numbers (alike but for a number or a date: most likely two questions). `percent` is 0 to 100.
    """

    kind: Kind
    percent: int


def texts(content: Content) -> list[str]:
    """The texts that a contestant reads, the stem first."""
    found = [content.stem, *(choice.text for choice in content.choices), *(part.text for part in content.parts)]
    found += [answer.text for gap in content.gaps if gap.kind == "choice" for answer in gap.answers]
    return [plain(text) for text in found] if content.markup else found


def shingles(read: Iterable[str]) -> Shingles:
    """The set of neighbouring syllables of each text; a text of one syllable is that syllable."""
    found: set[str] = set()
    for text in read:
        words = [_MASK if _counts(word) else word for word in fold(text).split()]
        found.update(map(" ".join, pairwise(words)) if len(words) > 1 else words)
    return frozenset(found)


def traits(content: Content) -> Traits:
    """What `likeness` compares."""
    read = texts(content)
    numbers = [tuple(filter(_counts, fold(text).split())) for text in read]
    ordered = [*numbers[:1], *sorted(numbers[1:])]
    return Traits(content.identity, shingles(read), tuple(number for row in ordered for number in row))


def bands(found: Shingles) -> tuple[int, ...]:
    """`BANDS` numbers of 63 bits, one a band; two questions that share any are worth comparing. () for no text."""
    if not found:
        return ()
    least = list(map(min, zip(*map(_HASHES.unpack, map(_hashes, found)), strict=True)))
    return tuple(_band(number, least[number * ROWS:(number + 1) * ROWS]) for number in range(BANDS))


def likeness(one: Traits, other: Traits) -> Likeness | None:
    """How the two resemble each other; None where they don't."""
    if one.identity == other.identity:
        return Likeness("same", 100)
    common = len(one.shingles & other.shingles)
    every = len(one.shingles) + len(other.shingles) - common
    if not every or common < ALIKE * every:
        return None
    return Likeness("near" if one.numbers == other.numbers else "numbers", common * 100 // every)


def _counts(word: str) -> bool:
    return not word.isalpha() and any(map(str.isdigit, word))


@lru_cache(maxsize=32_768)
def _hashes(shingle: str) -> bytes:
    return shake_128(shingle.encode("utf-8", "surrogatepass")).digest(_HASHES.size)


def _band(number: int, row: Sequence[int]) -> int:
    return int.from_bytes(blake2b(_BAND.pack(number, *row), digest_size=8).digest(), "big") >> 1
