"""Draft lists that a change of the plan leaves without their prizes."""

from collections.abc import Collection

from sqlalchemy import delete, or_, select

from contest.awards.certificate_models import CertificateDesign
from contest.awards.models import Award, AwardList, PassedOver, PrizePlan, Refused
from contest.extensions import db


def discard(plan: PrizePlan, prize_ids: Collection[str]) -> list[int]:
    """Throw away drafts that name these prizes, and who declined them; the numbers of the drafts.

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
    return [row[1] for row in lists]
