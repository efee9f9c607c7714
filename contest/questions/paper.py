"""How a paper is drawn: a pool, a blueprint, a seed and what the person has seen give the same paper on any machine.

Chance is SHA-256 of "<seed>/<what for>/<number or value>": no generator whose algorithm may change with
the Python version, and no dependence on the order in which the pool was read.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from typing import TypeVar

from contest.questions.flows import Flow

T = TypeVar("T")

RULE = 2  # which rule draws; frozen with a round, since a paper can be recomputed only by its own rule

# The shape of each question type's answer: "one" or "many" options, "pairs" of part and value, a text.
SHAPE_OF = {
    "single": "one", "true_false": "one", "multiple": "many", "cluster": "pairs", "matching": "pairs",
    "ordering": "pairs", "gaps": "pairs", "short_text": "text", "number": "text", "essay": "essay",
}


@dataclass(frozen=True, slots=True)
class PoolItem:
    """A question version that a round may draw, as far as a blueprint can ask.

    Of the items of one `group` a paper has at most one. `used`: in how many finished sittings the
    question has been, in any version, up to the round's publication. `documents` are those it cites.
    """

    version_id: str
    bank_id: str
    topic: str | None = None
    level: str | None = None
    type: str | None = None
    documents: frozenset[str] = frozenset()
    group: str | None = None
    used: int = 0
    question_id: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a blueprint: `count` questions; None asks for any bank, topic, level, type or document."""

    count: int
    bank_id: str | None = None
    topic: str | None = None
    level: str | None = None
    type: str | None = None
    document_id: str | None = None

    def takes(self, item: PoolItem) -> bool:
        return (
            self.bank_id in (None, item.bank_id)
            and self.topic in (None, item.topic)
            and self.level in (None, item.level)
            and self.type in (None, item.type)
            and (self.document_id is None or self.document_id in item.documents)
        )


@dataclass(frozen=True)
class Shortage:
    """Cell `index` needs `needed` questions; `available` are left once the cells before it are served."""

    index: int
    needed: int
    available: int


Unit = tuple[PoolItem, ...]  # a question by itself, or all those that exclude each other


