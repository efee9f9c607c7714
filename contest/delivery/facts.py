"""What a start has to know, from one statement."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from contest.columns import Id, Instant
from contest.delivery.models import Attempt
from contest.delivery.record_models import TimeGrant
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, SignIn, Unit
from contest.rounds.admission import same_password
from contest.rounds.eligibility import Terms, Who, quota
from contest.rounds.models import Barred, Contest, ContestUnit, Entry, Round
from contest.rounds.queries import unit_of


@dataclass(frozen=True)
class Facts:
    """`id`, `unit_id`, `audience` are the person's; `running` is their open attempt, overdue or not.

    `used` attempts count against the quota, `last` is the highest number in it: they differ where an
    attempt was given back.
    """

    round: Round
    contest: Contest
    id: str
    unit_id: str | None
    audience: str
    unit_path: str | None
    unit_bloc: str | None
    entry: Entry | None
    counted_bloc: str | None
    barred: bool
    running: Attempt | None
    last: int
    used: int
    granted_ms: int
    before: bool  # has sat anything before, here or elsewhere

    @property
    def terms(self) -> Terms:
        """Who may sit the round when."""
        return terms_of(self.round)

    @property
    def password_needed(self) -> bool:
        """Whether this person still has to give the contest's password."""
        return self.contest.password_digest is not None and not (self.entry and self.entry.admitted_at)

    def who(self, roles: frozenset[str]) -> Who:
        """The person, as the rules ask."""
        audience = self.entry.audience if self.entry else self.audience
        return Who(audience, self.unit_path, self.unit_bloc or self.counted_bloc, roles, self.barred)


def terms_of(round_: Round) -> Terms:
    """Who may sit the round when."""
    return Terms(round_.state, round_.opens_at, round_.closes_at, round_.audience, round_.open_units,
                 round_.open_blocs, round_.barred_roles)


def start_facts(round_id: str, account_id: str, now: datetime) -> Facts:
    """What is known of this person in this round. Raises `Missing` for an unknown round."""
    row = db.session.execute(_statement(), {
        "round": round_id, "account": account_id,
        **{scope: quota(scope.removeprefix("in_"), round_id, now) for scope in ("in_round", "in_week", "in_contest")},
    }).one_or_none()
    if row is None:
        raise Missing
    facts = Facts(*tuple(row))
    if facts.round.open_blocs and facts.unit_bloc is None and facts.entry is None and facts.unit_path:
        counted = unit_of(facts.round.contest_id, facts.unit_path)  # a part of a unit has its bloc
        return replace(facts, counted_bloc=counted.bloc if counted else None)
    return facts


@cache
def _statement() -> Any:
    """The one statement, made once: putting it together costs as much as running it."""
    scope = case((Round.quota_scope == "week", bindparam("in_week")),
                 (Round.quota_scope == "contest", bindparam("in_contest")), else_=bindparam("in_round"))
    in_quota = and_(Attempt.entry_id == Entry.id, Attempt.scope == scope)
    last = select(func.coalesce(func.max(Attempt.number), 0)).where(in_quota).correlate(Entry, Round)
    held = aliased(Round)  # what was begun in a round that was called off is not used up
    used = (select(func.count()).select_from(Attempt).join(held, held.id == Attempt.round_id)
            .where(in_quota, ~Attempt.returned, held.state != "cancelled").correlate(Entry, Round))
    earlier = aliased(Attempt)
    return (
        select(Round, Contest, Account.id, Account.unit_id, Account.audience, Unit.path, Unit.bloc, Entry,
               ContestUnit.bloc, Barred.account_id.is_not(None), Attempt, last.scalar_subquery(),
               used.scalar_subquery(), granted_to_person(),
               exists().where(earlier.account_id == bindparam("account", type_=Id)))
        .join(Contest, Contest.id == Round.contest_id)
        .join(Account, Account.id == bindparam("account", type_=Id))
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .outerjoin(Barred, and_(Barred.contest_id == Contest.id, Barred.account_id == Account.id))
        .outerjoin(Entry, and_(Entry.contest_id == Contest.id, Entry.account_id == Account.id))
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id)
        .outerjoin(Attempt, and_(Attempt.entry_id == Entry.id, Attempt.round_id == Round.id,
                                 Attempt.state == "open"))
        .where(Round.id == bindparam("round", type_=Id))
    )


@dataclass(frozen=True)
class Queued:
    """What the queue before a start asks of somebody: `running`: they have a sitting to go on with."""

    closes_at: datetime
    duration_ms: int
    granted_ms: int
    running: bool


def queued_facts(round_id: str, sign_in_id: str, now: datetime) -> Queued | None:
    """What is known of a live sign-in's person in this round; None for an unknown round or sign-in."""
    row = db.session.execute(_queued(), {"round": round_id, "sign_in": sign_in_id, "now": now}).one_or_none()
    return Queued(*tuple(row)) if row else None


@cache
def _queued() -> Any:
    now = bindparam("now", type_=Instant)
    running = exists().where(Attempt.account_id == Account.id, Attempt.round_id == Round.id,
                             Attempt.state == "open", Attempt.time_limit_at > now)
    return (
        select(Round.closes_at, Round.duration_ms, granted_to_person(), running)
        .join(SignIn, SignIn.id == bindparam("sign_in"))
        .join(Account, and_(Account.id == SignIn.account_id, Account.active))
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(Round.id == bindparam("round", type_=Id), SignIn.revoked_at.is_(None), SignIn.expires_at > now)
    )


def gave_password(round_id: str, typed: str | None, key: str) -> bool | None:
    """Whether `typed` is the password of the round's contest; None where nothing was typed.

    `key` is the server's secret. True where the contest has none: then nobody asks.
    """
    if not typed or not typed.strip():
        return None
    kept = db.session.scalar(select(Contest.password_digest).join(Round).where(Round.id == round_id))
    return kept is None or same_password(typed, kept, key)


def granted_to_person() -> ScalarSelect[Any]:
    """The extra time that the statement's Account, of its Unit, has in its Round; ms."""
    above = aliased(Unit)
    return (
        select(func.coalesce(func.sum(TimeGrant.ms), 0)).select_from(TimeGrant)
        .outerjoin(above, above.id == TimeGrant.unit_id)
        .where(TimeGrant.round_id == Round.id,
               or_(TimeGrant.account_id == Account.id,
                   and_(TimeGrant.account_id.is_(None), TimeGrant.unit_id.is_(None)),
                   and_(TimeGrant.unit_id.is_not(None), Unit.path.startswith(above.path))))
        .correlate(Round, Account, Unit).scalar_subquery()
    )
