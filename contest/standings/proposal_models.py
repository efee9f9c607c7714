"""What organisers propose and a second person lets hold: what a grading run and other rules of a board share."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id

OPEN_RUN = text("state IN ('building', 'ready')")


def kept(table: str, within: str) -> tuple[Any, ...]:
    """The constraints of a table of proposals, numbered `within` a column: one open at a time, held by two people."""
    return (
        UniqueConstraint(within, "number"),
        Index(f"uq_{table}_open", within, unique=True, sqlite_where=OPEN_RUN, postgresql_where=OPEN_RUN),
        CheckConstraint("state IN ('building', 'ready', 'applied', 'dropped')", name="state"),
        CheckConstraint("(state IN ('applied', 'dropped')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("state <> 'applied' OR decided_by <> made_by", name="two_people"),
        CheckConstraint("number >= 1", name="number"),
    )


class Proposal:
    """1, 2, … within its round or contest.

    "building": its job works; "ready": its preview stands; then somebody else than who made it lets it
    be "applied", or it is "dropped". What it found stays, whatever became of it.
    """

    about: ClassVar[str]  # the kind of object that its jobs are about
    builds: ClassVar[str]  # the kind of the jobs that build previews
    applies: ClassVar[str]  # of those that let large ones hold

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    built_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")  # of who decided
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the counts of its preview
    undoes_id: Mapped[str | None]  # each has its own table's key there
