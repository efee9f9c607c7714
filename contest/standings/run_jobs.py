"""The long work of grading anew, as `jobs.running` calls it: what a run would change is found in steps."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import select

from contest import clock
from contest.database import looked
from contest.extensions import db
from contest.jobs.running import Cancelled, Handler, Progress
from contest.standings import applying, previewing, regrading
from contest.standings.applying import STEPS, building_back, unheard
from contest.standings.building import building
from contest.standings.run_models import APPLY, JOB, GradingRun


def build_run(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Build a run's preview, committing between its steps: its rows hold nothing yet, and nobody waits long.

    Whatever kills its worker, the next one begins anew; the last step is committed with the job's end.
    """
    now = clock.now()
    run_id = params["object_id"]
    run = regrading.run_of(run_id)
    if run.state != "building":
        return {"state": run.state}
    steps = (building_back if run.undoes_id else building)(run_id, now)
    for done, total in steps:
        if db.session.get_one(GradingRun, run_id).state == "building":
            _between(run_id, done, total, progress)
    run = regrading.run_of(run_id)
    run.summary = {**run.summary, "first": previewing.first(run)}
    return {"state": "ready"}


def _between(run_id: str, done: int, total: int, progress: Progress) -> None:
    """Commit, and go on with no transaction open."""
    db.session.commit()
    progress(done, total)
    state = select(GradingRun.state).where(GradingRun.id == run_id)
    if looked(partial(db.session.scalar, state)) != "building":
        raise Cancelled


def apply_run(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Let a large run hold, in one transaction with the job's end: whatever kills the worker, nothing of it holds.

    SQLite lets nobody else write meanwhile, so the steps are told on PostgreSQL only.
    """
    now = clock.now()
    heard = (lambda step: progress(step, STEPS)) if db.engine.dialect.name == "postgresql" else unheard
    run = applying.apply_run(params["object_id"], params["note"], by=params["by"], now=now, told=heard)
    return {"state": run.state}


HANDLERS: dict[str, Handler] = {JOB: build_run, APPLY: apply_run}
