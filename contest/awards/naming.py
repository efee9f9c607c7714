"""Organisers name who is given a prize that no rank decides, with the reason. All of it is on record."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from contest.audit.operations import record
from contest.awards import nominees
from contest.awards.models import Nominee
from contest.awards.nominees import Place
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.standings import overall


def name(prize_id: str, holders: Sequence[str], reason: str, *, by: str | None, now: datetime) -> int:
    """Name these accounts or participating units for a prize, in this order; how many that adds.

    Who was named before stays as named then. Raises `Missing`; 422 `nobody_named`, `reason_required`,
    `not_of_prize` for one who isn't of the contest, or of the prize's audience or bloc; 409 `too_many_named`.
    """
    where = _held(prize_id)
    if not holders:
        raise Refusal("nobody_named", 422)
    if not reason.strip():
        raise Refusal("reason_required", 422)
    before = set(db.session.scalars(select(Nominee.holder).where(Nominee.prize_id == prize_id, ~nominees.gone())))
    new = [holder for holder in dict.fromkeys(holders) if holder not in before]
    if set(new) - nominees.fitting(where, new):
        raise Refusal("not_of_prize", 422)
    if len(before) + len(new) > where.prize.count:
        raise Refusal("too_many_named", 409, most=where.prize.count, left=where.prize.count - len(before))
    last = db.session.scalar(select(func.max(Nominee.position)).where(Nominee.prize_id == prize_id)) or 0
    for position, holder in enumerate(new, last + 1):
        db.session.add(Nominee(prize_id=prize_id, holder=holder, position=position, reason=reason.strip(), at=now,
                               by=by))
    if new:
        record("awards.named", "prize", prize_id, by=by, now=now, holders=new, reason=reason.strip())
    db.session.flush()
    return len(new)


def take_back(prize_id: str, holder: str, *, by: str | None, now: datetime) -> Place:
    """Name somebody no longer. Raises `Missing`."""
    where = _held(prize_id)
    row = db.session.get(Nominee, (prize_id, holder))
    if row is None:
        raise Missing
    db.session.delete(row)
    record("awards.unnamed", "prize", prize_id, by=by, now=now, holder=holder, was=row.reason)
    db.session.flush()
    return where


def _held(prize_id: str) -> Place:
    """The prize, its contest held: no list is frozen, and nobody else named, meanwhile. Raises `Missing`."""
    overall.held(nominees.place(prize_id).contest.id)
    return nominees.place(prize_id)
