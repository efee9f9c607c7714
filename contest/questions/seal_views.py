"""The seal of a bank: put on, broken for a reason, and the log of who read what."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.questions import queries, seals
from contest.questions.desk import READING_WORDS, blueprint, clean, id_of_request

BANK = "/to-chuc/ngan-hang/<id:bank_id>"


@blueprint.get(BANK + "/niem-phong")
@policy("bank.seal")
def seal(bank_id: str) -> ResponseReturnValue:
    """The seal and its log."""
    return _page(bank_id)


@blueprint.post(BANK + "/niem-phong")
@policy("bank.seal")
def put_seal(bank_id: str) -> ResponseReturnValue:
    """Seal the bank."""
    seals.seal_bank(bank_id, by=person().id, now=clock.now())
    db.session.commit()
    flash(_("Đã niêm phong ngân hàng. Từ lúc này mọi lần xem câu hỏi đều được ghi lại."), "success")
    return redirect(url_for("questions.seal", bank_id=bank_id), 303)


@blueprint.post(BANK + "/mo-niem-phong")
@policy("bank.seal")
def break_seal(bank_id: str) -> ResponseReturnValue:
    """Break the seal: `reason`."""
    now = clock.now()
    try:
        seals.unseal_bank(bank_id, clean(request.form.get("reason")), by=person().id, now=now)
    except Refusal as refusal:
        if refusal.code != "seal_reason_needed":
            raise
        db.session.rollback()
        return _page(bank_id, words(refusal)), refusal.status
    db.session.commit()
    flash(_("Đã mở niêm phong. Lý do được giữ trong nhật ký."), "success")
    return redirect(url_for("questions.seal", bank_id=bank_id), 303)


def _page(bank_id: str, wrong: str | None = None) -> str:
    bank = queries.bank_of(bank_id)
    found = seals.log(bank_id, after=id_of_request("after"))
    more, found = len(found) > seals.PAGE, found[:seals.PAGE]
    return render_template("questions/seal.html", bank=bank, log=found, words=READING_WORDS, wrong=wrong,
                           reason=clean(request.form.get("reason")), figures=queries.figures([bank_id])[bank_id],
                           first=url_for("questions.seal", bank_id=bank_id) if request.args.get("after") else None,
                           more=url_for("questions.seal", bank_id=bank_id, after=found[-1].id) if more else None)
