from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id
from contest.extensions import Base


class Job(Base):
    """A piece of long work; refers to other rooms by id. Done once, or again where its worker died."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("done >= 0", name="done"),
        Index("ix_job_state", "state", "created_at"),
        Index("ix_job_object", "object_type", "object_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))  # names its handler
    object_type: Mapped[str] = mapped_column(String(40))  # what it is about
    object_id: Mapped[str] = mapped_column(Id)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]  # None: nobody knows yet
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    error: Mapped[str | None] = mapped_column(String(60))  # the code of a refusal, "crashed" else
    created_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    heartbeat_at: Mapped[datetime | None] = mapped_column(Instant)  # of the worker that runs it
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
