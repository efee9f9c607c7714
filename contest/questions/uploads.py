"""The files of an import as they were sent, kept for a day: its columns can be chosen anew without them."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from contest.columns import new_id
from contest.extensions import db
from contest.questions.import_models import BankImport, ImportEdit, Upload

MAX_NAME_CHARS = 255
Files = Sequence[tuple[str, bytes]]


def keep_files(import_id: str, files: Files) -> None:
    """Keep these files, (name, bytes) each, in their order."""
    for position, (name, data) in enumerate(files):  # one by one: a statement with all their bytes could be of any size
        db.session.execute(insert(Upload).values(
            id=new_id(), import_id=import_id, position=position, name=name[-MAX_NAME_CHARS:], size=len(data),
            sha256=sha256(data).hexdigest(), data=data))


def files_of(import_id: str) -> list[tuple[str, bytes]]:
    """The files of an import, in their order; [] where they are no longer kept."""
    return [(name, data) for name, data in db.session.execute(
        select(Upload.name, Upload.data).where(Upload.import_id == import_id).order_by(Upload.position))]


def size_of(import_id: str) -> int:
    """How many bytes of an import's files are kept."""
    return sum(db.session.scalars(select(Upload.size).where(Upload.import_id == import_id)))


def forget_files(imports: ColumnElement[bool], **values: Any) -> None:
    """Drop what these imports read and were sent, and what was made of their rows; `values` for their log."""
    ids = select(BankImport.id).where(imports)
    for table in (Upload, ImportEdit):
        db.session.execute(delete(table).where(table.import_id.in_(ids))
                           .execution_options(synchronize_session=False))
    db.session.execute(update(BankImport).where(imports).values(reading={}, **values))


def forget_bank(bank_id: str) -> None:
    """Drop all that imports of a bank read and were sent; those that were not confirmed are over."""
    of_bank = BankImport.bank_id == bank_id
    forget_files(of_bank)
    db.session.execute(update(BankImport).where(of_bank, BankImport.state.in_(("uploaded", "staged")))
                       .values(state="discarded"))
