"""What is known of the marking of a round's essays. Nothing here reads a key."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from contest.audit.models import AuditEvent
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account
from contest.marking.models import Assignment, Essay, EssayMark, Marking, Rubric
from contest.questions.models import Question, QuestionVersion
from contest.questions.shown import Version, version_of
from contest.rounds.models import RoundQuestion
from contest.scoring.essays import Criterion, Terms

Finals = dict[tuple[str, int], int]  # (attempt, slot) → the mark that stands


def terms_of(marking: Marking) -> Terms:
    """The rule by which marks of this round become one."""
    return Terms(marking.gap, marking.gap_kind, marking.third)


def marking_of(round_id: str) -> Marking:
    """How the round is marked; the usual way, not yet in the session, where nothing was chosen."""
    return db.session.get(Marking, round_id) or Marking(
        round_id=round_id, gap=15, gap_kind="percent", third="mean", units_apart=True, told=False)


def live() -> ColumnElement[bool]:
    """The essay's sitting counts: it was not annulled."""
    return exists(select(Attempt.id).where(Attempt.id == Essay.attempt_id, Attempt.state.in_(("submitted", "expired"))))


def finals(attempt_ids: Sequence[str]) -> Finals:
    """The final marks of these sittings."""
    rows = db.session.execute(select(Essay.attempt_id, Essay.slot, Essay.final).where(
        Essay.attempt_id.in_(attempt_ids), Essay.final.is_not(None)))
    return {(attempt_id, slot): final for attempt_id, slot, final in rows if final is not None}


def in_work(round_id: str) -> bool:
    """True where essays of the round have their codes and marking is not closed."""
    return db.session.scalar(select(exists().where(Marking.round_id == round_id, *being_marked()))) is True


def being_marked() -> tuple[ColumnElement[bool], ...]:
    """Of a `Marking`: begun, and not closed."""
    return Marking.started_at.is_not(None), Marking.closed_at.is_(None)


def left(round_id: str) -> int:
    """How many essays of the round have no final mark yet."""
    return db.session.scalar(select(func.count()).select_from(Essay).where(
        Essay.round_id == round_id, Essay.final.is_(None), live())) or 0


def begun(round_id: str) -> bool:
    """True once a mark of the round was finished, be it reopened since."""
    return db.session.scalar(select(exists().where(
        EssayMark.assignment_id == Assignment.id, Assignment.essay_id == Essay.id, Essay.round_id == round_id))) is True


def criteria_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """The criteria of a rubric as the rules know them."""
    return tuple(Criterion(row["id"], row["name"], row["most"], row["description"], row["step"]) for row in rows)


def rubrics(round_id: str, version_ids: Collection[str] | None = None) -> dict[str, Rubric]:
    """Question version → its latest rubric, where it has one."""
    rows = db.session.scalars(select(Rubric).where(Rubric.round_id == round_id).order_by(Rubric.number))
    return {row.version_id: row for row in rows if version_ids is None or row.version_id in version_ids}


@dataclass(frozen=True)
class Asked:
    """An essay question that a round may draw. `essays`: answers under a code; `old`: marked by an earlier rubric."""

    version: Version
    code: str | None
    points: int
    rubric: Rubric | None
    essays: int
    old: int

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return criteria_of(self.rubric.criteria) if self.rubric else ()


def asked(round_id: str, version_id: str) -> Asked:
    """One essay question of a round with its rubric, without counts. Raises NoResultFound where it is none of them."""
    row = db.session.execute(_questions(round_id).where(QuestionVersion.id == version_id)).one()
    return _asked(row, rubrics(round_id, [version_id]).get(version_id), 0, 0)


def _asked(row: Any, rubric: Rubric | None, essays: int, old: int) -> Asked:
    return Asked(version_of(row.id, row.type, row.stem, row.options, row.parts, markup=row.markup), row.code,
                 row.points, rubric, essays, old)


def _questions(round_id: str) -> Select[tuple[Any, ...]]:
    return (
        select(QuestionVersion.id, QuestionVersion.type, QuestionVersion.stem, QuestionVersion.options,
               QuestionVersion.parts, QuestionVersion.markup, QuestionVersion.points, Question.code)
        .join(RoundQuestion, RoundQuestion.version_id == QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(RoundQuestion.round_id == round_id, QuestionVersion.type == "essay")
        .order_by(Question.code, QuestionVersion.id))


def asks(round_id: str) -> bool:
    """Whether essay questions can be drawn in a published round."""
    return db.session.execute(_questions(round_id).limit(1)).first() is not None


def essay_questions(round_id: str) -> list[Asked]:
    """The essay questions of a published round, by their codes."""
    rows = db.session.execute(_questions(round_id)).all()
    held = rubrics(round_id)
    count: dict[str, int] = dict(db.session.execute(
        select(Essay.version_id, func.count()).where(Essay.round_id == round_id, live())
        .group_by(Essay.version_id)).all())
    old = _marked_by_older(round_id, held)
    return [_asked(row, held.get(row.id), count.get(row.id, 0), old.get(row.id, 0)) for row in rows]


def _marked_by_older(round_id: str, held: Mapping[str, Rubric]) -> dict[str, int]:
    """Question version → finished marks that go by an earlier rubric than the latest."""
    latest = select(func.max(EssayMark.number)).where(
        EssayMark.assignment_id == Assignment.id).correlate(Assignment).scalar_subquery()
    rows = db.session.execute(
        select(Essay.version_id, EssayMark.rubric, func.count())
        .join(Assignment, Assignment.essay_id == Essay.id)
        .join(EssayMark, (EssayMark.assignment_id == Assignment.id) & (EssayMark.number == latest))
        .where(Essay.round_id == round_id, Assignment.state == "done", live())
        .group_by(Essay.version_id, EssayMark.rubric))
    found: dict[str, int] = {}
    for version_id, number, count in rows:
        if number < held[version_id].number:
            found[version_id] = found.get(version_id, 0) + count
    return found


def rubric_history(round_id: str, version_id: str) -> list[tuple[Rubric, str | None]]:
    """The rubrics of a question, the latest first, each with who wrote it."""
    return [(row, name) for row, name in db.session.execute(
        select(Rubric, Account.name).outerjoin(Account, Account.id == Rubric.made_by)
        .where(Rubric.round_id == round_id, Rubric.version_id == version_id).order_by(Rubric.number.desc()))]


def codes_openings(round_id: str) -> list[tuple[datetime, str | None]]:
    """When the codes were opened and by whom, the latest first."""
    return [(at, name) for at, name in db.session.execute(
        select(AuditEvent.at, Account.name).outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(AuditEvent.object_type == "round", AuditEvent.object_id == round_id,
               AuditEvent.action == "marking.codes_opened").order_by(AuditEvent.at.desc()))]
