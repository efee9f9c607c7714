"""Extra time: promised for good, given to running sittings at once, to later ones at their start."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Exists, ScalarSelect, and_, exists, func, or_, select, true, type_coerce, update
from sqlalchemy.orm import aliased

from contest.audit.operations import record
from contest.delivery.history import in_turn
from contest.delivery.models import UNSETTLED, Attempt
from contest.delivery.record_models import TimeGrant
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.rounds import queries
from contest.rounds.models import Entry, Round
from contest.rounds.operations import locked

MINUTE_MS = 60_000
MOST_MINUTES = 600


@dataclass(frozen=True)
class Reach:
    """Whom a grant reaches: one person, a unit with all below it, or, with neither, everybody."""

    account_id: str | None = None
    unit_id: str | None = None


def grant_time(round_id: str, reach: Reach, minutes: int, reason: str, *, by: str | None, now: datetime,
               once: str | None = None) -> int:
    """Give extra time; how many running sittings have it at once.

    `once` names the request: sent again, it gives nothing more. No sitting goes on beyond the round's
    end: extend the round for that. Raises `Missing` for an unknown round, person or unit; 409
    `not_extendable` unless it is open or upcoming; 422 `grant_minutes` outside of 1 to 600,
    `reason_required`.
    """
    row = locked(round_id)
    if queries.state(row, now) not in ("open", "upcoming"):
        raise Refusal("not_extendable", 409)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refusal("grant_minutes", 422, most=MOST_MINUTES)
    if not reason.strip():
        raise Refusal("reason_required", 422)
    if (reach.account_id and db.session.get(Account, reach.account_id) is None) or (
            reach.unit_id and db.session.get(Unit, reach.unit_id) is None):
        raise Missing
    once = f"{once}:{reach.account_id or reach.unit_id or 'all'}" if once else None
    if once and db.session.scalar(select(TimeGrant.id).where(TimeGrant.once == once)):
        return apply_grants(now, [round_id])
    grant = TimeGrant(round_id=round_id, account_id=reach.account_id, unit_id=reach.unit_id,
                      ms=minutes * MINUTE_MS, reason=reason.strip(), at=now, by=by, once=once)
    db.session.add(grant)
    db.session.flush()
    record("round.time_granted", "round", round_id, by=by, now=now, account=reach.account_id, unit=reach.unit_id,
           minutes=minutes, reason=grant.reason)
    return apply_grants(now, [round_id])


def apply_grants(now: datetime, rounds: Collection[str]) -> int:
    """Give sittings of these rounds what they were promised and do not have yet; how many.

    The caller holds the rounds. Doing it twice changes nothing. A start that ran beside a grant may have
    missed it, and a sweeper may have been faster than a grant that had arrived before the end: the worker
    calls this at every tick, and `close_overdue` lets what has time again go on. What was over before a
    grant was made stays over, and what its person has left behind for a new sitting.
    """
    granted = db.session.scalars(select(TimeGrant.round_id).where(TimeGrant.round_id.in_(rounds)).distinct()).all()
    if not granted:  # so that an idle tick does not look at every sitting
        return 0
    mine = promised(in_time=True)
    due = (
        or_(and_(Attempt.state == "open", Attempt.time_limit_at > now),
            and_(UNSETTLED, Attempt.state == "expired", Attempt.finished_at == Attempt.time_limit_at,
                 ~_has_begun_anew())),
        mine > Attempt.granted_ms,
        exists().where(Round.id == Attempt.round_id, Round.state == "published",
                       Round.closes_at > now).correlate(Attempt),
        Attempt.round_id.in_(granted))
    given = db.session.execute(
        update(Attempt).where(in_turn(select(Attempt.id).where(*due)), *due)
        .values(time_limit_at=type_coerce(Attempt.time_limit_at, BigInteger) + (mine - Attempt.granted_ms),
                granted_ms=mine)
        .execution_options(synchronize_session=False))
    return int(given.rowcount)  # type: ignore[attr-defined]


def _has_begun_anew() -> Exists:
    """Whether the person of the statement's Attempt has begun a later one in its round."""
    later = aliased(Attempt)
    return exists().where(later.entry_id == Attempt.entry_id, later.round_id == Attempt.round_id,
                          later.started_at > Attempt.started_at).correlate(Attempt)


def promised(*, in_time: bool) -> ScalarSelect[Any]:
    """The extra time of the statement's Attempt, ms: all of it, or what was granted before its time was over."""
    entry_unit, above = aliased(Unit), aliased(Unit)
    return (
        select(func.coalesce(func.sum(TimeGrant.ms), 0)).select_from(TimeGrant)
        .join(Entry, Entry.id == Attempt.entry_id)
        .outerjoin(entry_unit, entry_unit.id == Entry.unit_id)
        .outerjoin(above, above.id == TimeGrant.unit_id)
        .where(TimeGrant.round_id == Attempt.round_id,
               TimeGrant.at < Attempt.time_limit_at if in_time else true(),
               or_(TimeGrant.account_id == Attempt.account_id,
                   and_(TimeGrant.account_id.is_(None), TimeGrant.unit_id.is_(None)),
                   and_(TimeGrant.unit_id.is_not(None), entry_unit.path.startswith(above.path))))
        .correlate(Attempt).scalar_subquery()
    )
