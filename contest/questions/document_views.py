"""The library of documents: its list, one document, a new one, what replaced it, who cites it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.questions import coverage_views, document_operations, drafting, linking_views, outline_views
from contest.questions import document_queries as library
from contest.questions.desk import clean
from contest.questions.document_forms import DocumentForm
from contest.questions.document_queries import DocumentFilters
from contest.questions.source_desk import KIND_WORDS, STANDING_WORDS, asked_day, blueprint, day_of, today

__all__ = ["blueprint", "coverage_views", "linking_views", "outline_views"]

ADDRESS = "/to-chuc/van-ban/<id:document_id>"


@blueprint.get("/to-chuc/van-ban")
@policy("bank.read")
def documents() -> ResponseReturnValue:
    """Every document with how it stands on a day, its sections and questions."""
    now, on = clock.now(), asked_day()
    asked = request.args
    filters = DocumentFilters(clean(asked.get("q"))[:200], clean(asked.get("loai")), clean(asked.get("hieu-luc")))
    return render_template(
        "questions/documents.html", rows=library.documents(filters, on), filters=filters, on=on, today=today(),
        kinds=KIND_WORDS, standings=STANDING_WORDS, may_edit=allowed("bank.edit"),
        waiting=drafting.drafts_waiting(now) if allowed("bank.edit") else [])


@blueprint.route("/to-chuc/van-ban/moi", methods=["GET", "POST"])
@policy("bank.edit")
def new_document() -> ResponseReturnValue:
    """A document without a file; its sections are added by hand."""
    now = clock.now()
    form = DocumentForm()
    if form.validate_on_submit():
        try:
            row = document_operations.create_document(form.fields(), by=person().id, now=now)
            draft = drafting.stage_document(row.id, by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            flash(_("Đã thêm văn bản. Ghi các điều, khoản, mục của văn bản."), "success")
            return redirect(url_for("sources.outline", draft_id=draft.id), 303)
    return render_template("questions/document_form.html", form=form, document=None), 422 if form.errors else 200


@blueprint.get(ADDRESS)
@policy("bank.read")
def document(document_id: str) -> ResponseReturnValue:
    """A document: its particulars, its sections, what replaced it."""
    on = asked_day()
    row = library.document_of(document_id)
    held = library.shelf()
    sections = library.sections_of(document_id)
    others = sorted((one for one in held.documents.values() if one.id != document_id), key=lambda one: one.title)
    return render_template(
        "questions/document.html", document=row, sections=sections, on=on, today=today(),
        standing=held.standing(document_id, on), after=held.after.get(document_id, []),
        before=held.before.get(document_id, []), chain=held.chain(document_id), others=others,
        asked=library.asked([one.id for one in sections]), may_edit=allowed("bank.edit"))


@blueprint.route(ADDRESS + "/sua", methods=["GET", "POST"])
@policy("bank.edit")
def edit_document(document_id: str) -> ResponseReturnValue:
    """Put a document's particulars right."""
    now = clock.now()
    row = library.document_of(document_id)
    form = DocumentForm()
    if request.method == "GET":
        form.fill(row)
    elif form.validate():
        try:
            document_operations.edit_document(document_id, form.fields(), by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            flash(_("Đã lưu thông tin văn bản."), "success")
            return redirect(url_for("sources.document", document_id=document_id), 303)
    return render_template("questions/document_form.html", form=form, document=library.document_of(document_id)), \
        422 if form.errors else 200


@blueprint.post(ADDRESS + "/thay-the")
@policy("bank.edit")
def replace(document_id: str) -> ResponseReturnValue:
    """Say that a document was replaced by another."""
    now = clock.now()
    asked = request.form
    library.document_of(document_id)
    document_operations.replace_document(
        document_id, _id(asked.get("successor", "")), partly=bool(asked.get("partly")),
        starts_on=day_of(asked.get("starts_on", "")), note=clean(asked.get("note")), by=person().id, now=now)
    db.session.commit()
    flash(_("Đã ghi văn bản thay thế. Xem lại các câu hỏi trích văn bản cũ."), "success")
    return redirect(url_for("sources.document", document_id=document_id), 303)


@blueprint.post(ADDRESS + "/thay-the/<id:other_id>/bo")
@policy("bank.edit")
def keep(document_id: str, other_id: str) -> ResponseReturnValue:
    """Take that back."""
    now = clock.now()
    document_operations.keep_document(document_id, other_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã bỏ văn bản thay thế."), "info")
    return redirect(url_for("sources.document", document_id=document_id), 303)


@blueprint.post(ADDRESS + "/xoa")
@policy("bank.edit")
def delete_document(document_id: str) -> ResponseReturnValue:
    """Drop a document that nothing cites."""
    now = clock.now()
    document_operations.delete_document(document_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã xóa văn bản."), "info")
    return redirect(url_for("sources.documents"), 303)


def _id(text: str) -> str:
    """An id of a form; what is none belongs to nothing."""
    return text if len(text) == 32 and all(char in "0123456789abcdef" for char in text) else "0" * 32
