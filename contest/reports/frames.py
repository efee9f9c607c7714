"""A round's results as pandas frames, for analysis in a notebook or a script; no page needs them.

pandas is imported inside the functions: it costs 1.4 s and 53 MB, and no web process may pay that.
"""

from typing import TYPE_CHECKING

from sqlalchemy import select

from contest.extensions import db
from contest.rounds.models import ContestUnit, Entry
from contest.standings.board_models import Standing
from contest.standings.figures import participation
from contest.standings.models import Result
from contest.standings.queries import of_round, round_by_id

if TYPE_CHECKING:
    import pandas


def attempts(round_id: str) -> "pandas.DataFrame":
    """One row an attempt that is scored, by finish: attempt, entry, unit, bloc, audience, points and
    max_points (hundredths), correct, answered, items, taken_ms, finished_at (UTC), counts. No names."""
    import pandas

    columns = ["attempt", "entry", "unit", "bloc", "audience", "points", "max_points", "correct", "answered",
               "items", "taken_ms", "finished_at", "counts"]
    rows = db.session.execute(
        select(Result.attempt_id, Result.entry_id, ContestUnit.name, ContestUnit.bloc, Entry.audience, Result.points,
               Result.max_points, Result.correct, Result.answered, Result.items, Result.taken_ms, Result.finished_at,
               Standing.attempt_id.is_not_distinct_from(Result.attempt_id))
        .join(Entry, Entry.id == Result.entry_id)
        .outerjoin(Standing, (Standing.board_id == Result.round_id) & (Standing.entry_id == Result.entry_id))
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id)
        .where(of_round(round_id)).order_by(Result.finished_at, Result.attempt_id))
    return pandas.DataFrame([tuple(row) for row in rows], columns=columns)


def units(round_id: str) -> "pandas.DataFrame":
    """One row a participating unit, by name: unit, bloc, headcount, people, attempts, blank, points (sum of
    the people's best, hundredths). Officials only."""
    import pandas

    columns = ["unit", "bloc", "headcount", "people", "attempts", "blank", "points"]
    lines = participation(round_by_id(round_id, privileged=True)).lines
    return pandas.DataFrame(
        [(line.name, line.bloc, line.tally.headcount, line.tally.people, line.tally.attempts, line.tally.blank,
          line.tally.points) for line in lines], columns=columns)
