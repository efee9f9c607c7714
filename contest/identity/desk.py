"""What the pages and the API share: the room's blueprint, and the way a sign-in is made."""

import secrets
from datetime import datetime

from flask import Blueprint, Response, current_app, request, session
from werkzeug.exceptions import HTTPException

from contest.config import Config
from contest.identity import devices, operations
from contest.identity.access import COOKIE_KEY, digest, sign_in_id
from contest.identity.addresses import own_path
from contest.identity.queries import Person, credentials, login_of

blueprint = Blueprint("identity", __name__)
DEVICE_DAYS = 400  # the longest that browsers keep a cookie
LEAVING = '"storage"'  # Clear-Site-Data at the end: answers kept offline are not left to the next person


def config() -> Config:
    """The settings of this application."""
    found: Config = current_app.extensions["contest_config"]
    return found


def admit(login: str, password: str, now: datetime) -> operations.Opened:
    """Sign this browser in and give it a new token; the sign-in that it had ends.

    Raises the refusals of `operations.sign_in`; the caller commits in every case. The credentials
    are read outside of any transaction: the 20 ms of the check would pass in the turn to write.
    """
    key = config().secret_key
    login = login_of(login)
    device = devices.read(request.cookies.get(device_cookie()))
    known = device.id if device and devices.knows(device, login, key) else None
    found = credentials(login, known, now - operations.WINDOW)
    token = new_token()
    row = operations.sign_in(found, password, digest_of_token=digest(token), hours=config().session_hours, now=now)
    before = sign_in_id()
    if before:
        operations.sign_out(before, now)
    carry(token)
    return row


def enter(account_id: str, now: datetime, person: Person | None = None) -> operations.Opened:
    """Sign this browser in to an account that has just proved itself by other means than a password.

    A new token, as at any sign-in; the sign-in that the browser had ends. The caller commits. `person`:
    whose account it is, where they are at hand.
    """
    token = new_token()
    row = operations.open_sign_in(account_id, digest_of_token=digest(token), hours=config().session_hours, now=now,
                                  person=person)
    before = sign_in_id()
    if before:
        operations.sign_out(before, now)
    carry(token)
    return row


def outlast(who: Person, until: datetime) -> None:
    """Let this browser's sign-in last at least until then, with a fresh cookie; the caller commits."""
    if who.expires_at is not None and who.expires_at < until:
        operations.prolong(who.sign_in_id, until)
        session.modified = True


def new_token() -> str:
    """What a browser proves a sign-in by: 192 random bits."""
    return secrets.token_urlsafe(24)


def carry(token: str) -> None:
    """Put the token of a new sign-in into this browser's session, which starts afresh."""
    session.clear()
    session[COOKIE_KEY] = token
    session["csrf_token"] = secrets.token_urlsafe(16)  # shorter than Flask-WTF's: it goes up with every answer, twice


def leave(response: Response) -> Response:
    """Empty this browser: its session, and what pages kept in it."""
    session.clear()
    response.headers["Clear-Site-Data"] = LEAVING
    return response


def device_cookie() -> str:
    return "__Host-device" if config().https else "device"


def remember_device(response: Response, login: str) -> Response:
    """Let the browser prove later that it has signed in to `login` before."""
    device = devices.read(request.cookies.get(device_cookie()))
    return keep_device(response, devices.remember(device, login_of(login), config().secret_key))


def this_device() -> devices.Device:
    """The browser by its own word; one that says nothing is given a name, to be kept by `keep_device`."""
    return devices.read(request.cookies.get(device_cookie())) or devices.new_device()


def keep_device(response: Response, device: devices.Device) -> Response:
    """Let the browser say next time which one it is."""
    response.set_cookie(device_cookie(), devices.write(device), max_age=DEVICE_DAYS * 86_400, path="/",
                        httponly=True, secure=config().https, samesite="Lax")
    return response


def back_to(text: str | None) -> str | None:
    """`text` where it is the address of a page of ours that can be read, else None."""
    path = own_path(text)
    if path is None:
        return None
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint, _arguments = adapter.match(path.partition("?")[0], method="GET") if adapter else ("", {})
    except HTTPException:
        return None
    return path if endpoint not in {"identity.sign_in", "static"} else None
