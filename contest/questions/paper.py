"""How a paper is drawn: a pool, a blueprint and a seed give the same paper on any machine.

Every shuffle sorts by SHA-256 of "<seed>/<what for>/<value>": no generator whose algorithm may
change with the Python version, and no dependence on the order in which the pool was read.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class PoolItem:
    """A question version that a round may draw, as far as a blueprint can ask."""

    version_id: str
    bank_id: str
    topic: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class Cell:
    """One line of a blueprint: `count` questions; None asks for any bank, topic or level."""

    count: int
    bank_id: str | None = None
    topic: str | None = None
    level: str | None = None

    def takes(self, item: PoolItem) -> bool:
        return (
            self.bank_id in (None, item.bank_id)
            and self.topic in (None, item.topic)
            and self.level in (None, item.level)
        )


@dataclass(frozen=True)
class Shortage:
    """Cell `index` needs `needed` questions; `available` are left once the cells before it are served."""

    index: int
    needed: int
    available: int


def shortages(pool: Iterable[PoolItem], cells: Sequence[Cell]) -> tuple[Shortage, ...]:
    """The cells that the pool cannot serve, in the blueprint's order.

    Empty exactly where `draw` succeeds: no question is counted twice, overlapping cells included.
    """
    held = _match(sorted(_distinct(pool), key=lambda item: item.version_id), cells)
    return tuple(
        Shortage(index, cell.count, len(held[index]))
        for index, cell in enumerate(cells)
        if len(held[index]) < cell.count
    )


def draw(pool: Iterable[PoolItem], cells: Sequence[Cell], seed: str) -> tuple[str, ...]:
    """Distinct version ids, cell by cell in the blueprint's order: `sum(cell.count)` of them.

    The same for the same seed and the same pool in any order. Raises ValueError where the pool
    cannot serve all cells at once.
    """
    shuffled = _shuffled(_distinct(pool), seed, "draw", lambda item: item.version_id)
    held = _match(shuffled, cells)
    if any(len(items) < cell.count for items, cell in zip(held, cells, strict=True)):
        raise ValueError("the pool cannot serve the blueprint")
    return tuple(item.version_id for items in held for item in items)


def order(tokens: Sequence[str], fixed: Collection[str], seed: str, slot: int) -> tuple[str, ...]:
    """The tokens as they are shown in `slot`: shuffled, those in `fixed` kept at their places.

    Slot 0 is no question's: it orders the questions of a paper themselves.
    """
    moving = iter(_shuffled([t for t in tokens if t not in fixed], seed, f"slot {slot}", str))
    return tuple(token if token in fixed else next(moving) for token in tokens)


def questions(pool: Iterable[PoolItem], cells: Sequence[Cell], seed: str, *, shuffle: bool) -> tuple[str, ...]:
    """The version ids of a paper, slot by slot: drawn, then shuffled over the cells where `shuffle` says so.

    Start, preview and sample data all draw here, so that a preview is what a contestant gets.
    """
    drawn = draw(pool, cells, seed)
    return order(drawn, (), seed, 0) if shuffle else drawn


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


def _distinct(pool: Iterable[PoolItem]) -> list[PoolItem]:
    return list({item.version_id: item for item in pool}.values())


def _shuffled(values: Iterable[T], seed: str, purpose: str, name: Callable[[T], str]) -> list[T]:
    prefix = sha256(f"{seed}/{purpose}/".encode())

    def key(value: T) -> tuple[bytes, str]:
        digest = prefix.copy()
        digest.update(name(value).encode())
        return digest.digest(), name(value)

    return sorted(values, key=key)


def _match(items: Sequence[PoolItem], cells: Sequence[Cell]) -> list[list[PoolItem]]:
    """Each cell's items: served in the order of `cells`, taking `items` in their order.

    Augmenting paths (Kuhn): a cell that finds no free item takes one that another cell can
    replace, so no later cell ever costs an earlier one anything.
    """
    owner: dict[str, int] = {}
    held: list[list[PoolItem]] = [[] for _ in cells]
    untried = [filter(cell.takes, items) for cell in cells]  # an item once owned is never free again

    def give(index: int, item: PoolItem) -> None:
        owner[item.version_id] = index
        held[index].append(item)

    def serve(index: int, seen: set[int]) -> bool:
        for item in untried[index]:
            if item.version_id not in owner:
                give(index, item)
                return True
        for item in filter(cells[index].takes, items):
            other = owner[item.version_id]
            if other not in seen:
                seen.add(other)
                if serve(other, seen):
                    held[other].remove(item)
                    give(index, item)
                    return True
        return False

    for index, cell in enumerate(cells):
        for _ in range(cell.count):
            if not serve(index, {index}):
                break
    return held
