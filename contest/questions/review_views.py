"""Review of questions: one with its history and what was said of it, many at once, the bank's rule."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.questions import cards, history, queries, reviewing, seals
from contest.questions.answer_words import terms
from contest.questions.desk import REVIEW_WORDS, blueprint, clean, filters_of_request, query_of
from contest.questions.question_views import ADDRESS
from contest.questions.reviewing import MOST

BANK = "/to-chuc/ngan-hang/<id:bank_id>"
_PERMISSION = {"reviewed": "bank.review", "approved": "bank.approve", "returned": "bank.review"}


@blueprint.get(ADDRESS + "/tham-dinh")
@policy("bank.read")
def review(bank_id: str, question_id: str) -> ResponseReturnValue:
    """A question to be judged: as contestants see it, what each version changed, what was said."""
    bank = queries.bank_of(bank_id)
    seals.note_reading([bank], "question", actor=person().actor, now=clock.now(), question_id=question_id)
    return _page(bank_id, question_id)


@blueprint.post(ADDRESS + "/tham-dinh")
@policy("bank.review")
def give_verdict(bank_id: str, question_id: str) -> ResponseReturnValue:
    """Judge the version that was read: `verdict`, `version`, `note`."""
    now = clock.now()
    card = cards.card(question_id, bank_id)
    verdict, version = request.form.get("verdict", ""), request.form.get("version", "")
    if verdict not in _PERMISSION or not version.isdecimal():
        raise Refusal("question_changed", 409)
    if not allowed(_PERMISSION[verdict]):
        raise Refusal("not_allowed", 403)
    try:
        reviewing.review_question(question_id, verdict, version=int(version[:9]),  # type: ignore[arg-type]
                                  note=clean(request.form.get("note")), by=person().id, now=now)
    except Refusal as refusal:
        db.session.rollback()
        if refusal.code == "bank_sealed":
            raise
        return _page(bank_id, question_id, words(refusal)), refusal.status
    db.session.commit()
    said = {"reviewed": _("Đã ghi thẩm định câu %(code)s.", code=card.code or card.position),
            "approved": _("Đã duyệt câu %(code)s. Đề mới có thể rút câu này.", code=card.code or card.position),
            "returned": _("Đã trả lại câu %(code)s. Người soạn thấy lý do ở trang câu hỏi.",
                          code=card.code or card.position)}
    flash(said[verdict], "success")
    return redirect(url_for("questions.review", bank_id=bank_id, question_id=question_id), 303)


def _page(bank_id: str, question_id: str, wrong: str | None = None) -> str:
    card = cards.card(question_id, bank_id)
    return render_template("questions/review.html", bank=queries.bank_of(bank_id), card=card,
                           steps=history.steps(card, terms), said=reviewing.said_of(question_id), may=allowed,
                           wrong=wrong, against=_against(question_id), note=clean(request.form.get("note")))


def _against(question_id: str) -> str | None:
    """Why this person can't take the next step, where only somebody else can."""
    found = reviewing.next_step(question_id, person().id)
    return words(Refusal(found.wrong, who=found.who)) if found.wrong and found.who else None


@blueprint.get(BANK + "/tham-dinh/<verdict>")
@policy("bank.review")
def review_many(bank_id: str, verdict: str) -> ResponseReturnValue:
    """What judging a filtered list at once would do, and to which questions not, and why."""
    bank = queries.bank_of(bank_id)
    _for_many(verdict)
    if bank.review == "off":
        raise Refusal("review_off", 409)
    filters = filters_of_request()
    seals.note_reading([bank], "list", actor=person().actor, now=clock.now())
    found, total = reviewing.candidates(bank_id, filters, verdict, person().id)  # type: ignore[arg-type]
    good = [one for one in found if one.wrong is None]
    return render_template(
        "questions/review_many.html", bank=bank, verdict=verdict, total=total, most=MOST, good=good,
        bad=[(one, words(Refusal(one.wrong, who=one.who))) for one in found if one.wrong],
        seen=" ".join(f"{one.question_id}.{one.version}" for one in good), sealed=bank.sealed_at,
        back=url_for("questions.bank", bank_id=bank_id, **query_of(filters)))


@blueprint.post(BANK + "/tham-dinh/<verdict>")
@policy("bank.review")
def judge_many(bank_id: str, verdict: str) -> ResponseReturnValue:
    """Judge the questions that were seen, as they were seen: `seen` is "<question>.<version> …"."""
    now = clock.now()
    queries.bank_of(bank_id)
    _for_many(verdict)
    seen = [(key, int(version[:9])) for key, _dot, version in
            (pair.partition(".") for pair in request.form.get("seen", "").split())
            if len(key) == 32 and set(key) <= set("0123456789abcdef") and version.isdecimal()]
    done, left = reviewing.review_questions(bank_id, seen, verdict, by=person().id, now=now)  # type: ignore[arg-type]
    db.session.commit()
    if done:
        flash(_("Đã duyệt %(count)s câu.", count=done) if verdict == "approved"
              else _("Đã ghi thẩm định %(count)s câu.", count=done), "success")
    if left:
        flash(_("%(count)s câu vừa được sửa hoặc đã qua bước này nên giữ nguyên.", count=left), "warning")
    return redirect(url_for("questions.bank", bank_id=bank_id, state=verdict), 303)


def _for_many(verdict: str) -> None:
    """Only what needs no note is said of many, by those who may."""
    if verdict not in ("reviewed", "approved"):
        raise Missing
    if not allowed(_PERMISSION[verdict]):
        raise Refusal("not_allowed", 403)


@blueprint.get(BANK + "/quy-trinh")
@policy("bank.edit")
def rule(bank_id: str) -> ResponseReturnValue:
    """Whose word the bank's questions need, to be chosen."""
    return _rule(bank_id)


@blueprint.post(BANK + "/quy-trinh")
@policy("bank.edit")
def set_rule(bank_id: str) -> ResponseReturnValue:
    """Choose whose word the bank's questions need: `review`."""
    now = clock.now()
    queries.bank_of(bank_id)
    try:
        reviewing.set_review(bank_id, request.form.get("review", ""), loosen=allowed("bank.loosen"), by=person().id,
                             now=now)
    except Refusal as refusal:
        db.session.rollback()
        return _rule(bank_id, words(refusal)), refusal.status
    db.session.commit()
    flash(_("Đã lưu quy trình thẩm định."), "success")
    return redirect(url_for("questions.bank", bank_id=bank_id), 303)


def _rule(bank_id: str, wrong: str | None = None) -> str:
    return render_template("questions/rule.html", bank=queries.bank_of(bank_id), words=REVIEW_WORDS, wrong=wrong,
                           figures=queries.figures([bank_id])[bank_id])
