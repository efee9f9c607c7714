from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert

from contest.audit.models import AuditEvent
from contest.columns import new_id
from contest.extensions import db
from contest.prepared import Statement, prepared


def record(
    action: str, object_type: str, object_id: str, *, by: str | None, now: datetime, **details: Any
) -> None:
    """Add one event to the trail, in the transaction of the act itself.

    `details` must be plain JSON values and free of answers, keys and passwords.
    """
    _event.rows(db.session.connection(), id=new_id(), at=now, account_id=by, action=action, object_type=object_type,
                object_id=object_id, details=details)


@prepared
def _event(_database: str) -> Statement:
    table: Any = AuditEvent.__table__
    return insert(table).values({column.name: bindparam(column.name, type_=column.type) for column in table.c})
