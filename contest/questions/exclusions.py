"""Questions that exclude each other: of a group a paper has at most one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.content import tidy
from contest.questions.models import Question, QuestionVersion
from contest.questions.operations import unsealed
from contest.questions.queries import current

MAX_GROUP_CHARS = 40
MAX_QUESTIONS = 500  # one act


@dataclass(frozen=True)
class Member:
    """A question of a group; `retired` ones are drawn by no new paper."""

    question_id: str
    code: str | None
    position: int
    stem: str
    markup: bool
    retired: bool


def set_exclusion(question_ids: Collection[str], group: str | None, *, by: str | None, now: datetime) -> int:
    """Put questions of one bank into a group, out of the one they were in; None or "" takes them out.

    Rounds already published keep what they froze. Returns how many questions changed. Raises `Missing`
    for an unknown question or several banks, 422 `exclusion_name_long`, `exclusion_too_many`, 409 `bank_sealed`.
    """
    name = tidy(group) or None
    ids = sorted(set(question_ids))
    if name and len(name) > MAX_GROUP_CHARS:
        raise Refusal("exclusion_name_long", 422, most=MAX_GROUP_CHARS)
    if len(ids) > MAX_QUESTIONS:
        raise Refusal("exclusion_too_many", 422, most=MAX_QUESTIONS)
    banks = set(db.session.scalars(select(Question.bank_id).where(Question.id.in_(ids))))
    if len(banks) != 1:
        raise Missing
    [bank_id] = banks
    unsealed(bank_id)
    rows = db.session.scalars(select(Question).where(Question.id.in_(ids)).order_by(Question.id)
                              .with_for_update().execution_options(populate_existing=True)).all()
    if len(rows) != len(ids):
        raise Missing
    changed = [row.id for row in rows if row.exclusion_group != name]
    if changed:
        db.session.execute(update(Question).where(Question.id.in_(changed)).values(exclusion_group=name))
        record("question.exclude", "bank", bank_id, by=by, now=now, group=name, questions=changed)
    return len(changed)


def groups_of(bank_id: str) -> dict[str, list[Member]]:
    """The groups of a bank by name, each with its questions in the bank's order. One statement."""
    found: dict[str, list[Member]] = {}
    for row in db.session.execute(
            select(Question.exclusion_group, Question.id, Question.code, Question.position, QuestionVersion.stem,
                   QuestionVersion.markup, Question.retired_at)
            .join(QuestionVersion, current())
            .where(Question.bank_id == bank_id, Question.exclusion_group.is_not(None))
            .order_by(Question.exclusion_group, Question.position, Question.id)):
        found.setdefault(row.exclusion_group, []).append(
            Member(row.id, row.code, row.position, row.stem, row.markup, row.retired_at is not None))
    return found


def free_name(bank_id: str, word: str) -> str:
    """A name that no group of the bank has yet: "Nhóm 1", "Nhóm 2", …"""
    taken = set(db.session.scalars(select(Question.exclusion_group).where(
        Question.bank_id == bank_id, Question.exclusion_group.is_not(None)).distinct()))
    return next(name for number in range(1, len(taken) + 2) if (name := f"{word} {number}") not in taken)


def by_codes(bank_id: str, codes: Collection[str]) -> tuple[list[str], list[str]]:
    """The questions of a bank that have these codes, whatever their case, and the codes that none has."""
    wanted = {code.lower(): code for code in codes}
    found = {row.code.lower(): row.id for row in db.session.execute(
        select(Question.code, Question.id).where(Question.bank_id == bank_id,
                                                 func.lower(Question.code).in_(wanted)))}
    return list(found.values()), [code for key, code in wanted.items() if key not in found]
