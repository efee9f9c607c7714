"""People of a benchmark: who they are, what their browsers send along, and what a request of theirs looks like."""

import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert

from contest import clock
from contest.columns import new_id
from contest.extensions import db
from contest.identity.access import digest
from contest.identity.desk import new_token
from contest.identity.models import Account, SignIn
from contest.identity.names import fold, name_sort_key
from contest.identity.operations import hash_password
from contest.rounds.codes import MOST, make_for_roster
from tests import factories as make

ITEMS = 30
PASSWORD = "mat khau thu 2026"
PLAIN = "Host: 127.0.0.1\r\nContent-Type: application/json\r\n"  # of a browser that holds nothing yet


@dataclass
class Person:
    """Somebody with a live sign-in. `head` are the lines of every request of theirs, `code` that of their slip."""

    login: str
    head: str
    code: str = ""
    attempt: str = ""
    options: tuple[str, ...] = ()  # the first option of each slot

    def request(self, method: str, path: str, body: Any = None) -> bytes:
        """The bytes of one request to the API."""
        text = "" if body is None else json.dumps(body)
        return f"{method} /api/v1{path} HTTP/1.1\r\n{self.head}Content-Length: {len(text)}\r\n\r\n{text}".encode()

    def started(self, told: dict[str, Any]) -> None:
        """Keep what the answer to a start tells."""
        self.attempt = told["id"]
        self.options = tuple(item["options"][0]["id"] for item in told["items"])

    def answers(self, slots: Iterable[int], seq: int = 1) -> dict[str, Any]:
        """The body that saves an answer to each of these slots."""
        return {"generation": 1, "answers": [
            {"slot": slot, "seq": seq, "choice": [self.options[slot - 1]]} for slot in slots]}


@dataclass
class Crowd:
    """A round of 30 questions, open for hours, and the people who sit it."""

    round_id: str
    contest_code: str
    people: list[Person] = field(default_factory=list)
    organiser: Person | None = None


def seed(app: Flask, people: int, *, codes: bool = False) -> Crowd:
    """Write them in bulk; everybody signed in for a day, with a slip of their own where `codes` says so."""
    now, key = clock.now(), app.config["SECRET_KEY"]
    with app.app_context():
        unit = make.unit()
        contest = make.contest(units=(unit,))
        round_ = make.round_(contest, make.bank(10 * ITEMS), questions=ITEMS, minutes=600, attempts_allowed=3,
                             opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=12))
        rows = _accounts(people, unit.id, now)
        db.session.execute(insert(Account), rows)
        names = {row["name"]: row["login"] for row in rows}
        slips = {names[slip.name]: slip.code for _ in range(-(-people // MOST) if codes else 0)
                 for slip in make_for_roster(contest.id, unit.id, key, by=None, now=now)}
        staff = make.account("tochuc", roles=("organiser", "administrator"))
        tokens = [new_token() for _ in range(people + 1)]
        db.session.execute(insert(SignIn), [
            {"id": digest(token), "account_id": account_id, "created_at": now, "expires_at": now + timedelta(days=1)}
            for token, account_id in zip(tokens, [*(row["id"] for row in rows), staff.id], strict=True)])
        db.session.commit()
        crowd = Crowd(round_.id, contest.code)
    head = _heads(app)
    crowd.people = [Person(row["login"], head(token), slips.get(row["login"], ""))
                    for row, token in zip(rows, tokens, strict=False)]
    crowd.organiser = Person("tochuc", head(tokens[-1]))
    return crowd


def _accounts(people: int, unit_id: str, now: datetime) -> list[dict[str, Any]]:
    hashed = hash_password(PASSWORD)
    return [{"id": new_id(), "login": f"nguoi{n}x{secrets.token_hex(3)}", "name": f"Người dự thi {n}",
             "unit_id": unit_id, "audience": "official", "password_hash": hashed, "must_change_password": False,
             "active": True, "sort_key": name_sort_key(f"Người dự thi {n}"),
             "search_text": fold(f"Người dự thi {n}"), "created_at": now} for n in range(people)]


def _heads(app: Flask) -> Callable[[str], str]:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    csrf = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")  # type: ignore[arg-type]

    def head(token: str) -> str:
        raw = secrets.token_urlsafe(16)
        return (f"Host: 127.0.0.1\r\nCookie: contest={signer.dumps({'token': token, 'csrf_token': raw})}\r\n"
                f"X-CSRF-Token: {csrf.dumps(raw)}\r\nContent-Type: application/json\r\n")

    return head
