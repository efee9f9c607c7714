"""A round's rules of scoring as data: read from plain JSON, checked, written back."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from contest.scoring import ranking, rules
from contest.scoring.bands import CUTS

COUNTED = ("best", "last", "first", "mean", "most_correct")
SUMMED = ("sum", "best", "last")
SEED_MOST = 200
ROUNDS_MOST = 100
WEIGHT_MOST = 1_000
T = TypeVar("T")


class BadPolicy(ValueError):
    """What of a policy can't be.

    `field`: "bands", "marking.multiple.penalty_percent", "rounds.k"; "" for the whole. `why`: "type",
    "unknown" (no such field, name or rule for this type), "missing", "range", "twice", "order" or
    "prediction" (ranked by a guess that nobody is asked for).
    """

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True)
class Rounds:
    """How a contest's rounds add up: `counting.of_contest`.

    `k`: how many rounds count, where `how` is "best". `weights`: per cent by the round's position,
    100 where the list ends; a round of 0 % does not count at all.
    """

    how: str = "sum"
    k: int | None = None
    weights: tuple[int, ...] = ()


@dataclass(frozen=True)
class Policy:
    """How papers are marked, which attempt counts, who stands before whom.

    `marking`: question type → its rule; a type that is missing: each question's own. `floor`: a paper's
    total never falls below 0. `pass_percent`: None for no pass mark. `bands`: descending, per cent.
    `counted`: which attempt of a person counts, "best" by the `chain`. `seed`: what lots are drawn from,
    published beforehand; in NFC, without spaces at its ends or two in a row. `complete`: only papers with an
    answer to every question, and with a guess where one is asked for, are valid (`counting.valid`).
    """

    marking: Mapping[str, rules.Prepared] = field(default_factory=lambda: rules.OWN, hash=False)
    floor: bool = True
    pass_percent: int | None = None
    bands: tuple[int, ...] = CUTS
    counted: str = "best"
    chain: tuple[ranking.Key, ...] = ranking.DEFAULT
    seed: str = ""
    rounds: Rounds = Rounds()
    complete: bool = False


DEFAULT = Policy()


def read(data: Mapping[str, Any], *, predicted: bool = True) -> Policy:
    """The policy that plain JSON describes; what is missing is as in `DEFAULT`. Raises `BadPolicy`.

    `predicted`: False where nobody is asked for a guess, so that no chain can rank by it.
    """
    found = Policy(**_read("", data, _FIELDS))
    if asks(found, "draw") and not found.seed:
        raise BadPolicy("seed", "missing")
    if asks(found, "distance") and not predicted:
        raise BadPolicy("chain", "prediction")
    return found


def faults(data: Mapping[str, Any], *, predicted: bool = True) -> list[BadPolicy]:
    """All that keeps `data` from being a policy; empty exactly where `read` takes it.

    Fields are looked at one by one, in `marking` the types of questions. A field says its first fault only, but a
    criterion that is named twice hides no other fault of the chain.
    """
    pieces = [{name: piece} for name, value in data.items() for piece in _pieces(name, value)]
    found = [error for piece in pieces if (error := _fault(partial(_read, "", piece, _FIELDS)))]
    named = data["chain"] if isinstance(data.get("chain"), (list, tuple)) else ()
    if "draw" in named and not data.get("seed"):
        found.append(BadPolicy("seed", "missing"))
    if "distance" in named and not predicted:
        found.append(BadPolicy("chain", "prediction"))
    last = None if found else _fault(partial(read, data, predicted=predicted))
    return [*found, *([last] if last else [])]


def _fault(reader: Callable[[], object]) -> BadPolicy | None:
    try:
        reader()
    except BadPolicy as error:
        return error
    return None


def _pieces(name: str, value: Any) -> list[Any]:
    """What of a field can be looked at by itself."""
    if name == "marking" and isinstance(value, Mapping):
        return [{kind: rule} for kind, rule in value.items()]
    if name == "chain" and isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        once = list(dict.fromkeys(value))
        return [value, once] if len(once) < len(value) else [value]
    return [value]


def asks(policy: Policy, criterion: str) -> bool:
    """True where the chain looks at this criterion."""
    return any(key.name == criterion for key in policy.chain)


def late_seed(rules: Mapping[str, Any], board_id: str) -> str:
    """What lots are drawn from once results are known, which nobody chooses then: the text of before, else the id of
    the round or contest, which was given to it long ago.
    """
    return str(rules.get("seed") or board_id)


def chosen_late(new: Mapping[str, Any], rules: Mapping[str, Any], board_id: str) -> bool:
    """Whether `new` rules, in the place of those by which results are known, bring a text of their own to draw from.

    Also where they draw no lots yet: a later change could.
    """
    wanted = {late_seed(rules, board_id)} if "draw" in new.get("chain", ()) else {
        late_seed(rules, board_id), str(rules.get("seed") or ""), ""}
    return str(new.get("seed") or "") not in wanted


def written(policy: Policy) -> dict[str, Any]:
    """Plain JSON that `read` gives the same policy for: a dict without what is as in `DEFAULT`."""
    plain: Mapping[str, Callable[[Any], Any]] = {
        "marking": _marking_written, "rounds": _rounds_written, "bands": list,
        "chain": lambda chain: [key.name for key in chain]}
    values = {one.name: getattr(policy, one.name) for one in fields(Policy)}
    return {name: plain.get(name, lambda same: same)(value) for name, value in values.items()
            if value != getattr(DEFAULT, name)}


def _marking_written(marking: Mapping[str, rules.Prepared]) -> dict[str, Any]:
    return {kind: {"rule": one.rule.name, **{name: value for name, value in one.values.items()
                                             if value != one.rule.parameters[name].default}}
            for kind, one in sorted(marking.items())}


def _rounds_written(rounds: Rounds) -> dict[str, Any]:
    return {"how": rounds.how, **({"k": rounds.k} if rounds.k is not None else {}),
            **({"weights": list(rounds.weights)} if rounds.weights else {})}


def _read(place: str, data: object, known: Mapping[str, Callable[[str, Any], Any]]) -> dict[str, Any]:
    """Field → what its reader makes of it. Readers get the field's whole name, for the error."""
    found = {}
    for name, value in _typed(place, data, Mapping).items():
        whole = f"{place}.{name}" if place else str(name)
        if name not in known:
            raise BadPolicy(whole, "unknown")
        found[name] = known[name](whole, value)
    return found


