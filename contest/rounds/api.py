"""`/api/v1/rounds`."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from contest import clock
from contest.clock import rfc3339
from contest.identity.access import person, policy
from contest.rounds.cards import Card, rounds_for

blueprint = Blueprint("rounds_api", __name__, url_prefix="/api/v1")


@blueprint.get("/rounds")
@policy("own.read")
def rounds() -> ResponseReturnValue:
    """The rounds that this person can see."""
    now = clock.now()
    return jsonify({"rounds": [_round(card) for card in rounds_for(person(), now)]})


def _round(card: Card) -> dict[str, Any]:
    row = card.round
    return {
        "id": row.id,
        "title": row.title,
        "contest": card.contest.title,
        "kind": row.kind,
        # A cancelled round can no longer be sat: to a program it is closed.
        "state": "closed" if card.state == "cancelled" else card.state,
        "opens_at": rfc3339(row.opens_at),
        "closes_at": rfc3339(row.closes_at),
        "duration_s": row.duration_ms // 1000,
        "questions": card.questions,
        "prediction": row.prediction,
        "prediction_text": row.prediction_text or None,
        "consent": True,
        "attempts_allowed": row.attempts_allowed,
        "attempts_used": card.sittings.used,
    }
