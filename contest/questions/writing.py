"""Questions that an organiser writes on the page, one by one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.content import Content, fault
from contest.questions.linking import link_question
from contest.questions.matching import Insert
from contest.questions.models import Bank, Question
from contest.questions.operations import draw_rows, write_rows


def add_question(bank_id: str, content: Content, *, code: str | None, by: str | None, now: datetime) -> Question:
    """A new question after the bank's last; `code` is free text, unique in its bank.

    Raises `Missing`, `bank_sealed`, `question_code_taken`, `question_known` (409: the bank has a
    question of the same stem and options), and the codes of `content.fault` (422).
    """
    wrong = fault(content)
    if wrong is not None:
        raise Refusal(wrong, 422)
    if db.session.scalar(select(Bank.id).where(Bank.id == bank_id).with_for_update(key_share=True)) is None:
        raise Missing
    rows = draw_rows(bank_id, [Insert(code, content)], [], by=by, now=now)
    _unlike(bank_id, content)
    try:
        with db.session.begin_nested():
            write_rows(rows)
    except IntegrityError as error:
        raise Refusal("question_code_taken", 409, question_code=code) from error
    question_id = rows.questions[0]["id"]
    record("question.add", "question", question_id, by=by, now=now, bank_id=bank_id)
    db.session.flush()
    link_question(question_id, by=by, now=now)
    return db.session.get_one(Question, question_id)


def _unlike(bank_id: str, content: Content) -> None:
    """Refuse a question that the bank has: somebody pressed the button twice, or wrote it before."""
    known = db.session.execute(
        select(Question.code, Question.position).where(
            Question.bank_id == bank_id, Question.content_hash == content.identity, Question.retired_at.is_(None))
        .order_by(Question.position).limit(1)).one_or_none()
    if known is not None:
        raise Refusal("question_known", 409, question_code=known.code or str(known.position))
