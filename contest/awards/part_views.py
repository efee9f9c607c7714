"""The pages on which organisers say which other parts a contest has, and which units have entered them."""

from collections.abc import Collection

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from contest import clock
from contest.awards import entered, parts
from contest.awards.pages import blueprint
from contest.awards.part_forms import Code, MarkForm, PartForm
from contest.columns import is_id
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds.contest_views import done
from contest.rounds.queries import get_contest

PARTS = "/to-chuc/cuoc-thi/<id:contest_id>/phan-thi"
PART = "/to-chuc/phan-thi/<id:part_id>"
STATES = {"da-du": "entered", "chua": "not"}
NAMED = 20  # codes that are not known, in the sentence that refuses them


@blueprint.route(PARTS, methods=["GET", "POST"])
@policy("contest.edit")
def contest_parts(contest_id: str) -> ResponseReturnValue:
    """The other parts of a contest, and the form of a new one."""
    now = clock.now()
    form = PartForm()
    if form.is_submitted() and form.validate():
        try:
            row = parts.add_part(contest_id, form.name.data or "", by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.name.errors = [words(refusal)]
        else:
            db.session.commit()
            return done(_("Đã thêm phần thi. Ghi các đơn vị đã dự."), "awards.part", part_id=row.id)
    page = render_template("awards/contest_parts.html", contest=get_contest(contest_id), form=form,
                           lines=entered.parts_of(contest_id))
    return page, 422 if form.errors else 200


@blueprint.get(PART)
@policy("contest.edit")
def part(part_id: str) -> ResponseReturnValue:
    """Which units have entered a part, to be searched and ticked; what was done about it so far."""
    return _page(part_id, MarkForm())


@blueprint.post(PART)
@policy("contest.edit")
def mark(part_id: str) -> ResponseReturnValue:
    """Say that the units ticked, and those whose codes are pasted or in a file, have entered the part, or have not."""
    now = clock.now()
    form, yes, by = MarkForm(), request.form.get("do") != "withdrawn", person().id
    db.session.rollback()  # gives the turn to write back while a file is read
    if form.validate() and (units := _chosen(part_id, form)) is not None:
        try:
            count = parts.mark_units(part_id, units, entered=yes, by=by, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.codes.errors = [words(refusal)]
        else:
            db.session.commit()
            return done(_said(count, entered=yes), "awards.part", part_id=part_id,
                        **{name: request.form[name] for name in ("q", "xem") if request.form.get(name)})
    return _page(part_id, form), 422


@blueprint.post(PART + "/doi-ten")
@policy("contest.edit")
def part_rename(part_id: str) -> ResponseReturnValue:
    """Give a part another name, in the formulas that ask for it as well."""
    now = clock.now()
    form = PartForm()
    if form.validate():
        try:
            changed = parts.rename_part(part_id, form.name.data or "", by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.name.errors = [words(refusal)]
        else:
            db.session.commit()
            return done(_("Đã đổi tên phần thi.") if changed else _("Tên phần thi vẫn như cũ."), "awards.part",
                        part_id=part_id)
    return _page(part_id, MarkForm(formdata=None), form), 422


@blueprint.post(PART + "/hoan-tac/<id:act_id>")
@policy("contest.edit")
def part_undo(part_id: str, act_id: str) -> ResponseReturnValue:
    """Take back what was said at once about some units."""
    now = clock.now()
    count = parts.undo_act(part_id, act_id, by=person().id, now=now)
    db.session.commit()
    return done(ngettext("Đã hoàn tác cho %(num)s đơn vị.", "Đã hoàn tác cho %(num)s đơn vị.", count), "awards.part",
                part_id=part_id)


@blueprint.post(PART + "/xoa")
@policy("contest.edit")
def part_remove(part_id: str) -> ResponseReturnValue:
    """Take a part away that nobody has entered and no formula asks for."""
    now = clock.now()
    contest_id = parts.remove_part(part_id, by=person().id, now=now)
    db.session.commit()
    return done(_("Đã xóa phần thi."), "awards.contest_parts", contest_id=contest_id)


def _said(count: int, *, entered: bool) -> str:
    if not count:
        return str(_("Các đơn vị đã chọn vốn đã được ghi như vậy: không có gì thay đổi."))
    return str(ngettext("Đã ghi %(num)s đơn vị dự phần thi.", "Đã ghi %(num)s đơn vị dự phần thi.", count) if entered
               else ngettext("Đã bỏ ghi nhận của %(num)s đơn vị.", "Đã bỏ ghi nhận của %(num)s đơn vị.", count))


def _chosen(part_id: str, form: MarkForm) -> list[str] | None:
    """The units ticked, and those of all codes; None where the form says what is wrong with these. Raises `Missing`."""
    units = [key for key in request.form.getlist("unit") if is_id(key)]
    for field, read in ((form.file, form.listed), (form.codes, form.typed)):
        try:
            units += _of_codes(part_id, read())
        except Refusal as refusal:
            field.errors = [words(refusal)]
    return None if form.errors else units


def _of_codes(part_id: str, codes: list[Code]) -> Collection[str]:
    """Raises `Missing`; 422 `codes_unknown`, `too_many_units`."""
    if len(codes) > parts.MOST:
        raise Refusal("too_many_units", 422, most=parts.MOST)
    known = entered.units_of_codes(entered.part_by_id(part_id).contest_id, {code.text.lower() for code in codes})
    unknown = [code.shown for code in codes if code.text.lower() not in known]
    if unknown:
        raise Refusal("codes_unknown", 422, count=len(unknown), codes=", ".join(unknown[:NAMED]))
    return known.values()


def _page(part_id: str, form: MarkForm, naming: PartForm | None = None) -> str:
    row = entered.part_by_id(part_id)
    q, state, after = (request.values.get(name, "") for name in ("q", "xem", "sau"))
    found = entered.unit_page(row, q=q[:200], state=STATES.get(state, ""),
                              after=after if is_id(after) else None)
    count, whole = entered.counts_of(row)
    naming = naming or PartForm(formdata=None, name=row.name)
    return render_template("awards/part.html", part=row, contest=get_contest(row.contest_id), form=form, naming=naming,
                           page=found, q=q, state=state if state in STATES else "", count=count, whole=whole,
                           first=not after, acts=entered.acts_of(row), ticked=set(request.form.getlist("unit")),
                           needed=row.name in entered.needed_parts(row.contest_id))
