"""A participating unit's headcount: its own, and that of sub-units that do not take part on their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Figure:
    """A unit of the tree. `path`: the ids from the root to it, each followed by "/"."""

    unit_id: str
    path: str
    headcount: int | None
    headcount_on: date | None


@dataclass(frozen=True)
class Counted:
    """A rolled-up headcount, None where no unit below has one; `on`: the latest day among them."""

    headcount: int | None = None
    on: date | None = None

    def plus(self, figure: Figure) -> "Counted":
        if figure.headcount is None:
            return self
        days = [day for day in (self.on, figure.headcount_on) if day]
        return Counted((self.headcount or 0) + figure.headcount, max(days, default=None))


def roll_up(figures: Iterable[Figure], chosen: set[str]) -> dict[str, Counted]:
    """Chosen unit → its headcount. Each unit counts once, for the nearest chosen unit upwards."""
    found = {unit_id: Counted() for unit_id in chosen}
    for figure in figures:
        nearest = next((key for key in reversed(figure.path.split("/")) if key in found), None)
        if nearest:
            found[nearest] = found[nearest].plus(figure)
    return found
