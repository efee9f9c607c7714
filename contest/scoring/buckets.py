"""Packed keys by the thousand, so that a few counts tell a rank among a million."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby

SIZE = 1_000


def fences(keys: Iterable[str], size: int = SIZE) -> list[str]:
    """Where buckets of these keys begin: ascending, the first at "", each as short as it can be.

    `keys` ascend; a key stands as often as there are rows. A bucket holds at most `size` rows, or
    those of one key alone, and two neighbours hold more than `size`: so there are at most
    2 × rows / `size` + 1, whatever the chain is and however the keys lie. The fences of one bucket's
    keys, but for the first, split it. Raises ValueError for keys that don't ascend.
    """
    found, held, last = [""], 0, ""
    for key, alike in groupby(keys):
        if key < last:
            raise ValueError("the keys must ascend")
        count = sum(1 for _ in alike)
        if held and held + count > size:
            found.append(_shortest(last, key))
            held = 0
        held, last = held + count, key
    return found


def bucket(key: str, beginnings: Sequence[str]) -> str:
    """The bucket of a key by its beginning: the greatest fence that is not above the key.

    A rank is 1 + the counts of all buckets before + the rows of this bucket whose key is lower.
    """
    return beginnings[bisect_right(beginnings, key) - 1]


def _shortest(before: str, key: str) -> str:
    """The shortest beginning of `key` that stands above `before`."""
    same = next((n for n, (a, b) in enumerate(zip(before, key, strict=False)) if a != b), len(before))
    return key[:same + 1]
