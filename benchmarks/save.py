"""`python -m benchmarks.save`: a saved answer through the product, bare WSGI functions and the usual Flask.

All run under gunicorn gthread on the same database and are driven in turns from 32 connections.
Only the ratio travels between machines. Goal: the product at >= 75 % of the bare append and
>= 4 times the usual application.
"""

import argparse
import json
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text, update

from benchmarks.bare import TABLE
from benchmarks.load import Tally, drive
from benchmarks.product import SHAPES, product
from contest import clock
from contest.delivery import operations
from contest.delivery.models import Response
from contest.extensions import db
from contest.identity.models import SignIn
from tests import factories as make

GOAL, TIMES = 0.75, 4.0  # of the bare append; as fast as the usual application
ITEMS = 30
TARGETS = {"product": "contest.app:create_app()", "bare append": "benchmarks.bare:append",
           "bare upsert": "benchmarks.bare:upsert", "usual app": "benchmarks.usual:app"}


@dataclass(frozen=True)
class Sitter:
    """One contestant's open attempt, and what its browser sends along."""

    attempt: str
    options: tuple[str, ...]  # the first option of each slot
    cookie: str
    csrf: str

    def requests(self) -> Callable[[], bytes]:
        """A source of save requests: slot after slot, the seq growing, nothing sent twice."""
        head = (f"PUT /api/v1/attempts/{self.attempt}/answers HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Cookie: contest={self.cookie}\r\nX-CSRF-Token: {self.csrf}\r\n"
                "Content-Type: application/json\r\nContent-Length: ")
        count = -1

        def next_request() -> bytes:
            nonlocal count
            count += 1
            seq, slot = divmod(count, ITEMS)
            answer = {"slot": slot + 1, "seq": seq + 1, "choice": [self.options[slot]]}
            body = json.dumps({"generation": 1, "answers": [answer]})
            return f"{head}{len(body)}\r\n\r\n{body}".encode()

        return next_request


def seed(app: Flask, people: int) -> list[Sitter]:
    """People with an open attempt of 30 questions each, signed in for a day."""
    now = clock.now()
    tokens = [secrets.token_urlsafe(32) for _ in range(people)]
    with app.app_context():
        unit = make.unit()
        contest = make.contest(units=(unit,))
        round_ = make.round_(contest, make.bank(2 * ITEMS), questions=ITEMS, minutes=600,
                             opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=12))
        started = []
        for token in tokens:
            person = make.account(unit=unit)
            key = make.sign_in(person, token).id
            started.append(operations.start(round_.id, person.id, key, True, now).view)
        db.session.execute(update(SignIn).values(expires_at=now + timedelta(days=1)))
        db.session.commit()
    sitters = []
    for token, view in zip(tokens, started, strict=True):
        client = app.test_client()
        with client.session_transaction() as session:
            session["token"] = token
        csrf = client.get("/api/v1/session").get_json()["csrf_token"]
        cookie = client.get_cookie("contest")
        assert cookie
        assert view
        sitters.append(Sitter(view.id, tuple(item.options[0].id for item in view.items), cookie.value, csrf))
    return sitters


def measure(name: str, *, connections: int, seconds: float, rounds: int) -> dict[str, Any]:
    """The figures of one database: every target in turn, `rounds` times, a short warm-up first."""
    with product(name) as made, ExitStack() as stack:
        app = made.app
        with app.app_context():
            db.session.execute(text(TABLE.format(id="uuid" if name == "postgresql" else "char(32)")))
            db.session.commit()
        sitters = {target: seed(app, connections) for target in TARGETS}
        ports = {target: stack.enter_context(made.served(address))
                 for target, address in TARGETS.items()}
        sources = {target: [sitter.requests() for sitter in sitters[target]] for target in TARGETS}
        tallies = {target: Tally() for target in TARGETS}
        warm = {target: Tally() for target in TARGETS}
        for target in TARGETS:
            drive(ports[target], sources[target], 1.0, warm[target])
        for _ in range(rounds):
            for target in TARGETS:
                drive(ports[target], sources[target], seconds, tallies[target])
        failures = [line for target in TARGETS for line in warm[target].failures + tallies[target].failures]
        if failures:
            raise RuntimeError(f"{len(failures)} requests failed: {failures[0]}")
        with app.app_context():
            stored = db.session.scalar(select(func.count()).select_from(Response)) or 0
        acknowledged = sum(len(t[target].latencies) for t in (warm, tallies) for target in ("product", "bare append"))
        if stored < acknowledged:
            raise RuntimeError(f"{acknowledged} saves were acknowledged, {stored} are stored")
        return _report(name, tallies)


def _report(name: str, tallies: dict[str, Tally]) -> dict[str, Any]:
    product = tallies["product"].rps
    return {
        "database": name, "workers": SHAPES[name][0], "threads": SHAPES[name][1],
        "targets": {target: {"requests": len(tally.latencies), "rps": round(tally.rps, 1),
                             "p50_ms": round(tally.percentile(0.5), 2), "p99_ms": round(tally.percentile(0.99), 2)}
                    for target, tally in tallies.items()},
        "ratio_to_append": round(product / tallies["bare append"].rps, 3),
        "ratio_to_upsert": round(product / tallies["bare upsert"].rps, 3),
        "ratio_to_usual": round(product / tallies["usual app"].rps, 2),
        "goal": GOAL,
    }


def show(report: dict[str, Any]) -> None:
    """Print one database's figures as a table."""
    print(f"\n{report['database']}: gunicorn gthread {report['workers']} x {report['threads']}")
    print(f"{'target':<14}{'requests':>10}{'rps':>10}{'p50 ms':>10}{'p99 ms':>10}")
    for target, row in report["targets"].items():
        print(f"{target:<14}{row['requests']:>10}{row['rps']:>10}{row['p50_ms']:>10}{row['p99_ms']:>10}")
    reached = "reached" if report["ratio_to_append"] >= GOAL else "MISSED"
    print(f"product / bare append {report['ratio_to_append']:.1%} (goal {GOAL:.0%}: {reached}),"
          f" product / bare upsert {report['ratio_to_upsert']:.1%}, product / usual app {report['ratio_to_usual']:.1f}"
          f" (goal {TIMES:g}: {'reached' if report['ratio_to_usual'] >= TIMES else 'MISSED'})")


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one turn of one target")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each target")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    names = tuple(SHAPES) if options.database == "both" else (options.database,)
    reports = []
    for name in names:
        report = measure(name, connections=options.connections, seconds=options.seconds, rounds=options.rounds)
        show(report)
        reports.append(report)
    print("\n" + json.dumps(reports))
    if options.json:
        options.json.write_text(json.dumps(reports, indent=2) + "\n")


if __name__ == "__main__":
    main()
