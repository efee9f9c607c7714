"""What other rules would make of a contest's board: everybody's line first, then the ranks, in steps.

Writes the proposal's own rows only, so many at a time; what is read is read on transactions that only read.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, delete, func, or_, select

from contest import bulk
from contest.database import looked, one_state
from contest.errors import Missing
from contest.extensions import db
from contest.scoring import policy
from contest.scoring.policy import Policy
from contest.standings import keeping, overall, ranks
from contest.standings.board_models import Standing
from contest.standings.overall_models import OverallPlace, OverallRun
from contest.standings.places import place

CHUNK = 1_000  # people at a time
AUDIENCES = ("official", "citizen")


def building(run_id: str, now: datetime) -> Iterator[tuple[int, int]]:
    """Build the preview in steps; yields (done, total) between them, for the caller to commit.

    Begins anew where it was interrupted.
    """
    run = run_of(run_id)
    contest_id, rules = run.contest_id, policy.read(run.new_rules)
    left = True
    while left:
        left = _forget(run_id)
        yield 0, 0
    basis = looked(partial(overall.basis, contest_id))  # before any line is read: what changes later shows
    total = 2 * looked(partial(_people, contest_id))
    done, last = 0, ""
    while found := one_state(partial(_lines, run_id, contest_id, rules, last)):
        bulk.add(OverallPlace, found)
        done, last = done + len(found), found[-1]["entry_id"]
        yield done, total
    for audience in AUDIENCES:
        for number in _ranking(run_id, contest_id, audience):
            done += number
            yield done, total
    counts = looked(partial(summary_of, run_id))
    run = run_of(run_id)
    run.summary, run.basis = counts, basis
    run.state, run.built_at = "ready", now
    yield total, total


def run_of(run_id: str) -> OverallRun:
    """The proposal. Raises `Missing`."""
    run = db.session.get(OverallRun, run_id)
    if run is None:
        raise Missing
    return run


def _forget(run_id: str) -> bool:
    """Take away some of what an earlier attempt wrote; whether there was any."""
    some = list(db.session.scalars(select(OverallPlace.entry_id).where(OverallPlace.run_id == run_id).limit(CHUNK)))
    if some:
        db.session.execute(delete(OverallPlace).where(
            OverallPlace.run_id == run_id, bulk.one_of(OverallPlace.entry_id, some)).execution_options(
                synchronize_session=False))
    return bool(some)


def _people(contest_id: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Standing).where(Standing.board_id == contest_id)) or 0


def _lines(run_id: str, contest_id: str, rules: Policy, last: str) -> list[dict[str, Any]]:
    """The rows of the next people on the board, by entry; under any rules the same people have a line."""
    some = list(db.session.scalars(
        select(Standing.entry_id).where(Standing.board_id == contest_id, *([Standing.entry_id > last] if last else []))
        .order_by(Standing.entry_id).limit(CHUNK)))
    before = keeping.standings_of(contest_id, some)
    after = {row["entry_id"]: row for row in overall.lines(contest_id, rules, overall.official(contest_id), some)}
    return [{**place(run_id, one, before[one], after[one]), "before_rank": None, "after_rank": None, "moved": False}
            for one in some if one in before]


def _ranking(run_id: str, contest_id: str, audience: str) -> Iterator[int]:
    """Write the ranks of one audience, first places first; how many were written, in steps."""
    seen, rank, held = 0, 0, ""
    last: tuple[str, str] | None = None
    while rows := looked(partial(_next, run_id, audience, last)):
        ranked = [row.entry_id for row in rows if row.before_key]
        befores = looked(partial(ranks.of_entries, contest_id, ranked, audience))
        told = []
        for row in rows:
            if row.after_key:
                seen += 1
                rank, held = (rank, held) if row.after_key == held else (seen, row.after_key)
            after, before = rank if row.after_key else None, befores.get(row.entry_id)
            told.append({"run_id": run_id, "entry_id": row.entry_id, "before_rank": before, "after_rank": after,
                         "moved": before != after or row.old != row.new})
        bulk.change(OverallPlace, told)
        last = rows[-1].after_key, rows[-1].entry_id
        yield len(rows)


def _next(run_id: str, audience: str, last: tuple[str, str] | None) -> Sequence[Any]:
    p = OverallPlace
    behind = [] if last is None else [
        p.after_key >= last[0], or_(p.after_key > last[0], and_(p.after_key == last[0], p.entry_id > last[1]))]
    return db.session.execute(
        select(p.entry_id, p.before_key, p.after_key, _points(p.before).label("old"), _points(p.after).label("new"))
        .where(p.run_id == run_id, p.audience == audience, *behind).order_by(p.after_key, p.entry_id)
        .limit(CHUNK)).all()


def summary_of(run_id: str) -> dict[str, Any]:
    """The counts of the preview: whose points and whose ranks change, and how."""
    p = OverallPlace
    old, new = _points(p.before), _points(p.after)
    names = ("people", "moved", "more", "fewer", "higher", "lower", "out", "in")
    row = db.session.execute(select(
        func.count(), *(func.count(case((which, 1))) for which in (
            p.moved, new > old, new < old, p.after_rank < p.before_rank, p.after_rank > p.before_rank,
            p.before_rank.is_not(None) & p.after_rank.is_(None), p.before_rank.is_(None) & p.after_rank.is_not(None))),
    ).where(p.run_id == run_id)).one()
    return dict(zip(names, row, strict=True))


def _points(column: Any) -> ColumnElement[int]:
    points: ColumnElement[int] = cast(column["points"].as_string(), BigInteger)
    return points
