"""What a plan of prizes is to say, and whether it can."""

from dataclasses import dataclass
from typing import Any

from contest.awards import nominees
from contest.awards.entered import part_names
from contest.awards.models import PrizePlan
from contest.errors import Refusal
from contest.scoring import formulas, prizes

MOST_PRIZES = 60


@dataclass(frozen=True)
class PrizeFields:
    """What an organiser says of a prize; `id` of one that exists already."""

    name: str
    kind: str
    count: int
    audience: str = ""
    bloc: str = ""
    tie: str = "undecided"
    worth: str = ""
    measure: str = ""
    id: str | None = None


@dataclass(frozen=True)
class PlanFields:
    """The rules of a plan, and its prizes from the first to the last."""

    prizes: tuple[PrizeFields, ...]
    one_per_person: bool = True
    one_per_unit: bool = False
    need_pass: bool = False
    need_phone: bool = False
    formula: dict[str, Any] | None = None


def check(plan: PrizePlan, fields: PlanFields) -> None:
    """Refuse what the plan can't say: see `operations.change_plan`."""
    _formula(plan, fields)
    _prizes(plan, fields)


def _formula(plan: PrizePlan, fields: PlanFields) -> None:
    if fields.formula is not None:
        try:
            found = formulas.read(fields.formula)
        except formulas.BadFormula as error:
            raise Refusal("bad_formula", 422, field=error.field) from error
        if unknown := sorted(set(found.entered) - set(part_names(plan.contest_id))):
            raise Refusal("part_unknown", 422, part=unknown[0])
        if plan.round_id and found.asks_firsts:
            raise Refusal("firsts_of_round", 422)


def _prizes(plan: PrizePlan, fields: PlanFields) -> None:
    if len(fields.prizes) > MOST_PRIZES:
        raise Refusal("too_many_prizes", 422, most=MOST_PRIZES)
    held, kinds = nominees.counts(plan), {row.id: row.kind for row in plan.prizes}
    for place, one in enumerate(fields.prizes, 1):
        if (not one.name.strip() or one.count < 1 or one.tie not in prizes.TIES
                or one.measure not in prizes.MEASURES.get(one.kind, ())):
            raise Refusal("bad_prize", 422, place=place)
        if plan.round_id and one.measure == "firsts":
            raise Refusal("firsts_of_round", 422)
        same = one.measure == prizes.NAMED and kinds.get(one.id or "") == one.kind
        named = held.get(one.id or "", 0) if same else 0
        if named > one.count:
            raise Refusal("more_named", 409, prize=one.name, named=named)
