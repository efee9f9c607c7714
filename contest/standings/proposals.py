"""Grading runs and other rules of a contest's board as proposals on record: whose they are, where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, select

from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account
from contest.jobs.models import Job
from contest.jobs.queries import Work, latest, work
from contest.standings.overall_models import OverallRun
from contest.standings.run_models import GradingRun

Run = TypeVar("Run", GradingRun, OverallRun)
NUMBER_MOST = 99_999


@dataclass(frozen=True)
class Line(Generic[Run]):
    """A proposal with the names behind it."""

    run: Run
    made_by: str
    decided_by: str | None
    undoes: int | None  # the number of the one that it takes back


def lines(table: type[Run], which: ColumnElement[bool]) -> list[Line[Run]]:
    """Those of a round or a contest, the latest first. Three statements."""
    return _named(table, db.session.scalars(select(table).where(which).order_by(table.number.desc())).all())


def line(table: type[Run], which: ColumnElement[bool], number: int) -> Line[Run]:
    """One of them. Raises `Missing`."""
    row = number <= NUMBER_MOST and db.session.scalar(select(table).where(which, table.number == number))
    if not row:
        raise Missing
    return _named(table, [row])[0]


def _named(table: type[Run], rows: Sequence[Run]) -> list[Line[Run]]:
    names = {row.id: row.name for row in db.session.execute(select(Account.id, Account.name).where(
        Account.id.in_({one for row in rows for one in (row.made_by, row.decided_by) if one})))}
    numbers = {row.id: row.number for row in db.session.execute(select(table.id, table.number).where(
        table.id.in_([row.undoes_id for row in rows if row.undoes_id])))}
    return [Line(row, names[row.made_by], names.get(row.decided_by or ""), numbers.get(row.undoes_id or ""))
            for row in rows]


def one_waits(found: Sequence[Line[Run]]) -> bool:
    """Whether one is built, or waits for its decision: then there is no other beside it."""
    return any(one.run.state in ("building", "ready") for one in found)


def undoable(found: Sequence[Line[Run]]) -> str | None:
    """The one that can be taken back: the latest that holds, unless it takes one back itself or another one waits."""
    if one_waits(found):
        return None
    newest = next((one.run for one in found if one.run.state == "applied"), None)
    return newest.id if newest is not None and newest.undoes_id is None else None


def busy(run: GradingRun | OverallRun, now: datetime) -> Work | None:
    """The work of the job that builds it or lets it hold; None where it waits for people. Raises `Missing`."""
    if run.state == "building":
        job = latest(run.builds, run.about, run.id)
        if job is None:
            raise Missing
        return work(job, now)
    applying = _applying(run)
    told = work(applying, now) if applying is not None else None
    return None if told is None or told.ended else told


def refused(run: GradingRun | OverallRun) -> str | None:
    """Why the worker could not let it hold: a refusal's code, "crashed"; None where it did not try."""
    job = _applying(run)
    return None if job is None or job.state in ("queued", "running") else job.error


def _applying(run: GradingRun | OverallRun) -> Job | None:
    job = latest(run.applies, run.about, run.id) if run.state == "ready" else None
    return None if job is None or (run.built_at is not None and job.created_at < run.built_at) else job
