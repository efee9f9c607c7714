"""The trail as a chain of digests: whoever changes, takes out or slips in an event breaks it from there on.

The worker puts events into it some seconds after they were committed, so that no act waits for another. Somebody who
writes the whole chain anew is found by a head that was kept elsewhere: signed publications have one.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, insert, select, true

from contest.audit.models import AuditEvent, AuditLink
from contest.columns import to_ms
from contest.errors import Refusal
from contest.extensions import db

CHUNK = 1_000
LONGEST = timedelta(minutes=10)  # few transactions are as long; once a day those are looked for, too


@dataclass(frozen=True)
class Head:
    """The last link. Written "1234:9f86d0…"."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def read(text: str) -> Head:
    """A head as it is written. Raises 422 `bad_head`."""
    found = re.fullmatch(r"([0-9]{1,9}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise Refusal("bad_head", 422)
    return Head(int(found[1]), found[2])


def digest(before: str, event: AuditEvent) -> str:
    """SHA-256, hexadecimal, of the digest before ("" for the first link) and all that an event says."""
    told = [before, event.id, to_ms(event.at), event.account_id, event.action, event.object_type, event.object_id,
            event.details]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def head() -> Head:
    """The last link of all; number 0 where there is none."""
    row = db.session.execute(
        select(AuditLink.number, AuditLink.digest).order_by(AuditLink.number.desc()).limit(1)).one_or_none()
    return Head(row.number, row.digest) if row else Head(0, "")


def coming(*, late: bool = False) -> list[dict[str, Any]]:
    """The next links, as rows: of `CHUNK` events at most. Reads only.

    `late`: also of events that were committed long after their instant, for which all of them are gone through.
    """
    last = head()
    since = None if late else db.session.scalar(
        select(AuditEvent.at).join(AuditLink, AuditLink.event_id == AuditEvent.id)
        .where(AuditLink.number == last.number))
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.at >= since - LONGEST if since else true(),
                                 ~exists().where(AuditLink.event_id == AuditEvent.id))
        .order_by(AuditEvent.at, AuditEvent.id).limit(CHUNK)).all()
    rows, before = [], last.digest
    for number, event in enumerate(events, last.number + 1):
        before = digest(before, event)
        rows.append({"number": number, "event_id": event.id, "digest": before})
    return rows


def extend(rows: list[dict[str, Any]]) -> None:
    """Put what was `coming` into the chain. Raises IntegrityError where another worker was faster."""
    if rows:
        db.session.execute(insert(AuditLink), rows)


def broken(kept: Head | None = None) -> int | None:
    """The number of the first link that does not hold, None where all do. `kept`: a head as it once was."""
    number, before = 0, ""
    with db.session.execute(
        select(AuditLink, AuditEvent).outerjoin(AuditEvent, AuditEvent.id == AuditLink.event_id)
        .order_by(AuditLink.number).execution_options(yield_per=CHUNK)
    ) as links:
        for link, event in links:
            number, before = number + 1, digest(before, event) if event else ""
            right = before if kept is None or kept.number != number else kept.digest
            if (link.number, link.digest) != (number, before) or before != right:
                return number
    return number + 1 if kept and kept.number > number else None
