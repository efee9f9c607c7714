"""The short way of a saved answer says what the long way says, and opens to nothing that is not known."""

import json
from datetime import timedelta

import pytest
from psycopg.errors import CrashShutdown, DiskFull
from sqlalchemy.exc import OperationalError

from contest import clock
from contest.database import Busy
from contest.delivery import api
from contest.delivery.models import Response
from contest.extensions import db
from contest.identity.models import SignIn
from tests.delivery.conftest import MS, NOON, counted
from tests.delivery.test_api import Caller, option, problem, rows

LIMIT = NOON + timedelta(minutes=20)


@pytest.fixture
def phone(app, cast, hands):
    return Caller(app, "phone")


@pytest.fixture
def attempt(phone, cast):
    """Started, so that cookie and token are known: from here on the door is open to `phone`."""
    return phone.start(cast).json


def short(answer):
    """Whether it came by the short way, which sets no policy for pages."""
    return "Content-Security-Policy" not in answer.headers


def body(attempt, seq=1):
    return {"generation": 1, "answers": [{"slot": 2, "seq": seq, "choice": [option(attempt, 2)]}]}


def put(caller, attempt, seq=1, **options):
    return caller.call("PUT", f"/attempts/{attempt['id']}/answers", body(attempt, seq), **options)


def test_both_ways_give_the_same_answer_for_one_statement(app, phone, attempt):
    with counted(app) as statements:
        by_door = put(phone, attempt)
    app.session_interface.known.forget()
    with counted(app) as more:
        by_flask = put(phone, attempt)
    assert (short(by_door), short(by_flask)) == (True, False)
    assert (by_door.status_code, by_door.data) == (by_flask.status_code, by_flask.data)
    assert by_door.mimetype == by_flask.mimetype
    assert by_door.headers["Cache-Control"] == by_flask.headers["Cache-Control"] == "no-store"
    assert len(statements) == len(more) == 1


def test_an_acknowledgement_is_small(phone, attempt):
    answer = put(phone, attempt)
    lines = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
    assert lines + len(answer.data) <= 400


@pytest.mark.parametrize("token", ["", "x", None, "another's"])
def test_a_wrong_csrf_token_is_refused_though_the_cookie_is_known(app, phone, attempt, token):
    if token == "another's":
        other = Caller(app, "laptop")
        other.get(attempt)
        token = other.headers["X-CSRF-Token"]
    headers = {} if token is None else {"X-CSRF-Token": token}
    assert problem(put(phone, attempt, headers=headers)) == (403, "csrf")
    assert rows(app, Response) == 0


def test_a_token_that_was_never_checked_is_not_learnt_beside_one_that_was(app, phone, attempt):
    good = phone.headers["X-CSRF-Token"]
    put(phone, attempt, headers={"X-CSRFToken": good, "X-CSRF-Token": "forged"})
    assert problem(put(phone, attempt, seq=2, headers={"X-CSRF-Token": "forged"})) == (403, "csrf")


@pytest.mark.parametrize(("said", "ours"), [
    ({}, True), ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "https://elsewhere.vn"}, False), ({"Origin": "https://localhost"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False)])
def test_a_page_of_another_site_does_not_come_in(app, phone, attempt, said, ours):
    answer = put(phone, attempt, headers={**phone.headers, **said})
    assert short(answer) == ours
    assert (answer.status_code, rows(app, Response)) == ((200, 1) if ours else (403, 0))


def test_over_https_the_referrer_must_be_this_site(phone, attempt):
    def ask(seq, **headers):
        return put(phone, attempt, seq, headers={**phone.headers, **headers}, base_url="https://localhost")

    assert problem(ask(1)) == (403, "csrf")
    assert problem(ask(1, Referer="https://elsewhere.vn/")) == (403, "csrf")
    answer = ask(1, Referer="https://localhost/luot-thi")
    assert (answer.status_code, short(answer)) == (200, True)


@pytest.mark.parametrize("change", ["tampered", "twice", "form", "chunked"])
def test_anything_unusual_goes_the_long_way(app, phone, attempt, change):
    cookie = phone.client.get_cookie("contest").value
    environ = {"HTTP_COOKIE": f"contest={cookie}"}
    options = {"headers": phone.headers, "data": json.dumps(body(attempt)), "content_type": "application/json"}
    if change == "tampered":
        signed, _dot, signature = cookie.rpartition(".")
        environ["HTTP_COOKIE"] = f"contest={signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    elif change == "twice":
        environ["HTTP_COOKIE"] += "; contest=other"
    elif change == "form":
        options["content_type"] = "text/plain"
    else:
        environ.update(CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    answer = app.test_client(use_cookies=False).put(
        f"/api/v1/attempts/{attempt['id']}/answers", environ_overrides=environ, **options)
    assert not short(answer)
    if change == "tampered":
        assert problem(answer) == (401, "sign_in_required")
        assert rows(app, Response) == 0


def test_a_revoked_sign_in_finds_the_door_shut(app, cast, phone, attempt):
    assert short(put(phone, attempt))
    with app.app_context():
        db.session.get(SignIn, cast.phone).revoked_at = NOON
        db.session.commit()
    assert problem(put(phone, attempt, seq=2)) == (401, "sign_in_required")


def test_the_long_way_keeps_the_stamp_of_the_arrival(app, phone, attempt, monkeypatch):
    """The clock passes the deadline between the door and the view: what arrived in time is saved."""
    stamps = iter([LIMIT - MS])
    monkeypatch.setattr(clock, "now", lambda: next(stamps, LIMIT))
    app.session_interface.known.forget()
    answer = put(phone, attempt)
    assert (answer.status_code, short(answer), answer.json["remaining_ms"]) == (200, False, 1)
    assert problem(put(phone, attempt, seq=2)) == (409, "closed")


@pytest.mark.parametrize(("failure", "code"), [
    (Busy(), "busy"),
    (OperationalError("INSERT", {}, type("OperationalError", (Exception,), {})()), "busy"),
    (OperationalError("INSERT", {}, DiskFull()), "busy"),
    (OperationalError("INSERT", {}, CrashShutdown()), "busy"),
])
def test_a_failure_of_the_short_way_is_told_like_any_other(phone, attempt, monkeypatch, failure, code):
    """One try, then a problem document that the browser's queue understands: no trace, no second wait."""
    tries = []

    def fail(*_arguments):
        tries.append(1)
        raise failure

    monkeypatch.setattr(api, "keep", fail)
    answer = put(phone, attempt)
    assert (answer.status_code, answer.json["code"]) == (503, code)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Retry-After"]
    assert len(tries) == 1
    monkeypatch.undo()
    assert put(phone, attempt, seq=1).json["saved"] == [{"slot": 2, "seq": 1}]
