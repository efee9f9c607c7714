"""How often something happened in the last minutes, in this process, in memory that stays small."""

import threading
import time
from collections import deque

STEP_S, STEPS = 10, 30  # five minutes in steps of ten seconds


class Tally:
    """Counts what is noted, and forgets it after five minutes, a step of ten seconds at a time."""

    def __init__(self) -> None:
        self._steps: deque[tuple[int, int]] = deque(maxlen=STEPS + 1)  # (step, how often), the latest last
        self._guard = threading.Lock()

    def note(self) -> None:
        """It has happened once more."""
        step = int(time.monotonic()) // STEP_S
        with self._guard:
            last, count = self._steps[-1] if self._steps else (-1, 0)
            if last == step:
                self._steps[-1] = step, count + 1
            else:
                self._steps.append((step, 1))

    def forget(self) -> None:
        """Nothing has happened."""
        with self._guard:
            self._steps.clear()

    def recent(self) -> int:
        """How often it happened in the last five minutes, up to ten seconds more."""
        first = int(time.monotonic()) // STEP_S - STEPS
        with self._guard:
            return sum(count for step, count in self._steps if step >= first)
