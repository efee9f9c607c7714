"""The page where the code of a slip is typed, or comes with its QR."""

from datetime import datetime

from flask import after_this_request, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity import desk, operations
from contest.identity.access import policy, words
from contest.rounds import entering
from contest.rounds.admission import code_digest, read_code
from contest.rounds.entering import LiveCode
from contest.rounds.forms import EntryCodeForm
from contest.rounds.models import Contest
from contest.rounds.pages import blueprint, owner_context

TRIED = "code"  # what wrong tries are counted under, by device


@blueprint.get("/vao")
@blueprint.get("/vao/<code>", endpoint="enter_by")
@policy("public.read")
def enter(code: str = "") -> ResponseReturnValue:
    """The page for a code; one in the address is put into its field. Looking at it signs nobody in."""
    return _page(EntryCodeForm(formdata=None, code=code[:20]))


@blueprint.post("/vao", endpoint="enter_now")
@policy("public.read")
def enter_now() -> ResponseReturnValue:
    """Sign in by the code; its first user is asked for a name where it is nobody's yet."""
    now = clock.now()
    form = EntryCodeForm()
    if not form.validate():
        return _page(form), 422
    try:
        code = _live(form.code.data or "", now)
        contest = entering.contest_of(code)
        if code.account_id is None and not form.asked.data:
            form.asked.data = "1"
            return _page(form, code, contest)
        account_id = entering.use_code(code, form.name.data, form.phone.data, now)
    except Refusal as refusal:
        return _refused(form, refusal, now)
    address = url_for("rounds.contest_page", code=contest.code)
    desk.enter(account_id, now)
    db.session.commit()
    return redirect(address, 303)


def admit_code(text: str, name: str | None, now: datetime) -> operations.Opened:
    """As the page, for a program: `identity.api`, which may not import this room, is lent it.

    Raises 401 `wrong_code`, 429 `too_many_tries`, 422 `name_required`; the caller commits.
    """
    code = _live(text, now)
    return desk.enter(entering.use_code(code, name, None, now), now, code.person)


def _live(text: str, now: datetime) -> LiveCode:
    """The live code that was typed. Raises 401 `wrong_code`, which counts, and 429 `too_many_tries`.

    Counted by device and never by address. Who throws the device's cookie away is not slowed down:
    60 random bits are what keeps codes from being guessed.
    """
    device = desk.this_device()
    after_this_request(lambda response: desk.keep_device(response, device))
    tried = not device.new and operations.check_tries(TRIED, device.id, now)
    code = read_code(text)
    found = entering.live_code(code_digest(code, current_app.config["SECRET_KEY"]), now) if code else None
    if found is None:
        operations.count_try(TRIED, device.id, now)
        raise Refusal("wrong_code", 401)
    if tried:
        operations.forget_tries(TRIED, device.id)
    return found


def _refused(form: EntryCodeForm, refusal: Refusal, now: datetime) -> ResponseReturnValue:
    if refusal.code == "name_required":
        db.session.rollback()
        code = _live(form.code.data or "", now)
        form.name.errors = [words(refusal)]
        return _page(form, code, entering.contest_of(code)), 422
    db.session.commit()  # the wrong try counts
    form.code.errors = [words(refusal)]
    return _page(form), refusal.status


def _page(form: EntryCodeForm, code: LiveCode | None = None, contest: Contest | None = None) -> str:
    unit = entering.unit_name(code) if code else None
    return render_template("rounds/enter.html", form=form, contest=contest, unit=unit,
                           **(owner_context(contest) if contest else {}))
