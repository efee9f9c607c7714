"""Who is sitting a round right now: counts, and pages of attempts or of people who are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, not_, or_, select, true

from contest.delivery import history, timing
from contest.delivery.models import Attempt, PaperItem, Response
from contest.delivery.queries import counted_choices
from contest.delivery.record_models import AttemptChange, SittingEvent
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, Grant, Unit
from contest.identity.names import fold
from contest.rounds.eligibility import Terms, Who, refusal
from contest.rounds.models import Barred, ContestUnit, Entry, Round
from contest.standings.hints import Hints, Note, weigh
from contest.standings.queries import round_by_id

ROWS = 50
TROUBLE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
CLOCK_SLACK = timedelta(seconds=2)  # that clocks of several machines may differ by
STATES = ("sitting", "finished", "trouble", "void", "missing")


@dataclass(frozen=True)
class Counts:
    """Attempts that run, ended, had trouble saving in the last five minutes, are void; people without any.

    `per_minute`: attempts that ended in the minute before. `ahead`: the latest start where it lies more than 2 s after
    now: the clock has been put back, and deadlines given before and from now on don't go together.
    """

    sitting: int
    finished: int
    trouble: int
    void: int
    missing: int
    per_minute: int
    ahead: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One attempt; `remaining_ms` is 0 once it is over.

    `hints`: events on record, for a person to look at; that the page was opened is none.
    """

    id: str
    account_id: str
    name: str
    unit: str | None
    number: int
    state: str  # open, submitted, expired, void: as of now
    answered: int
    items: int
    saved_at: datetime | None
    finished_at: datetime | None
    remaining_ms: int
    hints: int


@dataclass(frozen=True)
class Absent:
    """A person of a participating unit who has not begun."""

    id: str
    name: str
    unit: str | None


@dataclass(frozen=True)
class Page:
    """Lines or people, and what asks for the next page."""

    lines: Sequence[Line]
    absent: Sequence[Absent]
    after: str | None


def counts(round_: Round, now: datetime) -> Counts:
    """The figures above the list; three statements."""
    running = _running(round_, now)
    ended = and_(Attempt.state != "void", not_(running))
    row = db.session.execute(
        select(func.count(case((running, 1))), func.count(case((ended, 1))),
               func.count(case((Attempt.state == "void", 1))),
               func.count(case((and_(ended, Attempt.finished_at > now - MINUTE), 1))),
               func.count(case((_troubled(now), 1))), func.max(case((Attempt.state != "void", Attempt.started_at))))
        .where(Attempt.round_id == round_.id)).one()
    missing = db.session.scalar(select(func.count()).select_from(Account).where(_missing(round_))) or 0
    return Counts(sitting=row[0], finished=row[1], void=row[2], per_minute=row[3], trouble=row[4], missing=missing,
                  ahead=row[5] if row[5] and row[5] > now + CLOCK_SLACK else None)


def page(round_: Round, state: str, text: str, after: str | None, now: datetime) -> Page:
    """Fifty attempts in `state`, or people who are "missing", by given name; `text` narrows by name or unit."""
    if state == "missing":
        return _absent(round_, text, after)
    which = {"sitting": _running(round_, now), "trouble": _troubled(now), "void": Attempt.state == "void",
             "finished": and_(Attempt.state != "void", not_(_running(round_, now)))}[state]
    statement = _attempts().where(Attempt.round_id == round_.id, which, _named(text)).order_by(
        Account.sort_key, Attempt.id).limit(ROWS + 1)
    if after:
        last = (select(Account.sort_key).join(Attempt, Attempt.account_id == Account.id)
                .where(Attempt.id == after).scalar_subquery())
        statement = statement.where(or_(Account.sort_key > last, and_(Account.sort_key == last, Attempt.id > after)))
    rows = db.session.execute(statement).all()
    shown = rows[:ROWS]
    return Page(_lines(round_, shown, now), (), shown[-1][0].id if len(rows) > ROWS else None)


def lines_of(round_: Round, attempt_ids: Sequence[str], now: datetime) -> list[Line]:
    """These attempts of the round, by name; others are left out."""
    rows = db.session.execute(_attempts().where(Attempt.round_id == round_.id, Attempt.id.in_(attempt_ids))
                              .order_by(Account.sort_key, Attempt.id)).all()
    return _lines(round_, rows, now)


def people_of(round_: Round, account_ids: Sequence[str]) -> list[Absent]:
    """These people of the round, by name, also where they have begun meanwhile; others are left out."""
    begun = exists().where(Attempt.account_id == Account.id, Attempt.round_id == round_.id)
    rows = db.session.execute(
        select(Account.id, Account.name, Unit.name).outerjoin(Unit, Unit.id == Account.unit_id)
        .where(Account.id.in_(account_ids), or_(_missing(round_), begun)).order_by(Account.sort_key, Account.id))
    return [Absent(*row) for row in rows]


@dataclass(frozen=True)
class Sitting:
    """One attempt with all that is on record about it, its answers apart."""

    line: Line
    attempt: Attempt
    round: Round
    deadline: datetime
    changes: list[AttemptChange]
    notes: list[Note]
    hints: Hints


