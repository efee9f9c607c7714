import pytest

from tests.factories import PASSWORD
from tests.identity.cast import enter, play
from tests.statements import counted

NOBODY = {"account": None, "server_now": "2026-12-01T05:00:00.000Z"}


def without_token(answer):
    return {name: value for name, value in answer.json.items() if name != "csrf_token"}


def test_nobody(app, hands):
    answer = app.test_client().get("/api/v1/session")
    assert answer.status_code == 200
    assert without_token(answer) == NOBODY
    assert answer.json["csrf_token"]


def test_in_and_out(app, hands):
    cast = play(app)
    client = app.test_client()
    answer = client.post("/api/v1/session", json={"login": "donvi", "password": PASSWORD})
    assert answer.status_code == 200
    assert without_token(answer) == without_token(client.get("/api/v1/session")) == {
        "account": {"id": cast.people["donvi"], "login": "donvi", "name": "Trần Đầu Mối", "unit": "Phường Mỹ Tho",
                    "roles": ["contestant", "coordinator"]},
        "server_now": "2026-12-01T05:00:00.000Z"}
    refused = client.delete("/api/v1/session")
    assert (refused.status_code, refused.json["code"]) == (403, "csrf")
    left = client.delete("/api/v1/session", headers={"X-CSRF-Token": answer.json["csrf_token"]})
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (204, '"storage"')
    assert without_token(client.get("/api/v1/session")) == NOBODY


def test_the_cookie_is_given_at_the_sign_in_and_not_again(app, hands):
    play(app)
    client = app.test_client()
    client.post("/api/v1/session", json={"login": "an", "password": PASSWORD})
    assert client.get_cookie("contest")
    for address in ("/api/v1/session", "/ket-qua-cua-toi"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)


def test_what_a_sign_in_costs(app, hands):
    """The account with its person, its tries, the tries after the check, the sign-in; nothing to forget."""
    play(app)
    client = app.test_client()
    with counted(app) as statements:
        assert client.post("/api/v1/session", json={"login": "an", "password": PASSWORD}).status_code == 200
    assert len(statements) == 4


@pytest.mark.parametrize(("sent", "status", "code"), [
    ({"json": {"login": "an", "password": "sai mat khau"}}, 401, "wrong_credentials"),
    ({"json": {"login": "khongco", "password": PASSWORD}}, 401, "wrong_credentials"),
    ({"json": {"login": "an", "password": PASSWORD, "role": "administrator"}}, 422, "bad_request"),
    ({"json": {"login": "an"}}, 422, "bad_request"),
    ({"json": {"login": 1, "password": PASSWORD}}, 422, "bad_request"),
    ({"json": [1]}, 422, "bad_request"),
    ({"data": "{", "content_type": "application/json"}, 422, "bad_request"),
    ({"data": {"login": "an", "password": PASSWORD}}, 415, "bad_request"),
    ({"data": '{"login":"an","password":"mat khau thu"}', "content_type": "text/plain"}, 415, "bad_request"),
    ({"json": {"login": "an", "password": PASSWORD}, "headers": {"Origin": "https://evil.vn"}}, 403, "csrf"),
    ({"json": {"login": "an", "password": PASSWORD}, "headers": {"Origin": "null"}}, 403, "csrf"),
    ({"json": {"login": "an", "password": PASSWORD}, "headers": {"Origin": "http://localhost:81"}}, 403, "csrf"),
    ({"json": {"login": "an", "password": PASSWORD}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403, "csrf"),
])
def test_what_is_refused(app, hands, sent, status, code):
    play(app)
    client = app.test_client()
    answer = client.post("/api/v1/session", **sent)
    assert (answer.status_code, answer.content_type, answer.json["code"]) == (status, "application/problem+json", code)
    assert without_token(client.get("/api/v1/session")) == NOBODY


def test_our_own_page_may_ask(app, hands):
    play(app)
    answer = app.test_client().post("/api/v1/session", json={"login": "an", "password": PASSWORD},
                                    headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200


def test_wrong_tries_count_here_too(app, hands):
    play(app)
    client = app.test_client()
    for _ in range(10):
        client.post("/api/v1/session", json={"login": "an", "password": "sai mat khau"})
    answer = client.post("/api/v1/session", json={"login": "an", "password": PASSWORD})
    assert (answer.status_code, answer.json["code"], answer.json["minutes"]) == (429, "too_many_tries", 15)


def test_a_dead_cookie_is_nobody(app, hands):
    play(app)
    client = enter(app, "an")
    hands.advance(hours=25)
    assert client.get("/api/v1/session").json["account"] is None
