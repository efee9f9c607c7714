"""How the rounds of a contest add up to one board: chosen before people are ranked by it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.events import overall_changed
from contest.rounds.models import Contest, Round
from contest.scoring import counting, policy
from contest.scoring.policy import BadPolicy, Policy

# What a prediction's distance is counted in; a number that organisers ask for may count anything.
UNITS = {"perfect_entries": "people", "participants": "people", "perfect_percent": "percent", "number": "number"}


def set_overall(contest_id: str, data: Mapping[str, Any] | None, *, by: str | None, now: datetime) -> Contest:
    """Rank people over all rounds by these rules (`scoring.policy`, with `rounds`); None: no such board.

    Raises `Missing`; 409 `overall_kept` for another choice once a round's results are official, which
    `standings.overall_runs` puts right; `BadPolicy`, also for "earlier", which no contest has.
    """
    row = db.session.scalar(select(Contest).where(Contest.id == contest_id).with_for_update(key_share=True))
    if row is None:
        raise Missing
    new = None if data is None else checked(row, data)
    if new == row.overall:
        return row
    if kept(row):
        raise Refusal("overall_kept", 409)
    before, row.overall = row.overall, new
    record("contest.overall", "contest", row.id, by=by, now=now, before=before, after=new)
    db.session.flush()
    overall_changed.send(contest_id=row.id, now=now)
    return row


def kept(row: Contest) -> bool:
    """Whether people are ranked by the rules already: then other ones need a second person (`overall_runs`)."""
    return row.overall is not None and any(round_.results_published_at for round_ in row.rounds)


def checked(row: Contest, data: Mapping[str, Any]) -> dict[str, Any]:
    """The rules as a contest keeps them. Raises `BadPolicy`."""
    for error in faults(row, data):
        raise error
    return {"rounds": {"how": "sum"}, **policy.written(policy.read(data))}


def faults(row: Contest, data: Mapping[str, Any]) -> list[BadPolicy]:
    """All that keeps these from being a contest's rules: `policy.faults`, "earlier", which no contest has, and
    "distance" ("units") where rounds that count ask for predictions in different units: nothing adds those up.
    """
    found = policy.faults(data, predicted=any(round_.prediction != "none" for round_ in contest_rounds(row)))
    if "earlier" in data.get("chain", ()):
        found.append(BadPolicy("chain", "unknown"))
    if not found and _mixed(policy.read(data), row, {round_.id for round_ in contest_rounds(row)}):
        found.append(BadPolicy("chain", "units"))
    return found


def mixes(round_: Round) -> bool:
    """Whether its contest adds up distances and this round, once it is published, would bring another unit to them."""
    contest = round_.contest
    published = {one.id for one in contest_rounds(contest) if one.state == "published"}
    return (contest.overall is not None and round_.kind == "contest"
            and _mixed(policy.read(contest.overall), contest, published | {round_.id}, told=round_))


def _mixed(rules: Policy, row: Contest, among: Collection[str], told: Round | None = None) -> bool:
    """`told`: the round that is asked about; where it brings nothing, what others are is no matter of its own."""
    units = {number: UNITS[round_.prediction] for number, round_ in enumerate(contest_rounds(row), 1)
             if round_.id in among and round_.state != "cancelled" and round_.prediction != "none"
             and counting.weight(rules.rounds, number) > 0}
    asks = told is None or contest_rounds(row).index(told) + 1 in units
    return asks and policy.asks(rules, "distance") and len(set(units.values())) > 1


def prediction_of(row: Contest) -> str:
    """The kind of prediction that distances on a contest's board are written as: of its rounds, which agree."""
    rules = policy.read(row.overall or {})
    kinds = {round_.prediction for number, round_ in enumerate(contest_rounds(row), 1)
             if round_.state == "published" and round_.prediction != "none"
             and counting.weight(rules.rounds, number) > 0}
    return "perfect_percent" if kinds == {"perfect_percent"} else "participants"


def contest_rounds(row: Contest) -> list[Round]:
    """The rounds that add up, in their order: a round's position among them is what its weight goes by.

    One that was called off keeps its position.
    """
    return [round_ for round_ in row.rounds if round_.kind == "contest"]
