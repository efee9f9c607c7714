from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id, sort_text
from contest.extensions import Base

ROLES = ("contestant", "coordinator", "organiser", "reviewer", "marker", "report_viewer", "administrator")
AUDIENCES = ("official", "citizen")


class Unit(Base):
    """An agency, department, commune or office, in a tree.

    `path` is the ids from the root to this unit, each followed by "/": a subtree is a prefix.
    """

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("headcount >= 0", name="headcount"),
        Index("ix_unit_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))  # province, department, commune, office, school …
    bloc: Mapped[str | None] = mapped_column(String(80))  # khối: units compared with each other
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(400))
    headcount: Mapped[int | None]  # CBCCVC of the unit itself, its sub-units not counted
    headcount_on: Mapped[date | None]  # the day the headcount was taken
    sort_key: Mapped[str] = mapped_column(sort_text(400), index=True)
    search_text: Mapped[str] = mapped_column(String(400))
    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")


class Account(Base):
    """A person who can sign in. `login` is lower case; `unit_id` is where they work today."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("audience IN ('official', 'citizen')", name="audience"),
        Index("ix_account_unit_sort", "unit_id", "sort_key", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    audience: Mapped[str] = mapped_column(String(10), default="official")
    password_hash: Mapped[str | None] = mapped_column(String(200))  # None: cannot sign in yet
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    sort_key: Mapped[str] = mapped_column(sort_text(300), index=True)
    search_text: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Instant)
    unit: Mapped[Unit | None] = relationship()
    grants: Mapped[list["Grant"]] = relationship(back_populates="account")


class Grant(Base):
    """A role of an account; a coordinator's is bound to a unit and reaches its whole subtree."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("account_id", "role", "unit_id"),
        CheckConstraint(
            f"role IN {ROLES}",
            name="role",
        ),
        CheckConstraint("(role = 'coordinator') = (unit_id IS NOT NULL)", name="scope"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    account: Mapped[Account] = relationship(back_populates="grants")
    unit: Mapped[Unit | None] = relationship()


class SignIn(Base):
    """A signed-in browser. `id` is the SHA-256 (hex) of the random token in its signed cookie."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInFailure(Base):
    """A wrong password, counted per login name and device; an office address counts for nothing."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_login", "login", "device", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(80))
    device: Mapped[str | None] = mapped_column(String(64))  # None: a device that never signed in here
    at: Mapped[datetime] = mapped_column(Instant)
