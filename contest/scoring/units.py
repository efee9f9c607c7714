"""What a unit came to: people, headcount, rate, average; blocs and the whole."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TypeVar

from contest.scoring.rounding import half_up

T = TypeVar("T")


@dataclass(frozen=True)
class Tally:
    """Counts of one unit, or of several added up. Nothing in it is ever rounded.

    `people` took part (a finished attempt with an answer); `attempts` are theirs, `blank` the
    finished ones without an answer. `points` is the sum over the people's best, in hundredths.
    `headcount` None: not known. `counted` are the people behind a known headcount: where some
    units have none, the rate must not set their people against the others' headcount. `invalid` of the
    people have no valid paper: they took part, and have no points.
    """

    headcount: int | None = None
    people: int = 0
    attempts: int = 0
    blank: int = 0
    points: int = 0
    counted: int = 0
    invalid: int = 0


def tally(headcount: int | None, people: int = 0, attempts: int = 0, blank: int = 0, points: int = 0,
          invalid: int = 0) -> Tally:
    """The tally of one unit."""
    return Tally(headcount, people, attempts, blank, points, people if headcount is not None else 0, invalid)


def add(one: Tally, other: Tally) -> Tally:
    """Both together; a headcount that is not known adds nothing to one that is."""
    known = [t.headcount for t in (one, other) if t.headcount is not None]
    return Tally(sum(known) if known else None, one.people + other.people, one.attempts + other.attempts,
                 one.blank + other.blank, one.points + other.points, one.counted + other.counted,
                 one.invalid + other.invalid)


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return reduce(add, tallies, Tally())


def roll_up(rows: Iterable[tuple[T, Tally]]) -> dict[T, Tally]:
    """Totals by bloc (or whatever the first item names), in the order of first appearance."""
    found: dict[T, Tally] = {}
    for name, one in rows:
        found[name] = add(found[name], one) if name in found else one
    return found


def rate(one: Tally) -> Fraction | None:
    """People per head, exact and never capped; None without a headcount or with one of 0."""
    return Fraction(one.counted, one.headcount) if one.headcount else None


def reaches(one: Tally, target_percent: int) -> bool:
    """True where at least `target_percent` of the headcount took part. No headcount: False."""
    return bool(one.headcount) and one.counted * 100 >= (one.headcount or 0) * target_percent


def average(one: Tally) -> int | None:
    """Average points of the people's best, hundredths rounded half up; None without people who have a valid paper."""
    valid = one.people - one.invalid
    return half_up(one.points, valid) if valid else None


def where(rows: Iterable[T], tally_of: Callable[[T], Tally], test: Callable[[Tally], bool]) -> list[T]:
    """The rows whose tally passes `test`, in their order."""
    return [row for row in rows if test(tally_of(row))]


def complete(one: Tally) -> bool:
    """At 100 % or above."""
    return reaches(one, 100)


def absent(one: Tally) -> bool:
    """Nobody took part."""
    return one.people == 0
