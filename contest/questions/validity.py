"""Whether a document holds on a day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Standing = Literal["in_force", "not_yet", "partly_replaced", "replaced", "expired"]
GONE = ("replaced", "expired")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a document's life. `replaced` are the first days of its replacements, None unknown."""

    status: str
    issued_on: date | None = None
    in_force_from: date | None = None
    expired_on: date | None = None
    replaced: Sequence[date | None] = ()


def standing(terms: Terms, on: date) -> Standing:
    """How a document stands on a day, which begins at midnight in Vietnam.

    Where no day is known from which it was replaced or expired, it counts as gone on every day; a
    document replaced from tomorrow still holds today.
    """
    starts = terms.in_force_from or terms.issued_on
    if starts is not None and on < starts:
        return "not_yet"
    if terms.status == "expired":
        return "in_force" if terms.expired_on is not None and on < terms.expired_on else "expired"
    if terms.status in ("replaced", "partly_replaced"):
        days = [day for day in terms.replaced if day is not None]
        days += [terms.expired_on] if terms.expired_on is not None else []
        if days and on < min(days):
            return "in_force"
        return "replaced" if terms.status == "replaced" else "partly_replaced"
    return "in_force"
