"""What was found right a moment ago, known again by its text for a minute instead of being checked each time."""

import threading
import time
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")
SECONDS = 60.0
MOST = 8_192


class Memo(Generic[Value]):
    """Text → what it was found to be. Whose minute is over leaves when somebody comes: what is held goes by who is
    here, not by who was; no more than `MOST`, the oldest go first.
    """

    def __init__(self) -> None:
        # The oldest first; of a plain dict the first takes ever longer to find, the more went before it.
        self._known: OrderedDict[str, tuple[float, Value]] = OrderedDict()
        self._guard = threading.Lock()

    def recall(self, text: str) -> Value | None:
        """What was kept for this text within the last minute; not to be changed."""
        known = self._known.get(text)
        return known[1] if known is not None and time.monotonic() < known[0] else None

    def keep(self, text: str, value: Value) -> None:
        """Know it for a minute from now."""
        now = time.monotonic()
        with self._guard:
            while self._known:
                oldest = next(iter(self._known))
                if len(self._known) < MOST and now < self._known[oldest][0]:
                    break
                del self._known[oldest]
            self._known[text] = now + SECONDS, value
            self._known.move_to_end(text)

    def forget(self) -> None:
        """Know nothing any more."""
        with self._guard:
            self._known.clear()

    def __len__(self) -> int:
        return len(self._known)
