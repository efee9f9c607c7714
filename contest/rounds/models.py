from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id, sort_text
from contest.extensions import Base
from contest.identity.models import Account, Unit

# "perfect_entries": people with every answer right; "participants": people who take part (whole numbers);
# "perfect_percent": the former of the latter, per cent with five decimals; "number": any whole number that
# `prediction_text` asks for and the organisers tell after the closing.
PREDICTIONS = ("none", "perfect_entries", "participants", "perfect_percent", "number")


class Contest(Base):
    """A contest: its name, whose it is, whom to call. Rounds are held within it."""

    __tablename__ = "contest"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")  # Markdown
    agency_parent: Mapped[str] = mapped_column(String(120), default="")  # cơ quan chủ quản
    agency_name: Mapped[str] = mapped_column(String(120), default="")
    hotline_technical: Mapped[str] = mapped_column(String(80), default="")
    hotline_content: Mapped[str] = mapped_column(String(80), default="")
    hotline_zalo: Mapped[str] = mapped_column(String(80), default="", server_default="")  # number, or zalo.me/…
    target_percent: Mapped[int | None]  # chỉ tiêu tham gia, whole per cent of the headcount
    # What a contestant has to type once before their first sitting (`admission.digest`); None: nothing.
    password_digest: Mapped[str | None] = mapped_column(String(64))
    # People without an account may register themselves.
    registration: Mapped[bool] = mapped_column(default=False, server_default=false())
    # How its rounds add up to one board of the contest: `scoring.policy`; None: there is none.
    overall: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    rounds: Mapped[list["Round"]] = relationship(back_populates="contest", order_by="Round.position")


