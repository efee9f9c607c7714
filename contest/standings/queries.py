"""Rounds and attempts as the pages about results show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, null, or_, select, text
from sqlalchemy.orm import joinedload

from contest.delivery.models import Attempt
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.eligibility import alike
from contest.rounds.models import Barred, Contest, Round
from contest.rounds.queries import terms_of
from contest.scoring import counting, policy
from contest.standings import gates, outside, ranks
from contest.standings.board_models import Board, Freeze, RankStep
from contest.standings.models import Result
from contest.standings.outside import inside


def rules_of(round_: Round) -> gates.Rules:
    """What the gates need of a round."""
    return gates.Rules(round_.kind, round_.state, round_.opens_at, round_.closes_at, round_.grace_ms,
                       round_.result_shown, round_.board_shown, round_.results_published_at, round_.prediction,
                       round_.board_freezes_at, round_.appeal_days)


def round_by_id(round_id: str, *, privileged: bool) -> Round:
    """The round with its contest. Raises `Missing`, for a draft too unless `privileged`."""
    row = db.session.scalar(select(Round).where(Round.id == round_id).options(joinedload(Round.contest)))
    if row is None or (row.state == "draft" and not privileged):
        raise Missing
    return row


def of_round(round_id: str) -> ColumnElement[bool]:
    """The results that count for this round's figures: nobody's who is barred, none where it was called off."""
    return and_(Result.round_id == round_id, inside(),
                exists(select(Round.id).where(Round.id == round_id, Round.state != "cancelled").correlate(None)))


def board_round(round_id: str, now: datetime, *, privileged: bool) -> Round:
    """The round, where this person may see its board now. Raises `Missing`, `Refusal` `not_yet` (403)."""
    row = round_by_id(round_id, privileged=privileged)
    if not gates.board_shown(rules_of(row), now, privileged=privileged):
        raise Refusal("not_yet", 403)
    return row


def board_visible(round_: Round, now: datetime) -> bool:
    """True where any signed-in person may see the board."""
    return gates.board_shown(rules_of(round_), now, privileged=False)


@dataclass(frozen=True)
class Shown:
    """The board that somebody sees of a round: its own, or the copy of when it was to stand still."""

    board_id: str
    frozen_at: datetime | None = None


def shown(round_: Round, now: datetime, *, privileged: bool) -> Shown:
    """What of a round's board this person sees now. Raises 503 `board_freezing` while it is being copied."""
    if privileged or not gates.frozen(rules_of(round_), now):
        return Shown(round_.id)
    row = db.session.get(Freeze, round_.id)
    if row is None or row.done_at is None:
        raise Refusal("board_freezing", 503)
    return Shown(row.board_id, round_.board_freezes_at)


def visible(round_: Round, now: datetime) -> Shown | None:
    """The board that any signed-in person may see; None for none, and while it is being copied."""
    if not board_visible(round_, now):
        return None
    try:
        return shown(round_, now, privileged=False)
    except Refusal:
        return None


@dataclass(frozen=True)
class Freshness:
    """The line under every figure. `pending`: finished attempts that are not scored yet.

    `amended_at`: when somebody was last taken out of published results; None for never. `frozen`: the
    figures are those of `as_of`, whatever came in since.
    """

    as_of: datetime
    provisional: bool
    pending: int
    amended_at: datetime | None = None
    frozen: bool = False


def freshness(round_: Round, now: datetime, seen: Shown | None = None) -> Freshness:
    """How fresh and how final a round's figures are."""
    if seen is not None and seen.frozen_at is not None:
        return Freshness(seen.frozen_at, True, 0, frozen=True)
    if round_.state == "cancelled":
        return Freshness(now, gates.provisional(rules_of(round_), now), 0)
    amended = outside.amended(round_).scalar_subquery() if round_.results_published_at else null()
    pending, amended_at = db.session.execute(
        select(func.count(), amended).select_from(Attempt).outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.round_id == round_.id, Result.attempt_id.is_(None),
               text("NOT attempt.settled AND attempt.state IN ('submitted', 'expired')"))).one()
    return Freshness(now, gates.provisional(rules_of(round_), now), pending, amended_at)


def incomplete(round_: Round) -> ColumnElement[bool]:
    """Of an attempt with its result: something is missing, and the rules that the board goes by ask for all of it."""
    kept = db.session.scalar(select(Board.policy).where(Board.id == round_.id))
    if not policy.read(kept or round_.scoring or {}).complete:
        return false()
    missing = Result.answered < Result.items
    return missing if round_.prediction == "none" else or_(missing, Attempt.prediction.is_(None))


