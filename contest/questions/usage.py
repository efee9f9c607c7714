"""Which questions rounds have taken. Imported where no key may be: it knows none."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from contest.extensions import db
from contest.questions.models import Question, QuestionVersion

CHUNK = 1_000  # rows a statement is sent with


def mark_used(version_ids: Sequence[str], now: datetime) -> None:
    """Note that a round took these versions' questions into its pool: once a round, as it is published."""
    table, version = Question.__table__, QuestionVersion.__table__
    statement = update(Question).where(table.c.id == select(version.c.question_id).where(
        version.c.id == bindparam("taken")).scalar_subquery()).values(
        used_at=now, used_count=table.c.used_count + 1).execution_options(synchronize_session=None)
    connection = db.session.connection()
    for start in range(0, len(version_ids), CHUNK):
        connection.execute(statement, [{"taken": version_id} for version_id in version_ids[start:start + CHUNK]])
