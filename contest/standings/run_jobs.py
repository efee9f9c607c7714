"""The long work of grading anew, as `jobs.running` calls it: what a run would change is found in steps."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import select

from contest import clock
from contest.database import looked
from contest.extensions import db
from contest.jobs.running import Cancelled, Handler, Progress
from contest.standings import (
    applying,
    overall_building,
    overall_models,
    overall_runs,
    previewing,
    regrading,
    run_models,
)
from contest.standings.applying import Told, building_back, unheard
from contest.standings.building import building
from contest.standings.overall_models import OverallRun
from contest.standings.run_models import GradingRun


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
            _between(GradingRun, run_id, (done, total), progress)
    run = regrading.run_of(run_id)
    run.summary = {**run.summary, "first": previewing.first(run)}
    return {"state": "ready"}


def build_overall(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """`build_run` of other rules for a contest's board."""
    now = clock.now()
    run_id = params["object_id"]
    run = overall_building.run_of(run_id)
    if run.state != "building":
        return {"state": run.state}
    for told in overall_building.building(run_id, now):
        if overall_building.run_of(run_id).state == "building":
            _between(OverallRun, run_id, told, progress)
    return {"state": "ready"}


def _between(table: Any, run_id: str, told: tuple[int, int], progress: Progress) -> None:
    """Commit, and go on with no transaction open."""
    db.session.commit()
    progress(*told)
    state = select(table.state).where(table.id == run_id)
    if looked(partial(db.session.scalar, state)) != "building":
        raise Cancelled


def apply_run(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Let a large run hold, in one transaction with the job's end: whatever kills the worker, nothing of it holds.

    SQLite lets nobody else write meanwhile, so the steps are told on PostgreSQL only.
    """
    now = clock.now()
    run = applying.apply_run(params["object_id"], params["note"], by=params["by"], now=now,
                             told=_heard(progress, applying.STEPS))
    return {"state": run.state}


def apply_overall(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """`apply_run` of other rules for the board of many people."""
    now = clock.now()
    run = overall_runs.apply_run(params["object_id"], params["note"], by=params["by"], now=now,
                                 told=_heard(progress, overall_runs.STEPS))
    return {"state": run.state}


def _heard(progress: Progress, steps: int) -> Told:
    return (lambda step: progress(step, steps)) if db.engine.dialect.name == "postgresql" else unheard


HANDLERS: dict[str, Handler] = {
    run_models.JOB: build_run, run_models.APPLY: apply_run,
    overall_models.JOB: build_overall, overall_models.APPLY: apply_overall}
