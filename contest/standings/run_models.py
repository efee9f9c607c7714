"""Grading runs: what was put right after a round, what that changed, who approved it; and publications."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id, sort_text
from contest.extensions import Base
from contest.standings.board_models import KEY
from contest.standings.proposal_models import Proposal, kept

JOB = "run.build"  # the kind of the jobs that build previews
APPLY = "run.apply"  # of those that let large runs hold


class GradingRun(Proposal, Base):
    """A round graded anew over untouched answers."""

    __tablename__ = "grading_run"
    __table_args__ = (*kept("grading_run", "round_id"), CheckConstraint("given >= 0", name="given"))
    about, builds, applies = "grading_run", JOB, APPLY

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"))
    policy: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the rules of scoring from now on; None: as they are
    given: Mapped[int | None] = mapped_column(BigInteger)  # `Round.prediction_given` from now on; None: as it is
    undoes_id: Mapped[str | None] = mapped_column(ForeignKey("grading_run.id"))
    basis: Mapped[str | None] = mapped_column(String(64))  # digest of the results that it was built on


class KeyCorrection(Base):
    """What a run holds right for one question version instead of its key.

    "key": `correct` (and `credits`) stand in the key's place; "full": everybody has its full points;
    "out": it counts for nobody, and the paper is worth that much less.
    """

    __tablename__ = "key_correction"
    __table_args__ = (
        CheckConstraint("kind IN ('key', 'full', 'out')", name="kind"),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("grading_run.id"), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    correct: Mapped[Any | None] = mapped_column(JSON)
    credits: Mapped[dict[str, int] | None] = mapped_column(JSON)


class Disqualification(Base):
    """A sitting that a run takes out of the competition, with the reason."""

    __tablename__ = "disqualification"

    run_id: Mapped[str] = mapped_column(ForeignKey("grading_run.id"), primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)


class Reinstatement(Base):
    """An annulled sitting that a run lets count again, with the reason."""

    __tablename__ = "reinstatement"

    run_id: Mapped[str] = mapped_column(ForeignKey("grading_run.id"), primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    # The sitting's before: undoing gives them back.
    returned: Mapped[bool]
    settled: Mapped[bool]


class RunMark(Base):
    """A sitting that a run marks differently: its result before and after, as `marks.Total` has it."""

    __tablename__ = "run_mark"

    run_id: Mapped[str] = mapped_column(ForeignKey("grading_run.id"), primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None: was void
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None: becomes void


class _Places:
    """A person whose standing a run changes: all of it before and after. Keys as in `Standing`, "" where not ranked."""

    run_id: Mapped[str] = mapped_column(ForeignKey("grading_run.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(String(10))
    before_key: Mapped[str] = mapped_column(sort_text(KEY))
    after_key: Mapped[str] = mapped_column(sort_text(KEY))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None: had no standing, or has none afterwards
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class RunPlace(_Places, Base):
    """On the board of the run's round."""

    __tablename__ = "run_place"
    __table_args__ = (
        Index("ix_run_place_before", "run_id", "audience", "before_key"),
        Index("ix_run_place_after", "run_id", "audience", "after_key"),
    )


class RunTotal(_Places, Base):
    """On the board of the contest, where the round counts in it; kept until the run is decided."""

    __tablename__ = "run_total"
    __table_args__ = (
        Index("ix_run_total_before", "run_id", "audience", "before_key"),
        Index("ix_run_total_after", "run_id", "audience", "after_key"),
    )


class Publication(Base):
    """A board as it was made public: 1, 2, … The pages stand as files; a published list changes by a new one only."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("board_id", "number"),
        CheckConstraint("number >= 1 AND people >= 0", name="numbers"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    board_id: Mapped[str] = mapped_column(ForeignKey("board.id"))
    number: Mapped[int]
    run_id: Mapped[str | None] = mapped_column(ForeignKey("grading_run.id"))  # the latest that it shows
    revision: Mapped[int] = mapped_column(default=0, server_default="0")  # of the board: `Board.revision`
    masked: Mapped[bool]
    people: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))  # of the canonical JSON
    signature: Mapped[str] = mapped_column(String(64))  # HMAC-SHA-256 of it with the server's key
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
