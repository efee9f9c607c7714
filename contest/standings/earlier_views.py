"""What pages say where a round stands by old points of the round before, and the run that takes the new ones up."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.extensions import db
from contest.identity.access import allowed, person, policy
from contest.rounds.models import Round
from contest.standings import earlier, regrading
from contest.standings.queries import round_by_id
from contest.standings.recorded import DECIDES
from contest.standings.regrading import Changes

blueprint = Blueprint("earlier", __name__)


@blueprint.app_template_global("earlier_outdated")
def earlier_outdated(round_: Round) -> earlier.Outdated | None:
    """For the round's page, which may not import this room: who stands by old points of the round before."""
    return earlier.outdated(round_) if allowed(DECIDES) else None


@blueprint.app_template_global("earlier_outdated_after")
def earlier_outdated_after(round_: Round) -> list[earlier.Outdated]:
    """The later rounds where people stand by old points of this one."""
    return earlier.outdated_after(round_) if allowed(DECIDES) else []


@blueprint.post("/to-chuc/dot-thi/<id:round_id>/cham-lai/diem-dot-truoc")
@policy("contest.edit")
def take_up(round_id: str) -> ResponseReturnValue:
    """Make a run that takes up the points which the round before has by now."""
    now = clock.now()
    found = earlier.outdated(round_by_id(round_id, privileged=True))
    reason = _("Xếp hạng theo điểm mới của %(round)s.", round=found.titles or _("đợt trước")) if found else "–"
    made = regrading.make_run(round_id, Changes({}, {}, earlier=True), reason, by=person().id, now=now)
    db.session.commit()
    return redirect(url_for("runs.shown", round_id=round_id, number=made.number), 303)
