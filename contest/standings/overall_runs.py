"""Other rules for a contest's board once a round's results are official: proposed, let hold by a second person, undone.

As with grading runs, whoever proposes can't let it hold; undoing is a proposal with the rules of before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import cast, func, select, update

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.operations import ENDED, cancel, enqueue
from contest.jobs.queries import latest
from contest.rounds.adding_up import checked, faults, kept
from contest.rounds.models import Contest
from contest.scoring import policy
from contest.standings import counters, keeping, overall
from contest.standings.applying import Told, unheard
from contest.standings.board_models import Standing
from contest.standings.overall_models import APPLY, JOB, OverallPlace, OverallRun
from contest.standings.proposal_models import OPEN_RUN

LARGE = 5_000  # people on the board: up to so many, it holds within the request that approves it
STEPS = 3  # that `apply_run` tells of
REASON_MOST = 500  # characters


def make_run(contest_id: str, rules: Mapping[str, Any], reason: str, *, by: str, now: datetime) -> OverallRun:
    """Propose other rules (as `adding_up.set_overall` takes them), and have the worker find what they change.

    Raises `Missing` without such a board; 409 `overall_free` where they can still be chosen without this,
    `overall_run_open` where another proposal waits; 422 `reason_required`, `overall_unchanged`, `seed_chosen_late`
    where lots would be drawn from a text that is chosen now; `BadPolicy`.
    """
    contest = _held(contest_id)
    new = checked(contest, rules)
    if not kept(contest):
        raise Refusal("overall_free", 409)
    if new == contest.overall:
        raise Refusal("overall_unchanged", 422)
    if policy.chosen_late(new, contest.overall or {}, contest.id):
        raise Refusal("seed_chosen_late", 422)
    return _made(contest, new, reason, None, by, now)


def undo_run(run_id: str, reason: str, *, by: str, now: datetime) -> OverallRun:
    """Propose the rules that held before a change, the latest one. Raises `Missing`; 409 `overall_run_not_latest`,
    `overall_run_open`, `overall_rules_void` where they can't add up the rounds of now; 422 `reason_required`.
    """
    run, contest = run_held(run_id)
    newest = db.session.scalar(
        select(OverallRun.id).where(OverallRun.contest_id == contest.id, OverallRun.state == "applied")
        .order_by(OverallRun.number.desc()).limit(1))
    if run.id != newest or run.undoes_id is not None:
        raise Refusal("overall_run_not_latest", 409)
    _possible(contest, run.old_rules)
    return _made(contest, run.old_rules, reason, run.id, by, now)


def _made(contest: Contest, new: Mapping[str, Any], reason: str, undoes_id: str | None, by: str,
          now: datetime) -> OverallRun:
    reason = reason.strip()[:REASON_MOST]
    if not reason:
        raise Refusal("reason_required", 422)
    if db.session.scalar(select(OverallRun.id).where(OverallRun.contest_id == contest.id, OPEN_RUN)):
        raise Refusal("overall_run_open", 409)
    overall.board_of(contest)
    last = db.session.scalar(select(func.max(OverallRun.number)).where(OverallRun.contest_id == contest.id)) or 0
    run = OverallRun(contest_id=contest.id, number=last + 1, state="building", reason=reason, undoes_id=undoes_id,
                     old_rules=dict(contest.overall or {}), new_rules=dict(new), made_at=now, made_by=by, summary={})
    db.session.add(run)
    db.session.flush()
    enqueue(JOB, run.about, run.id, by=by, now=now)
    record("overall.made", "contest", contest.id, by=by, now=now, run=run.number, reason=reason,
           before=run.old_rules, after=run.new_rules)
    return run


def rebuild_run(run_id: str, *, by: str, now: datetime) -> OverallRun:
    """Have the preview built anew: its job failed, or results have changed since.

    Raises `Missing`; 409 `overall_run_decided`.
    """
    run, _contest = run_held(run_id)
    _open(run)
    _stop_working(run, now)
    run.state, run.built_at = "building", None
    enqueue(JOB, run.about, run.id, by=by, now=now)
    record("overall.rebuilt", "contest", run.contest_id, by=by, now=now, run=run.number)
    return run


def drop_run(run_id: str, note: str, *, by: str, now: datetime) -> OverallRun:
    """Let a proposal hold nothing, also while it is built; it stays on record.

    Raises `Missing`; 409 `overall_run_decided`.
    """
    run, _contest = run_held(run_id)
    _open(run)
    _stop_working(run, now)
    _decide(run, "dropped", note, by, now)
    return run


def approve_run(run_id: str, note: str, *, by: str, now: datetime) -> bool:
    """Let it hold, at once or, with more than `LARGE` people on the board, by the worker; whether it holds now.

    Raises as `apply_run` does; 409 `overall_run_not_ready` while the worker is at it.
    """
    run, contest = _decidable(run_id, by)
    if run.basis != overall.basis(contest.id):
        raise Refusal("overall_run_outdated", 409)
    if run.summary["people"] <= LARGE:
        apply_run(run_id, note, by=by, now=now)
        return True
    job = latest(APPLY, run.about, run.id)
    if job is not None and job.state not in ENDED:
        raise Refusal("overall_run_not_ready", 409)
    enqueue(APPLY, run.about, run.id, by=by, now=now, note=note[:1_000])
    return False


def apply_run(run_id: str, note: str, *, by: str, now: datetime, told: Told = unheard) -> OverallRun:
    """Let other rules hold: the contest's rules, everybody's line and the counters change at once.

    The rounds stay as they are, and so do published lists and frozen lists of prizes. Raises `Missing`; 409
    `overall_run_not_ready`, `same_person` for who proposed it, `overall_rules_void` where rounds published since can't
    be added up so, `overall_run_outdated` where the standings of a round that counts, or the rounds that count, are
    others than its preview was built on.
    """
    run, contest = _decidable(run_id, by)
    if run.basis != overall.basis(contest.id):
        raise Refusal("overall_run_outdated", 409)
    board = overall.board_of(contest)
    told(1)
    _stand(board.id, run.id)
    told(2)
    contest.overall, board.policy = dict(run.new_rules), dict(run.new_rules)
    keeping.changed_at(board, now)
    counters.recount(board.id)
    told(3)
    _decide(run, "applied", note, by, now)
    return run


def _stand(board_id: str, run_id: str) -> None:
    """Put everybody on the board as they would stand: one statement, for on SQLite nobody saves an answer meanwhile.

    Of a line on a contest's board the rest is the person's own, whatever the rules.
    """
    place = OverallPlace
    names = ("ranked", "attempts", "blank", "attempt_id", "points", "max_points", "correct", "items", "passed",
             "taken_ms", "finished_at", "distance")
    told = {name: cast(place.after[name].as_string(), getattr(Standing, name).type) for name in names}
    db.session.execute(
        update(Standing).where(Standing.board_id == board_id, Standing.entry_id == place.entry_id,
                               place.run_id == run_id)
        .values({**told, "rank_key": place.after_key}).execution_options(synchronize_session=False))


def run_held(run_id: str) -> tuple[OverallRun, Contest]:
    """The proposal as the database has it now, and its contest, held until the transaction ends. Raises `Missing`."""
    contest_id = db.session.scalar(select(OverallRun.contest_id).where(OverallRun.id == run_id))
    if contest_id is None:
        raise Missing
    contest = _held(contest_id)
    return db.session.scalars(select(OverallRun).where(OverallRun.id == run_id).with_for_update(),
                              execution_options={"populate_existing": True}).one(), contest


def _held(contest_id: str) -> Contest:
    contest = overall.held(contest_id)
    if contest is None or contest.overall is None:
        raise Missing
    return contest


def _decidable(run_id: str, by: str) -> tuple[OverallRun, Contest]:
    run, contest = run_held(run_id)
    if run.state != "ready":
        raise Refusal("overall_run_not_ready", 409)
    if run.made_by == by:
        raise Refusal("same_person", 409)
    _possible(contest, run.new_rules)
    return run, contest


def _possible(contest: Contest, rules: Mapping[str, Any]) -> None:
    """Rounds may have been published since that these rules can't add up."""
    if faults(contest, rules):
        raise Refusal("overall_rules_void", 409)


def _open(run: OverallRun) -> None:
    if run.state not in ("building", "ready"):
        raise Refusal("overall_run_decided", 409)


def _stop_working(run: OverallRun, now: datetime) -> None:
    for kind in (JOB, APPLY):
        job = latest(kind, run.about, run.id)
        if job is not None:
            cancel(job.id, now)


def _decide(run: OverallRun, state: str, note: str, by: str, now: datetime) -> None:
    run.state, run.decided_at, run.decided_by, run.note = state, now, by, note.strip()[:1_000]
    record(f"overall.{state}", "contest", run.contest_id, by=by, now=now, run=run.number, note=run.note,
           before=run.old_rules, after=run.new_rules)
    db.session.flush()
