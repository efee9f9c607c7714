"""The paths of the API, the whole document, and the route that serves it."""

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response

from contest.identity.access import policy
from contest.openapi.parts import Schema, ref, text
from contest.openapi.problems import refusal
from contest.openapi.schemas import SLOT, schemas
from contest.standings.figures import AUDIENCES

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")
Refused = dict[int, list[str]]

ABOUT = """\
Errors are RFC 9457 problems (`application/problem+json`) with a stable `code`. Instants are RFC 3339 in UTC, \
durations carry their unit in the name (`_ms`, `_s`), points are whole hundredths, ids are opaque. Properties may be \
added to answers: ignore those you do not know. Request bodies with unknown properties are refused.

Sign in with `POST /session`; keep the cookies; send `csrf_token` as `X-CSRF-Token` with every POST, PUT and DELETE, \
and over https a `Referer` of this site. An address that does not exist answers 404 `not_found`, a method that it does \
not take 405 `wrong_method`."""
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "contest",
                "description": "The session cookie that `/session` sets; over https its name is `__Host-contest`."},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token",
             "description": "`csrf_token` of `GET /session` or of the sign-in, for unsafe methods."},
}
READ: list[Schema] = [{"session": []}]
WRITE: list[Schema] = [{"session": [], "csrf": []}]
OPTIONAL: list[Schema] = [{}, {"session": []}]
BODY: Refused = {413: ["body_too_large", "too_large"], 422: ["malformed"]}
SIGNED_IN: Refused = {401: ["sign_in_required"], 403: ["password_change_required"]}
WRITING: Refused = {401: ["sign_in_required"], 403: ["password_change_required", "csrf"]}
ENDED: Refused = {404: ["not_found"], 409: ["closed", "attempt_void"]}


