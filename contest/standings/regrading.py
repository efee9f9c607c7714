"""A round is to be graded anew over untouched answers: a run puts on record what is right instead, and why.

It names keys (`KeyCorrection`), sittings that go (`Disqualification`) or count again (`Reinstatement`), rules of
scoring, and the true number of the prediction. `building` finds what that would change, `applying` lets it hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from contest.audit.operations import record
from contest.delivery.models import Attempt, PaperItem
from contest.delivery.prediction import MOST
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.operations import cancel, enqueue
from contest.jobs.queries import latest
from contest.rounds.models import Round
from contest.rounds.operations import locked
from contest.scoring import policy
from contest.scoring.policy import BadPolicy
from contest.standings import earlier, reinstating
from contest.standings.board_models import Board
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.proposal_models import OPEN_RUN
from contest.standings.run_models import APPLY, JOB, Disqualification, GradingRun, KeyCorrection, Reinstatement


@dataclass(frozen=True)
class Changes:
    """What a run is to put right. `policy`: None where the rules of scoring stay. `earlier`: take up what the round
    before says by now, which every run does; alone it is a run where that differs for somebody. `given`: the true
    value of the number that was to be guessed, 0 to `prediction.MOST`; the one that holds, or None, changes nothing.
    """

    corrections: Mapping[str, Correction]  # by question version
    disqualified: Mapping[str, str]  # attempt → reason
    policy: Mapping[str, Any] | None = None
    earlier: bool = False
    given: int | None = None
    reinstated: Mapping[str, str] = field(default_factory=dict)  # annulled attempt → reason


def make_run(round_id: str, changes: Changes, reason: str, *, by: str, now: datetime) -> GradingRun:
    """Put a run on record and have its preview built by the worker.

    Raises `Missing`; 409 `not_settled` until everything of the round is scored for good, `run_open`
    where another one waits for its decision, `no_number_asked` for a number where none is typed in; 422
    `reason_required`, `nothing_changed`, `not_in_round` for a question or a sitting of another round, also for one
    that is to count again and was never annulled, `bad_policy`, `rules_unchanged` for the rules that hold already,
    `seed_chosen_late` for those that draw lots from a text chosen now, `bad_number`. For a sitting that is to count
    again as `reinstating.check`.
    """
    round_ = locked(round_id)
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_required", 422)
    takes_up = changes.earlier and earlier.outdated(round_) is not None
    given = None if changes.given == round_.prediction_given else changes.given
    if not (changes.corrections or changes.disqualified or changes.reinstated or changes.policy is not None or takes_up
            or given is not None):
        raise Refusal("nothing_changed", 422)
    _ready(round_)
    _check(round_, changes)
    back = reinstating.check(round_, changes.reinstated, changes.disqualified, changes.corrections)
    run = new_run(round_, reason, by, now)
    run.policy, run.given = None if changes.policy is None else dict(changes.policy), given
    db.session.add_all(KeyCorrection(run_id=run.id, version_id=version_id, kind=one.kind, correct=one.correct,
                                     credits=None if one.credits is None else dict(one.credits))
                       for version_id, one in changes.corrections.items())
    db.session.add_all(Disqualification(run_id=run.id, attempt_id=attempt_id, reason=why)
                       for attempt_id, why in changes.disqualified.items())
    db.session.add_all(Reinstatement(run_id=run.id, attempt_id=row.id, reason=changes.reinstated[row.id],
                                     returned=row.returned, settled=row.settled) for row in back)
    db.session.flush()
    return run


def new_run(round_: Round, reason: str, by: str, now: datetime) -> GradingRun:
    """An empty run of a round that is held, its job queued. Raises 409 `not_settled`, `run_open`."""
    _ready(round_)
    last = db.session.scalar(select(func.max(GradingRun.number)).where(GradingRun.round_id == round_.id)) or 0
    run = GradingRun(round_id=round_.id, number=last + 1, state="building", reason=reason, made_at=now, made_by=by,
                     summary={})
    db.session.add(run)
    db.session.flush()
    enqueue(JOB, "grading_run", run.id, by=by, now=now)
    record("run.made", "round", round_.id, by=by, now=now, run=run.number, reason=reason)
    return run


def rebuild_run(run_id: str, *, by: str, now: datetime) -> GradingRun:
    """Have the preview of a run built anew: its job failed, or results have changed since.

    Raises `Missing`; 409 `run_decided`.
    """
    run = run_held(run_id)
    if run.state not in ("building", "ready"):
        raise Refusal("run_decided", 409)
    stop_working(run, now)
    run.state, run.built_at = "building", None
    enqueue(JOB, "grading_run", run.id, by=by, now=now)
    record("run.rebuilt", "round", run.round_id, by=by, now=now, run=run.number)
    return run


def stop_working(run: GradingRun, now: datetime) -> None:
    """Call the run's jobs off that have not ended."""
    for kind in (JOB, APPLY):
        job = latest(kind, "grading_run", run.id)
        if job is not None:
            cancel(job.id, now)


def settled(round_: Round) -> bool:
    """True once everything of the round is scored for good."""
    board = db.session.get(Board, round_.id)
    return board is not None and board.settled_at is not None and round_.state == "published"


def _ready(round_: Round) -> None:
    if not settled(round_):
        raise Refusal("not_settled", 409)
    if db.session.scalar(select(GradingRun.id).where(GradingRun.round_id == round_.id, OPEN_RUN)):
        raise Refusal("run_open", 409)


def _check(round_: Round, changes: Changes) -> None:
    asked = set(db.session.scalars(select(PaperItem.version_id).distinct().join(
        Attempt, Attempt.id == PaperItem.attempt_id).where(
            Attempt.round_id == round_.id, PaperItem.version_id.in_(list(changes.corrections)))))
    sat = set(db.session.scalars(select(Result.attempt_id).where(
        Result.round_id == round_.id, Result.attempt_id.in_(list(changes.disqualified)))))
    if asked != set(changes.corrections) or sat != set(changes.disqualified):
        raise Refusal("not_in_round", 422)
    if not all(why.strip() for why in (*changes.disqualified.values(), *changes.reinstated.values())):
        raise Refusal("reason_required", 422)
    if changes.given is not None:
        if round_.prediction != "number":
            raise Refusal("no_number_asked", 409)
        if not 0 <= changes.given <= MOST:
            raise Refusal("bad_number", 422)
    if changes.policy is not None:
        _check_rules(round_, changes.policy)


def _check_rules(round_: Round, new: Mapping[str, Any]) -> None:
    try:
        found = policy.read(new, predicted=round_.prediction != "none")
    except BadPolicy as error:
        raise Refusal("bad_policy", 422, field=error.field) from error
    held = db.session.get_one(Board, round_.id).policy
    if policy.chosen_late(new, held, round_.id):
        raise Refusal("seed_chosen_late", 422)
    if found == policy.read(held):
        raise Refusal("rules_unchanged", 422)


def run_held(run_id: str) -> GradingRun:
    """The run as the database has it now, its round held until the transaction ends. Raises `Missing`."""
    round_id = db.session.scalar(select(GradingRun.round_id).where(GradingRun.id == run_id))
    if round_id is None:
        raise Missing
    locked(round_id)
    return db.session.scalars(select(GradingRun).where(GradingRun.id == run_id).with_for_update(),
                              execution_options={"populate_existing": True}).one()


def run_of(run_id: str) -> GradingRun:
    """The run. Raises `Missing`."""
    run = db.session.get(GradingRun, run_id)
    if run is None:
        raise Missing
    return run
