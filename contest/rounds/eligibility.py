"""May this person sit this round now? And what state does a round show?"""

from datetime import datetime
from typing import Any


def state_of(state: str, opens_at: datetime, closes_at: datetime,
             results_published_at: datetime | None, now: datetime) -> str:
    """"draft", "cancelled", "upcoming", "open", "closed" or "published" (its results are).

    `state` is the stored one: "draft", "published" (the rules are) or "cancelled". The window is
    half-open: open at `opens_at`, closed at `closes_at`. A round that is still open is "open"
    whatever has been published.
    """
    if state in ("draft", "cancelled"):
        return state
    if now < opens_at:
        return "upcoming"
    if now < closes_at:
        return "open"
    return "published" if results_published_at is not None and results_published_at <= now else "closed"


def refusal(*, state: str, opens_at: datetime, closes_at: datetime, round_audience: str,
            person_audience: str, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Why this person may not start an attempt now, as a code and its parameters; None: they may.

    `state` is the stored state of the round; `round_audience` "official", "citizen" or "all". The
    attempts already used are not asked here: they are counted where an attempt is numbered.
    """
    shown = state_of(state, opens_at, closes_at, None, now)
    if shown == "draft":
        return "not_found", {}
    if shown == "cancelled":
        return "round_cancelled", {}
    if round_audience not in ("all", person_audience):
        return f"{round_audience}s_only", {}
    if shown == "upcoming":
        return "round_not_open", {"at": opens_at}
    if shown == "closed":
        return "round_closed", {"at": closes_at}
    return None
