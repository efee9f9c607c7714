"""What a unit comes to by a formula: whether it may be ranked, its sum, its rank, and the line that shows how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from contest.scoring.formulas import Formula
from contest.scoring.rounding import half_up


@dataclass(frozen=True)
class Unit:
    """One unit's counts. `people` took part, each with the best attempt; `points` and `max_points` are sums over
    these bests, in hundredths; `perfect` of them have everything right, `passed` reach the pass mark. `attempts`
    are all of theirs. Points may lie below 0 where a rule allows it. `headcount` None: not known. `entered`: the names
    of the other parts of the contest that it has entered, as organisers say. `firsts`: the first prizes that its people
    hold in the rounds, which may be more than they are.
    """

    id: str
    bloc: str
    headcount: int | None
    people: int = 0
    attempts: int = 0
    points: int = 0
    max_points: int = 0
    perfect: int = 0
    passed: int = 0
    entered: frozenset[str] = frozenset()
    firsts: int = 0


@dataclass(frozen=True)
class Line:
    """One component, worked: numerator / denominator = value (0 over a denominator of 0); `weight` per cent of it
    are `points`, on a scale of 100. A capped value is 1 where numerator / denominator is more.
    """

    component: str
    numerator: int
    denominator: int
    value: Fraction
    weight: int
    points: Fraction

    @property
    def hundredths(self) -> int:
        """`points` in hundredths, half up: to be printed; they may add up to a hundredth more or less than the sum."""
        return rounded(self.points)


@dataclass(frozen=True)
class Threshold:
    """What the unit's headcount asks for: `percent` of it, that is at least `needed` people."""

    percent: int
    needed: int


@dataclass(frozen=True)
class Ranked:
    """A unit and its rank in `group` (a bloc, or "" for all). `points` is the exact sum on a scale of 100, `lines`
    its summands in the formula's order; `ties` are what decides between equal sums, with a weight of 0.
    """

    unit_id: str
    group: str
    rank: int
    points: Fraction
    lines: tuple[Line, ...]
    ties: tuple[Line, ...]
    threshold: Threshold | None

    @property
    def hundredths(self) -> int:
        """`points` in hundredths, half up. Ranks go by the exact sum: two that print alike may have two ranks."""
        return rounded(self.points)


@dataclass(frozen=True)
class Unranked:
    """A unit that is not ranked, and why.

    `reason`: not_entered with the names of the other parts that it lacks as `parts`; no_headcount, zero_headcount,
    absent (nobody took part), no_firsts (no first prize, where nothing else has a weight), or below_threshold with
    people, headcount, percent and needed.
    """

    unit_id: str
    group: str
    reason: str
    params: Mapping[str, int | str]


@dataclass(frozen=True)
class Figures:
    """All units: ranked ones by group and rank, the others by group; equal ones by id."""

    ranked: tuple[Ranked, ...]
    unranked: tuple[Unranked, ...]


def rounded(points: Fraction) -> int:
    """Points as whole hundredths, half up."""
    return half_up(points.numerator * 100, points.denominator)


def figures(formula: Formula, units: Iterable[Unit]) -> Figures:
    """Every unit's sum and rank, or the reason why it has none. The order of `units` makes no difference.

    Raises ValueError for an id that comes twice and for counts that can't be.
    """
    groups: dict[str, list[Unit]] = {}
    unranked: list[Unranked] = []
    seen: set[str] = set()
    for unit in units:
        _check(unit, seen)
        group = unit.bloc if formula.group == "bloc" else ""
        why = _why_not(formula, unit)
        if why:
            unranked.append(Unranked(unit.id, group, *why))
        else:
            groups.setdefault(group, []).append(unit)
    return Figures(
        tuple(row for group in sorted(groups) for row in _rank(formula, group, groups[group])),
        tuple(sorted(unranked, key=lambda row: (row.group, row.unit_id))),
    )


def threshold(formula: Formula, headcount: int) -> Threshold | None:
    """What this headcount asks for; None where the formula has no thresholds."""
    for band in formula.thresholds:
        if band.below is None or headcount < band.below:
            return Threshold(band.percent, -(-headcount * band.percent // 100))
    return None


def _check(unit: Unit, seen: set[str]) -> None:
    if unit.id in seen:
        raise ValueError(f"twice: {unit.id}")
    seen.add(unit.id)
    counts = (unit.headcount or 0, unit.attempts, unit.max_points, unit.perfect, unit.passed, unit.firsts)
    if min(counts) < 0 or max(unit.perfect, unit.passed) > unit.people or unit.points > unit.max_points:
        raise ValueError(f"counts that can't be: {unit.id}")


def _why_not(formula: Formula, unit: Unit) -> tuple[str, Mapping[str, int | str]] | None:
    lacking = [name for name in formula.entered if name not in unit.entered]
    if lacking:
        return "not_entered", {"parts": "; ".join(lacking)}
    if formula.needs_headcount and not unit.headcount:
        return "no_headcount" if unit.headcount is None else "zero_headcount", {}
    if formula.only_firsts and not unit.firsts:
        return "no_firsts", {}
    if not unit.people and not formula.only_firsts:
        return "absent", {}
    asked = threshold(formula, unit.headcount or 0)
    if asked and unit.people < asked.needed:
        return "below_threshold", {"people": unit.people, "headcount": unit.headcount or 0,
                                   "percent": asked.percent, "needed": asked.needed}
    return None


def _rank(formula: Formula, group: str, units: list[Unit]) -> list[Ranked]:
    largest = {name: max(getattr(unit, name) for unit in units) for name in ("people", "attempts", "firsts")}
    rows = []
    for unit in units:
        lines = tuple(_line(formula, unit, w.component, w.percent, largest) for w in formula.weights)
        ties = tuple(_line(formula, unit, name, 0, largest) for name in formula.ties)
        points = sum((line.points for line in lines), Fraction(0))
        rows.append(([-points, *(-line.value for line in ties)], unit, points, lines, ties))
    rows.sort(key=lambda row: (row[0], row[1].id))
    found: list[Ranked] = []
    for position, (order, unit, points, lines, ties) in enumerate(rows):
        shared = position > 0 and rows[position - 1][0] == order
        asked = threshold(formula, unit.headcount or 0)
        found.append(Ranked(unit.id, group, found[-1].rank if shared else position + 1, points, lines, ties, asked))
    return found


def _line(formula: Formula, unit: Unit, component: str, weight: int, largest: Mapping[str, int]) -> Line:
    numerator, denominator = {
        "rate": (unit.people, unit.headcount or 0),
        "average": (unit.points, unit.max_points),
        "people": (unit.people, largest["people"]),
        "attempts": (unit.attempts, largest["attempts"]),
        "perfect": (unit.perfect, unit.people),
        "passed": (unit.passed, unit.people),
        "firsts": (unit.firsts, largest["firsts"]),
    }[component]
    value = Fraction(numerator, denominator) if denominator else Fraction(0)
    if formula.capped(component):
        value = min(value, Fraction(1))
    return Line(component, numerator, denominator, value, weight, value * weight)
