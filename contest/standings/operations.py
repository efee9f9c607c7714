"""Scoring: what finished attempts came to, and which of them counts for its person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from contest.audit.operations import record
from contest.columns import to_ms
from contest.delivery import timing
from contest.delivery.models import UNSETTLED, Attempt, Response
from contest.delivery.operations import close_overdue, resume
from contest.delivery.prediction import MOST
from contest.errors import Refusal
from contest.extensions import db
from contest.marking import queries as marking
from contest.marking.models import Marking
from contest.rounds import publishing
from contest.rounds.models import Round
from contest.rounds.operations import locked
from contest.rounds.queries import state
from contest.standings import freezing, keeping, overall, ranks
from contest.standings.board_models import Board
from contest.standings.grading import Finished, grader_of
from contest.standings.models import Result
from contest.standings.queries import unmarked

CHUNK = 1_000
SETTLE = timing.SETTLE


@dataclass(frozen=True)
class Counts:
    """What scoring a round did and what stands afterwards."""

    closed: int  # overdue attempts that were closed
    scored: int  # attempts that were marked now
    people: int
    attempts: int
    blank: int


def score_round(round_id: str, now: datetime, *, every: bool = False) -> Counts:
    """Close and score what is due in one round; the counts afterwards.

    Due: finished attempts without a result, with one that is older than a late save, or not yet
    scored for good. `every` marks all of them again, by today's keys. Doing it twice changes nothing.
    Nothing of a cancelled round is scored, and what was scored before goes. Raises `Missing`.
    """
    row = locked(round_id)
    freezing.freeze(row, now)
    closed = close_all_overdue(now, round_id)
    db.session.execute(delete(Result).where(
        Result.round_id == round_id,
        Result.attempt_id.in_(select(Attempt.id).join(Round, Round.id == Attempt.round_id).where(
            Attempt.round_id == round_id, or_(Attempt.state == "void", Round.state == "cancelled")))))
    scored, last = 0, ""
    while batch := _due(now, CHUNK, [round_id], after=last, every=every):
        _score(batch, now)
        scored, last = scored + len(batch), batch[-1][0].id
    if every:
        keeping.unsettle(row)
    keeping.keep_all(row, now)
    if _settled(row, now):
        keeping.settle(row, now)
    if row.results_published_at is not None:
        overall.keep_round(row, now)
    return counts(round_id, closed, scored)


def counts(round_id: str, closed: int = 0, scored: int = 0) -> Counts:
    """The figures of a round's results as they are; `closed`, `scored`: what was just done."""
    attempts, blank = db.session.execute(
        select(func.count(case((Result.answered > 0, 1))), func.count(case((Result.answered == 0, 1))))
        .where(Result.round_id == round_id)).one()
    return Counts(closed, scored, ranks.people(round_id), attempts, blank)


def rescore(round_id: str, now: datetime) -> Counts:
    """Score what is due; once the round is closed, everything again by today's keys.

    Raises `Missing`; 409 `results_published`: official figures stand still.
    """
    row = locked(round_id)
    if row.results_published_at is not None:
        raise Refusal("results_published", 409)
    return score_round(round_id, now, every=now >= row.closes_at)


def publish_results(round_id: str, *, by: str | None, now: datetime) -> Round:
    """Score the round for good and make its results official.

    Raises `Missing`; 409 `not_closed` unless the round has just closed; 409 `number_not_given` while the
    number to be guessed is not told; 409 `essays_pending` while essays wait for their marks, `marking_open` until
    the marking is closed; 409 `not_settled` while an answer that counts may still be on its way.
    """
    row = locked(round_id)
    if state(row, now) == "closed":
        if row.prediction == "number" and row.prediction_given is None:
            raise Refusal("number_not_given", 409)
        score_round(round_id, now)
        _refuse_unmarked(round_id)
        if not _settled(row, now):
            raise Refusal("not_settled", 409)
    published = publishing.publish_results(round_id, by=by, now=now)
    freezing.thaw(round_id)
    overall.keep_round(published, now)
    return published


