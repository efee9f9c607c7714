"""Refusals and failures as pages for people and problem documents (RFC 9457) for the API."""

import re
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from contest.clock import rfc3339
from contest.database import Busy
from contest.errors import Refusal
from contest.tally import Tally
from contest.web.messages import sentence

log = structlog.get_logger()
HTTP_CODES = {400: "bad_request", 404: "not_found", 405: "wrong_method", 413: "too_large", 415: "bad_request"}


def wants_problem() -> bool:
    """True where the caller is a program: the API's paths."""
    return request.path.startswith("/api/")


def _plain(value: Any) -> Any:
    """A parameter as JSON: instants as RFC 3339 in UTC, part seconds to the millisecond."""
    if isinstance(value, datetime):
        return rfc3339(value)
    return value if isinstance(value, (int, str, list, dict)) else str(value)


def _answer(code: str, status: int, params: dict[str, Any] | None = None) -> tuple[Response | str, int]:
    text = sentence(code, params or {})
    if wants_problem():
        response = jsonify({"type": "about:blank", "title": text, "status": status, "code": code,
                            **{name: _plain(value) for name, value in (params or {}).items()}})
        response.content_type = "application/problem+json"
        return response, status
    return render_template("errors/error.html", status=status, code=code, sentence=text), status


def install(app: Flask) -> None:
    """Register the handlers; none of them shows a trace, a path or a statement."""
    app.extensions["contest_sentence"] = sentence  # for the rooms, which import nothing of the skin
    turned_away = app.extensions["turned_away"] = Tally()  # for the monitor

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> tuple[Response | str, int, dict[str, str]]:
        wait = error.params.get("wait_s")
        return *_answer(error.code, error.status, error.params), {} if wait is None else {"Retry-After": str(wait)}

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> tuple[Response | str, int]:
        return _answer("csrf", 403)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        return _answer(HTTP_CODES.get(status, "bad_request" if status < 500 else "failure"), status)

    @app.errorhandler(Busy)
    @app.errorhandler(PoolTimeout)
    def busy(_error: Exception) -> tuple[Response | str, int, dict[str, str]]:
        turned_away.note()
        return *_answer("busy", 503), {"Retry-After": "2"}

    @app.errorhandler(DBAPIError)
    def database(error: DBAPIError) -> tuple[Response | str, int, dict[str, str]]:
        log.error("database", error=type(error.orig).__name__,
                  statement=re.sub(r"\s+", " ", error.statement or "")[:200])
        if isinstance(error, OperationalError):  # gone, starting, full, interrupted: the same again may succeed
            turned_away.note()
            return *_answer("busy", 503), {"Retry-After": "5"}
        return *_answer("failure", 500), {}

    @app.errorhandler(Exception)
    def failed(error: Exception) -> tuple[Response | str, int]:
        if current_app.testing or current_app.debug:
            raise error
        log.exception("failure", path=request.path)
        return _answer("failure", 500)
