"""What a grading run would change on the contest's board, beside its own round's: for prizes of the whole contest."""

from collections.abc import Iterator

from sqlalchemy import delete, insert, select

from contest.extensions import db
from contest.rounds.models import Contest, Round
from contest.scoring import policy
from contest.standings import keeping, overall
from contest.standings.board_models import Board
from contest.standings.places import place, row_of
from contest.standings.run_models import GradingRun, RunPlace, RunTotal

CHUNK = 1_000  # people at a time


def counts(run: GradingRun) -> bool:
    """Whether the run's round counts on the board of its contest by now."""
    round_ = db.session.get_one(Round, run.round_id)
    contest = db.session.get_one(Contest, round_.contest_id)
    return contest.overall is not None and round_ in overall.official(contest.id).values()


def writing(run: GradingRun) -> Iterator[int]:
    """Write whose line on the contest's board the run's places change, in steps; how many people were looked at.

    Nothing where the round does not count there. Begins anew where it was interrupted.
    """
    forget(run)
    if not counts(run):
        return
    round_ = db.session.get_one(Round, run.round_id)
    board, rounds = db.session.get_one(Board, round_.contest_id), overall.official(round_.contest_id)
    rules, last = policy.read(board.policy), ""
    while places := db.session.scalars(
        select(RunPlace).where(RunPlace.run_id == run.id, *([RunPlace.entry_id > last] if last else []))
        .order_by(RunPlace.entry_id).limit(CHUNK)).all():
        last = places[-1].entry_id
        instead = {one.entry_id: row_of(one.after) for one in places}
        before = keeping.standings_of(board.id, list(instead))
        after = {row["entry_id"]: row for row in overall.lines(
            board.id, rules, rounds, list(instead), overall.Instead(round_.id, instead))}
        if rows := [place(run.id, entry_id, before.get(entry_id), after.get(entry_id)) for entry_id in instead
                    if before.get(entry_id) != after.get(entry_id)]:
            db.session.execute(insert(RunTotal), rows)
        yield len(places)


def forget(run: GradingRun) -> None:
    """Take away what was written: it is to be written anew, or the run is decided."""
    db.session.execute(delete(RunTotal).where(RunTotal.run_id == run.id))


def current(run: GradingRun) -> bool:
    """Whether what was written still says what the run would change: the contest's board is as it was then."""
    held = run.summary.get("totals_of")
    return held is not None and held == revision(run)


def revision(run: GradingRun) -> int | None:
    """Of the contest's board as it is now, where the run's round counts there."""
    if not counts(run):
        return None
    return db.session.scalar(select(Board.revision).where(
        Board.id == db.session.get_one(Round, run.round_id).contest_id))
