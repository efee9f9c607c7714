"""Objections as they are read: by who made them, and by those who answer."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload

from contest.delivery.models import Attempt
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.names import fold
from contest.questions.models import Question as BankQuestion
from contest.questions.models import QuestionVersion
from contest.rounds.models import ContestUnit, Entry, Round, RoundQuestion
from contest.standings.appeal_models import Appeal
from contest.standings.gates import Period, appeal_period
from contest.standings.queries import rules_of
from contest.standings.questioned import shares
from contest.standings.run_models import GradingRun

ROWS = 50
MOST = 200  # answered at once
NEWS = 3  # on the home page
DUE = func.coalesce(Appeal.due_at, Appeal.made_at)  # what waits longest comes first where the rules name no day


def period(round_: Round) -> Period | None:
    """The round's period, None where its rules take no objections."""
    return appeal_period(rules_of(round_))


def own_sitting(attempt_id: str, account_id: str) -> Attempt:
    """A person's own sitting that is over, with its round. Raises `Missing`."""
    row = db.session.scalar(
        select(Attempt).where(Attempt.id == attempt_id, Attempt.account_id == account_id, Attempt.state != "open")
        .options(joinedload(Attempt.round).joinedload(Round.contest)))
    if row is None:
        raise Missing
    return row


@dataclass(frozen=True)
class Told:
    """An objection with the number of the grading run that puts it right, if it names one."""

    appeal: Appeal
    run: int | None


def of_attempt(attempt_id: str) -> list[Told]:
    """The objections to a sitting, the latest first."""
    return [Told(*row) for row in db.session.execute(
        select(Appeal, GradingRun.number).outerjoin(GradingRun, GradingRun.id == Appeal.run_id)
        .where(Appeal.attempt_id == attempt_id).order_by(Appeal.made_at.desc(), Appeal.id))]


@dataclass(frozen=True)
class Objections:
    """What the page of a result says of objections: may one object now, what did one object to, latest first."""

    period: Period
    open: bool
    made: list[Told]

    def about(self, slot: int) -> Appeal | None:
        """The latest one about a question of the paper; 0: about the result."""
        return next((one.appeal for one in self.made if one.appeal.slot == slot), None)


def objections(round_: Round, attempt_id: str, now: datetime) -> Objections | None:
    """None where the rules take none, or the round is not over. One statement at most."""
    when = period(round_)
    if when is None or now < when.opens_at:
        return None
    return Objections(when, when.holds(now), of_attempt(attempt_id))


@dataclass(frozen=True)
class Own:
    """An objection in its maker's list."""

    appeal: Appeal
    round_title: str
    number: int  # of the sitting


def own(account_id: str, limit: int = 100) -> list[Own]:
    """A person's objections, the latest first."""
    return [Own(*row) for row in db.session.execute(
        select(Appeal, Round.title, Attempt.number).join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Round, Round.id == Appeal.round_id).where(Appeal.made_by == account_id)
        .order_by(Appeal.made_at.desc(), Appeal.id).limit(limit))]


def answered_of(account_id: str, since: datetime) -> list[Own]:
    """A person's objections that were answered at `since` or later, the latest answer first; `NEWS` at most."""
    return [Own(*row) for row in db.session.execute(
        select(Appeal, Round.title, Attempt.number).join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Round, Round.id == Appeal.round_id)
        .where(Appeal.made_by == account_id, Appeal.state.in_(("upheld", "rejected")), Appeal.ended_at >= since)
        .order_by(Appeal.ended_at.desc(), Appeal.id).limit(NEWS))]


def waiting(round_id: str) -> int:
    """How many objections of a round wait for an answer."""
    return db.session.scalar(select(func.count()).select_from(Appeal).where(
        Appeal.round_id == round_id, Appeal.state == "waiting")) or 0


@dataclass(frozen=True)
class Line:
    """An objection as organisers see it: whose, of which sitting, about which question (`stem` "" for the result)."""

    appeal: Appeal
    name: str
    login: str
    unit: str | None
    number: int
    receipt: str | None
    code: str | None
    stem: str
    markup: bool
    answered_by: str | None
    run: int | None

    def overdue(self, now: datetime) -> bool:
        return self.appeal.state == "waiting" and self.appeal.due_at is not None and self.appeal.due_at < now


@dataclass(frozen=True)
class Page:
    """Lines, and what asks for the next page."""

    lines: list[Line]
    after: str | None


def counts(round_id: str, now: datetime) -> dict[str, int]:
    """State → how many; "overdue" and "all" beside the states."""
    rows = db.session.execute(
        select(Appeal.state, func.count(), func.count(case((_which("overdue", now), 1))))
        .where(Appeal.round_id == round_id).group_by(Appeal.state)).all()
    found = Counter({row[0]: row[1] for row in rows})
    return {**found, "overdue": sum(row[2] for row in rows), "all": found.total()}


