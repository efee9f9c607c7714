"""A saved answer as an application is usually written: Flask-Login reads the account, the ORM gets, sets and commits.

The same tables, cookie, body and checks as the bare functions of `bare`; nothing is tuned, nothing is made slow.
"""

import hashlib
import json
import os
import time
from typing import Any

from flask import Flask, jsonify, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_required
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

URL = os.environ.get("DATABASE_URL", "sqlite://")
app = Flask(__name__)
app.config.update(SECRET_KEY=os.environ.get("SECRET_KEY", ""), SESSION_COOKIE_NAME="contest",
                  SQLALCHEMY_DATABASE_URI=URL, SQLALCHEMY_ENGINE_OPTIONS=(
                      {"connect_args": {"timeout": 30}} if URL.startswith("sqlite") else {"pool_size": 16}))
db = SQLAlchemy()
db.init_app(app)
login = LoginManager(app)
ID = db.Uuid(as_uuid=False) if URL.startswith("postgresql") else db.String(32)


class Account(db.Model, UserMixin):  # type: ignore[name-defined,misc]
    __tablename__ = "account"
    id = db.Column(ID, primary_key=True)
    login = db.Column(db.String)
    name = db.Column(db.String)
    active = db.Column(db.Boolean)


class SignIn(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "sign_in"
    id = db.Column(db.String, primary_key=True)
    account_id = db.Column(ID, db.ForeignKey("account.id"))
    expires_at = db.Column(db.BigInteger)
    revoked_at = db.Column(db.BigInteger)


class Round(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "round"
    id = db.Column(ID, primary_key=True)
    closes_at = db.Column(db.BigInteger)


class Attempt(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "attempt"
    id = db.Column(ID, primary_key=True)
    round_id = db.Column(ID, db.ForeignKey("round.id"))
    account_id = db.Column(ID)
    state = db.Column(db.String)
    time_limit_at = db.Column(db.BigInteger)
    round = db.relationship(Round)


class Answer(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "bench_answer"
    attempt_id = db.Column(ID, primary_key=True)
    slot = db.Column(db.Integer, primary_key=True)
    seq = db.Column(db.Integer)
    choice = db.Column(db.Text)
    received_at = db.Column(db.BigInteger)


with app.app_context():
    if URL.startswith("sqlite"):
        @event.listens_for(db.engine, "connect")
        def _durable(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA synchronous=FULL")


@login.request_loader  # type: ignore[untyped-decorator]
def load(_request: object) -> Account | None:
    found = db.session.get(SignIn, hashlib.sha256(session.get("token", "").encode()).hexdigest())
    alive = found is not None and found.revoked_at is None and found.expires_at > _now()
    return db.session.get(Account, found.account_id) if found is not None and alive else None


def _now() -> int:
    return time.time_ns() // 1_000_000


@app.put("/api/v1/attempts/<attempt_id>/answers")
@login_required  # type: ignore[untyped-decorator]
def save(attempt_id: str) -> ResponseReturnValue:
    attempt = db.session.get(Attempt, attempt_id)
    now = _now()
    if attempt is None or attempt.account_id.replace("-", "") != current_user.id.replace("-", ""):
        return jsonify(error="unknown"), 404
    if attempt.state != "open" or attempt.time_limit_at <= now or attempt.round.closes_at <= now:
        return jsonify(error="closed"), 409
    [told] = request.get_json()["answers"]
    answer = db.session.get(Answer, (attempt_id, told["slot"]))
    if answer is None:
        answer = Answer(attempt_id=attempt_id, slot=told["slot"], seq=0)
        db.session.add(answer)
    if told["seq"] > answer.seq:
        answer.seq, answer.choice, answer.received_at = told["seq"], json.dumps(told["choice"]), now
    db.session.commit()
    return jsonify(saved=[{"slot": told["slot"], "seq": told["seq"]}])