def unmarked(round_id: str) -> int:
    """How many answers of scored sittings wait for a person to mark them."""
    return db.session.scalar(select(func.coalesce(func.sum(Result.pending), 0)).where(
        Result.round_id == round_id, Result.pending > 0)) or 0


def previous_round(round_: Round) -> Round | None:
    """The contest round before this one in the same contest, of the same audience and of units that both are for."""
    rows = db.session.scalars(
        select(Round).where(Round.contest_id == round_.contest_id, Round.kind == "contest",
                            Round.state == "published", Round.opens_at < round_.opens_at)
        .order_by(Round.opens_at.desc(), Round.id))
    return next((one for one in rows if alike(terms_of(one), terms_of(round_))), None)


@dataclass(frozen=True)
class OwnAttempt:
    """A line of a person's history. `result` is None where it may not be `shown` or is not there yet.

    `valid`: False where the rules ask for complete papers and something is missing. `outside`: the person is on the
    contest's list of who may not take part. `appeals_open`: objections are taken.
    """

    id: str
    round_id: str
    round_title: str
    contest_title: str
    practice: bool
    number: int
    state: str
    started_at: datetime
    finished_at: datetime | None
    shown: bool
    result: Result | None
    valid: bool
    outside: bool
    appeals_open: bool


def own_attempts(account_id: str, now: datetime, *, round_id: str | None = None, limit: int = 200) -> list[OwnAttempt]:
    """A person's attempts, newest first; of one round where it is named. One statement."""
    rows = db.session.execute(
        select(Attempt, Result, Barred.account_id.is_not(None), Board.policy).join(Attempt.round).join(Round.contest)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .outerjoin(Barred, and_(Barred.contest_id == Round.contest_id, Barred.account_id == account_id))
        .outerjoin(Board, Board.id == Attempt.round_id)
        .where(Attempt.account_id == account_id, _of(round_id))
        .options(joinedload(Attempt.round).joinedload(Round.contest))
        .order_by(Attempt.started_at.desc(), Attempt.id.desc()).limit(limit)
    )
    return [_own(attempt, result, barred, kept, now) for attempt, result, barred, kept in rows]


def _own(attempt: Attempt, result: Result | None, barred: bool, kept: dict[str, Any] | None,
         now: datetime) -> OwnAttempt:
    round_ = attempt.round
    state = "void" if attempt.state == "open" and round_.state == "cancelled" else attempt.state
    shown = state in ("submitted", "expired") and gates.score_shown(rules_of(round_), now)
    period = gates.appeal_period(rules_of(round_))
    return OwnAttempt(attempt.id, round_.id, round_.title, round_.contest.title, round_.kind == "practice",
                      attempt.number, state, attempt.started_at, attempt.finished_at, shown,
                      result if shown else None, _valid(attempt, result, kept), barred,
                      period is not None and period.holds(now))


def _valid(attempt: Attempt, result: Result | None, kept: dict[str, Any] | None) -> bool:
    """`kept`: the rules that the round's board goes by."""
    guessed = attempt.round.prediction == "none" or attempt.prediction is not None
    return result is None or counting.valid(
        result.answered, result.items, guessed=guessed, policy=policy.read(kept or attempt.round.scoring or {}))


def _of(round_id: str | None) -> ColumnElement[bool]:
    return Attempt.round_id == round_id if round_id else Attempt.id.is_not(None)


@dataclass(frozen=True)
class RoundChoice:
    """A round that a report can be read about."""

    id: str
    title: str
    contest_title: str
    opens_at: datetime
    closes_at: datetime
    people: int


def report_rounds(now: datetime, limit: int = 100) -> list[RoundChoice]:
    """Rounds that opened and were not called off, newest first, with how many took part. Two statements at most."""
    rounds = db.session.execute(
        select(Round.id, Round.title, Contest.title, Round.opens_at, Round.closes_at).join(Contest)
        .where(Round.state == "published", Round.opens_at <= now)
        .order_by(Round.opens_at.desc(), Round.id).limit(limit)).all()
    people = {row[0]: row[1] for row in db.session.execute(
        select(RankStep.board_id, func.sum(RankStep.people))
        .where(RankStep.audience == ranks.ALL, RankStep.board_id.in_([row[0] for row in rounds]))
        .group_by(RankStep.board_id))}
    return [RoundChoice(*row, people=people.get(row[0], 0)) for row in rounds]
