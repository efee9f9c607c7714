from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id
from contest.extensions import Base

TYPES = ("single", "multiple", "true_false", "cluster", "short_text", "number", "matching", "ordering", "gaps",
         "essay")
# The six fields of Resolution 76/NQ-CP of 2021, then steering and digital transformation.
TOPICS = (
    "Cải cách thể chế",
    "Cải cách thủ tục hành chính",
    "Cải cách tổ chức bộ máy",
    "Cải cách chế độ công vụ",
    "Cải cách tài chính công",
    "Chính quyền điện tử, chính quyền số",
    "Chỉ đạo, điều hành và tuyên truyền",
    "Chuyển đổi số",
)


# Whose word a question needs before papers draw it: nobody's; a reviewer's and an approver's, who
# may be one person; theirs, who are two people and neither of them the author.
REVIEWS = ("off", "one", "two")
STATES = ("draft", "reviewed", "approved")
VERDICTS = ("reviewed", "approved", "returned")


class Bank(Base):
    """A collection of questions; `code` names it in files and commands.

    While it is sealed nobody changes it, and whoever reads it is on record: `seals`.
    """

    __tablename__ = "bank"
    __table_args__ = (CheckConstraint(f"review IN {REVIEWS}", name="review"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    review: Mapped[str] = mapped_column(String(5), default="off", server_default="off")
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Question(Base):
    """A question through all its versions: known by its code, else by its folded content.

    `state` is of the current version: a new one is a draft again.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        UniqueConstraint("bank_id", "code"),
        Index("ix_question_bank_position", "bank_id", "position"),
        Index("ix_question_content", "content_hash"),
        Index("ix_question_exclusion", "bank_id", "exclusion_group"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"))
    code: Mapped[str | None] = mapped_column(String(60))
    position: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))  # of the current version, folded
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]  # the number of the current version
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    used_at: Mapped[datetime | None] = mapped_column(Instant)  # when a round last took it into its pool
    used_count: Mapped[int] = mapped_column(default=0, server_default="0")  # rounds that did
    exclusion_group: Mapped[str | None] = mapped_column(String(40))  # a paper has at most one of a bank's group
    bank: Mapped[Bank] = relationship()
    current: Mapped["QuestionVersion"] = relationship(
        primaryjoin="and_(Question.id == QuestionVersion.question_id, "
        "Question.version == QuestionVersion.number)",
        foreign_keys="[QuestionVersion.question_id, QuestionVersion.number]",
        viewonly=True,
        uselist=False,
    )


class QuestionVersion(Base):
    """What a participant may see of a question; never changed. The key is in another table."""

    __tablename__ = "question_version"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        CheckConstraint(f"type IN {TYPES}", name="type"),
        CheckConstraint("points > 0", name="points"),
        Index("ix_question_version_topic", "topic", "level"),
        # All that counts and draws need of a version: 50,000 rows with their texts would be read for it.
        Index("ix_question_version_facets", "question_id", "number", "type", "topic", "level", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]  # 1, 2, …
    type: Mapped[str] = mapped_column(String(20))
    stem: Mapped[str] = mapped_column(Text)
    markup: Mapped[bool] = mapped_column(default=False, server_default=false())  # all texts; else they are plain
    # [{"id": random token, "text": str, "fixed": bool}] in the bank's order, the targets of a matching
    # in that of their tokens; a fixed option is never shuffled. The token tells nothing of place or key.
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # [{"id": token, "text": str}] statements, prompts or items; gaps have {"id", "kind"} and, to choose
    # from, "options". `storing` knows the types.
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    topic: Mapped[str | None] = mapped_column(String(120))
    level: Mapped[str | None] = mapped_column(String(40))  # NB, TH, VD, VDC
    points: Mapped[int] = mapped_column(default=100)  # hundredths of a point
    # What a wrong answer may take below 0 by the question's own rule: `scoring.rules.Prepared.costs`; "" for nothing.
    penalty: Mapped[str] = mapped_column(String(16), default="", server_default="")
    search_text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    question: Mapped[Question] = relationship()


class QuestionReview(Base):
    """What somebody said of a version; never changed. `note` says why it was returned."""

    __tablename__ = "question_review"
    __table_args__ = (
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("verdict <> 'returned' OR note <> ''", name="note"),
        Index("ix_question_review_question", "question_id", "version"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    version: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class SimilarityBand(Base):
    """A band of the signature of a question's current version; questions that share one may be alike."""

    __tablename__ = "similarity_band"
    __table_args__ = (Index("ix_similarity_band_value", "value", "question_id"),)

    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)


class TwinVerdict(Base):
    """Two questions that were compared and both stay, as long as neither gets a new version."""

    __tablename__ = "twin_verdict"
    __table_args__ = (CheckConstraint("first_id < second_id", name="places"),)

    first_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    first_version: Mapped[int]
    second_version: Mapped[int]
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
