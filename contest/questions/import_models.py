from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id
from contest.extensions import Base

STATES = ("uploaded", "staged", "done", "undone", "discarded")
CHOICES = ("skip", "update", "add")


class BankImport(Base):
    """Files that were sent for a bank, from their upload on; nothing of them is in the bank before `done`.

    uploaded: not read yet, or not readable as they are; staged: read, waiting for its organiser's
    word. `reading` holds the drafts with their keys: organisers only. `wish` is what was decided
    about columns, as `formats.whole.Wish` takes it. `row_keys` names rows by the import that read
    them first, {ordinal: key}, where a file of faulty rows came back.
    """

    __tablename__ = "bank_import"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_bank_import_sha256", "sha256"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="staged")
    wish: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    row_keys: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    reading: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)  # megabytes
    # Counts, once done; before that {"rows": how many, "reading": an id, another each time the files are read}, or
    # {"refusal": code, "params": …} of what could not be read.
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class Upload(Base):
    """A file of an import as it was sent, kept for a day; its name is only shown, never a path."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("import_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    import_id: Mapped[str] = mapped_column(ForeignKey("bank_import.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ImportEdit(Base):
    """What somebody made of a row of a staged import, in one step; never changed.

    Of a row the latest step counts that no later one `undoes`. `draft` is the whole row as
    `formats.wire` writes it, None: as the file says it; `choice` what becomes of the row, None:
    what becomes of all.
    """

    __tablename__ = "import_edit"
    __table_args__ = (
        CheckConstraint(f"choice IN {CHOICES}", name="choice"),
        CheckConstraint("undoes IS NULL OR (draft IS NULL AND choice IS NULL)", name="undoes"),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("bank_import.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, …
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0-based, in the reading
    draft: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    choice: Mapped[str | None] = mapped_column(String(10))
    undoes: Mapped[int | None]  # a step
    by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class ImportItem(Base):
    """A version that an import made, until it is undone."""

    __tablename__ = "import_item"
    __table_args__ = (
        CheckConstraint("kind IN ('created', 'updated')", name="kind"),
        Index("ix_import_item_row_key", "row_key"),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("bank_import.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    row_key: Mapped[str] = mapped_column(String(50))  # "<import>:<ordinal>" of the import that read the row first


class ImportMemory(Base):
    """How an organiser mapped a table with these headers the last time: see `remembered`."""

    __tablename__ = "import_memory"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(Instant)
