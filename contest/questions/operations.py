import base64
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.columns import new_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import cards
from contest.questions.content import Content, fault, tidy
from contest.questions.formats.text import fold
from contest.questions.keys import AnswerKey
from contest.questions.matching import Change, Insert
from contest.questions.models import Bank, Question, QuestionVersion

_CODE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")
MAX_TITLE_CHARS = 200


def create_bank(code: str, title: str, *, by: str | None, now: datetime) -> Bank:
    """A new, empty bank. `code` is kept in lower case.

    Raises `bank_code_invalid`, `bank_title_needed` (422), `bank_code_taken` (409).
    """
    code, title = code.strip().lower(), tidy(title)
    if not _CODE.fullmatch(code):
        raise Refusal("bank_code_invalid", 422)
    if not title or len(title) > MAX_TITLE_CHARS:
        raise Refusal("bank_title_needed", 422, most=MAX_TITLE_CHARS)
    bank = Bank(code=code, title=title, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(bank)
    except IntegrityError as error:
        raise Refusal("bank_code_taken", 409, bank_code=code) from error
    record("bank.create", "bank", bank.id, by=by, now=now, code=code)
    return bank


def edit_question(question_id: str, content: Content, *, version: int, by: str | None, now: datetime) -> int:
    """Give a question a new version and return its number; the same content makes none.

    `version` is the one that the editor saw. The old version stays, with its key: papers that
    were drawn from it don't change. Raises `Missing`, `question_changed` (409), and the codes
    of `content.fault` (422).
    """
    question = _held(question_id)
    if question.version != version:
        raise Refusal("question_changed", 409)
    wrong = fault(content)
    if wrong is not None:
        raise Refusal(wrong, 422)
    card = cards.card(question_id, question.bank_id)
    if card.content == content:
        return version
    add_versions([(question_id, version + 1, content)], by=by, now=now)
    question.version, question.content_hash = version + 1, content.identity
    record("question.edit", "question", question_id, by=by, now=now, bank_id=question.bank_id, version=version + 1)
    db.session.flush()
    return version + 1


def retire_question(question_id: str, *, by: str | None, now: datetime) -> Question:
    """Take a question out of use: no new paper draws it, rounds already published keep it."""
    question = _held(question_id)
    if question.retired_at is None:
        question.retired_at = now
        record("question.retire", "question", question_id, by=by, now=now, bank_id=question.bank_id)
        db.session.flush()
    return question


def restore_question(question_id: str, *, by: str | None, now: datetime) -> Question:
    """Bring a retired question back into use."""
    question = _held(question_id)
    if question.retired_at is not None:
        question.retired_at = None
        record("question.restore", "question", question_id, by=by, now=now, bank_id=question.bank_id)
        db.session.flush()
    return question


def _held(question_id: str) -> Question:
    """The question, locked until the transaction ends. Raises `Missing`."""
    question = db.session.scalar(
        select(Question).where(Question.id == question_id).with_for_update()
        .execution_options(populate_existing=True)
    )
    if question is None:
        raise Missing
    return question


def add_questions(bank_id: str, inserts: Sequence[Insert], *, by: str | None, now: datetime) -> None:
    """Add questions after the bank's last, in their order. The caller holds the bank's lock."""
    last = db.session.scalar(select(func.max(Question.position)).where(Question.bank_id == bank_id)) or 0
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "bank_id": bank_id, "code": one.code, "position": position, "version": 1,
         "content_hash": one.content.identity}
        for position, one in enumerate(inserts, start=last + 1)
    ]
    if rows:
        db.session.execute(insert(Question), rows)
        add_versions(((row["id"], 1, one.content) for row, one in zip(rows, inserts, strict=True)), by=by, now=now)


def change_questions(bank_id: str, changes: Sequence[Change], *, by: str | None, now: datetime) -> None:
    """Give each of these questions of the bank a new version. The caller holds the bank's lock."""
    if not changes:
        return
    held = db.session.execute(select(Question.id, Question.version).where(Question.bank_id == bank_id))
    numbers = dict(held.all())
    db.session.execute(update(Question), [
        {"id": change.known.question_id, "version": numbers[change.known.question_id] + 1,
         "content_hash": change.content.identity} for change in changes
    ])
    add_versions(((change.known.question_id, numbers[change.known.question_id] + 1, change.content)
                  for change in changes), by=by, now=now)


def add_versions(versions: Iterable[tuple[str, int, Content]], *, by: str | None, now: datetime) -> None:
    """Write versions, (question, number, content) each, with their keys."""
    rows: list[dict[str, Any]] = []
    keys: list[dict[str, Any]] = []
    for question_id, number, content in versions:
        version_id = new_id()
        tokens = _tokens(len(content.choices))
        rows.append({
            "id": version_id, "question_id": question_id, "number": number, "type": content.type,
            "stem": content.stem, "topic": content.topic, "level": content.level, "points": content.points,
            "options": [{"id": token, "text": choice.text, "fixed": choice.fixed}
                        for token, choice in zip(tokens, content.choices, strict=True)],
            "search_text": fold(" ".join((content.stem, *(choice.text for choice in content.choices)))),
            "created_at": now, "created_by": by,
        })
        keys.append({
            "version_id": version_id, "explanation": content.explanation, "citation": content.citation,
            "correct": sorted(t for t, choice in zip(tokens, content.choices, strict=True) if choice.right),
        })
    if rows:
        db.session.execute(insert(QuestionVersion), rows)
        db.session.execute(insert(AnswerKey), keys)


def _tokens(count: int) -> list[str]:
    """Distinct random names for options, 8 characters of a–z and 2–7: they tell nothing of place or key."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[base64.b32encode(secrets.token_bytes(5)).decode().lower()] = None
    return list(found)
