"""Other parts of a contest, held outside this system, and the units that have entered them."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id
from contest.extensions import Base
from contest.scoring.formulas import PART_MOST


class ContestPart(Base):
    """A part of a contest besides the online test, by the name that formulas ask for: "Sáng kiến"."""

    __tablename__ = "contest_part"
    __table_args__ = (UniqueConstraint("contest_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    name: Mapped[str] = mapped_column(String(PART_MOST))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class PartAct(Base):
    """What somebody did at once: these units have entered the part, or have not after all. Never changed.

    `units` are those that it changed. `undoes_id`: the act that this one takes back; an act is taken back once.
    """

    __tablename__ = "part_act"
    __table_args__ = (
        UniqueConstraint("undoes_id"),
        CheckConstraint("kind IN ('entered', 'withdrawn')", name="kind"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    part_id: Mapped[str] = mapped_column(ForeignKey("contest_part.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    units: Mapped[list[str]] = mapped_column(JSON)
    undoes_id: Mapped[str | None] = mapped_column(ForeignKey("part_act.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class PartUnit(Base):
    """A participating unit that has entered a part, by the act that says so. Goes with the unit."""

    __tablename__ = "part_unit"

    part_id: Mapped[str] = mapped_column(ForeignKey("contest_part.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(
        ForeignKey("contest_unit.id", ondelete="CASCADE"), primary_key=True, index=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("part_act.id"))