class Plan:
    """A pool and a blueprint, ready to be drawn from: what is the same for all papers is done here, once.

    Questions that exclude each other are one unit: it fills one cell, with one of them that the cell
    takes. Units of the same cells are one class.
    """

    def __init__(self, pool: Iterable[PoolItem], cells: Sequence[Cell]) -> None:
        self.cells = tuple(cells)
        self._counts = [cell.count for cell in cells]
        found: dict[tuple[int, ...], dict[int, list[Unit]]] = {}
        for unit, taking in _units(pool, self.cells):
            found.setdefault(taking, {}).setdefault(_band(unit), []).append(unit)
        self._takers = sorted(found)
        self._units = [sum(map(len, found[taking].values())) for taking in self._takers]
        bands = sorted({band for levels in found.values() for band in levels})
        self._bands = [{k: found[taking][band] for k, taking in enumerate(self._takers) if band in found[taking]}
                       for band in bands]

    def shortages(self) -> tuple[Shortage, ...]:
        """The cells that the pool cannot serve, in the blueprint's order: empty exactly where `draw` succeeds."""
        flow = Flow(self._takers, len(self.cells))
        short = []
        for index, cell in enumerate(self.cells):
            while flow.size(index) < cell.count and flow.serve(index, self._units):
                pass
            if flow.size(index) < cell.count:
                short.append(Shortage(index, cell.count, flow.size(index)))
        return tuple(short)

    def draw(self, seed: str, seen: Collection[str] = ()) -> tuple[str, ...]:
        """Distinct version ids, cell by cell in the blueprint's order: `sum(cell.count)` of them.

        First what the person has not seen (`seen`: question ids; who has seen one of a group has seen
        them all), then what was used least, by the steps of `_band`, then by chance. No paper of this
        blueprint has fewer units seen before, and among those none has fewer of the steps above any.
        Raises ValueError where the pool cannot serve all cells at once.
        """
        flow = Flow(self._takers, len(self.cells))
        picked: list[list[tuple[int, Unit]]] = [[] for _ in self._takers]
        wanted, taken = sum(self._counts), 0
        blocked: set[int] = set()
        for k, unit in self._candidates(seed, frozenset(seen), blocked):
            stuck = flow.place(k, self._counts)
            blocked |= stuck
            if not stuck:
                picked[k].append((taken, unit))
                taken += 1
            if taken == wanted:
                break
        if taken < wanted:
            raise ValueError("the pool cannot serve the blueprint")
        return self._told(flow, picked, seed, seen)

    def questions(self, seed: str, seen: Collection[str] = (), *, shuffle: bool) -> tuple[str, ...]:
        """The version ids of a paper, slot by slot: drawn, then shuffled over the cells where `shuffle` says so.

        Start, preview, print and sample data all draw here, so that a preview is what a contestant gets.
        """
        drawn = self.draw(seed, seen)
        return order(drawn, (), seed, 0) if shuffle else drawn

    def _candidates(self, seed: str, seen: frozenset[str], blocked: set[int]) -> Iterator[tuple[int, Unit]]:
        """Units with their classes in the order they are tried; classes that get `blocked` meanwhile are left out."""
        chance = _chance(seed)
        later: list[tuple[int, Unit]] = []
        for rows in self._bands:
            rest = {k: _Bag(units) for k, units in rows.items() if k not in blocked}
            while rest:
                k, unit = _take(rest, next(chance) % sum(bag.size for bag in rest.values()))
                if seen and any(item.question_id in seen for item in unit):
                    later.append((k, unit))
                else:
                    yield k, unit
                rest = {k: bag for k, bag in rest.items() if bag.size and k not in blocked}
        again = _shuffled(later, seed, "again", lambda one: one[1][0].version_id)
        yield from ((k, unit) for k, unit in sorted(again, key=lambda one: _band(one[1])) if k not in blocked)

    def _told(self, flow: Flow, picked: Sequence[Sequence[tuple[int, Unit]]], seed: str,
              seen: Collection[str]) -> tuple[str, ...]:
        """The version ids of the units that were picked, as the flow lays them into the cells."""
        left = [iter(units) for units in picked]
        drawn: list[str] = []
        for index, cell in enumerate(self.cells):
            held = [next(left[k]) for k, count in flow.held(index).items() for _ in range(count)]
            for _, unit in sorted(held, key=lambda one: one[0]):
                fitting = [item for item in unit if cell.takes(item)]
                ordered = _shuffled(fitting, seed, "member", _version) if len(fitting) > 1 else fitting
                drawn.append(min(ordered, key=lambda item: (item.question_id in seen, _step(item.used))).version_id)
        return tuple(drawn)


def shortages(counted: Iterable[tuple[PoolItem, int]], cells: Sequence[Cell]) -> tuple[Shortage, ...]:
    """As `Plan.shortages`, of a pool in which each item stands for so many that differ only in their ids.

    Items of a group stand for themselves alone.
    """
    pool = [item if item.group else replace(item, version_id=f"{item.version_id}.{n}")
            for item, count in counted for n in range(min(count, sum(cell.count for cell in cells)))]
    return Plan(pool, cells).shortages()


def order(tokens: Sequence[str], fixed: Collection[str], seed: str, slot: int) -> tuple[str, ...]:
    """The tokens as they are shown in `slot`: shuffled, those in `fixed` kept at their places.

    Slot 0 is no question's: it orders the questions of a paper themselves.
    """
    if not fixed:
        return tuple(_shuffled(tokens, seed, f"slot {slot}", str))
    moving = iter(_shuffled([t for t in tokens if t not in fixed], seed, f"slot {slot}", str))
    return tuple(token if token in fixed else next(moving) for token in tokens)


