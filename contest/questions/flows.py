"""Which of many alike things fill which cells: a matching counted by class instead of one by one. Pure.

A class is a number of units that the same cells take. `Flow` keeps how many units of each class lie
in each cell and moves them along augmenting paths, so that what was placed once stays placed.
"""

from collections.abc import Sequence


class Flow:
    """Units of classes 0, 1, … in cells 0, 1, …; `takers[k]` are the cells that take class k, ascending."""

    def __init__(self, takers: Sequence[Sequence[int]], cells: int) -> None:
        self._takers = takers
        self._classes: list[list[int]] = [[] for _ in range(cells)]
        for k, taking in enumerate(takers):
            for cell in taking:
                self._classes[cell].append(k)
        self._held: list[dict[int, int]] = [{} for _ in range(cells)]  # cell → class → units

    def held(self, cell: int) -> dict[int, int]:
        """How many units of each class lie in the cell."""
        return {k: count for k, count in self._held[cell].items() if count}

    def size(self, cell: int) -> int:
        """How many units lie in the cell."""
        return sum(self._held[cell].values())

    def place(self, k: int, counts: Sequence[int]) -> set[int]:
        """Put one more unit of class k into a cell that holds less than its count, moving others where needed.

        Returns the empty set where that was possible. Else the classes, k among them, of which no unit
        can be placed any more, whatever else will be.
        """
        came: dict[int, tuple[int, int | None]] = {}  # cell → the class that would come in, and from which cell
        blocked = {k}
        queue: list[tuple[int, int | None]] = [(k, None)]
        for moved, origin in queue:
            for cell in self._takers[moved]:
                if cell in came:
                    continue
                came[cell] = (moved, origin)
                if self.size(cell) < counts[cell]:
                    self._shift(cell, came)
                    return set()
                for other in sorted(self.held(cell)):
                    if other not in blocked:
                        blocked.add(other)
                        queue.append((other, cell))
        return blocked

    def serve(self, cell: int, units: Sequence[int]) -> bool:
        """Put one more unit into the cell, taking none from another that is not replaced; False where none is left.

        `units[k]` is how many there are of class k.
        """
        used = [0] * len(units)
        for held in self._held:
            for k, count in held.items():
                used[k] += count
        gives: dict[int, tuple[int, int] | None] = {cell: None}  # cell → what it gives away, and to which cell
        seen: set[int] = set()
        queue = [cell]
        for wanting in queue:
            for k in self._classes[wanting]:
                if k in seen:
                    continue
                seen.add(k)
                if used[k] < units[k]:
                    self._hand_on(wanting, k, gives)
                    return True
                for other in self._takers[k]:
                    if other not in gives and self._held[other].get(k):
                        gives[other] = (k, wanting)
                        queue.append(other)
        return False

    def _shift(self, cell: int, came: dict[int, tuple[int, int | None]]) -> None:
        to: int | None = cell
        while to is not None:
            k, origin = came[to]
            self._held[to][k] = self._held[to].get(k, 0) + 1
            if origin is not None:
                self._held[origin][k] -= 1
            to = origin

    def _hand_on(self, cell: int, k: int, gives: dict[int, tuple[int, int] | None]) -> None:
        self._held[cell][k] = self._held[cell].get(k, 0) + 1
        while (given := gives[cell]) is not None:
            moved, to = given
            self._held[cell][moved] -= 1
            self._held[to][moved] = self._held[to].get(moved, 0) + 1
            cell = to
