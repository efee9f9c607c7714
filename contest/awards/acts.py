"""What organisers put on record beside a list: lots, by hand or by the published text; a prize taken after all."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.awards import candidates
from contest.awards.models import Lot, Prize, PrizePlan, Refused
from contest.awards.queries import Named
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.scoring import ranking
from contest.standings.board import rules_of


def seed_of(plan: PrizePlan) -> str:
    """The text that lots are drawn from, as the board's rules published it beforehand; "" for none."""
    return rules_of(candidates.board_id(plan)).seed


def draw_lots(plan: PrizePlan, kind: str, order: Sequence[str], note: str, *, measure: str = "", by: str | None,
              now: datetime) -> None:
    """Put on record in which order equal ones were drawn; it holds for lists of this kind and measure.

    Who drew before, among others, has the new number from now on: behind all of then, so that who won stays
    ahead. Raises 422 `reason_required`; 409 `already_drawn` where all of them drew before.
    """
    if not note.strip():
        raise Refusal("reason_required", 422)
    held = candidates.lots_of(plan, kind, measure)
    again = [holder for holder in order if holder in held]
    if len(again) == len(order):
        raise Refusal("already_drawn", 409)
    last = max(held.values(), default=0)
    try:
        with db.session.begin_nested():
            for holder in again:
                db.session.delete(db.session.get_one(Lot, (plan.id, kind, measure, holder)))
            db.session.flush()
            db.session.add_all(Lot(plan_id=plan.id, kind=kind, measure=measure, holder=holder, number=last + number,
                                   note=note.strip(), at=now, by=by) for number, holder in enumerate(order, 1))
            db.session.flush()
    except IntegrityError as error:
        raise Refusal("already_drawn", 409) from error
    record("awards.lots", "contest", plan.contest_id, by=by, now=now, round=plan.round_id, order=list(order),
           note=note.strip(), before={holder: held[holder] for holder in again},
           **({"measure": measure} if measure else {}))


def draw_by_seed(plan: PrizePlan, kind: str, equal: Sequence[Named], note: str, *, measure: str = "", by: str | None,
                 now: datetime) -> None:
    """Draw equal ones by the published text, so that anybody can reckon it: see `ranking.draw`.

    Raises 409 `no_seed`, and as `draw_lots`.
    """
    seed = seed_of(plan)
    if not seed:
        raise Refusal("no_seed", 409)
    order = sorted(equal, key=lambda one: ranking.draw(seed, one.id))
    draw_lots(plan, kind, [one.holder for one in order], note, measure=measure, by=by, now=now)


def refuse_prize(prize_id: str, holder: str, reason: str, *, by: str | None, now: datetime) -> None:
    """Put on record who declined a prize or never came for it; the next list has those behind moved up.

    Twice is as once. Raises `Missing`; 422 `reason_required`.
    """
    prize = db.session.get(Prize, prize_id)
    if prize is None:
        raise Missing
    if not reason.strip():
        raise Refusal("reason_required", 422)
    if db.session.get(Refused, (prize_id, holder)) is None:
        db.session.add(Refused(prize_id=prize_id, holder=holder, reason=reason.strip(), at=now, by=by))
        record("awards.refused", "prize", prize_id, by=by, now=now, holder=holder, reason=reason.strip())
        db.session.flush()


def take_back_refusal(prize_id: str, holder: str, *, by: str | None, now: datetime) -> None:
    """Strike what was put on record by mistake: this holder does not decline the prize. Raises `Missing`."""
    row, prize = db.session.get(Refused, (prize_id, holder)), db.session.get(Prize, prize_id)
    if row is None or prize is None:
        raise Missing
    db.session.delete(row)
    record("awards.accepted", "prize", prize_id, by=by, now=now, holder=holder, was=row.reason)
    db.session.flush()
