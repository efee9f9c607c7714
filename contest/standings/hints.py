"""What the record of one sitting hints at: figures for a person to weigh, never a verdict. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

QUICK = timedelta(seconds=2)  # between the first saves of two questions


@dataclass(frozen=True)
class Note:
    """One event: kind, when it arrived, the slot shown, how long it lasted in ms, a digest of the address."""

    kind: str
    at: datetime
    slot: int | None
    ms: int | None
    address: str


@dataclass(frozen=True)
class Hints:
    """`hidden_ms`, `offline_ms`: together; `quick`: questions first answered within 2 s of the one before;
    what arrived together, after a time without a line, is not told apart."""

    hidden: int
    hidden_ms: int
    offline: int
    offline_ms: int
    unsaved: int
    pasted: int
    addresses: int
    take_overs: int
    quick: int


def health(sitting: int, trouble: int, turned_away: int) -> str:
    """"good", "watch" or "bad": how many of those who sit had trouble saving in the last minutes.

    "bad" from one in ten on, but for one or two people, whose own lines may be to blame. `turned_away`: requests that
    the server had no turn or no database for: whoever could not save may not be able to tell that either.
    """
    if not trouble:
        return "watch" if turned_away else "good"
    return "bad" if trouble > 2 and trouble * 10 >= sitting else "watch"


def weigh(notes: Sequence[Note], first_saves: Iterable[datetime], generation: int) -> Hints:
    """The figures of one sitting. `first_saves`: when each question was first answered, in any order;
    `generation`: that of the attempt, 1 where no other device took over."""
    saves = sorted(first_saves)
    quick = sum(timedelta(0) < later - earlier < QUICK for earlier, later in pairwise(saves))

    def of(kind: str) -> list[Note]:
        return [note for note in notes if note.kind == kind]

    return Hints(
        hidden=len(of("hidden")), hidden_ms=sum(note.ms or 0 for note in of("hidden")),
        offline=len(of("offline")), offline_ms=sum(note.ms or 0 for note in of("offline")),
        unsaved=len(of("unsaved")), pasted=len(of("pasted")), addresses=len({note.address for note in notes}),
        take_overs=generation - 1, quick=quick)
