"""Who stands where: an ordered list of keys → shared ranks 1, 2, 2, 4."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FIELDS = ("points", "taken_ms", "finished_at")


class BadKeys(ValueError):
    """A list of keys that can't rank anybody; the message says which."""


@dataclass(frozen=True)
class Key:
    """One criterion. `descending`: the higher value stands first."""

    name: str
    descending: bool = False


# More points, then the shorter time, then the earlier finish.
DEFAULT = (Key("points", descending=True), Key("taken_ms"), Key("finished_at"))


@dataclass(frozen=True)
class Ranked:
    """A row and its rank, from 1. Rows equal in every key share the rank of the first of them."""

    rank: int
    id: str


def keys(names: Iterable[str]) -> tuple[Key, ...]:
    """The keys written as "points desc", "taken_ms asc"… Raises `BadKeys` for an unknown or repeated one."""
    found: list[Key] = []
    for text in names:
        name, _, direction = text.partition(" ")
        if name not in FIELDS or direction not in {"", "asc", "desc"}:
            raise BadKeys(f"no such key: {text}")
        if name in {key.name for key in found}:
            raise BadKeys(f"twice: {name}")
        found.append(Key(name, direction == "desc"))
    if not found:
        raise BadKeys("at least one key")
    return tuple(found)


def order(row: Mapping[str, Any], by: Sequence[Key] = DEFAULT) -> tuple[int, ...]:
    """A tuple that sorts rows best first. Every key's value must be a whole number."""
    return tuple(-row[key.name] if key.descending else row[key.name] for key in by)


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


def best(attempts: Mapping[str, Mapping[str, Any]], by: Sequence[Key] = DEFAULT) -> str | None:
    """The id of a person's best attempt; None where each one is blank.

    A blank attempt ("answered" 0) is nobody's best: its person did not take part. Attempts equal
    in every key: the smaller id.
    """
    candidates = {id_: row for id_, row in attempts.items() if row["answered"] > 0}
    return min(candidates, key=lambda id_: (order(candidates[id_], by), id_), default=None)
