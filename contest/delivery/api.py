"""`/api/v1`: start, read, save, take over and submit a sitting."""

import json
from datetime import datetime
from typing import Annotated, Any, TypeVar

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contest import clock
from contest.database import at_once
from contest.delivery import history, operations, queries, save, timing
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, sign_in_id

blueprint = Blueprint("delivery_api", __name__, url_prefix="/api/v1")

BODY_BYTES = 64_000
NUMBER = Annotated[int, Field(ge=1, le=2**31 - 1)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StartBody(_Body):
    """The body of POST /rounds/{id}/attempts."""

    consent: bool = False


class SubmitBody(_Body):
    """The body of POST /attempts/{id}/submit; no round asks for a prediction yet."""

    prediction: int | Annotated[str, Field(max_length=30)] | None = None


class FlagBody(_Body):
    """The body of PUT /attempts/{id}/flags/{slot}."""

    on: bool


class AnswerBody(_Body):
    slot: NUMBER
    seq: NUMBER
    choice: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=64)] | Annotated[
        str, Field(max_length=2_000)] | None


class SaveBody(_Body):
    """The body of PUT /attempts/{id}/answers."""

    generation: NUMBER
    answers: Annotated[list[AnswerBody], Field(min_length=1, max_length=200)]


Body = TypeVar("Body", bound=_Body)


@blueprint.post("/rounds/<id:round_id>/attempts")
@policy("round.sit")
def start(round_id: str) -> Response:
    """201 with a new sitting, 200 with the one that is open."""
    now = clock.now()
    who, body = person(), _body(StartBody)
    started = operations.start(round_id, who.id, who.sign_in_id, body.consent, now)
    db.session.commit()
    view = started.view or queries.attempt_view(started.attempt_id, who.id, now)
    return _answer(_attempt(view, who.sign_in_id), 201 if started.created else 200)


@blueprint.get("/attempts/<id:attempt_id>")
@policy("own.read")
def attempt(attempt_id: str) -> Response:
    """The sitting, to every session of its person."""
    now = clock.now()
    who = person()
    return _answer(_attempt(queries.attempt_view(attempt_id, who.id, now), who.sign_in_id))


@blueprint.get("/attempts/<id:attempt_id>/clock")
@policy("own.read")
def attempt_clock(attempt_id: str) -> Response:
    """What a page that stays open asks once a minute: is it still running, still ours, how long?"""
    now = clock.now()
    who = person()
    pulse = history.pulse(attempt_id, who.id, now)
    return _answer({"state": pulse.state, "generation": pulse.generation, "owned": pulse.owner == who.sign_in_id,
                    "remaining_ms": pulse.remaining_ms, "server_now": _instant(now)})


@blueprint.put("/attempts/<id:attempt_id>/flags/<int:slot>")
@policy("round.sit")
def set_flag(attempt_id: str, slot: int) -> ResponseReturnValue:
    """Mark a question to come back to, or take the mark away."""
    now = clock.now()
    operations.set_flag(attempt_id, person().id, slot, _body(FlagBody).on, now)
    db.session.commit()
    return "", 204


@blueprint.put("/attempts/<id:attempt_id>/answers")
@policy("round.sit", light=True)
def save_answers(attempt_id: str) -> Response:
    """What became of each answer, once it is on the disk."""
    now = clock.now()
    body = _body(SaveBody)
    answers = [save.Answer(a.slot, a.seq, a.choice) for a in body.answers]
    with at_once(db.engine) as connection:
        done = save.save_answers(connection, attempt_id, sign_in_id() or "", body.generation, answers, now)
    lists = {
        "saved": [{"slot": slot, "seq": seq} for slot, seq in done.saved],
        "stale": [{"slot": slot, "seq": seq} for slot, seq in done.stale],
        "refused": [{"slot": slot, "seq": seq, "code": code} for slot, seq, code in done.refused],
    }
    if done.nothing_saved:
        raise Refusal("nothing_saved", 422, **lists)
    return _answer({**lists, "remaining_ms": timing.remaining_ms(now, done.deadline), "server_now": _instant(now)})


@blueprint.post("/attempts/<id:attempt_id>/take-over")
@policy("round.sit")
def take_over(attempt_id: str) -> Response:
    """From now on this session saves."""
    now = clock.now()
    who = person()
    generation = operations.take_over(attempt_id, who.id, who.sign_in_id, now)
    db.session.commit()
    return _answer({"generation": generation})


@blueprint.post("/attempts/<id:attempt_id>/submit")
@policy("round.sit")
def submit(attempt_id: str) -> Response:
    """The receipt; again the same one."""
    now = clock.now()
    who = person()
    _body(SubmitBody)
    done = operations.submit(attempt_id, who.id, now)
    db.session.commit()
    return _answer({"receipt": done.receipt, "submitted_at": _instant(done.submitted_at),
                    "answered": done.answered, "items": done.items})


def _body(shape: type[Body]) -> Body:
    """The request's JSON. Raises `Refusal`: 413 `body_too_large`, 422 `malformed` with the field."""
    request.max_content_length = BODY_BYTES  # of a body that does not tell its length
    if (request.content_length or 0) > BODY_BYTES:
        raise Refusal("body_too_large", 413, kilobytes=BODY_BYTES // 1000)
    try:
        return shape.model_validate_json(request.get_data(cache=False) or b"{}")
    except ValidationError as error:
        where = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
        raise Refusal("malformed", 422, field=".".join(map(str, where)) or "body") from error


def _instant(instant: datetime | None) -> str | None:
    """RFC 3339, UTC, milliseconds."""
    return None if instant is None else instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, mimetype="application/json")


def _attempt(view: queries.AttemptView, sign_in: str) -> dict[str, Any]:
    return {
        "id": view.id, "round_id": view.round_id, "number": view.number, "generation": view.generation,
        "owned": view.owner == sign_in, "state": view.state, "started_at": _instant(view.started_at),
        "deadline": _instant(view.deadline), "finished_at": _instant(view.finished_at), "receipt": view.receipt,
        "remaining_ms": view.remaining_ms, "server_now": _instant(view.now),
        "items": [
            {"slot": item.slot, "type": item.type, "stem": item.stem,
             "options": [{"id": option.id, "text": option.text} for option in item.options],
             "choice": None if item.choice is None else list(item.choice), "seq": item.seq}
            for item in view.items
        ],
    }