def _typed(place: str, value: object, kind: type[T] | tuple[type[T], ...]) -> T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadPolicy(place, "type")
    return value


def _whole(low: int, high: int) -> Callable[[str, object], int]:
    def reader(place: str, value: object) -> int:
        if not low <= _typed(place, value, int) <= high:
            raise BadPolicy(place, "range")
        return _typed(place, value, int)
    return reader


def _one_of(names: tuple[str, ...]) -> Callable[[str, object], str]:
    def reader(place: str, value: object) -> str:
        if _typed(place, value, str) not in names:
            raise BadPolicy(place, "unknown")
        return str(value)
    return reader


def _list(most: int, item: Callable[[str, object], T]) -> Callable[[str, object], tuple[T, ...]]:
    def reader(place: str, value: object) -> tuple[T, ...]:
        values: Sequence[Any] = _typed(place, value, (list, tuple))
        if len(values) > most:
            raise BadPolicy(place, "range")
        return tuple(item(place, one) for one in values)
    return reader


def _boolean(place: str, value: object) -> bool:
    return _typed(place, value, bool)


def _rule(place: str, value: object) -> rules.Prepared:
    kind = place.rpartition(".")[2]
    given = _typed(place, value, Mapping)
    if "rule" not in given:
        raise BadPolicy(f"{place}.rule", "missing")
    name = _typed(f"{place}.rule", given["rule"], str)
    if not rules.fits(name, kind):
        raise BadPolicy(f"{place}.rule", "unknown")
    limits = {key: _whole(one.low, one.high) for key, one in rules.RULES[name].parameters.items()}
    return rules.prepare(name, _read(place, {key: one for key, one in given.items() if key != "rule"}, limits))


def _marking(place: str, value: object) -> Mapping[str, rules.Prepared]:
    return MappingProxyType(_read(place, value, dict.fromkeys(rules.DEFAULTS, _rule)))


def _cuts(place: str, value: object) -> tuple[int, ...]:
    cuts = _list(6, _whole(1, 99))(place, value)
    if not cuts:
        raise BadPolicy(place, "missing")
    if cuts != tuple(sorted(set(cuts), reverse=True)):
        raise BadPolicy(place, "order" if len(set(cuts)) == len(cuts) else "twice")
    return cuts


def _chain(place: str, value: object) -> tuple[ranking.Key, ...]:
    try:
        chain = ranking.keys(_list(len(ranking.CRITERIA) + 1, lambda where, one: _typed(where, one, str))(place, value))
    except ranking.BadKeys as error:
        raise BadPolicy(place, error.why) from error
    # No two lots are alike: what stands behind them never decides.
    if "draw" in [key.name for key in chain[:-1]]:
        raise BadPolicy(place, "order")
    return chain


def _seed(place: str, value: object) -> str:
    seed = " ".join(unicodedata.normalize("NFC", _typed(place, value, str)).split())
    if len(seed) > SEED_MOST or not seed.isprintable():
        raise BadPolicy(place, "range")
    return seed


def _rounds(place: str, value: object) -> Rounds:
    found = Rounds(**_read(place, value, _ROUNDS))
    if (found.k is None) is (found.how == "best"):
        raise BadPolicy(f"{place}.k", "missing" if found.k is None else "unknown")
    return found


_ROUNDS: Mapping[str, Callable[[str, Any], Any]] = {
    "how": _one_of(SUMMED), "k": _whole(1, ROUNDS_MOST), "weights": _list(ROUNDS_MOST, _whole(0, WEIGHT_MOST))}
_FIELDS: Mapping[str, Callable[[str, Any], Any]] = {
    "marking": _marking, "floor": _boolean,
    "pass_percent": lambda place, value: None if value is None else _whole(0, 100)(place, value),
    "bands": _cuts, "counted": _one_of(COUNTED), "chain": _chain, "seed": _seed, "rounds": _rounds,
    "complete": _boolean}
