"""The people of the units: found, added, moved, let in and out."""

import hashlib

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.columns import is_id
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity import people as operations
from contest.identity.access import allowed, person, policy, require, scope, words
from contest.identity.correcting import corrections
from contest.identity.desk import blueprint
from contest.identity.forms import (
    AUDIENCE_WORDS,
    COLUMN_WORDS,
    ROLE_WORDS,
    EditPersonForm,
    MoveForm,
    NewPersonForm,
    RoleForm,
    clean,
    unit_choices,
)
from contest.identity.models import Account
from contest.identity.people import PersonData
from contest.identity.permissions import Target
from contest.identity.queries import account_of, flat, people_page, roles_of, unit_of, unit_tree, without_password
from contest.identity.workbooks import workbook

AT_ONCE = 200  # passwords that a page issues: 20 ms each
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _target(account: Account, roles: bool = False) -> Target:
    return Target(account.id, account.unit.path if account.unit else None, roles_of(account) if roles else ())


def _mine(account_id: str, action: str = "people.edit") -> Account:
    """The account, where this person may act on it. Raises `Missing`."""
    account = account_of(account_id)
    require(action, _target(account, roles=action != "people.read"))
    return account


def _id(name: str) -> str | None:
    text = request.args.get(name, "")
    return text if is_id(text) else None


@blueprint.get("/to-chuc/nguoi-du-thi")
@policy("people.read")
def people() -> str:
    """The people this person may see, by name; narrowed by a search and a unit, with or without
    the units below it."""
    paths, text = scope("people.read"), clean(request.args.get("q"))
    tree, unit_id, only = unit_tree(paths), _id("unit"), request.args.get("only")
    chosen = next((node for node in flat(tree) if node.id == unit_id), None)
    own = chosen is not None and bool(request.args.get("own"))
    page = people_page(paths, text=text, unit_path=chosen.path if chosen else None,
                       unit_id=chosen.id if chosen and own else None, only=only,
                       after=_id("after"), before=_id("before"))
    return render_template("identity/people.html", page=page, text=text, chosen=chosen, own=own, only=only,
                           units=unit_choices(tree, _("Tất cả đơn vị")), roles=ROLE_WORDS,
                           may_edit=allowed("people.edit"), may_import=allowed("people.import"))


@blueprint.get("/to-chuc/nguoi-du-thi/<id:account_id>")
@policy("people.read")
def person_page(account_id: str) -> str:
    """One person, and what may be done about them."""
    account = _mine(account_id, "people.read")
    return render_template("identity/person.html", account=account, roles=ROLE_WORDS, audiences=AUDIENCE_WORDS,
                           corrections=corrections(account_id), columns=COLUMN_WORDS | {"name": _("Họ và tên")},
                           may_edit=allowed("people.edit", _target(account, roles=True)),
                           may_grant=allowed("people.grant"))


@blueprint.route("/to-chuc/nguoi-du-thi/moi", methods=["GET", "POST"])
@policy("people.edit")
def new_person() -> ResponseReturnValue:
    """Add a person to a unit and show the one-time password."""
    now = clock.now()
    form, by = NewPersonForm(), person().id
    form.unit_id.choices = unit_choices(unit_tree(scope("people.edit")), _("Chọn đơn vị"))
    if not form.validate_on_submit():
        return render_template("identity/new_person.html", form=form), 422 if form.errors else 200
    require("people.edit", Target(unit_path=unit_of(form.unit_id.data).path))
    db.session.rollback()  # gives the turn to write back while the password is hashed
    drawn, given = operations.draw_passwords(1)[0], form.data
    try:
        account = operations.add_person(
            PersonData(given["login"], given["name"], given["unit_id"], given["position"], given["phone"],
                       given["audience"]), by=by, now=now)
    except Refusal as refusal:
        db.session.rollback()
        form.login.errors = [words(refusal)]
        return render_template("identity/new_person.html", form=form), 422
    operations.issue_password(account.id, drawn, by=by, now=now)
    db.session.commit()
    return render_template("identity/issued.html", account=account_of(account.id), password=drawn.password, new=True)


@blueprint.route("/to-chuc/nguoi-du-thi/<id:account_id>/sua", methods=["GET", "POST"])
@policy("people.edit")
def edit_person(account_id: str) -> ResponseReturnValue:
    """Correct a person's name, position, telephone number or audience."""
    now = clock.now()
    account = _mine(account_id)
    form = EditPersonForm(obj=account)
    if form.validate_on_submit():
        operations.edit_person(account_id, name=str(form.name.data), position=form.position.data, phone=form.phone.data,
                               audience=form.audience.data, by=person().id, now=now)
        db.session.commit()
        flash(_("Đã lưu thông tin của %(name)s.", name=form.name.data), "success")
        return redirect(url_for("identity.person_page", account_id=account_id), 303)
    return render_template("identity/edit_person.html", form=form, account=account), 422 if form.errors else 200


def _stamp(account: Account) -> str:
    """Changes with the password: the confirmation of a page shown before is worth nothing after."""
    return hashlib.sha256(f"{account.id}|{account.password_hash}".encode()).hexdigest()[:16]


