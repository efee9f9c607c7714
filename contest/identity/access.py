"""The gate of every route: which action it needs, and who is signed in.

A view names its policy with `@policy("bank.edit")`; a route without one keeps the application
from starting. The saving path uses `sign_in_id()` alone: no account is read there.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import login_manager
from contest.identity.permissions import ACTIONS, Target, can, reach
from contest.identity.queries import Person, person_of_sign_in

View = TypeVar("View", bound=Callable[..., Any])
SAFE = {"GET", "HEAD", "OPTIONS"}
COOKIE_KEY = "token"  # in Flask's signed session


def policy(action: str, *, light: bool = False, early: bool = False) -> Callable[[View], View]:
    """Declare the action that a view needs.

    `light` leaves the check of the sign-in to the view's own statement: the saving path, which
    reads no account. `early` opens the view to a person who has not yet replaced a one-time
    password: the page where it is replaced, and little else.
    """
    if action not in ACTIONS:
        raise ValueError(f"no such action: {action}")

    def mark(view: View) -> View:
        view.__dict__["policy"] = action
        view.__dict__["light"] = light
        view.__dict__["early"] = early
        return view

    return mark


def digest(token: str) -> str:
    """What the database keeps of a random token: its SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in_id() -> str | None:
    """The id of the sign-in that this request's signed cookie names; not checked to be alive."""
    token = session.get(COOKIE_KEY)
    return digest(token) if isinstance(token, str) else None


def person() -> Person:
    """The signed-in person. Raises 401 `sign_in_required` where nobody is."""
    if not current_user.is_authenticated:
        raise Refusal("sign_in_required", 401)
    return cast(Person, current_user._get_current_object())


def allowed(action: str, target: Target = Target()) -> bool:
    """May the person behind this request carry out `action` on `target`?"""
    actor = current_user.actor if current_user.is_authenticated else None
    return can(actor, action, target)


def require(action: str, target: Target) -> None:
    """Raise `Missing` where `allowed` says no: a stranger learns nothing of what exists."""
    if not allowed(action, target):
        raise Missing


def scope(action: str) -> tuple[str, ...] | None:
    """Where the person behind this request may carry out `action`: see `permissions.reach`."""
    return reach(current_user.actor if current_user.is_authenticated else None, action)


def words(refusal: Refusal) -> str:
    """The sentence of a refusal, for a form that is shown again. The skin lends it: see `web/errors.py`."""
    return str(current_app.extensions["contest_sentence"](refusal.code, refusal.params))


def same_origin() -> bool:
    """Whether the browser says that this request comes from a page of ours; a program says nothing."""
    origin = request.headers.get("Origin")
    if origin is not None:
        there, here = urlsplit(origin), urlsplit(request.host_url)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            return False
    return request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}


def _load_person(_request: Any) -> Person | None:
    key = sign_in_id()
    return person_of_sign_in(key, clock.now()) if key else None


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = g.contest_views[request.endpoint]
    # Beside the token, which alone decides where a browser hides the page that a form comes from.
    if request.method not in SAFE and request.headers.get("Origin") != "null" and not same_origin():
        raise Refusal("csrf", 403)
    if can(None, view.__dict__["policy"]):
        return None
    if sign_in_id() is None or not (view.__dict__["light"] or current_user.is_authenticated):
        if sign_in_id() is not None and not request.path.startswith("/api/"):
            flash(_("Phiên đăng nhập đã hết. Đăng nhập lại để tiếp tục.") if request.method == "GET" else
                  _("Phiên đăng nhập đã hết nên việc vừa làm chưa được ghi. Đăng nhập lại rồi làm lại."), "warning")
        return _to_sign_in("identity.sign_in", Refusal("sign_in_required", 401))
    if view.__dict__["light"]:
        return None
    if not can(current_user.actor, view.__dict__["policy"]):
        raise Refusal("not_allowed", 403)
    if current_user.must_change_password and not view.__dict__["early"]:
        return _to_sign_in("identity.first_password", Refusal("password_change_required", 403))
    return None


def _to_sign_in(endpoint: str, refusal: Refusal) -> ResponseReturnValue:
    """The way to a page that must come first; a program gets the refusal itself."""
    if request.path.startswith("/api/"):
        raise refusal
    if request.method == "GET":
        back: str | None = request.full_path.rstrip("?")
    else:  # where the form stood, if it stood there
        adapter = current_app.create_url_adapter(request)
        back = request.path if adapter is not None and adapter.test(request.path, "GET") else None
    return redirect(url_for(endpoint, next=back), 303)


def install(app: Flask) -> None:
    """Put the gate before every view of `app`; call it before the first request."""
    login_manager.request_loader(_load_person)

    @app.before_request
    def enforce() -> ResponseReturnValue | None:
        g.contest_views = app.view_functions
        return _enforce()


def check_policies(app: Flask) -> None:
    """Raise RuntimeError for a route without a policy."""
    bare = [rule.endpoint for rule in app.url_map.iter_rules()
            if rule.endpoint != "static" and "policy" not in app.view_functions[rule.endpoint].__dict__]
    if bare:
        raise RuntimeError(f"routes without a policy: {sorted(set(bare))}")
