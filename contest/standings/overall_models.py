"""Other rules for a contest's board once results are official: proposed, found out, let hold by a second person."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id, sort_text
from contest.extensions import Base
from contest.standings.board_models import KEY
from contest.standings.run_models import OPEN_RUN

JOB = "overall.build"  # the kind of the jobs that build previews
APPLY = "overall.apply"  # of those that let large ones hold


class OverallRun(Base):
    """A contest's board by other rules: 1, 2, … within the contest; states and people as a `GradingRun` has them."""

    __tablename__ = "overall_run"
    __table_args__ = (
        UniqueConstraint("contest_id", "number"),
        Index("uq_overall_run_open", "contest_id", unique=True, sqlite_where=OPEN_RUN, postgresql_where=OPEN_RUN),
        CheckConstraint("state IN ('building', 'ready', 'applied', 'dropped')", name="state"),
        CheckConstraint("(state IN ('applied', 'dropped')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("state <> 'applied' OR decided_by <> made_by", name="two_people"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    old_rules: Mapped[dict[str, Any]] = mapped_column(JSON)  # both as `Contest.overall`
    new_rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    undoes_id: Mapped[str | None] = mapped_column(ForeignKey("overall_run.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    built_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")  # of who decided
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the counts of its preview
    basis: Mapped[list[list[Any]] | None] = mapped_column(JSON)  # what it was built on: `overall.basis`


class OverallPlace(Base):
    """Everybody on the board, before and after: whoever stands still may be overtaken.

    Standings as `RunPlace` has them. `moved`: the points or the rank (in the audience, None where not ranked) differ.
    """

    __tablename__ = "overall_place"
    __table_args__ = (
        Index("ix_overall_place_after", "run_id", "audience", "after_key", "entry_id"),
        Index("ix_overall_place_moved", "run_id", "audience", "moved", "after_key", "entry_id"),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("overall_run.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(String(10))
    before_key: Mapped[str] = mapped_column(sort_text(KEY))
    after_key: Mapped[str] = mapped_column(sort_text(KEY))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    before_rank: Mapped[int | None]
    after_rank: Mapped[int | None]
    moved: Mapped[bool] = mapped_column(default=False, server_default=false())
