import base64
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Executable, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.columns import new_id
from contest.errors import Missing, Refusal
from contest.extensions import Base, db
from contest.questions import cards, similarity
from contest.questions.content import Content, fault, tidy
from contest.questions.formats.text import fold
from contest.questions.keys import AnswerKey
from contest.questions.linking import link_question
from contest.questions.matching import Change, Insert
from contest.questions.models import REVIEWS, Bank, Question, QuestionVersion, SimilarityBand
from contest.questions.storing import penalty_of, stored

_CODE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")
MAX_TITLE_CHARS = 200
CHUNK = 1_000  # rows a statement is sent with


def create_bank(code: str, title: str, *, by: str | None, now: datetime, review: str = "off") -> Bank:
    """A new, empty bank. `code` is kept in lower case; `review` is one of `models.REVIEWS`.

    Raises `bank_code_invalid`, `bank_title_needed`, `bank_review_invalid` (422), `bank_code_taken` (409).
    """
    code, title = code.strip().lower(), tidy(title)
    if not _CODE.fullmatch(code):
        raise Refusal("bank_code_invalid", 422)
    if not title or len(title) > MAX_TITLE_CHARS:
        raise Refusal("bank_title_needed", 422, most=MAX_TITLE_CHARS)
    if review not in REVIEWS:
        raise Refusal("bank_review_invalid", 422)
    bank = Bank(code=code, title=title, review=review, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(bank)
    except IntegrityError as error:
        raise Refusal("bank_code_taken", 409, bank_code=code) from error
    record("bank.create", "bank", bank.id, by=by, now=now, code=code, review=review)
    return bank


def edit_question(question_id: str, content: Content, *, version: int, by: str | None, now: datetime) -> int:
    """Give a question a new version and return its number; the same content makes none.

    `version` is the one that the editor saw. The old version stays, with its key: papers that
    were drawn from it don't change. The new one is a draft until it is reviewed. Raises `Missing`,
    `question_changed`, `bank_sealed` (409), and the codes of `content.fault` (422).
    """
    question = held(question_id)
    if question.version != version:
        raise Refusal("question_changed", 409)
    wrong = fault(content)
    if wrong is not None:
        raise Refusal(wrong, 422)
    card = cards.card(question_id, question.bank_id)
    if card.content == content:
        return version
    write_rows(_drawn([], [(question_id, version + 1, content)], by=by, now=now))
    db.session.refresh(question)
    if card.content.citation != content.citation:
        link_question(question_id, by=by, now=now)
    record("question.edit", "question", question_id, by=by, now=now, bank_id=question.bank_id, version=version + 1)
    db.session.flush()
    return version + 1


def retire_question(question_id: str, *, by: str | None, now: datetime) -> Question:
    """Take a question out of use: no new paper draws it, rounds already published keep it.

    Raises `Missing`, `bank_sealed` (409).
    """
    question = held(question_id)
    if question.retired_at is None:
        question.retired_at = now
        record("question.retire", "question", question_id, by=by, now=now, bank_id=question.bank_id)
        db.session.flush()
    return question


def restore_question(question_id: str, *, by: str | None, now: datetime) -> Question:
    """Bring a retired question back into use. Raises `Missing`, `bank_sealed` (409)."""
    question = held(question_id)
    if question.retired_at is not None:
        question.retired_at = None
        record("question.restore", "question", question_id, by=by, now=now, bank_id=question.bank_id)
        db.session.flush()
    return question


def unsealed(bank_id: str | None) -> None:
    """Keep a bank from being sealed until the transaction ends. Raises `bank_sealed` (409) where it is."""
    if db.session.execute(select(Bank.sealed_at).where(Bank.id == bank_id)
                          .with_for_update(read=True, key_share=True)).scalar() is not None:
        raise Refusal("bank_sealed", 409)


def held(question_id: str) -> Question:
    """The question, to change it: locked until the transaction ends. Raises `Missing`, `bank_sealed` (409)."""
    unsealed(db.session.scalar(select(Question.bank_id).where(Question.id == question_id)))
    question = db.session.scalar(
        select(Question).where(Question.id == question_id).with_for_update()
        .execution_options(populate_existing=True)
    )
    if question is None:
        raise Missing
    return question


@dataclass(frozen=True)
class Rows:
    """Rows that are ready to be written, as the tables take them; nothing is left to compute."""

    questions: list[dict[str, Any]]
    changes: list[dict[str, Any]]  # {"question", "number", "identity"} of questions that get a new version
    versions: list[dict[str, Any]]
    keys: list[dict[str, Any]]
    bands: list[dict[str, Any]]  # the signatures of them all
    bank_id: str | None = None  # the bank that must not be sealed; None: the caller has seen to that


def draw_rows(bank_id: str, inserts: Sequence[Insert], changes: Sequence[Change], *, by: str | None,
              now: datetime) -> Rows:
    """The rows that add `inserts` after the bank's last question, in order, and give `changes` a new version.

    They hold for the bank as it is read here. Takes 0.5 ms a question: not for a transaction that writes.
    """
    last = db.session.scalar(select(func.max(Question.position)).where(Question.bank_id == bank_id)) or 0
    numbers = dict(db.session.execute(
        select(Question.id, Question.version).where(Question.bank_id == bank_id)).all()) if changes else {}
    added = [(new_id(), one) for one in inserts]
    questions: list[dict[str, Any]] = [
        {"id": question_id, "bank_id": bank_id, "code": one.code, "position": position, "version": 1,
         "content_hash": one.content.identity, "retired_at": None, "state": "draft", "used_count": 0}
        for position, (question_id, one) in enumerate(added, start=last + 1)
    ]
    rows = _drawn([(question_id, 1, one.content) for question_id, one in added],
                  [(one.known.question_id, numbers[one.known.question_id] + 1, one.content) for one in changes],
                  by=by, now=now)
    return replace(rows, questions=questions, bank_id=bank_id)


Numbered = tuple[str, int, Content]  # a question's id, the number of its version, what it says


def _drawn(first: Sequence[Numbered], later: Sequence[Numbered], *, by: str | None, now: datetime) -> Rows:
    """The rows of first versions and of later ones, without those of new questions."""
    versions, keys = _version_rows((*first, *later), by=by, now=now)
    signatures = [{"question_id": question_id, "band": band, "value": value}
                  for question_id, _number, content in (*first, *later)
                  for band, value in enumerate(similarity.bands(similarity.shingles(similarity.texts(content))))]
    changed = [{"question": question_id, "number": number, "identity": content.identity}
               for question_id, number, content in later]
    return Rows([], changed, versions, keys, signatures)


def write_rows(rows: Rows) -> None:
    """Write what `draw_rows` drew. The caller holds the bank's lock. Raises `bank_sealed` (409).

    A changed question is a draft again.
    """
    if rows.bank_id is not None:
        unsealed(rows.bank_id)
    table, band = _table(Question), _table(SimilarityBand)
    _in_chunks(insert(table), rows.questions)
    _in_chunks(update(table).where(table.c.id == bindparam("question")).values(
        version=bindparam("number"), content_hash=bindparam("identity"), state="draft"), rows.changes)
    _in_chunks(insert(_table(QuestionVersion)), rows.versions)
    _in_chunks(insert(_table(AnswerKey)), rows.keys)
    _in_chunks(delete(band).where(band.c.question_id == bindparam("question")),
               [{"question": row["question"]} for row in rows.changes])
    _in_chunks(insert(band), rows.bands)


def _version_rows(versions: Iterable[tuple[str, int, Content]], *, by: str | None,
                  now: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    keys: list[dict[str, Any]] = []
    for question_id, number, content in versions:
        version_id = new_id()
        columns = stored(content, _tokens)
        rows.append({
            "id": version_id, "question_id": question_id, "number": number, "type": content.type,
            "stem": content.stem, "topic": content.topic, "level": content.level, "points": content.points,
            "options": columns.options, "parts": columns.parts, "tags": list(content.tags), "markup": content.markup,
            "penalty": penalty_of(content), "search_text": fold(" ".join(similarity.texts(content))),
            "created_at": now, "created_by": by,
        })
        keys.append({
            "version_id": version_id, "explanation": content.explanation, "citation": content.citation,
            "correct": columns.correct, "credits": columns.credits, "settings": columns.settings,
        })
    return rows, keys


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def _in_chunks(statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Core, not ORM: a fraction of the time, all of which others wait for their turn to write."""
    for start in range(0, len(rows), CHUNK):
        db.session.connection().execute(statement, rows[start:start + CHUNK])


def _tokens(count: int) -> list[str]:
    """Distinct random names for options, 8 characters of a–z and 2–7: they tell nothing of place or key."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[base64.b32encode(secrets.token_bytes(5)).decode().lower()] = None
    return list(found)
