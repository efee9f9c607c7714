"""A grading run is decided: applied, which changes results, standings and board at once; dropped; or undone.

Whoever made a run can't let it hold: two people stand behind every changed result.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from contest import bulk
from contest.audit.operations import record
from contest.columns import from_ms
from contest.delivery.models import Attempt
from contest.delivery.record_models import AttemptChange
from contest.errors import Refusal
from contest.extensions import db
from contest.jobs.operations import ENDED, enqueue
from contest.jobs.queries import latest
from contest.rounds.models import Round
from contest.standings import counters, keeping, overall, reinstating, run_sittings, run_totals
from contest.standings.board_models import Board
from contest.standings.building import CHUNK, building, digest, summary_of
from contest.standings.events import regraded
from contest.standings.models import Result
from contest.standings.places import row_of
from contest.standings.regrading import new_run, run_held, run_of, stop_working
from contest.standings.run_models import APPLY, GradingRun, RunMark, RunPlace

LARGE = 5_000  # results of a round: up to so many, a run holds within the request that approves it
STEPS = 5  # that `apply_run` tells of
Told = Callable[[int], None]


def unheard(_step: int) -> None:
    """Nobody waits for the steps."""


def approve_run(run_id: str, note: str, *, by: str, now: datetime) -> bool:
    """Let a run hold, at once or, in a round of more than `LARGE` results, by the worker; whether it holds now.

    Raises as `apply_run` does; 409 `run_not_ready` while the worker is at it.
    """
    run, round_ = _decidable(run_id, by)
    some = select(Result.attempt_id).where(Result.round_id == round_.id).limit(LARGE + 1).subquery()
    if (db.session.scalar(select(func.count()).select_from(some)) or 0) <= LARGE:
        apply_run(run_id, note, by=by, now=now)
        return True
    job = latest(APPLY, "grading_run", run.id)
    if job is not None and job.state not in ENDED:
        raise Refusal("run_not_ready", 409)
    enqueue(APPLY, "grading_run", run.id, by=by, now=now, note=note[:1_000])
    return False


def apply_run(run_id: str, note: str, *, by: str, now: datetime, told: Told = unheard) -> GradingRun:
    """Let a run hold: results, standings, counters and what predictions are compared with change at once.

    Answers, papers and keys stay. `told` hears of each step, between statements of the one transaction. Raises
    `Missing`; 409 `run_not_ready`, `same_person` for who made it, `run_outdated` where a result has changed since its
    preview was built.
    """
    run, round_ = _decidable(run_id, by)
    if run.basis != digest(round_.id) or _moved(run, "before"):
        raise Refusal("run_outdated", 409)
    told(1)
    _results(run, by, now)
    _disqualify(run, by, now)
    told(2)
    board = db.session.get_one(Board, round_.id)
    for places in _chunks(RunPlace, run):
        _stand(board.id, places)
    told(3)
    board.actual = run.summary["actual_after"]
    _tell_number(run, round_, by, now)
    if run.policy is not None:
        board.policy = run.policy
    keeping.changed_at(board, now)
    counters.recount(board.id)
    db.session.flush()
    told(4)
    overall.keep(round_.contest_id, db.session.scalars(
        select(RunPlace.entry_id).where(RunPlace.run_id == run.id)).all(), now)
    run.summary = {**run.summary, "digest_after": digest(round_.id)}
    _decide(run, "applied", note, by, now)
    regraded.send(None, round_id=round_.id, now=now)
    return run


def drop_run(run_id: str, note: str, *, by: str, now: datetime) -> GradingRun:
    """Let a run hold nothing, also while it is built; it stays on record. Raises `Missing`; 409 `run_decided`."""
    run = run_held(run_id)
    if run.state not in ("building", "ready"):
        raise Refusal("run_decided", 409)
    stop_working(run, now)
    _decide(run, "dropped", note, by, now)
    return run


def undo_run(run_id: str, reason: str, *, by: str, now: datetime) -> GradingRun:
    """A new run that takes an applied one back, byte for byte, once somebody else applies it.

    Only the latest can be undone. Raises `Missing`; 409 `run_not_latest`; 422 `reason_required`; and as
    `new_run`.
    """
    run = run_held(run_id)
    round_ = db.session.get_one(Round, run.round_id)
    if not reason.strip():
        raise Refusal("reason_required", 422)
    latest = db.session.scalar(
        select(GradingRun.id).where(GradingRun.round_id == round_.id, GradingRun.state == "applied")
        .order_by(GradingRun.number.desc()).limit(1))
    if run.id != latest or run.undoes_id is not None:
        raise Refusal("run_not_latest", 409)
    back = new_run(round_, reason.strip(), by, now)
    back.undoes_id = run.id
    db.session.flush()
    return back


def building_back(run_id: str, now: datetime) -> Iterator[tuple[int, int]]:
    """`building.building` of a run that undoes another: its rows the other way round, byte for byte.

    Where anything is not as that run left it, what undoing would change is found anew, like that of any run.
    """
    back = run_of(run_id)
    run = run_of(back.undoes_id or "")
    back.policy = dict(run.summary["policy_before"]) if run.policy is not None else None
    back.given = run.summary["given_before"] if run.given is not None else None
    if run.summary["digest_after"] != digest(back.round_id) or _moved(run, "after"):
        yield from building(run_id, now)
        return
    for table in (RunMark, RunPlace):
        db.session.execute(delete(table).where(table.run_id == back.id))
    back.basis = digest(back.round_id)
    done = 0
    for marks in _chunks(RunMark, run):
        bulk.add(RunMark, [{"run_id": back.id, "attempt_id": one.attempt_id, "before": one.after, "after": one.before}
                           for one in marks])
        done += len(marks)
        yield done, done + CHUNK
    for places in _chunks(RunPlace, run):
        bulk.add(RunPlace, [
            {"run_id": back.id, "entry_id": one.entry_id, "audience": one.audience, "before_key": one.after_key,
             "after_key": one.before_key, "before": one.after, "after": one.before} for one in places])
        yield done, done + CHUNK
    totals_of = run_totals.revision(back)
    for _people in run_totals.writing(back):
        yield done, done
    told = run.summary
    back.summary = {**summary_of(back), "actual_before": told["actual_after"], "actual_after": told["actual_before"],
                    "policy_before": told["policy_before"] if run.policy is None else run.policy,
                    "given_before": told.get("given_before") if run.given is None else run.given,
                    "totals_of": totals_of}
    back.state, back.built_at = "ready", now
    yield done, done


def _decidable(run_id: str, by: str) -> tuple[GradingRun, Round]:
    run = run_held(run_id)
    if run.state != "ready":
        raise Refusal("run_not_ready", 409)
    if run.made_by == by:
        raise Refusal("same_person", 409)
    return run, db.session.get_one(Round, run.round_id)


def _moved(run: GradingRun, side: str) -> bool:
    """True where a standing, or what predictions are compared with, is not as the run has it "before" or "after".

    Somebody was barred, moved or let in since: also who has no standing on that side, and would come back.
    """
    if db.session.scalar(select(Board.actual).where(Board.id == run.round_id)) != run.summary[f"actual_{side}"]:
        return True
    for places in _chunks(RunPlace, run):
        held = keeping.standings_of(run.round_id, [one.entry_id for one in places])
        if any(held.get(one.entry_id) != row_of(getattr(one, side)) for one in places):
            return True
        absent = {one.entry_id: one.before or one.after for one in places if getattr(one, side) is None}
        if any(told[name] != value for id_, told in absent.items()
               for name, value in keeping.person_of(id_).items()):
            return True
    return False


def _chunks(table: Any, run: GradingRun) -> Iterator[Sequence[Any]]:
    """The rows of the run in that table, so many at a time; column by column, a million are no objects."""
    key, last = list(table.__table__.primary_key.columns)[1], ""
    while rows := db.session.execute(
        select(table.__table__).where(table.run_id == run.id, *([key > last] if last else []))
        .order_by(key).limit(CHUNK)).all():
        last = getattr(rows[-1], key.name)
        yield rows


def _results(run: GradingRun, by: str, now: datetime) -> None:
    for marks in _chunks(RunMark, run):
        gone = [one.attempt_id for one in marks if one.after is None]
        if gone:
            db.session.execute(delete(Result).where(Result.attempt_id.in_(gone))
                               .execution_options(synchronize_session=False))
        if kept := [{"attempt_id": one.attempt_id, **one.after} for one in marks if one.before and one.after]:
            bulk.change(Result, kept)
        if back := [one for one in marks if one.before is None]:
            _restore(run, back, by, now)


def _restore(run: GradingRun, marks: Sequence[RunMark], by: str, now: datetime) -> None:
    """Results of sittings that count again, and the sittings themselves, as they ended."""
    why, round_ = run_sittings.back_of(run), db.session.get_one(Round, run.round_id)
    attempts = {row.id: row for row in reinstating.held([one.attempt_id for one in marks])}
    reinstating.check_quota(round_, attempts.values(), run_sittings.out_of(run))
    for one in marks:
        told, attempt = dict(one.after or {}), attempts[one.attempt_id]
        _change(run, attempt, "restored", why[attempt.id], by, now, state=told.pop("state"), returned=False,
                settled=True)
        told |= {name: from_ms(told[name]) for name in ("finished_at", "graded_at")}
        db.session.add(Result(attempt_id=one.attempt_id, round_id=run.round_id, **told))
    db.session.flush()


def _disqualify(run: GradingRun, by: str, now: datetime) -> None:
    """Make the sittings void that the run takes out, on record like any annulment."""
    was, moved = run_sittings.before(run), run_sittings.moved(run)
    for attempt_id, reason in run_sittings.out_of(run).items():
        if attempt_id in moved:
            attempt = db.session.get_one(Attempt, attempt_id)
            returned, settled = was.get(attempt_id, (attempt.returned, attempt.settled))
            _change(run, attempt, "voided", reason, by, now, state="void", returned=returned, settled=settled)


def _change(run: GradingRun, attempt: Attempt, kind: str, reason: str, by: str, now: datetime, *, state: str,
            returned: bool, settled: bool) -> None:
    """Change a sitting's state and what goes with it, on record."""
    before = {"state": attempt.state, "returned": attempt.returned}
    attempt.state, attempt.returned, attempt.settled = state, returned, settled
    db.session.add(AttemptChange(attempt_id=attempt.id, kind=kind, reason=reason, before=before,
                                 after={"state": state, "returned": returned}, at=now, by=by))
    record(f"attempt.{kind}", "attempt", attempt.id, by=by, now=now, reason=reason, run=run.number)


def _tell_number(run: GradingRun, round_: Round, by: str, now: datetime) -> None:
    """Let the number hold that the run puts right, on record like one that is told the first time."""
    if run.given is not None:
        before, round_.prediction_given = round_.prediction_given, run.given
        record("round.number_given", "round", round_.id, by=by, now=now, before=before, value=run.given,
               run=run.number)


def _stand(board_id: str, places: Sequence[RunPlace]) -> None:
    before = {one.entry_id: row_of(one.before) for one in places}
    after = {one.entry_id: row_of(one.after) for one in places}
    keeping.put(board_id, {key: row for key, row in before.items() if row is not None},
                {key: row for key, row in after.items() if row is not None})


def _decide(run: GradingRun, state: str, note: str, by: str, now: datetime) -> None:
    run.state, run.decided_at, run.decided_by, run.note = state, now, by, note.strip()
    run_totals.forget(run)
    record(f"run.{state}", "round", run.round_id, by=by, now=now, run=run.number, note=note.strip())
    db.session.flush()
