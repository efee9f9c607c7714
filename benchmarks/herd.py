"""`python -m benchmarks.herd`: everybody at the same second, through the product's own server.

Starts, submissions and sign-ins are released together; whole sittings (a start, thirty saves, a
submission, the result) run from 32 connections. A 503 with Retry-After is waited for, as browsers do,
and counted. Beside each figure: CPU of the server a request, and what Moodle 4.5 took on the same
kind of machine. Goals P2, P3, P4, P10.
"""

import argparse
import asyncio
import json
import os
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, insert, select

from benchmarks.load import Channel, Tally
from benchmarks.save import SHAPES, database, server, settings
from contest import clock
from contest.app import create_app
from contest.columns import new_id
from contest.config import load
from contest.delivery.models import Attempt, Response
from contest.extensions import db
from contest.identity.access import digest
from contest.identity.models import Account, SignIn
from contest.identity.names import fold, name_sort_key
from contest.identity.operations import hash_password
from tests import factories as make

ITEMS = 30
PASSWORD = "mat khau thu 2026"
TIMEOUT_S = 60
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Person:
    """Somebody with a live sign-in, and what their browser sends along."""

    login: str
    head: str
    channel: Channel
    attempt: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a herd came to. Seconds until the last one was in; latencies in ms; CPU in ms a request."""

    people: int
    seconds: float
    p50_ms: float
    p99_ms: float
    queued: int
    failed: Counter[str]
    cpu_ms: float


def seed(app: Flask, people: int, port: int) -> tuple[str, list[Person]]:
    """A round of 30 questions and people signed in for a day, written in bulk."""
    now, hashed = clock.now(), hash_password(PASSWORD)
    with app.app_context():
        unit = make.unit()
        contest = make.contest(units=(unit,))
        round_ = make.round_(contest, make.bank(10 * ITEMS), questions=ITEMS, minutes=600, attempts_allowed=3,
                             opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=12))
        rows = [{"id": new_id(), "login": f"nguoi{n}x{secrets.token_hex(3)}", "name": f"Người dự thi {n}",
                 "unit_id": unit.id, "audience": "official", "password_hash": hashed, "must_change_password": False,
                 "active": True, "sort_key": name_sort_key(f"Người dự thi {n}"),
                 "search_text": fold(f"Người dự thi {n}"), "created_at": now} for n in range(people)]
        tokens = [secrets.token_urlsafe(32) for _ in rows]
        db.session.execute(insert(Account), rows)
        db.session.execute(insert(SignIn), [
            {"id": digest(token), "account_id": row["id"], "created_at": now, "expires_at": now + timedelta(days=1)}
            for token, row in zip(tokens, rows, strict=True)])
        db.session.commit()
        round_id = round_.id
    return round_id, [Person(row["login"], _head(app, token), Channel(port))
                      for token, row in zip(tokens, rows, strict=True)]


def _head(app: Flask, token: str) -> str:
    raw = secrets.token_hex(20)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    csrf = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)  # type: ignore[arg-type]
    return (f"Host: 127.0.0.1\r\nCookie: contest={signer.dumps({'token': token, 'csrf_token': raw})}\r\n"
            f"X-CSRF-Token: {csrf}\r\nContent-Type: application/json\r\n")


def request(person: Person, method: str, path: str, body: Any = None) -> bytes:
    """The bytes of one request of this person."""
    text = "" if body is None else json.dumps(body)
    return f"{method} /api/v1{path} HTTP/1.1\r\n{person.head}Content-Length: {len(text)}\r\n\r\n{text}".encode()


def _with_cookie(head: str, pair: str) -> str:
    """The head with this cookie, in place of one of the same name."""
    lines = head.split("\r\n")
    kept = [one for one in lines[1].removeprefix("Cookie: ").split("; ")
            if one.partition("=")[0] != pair.partition("=")[0]]
    lines[1] = "Cookie: " + "; ".join([*kept, pair])
    return "\r\n".join(lines)


async def asked(person: Person, method: str, path: str, body: Any, good: tuple[int, ...],
                notes: Counter[str]) -> Any:
    """The JSON of a good answer. Waits out a 503 with Retry-After; any other answer is noted and None."""
    for _ in range(60):
        status, head, data = await person.channel.ask(request(person, method, path, body), TIMEOUT_S)
        if status in good:
            return json.loads(data) if data else {}
        lines = {name.lower(): value for name, _, value in
                 (line.partition(": ") for line in head.decode().split("\r\n")[1:])}
        if status != 503 or "retry-after" not in lines:
            notes[f"{status} {data[:120]!r}"] += 1
            return None
        notes["queued"] += 1
        if "set-cookie" in lines:  # the place in the queue
            person.head = _with_cookie(person.head, lines["set-cookie"].partition(";")[0])
        await asyncio.sleep(float(lines["retry-after"]))
    notes["never let in"] += 1
    return None


async def herd(people: list[Person], act: Callable[[Person, Counter[str]], Awaitable[bool]], pids: list[int],
               at_once: int | None = None) -> Outcome:
    """Everybody acts, released together; or at most `at_once` at a time, each when another is done."""
    notes: Counter[str] = Counter()
    latencies: list[float] = []
    gate = asyncio.Semaphore(at_once or len(people))
    release = asyncio.Event()

    async def one(person: Person) -> None:
        await release.wait()
        async with gate:
            begun = time.perf_counter()
            try:
                done = await act(person, notes)
            except (OSError, ValueError) as error:
                notes[repr(error)[:80]] += 1
                return
            if done:
                latencies.append((time.perf_counter() - begun) * 1000)

    tasks = [asyncio.create_task(one(person)) for person in people]
    await asyncio.sleep(0)
    before, begun = cpu_s(pids), time.perf_counter()
    release.set()
    await asyncio.gather(*tasks)
    seconds = time.perf_counter() - begun
    used = cpu_s(pids) - before
    queued = notes.pop("queued", 0)
    tally = Tally(seconds, latencies)
    return Outcome(len(people), seconds, tally.percentile(0.5), tally.percentile(0.99), queued, notes,
                   used * 1000 / max(1, len(people)))


def cpu_s(pids: list[int]) -> float:
    """CPU seconds of these processes and their children so far."""
    total = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / CLOCK_TICKS
    return total


def workers_of(port: int) -> list[int]:
    """The server's processes: those with the port on their command line, and their children."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"127.0.0.1:{port}".encode() in words:
            found.append(int(folder.name))
    return found


