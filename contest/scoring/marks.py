"""What one response is worth: rules by name, their parameters checked before a round is saved."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Mark = Callable[[frozenset[str], frozenset[str], int, Mapping[str, int]], int]

# The rule of each question type where nothing else is asked for.
DEFAULT_RULE = "all_or_nothing"
TYPES = ("single", "true_false", "multiple")


class BadRule(ValueError):
    """An unknown rule, an unknown parameter or a value out of its range; the message names it."""


@dataclass(frozen=True)
class Parameter:
    """A whole number from `low` to `high`, both inclusive."""

    default: int
    low: int
    high: int


@dataclass(frozen=True)
class Rule:
    """A rule and the parameters that an organiser may set."""

    name: str
    mark: Mark
    types: tuple[str, ...] = TYPES
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Marked:
    """One response, marked. `points` in hundredths; `correct` means the full points."""

    points: int
    correct: bool
    answered: bool


@dataclass(frozen=True)
class Marker:
    """A rule with its parameters, ready to mark."""

    rule: Rule
    values: Mapping[str, int]

    def mark(self, chosen: Collection[str], correct: Collection[str], points: int) -> Marked:
        """The mark of one response.

        `chosen` and `correct` are option tokens in any order; nothing chosen is worth 0. `points`
        is what the item is worth in hundredths, above 0. Raises ValueError for an item without a
        key: it can't be marked, and must not pass for a wrong answer.
        """
        if not correct:
            raise ValueError("an item without a right option")
        if points <= 0:
            raise ValueError("an item without points")
        if not chosen:
            return Marked(0, correct=False, answered=False)
        given, key = frozenset(chosen), frozenset(correct)
        return Marked(self.rule.mark(given, key, points, self.values), given == key, answered=True)


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` rounded to the nearest whole number, halves away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    top, bottom = abs(numerator), abs(denominator)
    return sign * ((2 * top + bottom) // (2 * bottom))


def _all_or_nothing(chosen: frozenset[str], correct: frozenset[str], points: int, values: Mapping[str, int]) -> int:
    if chosen == correct:
        return points
    return half_up(-points * values["penalty_percent"], 100)


RULES: Mapping[str, Rule] = MappingProxyType({
    "all_or_nothing": Rule(
        "all_or_nothing", _all_or_nothing,
        # What a wrong answer costs, in per cent of the item's points; none chosen costs nothing.
        parameters={"penalty_percent": Parameter(default=0, low=0, high=100)},
    ),
})


def marker(name: str = DEFAULT_RULE, parameters: Mapping[str, object] | None = None) -> Marker:
    """The rule `name` with `parameters`, missing ones at their defaults. Raises `BadRule`."""
    if name not in RULES:
        raise BadRule(f"no such rule: {name}")
    rule = RULES[name]
    values = {key: parameter.default for key, parameter in rule.parameters.items()}
    for key, value in (parameters or {}).items():
        if key not in rule.parameters:
            raise BadRule(f"{name}: no such parameter: {key}")
        limits = rule.parameters[key]
        if not isinstance(value, int) or isinstance(value, bool) or not limits.low <= value <= limits.high:
            raise BadRule(f"{name}: {key} must be a whole number from {limits.low} to {limits.high}")
        values[key] = value
    return Marker(rule, MappingProxyType(values))


@dataclass(frozen=True)
class Total:
    """A paper, marked. Points in hundredths, the rest counts of items."""

    points: int
    max_points: int
    correct: int
    answered: int
    items: int


def total(marked: Collection[Marked], worth: Collection[int]) -> Total:
    """The sum over a paper: its items' marks and what each was worth, in the same order.

    A negative sum is floored at 0. Raises ValueError where the two differ in length.
    """
    if len(marked) != len(worth):
        raise ValueError("as many marks as items")
    return Total(
        points=max(0, sum(m.points for m in marked)),
        max_points=sum(worth),
        correct=sum(m.correct for m in marked),
        answered=sum(m.answered for m in marked),
        items=len(marked),
    )