@blueprint.route("/to-chuc/nguoi-du-thi/<id:account_id>/mat-khau", methods=["GET", "POST"])
@policy("people.edit")
def reset_password(account_id: str) -> ResponseReturnValue:
    """Confirm, then show a new one-time password once."""
    now = clock.now()
    account, by = _mine(account_id), person().id
    if request.method == "GET":
        return render_template("identity/reset_password.html", account=account, stamp=_stamp(account))
    stamp = request.form.get("stamp")
    db.session.rollback()  # gives the turn to write back while the password is hashed
    drawn = operations.draw_passwords(1)[0]
    account = _mine(account_id)
    if stamp != _stamp(account):
        raise Refusal("password_issued", 409)
    operations.issue_password(account_id, drawn, by=by, now=now)
    db.session.commit()
    return render_template("identity/issued.html", account=account_of(account_id), password=drawn.password, new=False)


@blueprint.route("/to-chuc/nguoi-du-thi/<id:account_id>/chuyen-don-vi", methods=["GET", "POST"])
@policy("people.edit")
def move_person(account_id: str) -> ResponseReturnValue:
    """Choose the unit, read what follows, confirm."""
    now = clock.now()
    account = _mine(account_id)
    form = MoveForm(formdata=request.form if request.method == "POST" else request.args or None)
    form.unit_id.choices = unit_choices(unit_tree(None), _("Chọn đơn vị"))
    known = {choice.value for choice in form.unit_id.choices if choice.value}
    target = unit_of(form.unit_id.data) if form.unit_id.data in known else None
    keeps = target is not None and allowed("people.read", Target(unit_path=target.path))
    if request.method == "POST" and form.validate() and target is not None:
        name, unit_name = account.name, target.name
        moved = operations.move_person(account_id, target.id, by=person().id, now=now)
        db.session.commit()
        flash(_("Đã chuyển %(name)s sang %(unit)s.", name=name, unit=unit_name) if moved
              else _("%(name)s đang ở đơn vị này rồi.", name=name), "success" if moved else "info")
        return redirect(url_for("identity.person_page", account_id=account_id) if keeps
                        else url_for("identity.people"), 303)
    return render_template("identity/move_person.html", account=account, form=form, target=target,
                           keeps=keeps), 422 if request.method == "POST" else 200


@blueprint.route("/to-chuc/nguoi-du-thi/<id:account_id>/trang-thai", methods=["GET", "POST"])
@policy("people.edit")
def set_active(account_id: str) -> ResponseReturnValue:
    """Confirm, then stop an account or let it in again."""
    now = clock.now()
    account = _mine(account_id)
    if request.method == "GET":
        return render_template("identity/set_active.html", account=account)
    active, name = request.form.get("active") == "1", account.name
    operations.set_active(account_id, active, by=person().id, now=now)
    db.session.commit()
    flash(_("%(name)s đăng nhập lại được.", name=name) if active
          else _("Đã ngừng tài khoản của %(name)s.", name=name), "success")
    return redirect(url_for("identity.person_page", account_id=account_id), 303)


@blueprint.route("/to-chuc/nguoi-du-thi/<id:account_id>/vai-tro", methods=["GET", "POST"])
@policy("people.grant")
def roles(account_id: str) -> ResponseReturnValue:
    """The roles of a person: give one, see all."""
    now = clock.now()
    account = account_of(account_id)
    form = RoleForm()
    form.unit_id.choices = unit_choices(unit_tree(None), _("Không"))
    if form.validate_on_submit():
        unit_id = form.unit_id.data if form.role.data == "coordinator" else None
        given = operations.grant_role(account_id, form.role.data, unit_id, by=person().id, now=now)
        db.session.commit()
        flash(_("Đã giao vai trò.") if given else _("Người này đã có vai trò này."), "success" if given else "info")
        return redirect(url_for("identity.roles", account_id=account_id), 303)
    return render_template("identity/roles.html", account=account, form=form,
                           words=ROLE_WORDS), 422 if form.errors else 200


@blueprint.post("/to-chuc/nguoi-du-thi/<id:account_id>/vai-tro/<id:grant_id>/thu-hoi")
@policy("people.grant")
def revoke_role(account_id: str, grant_id: str) -> Response:
    """Take a role away; it can be given again on the same page."""
    now = clock.now()
    operations.revoke_role(account_id, grant_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã thu hồi vai trò. Cần dùng lại thì giao lại ở trang này."), "success")
    return make_response(redirect(url_for("identity.roles", account_id=account_id), 303))


@blueprint.route("/to-chuc/nguoi-du-thi/cap-mat-khau", methods=["GET", "POST"])
@policy("people.edit")
def issue_passwords() -> ResponseReturnValue:
    """One-time passwords for people without one, at most 200 at once, as a workbook handed out once."""
    now = clock.now()
    paths, unit_id, by = scope("people.edit"), _id("unit"), person().id
    path = unit_of(unit_id).path if unit_id else None
    if unit_id:
        require("people.edit", Target(unit_path=path))
    waiting = without_password(paths, path)
    if request.method == "GET":
        return render_template("identity/issue_passwords.html", waiting=len(waiting), at_once=AT_ONCE,
                               chosen=unit_of(unit_id) if unit_id else None)
    chosen = waiting[:AT_ONCE]
    if not chosen:
        raise Missing("nobody_waits")
    db.session.rollback()  # gives the turn to write back while the passwords are hashed
    issued = operations.issue_passwords(chosen, operations.draw_passwords(len(chosen)), by=by, now=now)
    db.session.commit()
    data = workbook(_("Mật khẩu"), [_("Tên đăng nhập"), _("Họ và tên"), _("Đơn vị"), _("Mật khẩu dùng một lần")],
                    [(one.login, one.name, one.unit, one.password) for one in issued])
    return Response(data, mimetype=XLSX, headers={
        "Content-Disposition": f'attachment; filename="mat-khau-{now:%Y%m%d-%H%M}.xlsx"'})
