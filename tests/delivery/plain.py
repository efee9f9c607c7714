"""A sitting as a few lines of Python say it: what the database has to agree with. Instants in ms from the start."""

from collections.abc import Iterable
from dataclasses import dataclass, field

LIMIT = 1_200_000
SLOTS = (1, 2, 3, 4)


class Refused(Exception):
    """With the code."""


@dataclass(frozen=True)
class Row:
    option: int | None  # None: cleared
    at: int
    nonce: str | None = None


@dataclass
class Plain:
    """One attempt from its start on. Rows: slot → (generation, seq) → what was saved."""

    grace: int
    state: str = "open"
    finished: int | None = None
    generation: int = 1
    owner: str = "phone"
    rows: dict[int, dict[tuple[int, int], Row]] = field(default_factory=lambda: {slot: {} for slot in SLOTS})

    def save(self, device: str, generation: int, answers: Iterable[tuple[int, int, int | None]],
             at: int) -> dict[tuple[int, int], str]:
        """(slot, seq) → "saved", "stale" or why it was refused."""
        self._let_in(device, at)
        if generation > self.generation:
            raise Refused("malformed")
        sent: dict[tuple[int, int], set[int | None]] = {}
        for slot, seq, option in answers:
            sent.setdefault((slot, seq), set()).add(option)
        told = {}
        for (slot, seq), options in sent.items():
            if slot not in SLOTS:
                told[slot, seq] = "unknown_slot"
            elif len(options) > 1 or self.rows[slot].get((generation, seq), Row(*options, at)).option not in options:
                told[slot, seq] = "conflict"
            else:
                self.rows[slot].setdefault((generation, seq), Row(*options, at))
        for slot, seq in sent.keys() - told.keys():
            told[slot, seq] = "saved" if (generation, seq) == max(self.rows[slot]) else "stale"
        return told

    def form(self, device: str, slot: int, option: int | None, nonce: str, at: int) -> dict[tuple[int, int], str]:
        """As `save`; the number is given here."""
        self._let_in(device, at)
        rows = self.rows[slot]
        newest = max(rows, default=None)
        sent_before = [key for key, row in rows.items() if (row.nonce, row.option) == (nonce, option)]
        for key in sent_before:
            if key == newest or any(rows[later].nonce != nonce for later in rows if later > key):
                latest = rows[newest]
                return {(slot, newest[1]): "saved" if (latest.nonce, latest.option) == (nonce, option) else "stale"}
        seq = 1 + max((seq for generation, seq in rows if generation == self.generation), default=0)
        rows[self.generation, seq] = Row(option, at, nonce)
        return {(slot, seq): "saved"}

    def take_over(self, device: str, at: int) -> int:
        if self.state != "open" or at >= LIMIT:
            raise Refused("closed")
        self.generation, self.owner = self.generation + 1, device
        return self.generation

    def submit(self, at: int) -> int:
        """The instant of the submission that counts."""
        if self.state != "submitted":
            if at >= LIMIT:
                raise Refused("closed")
            self.state, self.finished = "submitted", at
        return self.finished

    def sweep(self, at: int) -> int:
        if self.state != "open" or at < LIMIT:
            return 0
        self.state, self.finished = "expired", LIMIT
        return 1

    def counted(self) -> dict[int, tuple[int, int | None]]:
        """slot → (seq, option) of the newest answer that was there in time."""
        last = self.finished if self.state == "submitted" else LIMIT + self.grace - 1
        found = {}
        for slot, rows in self.rows.items():
            in_time = [key for key, row in rows.items() if row.at <= last]
            if in_time:
                newest = max(in_time)
                found[slot] = newest[1], rows[newest].option
        return found

    def _let_in(self, device: str, at: int) -> None:
        if at >= LIMIT + self.grace or (self.state == "submitted" and at >= self.finished):
            raise Refused("closed")
        if device != self.owner:
            raise Refused("other_device")
