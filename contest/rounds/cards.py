"""Rounds as a participant meets them: what is on, and the one next thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, column, select, table
from sqlalchemy.orm import joinedload

from contest.columns import Id, Instant
from contest.extensions import db
from contest.identity.queries import Person
from contest.rounds.blueprint import total
from contest.rounds.eligibility import board_when, quota
from contest.rounds.models import Contest, Round
from contest.rounds.queries import Change, changes, state

# Sittings belong to a later room, which imports this one: their table is named, not imported.
_ATTEMPT = table(
    "attempt", column("id", Id), column("round_id", Id), column("account_id", Id), column("state"),
    column("number"), column("time_limit_at", Instant), column("finished_at", Instant), column("scope"),
    column("returned", Boolean), column("started_at", Instant),
)


@dataclass(frozen=True)
class Sittings:
    """One person's attempts in one round. `open_until`: the deadline of the attempt still running.

    `used` counts in the round's quota, which other rounds of the contest may share.
    """

    used: int = 0
    open_id: str | None = None
    open_until: datetime | None = None
    finished_id: str | None = None  # the latest one


@dataclass(frozen=True)
class Card:
    """A round for one person, or for nobody in particular."""

    round: Round
    contest: Contest
    state: str
    questions: int
    sittings: Sittings
    changes: tuple[Change, ...]
    now: datetime

    @property
    def left(self) -> int:
        """Attempts that remain."""
        return max(0, self.round.attempts_allowed - self.sittings.used)

    @property
    def remaining(self) -> timedelta:
        """Time left of the running attempt."""
        return (self.sittings.open_until or self.now) - self.now

    @property
    def results_shown(self) -> bool:
        """May a participant see what an attempt came to?"""
        return self.round.results_published_at is not None or self.round.result_shown != "nothing"

    @property
    def board_shown(self) -> bool:
        """May a participant see the leaderboard and the units' figures?"""
        if self.state not in ("open", "closed", "published") or self.round.kind == "practice":
            return False
        return {"live": True, "after_close": self.state != "open"}.get(
            board_when(self.round.board_shown, self.round.prediction), False)

    @property
    def action(self) -> str:
        """The one next thing: continue, enter, wait, result, pending or none."""
        if self.state == "open" and self.sittings.open_id:
            return "continue"
        if self.state == "open" and self.left:
            return "enter"
        if self.state == "upcoming":
            return "wait"
        if self.sittings.finished_id and self.state != "cancelled":
            return "result" if self.results_shown else "pending"
        return "none"


def sat(round_id: str) -> bool:
    """Whether anybody has started an attempt in the round."""
    return db.session.scalar(select(_ATTEMPT.c.id).where(_ATTEMPT.c.round_id == round_id).limit(1)) is not None


def rounds_for(person: Person, now: datetime) -> list[Card]:
    """The published and cancelled rounds that this person can see, in the order they open."""
    return [card for card in visible(now, account_id=person.id)
            if card.round.audience in ("all", person.audience)]


def visible(now: datetime, *, account_id: str | None = None, contest_id: str | None = None) -> list[Card]:
    """Published and cancelled rounds in the order they open: of one contest, or of all that are not archived."""
    statement = select(Round).join(Round.contest).options(joinedload(Round.contest)).where(Round.state != "draft")
    if contest_id is None:
        statement = statement.where(Contest.archived_at.is_(None))
    else:
        statement = statement.where(Round.contest_id == contest_id)
    rounds = db.session.scalars(statement.order_by(Round.opens_at, Round.position, Round.id)).all()
    return cards(rounds, now, account_id)


def cards(rounds: Sequence[Round], now: datetime, account_id: str | None = None) -> list[Card]:
    """A card for each round, with this account's attempts; three statements for any number."""
    if not rounds:
        return []
    recorded = changes([row.id for row in rounds])
    taken = _sittings({row.id: row for row in rounds}, account_id, now) if account_id else {}
    return [Card(row, row.contest, state(row, now), total(row.blueprint), taken.get(row.id, Sittings()),
                 tuple(recorded[row.id]), now) for row in rounds]


def _sittings(rounds: dict[str, Round], account_id: str, now: datetime) -> dict[str, Sittings]:
    a = _ATTEMPT.c
    attempts = db.session.execute(
        select(a.id, a.round_id, a.state, a.time_limit_at, a.finished_at, a.scope, a.returned, Round.contest_id,
               (Round.state == "cancelled").label("cancelled"))
        .join(Round, Round.id == a.round_id)
        .where(a.account_id == account_id, Round.contest_id.in_({row.contest_id for row in rounds.values()}))
        .order_by(a.started_at, a.id)
    ).all()
    return {key: _summed(row, attempts, now) for key, row in rounds.items()} if attempts else {}


def _summed(round_: Round, attempts: Sequence[Any], now: datetime) -> Sittings:
    scope = quota(round_.quota_scope, round_.id, now)
    used = sum(a.scope == scope and a.contest_id == round_.contest_id and not (a.returned or a.cancelled)
               for a in attempts)
    here = [a for a in attempts if a.round_id == round_.id and a.state != "void"]
    running = [(a.id, until) for a in here
               if a.state == "open" and (until := min(a.time_limit_at, round_.closes_at)) > now]
    ended = [a.id for a in here if a.id not in {key for key, _ in running}]
    open_id, until = running[0] if running else (None, None)
    return Sittings(used, open_id, until, ended[-1] if ended else None)
