"""A frozen list, as certificates are made of it, written straight into the tables: much faster than a contest."""

from dataclasses import dataclass
from datetime import date, timedelta

from contest.awards.models import Award, AwardList, Prize, PrizePlan
from contest.awards.operations import draw_code
from contest.extensions import db
from contest.rounds.models import ContestUnit
from tests import factories
from tests.factories import NOON

FROZEN = NOON + timedelta(hours=3)
DECISION = {"decision": "15/QĐ-SNV", "decided_on": date(2026, 12, 20), "signer": "Nguyễn Văn Mẫu",
            "signer_title": "KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC"}


@dataclass(frozen=True)
class Winners:
    """Ids, and the codes of the certificates in their order: people, then the unit."""

    contest: str
    plan: str
    list_id: str
    people: list[str]
    unit: str
    awards: list[str]
    codes: list[str]


def winners(*, people=2, frozen=True, title="Tìm hiểu cải cách hành chính năm 2026") -> Winners:
    """`people` winners of Sở Nội vụ and the unit itself. Commits."""
    unit = factories.unit("Sở Nội vụ")
    contest = factories.contest(title=title, units=(unit,))
    contest.agency_parent, contest.agency_name = "Ủy ban nhân dân tỉnh Mẫu", "Sở Nội vụ"
    round_ = factories.round_(contest, factories.bank(4))
    counted = db.session.query(ContestUnit).filter_by(contest_id=contest.id).one()
    plan = PrizePlan(contest_id=contest.id, round_id=round_.id, changed_at=NOON, prizes=[
        Prize(position=1, name="Giải Nhất", kind="individual", count=max(1, people)),
        Prize(position=2, name="Giải Nhất tập thể", kind="collective", count=1)])
    db.session.add(plan)
    db.session.flush()
    accounts = [factories.account(name=f"Lê Thị Hồng Gấm {n}", unit=unit) for n in range(people)]
    holders = [{"entry_id": factories.entry(contest, one, counted).id, "name": one.name, "unit_name": unit.name,
                "prize_id": plan.prizes[0].id, "prize_name": "Giải Nhất"} for one in accounts]
    holders.append({"unit_id": counted.id, "name": unit.name, "prize_id": plan.prizes[1].id,
                    "prize_name": "Giải Nhất tập thể"})
    row = listed(plan.id, holders, frozen=frozen)
    db.session.commit()
    return Winners(contest.id, plan.id, row.id, [one.id for one in accounts], unit.id,
                   [one.id for one in row.awards], [one.code for one in row.awards])


def listed(plan_id, holders, *, number=1, frozen=True, frozen_at=FROZEN, **columns) -> AwardList:
    """A list of these holders: the columns of each award but its position, rank, points, code."""
    row = AwardList(plan_id=plan_id, number=number, state="frozen" if frozen else "draft", made_at=FROZEN,
                    frozen_at=frozen_at if frozen else None, **((DECISION | columns) if frozen else {}))
    row.awards = [Award(**{"position": place, "rank": place, "points": 400, "worth": "", "reason": "by_rank",
                           "params": {"rank": place}, "code": draw_code(), **one})
                  for place, one in enumerate(holders, 1)]
    db.session.add(row)
    db.session.flush()
    return row


def again(award: Award) -> dict[str, object]:
    """The holder of an award, for another list."""
    return {name: getattr(award, name) for name in ("entry_id", "unit_id", "name", "unit_name", "prize_id",
                                                    "prize_name")}
