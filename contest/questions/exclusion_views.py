"""The page of a bank's questions that exclude each other."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.columns import is_id
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.questions import exclusions, queries, seals, twins
from contest.questions.desk import blueprint, clean, id_of_request

PAGE = "/to-chuc/ngan-hang/<id:bank_id>/nhom-loai-tru"


@blueprint.get(PAGE)
@policy("bank.read")
def excluding(bank_id: str) -> ResponseReturnValue:
    """The groups of a bank, and pairs that resemble each other without being in one."""
    return _page(bank_id)


@blueprint.post(PAGE)
@policy("bank.edit")
def exclude(bank_id: str) -> ResponseReturnValue:
    """Group questions: `question` (repeated ids) or `codes` as typed; `group` is a name, "" makes one up."""
    codes = [code for code in re.split(r"[\s,;]+", request.form.get("codes", "")) if code]
    ids, unknown = exclusions.by_codes(bank_id, codes) if codes else (_ids(), [])
    group = clean(request.form.get("group"))
    try:
        if unknown:
            raise Refusal("exclusion_codes_unknown", 422, codes=", ".join(unknown[:10]))
        if len(ids) < 2 and not (ids and group):
            raise Refusal("exclusion_too_few", 422)
        count = exclusions.set_exclusion(ids, group or exclusions.free_name(bank_id, _("Nhóm")),
                                         by=person().id, now=clock.now())
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        db.session.rollback()
        return _page(bank_id, words(refusal)), 422
    db.session.commit()
    flash(_("Đã xếp %(count)s câu vào nhóm. Mỗi đề mới có nhiều nhất một câu của nhóm.", count=count), "success")
    return _back(bank_id)


@blueprint.post(PAGE + "/bo")
@policy("bank.edit")
def include(bank_id: str) -> ResponseReturnValue:
    """Take questions (`question`, repeated) out of their group."""
    ids = _ids()
    if ids:
        exclusions.set_exclusion(ids, None, by=person().id, now=clock.now())
        db.session.commit()
        flash(_("Đã bỏ khỏi nhóm. Đề mới có thể có các câu này cùng lúc."), "success")
    return _back(bank_id)


def _ids() -> list[str]:
    return [value for value in request.form.getlist("question") if is_id(value)]


def _back(bank_id: str) -> ResponseReturnValue:
    return redirect(url_for("questions.excluding", bank_id=bank_id), 303)


def _page(bank_id: str, wrong: str | None = None) -> str:
    bank = queries.bank_of(bank_id)
    seals.note_reading([bank], "list", actor=person().actor, now=clock.now())
    groups = exclusions.groups_of(bank_id)
    group_of = {member.question_id: name for name, members in groups.items() for member in members}
    one, other = id_of_request("after"), id_of_request("beside")
    found = twins.pairs(bank_id, after=(one, other) if one and other else None)
    loose = [pair for pair in found.pairs if pair.one_bank[0] == pair.other_bank[0] == bank_id
             and group_of.get(pair.one.question_id, 1) != group_of.get(pair.other.question_id, 2)]
    return render_template(
        "questions/exclusions.html", bank=bank, groups=groups, group_of=group_of, pairs=loose, wrong=wrong,
        may_edit=allowed("bank.edit") and bank.sealed_at is None, codes=clean(request.form.get("codes")),
        name=clean(request.form.get("group")),
        more=url_for("questions.excluding", bank_id=bank_id, after=found.after[0],
                     beside=found.after[1]) if found.after else None)
