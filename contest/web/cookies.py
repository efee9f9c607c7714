"""Flask's signed session cookie, its signature checked once in a while instead of at every request."""

from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

from contest.memo import Memo

PLAIN = (str, int, bool, type(None))  # values that no request can change in place


class Session(SecureCookieSession):
    """A session that lasts as long as all of them, without saying so in its cookie."""

    permanent = True


class RememberingSessions(SecureCookieSessionInterface):
    """A cookie whose signature was right is known by its whole text while it is used.

    A contestant's browser sends the same cookie with every answer; checking and unpacking it each
    time would be a tenth of a saved answer's cost.
    """

    session_class = Session

    def __init__(self) -> None:
        self.known = Memo[dict[str, Any]]()  # one in use may outlive its age; what it names expires by itself
        self._serializer: tuple[Any, URLSafeTimedSerializer] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The serializer, made once for each secret key."""
        key = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        if self._serializer is None or self._serializer[0] != key:
            made = super().get_signing_serializer(app)
            if made is None:
                return None
            self.known.forget()
            self._serializer = key, made
        return self._serializer[1]

    def recall(self, text: str) -> dict[str, Any] | None:
        """What a cookie holds whose signature was right a moment ago; not to be changed."""
        return self.known.recall(text)

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
            self.known.keep(text, dict(data))
        return self.session_class(data)


def install(app: Flask) -> None:
    """Let `app` keep its sessions so."""
    app.session_interface = RememberingSessions()
