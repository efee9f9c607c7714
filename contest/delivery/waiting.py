"""The queue before a start, ahead of everything else that reads the database.

A turn is kept in the process that gave it and, signed, in a cookie that only the start's own address
gets: any other process knows it again, and who has started once is never queued for this round again.
Only of who would have to wait one statement asks whether they have a sitting to go on with, and what
waiting costs. Going on with a sitting, saving and submitting have other addresses and know no queue.
"""

import math
from datetime import datetime
from functools import partial

from flask import Flask, after_this_request, current_app, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_babel import get_locale, gettext
from itsdangerous import BadSignature, URLSafeSerializer

from contest import clock
from contest.columns import to_ms
from contest.config import Config
from contest.delivery.facts import Queued, queued_facts
from contest.delivery.queueing import Queue, Turn
from contest.errors import Refusal
from contest.identity.access import sign_in_id
from contest.rounds.window import room_ms, spread_ms

STARTS = {"delivery.start", "delivery_api.start"}
LEAST_BURST = 100  # in each process, for all may come to the same one
COOKIE = "turn"  # not "__Host-": that would send it with every saved answer
KEPT_S = 86_400
AGAIN_MS = 1_000  # over which the pages come back at their turn
KEPT = ("consent", "password")  # of the form


def install(app: Flask, config: Config) -> None:
    """Put the queue before the starts of `app`; call it before any other `before_request`."""
    app.extensions["start_queue"] = queue_for(config)
    app.before_request(_wait)


def queue_for(config: Config) -> Queue:
    """The part of one of the web processes."""
    return Queue(max(LEAST_BURST, math.ceil(config.start_burst / config.web_workers)),
                 config.start_rate, config.web_workers)


def _wait() -> ResponseReturnValue | None:
    if request.endpoint not in STARTS:
        return None
    now, who = clock.now(), sign_in_id()
    if who is None:  # told to sign in
        return None
    queue: Queue = current_app.extensions["start_queue"]
    round_id, now_ms = str((request.view_args or {})["round_id"]), to_ms(now)
    name = f"{who[:32]}:{round_id}"
    held = _held(name)
    turn = held or queue.ask(name, now_ms)
    if held is None:
        after_this_request(partial(_hand_over, name, turn))
    wait_ms = turn.wait_ms(now_ms)
    if not wait_ms:
        return None
    facts = queued_facts(round_id, who, now)
    return None if facts and facts.running else _told(queue.place(wait_ms), wait_ms, facts, now)


def _told(place: int, wait_ms: int, facts: Queued | None, now: datetime) -> ResponseReturnValue:
    """The place and the time to wait; a page enters by itself, with the consent that was given."""
    wait_s = math.ceil(wait_ms / 1000)
    if request.path.startswith("/api/"):
        raise Refusal("queued", 503, place=place, wait_s=wait_s)
    template = current_app.jinja_env.get_template("delivery/queued.html")  # the usual context would read the account
    page = template.render(_=gettext, language=str(get_locale()), place=place, wait_s=wait_s, wait_ms=wait_ms,
                           **_cost(facts, now, wait_ms), hotline=_hotline(facts),
                           kept={name: request.form[name] for name in KEPT if name in request.form})
    return page, 503, {"Retry-After": str(wait_s)}


def _hotline(facts: Queued | None) -> dict[str, str]:
    return {"technical": facts.hotline_technical, "content": facts.hotline_content,
            "zalo": facts.hotline_zalo} if facts else {}


def _cost(facts: Queued | None, now: datetime, wait_ms: int) -> dict[str, object]:
    """What waiting takes off a sitting: `free` nothing, else `left_ms` is what is left of the round then."""
    if facts is None:
        return {"free": False, "left_ms": None, "spread_ms": 0}
    whole_ms = facts.duration_ms + facts.granted_ms
    room = room_ms(now, facts.closes_at, whole_ms)
    return {"free": wait_ms <= room, "left_ms": max(0, to_ms(facts.closes_at) - to_ms(now) - wait_ms),
            "minutes": whole_ms // 60_000, "closes_at": facts.closes_at,
            "spread_ms": spread_ms(max(0, room - wait_ms), AGAIN_MS)}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=COOKIE)


def _held(name: str) -> Turn | None:
    """The turn in this browser's cookie, where it is this sign-in's in this round."""
    try:
        whose, asked_ms, at_ms = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    return Turn(asked_ms, at_ms) if whose == name else None


def _hand_over(name: str, turn: Turn, response: Response) -> Response:
    response.set_cookie(COOKIE, str(_signer().dumps([name, turn.asked_ms, turn.at_ms])), max_age=KEPT_S,
                        path=request.path, httponly=True, secure=current_app.config["SESSION_COOKIE_SECURE"],
                        samesite="Lax")
    return response
