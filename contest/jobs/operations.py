"""A job's way: queued, running, then done, failed or cancelled. Nothing here commits."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from contest.extensions import db
from contest.jobs.models import Job

STALE = timedelta(seconds=30)  # without a sign of life: its worker is dead
TRIES = 3
ENDED = ("done", "failed", "cancelled")


def enqueue(kind: str, object_type: str, object_id: str, *, by: str | None, now: datetime, **params: Any) -> Job:
    """A new job. `params` are plain JSON values."""
    job = Job(kind=kind, object_type=object_type, object_id=object_id, params=params, created_by=by, created_at=now,
              state="queued", tries=0, done=0, result={})
    db.session.add(job)
    db.session.flush()
    return job


def claim(now: datetime) -> Job | None:
    """The oldest job that waits or whose worker died, now running; None where there is none.

    One that has been tried three times fails as `crashed` instead.
    """
    dead = and_(Job.state == "running", or_(Job.heartbeat_at.is_(None), Job.heartbeat_at <= now - STALE))
    db.session.execute(update(Job).where(dead, Job.tries >= TRIES)
                       .values(state="failed", error="crashed", finished_at=now))
    job = db.session.scalar(
        select(Job).where(or_(Job.state == "queued", dead)).order_by(Job.created_at, Job.id).limit(1)
        .with_for_update(skip_locked=True))
    if job is not None:
        job.state, job.heartbeat_at, job.tries, job.done, job.total = "running", now, job.tries + 1, 0, None
        db.session.flush()
    return job


def beat(job_id: str, now: datetime, done: int | None = None, total: int | None = None) -> bool:
    """Say that the job's worker lives, and how far it is; False where the job was cancelled meanwhile."""
    values: dict[str, Any] = {"heartbeat_at": now}
    if done is not None:
        values |= {"done": done, "total": total}
    return bool(db.session.execute(
        update(Job).where(Job.id == job_id, Job.state == "running").values(**values)
        .execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def finish(job_id: str, result: dict[str, Any], now: datetime) -> bool:
    """The job is done; False where it was cancelled or given up meanwhile: its work must be rolled back."""
    return _end(job_id, now, state="done", result=result)


def fail(job_id: str, error: str, result: dict[str, Any], now: datetime) -> bool:
    """The job could not be done: `error` is a refusal's code, `result` its parameters."""
    return _end(job_id, now, state="failed", error=error, result=result)


def cancel(job_id: str, now: datetime) -> bool:
    """Call a job off that has not ended; one that runs stops at its next sign of life."""
    return bool(db.session.execute(
        update(Job).where(Job.id == job_id, Job.state.not_in(ENDED)).values(state="cancelled", finished_at=now)
        .execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def _end(job_id: str, now: datetime, **values: Any) -> bool:
    return bool(db.session.execute(
        update(Job).where(Job.id == job_id, Job.state == "running").values(finished_at=now, **values)
        .execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