def sitting(attempt_id: str, now: datetime) -> Sitting:
    """The record of one attempt. Raises `Missing`."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None:
        raise Missing
    round_ = round_by_id(attempt.round_id, privileged=True)
    [line] = lines_of(round_, [attempt_id], now)
    notes = [Note(one.kind, one.at, one.slot, one.ms, one.address) for one in history.events_of(attempt_id)]
    first = db.session.scalars(select(func.min(Response.received_at)).where(Response.attempt_id == attempt_id)
                               .group_by(Response.slot)).all()
    return Sitting(line, attempt, round_, timing.deadline(attempt.time_limit_at, round_.closes_at),
                   history.changes(attempt_id), notes, weigh(notes, first, attempt.generation))


def _attempts() -> Any:
    return (
        select(Attempt, Account.id, Account.name, func.coalesce(ContestUnit.name, Unit.name))
        .join(Account, Account.id == Attempt.account_id)
        .join(Entry, Entry.id == Attempt.entry_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id)
        .outerjoin(Unit, Unit.id == Entry.unit_id)
    )


def _lines(round_: Round, rows: Sequence[Any], now: datetime) -> list[Line]:
    ids = [row[0].id for row in rows]
    chosen = counted_choices(ids)
    saved, items, hints = (
        _pairs(select(table.attempt_id, figure).where(table.attempt_id.in_(ids), which).group_by(table.attempt_id))
        for table, figure, which in ((Response, func.max(Response.received_at), true()),
                                     (PaperItem, func.count(), true()),
                                     (SittingEvent, func.count(), SittingEvent.kind != "opened")))
    return [_line(round_, row, now, len(chosen[row[0].id]), items.get(row[0].id, 0), saved.get(row[0].id),
                  hints.get(row[0].id, 0)) for row in rows]


def _pairs(statement: Any) -> dict[str, Any]:
    """A statement's first column → its second."""
    return {key: value for key, value in db.session.execute(statement)}  # noqa: C416 -- rows are no pairs to mypy


def _line(round_: Round, row: Any, now: datetime, answered: int, items: int, saved_at: datetime | None,
          hints: int) -> Line:
    attempt, account_id, name, unit = row
    deadline = timing.deadline(attempt.time_limit_at, round_.closes_at)
    state, finished = attempt.state, attempt.finished_at
    if state == "open" and round_.state == "cancelled":
        state = "void"
    elif state == "open" and now >= deadline:
        state, finished = "expired", deadline
    left = timing.remaining_ms(now, deadline, finished) if state == "open" else 0
    return Line(attempt.id, account_id, name, unit, attempt.number, state, answered, items, saved_at, finished, left,
                hints)


def _absent(round_: Round, text: str, after: str | None) -> Page:
    statement = (select(Account.id, Account.name, Unit.name).outerjoin(Unit, Unit.id == Account.unit_id)
                 .where(_missing(round_), _named(text)).order_by(Account.sort_key, Account.id).limit(ROWS + 1))
    if after:
        last = select(Account.sort_key).where(Account.id == after).scalar_subquery()
        statement = statement.where(or_(Account.sort_key > last, and_(Account.sort_key == last, Account.id > after)))
    rows = db.session.execute(statement).all()
    shown = [Absent(*row) for row in rows[:ROWS]]
    return Page((), shown, shown[-1].id if len(rows) > ROWS else None)


def _running(round_: Round, now: datetime) -> ColumnElement[bool]:
    if round_.state == "cancelled" or now >= round_.closes_at:
        return false()
    return and_(Attempt.state == "open", Attempt.time_limit_at > now)


def _troubled(now: datetime) -> ColumnElement[bool]:
    return exists().where(SittingEvent.attempt_id == Attempt.id, SittingEvent.kind == "unsaved",
                          SittingEvent.at > now - TROUBLE)


def _named(text: str) -> ColumnElement[bool]:
    wanted = fold(text)
    if not wanted:
        return true()
    return or_(*(column.contains(wanted, autoescape=True) for column in (Account.search_text, Unit.search_text)))


def _missing(round_: Round) -> ColumnElement[bool]:
    """Accounts that may sit the round and have no attempt in it but such as were given back."""
    return and_(
        Account.active, Account.unit_id.in_(_units_of(round_)),
        true() if round_.audience == "all" else Account.audience == round_.audience,
        ~exists().where(Barred.contest_id == round_.contest_id, Barred.account_id == Account.id),
        ~exists().where(Grant.account_id == Account.id, Grant.role.in_(round_.barred_roles)),
        ~exists().where(Attempt.account_id == Account.id, Attempt.round_id == round_.id, ~Attempt.returned))


def _units_of(round_: Round) -> list[str]:
    """The units, participating ones and parts of them, whose people may sit the round."""
    taking_part = _pairs(select(ContestUnit.unit_id, ContestUnit.bloc)
                         .where(ContestUnit.contest_id == round_.contest_id))
    terms = Terms("published", round_.opens_at, round_.closes_at, "all", round_.open_units, round_.open_blocs)
    found = []
    for unit_id, path, bloc in db.session.execute(select(Unit.id, Unit.path, Unit.bloc)):
        counted = next((above for above in reversed(path.split("/")) if above in taking_part), None)
        who = Who("official", path, bloc or (taking_part[counted] if counted else None))
        if counted and refusal(terms, who, round_.opens_at) is None:
            found.append(unit_id)
    return found
