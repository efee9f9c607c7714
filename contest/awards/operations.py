"""Prize plans and award lists: drawn up as drafts, frozen with their decision, never changed afterwards."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.awards import candidates, deciding, drafts, frozen, nominees, official, planned, queries
from contest.awards.candidates import Field, Holder
from contest.awards.models import Award, AwardList, PassedOver, Prize, PrizePlan, Refused
from contest.awards.planned import MOST_PRIZES, PlanFields, PrizeFields
from contest.clock import LOCAL
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.models import Contest, Round
from contest.rounds.operations import locked
from contest.scoring import awards, prizes
from contest.scoring.prizes import Outcome, Scope
from contest.standings import overall

CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # as receipts: 50 random bits in ten signs
FIRST = 200  # candidates of a scope that are read at first
Reader = Callable[[PrizePlan, Scope, int], Field]
Names = dict[tuple[Scope, str], Holder]


@dataclass(frozen=True)
class Decision:
    """What a frozen list refers to."""

    number: str
    on: date
    signer: str
    title: str = ""


def plan_for(contest_id: str, round_id: str | None, now: datetime) -> PrizePlan:
    """The plan of a round, or of a contest as a whole, locked; made empty where there is none. Raises `Missing`."""
    contest = db.session.scalar(select(Contest).where(Contest.id == contest_id).with_for_update(key_share=True))
    if contest is None or (round_id and db.session.scalar(
            select(Round.contest_id).where(Round.id == round_id)) != contest_id):
        raise Missing
    of = PrizePlan.round_id == round_id if round_id else PrizePlan.round_id.is_(None)
    found = db.session.scalar(select(PrizePlan).where(PrizePlan.contest_id == contest_id, of))
    if found is None:
        found = PrizePlan(contest_id=contest_id, round_id=round_id, changed_at=now)
        db.session.add(found)
        db.session.flush()
    return found


def change_plan(plan: PrizePlan, fields: PlanFields, *, by: str | None, now: datetime) -> None:
    """Set a plan's rules and prizes. A prize that stands in a list keeps its row.

    Drafts that name a prize which is taken out are thrown away; who was named for one goes with it, or once it is of
    another kind or measure. Raises 422 `bad_formula` with its `field`, `part_unknown`, `bad_prize` with its `place`,
    `too_many_prizes`, `firsts_of_round`; 409 `prize_awarded` where a frozen list names it, `more_named` than places.
    """
    planned.check(plan, fields)
    named = nominees.holders(plan)
    for name in ("one_per_person", "one_per_unit", "need_pass", "need_phone", "formula"):
        setattr(plan, name, getattr(fields, name))
    plan.changed_at = now
    discarded = _set_prizes(plan, fields.prizes)
    record("prizes.change", "contest", plan.contest_id, by=by, now=now, round=plan.round_id,
           prizes=[asdict(one) for one in fields.prizes], discarded=discarded,
           unnamed=sorted(named - nominees.holders(plan)))


def _set_prizes(plan: PrizePlan, wanted: Sequence[PrizeFields]) -> list[int]:
    held = {row.id: row for row in plan.prizes}
    rows = []
    for number, one in enumerate(wanted, 1):
        row = held.pop(one.id or "", None) or Prize(plan_id=plan.id)
        if row.id and (row.kind, row.measure) != (one.kind, one.measure):
            drafts.forget_named([row.id])
        for name in ("name", "kind", "count", "audience", "bloc", "tie", "worth", "measure"):
            setattr(row, name, getattr(one, name))
        row.position = number + MOST_PRIZES  # out of the way of the numbers that are still taken
        rows.append(row)
    try:
        with db.session.begin_nested():
            discarded = drafts.discard(plan, list(held)) if held else []
            plan.prizes[:] = rows
            db.session.flush()
            for number, row in enumerate(rows, 1):
                row.position = number
            db.session.flush()
    except IntegrityError as error:
        raise Refusal("prize_awarded", 409) from error
    return discarded


def field_today(plan: PrizePlan, scope: Scope, limit: int) -> Field:
    """The first `limit` candidates of a scope as they stand on the board, or all who were named."""
    if scope.measure == prizes.NAMED:
        return nominees.field(plan, scope)
    return candidates.people(plan, scope, limit) if scope.kind == "individual" else candidates.units(plan, scope)


def outcome_of(plan: PrizePlan, read: Reader = field_today) -> tuple[Outcome, Names]:
    """What the plan's rules give today, and who is meant. Reads as many candidates as the prizes need.

    `read`: where the candidates come from, should the board be another one.
    """
    scopes = candidates.scopes_of(plan)
    wanted = [prizes.Prize(row.id, row.name, scopes[row.id], row.count, row.tie) for row in plan.prizes]
    refused = db.session.execute(select(Refused.prize_id, Refused.holder).join(Prize, Prize.id == Refused.prize_id)
                                 .where(Prize.plan_id == plan.id)).all()
    limit = FIRST + sum(row.count for row in plan.prizes)
    while True:
        fields = {scope: read(plan, scope, limit) for scope in {one.scope for one in wanted}}
        found = awards.distribute(
            wanted, {scope: field.candidates for scope, field in fields.items()},
            prizes.Rules(plan.one_per_person, plan.one_per_unit), [(row[0], row[1]) for row in refused])
        if not _needs_more(plan, found, fields):
            names = {(scope, id_): holder for scope, field in fields.items() for id_, holder in field.holders.items()}
            return found, names
        limit *= 4


def _needs_more(plan: PrizePlan, found: Outcome, fields: dict[Scope, Field]) -> bool:
    """True where a prize is short of candidates, or ends in the last rank that was read, and there are others."""
    scopes = candidates.scopes_of(plan)
    short = {scopes[one.prize_id] for one in found.unfilled if one.reason == "no_candidates"}
    last = {scope: field.candidates[-1].rank for scope, field in fields.items() if field.candidates and field.more}
    short |= {scopes[one.prize_id] for one in found.awards if one.params.get("rank") == last.get(scopes[one.prize_id])}
    short |= {one.scope for one in found.undecided if one.rank == last.get(one.scope)}
    return any(fields[scope].more for scope in short)


def make_list(plan: PrizePlan, *, by: str | None, now: datetime) -> AwardList:
    """Draw up a draft of who gets what, who is passed over and why.

    Raises 409 `no_prizes`, `no_overall` where the rounds don't add up to a board, `results_not_published`,
    `list_differs` where somebody was barred since a list was published.
    """
    if not plan.prizes:
        raise Refusal("no_prizes", 409)
    if not official.has_board(plan):
        raise Refusal("no_overall", 409)
    if not official.published(plan):
        raise Refusal("results_not_published", 409)
    official.refuse_differing(plan)
    found, names = outcome_of(plan)
    last = db.session.scalar(select(func.max(AwardList.number)).where(AwardList.plan_id == plan.id)) or 0
    row = AwardList(plan_id=plan.id, number=last + 1, state="draft", made_at=now, made_by=by,
                    undecided=[_plain(asdict(one)) for one in found.undecided],
                    unfilled=[asdict(one) for one in found.unfilled])
    prize_of, scopes = {prize.id: prize for prize in plan.prizes}, candidates.scopes_of(plan)
    decided = deciding.decided(plan, found, scopes)
    for number, one in enumerate(found.awards, 1):
        prize, place = prize_of[one.prize_id], (scopes[one.prize_id], one.candidate_id)
        row.awards.append(Award(position=number, prize_id=prize.id, prize_name=prize.name, worth=prize.worth,
                                rank=int(one.params["rank"]), reason=one.reason, code=draw_code(),
                                params={**one.params, **({"decided": decided[place]} if place in decided else {})},
                                **asdict(names[place])))
    for number, over in enumerate(found.passed, 1):
        holder = names[scopes[over.prize_id], over.candidate_id]
        row.passed.append(PassedOver(position=number, prize_id=over.prize_id, rank=int(over.params["rank"]),
                                     reason=over.reason, params=dict(over.params), entry_id=holder.entry_id,
                                     unit_id=holder.unit_id, name=holder.name, unit_name=holder.unit_name))
    db.session.add(row)
    db.session.flush()
    record("awards.draft", "contest", plan.contest_id, by=by, now=now, round=plan.round_id, list=row.number)
    return row


def freeze_list(list_id: str, decision: Decision, *, by: str, now: datetime) -> AwardList:
    """Let a draft stand for good, with the decision that it is part of.

    Raises `Missing`; 409 `list_frozen`, `list_superseded` by a later one, `rounds_not_official`, `list_differs`,
    `firsts_not_frozen` where rounds have still to say who holds their first prizes, `list_outdated` where today's
    outcome is another one, `list_undecided` where a draw is still to be held, `list_empty`; 422 `decision_required`,
    `decision_to_come` where it is of a day that is still to come.
    """
    row, plan = _held(list_id)
    if row.state == "frozen":
        raise Refusal("list_frozen", 409)
    if not queries.is_latest(row):
        raise Refusal("list_superseded", 409)
    if not (decision.number.strip() and decision.signer.strip()):
        raise Refusal("decision_required", 422)
    if decision.on > now.astimezone(LOCAL).date():
        raise Refusal("decision_to_come", 422)
    if not official.published(plan):
        raise Refusal("rounds_not_official", 409)
    official.refuse_differing(plan)
    if waiting := candidates.unlisted(plan):
        raise Refusal("firsts_not_frozen", 409, rounds="; ".join(one.title for one in waiting))
    found, names = outcome_of(plan)
    if found.undecided:
        raise Refusal("list_undecided", 409, count=len(found.undecided))
    if not row.awards and not found.awards:
        raise Refusal("list_empty", 409)
    if _outdated(row, plan, found, names):
        raise Refusal("list_outdated", 409)
    row.state, row.frozen_at, row.frozen_by = "frozen", now, by
    row.decision, row.decided_on = decision.number.strip(), decision.on
    row.signer, row.signer_title = decision.signer.strip(), decision.title.strip()
    record(frozen.ACTION, "contest", plan.contest_id, by=by, now=now, round=plan.round_id, list=row.number,
           decision=row.decision, list_id=row.id, digest=frozen.digest(row))
    db.session.flush()
    return row


def _held(list_id: str) -> tuple[AwardList, PrizePlan]:
    """A list and its plan as the database has them now; nothing that they go by changes before this is committed.

    Held in the house's order: the round, the contest, and only then the list, which whoever changes the plan takes
    after the contest. Raises `Missing`.
    """
    found = db.session.execute(select(PrizePlan.contest_id, PrizePlan.round_id).join(
        AwardList, AwardList.plan_id == PrizePlan.id).where(AwardList.id == list_id)).one_or_none()
    if found is None:
        raise Missing
    if found.round_id:
        locked(found.round_id)
    overall.held(found.contest_id)
    row = db.session.scalar(select(AwardList).where(AwardList.id == list_id).with_for_update()
                            .execution_options(populate_existing=True))
    if row is None:  # thrown away while this waited
        raise Missing
    return row, db.session.get_one(PrizePlan, row.plan_id, populate_existing=True)


def moved_on(row: AwardList) -> bool:
    """True where a list would come out otherwise today: in who is given what, at which rank, with which points."""
    plan = db.session.get_one(PrizePlan, row.plan_id)
    return official.published(plan) and _outdated(row, plan, *outcome_of(plan))


def _outdated(row: AwardList, plan: PrizePlan, found: Outcome, names: dict[tuple[Scope, str], Holder]) -> bool:
    scopes = candidates.scopes_of(plan)
    return drafts.outdated(row, found, scopes, names, deciding.decided(plan, found, scopes))


def draw_code() -> str:
    """A fresh code of a certificate: "K7QM-3F8T-W2"."""
    signs = "".join(secrets.choice(CODE_SIGNS) for _ in range(10))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON gives them back."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