class ContestUnit(Base):
    """A unit that takes part in a contest, with its name, bloc and headcount as of then.

    Rates are computed on this headcount; it stops following the unit once a round is published.
    """

    __tablename__ = "contest_unit"
    __table_args__ = (
        UniqueConstraint("contest_id", "unit_id"),
        CheckConstraint("headcount >= 0", name="headcount"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    bloc: Mapped[str | None] = mapped_column(String(80))
    headcount: Mapped[int | None]  # the unit and its sub-units that do not take part on their own
    headcount_on: Mapped[date | None]
    sort_key: Mapped[str] = mapped_column(sort_text(400))
    unit: Mapped[Unit] = relationship()


class Round(Base):
    """One window in which people sit. Half-open: opens_at <= t < closes_at."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="window"),
        CheckConstraint("duration_ms > 0", name="duration"),
        CheckConstraint("attempts_allowed >= 1", name="attempts"),
        CheckConstraint("grace_ms >= 0", name="grace"),
        CheckConstraint("kind IN ('contest', 'practice')", name="kind"),
        CheckConstraint("audience IN ('official', 'citizen', 'all')", name="audience"),
        CheckConstraint("state IN ('draft', 'published', 'cancelled')", name="state"),
        CheckConstraint("result_shown IN ('nothing', 'score', 'review')", name="result_shown"),
        CheckConstraint("board_shown IN ('never', 'after_close', 'live')", name="board_shown"),
        CheckConstraint("quota_scope IN ('round', 'week', 'contest')", name="quota_scope"),
        CheckConstraint("kind = 'contest' OR quota_scope = 'round'", name="practice_quota"),
        CheckConstraint(f"prediction IN {PREDICTIONS}", name="prediction"),
        CheckConstraint("prediction_given IS NULL OR (prediction = 'number' AND prediction_given >= 0)", name="given"),
        CheckConstraint("appeal_days BETWEEN 0 AND 60 AND answer_days BETWEEN 0 AND 60", name="appeals"),
        Index("ix_round_contest_position", "contest_id", "position"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    position: Mapped[int]  # 1, 2, … within the contest
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10), default="contest")
    audience: Mapped[str] = mapped_column(String(10), default="all")
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    duration_ms: Mapped[int]
    grace_ms: Mapped[int] = mapped_column(default=0)  # transport only, never for new content
    attempts_allowed: Mapped[int] = mapped_column(default=1)
    # What attempts_allowed counts over: this round, a calendar week of the contest, the whole contest.
    quota_scope: Mapped[str] = mapped_column(String(8), default="round", server_default="round")
    # Who may sit: units with all below them (ids) or blocs, none of either: everybody; nobody with these roles.
    open_units: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    open_blocs: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    barred_roles: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # What a contestant guesses before submitting: see `PREDICTIONS`.
    prediction: Mapped[str] = mapped_column(String(16), default="none", server_default="none")
    prediction_text: Mapped[str] = mapped_column(String(300), default="", server_default="")  # of a "number"
    prediction_given: Mapped[int | None] = mapped_column(BigInteger)  # the true "number", once it is known
    opinion: Mapped[str] = mapped_column(Text, default="", server_default="")  # a question without points; "": none
    shuffle_questions: Mapped[bool] = mapped_column(default=True)
    shuffle_options: Mapped[bool] = mapped_column(default=True)
    # What a participant sees: nothing until the organiser publishes; the score at once; the score
    # at once and the right answers after the round has closed.
    result_shown: Mapped[str] = mapped_column(String(10), default="score")
    board_shown: Mapped[str] = mapped_column(String(12), default="after_close")
    # From then on until its results are published the board shows what it showed at that instant.
    board_freezes_at: Mapped[datetime | None] = mapped_column(Instant)
    # How marks, ranks and predictions are reckoned: `scoring.policy`; {}: its defaults.
    scoring: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    # After the publication of results: days in which a participant may object, and the organiser answers. 0: none.
    appeal_days: Mapped[int] = mapped_column(default=0, server_default="0")
    answer_days: Mapped[int] = mapped_column(default=0, server_default="0")
    mask_names: Mapped[bool] = mapped_column(default=True)
    rules: Mapped[str] = mapped_column(Text, default="")  # thể lệ, Markdown
    # [{"bank_id", "topic", "level", "type", "document_id": null for any, "count": int}]; what is missing is null
    blueprint: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    rules_version: Mapped[int] = mapped_column(default=0)  # 0 until published
    results_published_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    contest: Mapped[Contest] = relationship(back_populates="rounds")
    banks: Mapped[list["RoundBank"]] = relationship(back_populates="round", cascade="all, delete-orphan")

    @property
    def complete_only(self) -> bool:
        """Whether a paper has to have every answer to be valid: for who sits it, and may not know how it is marked."""
        return bool(self.scoring and self.scoring.get("complete"))


class RoundBank(Base):
    """A bank that a round draws from."""

    __tablename__ = "round_bank"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"), primary_key=True)
    round: Mapped[Round] = relationship(back_populates="banks")


class RoundQuestion(Base):
    """The pool of a published round: the question versions it draws from, and all else that the draw asks, frozen."""

    __tablename__ = "round_question"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"))
    topic: Mapped[str | None] = mapped_column(String(120))
    level: Mapped[str | None] = mapped_column(String(40))
    documents: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # ids that it cites
    exclusion_group: Mapped[str | None] = mapped_column(String(40))
    used: Mapped[int] = mapped_column(default=0, server_default="0")  # finished sittings that had the question


class RulesVersion(Base):
    """The rules of a round as published; stamped on each attempt, never changed."""

    __tablename__ = "rules_version"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class RoundChange(Base):
    """An extension, a change of the rules or a cancellation of a published round, with its reason, on record."""

    __tablename__ = "round_change"
    __table_args__ = (
        CheckConstraint("kind IN ('extended', 'cancelled', 'rules')", name="kind"),
        CheckConstraint("(kind = 'rules') = (rules_version IS NOT NULL)", name="rules_version"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    rules_version: Mapped[int | None]  # that a change of the rules made
    reason: Mapped[str] = mapped_column(Text)
    closes_before: Mapped[datetime] = mapped_column(Instant)
    closes_after: Mapped[datetime] = mapped_column(Instant)
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class Entry(Base):
    """A person in a contest, with unit, bloc and audience as of then."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("contest_id", "account_id"),
        Index("ix_entry_counted", "contest_id", "counted_unit_id"),
        CheckConstraint("audience IN ('official', 'citizen')", name="audience"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    # The participating unit that this person counts for: the nearest one upwards; None: none.
    counted_unit_id: Mapped[str | None] = mapped_column(ForeignKey("contest_unit.id"))
    audience: Mapped[str] = mapped_column(String(10))
    admitted_at: Mapped[datetime | None] = mapped_column(Instant)  # gave the contest's password
    created_at: Mapped[datetime] = mapped_column(Instant)
    account: Mapped[Account] = relationship()
    unit: Mapped[Unit | None] = relationship()
    counted_unit: Mapped[ContestUnit | None] = relationship()


class Barred(Base):
    """A person who may not take part in a contest: organisers, authors of questions, helpers."""

    __tablename__ = "barred"

    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class EntryCode(Base):
    """A printed code that lets one person in without a password.

    Of a roster account from the start, or of whoever uses it first: an account is made then, in the
    code's unit. `digest` is keyed (`admission.digest`): the code itself is on the slip only.
    """

    __tablename__ = "entry_code"
    __table_args__ = (
        CheckConstraint("audience IN ('official', 'citizen')", name="audience"),
        Index("ix_entry_code_contest", "contest_id", "unit_id", "number"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    audience: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]  # 1, 2, … within the contest, printed on the slip
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    used_at: Mapped[datetime | None] = mapped_column(Instant)  # first use
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
