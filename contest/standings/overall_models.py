"""Other rules for a contest's board once results are official: proposed, found out, let hold by a second person."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import sort_text
from contest.extensions import Base
from contest.standings.board_models import KEY
from contest.standings.proposal_models import Proposal, kept

JOB = "overall.build"  # the kind of the jobs that build previews
APPLY = "overall.apply"  # of those that let large ones hold


class OverallRun(Proposal, Base):
    """A contest's board by other rules."""

    __tablename__ = "overall_run"
    __table_args__ = kept("overall_run", "contest_id")
    about, builds, applies = "overall_run", JOB, APPLY

    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    old_rules: Mapped[dict[str, Any]] = mapped_column(JSON)  # both as `Contest.overall`
    new_rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    undoes_id: Mapped[str | None] = mapped_column(ForeignKey("overall_run.id"))
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
