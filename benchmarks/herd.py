"""`python -m benchmarks.herd`: everybody at the same second, through the product's own server.

Starts and submissions are released together; whole sittings (a start, thirty saves, a submission, the
result), saves and sign-ins run from 32 connections. Beside each figure: CPU of the web processes a
person, and its requests a second as a share of the bare WSGI function's saved answers (`bare.append`,
on the same database, in the same run). The hashes are yardsticks of the sign-ins. Goals P2, P3, P4, P10.
"""

import argparse
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from benchmarks.acts import Act, Acts
from benchmarks.people import ITEMS, PASSWORD, Person, seed
from benchmarks.play import Play, Script
from benchmarks.processes import cpu_ms, workers_of
from benchmarks.product import SHAPES, product
from contest.delivery.models import Attempt, Response
from contest.extensions import db
from contest.identity.operations import hash_password, matches

CONNECTIONS = 32
WARM = 24  # whole sittings before anything is measured, so that every process has done all of it
SIGN_INS, SAVES = 200, 60
IN_TIME = {"starts": {500: 2, 4000: 15}, "submissions": {500: 2, 4000: 12}}  # seconds by people
WHOLE_A_SECOND, OF_THE_HASH, OF_SAVES = 45, 0.8, 0.5
BARE = "bare saves"
REQUESTS = {"whole sittings": ITEMS + 3}  # of each person; else one


@dataclass(frozen=True)
class Outcome:
    """What a herd came to. Seconds until the last one was in; latencies in ms; CPU in ms a person."""

    people: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    queued: int
    failed: Counter[str]
    goal: str = ""  # as it is printed
    missed: bool = False

    @property
    def rate(self) -> float:
        return self.people / self.seconds


class Field:
    """The server, and the people who go at it."""

    def __init__(self, acts: Acts, port: int) -> None:
        self.acts, self._port = acts, port

    def herd(self, people: list[Person], act: Act, at_once: int | None = None) -> Outcome:
        """Everybody acts, released together; or at most `at_once` at a time, each when another is done."""
        pids = workers_of(self._port)
        before, had = cpu_ms(pids), Counter(self.acts.notes)
        played = Play(self._port, (partial(act, person) for person in people), at_once).run()
        notes = self.acts.notes - had + played.notes
        queued = notes.pop("queued", 0)
        if len(played.done_ms) + sum(notes.values()) < len(people):
            raise RuntimeError(f"{len(people)} people, {len(played.done_ms)} done, {notes}")
        return Outcome(len(people), played.seconds, played.percentile(0.5), played.percentile(0.99),
                       (cpu_ms(pids) - before) / len(people), queued, notes)


def hashes_a_second(count: int = 60) -> float:
    """What the bare check of a password allows on all cores, without anything around it."""
    hashed = hash_password(PASSWORD)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        begun = time.perf_counter()
        right = list(pool.map(lambda _: matches(hashed, PASSWORD), range(count)))
    if not all(right):
        raise RuntimeError("a right password was refused")
    return count / (time.perf_counter() - begun)


def measure(name: str, size: int, whole: int) -> dict[str, Outcome]:
    """The herds of one database: `size` people start and submit together, `whole` sit from 32 connections."""
    with product(name) as made:
        crowd = seed(made.app, WARM + size + whole, codes=True)
        with made.served() as port:
            acts = Acts(crowd)
            with made.served("benchmarks.bare:append") as bare:
                found = _measure(Field(acts, port), Field(acts, bare), crowd.people, size)
        with made.app.app_context():
            attempts = db.session.scalar(select(func.count()).select_from(Attempt)) or 0
            open_ones = db.session.scalar(select(func.count()).select_from(Attempt).where(Attempt.state == "open"))
            saves = db.session.scalar(select(func.count()).select_from(Response)) or 0
        wanted = len(crowd.people), 0, ITEMS * (WARM + whole) + 3 * SAVES * CONNECTIONS
        if not any(one.failed for one in found.values()) and (attempts, open_ones, saves) != wanted:
            raise RuntimeError(f"{(attempts, open_ones, saves)} attempts, open ones, saves; {wanted} were told")
        return found