def give_number(round_id: str, value: int, *, by: str | None, now: datetime) -> Round:
    """Tell the true value of the number that was to be guessed; the worker then settles the board.

    Raises `Missing`; 409 `no_number_asked`, `number_too_early`, `board_settled` once everybody is ranked by
    one; 422 `bad_number` for one below 0 or above `prediction.MOST`.
    """
    row = locked(round_id)
    board = db.session.get(Board, round_id)
    if row.prediction != "number" or row.state != "published":
        raise Refusal("no_number_asked", 409)
    if now < row.closes_at:
        raise Refusal("number_too_early", 409)
    if row.results_published_at is not None or (board is not None and board.settled_at is not None):
        raise Refusal("board_settled", 409)
    if not 0 <= value <= MOST:
        raise Refusal("bad_number", 422)
    before, row.prediction_given = row.prediction_given, value
    record("round.number_given", "round", row.id, by=by, now=now, before=before, value=value)
    db.session.flush()
    return row


def _refuse_unmarked(round_id: str) -> None:
    if waiting := unmarked(round_id):
        raise Refusal("essays_pending", 409, count=waiting)
    if marking.in_work(round_id):
        raise Refusal("marking_open", 409)


def score_marked(round_id: str, attempt_ids: Sequence[str], now: datetime) -> None:
    """Score sittings again whose essays got or lost their final marks. The caller holds the round."""
    row = db.session.get_one(Round, round_id)
    freezing.freeze(row, now)
    rows: Iterable[Any] = db.session.execute(
        select(Attempt.id, Attempt.round_id, Attempt.entry_id, Attempt.started_at, Attempt.finished_at,
               Attempt.paused_ms)
        .join(Result, Result.attempt_id == Attempt.id).where(Attempt.id.in_(attempt_ids)))
    found = [Finished(*one) for one in rows]
    _score([(one, False) for one in found], now)
    keeping.keep(row, {one.entry_id for one in found}, now)


def _settled(row: Round, now: datetime) -> bool:
    """True once everything is scored for good, essays too, and nobody's start can still be on its way."""
    if db.session.scalar(select(Round.id).where(Round.id == row.id, _being_marked())) is not None:
        return False
    left = select(Attempt.id).where(Attempt.round_id == row.id, or_(Attempt.state == "open", UNSETTLED)).limit(1)
    return now >= row.closes_at + timedelta(milliseconds=row.grace_ms) + SETTLE and db.session.scalar(left) is None


def score_pending(now: datetime, limit: int = 200) -> int:
    """Close and score at most `limit` due attempts of all rounds; how many were scored.

    Small bites: on SQLite every save waits while one is written. Call again while it returns `limit`.
    """
    waiting = freezing.due(now)  # until their boards are copied nothing of them moves
    held = [round_id for round_id in take_rounds(now) if round_id not in waiting]
    for round_id in held:
        _close_overdue(now, round_id, limit)
    batch = _due(now, limit, held)
    _score(batch, now)
    rounds: dict[str, set[str]] = {}
    for attempt, _final in batch:
        rounds.setdefault(attempt.round_id, set()).add(attempt.entry_id)
    for round_id, entries in rounds.items():
        keeping.keep(db.session.get_one(Round, round_id), entries, now)
    for round_id in held:
        row = db.session.get_one(Round, round_id)
        if _settled(row, now):
            keeping.settle(row, now)
    return len(batch)


def take_rounds(now: datetime) -> list[str]:
    """The rounds with sittings that run or are not scored for good, or closed ones whose board is not settled.

    Locked until the transaction ends.

    Left out are those whose results are official, and those that somebody else holds now: an organiser
    waits for the worker, the worker for nobody.
    """
    working = or_(exists().where(Attempt.round_id == Round.id, Attempt.state == "open"),
                  exists().where(Attempt.round_id == Round.id, UNSETTLED),
                  and_(Round.closes_at <= now - SETTLE, ~_being_marked(), exists().where(
                      Board.round_id == Round.id, Board.settled_at.is_(None),
                      or_(Round.prediction != "number", Round.prediction_given.is_not(None)))))
    return list(db.session.scalars(
        select(Round.id).where(Round.state != "draft", Round.results_published_at.is_(None), working)
        .order_by(Round.id).with_for_update(key_share=True, skip_locked=True)))


