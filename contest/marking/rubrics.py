"""What an essay question of a round is marked by is written, and written anew."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import exists, select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.marking import queries
from contest.marking.models import Assignment, Essay, EssayMark, Marking, Rubric
from contest.questions.models import QuestionVersion
from contest.rounds.models import RoundQuestion
from contest.rounds.operations import locked
from contest.scoring.essays import Criterion, rubric_faults


def write_rubric(round_id: str, version_id: str, criteria: Sequence[Criterion], reason: str, *, by: str,
                 now: datetime) -> Rubric:
    """Let these criteria hold from now on: in the place of the last, once the question is marked beside it.

    Marks that are finished keep the rubric that they were given by. Raises `Missing`; 409 `marking_closed`;
    422 `bad_rubric` where `rubric_faults` finds any, `marking_reason` for a rubric of a question that is
    being marked.
    """
    locked(round_id)
    marking, points = queries.marking_of(round_id), points_of(round_id, version_id)
    if marking.closed_at is not None:
        raise Refusal("marking_closed", 409)
    if rubric_faults(criteria, points):
        raise Refusal("bad_rubric", 422)
    held, rows = queries.rubrics(round_id, [version_id]).get(version_id), [asdict(one) for one in criteria]
    if held is not None and held.criteria == rows:
        return held
    if held is not None and _marked(round_id, version_id):
        if not reason.strip():
            raise Refusal("marking_reason", 422)
        held = _add(round_id, version_id, held.number + 1, reason.strip())
    elif held is None:
        held = _add(round_id, version_id, 1, "")
    held.criteria, held.made_at, held.made_by = rows, now, by
    record("marking.rubric", "round", round_id, by=by, now=now, version_id=version_id, number=held.number,
           criteria=rows, reason=held.reason)
    db.session.flush()
    return held


def points_of(round_id: str, version_id: str) -> int:
    """What an essay question of the round is worth, in hundredths. Raises `Missing` for anything else."""
    points = db.session.scalar(
        select(QuestionVersion.points).join(RoundQuestion, RoundQuestion.version_id == QuestionVersion.id)
        .where(RoundQuestion.round_id == round_id, QuestionVersion.id == version_id, QuestionVersion.type == "essay"))
    if points is None:
        raise Missing
    return points


def begin(round_id: str) -> Marking:
    """The round's `Marking`, made now where there is none. The caller holds the round."""
    marking = queries.marking_of(round_id)
    db.session.add(marking)
    db.session.flush()
    return marking


def _add(round_id: str, version_id: str, number: int, reason: str) -> Rubric:
    row = Rubric(round_id=round_id, version_id=version_id, number=number, reason=reason)
    db.session.add(row)
    return row


def _marked(round_id: str, version_id: str) -> bool:
    return db.session.scalar(select(exists().where(
        EssayMark.assignment_id == Assignment.id, Assignment.essay_id == Essay.id, Essay.round_id == round_id,
        Essay.version_id == version_id))) is True
