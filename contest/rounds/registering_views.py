"""The page on which people register themselves."""

from datetime import datetime

from flask import after_this_request, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity import desk, operations
from contest.identity.access import policy, words
from contest.rounds import queries, registering
from contest.rounds.forms import RegisterForm
from contest.rounds.models import Contest
from contest.rounds.pages import blueprint, owner_context

COUNTED = "register"  # what registrations are counted under, by device
_FIELDS = {"phone_taken": "phone", "short_password": "password", "long_password": "password",
           "weak_password": "password"}


@blueprint.route("/cuoc-thi/<code>/dang-ky", methods=["GET", "POST"])
@policy("public.read")
def register(code: str) -> ResponseReturnValue:
    """Name, unit, telephone, password; then the contest's page, signed in."""
    now = clock.now()
    contest = queries.contest_by_code(code)
    if not contest.registration:
        raise Missing
    if not queries.registration_open(contest, now):
        raise Refusal("registration_closed", 409)
    if current_user.is_authenticated:
        return redirect(url_for("rounds.contest_page", code=code), 303)
    form = RegisterForm()
    form.offer(registering.workplaces(contest.id))
    if form.validate_on_submit():
        try:
            return _registered(code, form, now)
        except Refusal as refusal:
            db.session.commit()  # the try counts
            if refusal.code not in (*_FIELDS, "too_many_tries"):
                raise
            _tell(form, refusal)
            contest = queries.contest_by_code(code)
            return _page(contest, form), refusal.status
    return _page(contest, form), 422 if form.errors else 200


def _registered(code: str, form: RegisterForm, now: datetime) -> ResponseReturnValue:
    phone, password = str(form.phone.data), str(form.password.data)
    operations.check_password(password, phone)
    device = desk.this_device()
    after_this_request(lambda response: desk.keep_device(response, device))
    operations.check_tries(COUNTED, device.id, now)
    db.session.rollback()  # the hash takes 20 ms: not within the turn to write
    password_hash = operations.hash_password(password)
    operations.count_try(COUNTED, device.id, now)
    account = registering.register(
        queries.contest_by_code(code),
        registering.Registration(str(form.name.data), form.audience.data, form.unit_id.data or None, phone),
        password_hash, now)
    desk.enter(account.id, now)
    db.session.commit()
    flash(_("Đã đăng ký. Lần sau đăng nhập bằng số điện thoại và mật khẩu vừa đặt."), "success")
    return make_response(redirect(url_for("rounds.contest_page", code=code), 303))


def _tell(form: RegisterForm, refusal: Refusal) -> None:
    name = _FIELDS.get(refusal.code)
    if name:
        form[name].errors = [*form[name].errors, words(refusal)]
    else:
        form.form_errors.append(words(refusal))


def _page(contest: Contest, form: RegisterForm) -> str:
    return render_template("rounds/register.html", contest=contest, form=form, consent=registering.CONSENT,
                           **owner_context(contest))