def acts(round_id: str) -> dict[str, Callable[[Person, Counter[str]], Awaitable[bool]]]:
    """What a person of a herd does; True where it worked."""

    async def start(person: Person, notes: Counter[str]) -> bool:
        told = await asked(person, "POST", f"/rounds/{round_id}/attempts", {"consent": True}, (200, 201), notes)
        if told is not None:
            person.attempt = told["id"]
            person.options = tuple(item["options"][0]["id"] for item in told["items"])
        return told is not None

    async def submit(person: Person, notes: Counter[str]) -> bool:
        told = await asked(person, "POST", f"/attempts/{person.attempt}/submit", {"prediction": None}, (200,), notes)
        return told is not None

    async def whole(person: Person, notes: Counter[str]) -> bool:
        if not await start(person, notes):
            return False
        for slot, option in enumerate(person.options, 1):
            saved = await asked(person, "PUT", f"/attempts/{person.attempt}/answers", {
                "generation": 1, "answers": [{"slot": slot, "seq": 1, "choice": [option]}]}, (200,), notes)
            if saved is None:
                return False
        return await submit(person, notes) and await asked(
            person, "GET", f"/attempts/{person.attempt}/result", None, (200,), notes) is not None

    async def sign_in(person: Person, notes: Counter[str]) -> bool:
        plain = Person(person.login, "Host: 127.0.0.1\r\nContent-Type: application/json\r\n", person.channel)
        return await asked(plain, "POST", "/session", {"login": person.login, "password": PASSWORD}, (200,),
                           notes) is not None

    return {"start": start, "submit": submit, "whole": whole, "sign in": sign_in}


def measure(name: str, size: int, whole: int) -> dict[str, Outcome]:
    """The herds of one database: `size` people start and submit together, `whole` sit from 32 connections."""
    with tempfile.TemporaryDirectory() as text_folder, ExitStack() as stack:
        folder = Path(text_folder)
        url = stack.enter_context(database(name, folder))
        environ = settings(name, url, folder)
        app = create_app(load(environ))
        with app.app_context():
            upgrade()
        port = stack.enter_context(server("contest.app:create_app()", SHAPES[name], environ))
        round_id, people = seed(app, size + whole + 1, port)
        pids = workers_of(port)
        found = asyncio.run(_measure(acts(round_id), people, pids, size))
        with app.app_context():
            attempts = db.session.scalar(select(func.count()).select_from(Attempt)) or 0
            open_ones = db.session.scalar(select(func.count()).select_from(Attempt).where(Attempt.state == "open"))
            saves = db.session.scalar(select(func.count()).select_from(Response)) or 0
            db.engine.dispose()
        if (attempts, open_ones, saves) != (len(people), 0, ITEMS * (whole + 1)):
            raise RuntimeError(f"{attempts} attempts of {len(people)}, {open_ones} open, {saves} saves")
        return found


async def _measure(act: dict[str, Any], people: list[Person], pids: list[int], size: int) -> dict[str, Outcome]:
    first, crowd, others = people[:1], people[1:size + 1], people[size + 1:]
    warm = await herd(first, act["whole"], pids)
    if warm.failed:
        raise RuntimeError(f"the first sitting failed: {warm.failed}")
    found = {"starts at once": await herd(crowd, act["start"], pids),
             "submissions at once": await herd(crowd, act["submit"], pids),
             "whole sittings": await herd(others, act["whole"], pids, at_once=32),
             "sign-ins": await herd(crowd[:200], act["sign in"], pids, at_once=32)}
    for person in people:
        person.channel.close()
    return found


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--people", type=int, default=500, help="who start, and submit, at once")
    parser.add_argument("--whole", type=int, default=200, help="whole sittings, from 32 connections")
    options = parser.parse_args()
    for name in tuple(SHAPES) if options.database == "both" else (options.database,):
        print(f"\n{name}: gunicorn gthread {SHAPES[name][0]} x {SHAPES[name][1]}")
        print(f"{'herd':<22}{'people':>8}{'all in, s':>11}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}"
              f"{'queued':>8}{'CPU ms':>8}  failed")
        for what, one in measure(name, options.people, options.whole).items():
            print(f"{what:<22}{one.people:>8}{one.seconds:>11.2f}{one.people / one.seconds:>10.1f}{one.p50_ms:>9.0f}"
                  f"{one.p99_ms:>9.0f}{one.queued:>8}{one.cpu_ms:>8.1f}  {dict(one.failed) or '-'}")
    print("\nMoodle 4.5, tuned, measured once on such a machine: 500 start within 42 s, 500 submit within 38 s, "
          "1.53 whole sittings a second.")


if __name__ == "__main__":
    main()
