"""Signing in and out, the own account, the language."""

from datetime import datetime

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity import desk, import_views, operations, people_views, unit_views
from contest.identity.access import digest, person, policy, sign_in_id, words
from contest.identity.correcting import correct_own
from contest.identity.desk import blueprint
from contest.identity.forms import FirstPasswordForm, OwnForm, PasswordForm, SignInForm
from contest.identity.queries import account_of

__all__ = ["blueprint", "import_views", "people_views", "unit_views"]
YEAR_S = 31_536_000


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
@policy("public.read")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; wrong names and wrong passwords get the same answer."""
    now = clock.now()
    back = desk.back_to(request.values.get("next"))
    form = SignInForm()
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(_onward(person().must_change_password, back), 303)
        return render_template("identity/sign_in.html", form=form, back=back)
    status = 422
    if form.validate():
        try:
            admitted = desk.admit(str(form.login.data), str(form.password.data), now)
        except Refusal as refusal:
            db.session.commit()  # the wrong try counts
            form.form_errors.append(words(refusal))
            status = refusal.status
        else:
            onward = _onward(admitted.person is not None and admitted.person.must_change_password, back)
            db.session.commit()
            return desk.remember_device(make_response(redirect(onward, 303)), str(form.login.data))
    return render_template("identity/sign_in.html", form=form, back=back), status


def _onward(must_change: bool, back: str | None) -> str:
    """Where a sign-in leads: a one-time password is replaced before any other page."""
    return url_for("identity.first_password", next=back) if must_change else back or "/"


@blueprint.post("/dang-xuat")
@policy("public.read")
def sign_out() -> Response:
    """End this browser's sign-in and empty what pages kept in it."""
    now = clock.now()
    key = sign_in_id()
    if key:
        operations.sign_out(key, now)
        db.session.commit()
    return desk.leave(make_response(redirect(url_for("identity.sign_in"), 303)))


@blueprint.route("/doi-mat-khau-lan-dau", methods=["GET", "POST"])
@policy("own.edit", early=True)
def first_password() -> ResponseReturnValue:
    """Replace a one-time password before anything else."""
    now = clock.now()
    back = desk.back_to(request.values.get("next"))
    if not person().must_change_password:
        return redirect(back or url_for("identity.account"), 303)
    form = FirstPasswordForm()
    if form.validate_on_submit() and _changed(form, None, now):
        flash(_("Đã đổi mật khẩu."), "success")
        return redirect(back or "/", 303)
    return render_template("identity/first_password.html", form=form, back=back), 422 if form.errors else 200


@blueprint.route("/tai-khoan", methods=["GET", "POST"])
@policy("own.edit")
def account() -> ResponseReturnValue:
    """The own account; name, position and telephone number can be put right here."""
    now = clock.now()
    own, status = account_of(person().id), 422
    published: str | None = current_app.extensions["published_with"](own.id, lock=request.method == "POST")
    form = OwnForm(obj=own)
    if published and "name" not in request.form:  # the page does not ask for them any more
        del form.name, form.position
    if form.validate_on_submit():
        given = {"name": own.name, "position": own.position} | form.data
        try:
            changed = correct_own(own.id, name=given["name"], position=given["position"], phone=given["phone"],
                                  published=published is not None, now=now)
        except Refusal as refusal:
            form.form_errors.append(words(refusal))
            status = refusal.status
        else:
            db.session.commit()
            flash(_("Đã lưu thông tin.") if changed else _("Không có gì thay đổi."), "success" if changed else "info")
            return redirect(url_for("identity.account"), 303)
    return render_template("identity/account.html", own=own, form=form, published=published), (
        status if form.errors else 200)


@blueprint.route("/tai-khoan/mat-khau", methods=["GET", "POST"])
@policy("own.edit")
def password() -> ResponseReturnValue:
    """Change the own password with the old one; sign-ins on other devices end."""
    now = clock.now()
    form = PasswordForm()
    if form.validate_on_submit() and _changed(form, form.old.data, now):
        flash(_("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất."), "success")
        return redirect(url_for("identity.account"), 303)
    return render_template("identity/password.html", form=form), 422 if form.errors else 200


def _changed(form: FirstPasswordForm, old: str | None, now: datetime) -> bool:
    """Carry out the change and keep this browser signed in; False with the form's errors where refused."""
    who, token = person(), desk.new_token()
    try:
        operations.change_own_password(who.id, old, str(form.new.data), now=now)
    except Refusal as refusal:
        db.session.rollback()
        field = form["old"] if refusal.code == "wrong_old_password" else form.new
        field.errors = [*field.errors, words(refusal)]
        return False
    operations.open_sign_in(who.id, digest_of_token=digest(token), hours=desk.config().session_hours, now=now)
    db.session.commit()
    desk.carry(token)
    return True


@blueprint.post("/ngon-ngu")
@policy("public.read")
def language() -> Response:
    """Keep the language of the pages in a cookie for a year."""
    chosen = request.form.get("language", "")
    if chosen not in {"vi", "en"}:
        raise Refusal("bad_request", 400)
    response = make_response(redirect(desk.back_to(request.form.get("next")) or "/", 303))
    response.set_cookie("language", chosen, max_age=YEAR_S, httponly=True, samesite="Lax",
                        secure=desk.config().https)
    return response
