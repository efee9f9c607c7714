"""The page behind the QR code of a certificate: whether it is genuine, and whether it still holds."""

from datetime import datetime

from flask import Blueprint, after_this_request, redirect, render_template, request
from flask.typing import ResponseReturnValue

from contest import clock
from contest.awards import certified
from contest.awards.certificate_codes import ADDRESS, readings
from contest.database import set_writing
from contest.errors import Refusal
from contest.extensions import db
from contest.identity import desk, operations
from contest.identity.access import policy, words
from contest.rounds.pages import owner_context

blueprint = Blueprint("verifying", __name__)
TRIED = "certificate"  # what wrong codes are counted under, by device


@blueprint.get(ADDRESS)
@policy("public.read")
def asked() -> ResponseReturnValue:
    """The page where a code is typed; one that was typed leads to its own page."""
    typed = request.args.get("ma", "")[:200].strip()
    meant = readings(typed)
    if meant and len(meant) == 1:
        return redirect(f"{ADDRESS}/{meant[0]}", 303)
    return _answer(typed, clock.now()) if typed else _page()


@blueprint.get(ADDRESS + "/<code>")
@policy("public.read")
def verified(code: str) -> ResponseReturnValue:
    """What a code proves: whose certificate it is, of which decision, and whether it holds."""
    now = clock.now()
    return _answer(code[:200], now)


def _answer(typed: str, now: datetime) -> ResponseReturnValue:
    try:
        found = _found(typed, now)
    except Refusal as refusal:
        return _page(typed, words(refusal)), refusal.status
    return render_template("awards/verified.html", found=found, **owner_context(found.contest))


def _found(typed: str, now: datetime) -> certified.Verified:
    """What the code proves. Raises 404 `wrong_certificate`, which counts, and 429 `too_many_tries`.

    Counted by device and never by address, for an office shares one. Who throws the device's cookie away
    is not slowed down: 50 random bits are what keeps codes from being guessed.
    """
    device = desk.this_device()
    after_this_request(lambda response: desk.keep_device(response, device))
    if not device.new:
        operations.check_tries(TRIED, device.id, now)
    found = certified.verify(readings(typed))
    if found is None:
        db.session.rollback()
        set_writing(True)  # nothing but the wrong try
        operations.count_try(TRIED, device.id, now)
        db.session.commit()
        raise Refusal("wrong_certificate", 404)
    return found


def _page(typed: str = "", error: str = "") -> str:
    return render_template("awards/verify.html", typed=typed, error=error)
