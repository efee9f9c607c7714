"""Who stands where: an ordered list of keys → shared ranks 1, 2, 2, 4."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# As much of a draw as a key holds: hexadecimal digits of the SHA-256.
DRAWN = 32
# Digits more that a value takes which its range does not hold: room for a quarter of a million rounds, each with the
# worst guess there can be. Most people's keys stay short, and those written before values could be `far` stay right.
FAR = 12


class BadKeys(ValueError):
    """A list of keys that can't rank anybody. `why`: "unknown", "twice" or "missing"; `name`: which."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(f"{why}: {name}")
        self.why, self.name = why, name


@dataclass(frozen=True)
class Key:
    """One criterion. `descending`: the higher value stands first.

    Values are whole numbers from `low` to `high`, both inclusive. `optional`: a row may have none, and
    stands behind all that have one. `personal`: the same for all attempts of a person. `summed`: added up over the
    rounds of a contest, however many: what is above the range is packed like its end. `far`: what is beyond the range,
    up or down, is told apart by `FAR` digits more.
    """

    name: str
    descending: bool = False
    low: int = 0
    high: int = 2**31 - 1
    optional: bool = False
    personal: bool = False
    summed: bool = False
    far: bool = False

    @property
    def digits(self) -> int:
        """How many hexadecimal digits a value within the range takes in a packed key."""
        return len(f"{self.high - self.low + self.optional:x}")

    @property
    def end(self) -> int:
        """The last place that these digits can write, but for that of a row without a value."""
        return int(16**self.digits - 1 - self.optional)

    def place(self, value: int) -> int:
        """Where a value stands, counted from the best of the range: below 0 for a better one yet. Raises ValueError
        for what no key can hold.
        """
        further = 16**FAR - 1 if self.far else 0
        place = self.high - value if self.descending else value - self.low
        least = -further if self.descending else 0
        most = (self.end if self.far else self.high - self.low) + further
        if self.summed:
            place = max(place, least) if self.descending else min(place, most)
        if not least <= place <= most:
            raise ValueError(f"{self.name} must be from {self.low} to {self.high}: {value}")
        return place


_POINTS = 2**31 - 1  # hundredths; a policy may let them fall below 0
CRITERIA: Mapping[str, Key] = MappingProxyType({key.name: key for key in (
    Key("points", descending=True, low=-_POINTS, high=_POINTS, summed=True, far=True),
    Key("correct", descending=True, high=2**16 - 1, summed=True),  # 327 rounds of 200 questions
    # Of the prediction: `predictions.distance`. Anybody may guess 999,999,999, every week.
    Key("distance", high=2**32 - 2, optional=True, summed=True, far=True),
    Key("taken_ms", high=2**36 - 1, summed=True),  # two years: the sum over many rounds
    Key("finished_at", high=2**44 - 1),  # milliseconds since 1970
    Key("entered_at", high=2**44 - 1, personal=True),  # when the person entered the contest
    Key("earlier", descending=True, low=-_POINTS, high=_POINTS, optional=True, personal=True),  # an earlier round's
    Key("draw", high=16**DRAWN - 1, personal=True),
)})


def keys(names: Iterable[str]) -> tuple[Key, ...]:
    """The criteria of these names, in their order. Raises `BadKeys` for an unknown or repeated one, or for none."""
    found: list[Key] = []
    for name in names:
        if name not in CRITERIA:
            raise BadKeys("unknown", name)
        if CRITERIA[name] in found:
            raise BadKeys("twice", name)
        found.append(CRITERIA[name])
    if not found:
        raise BadKeys("missing")
    return tuple(found)


# More points, then the shorter time, then the earlier finish.
DEFAULT = keys(["points", "taken_ms", "finished_at"])


@dataclass(frozen=True)
class Ranked:
    """A row and its rank, from 1. Rows equal in every key share the rank of the first of them."""

    rank: int
    id: str


