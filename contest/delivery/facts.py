"""What a start has to know, from one statement."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, String, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from contest.columns import Id, Instant
from contest.delivery.models import Attempt
from contest.delivery.record_models import TimeGrant
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, SignIn, Unit
from contest.prepared import Statement, prepared
from contest.rounds.admission import same_password
from contest.rounds.eligibility import Terms, Who, quota
from contest.rounds.models import Barred, Contest, ContestUnit, Entry, Round
from contest.rounds.queries import unit_of


class RoundRow(NamedTuple):
    """The columns of a round that a start reads."""

    id: str
    contest_id: str
    title: str
    state: str
    opens_at: datetime
    closes_at: datetime
    audience: str
    open_units: list[str]
    open_blocs: list[str]
    barred_roles: list[str]
    duration_ms: int
    attempts_allowed: int
    quota_scope: str
    prediction: str
    prediction_text: str
    opinion: str
    rules_version: int
    blueprint: list[dict[str, Any]]
    shuffle_questions: bool
    shuffle_options: bool


class ContestRow(NamedTuple):
    """As `RoundRow`, of its contest."""

    code: str
    title: str
    agency_parent: str
    agency_name: str
    hotline_technical: str
    hotline_content: str
    hotline_zalo: str
    password_digest: str | None


@dataclass(frozen=True)
class Facts:
    """`id`, `unit_id`, `audience` are the person's; `entry_id` is None before their first start in the contest,
    `running_id` is their open attempt, overdue or not.

    `used` attempts count against the quota, `last` is the highest number in it: they differ where an
    attempt was given back.
    """

    round: RoundRow
    contest: ContestRow
    id: str
    unit_id: str | None
    audience: str
    unit_path: str | None
    unit_bloc: str | None
    entry_id: str | None
    entry_audience: str | None
    admitted_at: datetime | None
    counted_bloc: str | None
    barred: bool
    running_id: str | None
    running_until: datetime | None  # its own time limit
    last: int
    used: int
    granted_ms: int
    before: bool  # has sat anything before, here or elsewhere
    newest: datetime | None  # when the latest sitting of all began, where it is of this round and not annulled

    @property
    def terms(self) -> Terms:
        """Who may sit the round when."""
        row = self.round
        return Terms(row.state, row.opens_at, row.closes_at, row.audience, row.open_units, row.open_blocs,
                     row.barred_roles)

    @property
    def password_needed(self) -> bool:
        """Whether this person still has to give the contest's password."""
        return self.contest.password_digest is not None and self.admitted_at is None

    def who(self, roles: frozenset[str]) -> Who:
        """The person, as the rules ask."""
        return Who(self.entry_audience or self.audience, self.unit_path, self.unit_bloc or self.counted_bloc, roles,
                   self.barred)


def start_facts(round_id: str, account_id: str, now: datetime) -> Facts:
    """What is known of this person in this round. Raises `Missing` for an unknown round."""
    rows = _facts.here(round=round_id, account=account_id, in_round=quota("round", round_id, now),
                       in_week=quota("week", round_id, now), in_contest=quota("contest", round_id, now))
    if not rows:
        raise Missing
    cells, of_round = list(rows[0]), len(RoundRow._fields)
    of_contest = of_round + len(ContestRow._fields)
    facts = Facts(RoundRow(*cells[:of_round]), ContestRow(*cells[of_round:of_contest]), *cells[of_contest:])
    if facts.round.open_blocs and facts.unit_bloc is None and facts.entry_id is None and facts.unit_path:
        counted = unit_of(facts.round.contest_id, facts.unit_path)  # a part of a unit has its bloc
        return replace(facts, counted_bloc=counted.bloc if counted else None)
    return facts


@prepared
def _facts(_database: str) -> Statement:
    scope = case((Round.quota_scope == "week", bindparam("in_week", type_=String)),
                 (Round.quota_scope == "contest", bindparam("in_contest", type_=String)),
                 else_=bindparam("in_round", type_=String))
    in_quota = and_(Attempt.entry_id == Entry.id, Attempt.scope == scope)
    last = select(func.coalesce(func.max(Attempt.number), 0)).where(in_quota).correlate(Entry, Round)
    held = aliased(Round)  # what was begun in a round that was called off is not used up
    used = (select(func.count()).select_from(Attempt).join(held, held.id == Attempt.round_id)
            .where(in_quota, ~Attempt.returned, held.state != "cancelled").correlate(Entry, Round))
    earlier, latest = aliased(Attempt), aliased(Attempt)
    newest = (select(case((and_(latest.round_id == Round.id, latest.state != "void"), latest.started_at)))
              .order_by(latest.id.desc()).limit(1).correlate(Round))  # ids grow with time
    return (
        select(*(getattr(Round, name) for name in RoundRow._fields),
               *(getattr(Contest, name) for name in ContestRow._fields),
               Account.id, Account.unit_id, Account.audience, Unit.path, Unit.bloc, Entry.id, Entry.audience,
               Entry.admitted_at, ContestUnit.bloc, Barred.account_id.is_not(None), Attempt.id,
               Attempt.time_limit_at, last.scalar_subquery(), used.scalar_subquery(), granted_to_person(),
               exists().where(earlier.account_id == bindparam("account", type_=Id)), newest.scalar_subquery())
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
    hotline_technical: str
    hotline_content: str
    hotline_zalo: str


def queued_facts(round_id: str, sign_in_id: str, now: datetime) -> Queued | None:
    """What is known of a live sign-in's person in this round; None for an unknown round or sign-in."""
    rows = _queued.look(round=round_id, sign_in=sign_in_id, now=now)
    return Queued(*rows[0]) if rows else None


@prepared
def _queued(_database: str) -> Statement:
    now = bindparam("now", type_=Instant)
    running = exists().where(Attempt.account_id == Account.id, Attempt.round_id == Round.id,
                             Attempt.state == "open", Attempt.time_limit_at > now)
    return (
        select(Round.closes_at, Round.duration_ms, granted_to_person(), running, Contest.hotline_technical,
               Contest.hotline_content, Contest.hotline_zalo)
        .join(Contest, Contest.id == Round.contest_id)
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
