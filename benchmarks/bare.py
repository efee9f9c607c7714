"""The yardstick of a saved answer: WSGI functions without a framework, one durable statement each.

They check the same signed cookie (once, and remember it, as the product does), read the same JSON
and ask the same of the sign-in, the attempt and the round; they leave out what the product adds:
routing, the CSRF token, the shape of the body, the slots and options of the paper, the answers that
are stale or refused. `append` writes the product's own table, `upsert` one row a slot.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from flask.json.tag import TaggedJSONSerializer
from itsdangerous import URLSafeTimedSerializer
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.engine import make_url

URL = os.environ.get("DATABASE_URL", "sqlite://")
SIGNED = URLSafeTimedSerializer(
    os.environ.get("SECRET_KEY", ""), salt="cookie-session", serializer=TaggedJSONSerializer(),
    signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha1})
ALLOWED = """FROM attempt a JOIN round r ON r.id = a.round_id JOIN sign_in s ON s.id = a.owner
WHERE a.id = :attempt AND s.id = :sign_in AND s.account_id = a.account_id AND s.revoked_at IS NULL
AND s.expires_at > :now AND a.state = 'open' AND a.time_limit_at > :now AND r.closes_at > :now"""
APPEND = f"""INSERT INTO response (attempt_id, slot, generation, seq, choice, received_at)
SELECT a.id, :slot, :generation, :seq, :choice, :now {ALLOWED}
ON CONFLICT DO NOTHING RETURNING seq"""
UPSERT = f"""INSERT INTO bench_answer (attempt_id, slot, seq, choice, received_at)
SELECT a.id, :slot, :seq, :choice, :now {ALLOWED}
ON CONFLICT (attempt_id, slot) DO UPDATE SET seq = excluded.seq, choice = excluded.choice,
received_at = excluded.received_at WHERE excluded.seq > bench_answer.seq RETURNING seq"""
TABLE = """CREATE TABLE bench_answer (attempt_id {id} NOT NULL, slot int NOT NULL, seq int NOT NULL, choice text,
received_at bigint NOT NULL, PRIMARY KEY (attempt_id, slot))"""

Environ = dict[str, Any]
Run = Callable[[dict[str, Any]], bool]
_local = threading.local()
_turn = threading.Lock()
KNOWN: dict[str, str] = {}  # cookie → token


def _sqlite(statement: str) -> Run:
    def run(values: dict[str, Any]) -> bool:
        connection = getattr(_local, "connection", None)
        if connection is None:
            connection = _local.connection = sqlite.connect(make_url(URL).database, isolation_level=None, timeout=15)
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
        with _turn:
            return connection.execute(statement, values).fetchone() is not None

    return run


def _postgresql(statement: str) -> Run:
    for name in ("attempt", "sign_in", "now", "slot", "generation", "seq", "choice"):
        statement = statement.replace(f":{name}", f"%({name})s")
    address = URL.replace("postgresql+psycopg://", "postgresql://")

    def run(values: dict[str, Any]) -> bool:
        connection = getattr(_local, "connection", None)
        if connection is None:
            connection = _local.connection = psycopg.connect(address, autocommit=True)
        return connection.execute(statement, values).fetchone() is not None

    return run


def _application(statement: str) -> Callable[[Environ, Callable[..., Any]], Iterable[bytes]]:
    run = _sqlite(statement) if URL.startswith("sqlite") else _postgresql(statement)

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        now = time.time_ns() // 1_000_000
        cookie = environ["HTTP_COOKIE"].partition("contest=")[2].partition(";")[0]
        token = KNOWN.get(cookie) or KNOWN.setdefault(cookie, SIGNED.loads(cookie, max_age=86_400)["token"])
        body = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        answer = body["answers"][0]
        stored = run({
            "attempt": environ["PATH_INFO"].split("/")[4], "sign_in": hashlib.sha256(token.encode()).hexdigest(),
            "generation": body["generation"], "slot": answer["slot"], "seq": answer["seq"],
            "choice": json.dumps(answer["choice"]), "now": now})
        text = json.dumps({"saved": [{"slot": answer["slot"], "seq": answer["seq"]}]}).encode()
        start_response("200 OK" if stored else "409 Conflict", [
            ("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]

    return application


append = _application(APPEND)
upsert = _application(UPSERT)
