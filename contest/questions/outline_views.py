"""A document's sections on their way into the library: from a file, or opened to be put right."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.questions import document_queries as library
from contest.questions import drafting, outlines
from contest.questions.document_forms import DocumentFileForm, DocumentForm
from contest.questions.formats.drafts import Problem, UnreadableFile
from contest.questions.formats.gate import read_law_file
from contest.questions.formats.outline import dump_head, keys
from contest.questions.outlines import Entries
from contest.questions.problems import message
from contest.questions.source_desk import LEFT_WORDS, blueprint

ADDRESS = "/to-chuc/van-ban/nhap/<id:draft_id>"


@blueprint.route("/to-chuc/van-ban/nhap", methods=["GET", "POST"])
@policy("bank.edit")
def import_document() -> ResponseReturnValue:
    """Choose a document's file."""
    return _import(None)


@blueprint.route("/to-chuc/van-ban/<id:document_id>/nhap-lai", methods=["GET", "POST"])
@policy("bank.edit")
def import_again(document_id: str) -> ResponseReturnValue:
    """Choose a corrected file of a document; its sections are found by their places."""
    return _import(document_id)


def _import(document_id: str | None) -> ResponseReturnValue:
    now = clock.now()
    who = person().id
    document = library.document_of(document_id) if document_id else None
    form = DocumentFileForm()
    if form.validate_on_submit():
        data, name = form.file.data.read(), form.file.data.filename
        db.session.rollback()  # reading takes its time: others must not wait for the turn to write
        try:
            found = read_law_file(data, name)
        except UnreadableFile as refusal:
            form.file.errors = [message(refusal)]
        else:
            row = drafting.stage_outline(found, name, document_id=document_id, by=who, now=now)
            db.session.commit()
            return redirect(url_for("sources.outline", draft_id=row.id), 303)
        document = library.document_of(document_id) if document_id else None
    return render_template("questions/document_import.html", form=form, document=document), \
        422 if form.errors else 200


@blueprint.post("/to-chuc/van-ban/<id:document_id>/muc-luc")
@policy("bank.edit")
def open_outline(document_id: str) -> ResponseReturnValue:
    """Open a document's sections to put them right."""
    now = clock.now()
    row = drafting.stage_document(document_id, by=person().id, now=now)
    db.session.commit()
    return redirect(url_for("sources.outline", draft_id=row.id), 303)


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@policy("bank.edit")
def outline(draft_id: str) -> ResponseReturnValue:
    """The sections as they would be saved; every button changes them, nothing is in the library before saving."""
    now = clock.now()
    row, _step, entries = drafting.draft_of(draft_id, now)
    form = DocumentForm()
    if request.method == "GET":
        form.fill(library.document_of(row.document_id) if row.document_id and not row.file_name else
                  drafting.named_in(row))
        return _shown(draft_id, form)
    seen = request.form.get("step", -1, type=int)
    do, _colon, place = request.form.get("do", "").partition(":")
    if do == "save":
        return _save(draft_id, seen, form)
    row.head = dump_head(form.said())
    if do == "undo":
        drafting.undo_draft(draft_id, seen, now=now)
        at: int | None = None
    else:
        at = int(place) if place.isdecimal() and int(place) < len(entries) else None
        change = _change(do, at)
        if change is not None:
            drafting.change_draft(draft_id, seen, change, now=now)
    db.session.commit()
    anchor = f"m{max((at or 0) - 1, 0)}" if at else None
    return redirect(url_for("sources.outline", draft_id=draft_id, _anchor=anchor), 303)


@blueprint.post(ADDRESS + "/huy")
@policy("bank.edit")
def discard_outline(draft_id: str) -> ResponseReturnValue:
    """Drop what was begun."""
    now = clock.now()
    drafting.discard_draft(draft_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã hủy. Thư viện văn bản không thay đổi."), "info")
    return redirect(url_for("sources.documents"), 303)


def _change(do: str, at: int | None) -> Callable[[Entries], Entries] | None:
    """The change that a button asks for; None for a button that there is not."""
    asked = request.form
    if do == "add":
        return lambda entries: outlines.add(entries, at, asked.get("new_locator", "") or _("Mục mới"),
                                            asked.get("new_title", ""))
    if do == "collapse":
        levels = asked.get("levels", 0, type=int)
        return (lambda entries: outlines.collapse(entries, levels)) if levels > 0 else None
    if at is None:
        return None
    place: int = at
    line = asked.get("line", 0, type=int)
    changes: dict[str, Callable[[Entries], Entries]] = {
        "up": lambda entries: outlines.move(entries, place, True),
        "down": lambda entries: outlines.move(entries, place, False),
        "in": lambda entries: outlines.indent(entries, place, True),
        "out": lambda entries: outlines.indent(entries, place, False),
        "merge": lambda entries: outlines.merge(entries, place),
        "remove": lambda entries: outlines.remove(entries, place),
        "split": lambda entries: outlines.split(entries, place, line),
        "rename": lambda entries: outlines.rename(entries, place, asked.get("locator", ""),
                                                  asked.get("section_title", ""), asked.get("text", "")),
    }
    return changes.get(do)


def _save(draft_id: str, seen: int, form: DocumentForm) -> ResponseReturnValue:
    now = clock.now()
    if form.validate():
        try:
            document, counts = drafting.save_draft(draft_id, seen, form.fields(), by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
        else:
            db.session.commit()
            flash(_("Đã lưu văn bản: %(added)s mục mới, %(kept)s mục giữ lại, %(removed)s mục bỏ.",
                    added=counts["added"], kept=counts["kept"], removed=counts["removed"]), "success")
            if counts["dropped"]:
                flash(_("%(count)s mục không còn trong bản mới nhưng có câu hỏi trích dẫn nên được giữ lại.",
                        count=counts["dropped"]), "warning")
            return redirect(url_for("sources.document", document_id=document.id), 303)
    return _shown(draft_id, form)


def _shown(draft_id: str, form: DocumentForm) -> ResponseReturnValue:
    now = clock.now()
    row, step, entries = drafting.draft_of(draft_id, now)
    held = library.sections_of(row.document_id) if row.document_id else []
    kept = {one.section_id for one in entries} | {old for one in entries for old in one.took}
    gone = [one for one in held if one.id not in kept and not one.dropped]
    edited = request.args.get("sua", -1, type=int)
    return render_template(
        "questions/outline.html", draft=row, step=step, entries=entries, form=form, keys=keys(entries), gone=gone,
        document=library.document_of(row.document_id) if row.document_id else None,
        asked=library.asked([one.id for one in held]), edited=edited if 0 <= edited < len(entries) else None,
        undo=drafting.can_undo(draft_id), left=row.notes["left"], left_words=LEFT_WORDS,
        problems=[message(Problem(*one)) for one in row.notes["problems"]],
        deepest=max((one.depth for one in entries), default=0) + 1,
    ), 422 if form.errors else 200
