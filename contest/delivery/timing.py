"""When a sitting ends, and which saved answers count: functions of stored instants alone.

The order in which requests were processed changes nothing here. `save.py` says the same in SQL.
"""

from datetime import datetime, timedelta

MILLISECOND = timedelta(milliseconds=1)
# A save is stamped on arrival and may wait 15 s for its turn to write. After this long nothing
# that was stamped in time can still be uncommitted, and the score is final.
SETTLE = timedelta(seconds=30)


def time_limit(started_at: datetime, duration_ms: int, granted_ms: int = 0) -> datetime:
    """The end of a sitting's own time: its start, the round's duration, and the extra time granted."""
    return started_at + (duration_ms + granted_ms) * MILLISECOND


def deadline(time_limit_at: datetime, closes_at: datetime) -> datetime:
    """The instant at which an attempt is over; no longer part of it."""
    return min(time_limit_at, closes_at)


def is_open(now: datetime, deadline: datetime, finished_at: datetime | None) -> bool:
    """True before the deadline while the attempt is not finished; False at exactly the deadline."""
    return now < deadline and (finished_at is None or now < finished_at)


def as_of(now: datetime, state: str, finished_at: datetime | None, deadline: datetime, *,
          cancelled: bool) -> tuple[str, datetime | None]:
    """(state, end) of an attempt that is stored so, whatever has been swept; `cancelled`: its round was called off."""
    if state != "open":
        return state, finished_at
    if cancelled:
        return "void", finished_at
    return ("expired", deadline) if now >= deadline else ("open", None)


def remaining_ms(now: datetime, deadline: datetime, finished_at: datetime | None = None) -> int:
    """Milliseconds left, 0 from the deadline or the finish on."""
    return (deadline - now) // MILLISECOND if is_open(now, deadline, finished_at) else 0


def taken_ms(started_at: datetime, finished_at: datetime, paused_ms: int) -> int:
    """How long a sitting took: from its start to its end, without the time between an end and a reopening.

    Never negative, whatever a clock that was set back in between told.
    """
    return max(0, (finished_at - started_at) // MILLISECOND - paused_ms)


def accepts(now: datetime, deadline: datetime, finished_at: datetime | None, grace_ms: int) -> bool:
    """May a request that arrives now still save?

    Until the deadline plus the grace of the round (for transport), and not at or after a submission. An
    attempt whose `finished_at` is its deadline was closed by time: its grace runs on.
    """
    submitted_at = finished_at if finished_at is not None and finished_at < deadline else None
    return now < deadline + grace_ms * MILLISECOND and (submitted_at is None or now < submitted_at)


def counts(received_at: datetime, deadline: datetime, finished_at: datetime | None, grace_ms: int) -> bool:
    """Does a saved answer that arrived at `received_at` count?

    Where it was accepted, and also in the very millisecond of the submission: it was acknowledged
    before that, since afterwards `accepts` turns it down.
    """
    return accepts(received_at, deadline, finished_at, grace_ms) or (
        received_at == finished_at and received_at < deadline
    )
