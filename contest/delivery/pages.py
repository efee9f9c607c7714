"""The blueprint of a sitting's pages, and what they share."""

from typing import Any

from flask import Blueprint, Response, redirect, url_for

from contest.delivery.queries import AttemptView
from contest.identity.access import person
from contest.rounds.pages import owner_context

blueprint = Blueprint("delivery", __name__)


def sitting_context(view: AttemptView, page: str, slot: int) -> dict[str, Any]:
    """What delivery/sitting.html needs."""
    return {"sitting": view, "mine": view.owner == person().sign_in_id, "page": page, "slot": slot,
            "blank": len(view.items) - view.answered,
            **owner_context(view.contest)}


def first_blank(view: AttemptView) -> str:
    """The address of the first unanswered question, else of the first one."""
    slot = next((item.slot for item in view.items if item.choice is None), 1)
    return url_for("delivery.question", attempt_id=view.id, slot=slot)


def to_receipt(attempt_id: str) -> Response:
    """The way to the receipt."""
    return redirect(url_for("delivery.receipt", attempt_id=attempt_id))  # type: ignore[return-value]
