"""The long work on a round's answers, as `jobs.running` calls it."""

from collections.abc import Mapping
from typing import Any

from contest import clock
from contest.database import reading
from contest.errors import Refusal
from contest.extensions import db
from contest.jobs.running import Handler, Progress
from contest.reports import analysing, comparing
from contest.reports.analysis_models import ANALYSE, COMPARE
from contest.rounds.models import Round
from contest.standings.regrading import settled


def analyse(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Analyse a round: everything is read on a transaction that holds nobody up, then written at once."""
    now = clock.now()
    round_id = params["object_id"]
    with reading():
        found = analysing.gather(_round(round_id), progress)
        db.session.rollback()
    return {"sittings": analysing.keep(round_id, found, now).sittings}


def compare(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Look for sittings that are alike; as `analyse`."""
    now = clock.now()
    round_id = params["object_id"]
    with reading():
        found = comparing.compare(_round(round_id), progress)
        db.session.rollback()
    return {"pairs": comparing.keep(round_id, found, now).found}


def _round(round_id: str) -> Round:
    round_ = db.session.get_one(Round, round_id)
    if not settled(round_):
        raise Refusal("not_settled", 409)
    return round_


HANDLERS: dict[str, Handler] = {ANALYSE: analyse, COMPARE: compare}