def _measure(field: Field, bare: Field, people: list[Person], size: int) -> dict[str, Outcome]:
    acts = field.acts
    warm, crowd, others = people[:WARM], people[WARM:WARM + size], people[WARM + size:]
    for act in (acts.whole, acts.sign_in, acts.enter):
        if field.herd(warm, act, 8).failed:
            raise RuntimeError(f"a warm-up failed: {acts.notes}")
    found = {"starts at once": _in_time("starts", field.herd(crowd, acts.start)),
             "saved answers": _a_save(field.herd(crowd[:CONNECTIONS], partial(_saves, acts))),
             BARE: [_a_save(bare.herd(crowd[:CONNECTIONS], partial(_saves, acts, turn=turn))) for turn in (1, 2)][-1],
             "submissions at once": _in_time("submissions", field.herd(crowd, acts.submit))}
    sittings = field.herd(others, acts.whole, CONNECTIONS)
    found["whole sittings"] = _goal(sittings, f"{WHOLE_A_SECOND} a second", sittings.rate >= WHOLE_A_SECOND)
    hashes = [hashes_a_second()]
    by_password = field.herd(crowd[:SIGN_INS], acts.sign_in, CONNECTIONS)
    hashes.append(hashes_a_second())
    share = by_password.rate / max(hashes)
    found["sign-ins by password"] = _goal(
        by_password, f"{OF_THE_HASH:.0%} of {max(hashes):.0f} bare hashes: {share:.0%}", share >= OF_THE_HASH)
    by_code = field.herd(crowd, acts.enter, CONNECTIONS)
    share = by_code.rate / found["saved answers"].rate
    found["sign-ins by code"] = _goal(by_code, f"{OF_SAVES:.0%} of the saves: {share:.0%}", share >= OF_SAVES)
    return found


def _saves(acts: Acts, person: Person, turn: int = 0) -> Script:
    for count in range(turn * SAVES, (turn + 1) * SAVES):
        seq, slot = divmod(count, ITEMS)
        if not (yield from acts.save(person, slot + 1, seq + 1)):
            return False
    return True


def _a_save(one: Outcome) -> Outcome:
    """As of each answer, instead of each person, who saved many."""
    return Outcome(one.people * SAVES, one.seconds, one.p50_ms / SAVES, float("nan"), one.cpu_ms / SAVES, one.queued,
                   one.failed)


def _in_time(what: str, one: Outcome) -> Outcome:
    most = IN_TIME[what].get(one.people)
    return one if most is None else _goal(one, f"{most} s", one.seconds <= most)


def _goal(one: Outcome, text: str, reached: bool) -> Outcome:
    return Outcome(one.people, one.seconds, one.p50_ms, one.p99_ms, one.cpu_ms, one.queued, one.failed, text,
                   not reached or bool(one.failed))


def show(name: str, found: dict[str, Outcome]) -> None:
    """Print one database's figures as a table."""
    print(f"\n{name}: gunicorn gthread {SHAPES[name][0]} x {SHAPES[name][1]}")
    print(f"{'herd':<22}{'people':>7}{'all in, s':>11}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}"
          f"{'queued':>8}{'of bare':>9}")
    yardstick = found[BARE].rate
    for what, one in found.items():
        share = one.rate * REQUESTS.get(what, 1) / yardstick
        verdict = f"  {'MISSED' if one.missed else 'reached'}: {one.goal}" if one.goal else ""
        failed = f"  FAILED: {dict(one.failed)}" if one.failed else ""
        print(f"{what:<22}{one.people:>7}{one.seconds:>11.2f}{one.rate:>10.1f}{one.p50_ms:>8.1f}{one.p99_ms:>8.0f}"
              f"{one.cpu_ms:>8.2f}{one.queued:>8}{share:>9.0%}{verdict}{failed}")


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--people", type=int, default=500, help="who start, and submit, at once (goals: 500, 4000)")
    parser.add_argument("--whole", type=int, default=200, help="whole sittings, from 32 connections")
    options = parser.parse_args()
    for name in tuple(SHAPES) if options.database == "both" else (options.database,):
        show(name, measure(name, options.people, options.whole))
    print("\nMoodle 4.5, tuned, measured once on such a machine: 500 start within 42 s, 500 submit within 38 s, "
          "1.53 whole sittings a second.")


if __name__ == "__main__":
    main()
