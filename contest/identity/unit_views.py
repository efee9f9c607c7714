"""The tree of units: read by organisers and reporters, changed by administrators."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity import units as operations
from contest.identity.access import allowed, person, policy, scope, words
from contest.identity.desk import blueprint
from contest.identity.forms import KIND_WORDS, UnitForm, clean, unit_choices
from contest.identity.models import Unit
from contest.identity.queries import Node, found_units, unit_of, unit_tree
from contest.identity.units import UnitData


@blueprint.get("/to-chuc/don-vi")
@policy("unit.report")
def units() -> str:
    """The units in their tree, or those that a search finds."""
    text = clean(request.args.get("q"))
    tree = unit_tree(scope("unit.report"))
    ways = _ways(tree)
    return render_template("identity/units.html", tree=tree, text=text, ways=ways, kinds=KIND_WORDS,
                           found=found_units(tree, text) if text else None, total=len(ways),
                           may_edit=allowed("unit.edit"), may_read_people=allowed("people.read"))


@blueprint.route("/to-chuc/don-vi/moi", methods=["GET", "POST"])
@policy("unit.edit")
def new_unit() -> ResponseReturnValue:
    """Add a unit."""
    now = clock.now()
    form = _form(None)
    if form.validate_on_submit():
        try:
            unit = operations.create_unit(_data(form), by=person().id, now=now)
        except Refusal as refusal:
            _put_error(form, refusal)
        else:
            db.session.commit()
            flash(_("Đã thêm đơn vị %(name)s.", name=unit.name), "success")
            return redirect(url_for("identity.units"), 303)
    return render_template("identity/unit.html", form=form, unit=None), 422 if form.errors else 200


@blueprint.route("/to-chuc/don-vi/<id:unit_id>", methods=["GET", "POST"])
@policy("unit.edit")
def unit(unit_id: str) -> ResponseReturnValue:
    """Rename or move a unit, or give it a new headcount."""
    now = clock.now()
    found = unit_of(unit_id)
    name = found.name
    form = _form(found)
    if form.validate_on_submit():
        try:
            changed = operations.edit_unit(unit_id, _data(form), by=person().id, now=now)
        except Refusal as refusal:
            _put_error(form, refusal)
        else:
            db.session.commit()
            flash(_("Đã lưu đơn vị %(name)s.", name=form.name.data) if changed
                  else _("Không có gì thay đổi."), "success" if changed else "info")
            return redirect(url_for("identity.units"), 303)
    return render_template("identity/unit.html", form=form, unit=found, name=name), 422 if form.errors else 200


def _form(unit: Unit | None) -> UnitForm:
    form = UnitForm(obj=unit)
    form.parent_id.choices = unit_choices(unit_tree(None), _("Không có (đơn vị cao nhất)"))
    return form


def _data(form: UnitForm) -> UnitData:
    given = form.data
    return UnitData(given["code"], given["name"], given["kind"], given["bloc"], given["parent_id"] or None,
                    given["headcount"], given["headcount_on"])


def _put_error(form: UnitForm, refusal: Refusal) -> None:
    db.session.rollback()
    field: Any = {"code_taken": form.code, "unit_below_itself": form.parent_id,
                  "unit_too_deep": form.parent_id}.get(refusal.code)
    if field is None:
        raise refusal
    field.errors = [*field.errors, words(refusal)]


def _ways(nodes: list[Node], above: str = "") -> dict[str, str]:
    """Unit id → the names above it, for a list of search results."""
    ways: dict[str, str] = {}
    for node in nodes:
        ways[node.id] = above
        ways |= _ways(node.children, f"{above} › {node.name}" if above else node.name)
    return ways
