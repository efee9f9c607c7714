"""How far the marking of a round is: in all, marker by marker; and what lies before one marker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from contest.delivery.models import Attempt, PaperItem
from contest.extensions import db
from contest.identity.models import Account, Grant, Unit
from contest.marking.models import Assignment, Essay, Marker, Marking
from contest.marking.queries import live
from contest.questions.models import QuestionVersion
from contest.rounds.models import Round

PAGE = 50


@dataclass(frozen=True)
class Figures:
    """The essays of a round. `apart`: more than the terms allow; `waiting`: of these, those without a third mark;
    `alone`: those that lack a marker for now; `blank`: questions nobody wrote anything to, worth 0."""

    essays: int = 0
    final: int = 0
    apart: int = 0
    waiting: int = 0
    alone: int = 0
    blank: int = 0


def figures(round_id: str) -> Figures:
    """The counts of a round's essays, annulled sittings left out."""
    count = func.count
    lacking = [_placed(place) < 1 for place in (1, 2)]
    row = db.session.execute(
        select(count(), count(Essay.final), count(case((Essay.apart, 1))),
               count(case((and_(Essay.apart, Essay.final.is_(None)), 1))),
               count(case((or_(*lacking, and_(Essay.apart, _placed(3) < 1)), 1))))
        .where(Essay.round_id == round_id, live())).one()
    blank = db.session.scalar(
        select(count()).select_from(PaperItem).join(Attempt, Attempt.id == PaperItem.attempt_id)
        .where(Attempt.round_id == round_id, Attempt.state.in_(("submitted", "expired")), PaperItem.shape == "essay",
               ~exists().where(Essay.attempt_id == PaperItem.attempt_id, Essay.slot == PaperItem.slot))) or 0
    return Figures(*row, blank)


def _placed(place: int) -> ColumnElement[int]:
    """How many hold the essay in this place: 0 or 1; who dropped out before finishing holds nothing."""
    return (
        select(func.count()).select_from(Assignment)
        .join(Marker, and_(Marker.account_id == Assignment.account_id, Marker.round_id == Essay.round_id))
        .where(Assignment.essay_id == Essay.id, Assignment.place == place,
               or_(Marker.active, Assignment.state == "done")).correlate(Essay).scalar_subquery())


@dataclass(frozen=True)
class MarkerLine:
    """A marker with what lies before them. `apart`: finished ones that differ from the other mark by more than allowed;
    `able`: the account is in use and holds the role."""

    account_id: str
    name: str
    login: str
    unit: str | None
    active: bool
    able: bool
    given: int
    draft: int
    done: int
    apart: int

    @property
    def left(self) -> int:
        """What is still to be marked."""
        return self.given - self.done


def marker_lines(round_id: str) -> list[MarkerLine]:
    """The markers of a round: those with most before them first, who dropped out last."""
    able = and_(Account.active, exists().where(Grant.account_id == Account.id, Grant.role == "marker"))
    work = (
        select(Assignment.account_id, func.count().label("given"),
               func.count(case((Assignment.state == "draft", 1))).label("draft"),
               func.count(case((Assignment.state == "done", 1))).label("done"),
               func.count(case((and_(Assignment.state == "done", Assignment.place < 3, Essay.apart), 1)))
               .label("apart"))
        .join(Essay, Essay.id == Assignment.essay_id).where(Essay.round_id == round_id, live(), needed())
        .group_by(Assignment.account_id).subquery())
    rows: Iterable[Any] = db.session.execute(
        select(Account.id, Account.name, Account.login, Unit.name, Marker.active, able,
               *(func.coalesce(work.c[name], 0) for name in ("given", "draft", "done", "apart")))
        .select_from(Marker).join(Account, Account.id == Marker.account_id).outerjoin(Unit, Unit.id == Account.unit_id)
        .outerjoin(work, work.c.account_id == Account.id)
        .where(Marker.round_id == round_id).order_by(Account.sort_key, Account.id))
    lines = [MarkerLine(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), row[6], row[7], row[8], row[9])
             for row in rows]
    return sorted(lines, key=lambda one: (not one.active, -one.left))


def needed() -> ColumnElement[bool]:
    """Of an assignment with its essay: it is a first or second, or a third that is wanted or was given."""
    return or_(Assignment.place < 3, Essay.apart, Assignment.state == "done")


