"""How the rounds of a contest add up to one board: chosen before people are ranked by it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.events import overall_changed
from contest.rounds.models import Contest, Round
from contest.scoring import policy
from contest.scoring.policy import BadPolicy


def set_overall(contest_id: str, data: Mapping[str, Any] | None, *, by: str | None, now: datetime) -> Contest:
    """Rank people over all rounds by these rules (`scoring.policy`, with `rounds`); None: no such board.

    Raises `Missing`; 409 `overall_kept` for another choice once a round's results are official; `BadPolicy`, also
    for "earlier", which no contest has.
    """
    row = db.session.scalar(select(Contest).where(Contest.id == contest_id).with_for_update(key_share=True))
    if row is None:
        raise Missing
    new = None if data is None else checked(row, data)
    if new == row.overall:
        return row
    if row.overall is not None and any(round_.results_published_at for round_ in row.rounds):
        raise Refusal("overall_kept", 409)
    before, row.overall = row.overall, new
    record("contest.overall", "contest", row.id, by=by, now=now, before=before, after=new)
    db.session.flush()
    overall_changed.send(contest_id=row.id, now=now)
    return row


def checked(row: Contest, data: Mapping[str, Any]) -> dict[str, Any]:
    """The rules as a contest keeps them. Raises `BadPolicy`."""
    for error in faults(row, data):
        raise error
    return {"rounds": {"how": "sum"}, **policy.written(policy.read(data))}


def faults(row: Contest, data: Mapping[str, Any]) -> list[BadPolicy]:
    """All that keeps these from being a contest's rules: `policy.faults`, and "earlier", which no contest has."""
    found = policy.faults(data, predicted=any(round_.prediction != "none" for round_ in contest_rounds(row)))
    if "earlier" in data.get("chain", ()):
        found.append(BadPolicy("chain", "unknown"))
    return found


def contest_rounds(row: Contest) -> list[Round]:
    """The rounds that add up, in their order: a round's position among them is what its weight goes by.

    One that was called off keeps its position.
    """
    return [round_ for round_ in row.rounds if round_.kind == "contest"]
