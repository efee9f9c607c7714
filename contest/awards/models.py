from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id
from contest.extensions import Base

WHOLE = text("round_id IS NULL")


class PrizePlan(Base):
    """The prizes of one round, or (without a round) of a contest as a whole, and the rules that they are given by."""

    __tablename__ = "prize_plan"
    __table_args__ = (
        UniqueConstraint("round_id"),
        Index("uq_prize_plan_whole", "contest_id", unique=True, sqlite_where=WHOLE, postgresql_where=WHOLE),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    round_id: Mapped[str | None] = mapped_column(ForeignKey("round.id"))
    one_per_person: Mapped[bool] = mapped_column(default=True, server_default=true())
    one_per_unit: Mapped[bool] = mapped_column(default=False, server_default=false())
    need_pass: Mapped[bool] = mapped_column(default=False, server_default=false())  # the pass mark of the round
    need_phone: Mapped[bool] = mapped_column(default=False, server_default=false())
    formula: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # of units: `scoring.formulas`
    changed_at: Mapped[datetime] = mapped_column(Instant)
    prizes: Mapped[list["Prize"]] = relationship(order_by="Prize.position", cascade="all, delete-orphan")


class Prize(Base):
    """A prize with its places. `position`: 1, 2, … by worth within the plan."""

    __tablename__ = "prize"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("kind IN ('individual', 'collective')", name="kind"),
        CheckConstraint("tie IN ('share', 'share_shrink', 'undecided')", name="tie"),
        CheckConstraint("audience IN ('', 'official', 'citizen')", name="audience"),
        CheckConstraint("count BETWEEN 1 AND 10000", name="count"),
        CheckConstraint(
            "measure IN ('', 'named') OR (kind = 'collective' AND measure IN "
            "('rate', 'average', 'people', 'attempts', 'perfect', 'passed', 'firsts'))", name="measure"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("prize_plan.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    audience: Mapped[str] = mapped_column(String(10), default="", server_default="")  # "": both together
    bloc: Mapped[str] = mapped_column(String(80), default="", server_default="")  # "": all
    count: Mapped[int]
    tie: Mapped[str] = mapped_column(String(12), default="undecided", server_default="undecided")
    worth: Mapped[str] = mapped_column(String(120), default="", server_default="")  # as it is announced: "800.000 đồng"
    # What its list goes by, as `prizes.MEASURES` has it; "": the board's ranks, the plan's formula.
    measure: Mapped[str] = mapped_column(String(12), default="", server_default="")


class Nominee(Base):
    """Whom the organisers named for a prize of theirs, and why. `holder`: an account or a participating unit.

    `position` gives the order. Rows are taken away again; that they were there stays on record (`naming`).
    """

    __tablename__ = "prize_nominee"
    __table_args__ = (UniqueConstraint("prize_id", "position"),)

    prize_id: Mapped[str] = mapped_column(ForeignKey("prize.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class Refused(Base):
    """Who declined a prize or never came for it: those behind move up. `holder`: an account or a participating unit."""

    __tablename__ = "prize_refused"

    prize_id: Mapped[str] = mapped_column(ForeignKey("prize.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(Id, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class Lot(Base):
    """The lot that one of several equal ones drew, in the lists that go by a measure: the smallest stands first."""

    __tablename__ = "prize_lot"
    __table_args__ = (
        UniqueConstraint("plan_id", "kind", "measure", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    plan_id: Mapped[str] = mapped_column(ForeignKey("prize_plan.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    measure: Mapped[str] = mapped_column(String(12), primary_key=True, default="", server_default="")  # of the list
    holder: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int]
    note: Mapped[str] = mapped_column(Text)  # who drew it, before whom
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class AwardList(Base):
    """Who gets what, as of `made_at`: a draft, or frozen with the decision that it stands in. 1, 2, … of its plan."""

    __tablename__ = "award_list"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("state IN ('draft', 'frozen')", name="state"),
        CheckConstraint("(state = 'frozen') = (frozen_at IS NOT NULL)", name="frozen"),
        CheckConstraint("state = 'draft' OR (decision <> '' AND decided_on IS NOT NULL AND signer <> '')",
                        name="decision"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("prize_plan.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="draft")
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    undecided: Mapped[list[Any]] = mapped_column(JSON, default=list)  # `prizes.Undecided`, as plain values
    unfilled: Mapped[list[Any]] = mapped_column(JSON, default=list)  # `prizes.Unfilled`
    decision: Mapped[str] = mapped_column(String(80), default="", server_default="")  # "15/QĐ-SNV"
    decided_on: Mapped[date | None] = mapped_column(Date)
    signer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    signer_title: Mapped[str] = mapped_column(String(120), default="", server_default="")  # "GIÁM ĐỐC"
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    frozen_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    awards: Mapped[list["Award"]] = relationship(order_by="Award.position", cascade="all, delete-orphan")
    passed: Mapped[list["PassedOver"]] = relationship(order_by="PassedOver.position", cascade="all, delete-orphan")


class Award(Base):
    """One prize given. Names stand as of the list; `reason` and `params` are those of `prizes.Award`."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("list_id", "position"),
        CheckConstraint("(entry_id IS NULL) <> (unit_id IS NULL)", name="holder"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    list_id: Mapped[str] = mapped_column(ForeignKey("award_list.id"))
    position: Mapped[int]
    prize_id: Mapped[str] = mapped_column(ForeignKey("prize.id"))
    prize_name: Mapped[str] = mapped_column(String(120))
    worth: Mapped[str] = mapped_column(String(120))
    rank: Mapped[int]
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("entry.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("contest_unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    unit_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    bloc: Mapped[str] = mapped_column(String(80), default="", server_default="")
    points: Mapped[int]  # hundredths; of a unit its sum by the formula
    reason: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # on the certificate: whoever has it can verify it


class PassedOver(Base):
    """One whose turn came and who gets none, and why: `prizes.Passed`."""

    __tablename__ = "passed_over"
    __table_args__ = (
        CheckConstraint("(entry_id IS NULL) <> (unit_id IS NULL)", name="holder"),
    )

    list_id: Mapped[str] = mapped_column(ForeignKey("award_list.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    prize_id: Mapped[str] = mapped_column(ForeignKey("prize.id"))
    rank: Mapped[int]
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("entry.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("contest_unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    unit_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
