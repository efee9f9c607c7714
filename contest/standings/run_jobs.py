"""The long work of grading anew, as `jobs.running` calls it: what a run would change is found in steps."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from contest import clock
from contest.extensions import db
from contest.jobs.running import Cancelled, Handler, Progress
from contest.standings import previewing, regrading
from contest.standings.applying import building_back
from contest.standings.building import building
from contest.standings.run_models import JOB, GradingRun


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
    db.session.commit()
    progress(done, total)
    if db.session.scalar(select(GradingRun.state).where(GradingRun.id == run_id)) != "building":
        raise Cancelled


HANDLERS: dict[str, Handler] = {JOB: build_run}
