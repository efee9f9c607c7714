from datetime import datetime

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Instant
from contest.delivery.models import Attempt
from contest.extensions import Base
from contest.rounds.models import Entry


class Result(Base):
    """What one finished attempt came to. Written by scoring, never on the saving path."""

    __tablename__ = "result"
    __table_args__ = (
        # The board reads it from the front; a rank counts what stands before a row in it.
        Index("ix_result_board", "round_id", "minus_points", "taken_ms", "finished_at", "attempt_id",
              sqlite_where=text("counts"), postgresql_where=text("counts")),
        Index("ix_result_round_entry", "round_id", "entry_id"),
        CheckConstraint("points >= 0 AND points <= max_points", name="points"),
    )

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"))
    points: Mapped[int]  # hundredths
    minus_points: Mapped[int] = mapped_column(Computed("-points", persisted=True))  # so that the index ascends
    max_points: Mapped[int]  # hundredths
    correct: Mapped[int]
    answered: Mapped[int]  # slots with a saved choice; 0: a blank attempt, which does not take part
    items: Mapped[int]
    taken_ms: Mapped[int]
    finished_at: Mapped[datetime] = mapped_column(Instant)
    graded_at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[bool] = mapped_column(default=False)  # this person's best in this round, blank ones apart
    attempt: Mapped[Attempt] = relationship()
    entry: Mapped[Entry] = relationship()
