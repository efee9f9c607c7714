"""What is done with questions that resemble each other: both stay, or one goes out of use."""

from datetime import datetime

from sqlalchemy import select

from contest.audit.operations import record
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.models import Question, TwinVerdict
from contest.questions.operations import retire_question, unsealed

Seen = tuple[str, int]  # a question's id, and the version that was compared


def keep_both(one: Seen, other: Seen, *, by: str | None, now: datetime) -> None:
    """Remember that both stay, until either gets a new version. Raises `twin_gone` (409)."""
    first, second = sorted((one, other))
    _still(first, second)
    row = db.session.get(TwinVerdict, (first[0], second[0])) or TwinVerdict(first_id=first[0], second_id=second[0])
    row.first_version, row.second_version, row.by, row.at = first[1], second[1], by, now
    db.session.add(row)
    record("question.keep_twins", "question", first[0], by=by, now=now, other=second[0])
    db.session.flush()


def keep_one(kept: Seen, dropped: Seen, *, by: str | None, now: datetime) -> None:
    """Take one of two out of use. Raises `twin_gone`, `bank_sealed` (409)."""
    _still(*sorted((kept, dropped)))
    retire_question(dropped[0], by=by, now=now)


def _still(first: Seen, second: Seen) -> None:
    """Both are in use as they were compared, until the transaction ends; neither bank is sealed."""
    ids = (first[0], second[0])
    for bank_id in sorted(set(db.session.scalars(select(Question.bank_id).where(Question.id.in_(ids))))):
        unsealed(bank_id)
    rows = db.session.execute(
        select(Question.id, Question.version).where(Question.id.in_(ids), Question.retired_at.is_(None))
        .order_by(Question.id).with_for_update())
    if first[0] == second[0] or [tuple(row) for row in rows] != [first, second]:
        raise Refusal("twin_gone", 409)
