"""The banks: their list, a new one, one bank with its questions, its file."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.questions import (
    cards,
    exclusion_views,
    export_views,
    import_views,
    media_views,
    operations,
    queries,
    question_views,
    review_views,
    seal_views,
    seals,
    staged,
    twin_views,
    writing_views,
)
from contest.questions.desk import (
    LEVEL_WORDS,
    TYPE_WORDS,
    blueprint,
    clean,
    download,
    filters_of_request,
    id_of_request,
    query_of,
)
from contest.questions.formats.template import template_workbook, write_bank
from contest.questions.forms import BankForm
from contest.questions.queries import Figures

__all__ = ["blueprint", "exclusion_views", "export_views", "import_views", "media_views", "question_views",
           "review_views", "seal_views", "twin_views", "writing_views"]


@blueprint.get("/to-chuc/ngan-hang")
@policy("bank.read")
def banks() -> ResponseReturnValue:
    """Every bank with its numbers."""
    return render_template("questions/banks.html", banks=queries.banks(), levels=LEVEL_WORDS)


@blueprint.get("/to-chuc/ngan-hang/tep-mau.xlsx")
@policy("bank.read")
def template() -> ResponseReturnValue:
    """The workbook to fill in."""
    return download(template_workbook(), "mau-cau-hoi")


@blueprint.route("/to-chuc/ngan-hang/moi", methods=["GET", "POST"])
@policy("bank.edit")
def new_bank() -> ResponseReturnValue:
    """Make an empty bank, then choose a file for it."""
    now = clock.now()
    form = BankForm()
    if form.validate_on_submit():
        try:
            bank = operations.create_bank(clean(form.code.data), clean(form["title"].data),
                                          by=person().id, now=now, review=form.review.data or "off")
        except Refusal as refusal:
            db.session.rollback()
            field = form["title"] if refusal.code == "bank_title_needed" else form.code
            field.errors = [words(refusal)]
        else:
            db.session.commit()
            flash(_("Đã tạo ngân hàng. Chọn tệp câu hỏi để nhập."), "success")
            return redirect(url_for("questions.import_file", bank_id=bank.id), 303)
    return render_template("questions/new_bank.html", form=form), 422 if form.errors else 200


@blueprint.get("/to-chuc/ngan-hang/<id:bank_id>")
@policy("bank.read")
def bank(bank_id: str) -> ResponseReturnValue:
    """A bank: search, filters, its questions as contestants see them with the key marked.

    The questions of a sealed bank are shown where `mo=1` asks for them, once that is on record.
    """
    now = clock.now()
    row = queries.bank_of(bank_id)
    filters = filters_of_request()
    opened = row.sealed_at is None or (request.args.get("mo") == "1" and seals.may_read(row, person().actor))
    page = cards.page(bank_id, filters, before=id_of_request("before"), after=id_of_request("after")) \
        if opened else None
    if page is not None:
        seals.note_reading([row], "list", actor=person().actor, now=now,
                           positions=[card.position for card in page.cards])
    figures = queries.figures([bank_id])[bank_id]
    mark = None if row.sealed_at is None else 1
    return render_template(
        "questions/bank.html", bank=row, figures=figures, filters=filters, page=page, opened=opened,
        undo=_undo(bank_id) if row.sealed_at is None else None, may_open=seals.may_read(row, person().actor),
        waiting=staged.waiting(bank_id, now), log=staged.log(bank_id), levels=_levels(figures), types=TYPE_WORDS,
        may=allowed, link=lambda **change: url_for("questions.bank", bank_id=bank_id,
                                                   **query_of(filters, **{"mo": mark, **change})),
        many=lambda verdict: url_for("questions.review_many", bank_id=bank_id, verdict=verdict, **query_of(filters)),
    )


@blueprint.get("/to-chuc/ngan-hang/<id:bank_id>/cau-hoi.xlsx")
@policy("bank.read")
def export(bank_id: str) -> ResponseReturnValue:
    """The questions in use as a workbook that reads back as the same questions."""
    row = queries.bank_of(bank_id)
    seals.note_reading([row], "export", actor=person().actor, now=clock.now())
    return download(write_bank(*cards.drafts(bank_id)), row.code)


def _undo(bank_id: str) -> cards.Card | None:
    """The question just retired, for the line that brings it back."""
    asked = id_of_request("undo")
    try:
        found = cards.card(asked, bank_id) if asked else None
    except Missing:
        return None
    return found if found and found.retired_at else None


def _levels(figures: Figures) -> list[str]:
    """The levels that the bank has, ours first."""
    held = [level for level in figures.levels if level]
    return [*(code for code in LEVEL_WORDS if code in held), *sorted(set(held) - set(LEVEL_WORDS))]
