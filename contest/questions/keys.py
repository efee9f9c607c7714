"""The answer keys: a table of their own, in a module that `delivery` may not import."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from contest.extensions import Base


class AnswerKey(Base):
    """What is right in one question version, with what explains it: see `storing`."""

    __tablename__ = "answer_key"

    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    # Option tokens, sorted; of an ordering in the right order. {part: option} of a cluster or matching.
    # [[text, credit], …] of a short text or number, {gap: [[text or token, credit], …]} of gaps.
    correct: Mapped[Any] = mapped_column(JSON)
    credits: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))  # option → 1/100,000 of the points
    settings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")  # case, diacritics, rule
    explanation: Mapped[str | None] = mapped_column(Text)
    citation: Mapped[str | None] = mapped_column(Text)
