"""How the essays of a round are marked, by whom, and what they gave. No name of whoever wrote one stands here."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id
from contest.extensions import Base
from contest.scoring.essays import GAP_KINDS, THIRD_RULES

CODE_LENGTH = 6
STATES = ("given", "draft", "done")


class Marking(Base):
    """How the essays of one round are marked: `scoring.essays.Terms`, fixed from the first finished mark on.

    `started_at`: the codes were drawn; `closed_at`: no mark changes any more; `codes_opened_at`: since then
    somebody knows whose code is whose, and marking can't be taken up again.
    """

    __tablename__ = "marking"
    __table_args__ = (
        CheckConstraint(f"gap_kind IN {GAP_KINDS}", name="gap_kind"),
        CheckConstraint("gap >= 0 AND (gap_kind <> 'percent' OR gap <= 100)", name="gap"),
        CheckConstraint(f"third IN {THIRD_RULES}", name="third"),
        CheckConstraint("closed_at IS NULL OR started_at IS NOT NULL", name="closed"),
        CheckConstraint("codes_opened_at IS NULL OR closed_at IS NOT NULL", name="codes"),
    )

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    gap: Mapped[int] = mapped_column(default=15, server_default="15")
    gap_kind: Mapped[str] = mapped_column(String(7), default="percent", server_default="percent")
    third: Mapped[str] = mapped_column(String(7), default="mean", server_default="mean")
    units_apart: Mapped[bool] = mapped_column(default=True, server_default=true())  # nobody marks their own unit
    told: Mapped[bool] = mapped_column(default=False, server_default=false())  # participants see marks by criterion
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    codes_opened_at: Mapped[datetime | None] = mapped_column(Instant)


class Rubric(Base):
    """What an essay question of a round is marked by: 1, 2, … Replaced as long as nothing is marked, then added to.

    `criteria`: [{"id", "name", "description", "most", "step": null for any}], points in hundredths.
    """

    __tablename__ = "rubric"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")  # of the second and later ones
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class Marker(Base):
    """Somebody who marks essays of a round; not `active` once they dropped out."""

    __tablename__ = "marker"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())


class Essay(Base):
    """One answered essay of a finished sitting under its random code. The text stays where it was saved.

    `apart`: the first two marks differ by more than the terms allow; `final`: the mark that stands, hundredths.
    """

    __tablename__ = "essay"
    __table_args__ = (
        UniqueConstraint("round_id", "code"),
        UniqueConstraint("attempt_id", "slot"),
        ForeignKeyConstraint(["attempt_id", "slot"], ["paper_item.attempt_id", "paper_item.slot"]),
        CheckConstraint("final >= 0", name="final"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"))
    attempt_id: Mapped[str] = mapped_column(Id)
    slot: Mapped[int]
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    apart: Mapped[bool] = mapped_column(default=False, server_default=false())
    final: Mapped[int | None]


class Assignment(Base):
    """An essay before a marker: as the first, the second or the third one. `turn`: its place in their list, by lot.

    "given": not begun; "draft": `draft` is what was saved, {"points": {criterion: hundredths}, "comment"};
    "done": `points` is the sum, and the latest `EssayMark` tells it in full. `seq` counts what was written,
    so that of two windows the later one is told.
    """

    __tablename__ = "essay_assignment"
    __table_args__ = (
        UniqueConstraint("essay_id", "place"),
        UniqueConstraint("essay_id", "account_id"),
        Index("ix_essay_assignment_turn", "account_id", "turn"),
        CheckConstraint("place BETWEEN 1 AND 3", name="place"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(state = 'done') = (points IS NOT NULL)", name="done"),
        CheckConstraint("points >= 0", name="points"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    essay_id: Mapped[str] = mapped_column(ForeignKey("essay.id"))
    place: Mapped[int]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    turn: Mapped[int]
    state: Mapped[str] = mapped_column(String(5), default="given")
    points: Mapped[int | None]
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seq: Mapped[int] = mapped_column(default=0, server_default="0")
    essay: Mapped[Essay] = relationship()


class EssayMark(Base):
    """A mark as it was finished: 1, 2, … of one assignment. Never changed; the latest counts while it is done."""

    __tablename__ = "essay_mark"
    __table_args__ = (CheckConstraint("number >= 1 AND total >= 0", name="numbers"),)

    assignment_id: Mapped[str] = mapped_column(ForeignKey("essay_assignment.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    rubric: Mapped[int]  # the number of the rubric that it goes by
    points: Mapped[dict[str, int]] = mapped_column(JSON)  # criterion → hundredths
    total: Mapped[int]
    comment: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
