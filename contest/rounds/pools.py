"""What a round can draw from: the banks' usable questions, counted and listed, and a drawn paper.

Only what a contestant may see; the keys of a preview are in `preview`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from contest.extensions import db
from contest.questions import paper
from contest.questions.models import Question, QuestionVersion
from contest.questions.paper import Cell, PoolItem
from contest.questions.queries import current
from contest.questions.queries import usable as drawable
from contest.rounds.blueprint import Group
from contest.rounds.models import Round, RoundQuestion


def groups(bank_ids: Sequence[str] | None = None) -> list[Group]:
    """Usable questions by bank, topic and level, in one statement; None: of every bank."""
    statement = (
        select(Question.bank_id, QuestionVersion.topic, QuestionVersion.level, func.count())
        .join(QuestionVersion, current())
        .where(drawable())
        .group_by(Question.bank_id, QuestionVersion.topic, QuestionVersion.level)
    )
    if bank_ids is not None:
        statement = statement.where(Question.bank_id.in_(bank_ids))
    return [Group(bank_id, topic or None, level or None, count)
            for bank_id, topic, level, count in db.session.execute(statement)]


def usable(bank_ids: Sequence[str]) -> list[PoolItem]:
    """The current versions of these banks' usable questions, in the banks' order."""
    return [PoolItem(version_id, bank_id, topic or None, level or None) for version_id, bank_id, topic, level
            in db.session.execute(
                select(QuestionVersion.id, Question.bank_id, QuestionVersion.topic, QuestionVersion.level)
                .join(Question, current())
                .where(Question.bank_id.in_(bank_ids), drawable())
                .order_by(Question.bank_id, Question.position, Question.id))]


def frozen(round_id: str) -> list[PoolItem]:
    """The pool of a published round."""
    return [PoolItem(row.version_id, row.bank_id, row.topic, row.level) for row in db.session.scalars(
        select(RoundQuestion).where(RoundQuestion.round_id == round_id).order_by(RoundQuestion.version_id))]


def cells(round_: Round) -> tuple[Cell, ...]:
    """The blueprint of a round as the draw wants it."""
    return tuple(Cell(count=row["count"], bank_id=row["bank_id"], topic=row["topic"], level=row["level"])
                 for row in round_.blueprint)


@dataclass(frozen=True)
class Slot:
    """One question of a drawn paper: what its contestant sees, options in the order shown."""

    number: int
    version_id: str
    type: str
    stem: str
    options: tuple[tuple[str, str], ...]  # (token, text)


def drawn(round_: Round, seed: str) -> list[Slot]:
    """A paper of this round for `seed`; empty where the pool cannot serve the blueprint."""
    pool = frozen(round_.id) if round_.rules_version else usable([row.bank_id for row in round_.banks])
    if not round_.blueprint or paper.shortages(pool, cells(round_)):
        return []
    chosen = paper.questions(pool, cells(round_), seed, shuffle=round_.shuffle_questions)
    versions = {row.id: row for row in db.session.scalars(
        select(QuestionVersion).where(QuestionVersion.id.in_(chosen)))}
    return [_slot(number, versions[key], round_, seed) for number, key in enumerate(chosen, 1)]


def _slot(number: int, version: QuestionVersion, round_: Round, seed: str) -> Slot:
    texts = {option["id"]: option["text"] for option in version.options}
    fixed = {option["id"] for option in version.options if option.get("fixed")}
    tokens = paper.options(tuple(texts), fixed, seed, number, shuffle=round_.shuffle_options)
    return Slot(number, version.id, version.type, version.stem, tuple((token, texts[token]) for token in tokens))
