"""Which sittings a grading run takes out of the competition, and which annulled ones it lets count again."""

from typing import Any

from sqlalchemy import select

from contest.extensions import db
from contest.standings.run_models import Disqualification, GradingRun, Reinstatement, RunMark


def out_of(run: GradingRun) -> dict[str, str]:
    """Sitting → why it goes. A run that undoes another takes out what that one let in, for its own reason."""
    return _of(run, Disqualification, Reinstatement)


def back_of(run: GradingRun) -> dict[str, str]:
    """Sitting → why it counts again; of a run that undoes another, what that one took out."""
    return _of(run, Reinstatement, Disqualification)


def before(run: GradingRun) -> dict[str, tuple[bool, bool]]:
    """Sitting → its (`returned`, `settled`) of before it counted again, of those that an undoing run takes out."""
    return {row.attempt_id: (row.returned, row.settled) for row in db.session.execute(
        select(Reinstatement.attempt_id, Reinstatement.returned, Reinstatement.settled)
        .where(Reinstatement.run_id == run.undoes_id))}


def moved(run: GradingRun) -> set[str]:
    """The sittings that a run moves as its preview was built: some may be where it wants them already."""
    one_side = RunMark.before["points"].as_integer().is_(None) | RunMark.after["points"].as_integer().is_(None)
    return set(db.session.scalars(select(RunMark.attempt_id).where(RunMark.run_id == run.id, one_side)))


def _of(run: GradingRun, own: Any, undone: Any) -> dict[str, str]:
    table = own if run.undoes_id is None else undone
    rows = db.session.execute(select(table.attempt_id, table.reason).where(table.run_id == (run.undoes_id or run.id)))
    return {id_: reason if run.undoes_id is None else run.reason for id_, reason in rows}
