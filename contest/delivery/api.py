"""`/api/v1`: start, read, save, take over and submit a sitting."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json
from sqlalchemy import Engine

from contest import clock
from contest.database import at_once
from contest.delivery import events, history, operations, prediction, queries, save, timing
from contest.delivery.facts import gave_password
from contest.delivery.operations import Started
from contest.errors import Refusal
from contest.extensions import db
from contest.identity import desk
from contest.identity.access import person, policy, sign_in_id
from contest.identity.operations import check_tries, count_try
from contest.identity.queries import Person

blueprint = Blueprint("delivery_api", __name__, url_prefix="/api/v1")

BODY_BYTES = 64_000
TRIED = "contest password"  # what wrong tries are counted under, beside the account
ARRIVED = "contest.arrived"  # when the request arrived, in its WSGI environment
FAILED = "contest.failed"  # the exception of the short way, as `door` left it
NUMBER = Annotated[int, Field(ge=1, le=2**31 - 1)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StartBody(_Body):
    """The body of POST /rounds/{id}/attempts."""

    consent: bool = False
    password: Annotated[str, Field(max_length=100)] | None = None  # the contest's, where it has one


class SubmitBody(_Body):
    """The body of POST /attempts/{id}/submit; the prediction is ignored where the round asks for none."""

    prediction: int | Annotated[str, Field(max_length=30)] | None = None


class PredictionBody(_Body):
    """The body of PUT /attempts/{id}/prediction."""

    prediction: int | Annotated[str, Field(max_length=30)] | None


class FlagBody(_Body):
    """The body of PUT /attempts/{id}/flags/{slot}."""

    on: bool


class EventBody(_Body):
    kind: Literal["opened", "hidden", "offline", "unsaved", "pasted"]
    slot: NUMBER | None = None
    ms: Annotated[int, Field(ge=0, le=events.LONGEST_MS)] | None = None


class EventsBody(_Body):
    """The body of POST /attempts/{id}/events."""

    events: Annotated[list[EventBody], Field(min_length=1, max_length=50)]


class AnswerBody(_Body):
    slot: NUMBER
    seq: NUMBER
    # A text too long is refused by itself, so that it can't hold up the rest of its batch.
    choice: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=64)] | Annotated[
        dict[Annotated[str, Field(max_length=64)], str], Field(max_length=64)] | str | None


class SaveBody(_Body):
    """The body of PUT /attempts/{id}/answers."""

    generation: NUMBER
    answers: Annotated[list[AnswerBody], Field(min_length=1, max_length=200)]


Body = TypeVar("Body", bound=_Body)
AFTER = timedelta(hours=12)  # of a sitting's deadline: it may be moved, and its receipt is looked at
LONGEST = timedelta(hours=22)  # as much for a sitting of ten hours


def begin(round_id: str, who: Person, consent: bool, password: str | None, now: datetime) -> Started:
    """`operations.start` for a request that may bring the contest's password. Commits a wrong one, to be counted.

    The sign-in lasts as long as what begins now. Raises as it, and 429 `too_many_tries` where this account
    has given wrong passwords too often.
    """
    given = gave_password(round_id, password, current_app.config["SECRET_KEY"])
    if given is not None:
        check_tries(TRIED, who.id, now)
    try:
        started = operations.start(round_id, who.id, who.sign_in_id, consent, now, roles=who.roles,
                                   gave_password=given)
    except Refusal as refusal:
        db.session.rollback()
        if refusal.code == "wrong_contest_password":
            count_try(TRIED, who.id, now)
            db.session.commit()
        raise
    if started.view is not None:
        desk.outlast(who, started.view.deadline + AFTER)
    return started


def take_up(attempt_id: str, who: Person, now: datetime) -> int:
    """`operations.take_over`, by a sign-in that then lasts as long as the sitting; a hint tells when and whence."""
    generation = operations.take_over(attempt_id, who.id, who.sign_in_id, now)
    desk.outlast(who, now + LONGEST)
    events.keep(attempt_id, [events.Told("moved")], _address(), now)
    return generation


@blueprint.post("/rounds/<id:round_id>/attempts")
@policy("round.sit")
def start(round_id: str) -> Response:
    """201 with a new sitting, 200 with the one that is open."""
    now = clock.now()
    who, body = person(), _body(StartBody)
    started = begin(round_id, who, body.consent, body.password, now)
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
@policy("own.read", light=True)
def attempt_clock(attempt_id: str) -> Response:
    """What a page that stays open asks every few seconds: is it still running, still ours, how long?"""
    now = clock.now()
    mine = sign_in_id() or ""
    pulse = history.pulse(attempt_id, mine, now)
    return _answer({"state": pulse.state, "generation": pulse.generation, "owned": pulse.owner == mine,
                    "remaining_ms": pulse.remaining_ms, "server_now": _instant(now)})


@blueprint.put("/attempts/<id:attempt_id>/flags/<int:slot>")
@policy("round.sit")
def set_flag(attempt_id: str, slot: int) -> ResponseReturnValue:
    """Mark a question to come back to, or take the mark away."""
    now = clock.now()
    operations.set_flag(attempt_id, person().id, slot, _body(FlagBody).on, now)
    db.session.commit()
    return "", 204


@blueprint.post("/attempts/<id:attempt_id>/events")
@policy("round.sit", light=True)
def note_events(attempt_id: str) -> ResponseReturnValue:
    """Put on record what a page tells about itself; hints for a person, without consequence."""
    now = clock.now()
    told = [events.Told(one.kind, one.slot, one.ms) for one in _body(EventsBody).events]
    events.note(attempt_id, sign_in_id() or "", told, _address(), now)
    db.session.commit()
    return "", 204


def _address() -> str:
    return events.address_digest(request.remote_addr or "", current_app.config["SECRET_KEY"])


@blueprint.put("/attempts/<id:attempt_id>/answers")
@policy("round.sit", light=True)
def save_answers(attempt_id: str) -> Response:
    """What became of each answer, once it is on the disk."""
    now = request.environ.get(ARRIVED) or clock.now()
    if FAILED in request.environ:
        raise request.environ[FAILED]
    done = keep(db.engine, attempt_id, sign_in_id() or "", _body(SaveBody), now)
    if done.nothing_saved:
        raise Refusal("nothing_saved", 422, **_lists(done))
    return Response(acknowledged(done, now), mimetype="application/json")


def keep(engine: Engine, attempt_id: str, sign_in: str, body: SaveBody, now: datetime) -> save.Saved:
    answers = [save.Answer(a.slot, a.seq, a.choice) for a in body.answers]
    with at_once(engine) as connection:
        return save.save_answers(connection, attempt_id, sign_in, body.generation, answers, now)


def _lists(done: save.Saved) -> dict[str, list[dict[str, Any]]]:
    return {
        "saved": [{"slot": slot, "seq": seq} for slot, seq in done.saved],
        "stale": [{"slot": slot, "seq": seq} for slot, seq in done.stale],
        "refused": [{"slot": slot, "seq": seq, "code": code} for slot, seq, code in done.refused],
    }


def acknowledged(done: save.Saved, now: datetime) -> bytes:
    left = timing.remaining_ms(now, done.deadline)
    return _json({**_lists(done), "remaining_ms": left, "server_now": _instant(now)})


@blueprint.post("/attempts/<id:attempt_id>/take-over")
@policy("round.sit")
def take_over(attempt_id: str) -> Response:
    """From now on this session saves."""
    now = clock.now()
    generation = take_up(attempt_id, person(), now)
    db.session.commit()
    return _answer({"generation": generation})


@blueprint.put("/attempts/<id:attempt_id>/prediction")
@policy("round.sit")
def keep_prediction(attempt_id: str) -> ResponseReturnValue:
    """Keep a guess before submitting: it counts where time runs out."""
    now = clock.now()
    who, guess = person(), _body(PredictionBody).prediction
    operations.keep_prediction(attempt_id, who.id, _prediction(attempt_id, guess), now)
    db.session.commit()
    return "", 204


@blueprint.post("/attempts/<id:attempt_id>/submit")
@policy("round.sit")
def submit(attempt_id: str) -> Response:
    """The receipt; again the same one."""
    now = clock.now()
    who, guess = person(), _body(SubmitBody).prediction
    value = None if guess is None else _prediction(attempt_id, guess)
    done = operations.submit(attempt_id, who.id, now, prediction=value)
    db.session.commit()
    return _answer({"receipt": done.receipt, "submitted_at": _instant(done.submitted_at),
                    "answered": done.answered, "items": done.items})


def _prediction(attempt_id: str, guess: int | str | None) -> int | None:
    """The guess as its round means it. Raises `Refusal` 422 `bad_prediction`."""
    kind = queries.asked(attempt_id)
    try:
        return prediction.read(kind, guess)
    except ValueError as error:
        raise Refusal("bad_prediction", 422) from error


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
    return None if instant is None else clock.rfc3339(instant)


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(_json(body), status, mimetype="application/json")


def _json(body: dict[str, Any]) -> bytes:
    return to_json(body)


def _attempt(view: queries.AttemptView, sign_in: str) -> dict[str, Any]:
    return {
        "id": view.id, "round_id": view.round_id, "number": view.number, "generation": view.generation,
        "owned": view.owner == sign_in, "state": view.state, "started_at": _instant(view.started_at),
        "deadline": _instant(view.deadline), "finished_at": _instant(view.finished_at), "receipt": view.receipt,
        "remaining_ms": view.remaining_ms, "server_now": _instant(view.now),
        "items": [
            {"slot": item.slot, "type": item.type, "stem": item.stem, "markup": item.markup, "penalty": item.cost,
             "options": _options(item.options),
             "parts": [{"id": part.id, "text": part.text, "kind": part.kind, "options": _options(part.options)}
                       for part in item.parts],
             "choice": item.choice, "seq": item.seq}
            for item in view.items
        ],
    }


def _options(options: Iterable[queries.Option]) -> list[dict[str, str]]:
    return [{"id": option.id, "text": option.text} for option in options]
