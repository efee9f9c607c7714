from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id
from contest.extensions import Base


class AuditEvent(Base):
    """One act, never changed afterwards. `details` holds codes, ids and values before and after."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_object", "object_type", "object_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    account_id: Mapped[str | None] = mapped_column(Id)  # None: the system or the command line
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AuditLink(Base):
    """An event's place in the chain, 1, 2, … `digest` covers the event and the digest before: `chain.digest`."""

    __tablename__ = "audit_link"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(ForeignKey("audit_event.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