def _op(name: str, tag: str, summary: str, answers: dict[int, tuple[str, str | None]], *refused: Refused,
        security: list[Schema], body: str | None = None, body_needed: bool = True, **more: Any) -> Schema:
    """One operation. `answers`: status → (description, schema's name or None for no body)."""
    codes: Refused = {503: ["busy"]}
    for one in refused:
        for status, found in one.items():
            codes[status] = codes.get(status, []) + found
    responses = {str(status): _answer(*answer) for status, answer in answers.items()}
    responses |= {str(status): refusal(codes[status]) for status in sorted(codes)}
    responses["503"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    made = {"operationId": name, "tags": [tag], "summary": summary, "security": security, **more}
    if body:
        made["requestBody"] = {"required": body_needed, "content": {"application/json": {"schema": ref(body)}}}
    return {**made, "responses": {**responses, "default": ref("Failure", "responses")}}


def _answer(description: str, schema: str | None) -> Schema:
    if schema is None:
        return {"description": description}
    return {"description": description, "content": {"application/json": {"schema": ref(schema)}}}


def _at(parameters: list[str], **operations: Schema) -> Schema:
    """A path with its parameters."""
    return {**({"parameters": [ref(name, "parameters") for name in parameters]} if parameters else {}), **operations}


def _session() -> dict[str, Schema]:
    return {"/session": _at(
        [],
        get=_op("getSession", "session", "Who is signed in, and the CSRF token", {200: ("The session.", "Session")},
                security=OPTIONAL),
        post=_op("signIn", "session", "Sign in", {200: ("Signed in; cookies are set, the token is new.", "Session")},
                 {401: ["wrong_credentials", "wrong_code"], 403: ["csrf"], 413: ["too_large"], 415: ["bad_request"],
                  422: ["bad_request", "name_required"], 429: ["too_many_tries"]},
                 security=[], body="SignInBody",
                 description="Takes no CSRF token. The body must be `application/json`, and an `Origin` or "
                             "`Sec-Fetch-Site` header, where there is one, must name this site."),
        delete=_op("signOut", "session", "Sign out", {204: ("Signed out, also where nobody was.", None)},
                   {403: ["csrf"]}, security=WRITE))}


def _sitting() -> dict[str, Schema]:
    attempt = "/attempts/{attempt_id}"
    return {
        "/rounds": _at([], get=_op("listRounds", "rounds", "The rounds that this person can see",
                                   {200: ("The rounds.", "Rounds")}, SIGNED_IN, security=READ)),
        "/rounds/{round_id}/attempts": _at(["round_id"], post=_op(
            "startAttempt", "attempts", "Start an attempt, or go on with the open one",
            {200: ("The attempt that was open already.", "Attempt"), 201: ("A new attempt.", "Attempt")},
            WRITING, {403: ["round_not_open", "round_closed", "round_cancelled", "officials_only", "citizens_only",
                            "barred", "other_units_only", "no_attempts_left", "no_attempts_left_week",
                            "no_attempts_left_contest"], 404: ["not_found"]}, BODY,
            {422: ["consent_required", "contest_password_required", "wrong_contest_password"], 429: ["too_many_tries"],
             503: ["queued", "clock_set_back"]},
            security=WRITE, body="StartBody", body_needed=False)),
        attempt: _at(["attempt_id"], get=_op(
            "getAttempt", "attempts", "One's own attempt, with its paper and saved answers",
            {200: ("The attempt.", "Attempt")}, SIGNED_IN, {404: ["not_found"]}, security=READ)),
        f"{attempt}/clock": _at(["attempt_id"], get=_op(
            "getClock", "attempts", "Is it still running, still this session's, and for how long?",
            {200: ("The clock.", "Clock")}, SIGNED_IN, {404: ["not_found"]}, security=READ)),
        f"{attempt}/flags/{{slot}}": _at(["attempt_id", "slot"], put=_op(
            "setFlag", "attempts", "Mark a question to come back to, or take the mark away",
            {204: ("Done; twice is as once.", None)}, WRITING, BODY, ENDED, security=WRITE, body="FlagBody")),
        f"{attempt}/events": _at(["attempt_id"], post=_op(
            "noteEvents", "attempts", "Put on record what the page of an attempt tells about itself",
            {204: ("Kept 30 days, as hints for a person; nothing follows from them by itself.", None)},
            {401: ["sign_in_required"], 403: ["csrf"]}, BODY, {404: ["not_found"]}, security=WRITE, body="EventsBody")),
        f"{attempt}/prediction": _at(["attempt_id"], put=_op(
            "keepPrediction", "attempts", "Keep a prediction before submitting",
            {204: ("Kept; it counts where time runs out.", None)}, WRITING, BODY, ENDED, {422: ["bad_prediction"]},
            security=WRITE, body="PredictionBody")),
        f"{attempt}/answers": _at(["attempt_id"], put=_op(
            "saveAnswers", "attempts", "Save answers", {200: ("At least something was kept.", "Saved")},
            {401: ["sign_in_required"], 403: ["csrf"]}, ENDED, {409: ["other_device"]}, BODY, {422: ["nothing_saved"]},
            security=WRITE, body="SaveBody",
            description="Answered after a durable commit. The request's arrival decides whether it is in time. Of a "
                        "slot the answer with the highest (`generation`, `seq`) counts, in whatever order they "
                        "arrive; sending the same again changes nothing.")),
        f"{attempt}/take-over": _at(["attempt_id"], post=_op(
            "takeOver", "attempts", "Let this session save from now on", {200: ("Taken over.", "TakenOver")},
            WRITING, ENDED, security=WRITE)),
        f"{attempt}/submit": _at(["attempt_id"], post=_op(
            "submitAttempt", "attempts", "Submit the attempt; again gives the same receipt",
            {200: ("Submitted.", "Submitted")}, WRITING, BODY, ENDED, {422: ["bad_prediction"]},
            security=WRITE, body="SubmitBody", body_needed=False)),
    }


def _standings() -> dict[str, Schema]:
    board: Refused = {403: ["not_yet"], 404: ["not_found"], 503: ["board_freezing"]}
    asked: Refused = {422: ["bad_limit", "bad_cursor", "bad_audience", "bad_part"]}
    page: list[Schema] = [
        {"name": "limit", "in": "query", "description": "Lines of a page.",
         "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
        {"name": "after", "in": "query", "description": "The `after` of the page before.",
         "schema": {"type": "string"}},
        {"name": "audience", "in": "query", "description": "One audience, ranked by itself; everybody without it.",
         "schema": {"type": "string", "enum": list(AUDIENCES)}},
        {"name": "unit", "in": "query", "description": "People of one unit (`id` in `/units`) with all below it.",
         "schema": {"type": "string"}},
        {"name": "bloc", "in": "query", "description": "People of the units of one bloc.",
         "schema": {"type": "string"}}]
    return {
        "/attempts/{attempt_id}/result": _at(["attempt_id"], get=_op(
            "getResult", "standings", "What one's own attempt came to", {200: ("The result.", "Result")},
            SIGNED_IN, {403: ["not_yet", "attempt_void"], 404: ["not_found"]}, security=READ)),
        "/rounds/{round_id}/leaderboard": _at(["round_id"], get=_op(
            "getLeaderboard", "standings", "A page of the board", {200: ("The page.", "Leaderboard")},
            SIGNED_IN, board, asked, security=READ, parameters=page)),
        "/rounds/{round_id}/units": _at(["round_id"], get=_op(
            "getUnits", "standings", "The participation of every unit", {200: ("The units.", "Units")},
            SIGNED_IN, board, security=READ)),
        "/contests/{contest_id}/leaderboard": _at(["contest_id"], get=_op(
            "getOverall", "standings", "A page of the board over all rounds with official results",
            {200: ("The page.", "Overall")}, SIGNED_IN, {403: ["not_yet"], 404: ["not_found"]},
            asked, security=READ, parameters=page)),
        "/rounds/{round_id}/me": _at(["round_id"], get=_op(
            "getMe", "standings", "One's own attempts in the round, and the rank where the board is shown",
            {200: ("One's own standing.", "Me")}, SIGNED_IN, {404: ["not_found"]}, security=READ)),
        "/openapi.json": _at([], get={
            "operationId": "getDescription", "tags": ["description"], "summary": "This document", "security": [],
            "responses": {"200": {"description": "OpenAPI 3.1.", "content": {
                "application/json": {"schema": {"type": "object"}}}}, "default": ref("Failure", "responses")}}),
    }


def document() -> Schema:
    """The OpenAPI 3.1 document: every path below `/api/v1`, as plain data."""
    path = {"in": "path", "required": True}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Contest platform", "version": "1", "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "tags": [{"name": name} for name in ("session", "rounds", "attempts", "standings", "description")],
        "paths": {**_session(), **_sitting(), **_standings()},
        "components": {
            "schemas": schemas(),
            "parameters": {
                "round_id": {"name": "round_id", **path, "schema": text("The `id` of a round.")},
                "contest_id": {"name": "contest_id", **path, "schema": text("The `id` of a contest.")},
                "attempt_id": {"name": "attempt_id", **path, "schema": text("The `id` of an attempt.")},
                "slot": {"name": "slot", **path, "schema": SLOT},
            },
            "responses": {"Failure": refusal(["bad_request", "failure"])},
            "securitySchemes": SECURITY,
        },
    }


@cache
def _written() -> str:
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":"))


@blueprint.get("/openapi.json")
@policy("public.read")
def description() -> Response:
    """This API's description."""
    return Response(_written(), mimetype="application/json")
