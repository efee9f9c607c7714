"""The marks of a round for the file: essay by essay, with every marker; by codes, or with the names behind them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.marking.models import Assignment, Essay, EssayMark, Rubric
from contest.marking.queries import criteria_of, live
from contest.questions.models import Question, QuestionVersion
from contest.rounds.models import ContestUnit, Entry
from contest.scoring.essays import Criterion

CHUNK = 500


@dataclass(frozen=True)
class Given:
    """A mark as it stands: `points` by criterion of `criteria`, hundredths. `by`: the marker's name."""

    place: int
    by: str
    total: int
    comment: str
    points: dict[str, int]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Line:
    """An essay under its code. `marks`: of those who are done, by place."""

    id: str
    attempt_id: str
    slot: int
    code: str
    question: str | None
    worth: int
    apart: bool
    final: int | None
    marks: dict[int, Given] = field(default_factory=dict)

    @property
    def counted(self) -> list[Given]:
        """The marks that the final one came from: a third only where the first two are apart."""
        return [mark for place, mark in sorted(self.marks.items()) if place < 3 or self.apart]


@dataclass(frozen=True)
class Author:
    """Whose essay it is."""

    name: str
    login: str
    unit: str | None
    receipt: str | None


def lines(round_id: str) -> list[Line]:
    """Every essay of a round by its code, with the marks that stand."""
    rows = db.session.execute(
        select(Essay.id, Essay.attempt_id, Essay.slot, Essay.code, Question.code, QuestionVersion.points, Essay.apart,
               Essay.final)
        .join(QuestionVersion, QuestionVersion.id == Essay.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Essay.round_id == round_id, live()).order_by(Essay.code)).all()
    held = _marks([row[0] for row in rows])
    return [Line(*row, marks=held[row[0]]) for row in rows]


def of_attempt(attempt_id: str) -> dict[int, Line]:
    """Slot → the essay that stands there, with the marks that stand."""
    rows = db.session.execute(
        select(Essay.id, Essay.attempt_id, Essay.slot, Essay.code, Question.code, QuestionVersion.points, Essay.apart,
               Essay.final)
        .join(QuestionVersion, QuestionVersion.id == Essay.version_id)
        .join(Question, Question.id == QuestionVersion.question_id).where(Essay.attempt_id == attempt_id)).all()
    held = _marks([row[0] for row in rows])
    return {row[2]: Line(*row, marks=held[row[0]]) for row in rows}


def authors(round_id: str) -> dict[str, Author]:
    """Essay → whose it is. Only for whoever opened the codes: `arranging.open_codes`."""
    return {row[0]: Author(*row[1:]) for row in db.session.execute(
        select(Essay.id, Account.name, Account.login, func.coalesce(ContestUnit.name, Unit.name), Attempt.receipt)
        .join(Attempt, Attempt.id == Essay.attempt_id).join(Account, Account.id == Attempt.account_id)
        .join(Entry, Entry.id == Attempt.entry_id).outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id)
        .outerjoin(Unit, Unit.id == Entry.unit_id).where(Essay.round_id == round_id))}


def _marks(essays: Sequence[str]) -> dict[str, dict[int, Given]]:
    latest = select(func.max(EssayMark.number)).where(
        EssayMark.assignment_id == Assignment.id).correlate(Assignment).scalar_subquery()
    found: dict[str, dict[int, Given]] = defaultdict(dict)
    for start in range(0, len(essays), CHUNK):
        rows = db.session.execute(
            select(Assignment.essay_id, Assignment.place, Account.name, EssayMark.total, EssayMark.comment,
                   EssayMark.points, Rubric.criteria)
            .join(EssayMark, (EssayMark.assignment_id == Assignment.id) & (EssayMark.number == latest))
            .join(Essay, Essay.id == Assignment.essay_id).join(Account, Account.id == EssayMark.account_id)
            .join(Rubric, (Rubric.round_id == Essay.round_id) & (Rubric.version_id == Essay.version_id)
                  & (Rubric.number == EssayMark.rubric))
            .where(Assignment.essay_id.in_(essays[start:start + CHUNK]), Assignment.state == "done"))
        for essay, place, by, total, comment, points, criteria in rows:
            found[essay][place] = Given(place, by, total, comment, points, criteria_of(criteria))
    return found
