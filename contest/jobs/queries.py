from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from contest.errors import Missing
from contest.extensions import db
from contest.jobs.models import Job

PATIENCE = timedelta(seconds=15)  # a worker takes a job within seconds
ALIVE = timedelta(seconds=30)  # without a sign of life a worker is dead: `operations.STALE`


@dataclass(frozen=True)
class Work:
    """How far a job is. `idle`: nobody has taken it up, and no worker seems to be running."""

    state: str  # queued, running, done, failed, cancelled
    done: int
    total: int | None
    idle: bool

    @property
    def ended(self) -> bool:
        return self.state not in ("queued", "running")


def job_of(job_id: str) -> Job:
    """The job. Raises `Missing`."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise Missing
    return job


def latest(kind: str, object_type: str, object_id: str) -> Job | None:
    """The newest job of this kind about this object."""
    return db.session.scalar(
        select(Job).where(Job.kind == kind, Job.object_type == object_type, Job.object_id == object_id)
        .order_by(Job.created_at.desc(), Job.id.desc()).limit(1))


def recent(kind: str, object_type: str, object_id: str, limit: int) -> list[Job]:
    """The newest jobs of this kind about this object, newest first."""
    return list(db.session.scalars(
        select(Job).where(Job.kind == kind, Job.object_type == object_type, Job.object_id == object_id)
        .order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)))


def work(job: Job, now: datetime) -> Work:
    """Where a job stands. One statement at most."""
    late = now - (job.heartbeat_at or job.created_at) > (PATIENCE if job.state == "queued" else ALIVE)
    idle = job.state in ("queued", "running") and late and not db.session.scalar(
        select(func.count()).select_from(Job).where(Job.state == "running", Job.heartbeat_at > now - ALIVE))
    return Work(job.state, job.done, job.total, idle)
