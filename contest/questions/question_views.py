"""One question: its card, its form, its earlier versions; out of use and back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy
from contest.questions import cards, history, operations, queries, reviewing, seals
from contest.questions.answer_words import terms
from contest.questions.cards import Card
from contest.questions.content import Content
from contest.questions.desk import blueprint
from contest.questions.models import TOPICS
from contest.questions.typed_forms import form_of
from contest.questions.writing_views import Asked, after, answered, blame

ADDRESS = "/to-chuc/ngan-hang/<id:bank_id>/cau-hoi/<id:question_id>"


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@policy("bank.edit")
def question(bank_id: str, question_id: str) -> ResponseReturnValue:
    """A question and its form; saving makes a new version."""
    now = clock.now()
    bank = queries.bank_of(bank_id)
    if request.method == "POST" and bank.sealed_at is not None:
        raise Refusal("bank_sealed", 409)
    card = cards.card(question_id, bank_id)
    seals.note_reading([bank], "question", actor=person().actor, now=now, question_id=question_id)
    form, asked, mine = form_of(card.content.type, card.content), Asked(False), None
    if request.method == "GET":
        form.fill(card.content, card.version)
        form.show_descriptions()
    else:
        asked = answered(form, now)
        if asked.save:
            try:
                version = operations.edit_question(question_id, form.content(), version=form.seen(), by=person().id,
                                                   now=now)
            except Refusal as refusal:
                db.session.rollback()
                blame(form, refusal)
                card, mine = cards.card(question_id, bank_id), form.content()
                asked = Asked(False, status=refusal.status)
                form.version.data = str(card.version)  # both are shown: saving again is meant
            else:
                db.session.commit()
                _said(card, version)
                return redirect(after(bank_id, question_id, form, asked), 303)
    return render_template("questions/question.html", bank=queries.bank_of(bank_id), card=card, form=form, mine=mine,
                           rows=_differing(card, mine), preview=asked.preview, steps=history.steps(card, terms),
                           said=reviewing.said_of(question_id), topics=TOPICS), asked.status


@blueprint.post(ADDRESS + "/ngung-dung")
@policy("bank.edit")
def retire(bank_id: str, question_id: str) -> ResponseReturnValue:
    """Take a question out of use; the next page offers to undo it."""
    now = clock.now()
    cards.card(question_id, bank_id)
    operations.retire_question(question_id, by=person().id, now=now)
    db.session.commit()
    return redirect(url_for("questions.bank", bank_id=bank_id, undo=question_id), 303)


@blueprint.post(ADDRESS + "/dung-lai")
@policy("bank.edit")
def restore(bank_id: str, question_id: str) -> ResponseReturnValue:
    """Bring a retired question back."""
    now = clock.now()
    card = cards.card(question_id, bank_id)
    operations.restore_question(question_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Câu %(code)s đã được dùng lại.", code=card.code or card.position), "success")
    return redirect(url_for("questions.question", bank_id=bank_id, question_id=question_id), 303)


def _said(card: Card, version: int) -> None:
    if version == card.version:
        flash(_("Không có gì thay đổi nên không tạo phiên bản mới."), "info")
    else:
        flash(_("Đã lưu phiên bản %(number)s. Đợt thi đã công bố vẫn dùng phiên bản cũ.", number=version), "success")


def _differing(card: Card, mine: Content | None) -> list[history.Row]:
    """Where what somebody else has saved differs from what was typed."""
    return [row for row in history.differences(card.content, mine, terms) if row.changed] if mine else []