def options(tokens: Sequence[str], fixed: Collection[str], seed: str, slot: int, *, shuffle: bool) -> tuple[str, ...]:
    """The option tokens of one slot as they are shown."""
    return order(tokens, fixed, seed, slot) if shuffle else tuple(tokens)


def layout(kind: str, tokens: Sequence[str], fixed: Collection[str], parts: Sequence[str], seed: str, slot: int, *,
           shuffle: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The option tokens and the part tokens of one slot as they are shown, for any type of question.

    The targets of a matching and the items of an ordering are shuffled always: their order is the
    question. Đúng and Sai, statements, prompts and gaps stay as they stand; `shuffle` is of the rest.
    """
    if kind == "ordering":
        return places(len(parts)), order(parts, (), seed, slot)
    shown = options(tokens, fixed, seed, slot, shuffle=kind == "matching" or (shuffle and kind != "cluster"))
    return shown, tuple(parts)


def places(count: int) -> tuple[str, ...]:
    """What each item of an ordering is put to: "1", "2", …"""
    return tuple(str(place) for place in range(1, count + 1))


def _units(pool: Iterable[PoolItem], cells: Sequence[Cell]) -> Iterator[tuple[Unit, tuple[int, ...]]]:
    """Every unit that some cell takes, with those cells; the same for a pool in any order."""
    known: dict[tuple[object, ...], tuple[int, ...]] = {}
    groups: dict[str, list[PoolItem]] = {}
    for item in sorted({item.version_id: item for item in pool}.values(), key=_version):
        if item.group:
            groups.setdefault(item.group, []).append(item)
        elif taking := _taking(item, cells, known):
            yield (item,), taking
    for name in sorted(groups):
        members = groups[name]
        if taking := tuple(sorted({index for item in members for index in _taking(item, cells, known)})):
            yield tuple(members), taking


def _taking(item: PoolItem, cells: Sequence[Cell], known: dict[tuple[object, ...], tuple[int, ...]]) -> tuple[int, ...]:
    kind = (item.bank_id, item.topic, item.level, item.type, item.documents)
    if kind not in known:
        known[kind] = tuple(index for index, cell in enumerate(cells) if cell.count and cell.takes(item))
    return known[kind]


def _step(used: int) -> int:
    """0 for a question never used, 1 for once, 2 for two or three times, 3 up to 7, and so on.

    By doublings: were 207 sittings more than 206, everybody would get the same few questions.
    """
    return used.bit_length()


def _band(unit: Unit) -> int:
    return _step(sum(item.used for item in unit))


def _version(item: PoolItem) -> str:
    return item.version_id


class _Bag:
    """Units to be taken out one by one by number, as if they were shuffled; the sequence itself stays."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units
        self._moved: dict[int, int] = {}
        self.size = len(units)

    def take(self, number: int) -> Unit:
        """The unit of this number, 0 <= number < size; the last one takes its place."""
        self.size -= 1
        taken = self._moved.get(number, number)
        self._moved[number] = self._moved.get(self.size, self.size)
        return self._units[taken]


def _take(bags: Mapping[int, _Bag], number: int) -> tuple[int, Unit]:
    """The unit of this number over all bags, taken out, and the class whose bag it was in."""
    for k, bag in bags.items():
        if number < bag.size:
            return k, bag.take(number)
        number -= bag.size
    raise IndexError


def _chance(seed: str) -> Iterator[int]:
    prefix = sha256(f"{seed}/draw/".encode())
    for number in count():
        digest = prefix.copy()
        digest.update(str(number).encode())
        yield int.from_bytes(digest.digest(), "big")


def _shuffled(values: Iterable[T], seed: str, purpose: str, name: Callable[[T], str]) -> list[T]:
    prefix = sha256(f"{seed}/{purpose}/".encode())
    keyed = []
    for place, value in enumerate(values):
        named, digest = name(value), prefix.copy()
        digest.update(named.encode())
        keyed.append((digest.digest(), named, place, value))
    keyed.sort()
    return [value for *_key, value in keyed]
