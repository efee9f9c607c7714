"""Whether annulled sittings may count again by a grading run: all of them together, beside those that it takes out."""

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import func, select, tuple_

from contest.delivery import overruling
from contest.delivery.models import Attempt
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Round
from contest.standings.grading import Grader, grader_of
from contest.standings.keys import Correction


def check(round_: Round, back: Collection[str], out: Collection[str],
          corrections: Mapping[str, Correction]) -> list[Attempt]:
    """These sittings, held until the transaction ends; `out` and `corrections` are what the run does besides.

    Raises 422 `not_in_round` for one of another round, or that nobody annulled; 409 `quota_full` where a person would
    have more sittings that count than the round allows, `essay_unmarked` where an essay has no mark.
    """
    if not back:
        return []
    found = held(back)
    if {row.id for row in found if row.round_id == round_.id} != set(back) or not all(map(overruling.ended_as, found)):
        raise Refusal("not_in_round", 422)
    check_quota(round_, found, out)
    held_now = grader_of(round_)
    grader = Grader(held_now.rules, {**held_now.corrections, **corrections})
    if any(total.pending for total in grader.totals([row.id for row in found]).values()):
        raise Refusal("essay_unmarked", 409)
    return found


def held(attempt_ids: Collection[str]) -> list[Attempt]:
    """These sittings as the database has them now, held until the transaction ends: who starts on them waits."""
    return list(db.session.scalars(
        select(Attempt).where(Attempt.id.in_(list(attempt_ids))).order_by(Attempt.id).with_for_update(key_share=True),
        execution_options={"populate_existing": True}))


def check_quota(round_: Round, back: Collection[Attempt], out: Collection[str]) -> None:
    """Raises 409 `quota_full` where one that was given back would be one too many, those in `out` left aside.

    Who was annulled without being allowed another sitting has none in its place.
    """
    given = {(row.entry_id, row.scope) for row in back if row.returned}
    if not given:
        return
    counting = Counter({(entry_id, scope): count for entry_id, scope, count in db.session.execute(
        select(Attempt.entry_id, Attempt.scope, func.count()).join(Round, Round.id == Attempt.round_id)
        .where(tuple_(Attempt.entry_id, Attempt.scope).in_(sorted(given)), Attempt.state != "void",
               Attempt.id.not_in(list(out)), Round.state != "cancelled")
        .group_by(Attempt.entry_id, Attempt.scope))})
    counting.update((row.entry_id, row.scope) for row in back)
    if any(counting[one] > round_.attempts_allowed for one in given):
        raise Refusal("quota_full", 409)
