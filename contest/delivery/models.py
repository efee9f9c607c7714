from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id
from contest.delivery.answers import SHAPES
from contest.extensions import Base
from contest.rounds.models import Entry, Round

UNSETTLED = text("NOT attempt.settled AND attempt.state IN ('submitted', 'expired')")  # as the index says it


class Attempt(Base):
    """One sitting. Its deadline is min(time_limit_at, the round's closes_at): see `timing`."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("entry_id", "scope", "number"),
        Index("uq_attempt_open", "entry_id", "round_id", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_attempt_overdue", "time_limit_at",
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_attempt_round_state", "round_id", "state"),
        Index("ix_attempt_unsettled", "round_id",
              sqlite_where=text("NOT settled AND state IN ('submitted', 'expired')"),
              postgresql_where=text("NOT settled AND state IN ('submitted', 'expired')")),
        CheckConstraint("state IN ('open', 'submitted', 'expired', 'void')", name="state"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("generation >= 1", name="generation"),
        CheckConstraint("(state = 'open') = (finished_at IS NULL)", name="finished"),
        CheckConstraint("NOT returned OR state = 'void'", name="returned"),
        CheckConstraint("prediction >= 0", name="prediction"),
        CheckConstraint("granted_ms >= 0 AND paused_ms >= 0", name="times"),
        CheckConstraint("NOT settled OR state <> 'open'", name="settled"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    scope: Mapped[str] = mapped_column(String(60))  # what the quota counts over: "round:<id>"
    number: Mapped[int]  # 1, 2, … within the scope
    rules_version: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))  # of the draw, hexadecimal
    # The person's earlier attempts whose questions the draw knew as seen: with the seed and the round's
    # pool they give the same paper again.
    follows: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    generation: Mapped[int] = mapped_column(default=1)  # +1 at each take-over
    owner: Mapped[str] = mapped_column(String(64))  # the sign-in that saves
    state: Mapped[str] = mapped_column(String(10), default="open")
    started_at: Mapped[datetime] = mapped_column(Instant)
    time_limit_at: Mapped[datetime] = mapped_column(Instant)  # start + duration + granted_ms, + paused_ms
    granted_ms: Mapped[int] = mapped_column(default=0, server_default="0")  # extra time, of `TimeGrant`s
    paused_ms: Mapped[int] = mapped_column(default=0, server_default="0")  # between an end and its reopening
    finished_at: Mapped[datetime | None] = mapped_column(Instant)  # submission, else the deadline
    consented_at: Mapped[datetime | None] = mapped_column(Instant)
    receipt: Mapped[str | None] = mapped_column(String(20), unique=True)  # drawn at the start, shown at the end
    # Whole people, or hundred-thousandths of a per cent, by the round's `prediction`.
    prediction: Mapped[int | None] = mapped_column(BigInteger)
    returned: Mapped[bool] = mapped_column(default=False, server_default=false())  # does not count in the quota
    # Scored for good: no save of it can still be on its way. Written by standings only.
    settled: Mapped[bool] = mapped_column(default=False, server_default=false())
    entry: Mapped[Entry] = relationship()
    round: Mapped[Round] = relationship()


class PaperItem(Base):
    """One question of a paper, frozen: which version, and its options and parts in the order shown."""

    __tablename__ = "paper_item"
    __table_args__ = (
        CheckConstraint(f"shape IN {SHAPES}", name="shape"),
    )

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, …
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"))
    # " token token " with a space at both ends, so that a statement can look a token up: `answers.offer`.
    options: Mapped[str] = mapped_column(Text)
    shape: Mapped[str] = mapped_column(String(5))  # of the answers that it takes: `answers.SHAPES`


class Response(Base):
    """One saved answer, never changed: per slot the highest (generation, seq) counts."""

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq"),
    )

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    choice: Mapped[str | None] = mapped_column(Text)  # JSON of `answers.stored`; None: cleared
    received_at: Mapped[datetime] = mapped_column(Instant)
    nonce: Mapped[str | None] = mapped_column(String(24))  # of the form, where the browser has no script


class Flag(Base):
    """A slot that its contestant marked to come back to."""

    __tablename__ = "flag"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
