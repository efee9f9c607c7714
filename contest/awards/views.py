"""The plan of prizes of a round, or of a contest as a whole: what it says, its form, its lists."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.awards import (
    acts,
    impact_views,
    list_views,
    naming_views,
    nominees,
    operations,
    part_views,
    public_views,
    queries,
    ready_made,
    unit_views,
)
from contest.awards.entered import part_names
from contest.awards.forms import PlanForm, fields_of, filled
from contest.awards.official import unofficial
from contest.awards.pages import OF_CONTEST, OF_ROUND, Place, blueprint, formula_words, place_of
from contest.awards.planned import PlanFields
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds.contest_views import done
from contest.rounds.queries import contest_blocs

__all__ = ["blueprint", "impact_views", "list_views", "naming_views", "part_views", "public_views", "unit_views"]


@blueprint.get(OF_ROUND)
@blueprint.get(OF_CONTEST)
@policy("contest.edit")
def plan(contest_id: str | None = None, round_id: str | None = None) -> str:
    """The prizes with their rules, and the lists drawn up so far; or structures to begin with."""
    place = place_of(contest_id, round_id)
    found = queries.plan_of(place.contest.id, round_id)
    return render_template(
        "awards/plan.html", place=place, contest=place.contest, plan=found, ready=ready_made.WORDS,
        lists=queries.lists_of(found) if found else [], refusals=queries.refusals_of(found) if found else [],
        formula=formula_words(found) if found else [], named=nominees.counts(found) if found else {},
        waits=_waits(place))


def _waits(place: Place) -> str | None:
    """Why no list can be drawn up yet; None where one can."""
    if place.round is not None:
        return None if place.round.results_published_at else str(
            _("Kết quả của đợt chưa chính thức. Công bố kết quả rồi mới lập danh sách trao giải."))
    if place.contest.overall is None:
        return str(_("Cuộc thi chưa có bảng xếp hạng chung của các đợt, nên chưa có hạng để xét giải chung. "
                     "Đặt cách xếp hạng chung ở trang của cuộc thi trước."))
    left = [one.title for one in unofficial(place.contest.id, None)]
    return str(_("Còn đợt chưa công bố kết quả: %(rounds)s.", rounds="; ".join(left))) if left else None


@blueprint.route(OF_ROUND + "/co-cau", methods=["GET", "POST"])
@blueprint.route(OF_CONTEST + "/co-cau", methods=["GET", "POST"])
@policy("contest.edit")
def edit(contest_id: str | None = None, round_id: str | None = None) -> ResponseReturnValue:
    """The form of the prizes. Every button keeps what is typed; only "save" writes."""
    now = clock.now()
    place = place_of(contest_id, round_id)
    held, blocs = queries.plan_of(place.contest.id, round_id), contest_blocs(place.contest.id)
    ready = ready_made.plan(request.args.get("mau", ""), blocs, whole=round_id is None)
    form = PlanForm(data=filled(ready or (fields_of(held) if held else PlanFields(()))))
    form.offer(blocs, part_names(place.contest.id), whole=round_id is None)
    if form.is_submitted() and request.form.get("do", "save") != "save":
        form.act(request.form["do"])
    elif form.is_submitted() and form.validate():
        try:
            operations.change_plan(operations.plan_for(place.contest.id, round_id, now), form.values(),
                                   by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            return done(_("Đã lưu cơ cấu giải thưởng."), "awards.plan", **place.at)
        place = place_of(contest_id, round_id)
    page = render_template("awards/plan_form.html", place=place, form=form, blocs=blocs, ready=ready)
    return page, 422 if form.errors else 200


@blueprint.post(OF_ROUND + "/lap-danh-sach")
@blueprint.post(OF_CONTEST + "/lap-danh-sach")
@policy("contest.edit")
def draw_up(contest_id: str | None = None, round_id: str | None = None) -> ResponseReturnValue:
    """Draw up a list of who gets what."""
    now = clock.now()
    place = place_of(contest_id, round_id)
    row = operations.make_list(operations.plan_for(place.contest.id, round_id, now), by=person().id, now=now)
    db.session.commit()
    return done(_("Đã lập danh sách lần %(number)s.", number=row.number), "awards.shown", list_id=row.id)


@blueprint.post(OF_ROUND + "/nhan-lai")
@blueprint.post(OF_CONTEST + "/nhan-lai")
@policy("contest.edit")
def take_back(contest_id: str | None = None, round_id: str | None = None) -> ResponseReturnValue:
    """Strike a declined prize that was put on record by mistake."""
    now = clock.now()
    place = place_of(contest_id, round_id)
    acts.take_back_refusal(request.form.get("prize", ""), request.form.get("holder", ""), by=person().id, now=now)
    db.session.commit()
    return done(_("Đã xóa ghi nhận không nhận giải."), "awards.plan", **place.at)