def _being_marked() -> ColumnElement[bool]:
    """Of a round: essays wait for their marks, or the marking is not closed."""
    return or_(exists().where(Result.round_id == Round.id, Result.pending > 0),
               exists().where(Marking.round_id == Round.id, *marking.being_marked()))


def forget_result(attempt: Attempt, now: datetime) -> None:
    """Take back what a sitting came to, after it was reopened, annulled or handed in by an organiser.

    The caller holds its round. The worker scores it again where it is finished; another one of its person
    may count meanwhile.
    """
    round_ = db.session.get_one(Round, attempt.round_id)
    freezing.freeze(round_, now)
    db.session.execute(delete(Result).where(Result.attempt_id == attempt.id))
    keeping.keep(round_, [attempt.entry_id], now)


def close_all_overdue(now: datetime, round_id: str) -> int:
    """Close every attempt of a round whose time is over; how many."""
    closed = 0
    while found := _close_overdue(now, round_id, CHUNK):
        closed += found
    return closed


def _close_overdue(now: datetime, round_id: str, limit: int) -> int:
    """As `close_overdue`; what goes on has no result any more."""
    for attempt in resume(round_id):
        forget_result(attempt, now)
    return close_overdue(now, round_id=round_id, limit=limit)


def _due(now: datetime, limit: int, rounds: Sequence[str], *, after: str = "",
         every: bool = False) -> list[tuple[Finished, bool]]:
    """Attempts to score by id, each with whether this score is final. The caller holds their rounds."""
    final = type_coerce(Attempt.finished_at, BigInteger) + Round.grace_ms <= to_ms(now - SETTLE)
    late = exists().where(Response.attempt_id == Attempt.id, Response.received_at >= Result.graded_at)
    which = Attempt.state.in_(("submitted", "expired")) if every else UNSETTLED
    rows: Iterable[Any] = db.session.execute(
        select(Attempt.id, Attempt.round_id, Attempt.entry_id, Attempt.started_at, Attempt.finished_at,
               Attempt.paused_ms, final)
        .join(Round, Round.id == Attempt.round_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(which, Round.state != "cancelled", Attempt.round_id.in_(rounds),
               Attempt.id > after if after else true(),
               true() if every else or_(Result.attempt_id.is_(None), final, late))
        .order_by(Attempt.id).limit(limit)
    )
    return [(Finished(*row[:6]), bool(row[6])) for row in rows]


def _score(batch: list[tuple[Finished, bool]], now: datetime) -> None:
    rounds: dict[str, list[Finished]] = {}
    for attempt, _final in batch:
        rounds.setdefault(attempt.round_id, []).append(attempt)
    for round_id, attempts in rounds.items():
        found = grader_of(db.session.get_one(Round, round_id)).totals([attempt.id for attempt in attempts])
        db.session.execute(_upsert(), [{
            **vars(found[attempt.id]), "attempt_id": attempt.id, "round_id": round_id, "entry_id": attempt.entry_id,
            "taken_ms": attempt.taken_ms, "finished_at": attempt.finished_at, "graded_at": now,
        } for attempt in attempts])
    final = [attempt.id for attempt, is_final in batch if is_final]
    if final:
        db.session.execute(update(Attempt).where(Attempt.id.in_(final), Attempt.state.in_(("submitted", "expired")))
                           .values(settled=True)
                           .execution_options(synchronize_session=False))


def _upsert() -> Insert:
    """Insert results; where one exists, replace what was marked."""
    kept = {"attempt_id", "round_id", "entry_id"}
    names = [column.name for column in Result.__table__.columns if column.name not in kept]
    dialect: Any = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Result.__table__)
    upsert: Insert = statement.on_conflict_do_update(
        index_elements=["attempt_id"], set_={name: statement.excluded[name] for name in names})
    return upsert
