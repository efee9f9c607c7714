"""People are put on a contest's list of who may not take part, and taken off it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from contest.audit.operations import record
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds import queries
from contest.rounds.events import entries_changed
from contest.rounds.models import Barred

MOST = 1_000  # at once


def bar(contest_id: str, account_ids: Collection[str], reason: str, *, by: str | None, now: datetime) -> int:
    """Put these people on the list; returns how many were not on it. Unknown ids are passed over.

    Attempts that they have made stay; they can start no other. Raises `Missing`; 422 `bar_reason`
    without one, `nobody_chosen`, `too_many_people` for more than `MOST`.
    """
    contest = queries.get_contest(contest_id)
    if not reason.strip():
        raise Refusal("bar_reason", 422)
    if not account_ids:
        raise Refusal("nobody_chosen", 422)
    if len(set(account_ids)) > MOST:
        raise Refusal("too_many_people", 422, most=MOST)
    known = db.session.scalars(select(Account.id).where(Account.id.in_(set(account_ids)))).all()
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = [] if not known else list(db.session.scalars(
        insert(Barred).values([{"contest_id": contest.id, "account_id": key, "reason": reason.strip()[:200], "at": now,
                                "by": by} for key in sorted(known)])
        .on_conflict_do_nothing().returning(Barred.account_id)))
    if added:
        record("contest.bar", "contest", contest.id, by=by, now=now, accounts=sorted(added),
               reason=reason.strip()[:200])
        entries_changed.send(contest_id=contest.id, account_ids=added, now=now)
    return len(added)


def unbar(contest_id: str, account_id: str, *, by: str | None, now: datetime) -> bool:
    """Take a person off the list; False where they were not on it."""
    gone = db.session.scalar(delete(Barred).where(Barred.contest_id == contest_id, Barred.account_id == account_id)
                             .returning(Barred.account_id))
    if gone:
        record("contest.unbar", "contest", contest_id, by=by, now=now, accounts=[account_id])
        entries_changed.send(contest_id=contest_id, account_ids=[account_id], now=now)
    return gone is not None
