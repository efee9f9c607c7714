"""Draft lists that a change has overtaken: of the plan, which takes their prizes away, or of the results."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, or_, select

from contest.awards.candidates import Holder
from contest.awards.certificate_models import CertificateDesign
from contest.awards.deciding import Decided
from contest.awards.models import Award, AwardList, Nominee, PassedOver, PrizePlan, Refused
from contest.extensions import db
from contest.scoring.prizes import Outcome, Scope


def discard(plan: PrizePlan, prize_ids: Collection[str]) -> list[int]:
    """Throw away drafts that name these prizes, who declined them and who was named for them; the drafts' numbers.

    What a frozen list names stays, and keeps its prize from going.
    """
    named = [AwardList.id.in_(select(table.list_id).where(table.prize_id.in_(prize_ids)))
             for table in (Award, PassedOver)]
    lists = db.session.execute(select(AwardList.id, AwardList.number).where(
        AwardList.plan_id == plan.id, AwardList.state == "draft", or_(*named)).order_by(AwardList.number)).all()
    for table in (Award, PassedOver, CertificateDesign):
        db.session.execute(delete(table).where(table.list_id.in_([row[0] for row in lists])))
    db.session.execute(delete(AwardList).where(AwardList.id.in_([row[0] for row in lists])))
    db.session.execute(delete(Refused).where(Refused.prize_id.in_(prize_ids)))
    forget_named(prize_ids)
    return [row[1] for row in lists]


def forget_named(prize_ids: Collection[str]) -> None:
    """Name nobody for these prizes any longer."""
    db.session.execute(delete(Nominee).where(Nominee.prize_id.in_(prize_ids)))


def outdated(row: AwardList, found: Outcome, scopes: Mapping[str, Scope], names: Mapping[tuple[Scope, str], Holder],
             decided: Decided) -> bool:
    """Whether a list says anything else than today's outcome: who gets what or nothing, why, with which rank and
    points. `scopes` by prize. Names stay as they were when the list was drawn up, and lists of before its time have
    nothing `decided`.
    """
    if any(one.params["decided"] != decided.get((scopes[one.prize_id], one.entry_id or one.unit_id or ""))
           for one in row.awards if "decided" in one.params and one.prize_id in scopes):
        return True
    kept = [(one.prize_id, one.entry_id or one.unit_id, one.rank, one.reason, one.points, *_told(one.params))
            for one in row.awards]
    over = [(one.prize_id, one.entry_id or one.unit_id, one.rank, one.reason) for one in row.passed]
    return kept != [
        (one.prize_id, one.candidate_id, one.params["rank"], one.reason,
         names[scopes[one.prize_id], one.candidate_id].points, *_told(one.params)) for one in found.awards
    ] or over != [(one.prize_id, one.candidate_id, one.params["rank"], one.reason) for one in found.passed]


def _told(params: Mapping[str, Any]) -> list[Any]:
    """What an award says of its measure, or of why its holder was named."""
    return [params.get(name) for name in ("measure", "numerator", "denominator", "why")]
