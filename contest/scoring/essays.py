"""What an essay is worth: a rubric, two independent marks, a third where they are too far apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from contest.scoring.rounding import half_up

THIRD_RULES = ("third", "closest", "mean")
GAP_KINDS = ("percent", "points")
MOST_CRITERIA = 12


@dataclass(frozen=True)
class Criterion:
    """A line of a rubric. `most` in hundredths of a point; `step`, too: marks are multiples of it, None for any."""

    id: str
    name: str
    most: int
    description: str = ""
    step: int | None = None

    @property
    def steps(self) -> tuple[int, ...]:
        """Every mark that its step allows, 0 first; none where there is no step."""
        return tuple(range(0, self.most + 1, self.step)) if self.step else ()


@dataclass(frozen=True)
class Terms:
    """How two marks of an essay become one.

    They may differ by `gap` at most: whole per cent of the question's points, or hundredths of a point
    ("points"). `third`: a third mark "third" decides alone; "closest": the mean of the two closest, of
    all three where both pairs are as close; "mean": the mean of all three.
    """

    gap: int = 15
    gap_kind: str = "percent"
    third: str = "mean"


def rubric_faults(criteria: Sequence[Criterion], points: int) -> list[tuple[int | None, str]]:
    """What is wrong with a rubric for a question of `points`: (index of the criterion or None for all, code).

    Codes: criteria_count, criterion_name, criterion_most, criterion_step, criteria_sum.
    """
    found: list[tuple[int | None, str]] = []
    if not 1 <= len(criteria) <= MOST_CRITERIA or len({one.id for one in criteria}) != len(criteria):
        found.append((None, "criteria_count"))
    for index, one in enumerate(criteria):
        if not one.name.strip():
            found.append((index, "criterion_name"))
        if one.most <= 0:
            found.append((index, "criterion_most"))
        elif one.step is not None and (one.step <= 0 or one.most % one.step):
            found.append((index, "criterion_step"))
    if not found and sum(one.most for one in criteria) != points:
        found.append((None, "criteria_sum"))
    return found


def mark_faults(criteria: Sequence[Criterion], given: Mapping[str, int | None]) -> dict[str, str]:
    """Criterion → what keeps its mark from being final: missing, outside (0 … most), off_step. {} where all is well."""
    found = {}
    for one in criteria:
        mark = given.get(one.id)
        if mark is None:
            found[one.id] = "missing"
        elif not 0 <= mark <= one.most:
            found[one.id] = "outside"
        elif one.step and mark % one.step:
            found[one.id] = "off_step"
    return found


def apart(first: int, second: int, points: int, terms: Terms) -> bool:
    """True where two marks of a question of `points` differ by more than the terms allow. All in hundredths."""
    limit, scale = (terms.gap * points, 100) if terms.gap_kind == "percent" else (terms.gap, 1)
    return abs(first - second) * scale > limit


def final_mark(first: int | None, second: int | None, third: int | None, points: int, terms: Terms) -> int | None:
    """The mark that stands, in hundredths, halves up; None while one is missing.

    A third counts only where the first two are too far apart.
    """
    if first is None or second is None:
        return None
    if not apart(first, second, points, terms):
        return half_up(first + second, 2)
    if third is None:
        return None
    if terms.third == "third":
        return third
    return half_up(first + second + third, 3) if terms.third == "mean" else _closest(first, second, third)


def _closest(*marks: int) -> int:
    pairs = sorted(combinations(marks, 2), key=_distance)
    if _distance(pairs[0]) == _distance(pairs[1]):
        return half_up(sum(marks), 3)
    return half_up(sum(pairs[0]), 2)


def _distance(pair: tuple[int, int]) -> int:
    return abs(pair[0] - pair[1])
