"""What is put on record about sittings, beside their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id
from contest.extensions import Base

EVENTS = ("opened", "moved", "hidden", "offline", "unsaved", "pasted")


class TimeGrant(Base):
    """Extra time in a round, for one person, a unit with all below it, or everybody (neither named).

    Never changed or taken back: what a person was promised stands. An attempt has the sum of its grants.
    """

    __tablename__ = "time_grant"
    __table_args__ = (
        CheckConstraint("ms > 0", name="ms"),
        CheckConstraint("account_id IS NULL OR unit_id IS NULL", name="reach"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    ms: Mapped[int]
    once: Mapped[str | None] = mapped_column(String(80), unique=True)  # of the request: twice sent is once given
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class AttemptChange(Base):
    """What an organiser did to one attempt, with the reason its person can read."""

    __tablename__ = "attempt_change"
    __table_args__ = (
        CheckConstraint("kind IN ('reopened', 'voided', 'collected', 'restored')", name="kind"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)  # state, finished_at, time_limit_at (ms)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class SittingEvent(Base):
    """A hint about how an attempt was sat: for a person to look at, never for a rule. Deleted after 30 days.

    Told by the page itself: opened, out of sight, without a line, an answer that could not be saved for a
    while, text pasted; by the server: another sign-in goes on with it, from another device mostly ("moved").
    Kept apart from answers and never joined on their way. The address is a keyed
    digest, so that only "the same" and "another" can be told.
    """

    __tablename__ = "sitting_event"
    __table_args__ = (
        CheckConstraint(f"kind IN {EVENTS}", name="kind"),
        Index("ix_sitting_event_attempt", "attempt_id", "at"),
        Index("ix_sitting_event_at", "at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"))
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Instant)  # arrival at the server
    slot: Mapped[int | None]
    ms: Mapped[int | None]  # how long it lasted, by the browser's own count
    address: Mapped[str] = mapped_column(String(16))


class Opinion(Base):
    """What a contestant answered to the round's question of opinion. No points, no influence."""

    __tablename__ = "opinion"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
