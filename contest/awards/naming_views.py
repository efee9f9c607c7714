"""The page on which organisers name who is given a prize that no rank decides."""


from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.awards import candidates, naming, nominees
from contest.awards.forms import NamingForm
from contest.awards.nominees import Place
from contest.awards.pages import Place as Of
from contest.awards.pages import blueprint
from contest.columns import is_id
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds.contest_views import done

NAMED = "/to-chuc/giai/<id:prize_id>/chon"


@blueprint.get(NAMED)
@policy("contest.edit")
def named(prize_id: str) -> str:
    """Those named for a prize, and a search for more of them."""
    return _page(nominees.place(prize_id), NamingForm(), request.args.get("q", ""))


@blueprint.post(NAMED)
@policy("contest.edit")
def name(prize_id: str) -> ResponseReturnValue:
    """Name those ticked."""
    now = clock.now()
    form, ticked = NamingForm(), _ticked()
    if form.validate():
        try:
            count = naming.name(prize_id, ticked, form.reason.data or "", by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            return done(_("Đã chọn thêm %(n)s. Chọn xong thì lập danh sách trao giải.", n=count) if count
                        else _("Đã được chọn từ trước: không có gì thay đổi."), "awards.named", prize_id=prize_id)
    return _page(nominees.place(prize_id), form, request.form.get("q", "")), 422


@blueprint.post(NAMED + "/<id:holder>/bo")
@policy("contest.edit")
def unname(prize_id: str, holder: str) -> ResponseReturnValue:
    """Name somebody no longer."""
    now = clock.now()
    naming.take_back(prize_id, holder, by=person().id, now=now)
    db.session.commit()
    return done(_("Đã bỏ chọn."), "awards.named", prize_id=prize_id)


def _ticked() -> list[str]:
    return [key for key in request.form.getlist("holder") if is_id(key)]


def _page(where: Place, form: NamingForm, q: str) -> str:
    after = max(0, request.args.get("sau", 0, type=int))
    field = nominees.field(where.plan, candidates.scope_of(where.plan, where.prize))
    found, more = nominees.search(where, q[:200])
    return render_template(
        "awards/named.html", prize=where.prize, place=Of(where.contest, where.round), form=form, q=q[:200],
        count=len(field.candidates), page=nominees.page(where, after), after=after,
        why={one.holder: one for one in field.candidates if one.reason}, found=found, more=more,
        ticked=set(_ticked()),
        one=where.plan.one_per_person if where.prize.kind == "individual" else where.plan.one_per_unit)
