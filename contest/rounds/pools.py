"""What a round can draw from: the banks' usable questions, counted and listed, and a drawn paper.

Only what a contestant may see; the keys of a preview are in `preview`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from contest.extensions import db
from contest.questions.models import Question, QuestionVersion
from contest.questions.paper import Cell, Plan, PoolItem
from contest.questions.queries import current
from contest.questions.queries import usable as drawable
from contest.questions.shown import Item, laid_out, version_of
from contest.rounds import cited
from contest.rounds.blueprint import ASKED, Group
from contest.rounds.models import Round, RoundQuestion

# What `item_of_row` reads, of a join of the pool with its versions.
COLUMNS = (RoundQuestion.version_id, RoundQuestion.bank_id, RoundQuestion.topic, RoundQuestion.level,
           QuestionVersion.type, RoundQuestion.documents, RoundQuestion.exclusion_group, RoundQuestion.used,
           QuestionVersion.question_id)


def groups(bank_ids: Sequence[str] | None = None, rows: Sequence[Mapping[str, Any]] = ()) -> list[Group]:
    """Usable questions counted by all that `rows` of a blueprint can ask; None: of every bank.

    One statement; where a row asks for a document, every question is read.
    """
    if bank_ids is not None and any(row.get("document_id") for row in rows):
        return counted(usable(bank_ids))
    columns = (Question.bank_id, QuestionVersion.topic, QuestionVersion.level, QuestionVersion.type,
               Question.exclusion_group)
    statement = (
        select(*columns, func.count()).join(QuestionVersion, current()).where(drawable()).group_by(*columns)
    )
    if bank_ids is not None:
        statement = statement.where(Question.bank_id.in_(bank_ids))
    return [Group(bank_id, topic or None, level or None, count, kind, frozenset(), group_key(bank_id, group))
            for bank_id, topic, level, kind, group, count in db.session.execute(statement)]


def counted(pool: Sequence[PoolItem]) -> list[Group]:
    """The pool counted by all that a blueprint can ask."""
    found = Counter((item.bank_id, item.topic, item.level, item.type, item.documents, item.group) for item in pool)
    return [Group(bank_id, topic, level, count, kind, documents, group)
            for (bank_id, topic, level, kind, documents, group), count in found.items()]


def usable(bank_ids: Sequence[str]) -> list[PoolItem]:
    """The current versions of these banks' usable questions, in the banks' order; their uses are not counted."""
    documents = cited.documents_by_question(bank_ids)
    return [PoolItem(row.id, row.bank_id, row.topic or None, row.level or None, row.type,
                     documents.get(row.question_id, frozenset()), group_key(row.bank_id, row.exclusion_group), 0,
                     row.question_id)
            for row in db.session.execute(
                select(QuestionVersion.id, Question.bank_id, QuestionVersion.topic, QuestionVersion.level,
                       QuestionVersion.type, Question.exclusion_group, QuestionVersion.question_id)
                .join(Question, current())
                .where(Question.bank_id.in_(bank_ids), drawable())
                .order_by(Question.bank_id, Question.position, Question.id))]


def frozen(round_id: str) -> list[PoolItem]:
    """The pool of a published round."""
    return [item_of_row(row) for row in db.session.execute(
        select(*COLUMNS).join(QuestionVersion, QuestionVersion.id == RoundQuestion.version_id)
        .where(RoundQuestion.round_id == round_id).order_by(RoundQuestion.version_id))]


def item_of_row(row: Any) -> PoolItem:
    """The item of a row with `COLUMNS`."""
    return PoolItem(row.version_id, row.bank_id, row.topic or None, row.level or None, row.type,
                    frozenset(row.documents), group_key(row.bank_id, row.exclusion_group), row.used, row.question_id)


def group_key(bank_id: str, group: str | None) -> str | None:
    """What a draw knows a group by: a name counts within its bank."""
    return f"{bank_id}/{group}" if group else None


def group_name(key: str | None) -> str | None:
    """The name that `group_key` was made of."""
    return key.partition("/")[2] if key else None


def cells(blueprint: Sequence[Mapping[str, Any]]) -> tuple[Cell, ...]:
    """The blueprint of a round as the draw wants it."""
    return tuple(Cell(row["count"], *(row.get(name) for name in ASKED)) for row in blueprint)


def pool_of(round_: Round) -> list[PoolItem]:
    """What this round draws from: as frozen, or of a draft as publishing it now would freeze it."""
    if round_.rules_version:
        return frozen(round_.id)
    uses: Mapping[str, int] = current_app.extensions["question_uses"](round_.id)  # the app knows who counts them
    return [replace(item, used=uses.get(item.question_id, 0))
            for item in usable([row.bank_id for row in round_.banks])]


def drawn(round_: Round, seed: str) -> list[Item]:
    """A paper of this round for `seed` and somebody who has seen nothing; empty where it cannot be drawn."""
    plan = Plan(pool_of(round_), cells(round_.blueprint))
    if not round_.blueprint or plan.shortages():
        return []
    return items(plan.questions(seed, shuffle=round_.shuffle_questions), seed, shuffle=round_.shuffle_options,
                 scoring=round_.scoring)


def items(version_ids: Sequence[str], seed: str, *, shuffle: bool, scoring: Mapping[str, Any]) -> list[Item]:
    """These versions as the questions 1, 2, … of a paper of a round that is marked by `scoring`."""
    versions = versions_of(version_ids, scoring)
    return [laid_out(versions[key], seed, slot, shuffle=shuffle) for slot, key in enumerate(version_ids, 1)]


def versions_of(version_ids: Collection[str], scoring: Mapping[str, Any]) -> dict[str, Any]:
    """Version id → `shown.Version`."""
    return {row.id: version_of(row.id, row.type, row.stem, row.options, row.parts, markup=row.markup,
                               penalty=penalty_in(scoring, row.type, row.penalty))
            for row in db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(set(version_ids))))}


def has_penalties(round_: Round) -> bool:
    """True where a published round draws from questions whose own rules take something for a wrong answer."""
    found = db.session.execute(
        select(QuestionVersion.type, QuestionVersion.penalty).distinct()
        .join(RoundQuestion, RoundQuestion.version_id == QuestionVersion.id)
        .where(RoundQuestion.round_id == round_.id, QuestionVersion.penalty != "")).all()
    return any(penalty_in(round_.scoring, kind, penalty) for kind, penalty in found)


def penalty_in(scoring: Mapping[str, Any], kind: str, penalty: str) -> str:
    """What a question's own rule costs in a round with these rules of scoring; "" where the round's rule for its type
    holds instead, which the round's page tells.

    `credits` of a round marks only questions with credits, which have no other rule of their own that costs anything.
    """
    rule = scoring.get("marking", {}).get(kind, {}).get("rule")
    return "" if rule and (rule != "credits" or penalty == "options") else penalty
