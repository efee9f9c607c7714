"""The answer keys: a table of their own, in a module that `delivery` may not import."""

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from contest.extensions import Base


class AnswerKey(Base):
    """The right options of one question version, with what explains them."""

    __tablename__ = "answer_key"

    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    correct: Mapped[list[str]] = mapped_column(JSON)  # option tokens, sorted
    explanation: Mapped[str | None] = mapped_column(Text)
    citation: Mapped[str | None] = mapped_column(Text)
