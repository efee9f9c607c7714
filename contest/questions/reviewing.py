"""Reviews of questions: who said what of which version, and what a question may be drawn by.

Where a bank asks for two, author, reviewer and approver are three people. The author is whoever
wrote a version since the last approved one: what was approved counts as nobody's any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Select, Table, bindparam, func, insert, select, tuple_, update
from sqlalchemy.orm import aliased

from contest.audit.operations import record
from contest.columns import new_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.questions.cards import narrowed
from contest.questions.models import REVIEWS, Bank, Question, QuestionReview, QuestionVersion
from contest.questions.operations import unsealed
from contest.questions.queries import Filters, bank_of, current

Verdict = Literal["reviewed", "approved", "returned"]
MOST = 500  # questions a verdict is given to at once
MAX_NOTE_CHARS = 2_000
_BEFORE = {"reviewed": ("draft",), "approved": ("reviewed",), "returned": ("draft", "reviewed", "approved")}


@dataclass(frozen=True)
class Said:
    """A line of a question's reviews."""

    version: int
    verdict: str
    note: str
    by: str  # a name
    at: datetime


@dataclass(frozen=True)
class Candidate:
    """A question that a verdict is meant for, and the code of what stands against it; None: nothing does.

    `who` is the name of the person that a rule of two names.
    """

    question_id: str
    version: int
    code: str | None
    position: int
    stem: str
    state: str
    retired: bool
    wrong: str | None = None
    who: str | None = None


def set_review(bank_id: str, review: str, *, loosen: bool, by: str | None, now: datetime) -> Bank:
    """Say whose word this bank's questions need. States stay: what was approved is.

    `loosen`: the person may ask for less than before. Raises `Missing`, `bank_sealed` (409),
    `bank_review_invalid` (422), `bank_review_loosened` (403).
    """
    unsealed(bank_id)
    bank = bank_of(bank_id)
    if review not in REVIEWS:
        raise Refusal("bank_review_invalid", 422)
    if REVIEWS.index(review) < REVIEWS.index(bank.review) and not loosen:
        raise Refusal("bank_review_loosened", 403)
    if bank.review != review:
        record("bank.review", "bank", bank_id, by=by, now=now, before=bank.review, after=review)
        bank.review = review
        db.session.flush()
    return bank


def review_question(question_id: str, verdict: Verdict, *, version: int, note: str = "", by: str,
                    now: datetime) -> None:
    """Say something of a question's current version.

    A draft is reviewed, what is reviewed is approved, anything may be returned: a draft again, with
    a note for its author. `version` is the one that was read. Raises `Missing`, 409: `bank_sealed`,
    `review_off`, `question_changed`, `question_retired`, `review_done`, `review_order`; 403 `review_author`,
    `review_same` with `who`; 422 `review_note_needed`.
    """
    note = note.strip()
    if len(note) > MAX_NOTE_CHARS or (verdict == "returned" and not note):
        raise Refusal("review_note_needed", 422, most=MAX_NOTE_CHARS)
    question = db.session.get(Question, question_id)
    if question is None:
        raise Missing
    found = _locked(question.bank_id, [(question_id, version)], verdict, by)
    if not found:
        raise Refusal("question_changed", 409)
    if found[0].wrong is not None:
        status = 403 if found[0].who is not None else 409
        raise Refusal(found[0].wrong, status, who=found[0].who)
    _write(question.bank_id, found, verdict, note, by=by, now=now)


def review_questions(bank_id: str, seen: Sequence[tuple[str, int]], verdict: Literal["reviewed", "approved"], *,
                     by: str, now: datetime) -> tuple[int, int]:
    """Give a verdict to what was seen, (question, version) each: how many got it, how many could not.

    One transaction, the same statements for one question and `MOST`. Raises `bank_sealed`, `review_off`
    (409), `review_too_many` (422).
    """
    if len(seen) > MOST:
        raise Refusal("review_too_many", 422, most=MOST)
    found = _locked(bank_id, seen, verdict, by)
    good = [one for one in found if one.wrong is None]
    _write(bank_id, good, verdict, "", by=by, now=now)
    return len(good), len(seen) - len(good)


def candidates(bank_id: str, filters: Filters, verdict: Verdict, by: str) -> tuple[list[Candidate], int]:
    """The first `MOST` questions of a list that this verdict could be given to, and how many there are."""
    bank = bank_of(bank_id)
    conditions = [*narrowed(bank_id, filters), Question.state.in_(_BEFORE[verdict]), Question.retired_at.is_(None)]
    total = db.session.scalar(
        select(func.count()).select_from(Question).join(QuestionVersion, current()).where(*conditions)) or 0
    rows = db.session.execute(_columns().where(*conditions)
                              .order_by(Question.position, Question.id).limit(MOST)).all()
    return _judged(bank, [Candidate(*row) for row in rows], verdict, by), total


