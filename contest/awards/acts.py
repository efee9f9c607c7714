"""What organisers put on record beside a list: lots by the published text, a prize that is taken after all."""

from collections.abc import Sequence
from datetime import datetime

from contest.audit.operations import record
from contest.awards.candidates import board_id
from contest.awards.models import Prize, PrizePlan, Refused
from contest.awards.operations import draw_lots
from contest.awards.queries import Named
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.scoring import ranking
from contest.standings.board import rules_of


def seed_of(plan: PrizePlan) -> str:
    """The text that lots are drawn from, as the board's rules published it beforehand; "" for none."""
    return rules_of(board_id(plan)).seed


def draw_by_seed(plan: PrizePlan, kind: str, equal: Sequence[Named], note: str, *, by: str | None,
                 now: datetime) -> None:
    """Draw equal ones by the published text, so that anybody can reckon it: see `ranking.draw`.

    Raises 409 `no_seed`, and as `draw_lots`.
    """
    seed = seed_of(plan)
    if not seed:
        raise Refusal("no_seed", 409)
    order = sorted(equal, key=lambda one: ranking.draw(seed, one.id))
    draw_lots(plan, kind, [one.holder for one in order], note, by=by, now=now)


def take_back_refusal(prize_id: str, holder: str, *, by: str | None, now: datetime) -> None:
    """Strike what was put on record by mistake: this holder does not decline the prize. Raises `Missing`."""
    row, prize = db.session.get(Refused, (prize_id, holder)), db.session.get(Prize, prize_id)
    if row is None or prize is None:
        raise Missing
    db.session.delete(row)
    record("awards.accepted", "prize", prize_id, by=by, now=now, holder=holder, was=row.reason)
    db.session.flush()
