"""`/api/v1/session`: who is signed in, signing in and out."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from contest import clock
from contest.errors import Refusal
from contest.extensions import csrf, db
from contest.identity import desk, operations
from contest.identity.access import policy, same_origin, sign_in_id
from contest.identity.queries import Person, person_of_sign_in

blueprint = Blueprint("identity_api", __name__, url_prefix="/api/v1")


class SignInBody(BaseModel):
    """The body of POST /session: `login` and `password`, or the `code` of a slip; another field is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)
    login: str | None = None
    password: str | None = None
    code: str | None = None
    name: str | None = None  # of whoever uses a slip first that is nobody's yet

    @model_validator(mode="after")
    def one_way(self) -> "SignInBody":
        by_code = self.code is not None
        if by_code == (self.login is not None) or by_code == (self.password is not None):
            raise ValueError("either login and password, or a code")
        return self


def _session(person: Person | None, now: datetime) -> dict[str, Any]:
    account = None if person is None else {
        "id": person.id, "login": person.login, "name": person.name, "unit": person.unit_name,
        "roles": sorted(person.roles)}
    return {"csrf_token": generate_csrf(), "account": account, "server_now": clock.rfc3339(now)}


@blueprint.get("/session")
@policy("public.read")
def session() -> Response:
    """The token that unsafe requests carry, and who is signed in."""
    now = clock.now()
    person = current_user._get_current_object() if current_user.is_authenticated else None
    return jsonify(_session(person, now))


@blueprint.post("/session")
@csrf.exempt  # type: ignore[untyped-decorator]
@policy("public.read")
def sign_in() -> Response:
    """Sign in by name and password, or by the code of a slip.

    Without a CSRF token, for a program that has no cookie yet has none either. What stands in its
    place against a foreign page that signs somebody in as another: the body must be JSON, which no
    form can send and no script of another origin without a preflight that is never granted; and
    an `Origin` or `Sec-Fetch-Site`, which every browser of today sends, must name this site.
    """
    now = clock.now()
    if not same_origin():
        raise Refusal("csrf", 403)
    if request.mimetype != "application/json":
        raise Refusal("bad_request", 415)
    try:
        body = SignInBody.model_validate_json(request.get_data())
    except ValidationError as error:
        raise Refusal("bad_request", 422) from error
    try:
        opened = (desk.admit(body.login or "", body.password or "", now) if body.code is None else
                  current_app.extensions["admit_code"](body.code, body.name, now))  # of a later room
    except Refusal:
        db.session.commit()  # the wrong try counts
        raise
    db.session.commit()
    answer = jsonify(_session(opened.person or person_of_sign_in(opened.id, now), now))
    return answer if body.login is None else desk.remember_device(answer, body.login)


@blueprint.delete("/session")
@policy("public.read")
def sign_out() -> Response:
    """End this browser's sign-in."""
    now = clock.now()
    key = sign_in_id()
    if key:
        operations.sign_out(key, now)
        db.session.commit()
    return desk.leave(Response(status=204))
