"""Points of the round before, where a round ranks by them, and who still stands by points that are others by now.

Nothing is changed by itself: organisers are told, and take the new points up by a grading run.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from contest import bulk
from contest.extensions import db
from contest.rounds.models import Round
from contest.scoring import policy
from contest.scoring.policy import Policy
from contest.standings.board_models import Board, Standing
from contest.standings.run_models import GradingRun, RunPlace


@dataclass(frozen=True)
class Outdated:
    """How many people of a round stand by other points than those of the round before say by now."""

    round: Round
    before: Round
    people: int


def outdated(round_: Round) -> Outdated | None:
    """Who stands by old points in a round that is settled; None for nobody, and before: publishing takes them up."""
    board = db.session.get(Board, round_.id)
    if board is None or board.settled_at is None or round_.state != "published":
        return None
    rules = policy.read(board.policy)
    before = _before(round_, rules)
    if before is None:
        return None
    people = db.session.scalar(select(func.count()).select_from(_others(round_, before.id).subquery())) or 0
    return Outdated(round_, before, people) if people else None


def outdated_after(round_: Round) -> list[Outdated]:
    """The rounds that follow directly on this one and in which people stand by old points of it."""
    later = db.session.scalars(select(Round).where(
        Round.contest_id == round_.contest_id, Round.kind == "contest", Round.state == "published",
        Round.opens_at > round_.opens_at).order_by(Round.opens_at, Round.id))
    return [found for one in later if _follows(one, round_) and (found := outdated(one))]


def points(round_: Round, rules: Policy, entries: Iterable[str]) -> dict[str, int]:
    """Entry → its points in the contest's round before this one, where the rules ask for them."""
    before = round_before(round_, rules)
    return {} if before is None else {row.entry_id: row.points for row in db.session.execute(
        select(Standing.entry_id, Standing.points).where(
            Standing.board_id == before, bulk.one_of(Standing.entry_id, entries), Standing.ranked))}


def possible(round_: Round, rules: Policy, entries: Iterable[str], barred: Collection[str]
             ) -> dict[str, set[int | None]] | None:
    """Entry → all points in the round before that a standing of this one may have taken up; None: nobody can tell.

    That is so while the round before was not official when this one became so, or another between them was called off.
    `barred`: who was ever on the list of who may not take part, and so stood nowhere for a while.
    """
    before = _before(round_, rules)
    if _called_off(round_, before) or (before is not None and not _official_first(before, round_)):
        return None
    if before is None:
        return {entry_id: {None} for entry_id in entries}
    found: dict[str, set[int | None]] = {entry_id: {None} if entry_id in barred else set() for entry_id in entries}
    stand = {row.entry_id: row for row in db.session.execute(
        select(Standing.entry_id, Standing.points, Standing.ranked)
        .where(Standing.board_id == before.id, bulk.one_of(Standing.entry_id, found)))}
    for entry_id, told in found.items():
        row = stand.get(entry_id)
        told.add(row.points if row is not None and (row.ranked or entry_id in barred) else None)
    sides = ((RunPlace.before_key, RunPlace.before), (RunPlace.after_key, RunPlace.after))
    for key, side in sides:
        for entry_id, of, points in db.session.execute(
                select(RunPlace.entry_id, key, side["points"].as_integer())
                .join(GradingRun, GradingRun.id == RunPlace.run_id)
                .where(GradingRun.round_id == before.id, GradingRun.state == "applied",
                       bulk.one_of(RunPlace.entry_id, found))):
            found[entry_id].add(points if of else None)
    return found


def _official_first(before: Round, round_: Round) -> bool:
    return (before.results_published_at is not None and round_.results_published_at is not None
            and before.results_published_at <= round_.results_published_at)


def _called_off(round_: Round, before: Round | None) -> bool:
    """Whether a round between these two was called off: it was the one before, until then."""
    since = [Round.opens_at >= before.opens_at] if before else []
    found = db.session.scalar(select(Round.id).where(
        Round.contest_id == round_.contest_id, Round.kind == "contest", Round.state == "cancelled",
        Round.opens_at < round_.opens_at, *since).limit(1))
    return found is not None


def overtaken(round_: Round, rules: Policy) -> set[str]:
    """The entries whose points in the round before are others by now than their standings in this one say."""
    before = round_before(round_, rules)
    if before is None:
        return set()
    return set(db.session.scalars(_others(round_, before)))


def round_before(round_: Round, rules: Policy) -> str | None:
    """The contest's round before this one, where the rules ask for its points."""
    if not policy.asks(rules, "earlier"):
        return None
    return db.session.scalar(
        select(Round.id).where(Round.contest_id == round_.contest_id, Round.kind == "contest",
                               Round.state == "published", Round.opens_at < round_.opens_at)
        .order_by(Round.opens_at.desc(), Round.id).limit(1))


def _follows(one: Round, round_: Round) -> bool:
    board = db.session.get(Board, one.id)
    return board is not None and round_before(one, policy.read(board.policy)) == round_.id


def _before(round_: Round, rules: Policy) -> Round | None:
    found = round_before(round_, rules)
    return db.session.get_one(Round, found) if found else None


def _others(round_: Round, before_id: str) -> Select[str]:
    other = aliased(Standing)
    return (
        select(Standing.entry_id)
        .outerjoin(other, and_(other.board_id == before_id, other.entry_id == Standing.entry_id, other.ranked))
        .where(Standing.board_id == round_.id, Standing.earlier.is_distinct_from(other.points)))