def next_step(question_id: str, by: str) -> Candidate:
    """The question, and what stands against this person's taking it one step on. Raises `Missing`."""
    row = db.session.execute(_columns().where(Question.id == question_id)).one_or_none()
    if row is None:
        raise Missing
    bank = db.session.scalars(select(Bank).join(Question, Question.bank_id == Bank.id)
                              .where(Question.id == question_id)).one()
    one = Candidate(*row)
    return _judged(bank, [one], "reviewed" if one.state == "draft" else "approved", by)[0]


def said_of(question_id: str) -> list[Said]:
    """All that was said of a question, latest first."""
    rows = db.session.execute(
        select(QuestionReview, Account.name).join(Account, Account.id == QuestionReview.by)
        .where(QuestionReview.question_id == question_id).order_by(QuestionReview.at.desc(), QuestionReview.id.desc()))
    return [Said(row.version, row.verdict, row.note, name, row.at) for row, name in rows]


def _columns() -> Select[Any]:
    columns: tuple[Any, ...] = (Question.id, Question.version, Question.code, Question.position, QuestionVersion.stem,
                                Question.state, Question.retired_at.is_not(None))
    return select(*columns).join(QuestionVersion, current())


def _locked(bank_id: str, seen: Sequence[tuple[str, int]], verdict: Verdict, by: str) -> list[Candidate]:
    """What was seen and is still so, locked, and what stands against it. Raises `bank_sealed`, `review_off`."""
    unsealed(bank_id)
    bank = bank_of(bank_id)
    if bank.review == "off":
        raise Refusal("review_off", 409)
    rows = db.session.execute(_columns().where(
        Question.bank_id == bank_id, tuple_(Question.id, Question.version).in_(seen))
        .order_by(Question.id).with_for_update(of=Question)).all()
    return _judged(bank, [Candidate(*row) for row in rows], verdict, by)


def _judged(bank: Bank, found: Iterable[Candidate], verdict: Verdict, by: str) -> list[Candidate]:
    """With what stands against each. Three statements where the bank asks for two, else none."""
    found = list(found)
    people: Mapping[str, tuple[set[str], str | None]] = {}
    name: str | None = None
    if bank.review == "two" and verdict != "returned":
        people = _people([one.question_id for one in found])
        name = db.session.scalar(select(Account.name).where(Account.id == by))
    return [_against(one, verdict, people.get(one.question_id, (set(), None)), by, name) for one in found]


def _against(one: Candidate, verdict: Verdict, people: tuple[set[str], str | None], by: str,
             name: str | None) -> Candidate:
    authors, reviewer = people
    wrong = None
    if one.retired:
        wrong = "question_retired"
    elif one.state not in _BEFORE[verdict]:
        wrong = "review_order" if verdict == "approved" and one.state == "draft" else "review_done"
    elif by in authors:
        return replace(one, wrong="review_author", who=name)
    elif verdict == "approved" and by == reviewer:
        return replace(one, wrong="review_same", who=name)
    return replace(one, wrong=wrong)


def _people(question_ids: Sequence[str]) -> dict[str, tuple[set[str], str | None]]:
    """Question → its authors since the last approved version, and who reviewed the current one."""
    later = aliased(QuestionReview)
    returned = select(later.version).where(later.question_id == Question.id, later.verdict == "returned")
    approved = (select(func.coalesce(func.max(QuestionReview.version), 0))
                .where(QuestionReview.question_id == Question.id, QuestionReview.verdict == "approved",
                       QuestionReview.version < Question.version,
                       QuestionReview.version.not_in(returned.correlate(Question)))
                .correlate(Question).scalar_subquery())
    found: dict[str, tuple[set[str], str | None]] = {key: (set(), None) for key in question_ids}
    for key, author in db.session.execute(
            select(Question.id, QuestionVersion.created_by)
            .join(QuestionVersion, QuestionVersion.question_id == Question.id)
            .where(Question.id.in_(question_ids), QuestionVersion.created_by.is_not(None),
                   QuestionVersion.number > approved)):
        found[key][0].add(str(author))
    for key, reviewer in db.session.execute(
            select(Question.id, QuestionReview.by)
            .join(QuestionReview, (QuestionReview.question_id == Question.id)
                  & (QuestionReview.version == Question.version))
            .where(Question.id.in_(question_ids), QuestionReview.verdict == "reviewed")
            .order_by(QuestionReview.at, QuestionReview.id)):
        found[key] = found[key][0], reviewer
    return found


def _write(bank_id: str, found: Sequence[Candidate], verdict: Verdict, note: str, *, by: str, now: datetime) -> None:
    if not found:
        return
    table = cast("Table", Question.__table__)
    connection = db.session.connection()
    connection.execute(insert(QuestionReview.__table__), [  # type: ignore[arg-type]
        {"id": new_id(), "question_id": one.question_id, "version": one.version, "verdict": verdict, "note": note,
         "by": by, "at": now} for one in found])
    state = "draft" if verdict == "returned" else verdict
    connection.execute(update(table).where(table.c.id == bindparam("question")).values(state=state),
                       [{"question": one.question_id} for one in found])
    record(f"question.{verdict}", "bank", bank_id, by=by, now=now,
           questions=[one.question_id for one in found])
    db.session.flush()
    db.session.expire_all()
