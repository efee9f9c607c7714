"""The page of who may not take part in a contest."""

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.columns import is_id
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.identity.forms import ROLE_WORDS
from contest.identity.queries import login_of, people_page
from contest.rounds import barred, barring, queries
from contest.rounds.contest_views import done
from contest.rounds.eligibility import STAFF
from contest.rounds.forms import BarForm
from contest.rounds.pages import blueprint

FOUND = 20  # people that a search shows: more words find fewer


@blueprint.get("/to-chuc/cuoc-thi/<id:contest_id>/khong-du-thi")
@policy("contest.edit")
def contest_barred(contest_id: str) -> ResponseReturnValue:
    """Who may not take part, and a search for more of them."""
    return _page(contest_id, BarForm(reason=_("Thành viên Ban Tổ chức")), request.args.get("q", ""))


@blueprint.post("/to-chuc/cuoc-thi/<id:contest_id>/khong-du-thi")
@policy("contest.edit")
def contest_bar(contest_id: str) -> ResponseReturnValue:
    """Put those ticked, and those whose logins were pasted, on the list."""
    now = clock.now()
    form = BarForm()
    if form.validate():
        try:
            added = barring.bar(contest_id, _chosen(form), form.reason.data or "", by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            return done(_("Đã thêm %(n)s người vào danh sách không được dự thi.", n=added), "rounds.contest_barred",
                        contest_id=contest_id)
    return _page(contest_id, form, request.form.get("q", "")), 422


@blueprint.post("/to-chuc/cuoc-thi/<id:contest_id>/khong-du-thi/<id:account_id>/bo")
@policy("contest.edit")
def contest_unbar(contest_id: str, account_id: str) -> ResponseReturnValue:
    """Take somebody off the list."""
    now = clock.now()
    barring.unbar(contest_id, account_id, by=person().id, now=now)
    db.session.commit()
    return done(_("Đã đưa ra khỏi danh sách."), "rounds.contest_barred", contest_id=contest_id)


def _chosen(form: BarForm) -> list[str]:
    """The accounts ticked and pasted. Raises 422 `logins_unknown`, `too_many_people`."""
    typed = [login_of(text) for text in re.split(r"[\s,;]+", form.logins.data or "") if text]
    if len(typed) > barring.MOST:
        raise Refusal("too_many_people", 422, most=barring.MOST)
    known = barred.accounts_of_logins(typed)
    unknown = [login for login in dict.fromkeys(typed) if login not in known]
    if unknown:
        raise Refusal("logins_unknown", 422, logins=", ".join(unknown[:20]))
    ids = [key for key in request.form.getlist("account") if is_id(key)]
    return [*ids, *known.values()]


def _page(contest_id: str, form: BarForm, q: str) -> str:
    lines = barred.barred_lines(contest_id)
    on_list = {line.account.id for line in lines}
    found = [one for one in people_page(None, text=q, size=FOUND).people if one.id not in on_list] if q.strip() else []
    offered = [one for one in barred.suggested(contest_id) if one not in found]
    return render_template("rounds/barred.html", contest=queries.get_contest(contest_id), lines=lines, form=form, q=q,
                           found=found, offered=offered, ticked=set(request.form.getlist("account")),
                           staff=[ROLE_WORDS[role] for role in STAFF])