def _which(shown: str, now: datetime) -> ColumnElement[bool]:
    if shown == "all":
        return true()
    if shown == "overdue":
        return and_(Appeal.state == "waiting", Appeal.due_at < now)
    return Appeal.state == shown


@dataclass(frozen=True)
class Asked:
    """Which objections are looked for. `shown`: a state, "overdue" or "all"; `about`: a question's version, "" for
    the result as a whole, None for any; `text`: of a name or of a receipt's code."""

    shown: str = "waiting"
    about: str | None = None
    text: str = ""


def page(round_id: str, asked: Asked, after: str | None, now: datetime) -> Page:
    """Fifty objections: those that wait by when they are due, others by when they were made, the latest first."""
    statement = _lines().where(Appeal.round_id == round_id, _which(asked.shown, now), _about(asked.about),
                               _named(asked.text))
    rising = asked.shown in ("waiting", "overdue")
    key = DUE if rising else Appeal.made_at
    if after:
        last = select(key).where(Appeal.id == after).correlate(None).scalar_subquery()
        beyond = key > last if rising else key < last
        statement = statement.where(or_(beyond, and_(key == last, Appeal.id > after)))
    order = (key if rising else key.desc(), Appeal.id)
    rows = db.session.execute(statement.order_by(*order).limit(ROWS + 1)).all()
    return Page([Line(*row) for row in rows[:ROWS]], rows[ROWS - 1][0].id if len(rows) > ROWS else None)


def to_answer(round_id: str, appeal_ids: Collection[str], about: str | None) -> list[Line]:
    """Those that wait among these, or of all about one question where it is named; `MOST` at once, first due first."""
    which = _about(about) if about is not None else Appeal.id.in_(list(appeal_ids))
    return [Line(*row) for row in db.session.execute(
        _lines().where(Appeal.round_id == round_id, Appeal.state == "waiting", which)
        .order_by(DUE, Appeal.id).limit(MOST))]


def every(round_id: str) -> Iterator[Line]:
    """All objections of a round, in the order they were made."""
    for row in db.session.execute(_lines().where(Appeal.round_id == round_id).order_by(Appeal.made_at, Appeal.id)):
        yield Line(*row)


def _about(version_id: str | None) -> ColumnElement[bool]:
    if version_id is None:
        return true()
    return Appeal.version_id == version_id if version_id else Appeal.slot == 0


def _named(text: str) -> ColumnElement[bool]:
    if not text:
        return true()
    return or_(Account.search_text.contains(fold(text), autoescape=True), Attempt.receipt == text.strip().upper())


def _lines() -> Any:
    by = select(Account.id, Account.name).subquery()
    return (
        select(Appeal, Account.name, Account.login, ContestUnit.name, Attempt.number, Attempt.receipt,
               BankQuestion.code, func.coalesce(QuestionVersion.stem, ""),
               func.coalesce(QuestionVersion.markup, False), by.c.name, GradingRun.number)
        .join(Attempt, Attempt.id == Appeal.attempt_id).join(Account, Account.id == Attempt.account_id)
        .join(Entry, Entry.id == Attempt.entry_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id)
        .outerjoin(QuestionVersion, QuestionVersion.id == Appeal.version_id)
        .outerjoin(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .outerjoin(by, by.c.id == Appeal.ended_by).outerjoin(GradingRun, GradingRun.id == Appeal.run_id)
    )


@dataclass(frozen=True)
class About:
    """What several people object to: a question, or their results (`version_id` ""). Of the latest sittings `asked`
    had it and `right` had it wholly right."""

    version_id: str
    question_id: str | None
    bank_id: str | None
    code: str | None
    stem: str
    markup: bool
    total: int
    waiting: int
    asked: int
    right: int


def by_question(round_: Round) -> list[About]:
    """What is objected to, what most wait for first; `MOST` at most."""
    waits = func.count(case((Appeal.state == "waiting", 1)))
    rows = db.session.execute(
        select(Appeal.version_id, func.count(), waits).where(Appeal.round_id == round_.id)
        .group_by(Appeal.version_id).order_by(waits.desc(), func.count().desc(), Appeal.version_id).limit(MOST)).all()
    told = _questions(round_.id, [row[0] for row in rows if row[0]])
    asked, right, _sample = shares(round_)
    result: Any = ("", None, None, None, "", False)  # what no question is named by
    return [About(*(*told.get(id_, result), total, unanswered, asked[id_], right[id_]))
            for id_, total, unanswered in ((row[0] or "", *row[1:]) for row in rows)]


def _questions(round_id: str, version_ids: Sequence[str]) -> dict[str, Any]:
    return {row[0]: tuple(row) for row in db.session.execute(
        select(QuestionVersion.id, BankQuestion.id, RoundQuestion.bank_id, BankQuestion.code, QuestionVersion.stem,
               QuestionVersion.markup)
        .join(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .join(RoundQuestion, RoundQuestion.version_id == QuestionVersion.id)
        .where(RoundQuestion.round_id == round_id, QuestionVersion.id.in_(list(version_ids))))}
