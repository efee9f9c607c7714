from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id
from contest.extensions import Base

WAITS = text("state = 'waiting'")


class Appeal(Base):
    """A participant objects to a question of their paper, or to their result; organisers answer. Nothing is deleted."""

    __tablename__ = "appeal"
    __table_args__ = (
        # One that waits for each question, and one for the result (slot 0).
        Index("uq_appeal_waiting", "attempt_id", "slot", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_appeal_round", "round_id", "state", "made_at"),
        Index("ix_appeal_attempt", "attempt_id"),
        Index("ix_appeal_made_by", "made_by", "made_at"),
        CheckConstraint("state IN ('waiting', 'upheld', 'rejected', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("state NOT IN ('upheld', 'rejected') OR answer <> ''", name="answer"),
        CheckConstraint("slot >= 0", name="slot"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"))
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"))
    slot: Mapped[int]  # of the paper; 0: the result as a whole
    version_id: Mapped[str | None] = mapped_column(ForeignKey("question_version.id"))  # of the question
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    due_at: Mapped[datetime | None] = mapped_column(Instant)  # when the rules want it answered; None: they don't say
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    run_id: Mapped[str | None] = mapped_column(ForeignKey("grading_run.id"))  # that puts it right
