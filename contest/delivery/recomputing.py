"""A paper drawn once more from what is on record, to be compared with the one that was frozen."""

from typing import Any

from sqlalchemy import select

from contest.delivery import exposure
from contest.delivery.drawing import draw, frozen
from contest.delivery.models import Attempt, PaperItem
from contest.errors import Missing
from contest.extensions import db
from contest.questions.paper import RULE
from contest.rounds.models import RulesVersion

Rows = list[dict[str, Any]]  # the columns of `PaperItem` but for the attempt, by slot


def recomputed(attempt_id: str) -> Rows | None:
    """The paper as the attempt's seed, its round's pool and the attempts it follows give it.

    None where another rule than today's drew it: `paper.RULE`, frozen with the round. Raises `Missing`.
    """
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None:
        raise Missing
    rules = db.session.get(RulesVersion, (attempt.round_id, attempt.rules_version))
    if rules is None or rules.content.get("draw") != RULE:
        return None
    return frozen(draw(attempt.round, attempt.seed, exposure.seen_in(attempt.follows)))


def on_record(attempt_id: str) -> Rows:
    """The paper that was frozen at the start, as `recomputed` tells it."""
    rows = db.session.scalars(
        select(PaperItem).where(PaperItem.attempt_id == attempt_id).order_by(PaperItem.slot))
    return [{"slot": row.slot, "version_id": row.version_id, "shape": row.shape, "options": row.options}
            for row in rows]
