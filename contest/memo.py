"""What was found right a moment ago, known again by its text instead of being checked each time."""

import threading
import time
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")
SECONDS = 120.0  # a contestant saves an answer, or asks for the clock, more often
MOST = 8_192


class Memo(Generic[Value]):
    """Text → what it was found to be, for two minutes from the last time that it was asked for. Whose time is over
    leaves when somebody comes: what is held goes by who is here, not by who was; no more than `MOST`, whoever has
    not come for longest goes first.
    """

    def __init__(self) -> None:
        # Who comes soonest to an end is first; of a plain dict the first takes ever longer to find, the more went
        # before it.
        self._known: OrderedDict[str, tuple[float, Value]] = OrderedDict()
        self._guard = threading.Lock()

    def recall(self, text: str) -> Value | None:
        """What was kept for this text; not to be changed."""
        now = time.monotonic()
        with self._guard:
            known = self._known.get(text)
            if known is None or now >= known[0]:
                return None
            self._put(text, known[1], now)
            return known[1]

    def keep(self, text: str, value: Value) -> None:
        """Know it from now on."""
        now = time.monotonic()
        with self._guard:
            while self._known:
                oldest = next(iter(self._known))
                if len(self._known) < MOST and now < self._known[oldest][0]:
                    break
                del self._known[oldest]
            self._put(text, value, now)

    def _put(self, text: str, value: Value, now: float) -> None:
        self._known[text] = now + SECONDS, value
        self._known.move_to_end(text)

    def forget(self) -> None:
        """Know nothing any more."""
        with self._guard:
            self._known.clear()

    def __len__(self) -> int:
        return len(self._known)
