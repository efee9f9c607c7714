"""The short way of a saved answer, around Flask."""

import io
import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from pydantic import ValidationError
from sqlalchemy import Engine

from contest import clock
from contest.delivery import api
from contest.errors import Refusal
from contest.extensions import csrf
from contest.identity.access import COOKIE_KEY, digest


class SavingDoor:
    """The short way of a saved answer, around Flask, where nothing about it is new.

    Taken where the cookie and the CSRF token have been found right before and the answer is saved;
    everything else goes the long way, with its arrival stamp, and is judged there: saving the same
    again changes nothing. It spares two thirds of a saved answer's time.
    """

    PATH = re.compile(r"/api/v1/attempts/([0-9a-f]{32})/answers")
    HEADERS = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Vary", "Cookie"),
               ("X-Content-Type-Options", "nosniff"))

    def __init__(self, app: Flask, engine: Engine) -> None:
        self._long_way = app.wsgi_app
        self._recall: Callable[[str], dict[str, Any] | None] = app.session_interface.recall  # type: ignore[attr-defined]
        self._cookie = app.config["SESSION_COOKIE_NAME"] + "="
        self._engine = engine
        self._headers = list(self.HEADERS)
        if app.config["SESSION_COOKIE_SECURE"]:
            self._headers.append(("Strict-Transport-Security", "max-age=31536000"))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT":
            path = self.PATH.fullmatch(environ["PATH_INFO"])
            text = path and self._short_way(path[1], environ)
            if text:
                start_response("200 OK", [*self._headers, ("Content-Length", str(len(text)))])
                return [text]
        return self._long_way(environ, start_response)

    def _short_way(self, attempt_id: str, environ: dict[str, Any]) -> bytes | None:
        now = environ[api.ARRIVED] = clock.now()
        token = self._known_token(environ)
        length = environ.get("CONTENT_LENGTH", "")
        if token is None or not length.isdigit() or int(length) > api.BODY_BYTES:
            return None
        data = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(data)
        try:
            done = api.keep(self._engine, attempt_id, digest(token), api.SaveBody.model_validate_json(data), now)
        except (ValidationError, Refusal):
            return None
        except Exception as error:  # busy, or the database is gone: answered where every failure is
            environ[api.FAILED] = error
            return None
        return None if done.nothing_saved else api.acknowledged(done, now)

    def _known_token(self, environ: dict[str, Any]) -> str | None:
        """The sign-in's token, where this cookie and its CSRF token are known to be right."""
        cookies = [c for c in environ.get("HTTP_COOKIE", "").split("; ") if c.startswith(self._cookie)]
        held = self._recall(cookies[0][len(self._cookie):]) if len(cookies) == 1 else None
        if held is None or environ.get("CONTENT_TYPE", "").partition(";")[0] != "application/json":
            return None
        token, secret = held.get(COOKIE_KEY), held.get("csrf_token")
        address = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}/"
        if (environ.get("HTTP_SEC_FETCH_SITE", "same-origin") != "same-origin"
                or environ.get("HTTP_ORIGIN", address[:-1]) != address[:-1]):
            return None
        if not isinstance(token, str) or not isinstance(secret, str) or not csrf.recognises(
                environ.get("HTTP_X_CSRF_TOKEN", ""), secret, address, environ.get("HTTP_REFERER")):
            return None
        return token
