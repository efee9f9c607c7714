"""The keys of a previewed paper. Organisers' pages only: nothing of a sitting may import this."""

from collections.abc import Sequence

from sqlalchemy import select

from contest.extensions import db
from contest.questions.keys import AnswerKey


def keys(version_ids: Sequence[str]) -> dict[str, AnswerKey]:
    """Version → its key, with explanation and citation."""
    return {row.version_id: row for row in db.session.scalars(
        select(AnswerKey).where(AnswerKey.version_id.in_(version_ids)))}
