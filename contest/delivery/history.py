"""A person's sittings of one round, and what a running one's clock says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal, select
from sqlalchemy.orm import aliased

from contest.bulk import one_of
from contest.columns import Id, Instant
from contest.delivery import timing
from contest.delivery.models import Attempt
from contest.delivery.record_models import AttemptChange, SittingEvent, TimeGrant
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account, SignIn, Unit
from contest.prepared import Statement, prepared
from contest.rounds.models import Contest, Round, RoundChange


def in_turn(found: Select[str]) -> ColumnElement[bool]:
    """That a row is one of the attempts of a query, which are locked now, in one order.

    Whoever ends, opens or prolongs several takes them so: no two wait for one another. Locked in a statement
    of its own: PostgreSQL lets one that locks a row and then changes it wait behind others who wait for it,
    where answers being saved share that row. The change asks again whether the row is still due.
    """
    if db.session.get_bind().dialect.name == "sqlite":  # one writer at a time
        return Attempt.id.in_(found)
    due = db.session.scalars(
        select(Attempt.id).where(Attempt.id.in_(found)).order_by(Attempt.id).with_for_update(key_share=True))
    return one_of(Attempt.id, due)


@dataclass(frozen=True)
class Past:
    """A sitting in the list of a round's page; `state` and `finished_at` as of now, whatever was swept."""

    id: str
    number: int
    state: str  # open, submitted, expired, void
    finished_at: datetime | None
    owner: str  # the sign-in that saves


@dataclass(frozen=True)
class Pulse:
    """What a page that stays open asks every few seconds."""

    state: str
    generation: int
    owner: str
    remaining_ms: int


def sittings(round_id: str, account_id: str, now: datetime) -> list[Past]:
    """This person's sittings of the round, the latest first."""
    rows = db.session.execute(
        select(Attempt, Round).join(Round, Round.id == Attempt.round_id)
        .where(Attempt.round_id == round_id, Attempt.account_id == account_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc()))
    return [Past(row.id, row.number, *timing.as_of(
        now, row.state, row.finished_at, timing.deadline(row.time_limit_at, round_.closes_at),
        cancelled=round_.state == "cancelled"), row.owner) for row, round_ in rows]


def pulse(attempt_id: str, sign_in_id: str, now: datetime) -> Pulse:
    """The clock of one sitting, for a live sign-in of its person; one statement, no account or question read.

    Raises 401 `sign_in_required`, `Missing` for anyone else's.
    """
    rows = _pulse.look(attempt=attempt_id, sign_in=sign_in_id, now=now)
    if not rows:
        raise Refusal("sign_in_required", 401)
    state, finished_at, time_limit_at, generation, owner, round_state, closes_at = rows[0]
    if state is None:
        raise Missing
    deadline = timing.deadline(time_limit_at, closes_at)
    state, finished_at = timing.as_of(now, state, finished_at, deadline, cancelled=round_state == "cancelled")
    return Pulse(state, generation, owner, timing.remaining_ms(now, deadline, finished_at) if state == "open" else 0)


@prepared
def _pulse(_database: str) -> Statement:
    return (
        select(Attempt.state, Attempt.finished_at, Attempt.time_limit_at, Attempt.generation, Attempt.owner,
               Round.state, Round.closes_at)
        .select_from(SignIn)
        .outerjoin(Attempt, and_(Attempt.id == bindparam("attempt", type_=Id),
                                 Attempt.account_id == SignIn.account_id))
        .outerjoin(Round, Round.id == Attempt.round_id)
        .where(SignIn.id == bindparam("sign_in"), SignIn.revoked_at.is_(None),
               SignIn.expires_at > bindparam("now", type_=Instant))
    )


@dataclass(frozen=True)
class Granted:
    """Extra time as it was granted: for a person, a unit, or (None) everybody."""

    minutes: int
    person: str | None
    unit: str | None
    reason: str
    at: datetime
    by: str | None


def grants(round_id: str) -> list[Granted]:
    """The extra time of a round, the latest first."""
    author = aliased(Account)
    rows = db.session.execute(
        select(TimeGrant, Account.name, Unit.name, author.name)
        .outerjoin(Account, Account.id == TimeGrant.account_id).outerjoin(Unit, Unit.id == TimeGrant.unit_id)
        .outerjoin(author, author.id == TimeGrant.by)
        .where(TimeGrant.round_id == round_id).order_by(TimeGrant.at.desc(), TimeGrant.id.desc()))
    return [Granted(row.ms // 60_000, who, unit, row.reason, row.at, by) for row, who, unit, by in rows]


def changes(attempt_id: str) -> list[AttemptChange]:
    """What organisers did to one attempt, the latest first."""
    return list(db.session.scalars(select(AttemptChange).where(AttemptChange.attempt_id == attempt_id)
                                   .order_by(AttemptChange.at.desc(), AttemptChange.id.desc())))


def published_with(account_id: str, *, lock: bool = False) -> str | None:
    """The title of the contest whose published results this person is in, the latest; None for none.

    With `lock` none of theirs are published until the transaction ends.
    """
    sat = select(Attempt.round_id).where(Attempt.account_id == account_id, Attempt.state != "void")
    rounds = select(Round.results_published_at, Contest.title).join(Contest).where(
        Round.id.in_(sat), Round.kind == "contest")
    if lock:
        rounds = rounds.with_for_update(read=True, of=Round)
    found = [(row.results_published_at, row.title) for row in db.session.execute(rounds) if row.results_published_at]
    return max(found)[1] if found else None


def events_of(attempt_id: str) -> list[SittingEvent]:
    """The events of one attempt in the order of their arrival."""
    return list(db.session.scalars(select(SittingEvent).where(SittingEvent.attempt_id == attempt_id)
                                   .order_by(SittingEvent.at, SittingEvent.id)))


def ending(now: datetime) -> dict[str, Any]:
    """What an UPDATE writes to an open attempt that is over: expired as of its deadline.

    In a cancelled round: void as of the cancellation (`now` where none is on record), without a receipt.
    """
    cancelled = exists().where(Round.id == Attempt.round_id, Round.state == "cancelled").correlate(Attempt)
    cancelled_at = (
        select(func.max(RoundChange.at))
        .where(RoundChange.kind == "cancelled", RoundChange.round_id == Attempt.round_id)
        .correlate(Attempt).scalar_subquery()
    )
    deadline = (
        select(case((Attempt.time_limit_at < Round.closes_at, Attempt.time_limit_at), else_=Round.closes_at))
        .where(Round.id == Attempt.round_id).correlate(Attempt).scalar_subquery()
    )
    return {"state": case((cancelled, "void"), else_="expired"),
            "receipt": case((~cancelled, Attempt.receipt)),
            "finished_at": case((cancelled, func.coalesce(cancelled_at, literal(now, Instant))), else_=deadline)}
