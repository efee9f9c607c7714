"""What the page of a sitting tells about itself, and where it went on: hints for a person, kept 30 days.

They are of no consequence by themselves.

Nothing here is read on the way of an answer, a score or a rank.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, insert, select

from contest.columns import new_id
from contest.delivery.models import Attempt
from contest.delivery.record_models import SittingEvent
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import SignIn

KEPT = timedelta(days=30)
MOST = 300  # of one attempt; a page gone wild fills no table
LONGEST_MS = 86_400_000


@dataclass(frozen=True)
class Told:
    """One event: its kind (`record_models.EVENTS`), the slot that was shown, how long it lasted in ms."""

    kind: str
    slot: int | None = None
    ms: int | None = None


def note(attempt_id: str, sign_in_id: str, told: Sequence[Told], address: str, now: datetime) -> int:
    """Put events on record, as of their arrival; how many were kept, at most 300 an attempt.

    `address` is a digest of the connection's (`address_digest`). Raises 401 `sign_in_required`, `Missing`
    for another's attempt.
    """
    row = db.session.execute(
        select(Attempt.id, select(func.count()).where(SittingEvent.attempt_id == attempt_id).scalar_subquery())
        .select_from(SignIn)
        .outerjoin(Attempt, and_(Attempt.id == attempt_id, Attempt.account_id == SignIn.account_id))
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)).one_or_none()
    if row is None:
        raise Refusal("sign_in_required", 401)
    if row[0] is None:
        raise Missing
    kept = told[:max(0, MOST - row[1])]
    if kept:
        keep(attempt_id, kept, address, now)
    return len(kept)


def keep(attempt_id: str, told: Sequence[Told], address: str, now: datetime) -> None:
    """Put what the server knows by itself on record."""
    db.session.execute(insert(SittingEvent), [
        {"id": new_id(), "attempt_id": attempt_id, "kind": one.kind, "at": now, "slot": one.slot, "ms": one.ms,
         "address": address} for one in told])


def forget_events(now: datetime) -> int:
    """Delete what is older than 30 days; how many rows."""
    gone = db.session.execute(delete(SittingEvent).where(SittingEvent.at <= now - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def address_digest(address: str, key: str) -> str:
    """16 hexadecimal digits that tell one address from another and nothing more. `key`: the server's secret."""
    return hmac.new(key.encode(), f"address|{address}".encode(), hashlib.sha256).hexdigest()[:16]
