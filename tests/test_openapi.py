"""The description of the API says what the API does: its routes, its shapes, its refusals."""

import re
from datetime import timedelta

import pytest

from contest.extensions import db
from contest.openapi import document
from contest.openapi.problems import CARRIES, MEANINGS
from contest.standings.operations import score_round
from contest.web.messages import MESSAGES
from tests import factories
from tests.factories import NOON, PASSWORD
from tests.standings.cast import stage

DOCUMENT = document()
METHODS = {"get", "put", "post", "delete", "patch"}
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
         "null": type(None)}


def operations():
    return [(path, method, operation) for path, item in DOCUMENT["paths"].items()
            for method, operation in item.items() if method in METHODS]


def nodes(value):
    """Every object in the document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def resolved(schema):
    while "$ref" in schema:
        found = DOCUMENT
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def test_every_route_is_described_and_nothing_else(app):
    routes = {(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
              for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
              for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert {(path, method) for path, method, _ in operations()} == routes


def test_the_policies_and_the_security_agree(app):
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
        if rule.rule.startswith("/api/") and app.view_functions[rule.endpoint].__dict__["policy"] != "public.read":
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                wanted = {"session": []} if method == "GET" else {"session": [], "csrf": []}
                assert DOCUMENT["paths"][path][method.lower()]["security"] == [wanted], (path, method)


def test_the_document_is_openapi(client):
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype, answer.json) == (200, "application/json", DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0"
    assert set(DOCUMENT["info"]) >= {"title", "version"}
    assert set(DOCUMENT) <= {"openapi", "info", "servers", "tags", "paths", "components", "security"}
    references = {node["$ref"] for node in nodes(DOCUMENT) if "$ref" in node}
    for reference in references:
        assert resolved({"$ref": reference}), reference
    unused = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses", "parameters")
              for name in DOCUMENT["components"][kind]} - references
    assert unused == set()


def test_every_operation_is_whole():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    schemes = set(DOCUMENT["components"]["securitySchemes"])
    for path, method, operation in operations():
        assert operation["summary"], (path, method)
        assert set(operation["tags"]) <= tags
        assert all(set(way) <= schemes for way in operation["security"])
        assert any(status.startswith("2") for status in operation["responses"])
        for status, answer in operation["responses"].items():
            assert re.fullmatch(r"[2-5]\d\d|default", status)
            assert resolved(answer)["description"]
        declared = [resolved(one) for one in DOCUMENT["paths"][path].get("parameters", [])]
        assert {one["name"] for one in declared} == set(re.findall(r"{(\w+)}", path))
        assert all(one["in"] == "path" and one["required"] for one in declared)


def test_every_property_says_what_it_is():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, inner in schema["properties"].items():
            assert inner["description"], (name, field)
        assert set(schema.get("required", ())) <= set(schema["properties"])


def test_every_code_has_a_sentence_and_a_place():
    used = {code for node in nodes(DOCUMENT) if "allOf" in node
            for code in node["allOf"][1]["properties"]["code"]["enum"]}
    assert used == set(MEANINGS)
    assert set(CARRIES) <= used <= set(MESSAGES)


def check(value, schema, where):
    """`value` is of the schema's type and has exactly its properties, all the way down."""
    schema = resolved(schema)
    if "anyOf" in schema:
        check(value, schema["anyOf"][1 if value is None else 0], where)
        return
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    assert any(isinstance(value, TYPES[one]) and not (one != "boolean" and isinstance(value, bool))
               for one in types), (where, value)
    if isinstance(value, str):
        assert value in schema.get("enum", [value]), (where, value)
        if schema.get("format") == "date-time":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value), (where, value)
    elif isinstance(value, dict) and "additionalProperties" in schema:
        for name, inner in value.items():
            check(inner, schema["additionalProperties"], f"{where}.{name}")
    elif isinstance(value, dict):
        assert set(value) == set(schema["properties"]), where
        assert set(schema["required"]) == set(schema["properties"]), where
        for name, inner in value.items():
            check(inner, schema["properties"][name], f"{where}.{name}")
    elif isinstance(value, list):
        for inner in value:
            check(inner, schema["items"], f"{where}[]")


