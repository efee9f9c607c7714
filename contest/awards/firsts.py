"""First prizes that units' people hold in the rounds of a contest, by the latest frozen list of each round."""

from collections.abc import Mapping

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from contest.awards.certified import declined
from contest.awards.models import Award, AwardList, Prize, PrizePlan
from contest.awards.queries import announced
from contest.extensions import db
from contest.rounds.models import Entry, Round


def held(contest_id: str) -> Mapping[str, int]:
    """Participating unit → the first prizes of the people who count for it; no line for a unit without any.

    A first prize is the first of its audience and bloc that the list gives to people, whatever the plan has become
    since. Of officials only, as in every figure of units; without those that were declined since. Two statements.
    """
    lists = [row.id for row, round_ in announced(contest_id) if round_ is not None]
    given, of = aliased(Award), aliased(Prize)
    better = exists().where(
        given.list_id == Award.list_id, given.position < Award.position, given.prize_id != Award.prize_id,
        given.entry_id.is_not(None), given.reason != "named",
        of.id == given.prize_id, of.audience == Prize.audience, of.bloc == Prize.bloc)
    return {unit_id: number for unit_id, number in db.session.execute(
        select(Entry.counted_unit_id, func.count()).select_from(Award).join(Prize, Prize.id == Award.prize_id)
        .join(Entry, Entry.id == Award.entry_id)
        .where(Award.list_id.in_(lists), Award.reason != "named", ~better, ~declined(), Entry.audience == "official")
        .group_by(Entry.counted_unit_id)) if unit_id}


def unlisted(contest_id: str) -> list[Round]:
    """The rounds that may yet give first prizes: their plans have prizes of people, and no list of theirs is frozen."""
    frozen = exists().where(AwardList.plan_id == PrizePlan.id, AwardList.state == "frozen")
    ranked = exists().where(Prize.plan_id == PrizePlan.id, Prize.kind == "individual", Prize.measure == "")
    return list(db.session.scalars(
        select(Round).join(PrizePlan, PrizePlan.round_id == Round.id)
        .where(Round.contest_id == contest_id, Round.kind == "contest", Round.state == "published", ranked, ~frozen)
        .order_by(Round.position, Round.id)))
