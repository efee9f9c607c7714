"""The keys of a previewed paper. Organisers' pages only: nothing of a sitting may import this."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest.extensions import db
from contest.questions.key_told import Told, told
from contest.questions.keys import AnswerKey
from contest.questions.shown import Item


@dataclass(frozen=True)
class Answer:
    """What is right in one item of a paper, and why."""

    told: Told
    explanation: str | None
    citation: str | None


def answers(items: Sequence[Item]) -> dict[int, Answer]:
    """Slot → its answer."""
    keys = {row.version_id: row for row in db.session.scalars(
        select(AnswerKey).where(AnswerKey.version_id.in_([item.version_id for item in items])))}
    return {item.slot: Answer(told(item, key.correct), key.explanation, key.citation)
            for item in items if (key := keys.get(item.version_id))}
