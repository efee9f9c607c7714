"""The page on which organisers say how the rounds of a contest add up."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds import queries
from contest.rounds.adding_up import contest_rounds, faults, kept, set_overall
from contest.rounds.contest_views import done
from contest.rounds.overall_forms import OverallForm, typed
from contest.rounds.pages import blueprint
from contest.scoring.policy import BadPolicy


@blueprint.route("/to-chuc/cuoc-thi/<id:contest_id>/xep-hang-chung", methods=["GET", "POST"])
@policy("contest.edit")
def contest_overall(contest_id: str) -> ResponseReturnValue:
    """How the rounds add up to one board, or that they don't."""
    now = clock.now()
    contest = queries.get_contest(contest_id)
    form = OverallForm(data=typed(contest.overall))
    if form.is_submitted() and form.validate():
        try:
            set_overall(contest_id, form.values(), by=person().id, now=now)
        except BadPolicy:
            db.session.rollback()
            for error in faults(queries.get_contest(contest_id), form.values() or {}):
                form.show(error)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            return done(_("Đã lưu cách xếp hạng chung."), "rounds.contest", contest_id=contest_id)
        contest = queries.get_contest(contest_id)
    page = render_template("rounds/overall.html", contest=contest, form=form, rounds=contest_rounds(contest),
                           kept=kept(contest))
    return page, 422 if form.errors else 200
