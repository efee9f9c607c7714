from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id
from contest.extensions import Base
from contest.questions.formats.law_numbers import KINDS

STATUSES = ("in_force", "replaced", "partly_replaced", "expired")
ORIGINS = ("source", "file", "hand")  # a bank's sheet "Nguồn"; a file of its own; typed
LINKED = ("import", "guess", "hand")


class Document(Base):
    """A plan, decision or law that questions cite, whatever their bank.

    `number_key` is the number as it is compared. `cited_as` is how a bank's file names it, "" where
    none did. `status` is as somebody set it; whether the document holds on a day: `validity`.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"origin IN {ORIGINS}", name="origin"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(60), default="")
    number_key: Mapped[str] = mapped_column(String(60), default="", index=True)
    title: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    in_force_from: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(16), default="in_force")
    expired_on: Mapped[date | None] = mapped_column(Date)  # the first day on which it no longer holds
    cited_as: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(6), default="hand")
    file_name: Mapped[str] = mapped_column(String(255), default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class DocumentReplacement(Base):
    """A document that another replaced, wholly or in part, from a day on."""

    __tablename__ = "document_replacement"
    __table_args__ = (CheckConstraint("old_id <> new_id", name="self"),)

    old_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    new_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True, index=True)
    partly: Mapped[bool] = mapped_column(default=False, server_default=false())
    starts_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")


class Section(Base):
    """A place in a document. `key` is its locator as `formats.locators` writes it, unique in the document.

    `position` counts from 1 through the document; `chapter_id` is the section at the top above it,
    None for one that stands there or at the top of an attached document. `dropped`: a later text of
    the document lacks it, but questions cite it.
    """

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("document_id", "key"),
        Index("ix_section_document_position", "document_id", "position"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("section.id"))
    chapter_id: Mapped[str | None] = mapped_column(ForeignKey("section.id"))
    position: Mapped[int]
    depth: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(120))
    locator: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    dropped: Mapped[bool] = mapped_column(default=False, server_default=false())
    document: Mapped[Document] = relationship()


class QuestionSection(Base):
    """A section that a question cites. `how`: the citation said so exactly, a guess was taken, by hand."""

    __tablename__ = "question_section"
    __table_args__ = (
        CheckConstraint(f"how IN {LINKED}", name="how"),
        Index("ix_question_section_section", "section_id", "question_id"),
    )

    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    section_id: Mapped[str] = mapped_column(ForeignKey("section.id"), primary_key=True)
    how: Mapped[str] = mapped_column(String(6))
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class BankCitation(Base):
    """How a bank words its citation of a section: from its sheet "Nguồn", or linked by hand once for all."""

    __tablename__ = "bank_citation"

    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"), primary_key=True)
    citation: Mapped[str] = mapped_column(String(300), primary_key=True)
    section_id: Mapped[str] = mapped_column(ForeignKey("section.id"), primary_key=True, index=True)
    position: Mapped[int]
    listed: Mapped[bool] = mapped_column(default=True)  # in the sheet "Nguồn"


class DocumentVerdict(Base):
    """Somebody looked: the question is still right although this document is no longer in force."""

    __tablename__ = "document_verdict"

    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    version: Mapped[int]  # of the question; a later one is looked at again
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class DocumentDraft(Base):
    """An outline that is being put right; nothing of it is in the library yet.

    `document_id` is None for a new document. `head` is a `law_numbers.Named` as JSON, `notes` what
    the reader had to say.
    """

    __tablename__ = "document_draft"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    file_name: Mapped[str] = mapped_column(String(255), default="")
    head: Mapped[dict[str, Any]] = mapped_column(JSON)
    notes: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class DocumentDraftStep(Base):
    """The entries of a draft after so many changes; the last step holds, the one before undoes it."""

    __tablename__ = "document_draft_step"

    draft_id: Mapped[str] = mapped_column(ForeignKey("document_draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[list[Any]] = mapped_column(JSON)
