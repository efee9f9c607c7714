from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant
from contest.delivery.models import Attempt
from contest.extensions import Base
from contest.rounds.models import Entry


class Result(Base):
    """What one finished attempt came to. Written by scoring, never on the saving path."""

    __tablename__ = "result"
    __table_args__ = (
        Index("ix_result_round_entry", "round_id", "entry_id"),
        Index("ix_result_pending", "round_id", sqlite_where=text("pending > 0"), postgresql_where=text("pending > 0")),
        CheckConstraint("points <= max_points AND points >= raw_points", name="points"),
        CheckConstraint("pending >= 0 AND pending <= items", name="pending"),
    )

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"))
    points: Mapped[int]  # hundredths; below 0 only where the rules don't floor a paper
    raw_points: Mapped[int]  # before the floor, so that a correction can be added to it
    max_points: Mapped[int]  # hundredths
    correct: Mapped[int]
    answered: Mapped[int]  # slots with a saved choice; 0: a blank attempt, which does not take part
    items: Mapped[int]
    pending: Mapped[int] = mapped_column(default=0, server_default="0")  # items that wait for a person to mark them
    taken_ms: Mapped[int]
    finished_at: Mapped[datetime] = mapped_column(Instant)
    graded_at: Mapped[datetime] = mapped_column(Instant)
    attempt: Mapped[Attempt] = relationship()
    entry: Mapped[Entry] = relationship()


class SittingDigest(Base):
    """What a sitting's answers were when its round's digest was put on record: see `digests`. Never changed after.

    No foreign key to the sitting: where somebody deletes that in the database, this row names it.
    """

    __tablename__ = "sitting_digest"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest"),
        {"sqlite_with_rowid": False},  # else it would be there twice, and a row a sitting is many
    )

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    attempt_id: Mapped[str] = mapped_column(Id, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256, hexadecimal