class Caller:
    """A program that checks every answer it gets against the description."""

    def __init__(self, app):
        self.client, self.token = app.test_client(), ""

    def call(self, method, template, status, body=None, query=None, **ids):
        answer = self.client.open("/api/v1" + template.format(**ids), method=method, json=body, query_string=query,
                                  headers={"X-CSRF-Token": self.token})
        assert answer.status_code == status, answer.get_data(as_text=True)
        described = DOCUMENT["paths"][template][method.lower()]["responses"][str(status)]
        if "content" not in described:
            assert answer.data == b""
            return None
        (kind, content), = described["content"].items()
        assert answer.mimetype == kind
        if kind == "application/json":
            check(answer.json, content["schema"], template)
        else:
            self._check_problem(answer.json, content["schema"]["allOf"], template)
        return answer.json

    @staticmethod
    def _check_problem(problem, parts, where):
        common, own = resolved(parts[0])["properties"], parts[1]["properties"]
        carried = CARRIES.get(problem["code"], {})
        assert problem["code"] in own["code"]["enum"], (where, problem)
        assert set(problem) == set(common) | set(carried), where
        assert set(carried) <= set(own)
        for name, value in problem.items():
            check(value, carried.get(name) or common[name], f"{where}.{name}")

    def sign_in(self, login):
        self.token = self.call("POST", "/session", 200, {"login": login, "password": PASSWORD})["csrf_token"]


@pytest.fixture
def scene(app, hands):
    """The id of a round whose board is live and which shows the right answers; two contestants."""
    with app.app_context():
        contest, bank, round_, (unit,) = stage(board_shown="live", result_shown="review", attempts_allowed=2)
        factories.account("an", unit=unit)
        factories.account("binh", unit=unit, audience="citizen")
        later = factories.round_(contest, bank, opens_at=NOON + timedelta(days=1), closes_at=NOON + timedelta(days=2))
        ids = round_.id, later.id
        db.session.commit()
    return ids


ATTEMPT = "/attempts/{attempt_id}"


def test_a_sitting_is_as_described(app, scene, hands):
    caller, key = Caller(app), {"round_id": scene[0]}
    assert caller.call("GET", "/session", 200)["account"] is None
    caller.sign_in("an")
    assert caller.call("GET", "/session", 200)["account"]["login"] == "an"
    assert len(caller.call("GET", "/rounds", 200)["rounds"]) == 2
    attempt = caller.call("POST", "/rounds/{round_id}/attempts", 201, {"consent": True}, **key)
    mine = {"attempt_id": attempt["id"]}
    caller.call("POST", "/rounds/{round_id}/attempts", 200, {}, **key)
    first = attempt["items"][0]
    answer = {"slot": 1, "seq": 2, "choice": [first["options"][0]["id"]]}
    saved = caller.call("PUT", f"{ATTEMPT}/answers", 200, {"generation": 1, "answers": [
        answer, answer | {"seq": 1}, answer | {"slot": 99}]}, **mine)
    assert [len(saved[name]) for name in ("saved", "stale", "refused")] == [1, 1, 1]
    assert caller.call("GET", ATTEMPT, 200, **mine)["items"][0]["choice"] == answer["choice"]
    caller.call("GET", f"{ATTEMPT}/clock", 200, **mine)
    caller.call("PUT", f"{ATTEMPT}/flags/{{slot}}", 204, {"on": True}, slot=1, **mine)
    assert caller.call("POST", f"{ATTEMPT}/take-over", 200, **mine)["generation"] == 2
    hands.advance(minutes=3)
    caller.call("POST", f"{ATTEMPT}/submit", 200, {"prediction": None}, **mine)
    caller.call("GET", ATTEMPT, 200, **mine)
    caller.call("DELETE", "/session", 204)


def finished(app, scene, login):
    caller = Caller(app)
    caller.sign_in(login)
    attempt = caller.call("POST", "/rounds/{round_id}/attempts", 201, {"consent": True}, round_id=scene[0])
    answers = [{"slot": 1, "seq": 1, "choice": [attempt["items"][0]["options"][0]["id"]]}]
    caller.call("PUT", f"{ATTEMPT}/answers", 200, {"generation": 1, "answers": answers}, attempt_id=attempt["id"])
    caller.call("POST", f"{ATTEMPT}/submit", 200, attempt_id=attempt["id"])
    return caller, attempt["id"]


