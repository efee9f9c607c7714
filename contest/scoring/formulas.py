"""A collective prize's formula as an organiser writes it down: read from JSON, checked, and written back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

# Of a unit: people per head, points per points possible, people and attempts per the largest of its group,
# people with everything right and at or above the pass mark per people, first prizes per the largest of its group.
COMPONENTS = ("rate", "average", "people", "attempts", "perfect", "passed", "firsts")
GROUPS = ("bloc", "overall")
PARTS_MOST = 10  # other parts of a contest
PART_MOST = 80  # characters of their names


class BadFormula(ValueError):
    """A formula that can't be read: `field` is a dotted path into the JSON, `why` a code.

    Codes: missing, unknown, not_a_list, not_an_object, not_a_name, not_whole, not_true_or_false, out_of_range, twice,
    not_rising, not_open (the last band must have no upper end), only_rate, sum_not_100.
    """

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True)
class Band:
    """Units with a headcount under `below` (None: any) that no earlier band takes: `percent` of it must take part."""

    below: int | None
    percent: int


@dataclass(frozen=True)
class Weight:
    """A component and its share of the sum in per cent. `cap`: a rate above 100 % counts as 100 %."""

    component: str
    percent: int
    cap: bool = False


@dataclass(frozen=True)
class Formula:
    """How units are told apart. Without `thresholds` every unit that took part is ranked.

    Weights come to 100. `group`: "bloc", each bloc by itself, or "overall". `ties`: the components that
    decide between equal sums, in this order; equal in all of them share a rank. `entered`: the names of the other
    parts of the contest that a unit must have entered.
    """

    weights: tuple[Weight, ...]
    thresholds: tuple[Band, ...] = ()
    group: str = "bloc"
    ties: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()

    @property
    def needs_headcount(self) -> bool:
        """True where a unit without a headcount can't be ranked."""
        return bool(self.thresholds) or "rate" in self.ties or any(w.component == "rate" for w in self.weights)

    @property
    def asks_firsts(self) -> bool:
        """True where it counts the first prizes of the rounds: only a contest as a whole can be ranked by it."""
        return "firsts" in self.ties or any(weight.component == "firsts" for weight in self.weights)

    @property
    def only_firsts(self) -> bool:
        """True where nothing but first prizes has a weight."""
        return [weight.component for weight in self.weights] == ["firsts"]

    def by(self, component: str) -> "Formula":
        """The formula of a prize that goes by this component alone: group and ties as here, nothing else is asked."""
        return replace(self, weights=(Weight(component, 100, self.capped(component)),), thresholds=(), entered=(),
                       ties=tuple(name for name in self.ties if name != component))

    def capped(self, component: str) -> bool:
        """True where the weights cap this component; it is compared so in `ties` too."""
        return any(weight.cap for weight in self.weights if weight.component == component)


def read(data: object) -> Formula:
    """The formula in `data`, plain values as JSON gives them. Raises `BadFormula`.

    {"weights": [{"component": "rate", "percent": 60, "cap": true}, {"component": "average", "percent": 40}],
     "thresholds": [{"below": 50, "percent": 30}, {"below": null, "percent": 25}],
     "group": "bloc", "ties": ["people"], "entered": ["Sáng kiến"]}; all but the weights may be left out.
    """
    whole = _object("", data, {"weights"}, {"thresholds", "group", "ties", "entered"})
    group = whole.get("group", "bloc")
    if group not in GROUPS:
        raise BadFormula("group", "unknown")
    return Formula(_weights(whole["weights"]), _bands(whole.get("thresholds", [])), group, _ties(whole.get("ties", [])),
                   _parts(whole.get("entered", [])))


def written(formula: Formula) -> dict[str, Any]:
    """Plain values that `read` takes back to the same formula."""
    return {
        "weights": [{"component": w.component, "percent": w.percent} | ({"cap": True} if w.cap else {})
                    for w in formula.weights],
        "thresholds": [{"below": band.below, "percent": band.percent} for band in formula.thresholds],
        "group": formula.group,
        "ties": list(formula.ties),
        **({"entered": list(formula.entered)} if formula.entered else {}),
    }


def _weights(data: object) -> tuple[Weight, ...]:
    found: list[Weight] = []
    for number, item in enumerate(_list("weights", data)):
        field = f"weights.{number}"
        row = _object(field, item, {"component", "percent"}, {"cap"})
        name = _component(f"{field}.component", row["component"], [weight.component for weight in found])
        cap = row.get("cap", False)
        if not isinstance(cap, bool):
            raise BadFormula(f"{field}.cap", "not_true_or_false")
        if cap and name != "rate":
            raise BadFormula(f"{field}.cap", "only_rate")
        found.append(Weight(name, _whole(f"{field}.percent", row["percent"], 1, 100), cap))
    if sum(weight.percent for weight in found) != 100:
        raise BadFormula("weights", "sum_not_100")
    return tuple(found)


def _bands(data: object) -> tuple[Band, ...]:
    found: list[Band] = []
    for number, item in enumerate(_list("thresholds", data)):
        field = f"thresholds.{number}"
        row = _object(field, item, {"below", "percent"}, set())
        below = None if row["below"] is None else _whole(f"{field}.below", row["below"], 1, 10**9)
        if found and (found[-1].below is None or (below is not None and below <= found[-1].below)):
            raise BadFormula(f"{field}.below", "not_rising")
        found.append(Band(below, _whole(f"{field}.percent", row["percent"], 0, 100)))
    if found and found[-1].below is not None:
        raise BadFormula(f"thresholds.{len(found) - 1}.below", "not_open")
    return tuple(found)


def _ties(data: object) -> tuple[str, ...]:
    found: list[str] = []
    for number, item in enumerate(_list("ties", data)):
        found.append(_component(f"ties.{number}", item, found))
    return tuple(found)


def _parts(data: object) -> tuple[str, ...]:
    found: list[str] = []
    for number, item in enumerate(_list("entered", data)):
        if not isinstance(item, str) or item != " ".join(item.split()) or not 0 < len(item) <= PART_MOST:
            raise BadFormula(f"entered.{number}", "not_a_name")
        if item in found:
            raise BadFormula(f"entered.{number}", "twice")
        found.append(item)
    if len(found) > PARTS_MOST:
        raise BadFormula("entered", "out_of_range")
    return tuple(found)


def _component(field: str, value: object, before: list[str]) -> str:
    if not isinstance(value, str) or value not in COMPONENTS:
        raise BadFormula(field, "unknown")
    if value in before:
        raise BadFormula(field, "twice")
    return value


def _whole(field: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadFormula(field, "not_whole")
    if not low <= value <= high:
        raise BadFormula(field, "out_of_range")
    return value


def _list(field: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise BadFormula(field, "not_a_list")
    return value


def _object(field: str, value: object, needed: set[str], optional: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadFormula(field, "not_an_object")
    prefix = f"{field}." if field else ""
    for name in sorted(needed - set(value)):
        raise BadFormula(prefix + name, "missing")
    for name in value:
        if name not in needed | optional:
            raise BadFormula(f"{prefix}{name}", "unknown")
    return value
