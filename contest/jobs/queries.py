from sqlalchemy import select

from contest.errors import Missing
from contest.extensions import db
from contest.jobs.models import Job


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
