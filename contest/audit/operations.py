from datetime import datetime
from typing import Any

from contest.audit.models import AuditEvent
from contest.extensions import db


def record(
    action: str, object_type: str, object_id: str, *, by: str | None, now: datetime, **details: Any
) -> None:
    """Add one event to the trail, in the transaction of the act itself.

    `details` must be plain JSON values and free of answers, keys and passwords.
    """
    db.session.add(
        AuditEvent(at=now, account_id=by, action=action, object_type=object_type,
                   object_id=object_id, details=details)
    )
