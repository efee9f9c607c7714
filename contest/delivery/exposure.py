"""Which questions people have had before them: one person's, and all people's."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from contest.delivery.models import Attempt, PaperItem
from contest.extensions import db
from contest.questions.models import Question, QuestionVersion
from contest.rounds.models import RoundBank


@dataclass(frozen=True)
class Seen:
    """Questions (ids) that a person has had, whatever version, and the attempts in which that was."""

    questions: frozenset[str]
    attempts: tuple[str, ...]


NOTHING = Seen(frozenset(), ())


def seen_by(account_id: str) -> Seen:
    """What this person has had so far, in any contest; void attempts count: their papers were seen as well."""
    rows = db.session.execute(
        select(PaperItem.attempt_id, QuestionVersion.question_id)
        .join(Attempt, Attempt.id == PaperItem.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == PaperItem.version_id)
        .where(Attempt.account_id == account_id)).all()
    return Seen(frozenset(row.question_id for row in rows), tuple(sorted({row.attempt_id for row in rows})))


def seen_in(attempt_ids: Collection[str]) -> frozenset[str]:
    """The questions (ids) of these attempts' papers."""
    if not attempt_ids:
        return frozenset()
    return frozenset(db.session.scalars(
        select(QuestionVersion.question_id).join(PaperItem, PaperItem.version_id == QuestionVersion.id)
        .where(PaperItem.attempt_id.in_(attempt_ids))))


def uses(round_id: str) -> dict[str, int]:
    """Question → in how many finished attempts of other rounds it has been, in any version.

    Of the questions of the round's banks; those that were in none are absent. Void attempts don't count.
    """
    rows = db.session.execute(
        select(Question.id, func.count())
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(PaperItem, PaperItem.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == PaperItem.attempt_id)
        .where(Question.bank_id.in_(select(RoundBank.bank_id).where(RoundBank.round_id == round_id)),
               Attempt.round_id != round_id, Attempt.state.in_(("submitted", "expired")))
        .group_by(Question.id))
    return {row[0]: row[1] for row in rows}
