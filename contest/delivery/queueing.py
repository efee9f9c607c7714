"""Who starts now and who waits a moment: the rule of the queue before a start.

A bucket holds `burst` starts and fills at `rate` a second (the generic cell rate algorithm). Whoever
finds it empty gets a turn, an instant of their own that is held for them, so that asking again
costs no place and a turn that has come asks nothing.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

KEPT_MS = 5 * 60_000  # that a process keeps a turn which has come; a browser has it in a cookie as well
KEPT_MOST = 100_000  # turns a process keeps, the latest ones
STEP_MS = 1_000  # a clock that goes back by more was set; by less, another thread's turn came in between


@dataclass(frozen=True, slots=True)
class Turn:
    """When it was asked for and when it comes, both in ms since 1970."""

    asked_ms: int
    at_ms: int

    def wait_ms(self, now_ms: int) -> int:
        """How long until it comes; 0 from then on, also where the clock has gone back behind the asking."""
        return 0 if now_ms < self.asked_ms else max(0, self.at_ms - now_ms)


class Queue:
    """The bucket of one process of `processes`, which let in `rate` a second together.

    `burst` starts at once are never queued here. Time is given, never read; it may go back: then what
    was held moves back with it. Raises ValueError where nobody could ever come in.
    """

    def __init__(self, burst: int, rate: int, processes: int = 1) -> None:
        if min(burst, rate, processes) < 1:
            raise ValueError("a queue needs a burst, a rate and a process")
        self._per_ms = rate  # time is counted in parts of a millisecond that make every sum exact
        self._every = 1000 * processes
        self._slack = (burst - 1) * self._every
        self._full = 0  # when the bucket would be full again
        self._seen_ms = 0
        # By when they were asked for; of a plain dict the first takes ever longer to find, the more went before it.
        self._turns: OrderedDict[str, Turn] = OrderedDict()
        self._guard = threading.Lock()

    def ask(self, who: str, now_ms: int) -> Turn:
        """The turn of `who`: the one it has until `KEPT_MS` after it came, else the next one, which may be now."""
        with self._guard:
            if now_ms < self._seen_ms - STEP_MS:
                self._full += (now_ms - self._seen_ms) * self._per_ms
                self._seen_ms = now_ms
            self._seen_ms = max(self._seen_ms, now_ms)
            self._forget(now_ms)
            known = self._turns.get(who)
            if known is None:
                known = self._turns[who] = self._next(now_ms)
            return known

    def place(self, wait_ms: int) -> int:
        """How many are let in until then, oneself included: at least 1."""
        return max(1, -(-wait_ms * self._per_ms // self._every))

    def _forget(self, now_ms: int) -> None:
        """Let go of turns that came long ago, and of the oldest where there are too many."""
        while self._turns:
            oldest = next(iter(self._turns))
            if len(self._turns) < KEPT_MOST and now_ms < self._turns[oldest].at_ms + KEPT_MS:
                return
            del self._turns[oldest]

    def _next(self, now_ms: int) -> Turn:
        full = max(self._full, now_ms * self._per_ms)
        self._full = full + self._every
        return Turn(now_ms, max(now_ms, -(-(full - self._slack) // self._per_ms)))
