"""How an organiser mapped the columns of a table the last time, known by its headers."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from contest.extensions import db
from contest.questions.formats.row_ids import OWN_HEADERS
from contest.questions.formats.text import squeeze
from contest.questions.formats.whole import Wish
from contest.questions.import_models import ImportMemory


def signature_of(headers: Iterable[str]) -> str:
    """What tells two tables with the same headers: case, diacritics and spaces don't count, nor columns of ours."""
    names = [squeeze(header) for header in headers if header and header not in OWN_HEADERS]
    return sha256("\n".join(names).encode()).hexdigest()


def recall(account_id: str | None, signature: str) -> Wish | None:
    """The wish of the last time; None where there was none."""
    row = db.session.get(ImportMemory, (account_id, signature)) if account_id else None
    return Wish(**row.mapping) if row else None


def remember(account_id: str | None, signature: str, wish: Wish, now: datetime) -> None:
    """Keep a wish but for its sheet, which belongs to the one file; nothing where nothing was wished."""
    if account_id is None:
        return
    kept: dict[str, Any] = {name: value for name, value in wish.options().items() if name != "sheet"}
    row = db.session.get(ImportMemory, (account_id, signature))
    if not kept:
        if row is not None:
            db.session.delete(row)
        return
    if row is None:
        row = ImportMemory(account_id=account_id, signature=signature)
        db.session.add(row)
    row.mapping, row.updated_at = kept, now
    db.session.flush()
