"""Questions that resemble each other, side by side; both stay, or one goes out of use."""

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.columns import is_id
from contest.errors import Missing
from contest.extensions import db
from contest.identity.access import allowed, person, policy
from contest.questions import history, queries, seals, twins, verdicts
from contest.questions.answer_words import terms
from contest.questions.desk import blueprint, id_of_request

LIST = "/to-chuc/ngan-hang/cau-trung"
_SEEN = re.compile(r"([0-9a-f]{32})\.(\d{1,9})")


@blueprint.get(LIST, endpoint="all_twins")
@blueprint.get("/to-chuc/ngan-hang/<id:bank_id>/cau-trung")
@policy("bank.read")
def twins_page(bank_id: str | None = None) -> ResponseReturnValue:
    """Pairs of one bank and its neighbours, or of all banks."""
    bank = queries.bank_of(bank_id) if bank_id else None
    if bank is not None:
        seals.note_reading([bank], "twins", actor=person().actor, now=clock.now())
    one, other = id_of_request("after"), id_of_request("beside")
    page = twins.pairs(bank_id, after=(one, other) if one and other else None)
    following = {"after": page.after[0], "beside": page.after[1]} if page.after else {}
    return render_template(
        "questions/twins.html", bank=bank, page=page, may=allowed, begun=bool(one and other),
        pairs=[(pair, history.differences(pair.one.content, pair.other.content, terms)) for pair in page.pairs],
        first=_address(bank_id) if one else None, more=_address(bank_id, **following) if following else None)


@blueprint.post(LIST + "/giu-ca-hai")
@policy("bank.edit")
def keep_both() -> ResponseReturnValue:
    """Remember that both stay: `one` and `other` are "<question>.<version>", `bank` the page to go back to."""
    verdicts.keep_both(_seen("one"), _seen("other"), by=person().id, now=clock.now())
    db.session.commit()
    flash(_("Đã giữ cả hai câu. Cặp này không hiện lại, trừ khi một câu được sửa."), "success")
    return _back()


@blueprint.post(LIST + "/ngung-dung")
@policy("bank.edit")
def keep_one() -> ResponseReturnValue:
    """Take one of two out of use: `dropped`; `kept` stays."""
    verdicts.keep_one(_seen("kept"), _seen("dropped"), by=person().id, now=clock.now())
    db.session.commit()
    flash(_("Đã ngừng dùng một câu. Có thể dùng lại ở mục Ngừng dùng của ngân hàng."), "success")
    return _back()


def _seen(name: str) -> verdicts.Seen:
    found = _SEEN.fullmatch(request.form.get(name, ""))
    if found is None:
        raise Missing
    return found[1], int(found[2])


def _back() -> ResponseReturnValue:
    bank = request.form.get("bank", "")
    return redirect(_address(bank if is_id(bank) else None), 303)


def _address(bank_id: str | None, **query: Any) -> str:
    return url_for("questions.twins_page", bank_id=bank_id, **query) if bank_id else url_for("questions.all_twins",
                                                                                             **query)
