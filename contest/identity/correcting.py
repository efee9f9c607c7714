"""People put their own name, position and telephone number right, on record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity import names
from contest.identity.models import Account

CORRECTED = "account.corrected"


def correct_own(account_id: str, *, name: str, position: str | None, phone: str | None, published: bool,
                now: datetime) -> tuple[str, ...]:
    """Give the owner these values; the changed fields. The unit is not theirs to change.

    `published`: results of a contest that they took part in are; a published list shows the name, so
    that from then on only the telephone number changes. The trail keeps name and position before and
    after. Raises `Missing`; `bad_person` (422) for an empty name; `name_published` (409).
    """
    account = db.session.scalar(select(Account).where(Account.id == account_id).with_for_update()
                                .execution_options(populate_existing=True))
    if account is None:
        raise Missing
    values = {"name": names.tidy(name), "position": names.tidy(position or "") or None, "phone": phone}
    if not values["name"]:
        raise Refusal("bad_person", 422)
    before = {field: getattr(account, field) for field, value in values.items() if getattr(account, field) != value}
    if published and before.keys() - {"phone"}:
        raise Refusal("name_published", 409)
    for field in before:
        setattr(account, field, values[field])
    if before:
        account.sort_key, account.search_text = names.name_sort_key(account.name), names.fold(account.name)
        told = before.keys() - {"phone"}
        record(CORRECTED, "account", account_id, by=account_id, now=now, fields=list(before),
               before={field: before[field] for field in before if field in told},
               after={field: values[field] for field in before if field in told})
    db.session.flush()
    return tuple(before)


@dataclass(frozen=True)
class Correction:
    """What somebody changed of themselves. `before` and `after` hold name and position, where they changed."""

    at: datetime
    fields: tuple[str, ...]
    before: dict[str, Any]
    after: dict[str, Any]


def corrections(account_id: str, limit: int = 50) -> list[Correction]:
    """A person's own corrections, the latest first."""
    rows = db.session.scalars(
        select(AuditEvent).where(AuditEvent.object_type == "account", AuditEvent.object_id == account_id,
                                 AuditEvent.action == CORRECTED)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit))
    return [Correction(row.at, tuple(row.details["fields"]), row.details["before"], row.details["after"])
            for row in rows]