@dataclass(frozen=True)
class Desk:
    """A round in which somebody marks, with how much of it."""

    round: Round
    closed: bool
    given: int
    done: int


def desks(account_id: str) -> list[Desk]:
    """The rounds that this person marks essays of, the latest first."""
    mine = (
        select(Essay.round_id, func.count().label("given"),
               func.count(case((Assignment.state == "done", 1))).label("done"))
        .join(Assignment, Assignment.essay_id == Essay.id)
        .where(Assignment.account_id == account_id, live(), needed()).group_by(Essay.round_id).subquery())
    rows = db.session.execute(
        select(Round, Marking.closed_at, func.coalesce(mine.c.given, 0), func.coalesce(mine.c.done, 0))
        .join(Marker, Marker.round_id == Round.id).outerjoin(Marking, Marking.round_id == Round.id)
        .outerjoin(mine, mine.c.round_id == Round.id)
        .where(Marker.account_id == account_id, Marker.active).order_by(Round.closes_at.desc(), Round.id))
    return [Desk(round_, closed_at is not None, given, done) for round_, closed_at, given, done in rows]


@dataclass(frozen=True)
class Lot:
    """A page of what lies before a marker in a round; `counts` by state; `after` where there is more."""

    rows: Sequence[Assignment] = ()
    stems: dict[str, tuple[str, bool]] = field(default_factory=dict)  # question version → stem, whether it is Markdown
    counts: dict[str, int] = field(default_factory=dict)
    after: str | None = None


def lot(round_id: str, account_id: str, state: str | None, after: Assignment | None) -> Lot:
    """What lies before a marker, in the order of their own lot; `state`: only these; `after`: the last one seen."""
    counts: dict[str, int] = dict(db.session.execute(
        select(Assignment.state, func.count()).join(Essay, Essay.id == Assignment.essay_id)
        .where(*_mine(round_id, account_id)).group_by(Assignment.state)).all())
    rows = list(db.session.scalars(_in_turn(round_id, account_id, state, after).limit(PAGE + 1)))
    stems = {id_: (stem, markup) for id_, stem, markup in db.session.execute(
        select(QuestionVersion.id, QuestionVersion.stem, QuestionVersion.markup)
        .where(QuestionVersion.id.in_({row.essay.version_id for row in rows})))}
    return Lot(rows[:PAGE], stems, counts, rows[PAGE - 1].id if len(rows) > PAGE else None)


def next_one(round_id: str, account_id: str, after: Assignment | None = None) -> Assignment | None:
    """The next essay that this marker has not finished: behind `after`, else from the top; None where all are done."""
    for start in (after, None):
        found = db.session.scalar(_in_turn(round_id, account_id, "left", start).limit(1))
        if found is not None:
            return found
    return None


def own_assignment(assignment_id: str, account_id: str) -> Assignment | None:
    """What lies before this marker under this id, None where nothing does."""
    return db.session.scalar(
        select(Assignment).join(Essay, Essay.id == Assignment.essay_id).options(contains_eager(Assignment.essay))
        .join(Marker, and_(Marker.round_id == Essay.round_id, Marker.account_id == Assignment.account_id))
        .where(Assignment.id == assignment_id, Assignment.account_id == account_id, Marker.active, live()))


def _mine(round_id: str, account_id: str) -> tuple[ColumnElement[bool], ...]:
    active = exists().where(Marker.round_id == round_id, Marker.account_id == account_id, Marker.active)
    return Essay.round_id == round_id, Assignment.account_id == account_id, live(), needed(), active


def _in_turn(round_id: str, account_id: str, state: str | None, after: Assignment | None) -> Select[Assignment]:
    statement = (
        select(Assignment).join(Essay, Essay.id == Assignment.essay_id).options(contains_eager(Assignment.essay))
        .where(*_mine(round_id, account_id)).order_by(Assignment.turn, Assignment.id))
    if state is not None:
        statement = statement.where(Assignment.state != "done" if state == "left" else Assignment.state == state)
    if after is not None:
        statement = statement.where(or_(Assignment.turn > after.turn, and_(
            Assignment.turn == after.turn, Assignment.id > after.id)))
    return statement
