"""Prizes of a round with official results: announced in an invented decision, their certificates asked for."""

from datetime import datetime

from contest.awards import operations as awards
from contest.awards.operations import Decision
from contest.awards.planned import PlanFields, PrizeFields
from contest.clock import LOCAL
from contest.jobs.operations import enqueue
from contest.reports.certificate_jobs import ABOUT, JOB, ONE
from contest.rounds.models import Round

# (name, kind, how many, worth); equal ones all get the prize, so that nothing is left to draw.
PRIZES = (("Giải Nhất tập thể", "collective", 1, "5.000.000 đồng"), ("Giải Nhì tập thể", "collective", 2, ""),
          ("Giải Nhất", "individual", 1, "2.000.000 đồng"), ("Giải Nhì", "individual", 2, "1.000.000 đồng"),
          ("Giải Ba", "individual", 3, "500.000 đồng"), ("Giải Khuyến khích", "individual", 4, ""))
MOST = PrizeFields("Giải Đơn vị có nhiều người dự thi nhất", "collective", 1, tie="share", measure="people")


def award(round_: Round, *, by: str, now: datetime) -> None:
    """Draw up the list, let it stand in a decision; the worker makes the file of its certificates."""
    plan = awards.plan_for(round_.contest_id, round_.id, now)
    prizes = tuple(PrizeFields(name, kind, count, tie="share", worth=worth) for name, kind, count, worth in PRIZES)
    awards.change_plan(plan, PlanFields((*prizes, MOST)), by=by, now=now)
    row = awards.make_list(plan, by=by, now=now)
    decision = Decision("15/QĐ-SNV", now.astimezone(LOCAL).date(), "Nguyễn Văn Mẫu", "GIÁM ĐỐC")
    awards.freeze_list(row.id, decision, by=by, now=now)
    enqueue(JOB, ABOUT, row.id, by=by, now=now, shape=ONE)