def test_the_figures_are_as_described(app, scene, hands):
    caller, attempt = finished(app, scene, "an")
    finished(app, scene, "binh")
    key = {"round_id": scene[0]}
    assert caller.call("GET", "/rounds/{round_id}/me", 200, **key)["attempts"][0]["points"] is None
    assert caller.call("GET", f"{ATTEMPT}/result", 200, attempt_id=attempt)["review"] is None
    with app.app_context():
        score_round(scene[0], hands.now())
        db.session.commit()
    hands.set(NOON + timedelta(hours=7))
    assert caller.call("GET", "/rounds/{round_id}/me", 200, **key)["rank"] == 1
    found = caller.call("GET", f"{ATTEMPT}/result", 200, attempt_id=attempt)
    assert (found["of"], len(found["review"])) == (1, 4)
    page = caller.call("GET", "/rounds/{round_id}/leaderboard", 200, query={"limit": 1}, **key)
    rest = caller.call("GET", "/rounds/{round_id}/leaderboard", 200, query={"after": page["after"]}, **key)
    assert (len(page["rows"]), len(rest["rows"]), rest["after"]) == (1, 1, None)
    assert caller.call("GET", "/rounds/{round_id}/units", 200, **key)["units"][0]["rate"] == 0.1


def test_refusals_are_as_described(app, scene, hands):
    stranger = Caller(app)
    assert stranger.call("GET", "/rounds", 401)["code"] == "sign_in_required"
    wrong = {"login": "an", "password": "sai"}
    assert stranger.call("POST", "/session", 401, wrong)["code"] == "wrong_credentials"
    assert stranger.call("POST", "/session", 422, {"login": "an"})["code"] == "bad_request"
    for _ in range(9):
        stranger.call("POST", "/session", 401, wrong)
    assert stranger.call("POST", "/session", 429, wrong)["minutes"] == 15
    assert stranger.call("DELETE", "/session", 403)["code"] == "csrf"

    caller, key = Caller(app), {"round_id": scene[0]}
    caller.sign_in("binh")
    start = "/rounds/{round_id}/attempts"
    assert caller.call("POST", start, 422, {}, **key)["code"] == "consent_required"
    assert caller.call("POST", start, 422, {"consent": 1}, **key)["field"] == "consent"
    assert caller.call("POST", start, 413, {"x": "x" * 64_000}, **key)["kilobytes"] == 64
    assert caller.call("POST", start, 403, {}, round_id=scene[1])["code"] == "round_not_open"
    assert caller.call("POST", start, 404, {}, round_id="0" * 32)["code"] == "not_found"
    assert caller.call("GET", "/rounds/{round_id}/units", 403, round_id=scene[1])["code"] == "not_yet"
    assert caller.call("GET", "/rounds/{round_id}/leaderboard", 422, query={"limit": 0}, **key)["code"] == "bad_limit"

    mine = {"attempt_id": caller.call("POST", start, 201, {"consent": True}, **key)["id"]}
    lost = {"generation": 1, "answers": [{"slot": 99, "seq": 1, "choice": None}]}
    assert caller.call("PUT", f"{ATTEMPT}/answers", 422, lost, **mine)["refused"][0]["code"] == "unknown_slot"
    other = Caller(app)
    other.sign_in("binh")
    assert other.call("PUT", f"{ATTEMPT}/answers", 409, lost, **mine)["code"] == "other_device"
    assert caller.call("GET", f"{ATTEMPT}/result", 403, **mine)["code"] == "not_yet"
    caller.call("POST", f"{ATTEMPT}/submit", 200, **mine)
    for method, path, body in (("PUT", "answers", lost), ("POST", "take-over", None), ("PUT", "flags/{slot}",
                                                                                       {"on": True})):
        assert caller.call(method, f"{ATTEMPT}/{path}", 409, body, slot=1, **mine)["state"] == "submitted"
    caller.call("POST", start, 201, {"consent": True}, **key)
    hands.advance(minutes=20)
    assert caller.call("POST", start, 403, {}, **key)["used"] == 2
    hands.advance(hours=6)
    assert caller.call("POST", start, 403, {}, **key)["code"] == "round_closed"
