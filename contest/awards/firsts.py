"""First prizes that units' people hold in the rounds of a contest, by the latest frozen list of each round."""

from collections.abc import Mapping

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from contest.awards.certified import declined
from contest.awards.models import Award, AwardList, Prize, PrizePlan
from contest.awards.queries import announced
from contest.extensions import db
from contest.rounds.models import Entry, Round

# Computed prizes of people: what the organisers name somebody for is no rank.
RANKED = (Prize.kind == "individual", Prize.measure == "")


def held(contest_id: str) -> Mapping[str, int]:
    """Participating unit → the first prizes of the people who count for it; no line for a unit without any.

    A first prize is the first of its audience and bloc in its round's plan. Of officials only, as in every figure of
    units; without those that were declined since. Two statements.
    """
    lists = [row.id for row, round_ in announced(contest_id) if round_ is not None]
    before = aliased(Prize)
    better = exists().where(
        before.plan_id == Prize.plan_id, before.kind == "individual", before.measure == "",
        before.audience == Prize.audience, before.bloc == Prize.bloc, before.position < Prize.position)
    return {unit_id: number for unit_id, number in db.session.execute(
        select(Entry.counted_unit_id, func.count()).select_from(Award).join(Prize, Prize.id == Award.prize_id)
        .join(Entry, Entry.id == Award.entry_id)
        .where(Award.list_id.in_(lists), *RANKED, ~better, ~declined(), Entry.audience == "official")
        .group_by(Entry.counted_unit_id)) if unit_id}


def unlisted(contest_id: str) -> list[Round]:
    """The rounds that may yet give first prizes: their plans have prizes of people, and no list of theirs is frozen."""
    frozen = exists().where(AwardList.plan_id == PrizePlan.id, AwardList.state == "frozen")
    ranked = exists().where(Prize.plan_id == PrizePlan.id, *RANKED)
    return list(db.session.scalars(
        select(Round).join(PrizePlan, PrizePlan.round_id == Round.id)
        .where(Round.contest_id == contest_id, Round.kind == "contest", Round.state == "published", ranked, ~frozen)
        .order_by(Round.position, Round.id)))