@dataclass(frozen=True)
class Decided:
    """The first criterion in which two rows differ, and both values; None for a value not there.

    `ahead`: mine stands before the other.
    """

    criterion: str
    mine: int | None
    other: int | None
    ahead: bool


def order(row: Mapping[str, Any], by: Sequence[Key] = DEFAULT) -> tuple[tuple[bool, int], ...]:
    """A tuple that sorts rows best first. Raises ValueError where a value that must be there is not."""
    return tuple((value is None, 0 if value is None else -value if key.descending else value)
                 for key in by for value in [_value(row, key)])


def packed(row: Mapping[str, Any], by: Sequence[Key] = DEFAULT) -> str:
    """A text that sorts rows, best first, by plain comparison of its code points, as `order` does.

    Hexadecimal digits, as many for every row whose values are within their ranges; no key is the beginning of another
    by the same chain. Equal exactly where rows are equal in every key, as far as `summed` tells values apart. All
    criteria together take 91, at most 115. Raises ValueError for a value that no key can hold: no sum is one.
    """
    return "".join(_digits(_value(row, key), key) for key in by)


def _value(row: Mapping[str, Any], key: Key) -> int | None:
    value: int | None = row.get(key.name)
    if value is None and not key.optional:
        raise ValueError(f"no {key.name}")
    return value


def _digits(value: int | None, key: Key) -> str:
    """`key.digits` of them; for what is `far`, the first or the last that they can write and `FAR` more."""
    if value is None:
        return "f" * key.digits
    place = key.place(value)
    if key.far and place >= key.end:
        return f"{key.end:x}{place - key.end:0{FAR}x}"
    if key.far and key.descending and place <= 0:
        return "0" * key.digits + f"{16**FAR - 1 + place:0{FAR}x}"
    return f"{place:0{key.digits}x}"


def rank(rows: Mapping[str, Mapping[str, Any]], by: Sequence[Key] = DEFAULT) -> list[Ranked]:
    """The rows (id → values), best first, with their ranks.

    Equal rows share a rank and stand by id, which decides nothing but the line they are printed on.
    The order in which `rows` come makes no difference.
    """
    places = sorted((order(row, by), id_) for id_, row in rows.items())
    ranked: list[Ranked] = []
    for position, (values, id_) in enumerate(places, 1):
        tied = position > 1 and places[position - 2][0] == values
        ranked.append(Ranked(ranked[-1].rank if tied else position, id_))
    return ranked


def decided(mine: Mapping[str, Any], other: Mapping[str, Any], by: Sequence[Key] = DEFAULT) -> Decided | None:
    """What puts one of two rows before the other; None where they share a rank."""
    for key in by:
        one, two = order(mine, [key]), order(other, [key])
        if one != two:
            return Decided(key.name, mine.get(key.name), other.get(key.name), ahead=one < two)
    return None


def own(by: Sequence[Key]) -> tuple[Key, ...]:
    """The keys in which attempts of one person can differ."""
    return tuple(key for key in by if not key.personal)


def best(attempts: Mapping[str, Mapping[str, Any]], by: Sequence[Key] = DEFAULT) -> str | None:
    """The id of a person's best attempt; None where each one is blank.

    A blank attempt ("answered" 0) is nobody's best: its person did not take part. Attempts equal
    in every key: the smaller id. Personal keys need not be there.
    """
    candidates = {id_: row for id_, row in attempts.items() if row["answered"] > 0}
    return min(candidates, key=lambda id_: (order(candidates[id_], own(by)), id_), default=None)


def draw(seed: str, entry_id: str) -> int:
    """The lot of an entry, from a text that was published beforehand; the lower one stands first.

    The first 32 hexadecimal digits of the SHA-256 of "<seed>/<entry id>" in UTF-8: anybody can reckon it.
    """
    return int(hashlib.sha256(f"{seed}/{entry_id}".encode()).hexdigest()[:DRAWN], 16)
