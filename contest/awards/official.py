"""Whether what prizes go by is official: a round's results, or those of every round of the contest."""

from sqlalchemy import ColumnElement, select

from contest.awards.models import PrizePlan
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Contest, Round
from contest.standings.outside import waiting


def has_board(plan: PrizePlan) -> bool:
    """Whether there is a board, now or to come, that the prizes are taken from."""
    return bool(plan.round_id) or db.session.get_one(Contest, plan.contest_id).overall is not None


def published(plan: PrizePlan) -> bool:
    """True where the results that the plan goes by are official: of its round, or of every round of the contest."""
    rounds = db.session.execute(select(Round.results_published_at).where(*_held(plan.contest_id, plan.round_id))).all()
    return bool(rounds) and all(row[0] for row in rounds)


def unofficial(contest_id: str, round_id: str | None) -> list[Round]:
    """The rounds whose results the prizes of a round, or of a contest as a whole, still wait for, in their order."""
    return list(db.session.scalars(select(Round).where(
        *_held(contest_id, round_id), Round.results_published_at.is_(None)).order_by(Round.position, Round.id)))


def refuse_differing(plan: PrizePlan) -> None:
    """Prizes go by what was published: who was barred since is to be taken out there first.

    Raises 409 `list_differs`.
    """
    rounds = select(Round.id).where(_of(plan.contest_id, plan.round_id))
    if any(waiting(round_id).all for round_id in db.session.scalars(rounds).all()):
        raise Refusal("list_differs", 409)


def _held(contest_id: str, round_id: str | None) -> list[ColumnElement[bool]]:
    """Rounds that count for prizes and are neither drafts nor called off."""
    return [_of(contest_id, round_id), Round.kind == "contest", Round.state == "published"]


def _of(contest_id: str, round_id: str | None) -> ColumnElement[bool]:
    return Round.id == round_id if round_id else Round.contest_id == contest_id
