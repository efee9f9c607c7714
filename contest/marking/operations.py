"""A marker's own acts: save, finish, take up again. Each holds the round, so that two of them have their turns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.marking import assigning, queries
from contest.marking.events import marks_changed
from contest.marking.models import Assignment, Essay, EssayMark, Marker, Marking
from contest.marking.rubrics import points_of
from contest.rounds.operations import locked
from contest.scoring.essays import apart, final_mark, mark_faults

MOST_COMMENT = 4_000


@dataclass(frozen=True)
class Given:
    """What a marker sends: hundredths by criterion, None for one that is still open; `seq` of what they had seen."""

    points: Mapping[str, int | None]
    comment: str
    seq: int


@dataclass(frozen=True)
class _Held:
    row: Assignment
    essay: Essay
    marking: Marking


def save(assignment_id: str, given: Given, *, by: str, now: datetime) -> Assignment:
    """Keep a draft. Raises `Missing` for what is not before this marker; 409 `marking_closed`, `third_not_needed`,
    `mark_finished`, `mark_stale` where another window wrote since; 422 `bad_marks`."""
    held = _open(assignment_id, given, by)
    _refuse_faults(held, given, unfinished=True)
    _keep(held, given)
    db.session.flush()
    return held.row


def finish(assignment_id: str, given: Given, *, by: str, now: datetime) -> Assignment:
    """Let a mark stand; with the other one it becomes final, or a third marker is found. Raises as `save`."""
    held = _open(assignment_id, given, by)
    rubric = _refuse_faults(held, given, unfinished=False)
    _keep(held, given)
    row = held.row
    points = {key: value for key, value in given.points.items() if value is not None}
    row.state, row.points = "done", sum(points.values())
    last = db.session.scalar(select(func.max(EssayMark.number)).where(EssayMark.assignment_id == row.id)) or 0
    db.session.add(EssayMark(assignment_id=row.id, number=last + 1, account_id=by, rubric=rubric, points=points,
                             total=row.points, comment=given.comment.strip(), at=now))
    record("essay.marked", "essay", held.essay.id, by=by, now=now, place=row.place, number=last + 1)
    db.session.flush()
    _settle(held, now)
    return row


def reopen(assignment_id: str, *, by: str, now: datetime) -> Assignment:
    """Take one's own finished mark up again; what it was stays on record. Raises `Missing`, 409 `marking_closed`."""
    held = _own(assignment_id, by)
    row = held.row
    if row.state == "done":
        latest = latest_mark(row.id)
        row.state, row.points, row.seq = "draft", None, row.seq + 1
        row.draft = {"points": dict(latest.points), "comment": latest.comment}
        record("essay.reopened", "essay", held.essay.id, by=by, now=now, place=row.place)
        db.session.flush()
        _settle(held, now)
    return row


def latest_mark(assignment_id: str) -> EssayMark:
    """The mark that was finished last. Raises NoResultFound where there is none."""
    return db.session.scalars(select(EssayMark).where(EssayMark.assignment_id == assignment_id)
                              .order_by(EssayMark.number.desc()).limit(1)).one()


def _own(assignment_id: str, by: str) -> _Held:
    """The assignment as the database has it now, its round held. Raises `Missing`, 409 `marking_closed`."""
    round_id = db.session.scalar(
        select(Essay.round_id).join(Assignment, Assignment.essay_id == Essay.id).where(Assignment.id == assignment_id))
    if round_id is None:
        raise Missing
    locked(round_id)
    found = db.session.execute(
        select(Assignment, Essay).join(Essay, Essay.id == Assignment.essay_id)
        .join(Marker, (Marker.round_id == Essay.round_id) & (Marker.account_id == Assignment.account_id))
        .where(Assignment.id == assignment_id, Assignment.account_id == by, Marker.active, queries.live()),
        execution_options={"populate_existing": True}).one_or_none()
    marking = db.session.get(Marking, round_id, populate_existing=True)
    if found is None or marking is None:
        raise Missing
    if marking.closed_at is not None:
        raise Refusal("marking_closed", 409)
    return _Held(found[0], found[1], marking)


def _open(assignment_id: str, given: Given, by: str) -> _Held:
    held = _own(assignment_id, by)
    if held.row.place == 3 and not held.essay.apart:
        raise Refusal("third_not_needed", 409)
    if held.row.state == "done":
        raise Refusal("mark_finished", 409)
    if held.row.seq != given.seq:
        raise Refusal("mark_stale", 409)
    return held


def _refuse_faults(held: _Held, given: Given, *, unfinished: bool) -> int:
    """The number of the rubric that the marks fit. Raises 422 `bad_marks`."""
    rubric = queries.rubrics(held.essay.round_id, [held.essay.version_id])[held.essay.version_id]
    faults = mark_faults(queries.criteria_of(rubric.criteria), given.points)
    known = {row["id"] for row in rubric.criteria}
    if (given.points.keys() - known or len(given.comment) > MOST_COMMENT
            or any(not unfinished or fault != "missing" for fault in faults.values())):
        raise Refusal("bad_marks", 422)
    return rubric.number


def _keep(held: _Held, given: Given) -> None:
    held.row.draft = {"points": {key: value for key, value in given.points.items() if value is not None},
                      "comment": given.comment.strip()}
    held.row.state, held.row.seq = "draft", held.row.seq + 1


def _settle(held: _Held, now: datetime) -> None:
    """Bring what the essay came to up to date, find a third marker where one is needed now, and tell standings."""
    essay, terms = held.essay, queries.terms_of(held.marking)
    marks: dict[int, int | None] = dict(db.session.execute(
        select(Assignment.place, Assignment.points).where(Assignment.essay_id == essay.id)).all())
    worth = points_of(essay.round_id, essay.version_id)
    first, second = marks.get(1), marks.get(2)
    if first is not None and second is not None:
        essay.apart = apart(first, second, worth, terms)
    final = final_mark(first, second, marks.get(3), worth, terms)
    changed = final != essay.final
    essay.final = final
    db.session.flush()
    if essay.apart and 3 not in marks:
        assigning.fill(held.marking, [essay.id], 3)
    if changed:
        marks_changed.send(None, round_id=essay.round_id, attempt_ids=[essay.attempt_id], now=now)
