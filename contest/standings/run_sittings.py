"""Which sittings a grading run takes out of the competition, and which annulled ones it lets count again."""

from typing import Any

from sqlalchemy import select

from contest.extensions import db
from contest.standings.run_models import Disqualification, GradingRun, Reinstatement


def out_of(run: GradingRun) -> dict[str, str]:
    """Sitting → why it goes. A run that undoes another takes out what that one let in, for its own reason."""
    return _of(run, Disqualification, Reinstatement)


def back_of(run: GradingRun) -> dict[str, str]:
    """Sitting → why it counts again; of a run that undoes another, what that one took out."""
    return _of(run, Reinstatement, Disqualification)


def given_back(run: GradingRun) -> set[str]:
    """Of those that an undoing run takes out, the ones that did not count in their person's quota before."""
    return set(db.session.scalars(select(Reinstatement.attempt_id).where(
        Reinstatement.run_id == run.undoes_id, Reinstatement.returned)))


def _of(run: GradingRun, own: Any, undone: Any) -> dict[str, str]:
    table = own if run.undoes_id is None else undone
    rows = db.session.execute(select(table.attempt_id, table.reason).where(table.run_id == (run.undoes_id or run.id)))
    return {id_: reason if run.undoes_id is None else run.reason for id_, reason in rows}
