"""Rounds that rank by the points of the round before: who still stands by points that are others by now.

Nothing is changed by itself: organisers are told, and take the new points up by a grading run.
"""

from dataclasses import dataclass

from sqlalchemy import select

from contest.extensions import db
from contest.rounds.models import Round
from contest.scoring import policy
from contest.scoring.policy import Policy
from contest.standings import keeping
from contest.standings.board_models import Board


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
    people = len(keeping.overtaken(round_, rules)) if before else 0
    return Outdated(round_, before, people) if before and people else None


def outdated_after(round_: Round) -> list[Outdated]:
    """The later rounds of the contest in which people stand by old points of this one."""
    later = db.session.scalars(select(Round).where(
        Round.contest_id == round_.contest_id, Round.kind == "contest", Round.state == "published",
        Round.opens_at > round_.opens_at).order_by(Round.opens_at, Round.id))
    return [found for one in later if (found := outdated(one)) and found.before.id == round_.id]


def _before(round_: Round, rules: Policy) -> Round | None:
    found = keeping.round_before(round_, rules)
    return db.session.get_one(Round, found) if found else None
