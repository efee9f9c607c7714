"""How far the long work of an import is, and whether anybody does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from contest.extensions import db
from contest.jobs.models import Job
from contest.questions.import_models import BankImport

PATIENCE = timedelta(seconds=15)  # a worker takes a job within seconds
ALIVE = timedelta(seconds=30)  # without a sign of life a worker is dead: `jobs.operations.STALE`
UNFINISHED = ("queued", "running")


@dataclass(frozen=True)
class Standing:
    """The latest job of an import. `idle`: nobody has taken it up, and no worker seems to be running.

    `error` and `params` are the refusal that it failed with.
    """

    kind: str
    state: str
    done: int
    total: int | None
    error: str | None
    sure: bool  # whether the columns were understood, once read
    idle: bool
    params: Mapping[str, Any]

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED


def standing_of(row: BankImport, now: datetime) -> Standing | None:
    """Where the import's work stands; None where it never needed any. At most two statements."""
    job = db.session.scalar(
        select(Job).where(Job.object_type == "bank_import", Job.object_id == row.id)
        .order_by(Job.created_at.desc(), Job.id.desc()).limit(1).execution_options(populate_existing=True))
    if job is None:
        return None
    idle = False
    if job.state in UNFINISHED and now - (job.heartbeat_at or job.created_at) > (
            PATIENCE if job.state == "queued" else ALIVE):
        idle = not db.session.scalar(select(func.count()).select_from(Job).where(
            Job.state == "running", Job.heartbeat_at > now - ALIVE))
    return Standing(job.kind, job.state, job.done, job.total, job.error, bool(job.result.get("sure", True)), idle,
                    job.result if job.state == "failed" else {})


def job_id_of(row: BankImport) -> str | None:
    """The id of the latest job of an import."""
    return db.session.scalar(select(Job.id).where(Job.object_type == "bank_import", Job.object_id == row.id)
                             .order_by(Job.created_at.desc(), Job.id.desc()).limit(1))
