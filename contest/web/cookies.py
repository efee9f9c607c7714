"""Flask's signed session cookie, its signature checked once in a while instead of at every request."""

import threading
import time
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

REMEMBERED_S = 60.0  # a cookie may outlive its age by that; what it names expires in the database
REMEMBERED_MOST = 8_192
PLAIN = (str, int, bool, type(None))  # values that no request can change in place


class Session(SecureCookieSession):
    """A session that lasts as long as all of them, without saying so in its cookie."""

    permanent = True


class RememberingSessions(SecureCookieSessionInterface):
    """A cookie whose signature was right is known by its whole text for a minute.

    A contestant's browser sends the same cookie with every answer; checking and unpacking it each
    time would be a tenth of a saved answer's cost.
    """

    session_class = Session

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}  # the oldest first
        self._guard = threading.Lock()
        self._serializer: tuple[Any, URLSafeTimedSerializer] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The serializer, made once for each secret key."""
        key = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        if self._serializer is None or self._serializer[0] != key:
            made = super().get_signing_serializer(app)
            if made is None:
                return None
            with self._guard:
                self._known.clear()
            self._serializer = key, made
        return self._serializer[1]

    def recall(self, text: str) -> dict[str, Any] | None:
        """What a cookie holds whose signature was right within the last minute; not to be changed."""
        known = self._known.get(text)
        return known[1] if known is not None and time.monotonic() < known[0] else None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer = self.get_signing_serializer(app)
        text = request.cookies.get(self.get_cookie_name(app))
        if serializer is None or not text:
            return super().open_session(app, request)
        known = self.recall(text)
        if known is not None:
            return self.session_class(known)
        try:
            data = serializer.loads(text, max_age=int(app.permanent_session_lifetime.total_seconds()))
        except BadSignature:
            return self.session_class()
        if all(isinstance(value, PLAIN) for value in data.values()):
            self._remember(text, dict(data))
        return self.session_class(data)

    def _remember(self, text: str, data: dict[str, Any]) -> None:
        """Also forget whose minute is over: what is held goes by who is here, not by who was."""
        now = time.monotonic()
        with self._guard:
            while self._known:
                oldest = next(iter(self._known))
                if len(self._known) < REMEMBERED_MOST and now < self._known[oldest][0]:
                    break
                del self._known[oldest]
            self._known.pop(text, None)  # to the end
            self._known[text] = now + REMEMBERED_S, data


def install(app: Flask) -> None:
    """Let `app` keep its sessions so."""
    app.session_interface = RememberingSessions()
