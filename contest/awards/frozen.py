"""What a list said when it was frozen, as a digest in the trail of acts; `contest verify` sets it beside today's.

Nothing of a frozen list is ever changed: who declines afterwards, and what a certificate looks like, stands elsewhere.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from contest.audit.models import AuditEvent, AuditLink
from contest.awards.models import Award, AwardList, PassedOver
from contest.extensions import db
from contest.rounds.models import Contest, Round

ACTION = "awards.freeze"
OF_LIST = ("number", "decision", "decided_on", "signer", "signer_title", "unfilled")
OF_AWARD = ("position", "prize_id", "prize_name", "worth", "rank", "entry_id", "unit_id", "name", "unit_name", "bloc",
            "points", "reason", "params", "code")
OF_PASSED = ("position", "prize_id", "rank", "entry_id", "unit_id", "name", "unit_name", "reason", "params")


@dataclass(frozen=True)
class Altered:
    """A frozen list that is not what it was, or that is no more. `title`: its round's, else its contest's."""

    list_id: str
    number: int
    title: str


def digest(row: AwardList) -> str:
    """SHA-256, hexadecimal, of all that a list says: the same on either database."""
    said = [_values(row, OF_LIST), [_values(one, OF_AWARD) for one in row.awards],
            [_values(one, OF_PASSED) for one in row.passed]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def altered() -> list[Altered]:
    """Frozen lists that do not come to their digests on record; a list of before there were any is not looked at."""
    found = []
    for list_id, then in _recorded().items():
        row = db.session.get(AwardList, list_id)
        if row is None or row.state != "frozen" or digest(row) != then["digest"]:
            found.append(Altered(list_id, then["list"], _title(then)))
    return found


def _recorded() -> dict[str, dict[str, Any]]:
    """List → what was put on record when it was frozen: first in the chain, so that none slipped in later counts."""
    found: dict[str, dict[str, Any]] = {}
    for details, contest_id in db.session.execute(
        select(AuditEvent.details, AuditEvent.object_id).outerjoin(AuditLink, AuditLink.event_id == AuditEvent.id)
        .where(AuditEvent.action == ACTION)
        .order_by(AuditLink.number.is_(None), AuditLink.number, AuditEvent.at, AuditEvent.id)
    ):
        if "digest" in details:
            found.setdefault(details["list_id"], {**details, "contest": contest_id})
    return found


def _title(then: dict[str, Any]) -> str:
    of = db.session.get(Round, then["round"]) if then["round"] else db.session.get(Contest, then["contest"])
    return of.title if of else ""


def _values(row: Award | AwardList | PassedOver, names: tuple[str, ...]) -> list[Any]:
    return [getattr(row, name) for name in names]
