"""`python -m benchmarks.secrecy`: does the time that saving takes tell whether the answer is right?

Every answer of a crowd is saved once, one after the other, right or wrong by the toss of a coin, straight into the
WSGI application. Of the times of the right ones and of the wrong ones the test of Mann and Whitney (1947; ranks, so
that a few slow requests count no more than others) says how often chance alone sets them so far apart: `p`. From 0.01
on nothing is told. Beside it the control: the same, while the application looks up the key of a right answer; that
must be told apart.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from flask import Flask
from sqlalchemy import select

from benchmarks.costs import answered, environ
from benchmarks.people import ITEMS, Crowd, Person, seed
from benchmarks.product import SHAPES, product
from contest.delivery.models import PaperItem
from contest.extensions import db
from contest.questions.keys import AnswerKey

CHANCE, COLD = 0.01, 10  # people whose answers warm up
Keys = dict[tuple[str, int], tuple[str, ...]]  # (attempt, slot) → the right tokens


def p_value(some: Sequence[float], others: Sequence[float]) -> float:
    """How often chance sets two samples as far apart as these, 0 to 1: two-sided, by the normal approximation.

    Ties get the mean of their ranks; their correction of the deviation is left out, which only makes `p` larger.
    """
    ranked = sorted((value, mine) for mine, values in ((True, some), (False, others)) for value in values)
    ranks, start = 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        ranks += (start + 1 + end) / 2 * sum(mine for _value, mine in ranked[start:end])
        start = end
    n, m = len(some), len(others)
    u = ranks - n * (n + 1) / 2
    return math.erfc(abs(u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12) / math.sqrt(2))


def started(app: Flask, crowd: Crowd) -> Iterator[tuple[Person, list[list[str]]]]:
    """Everybody with the tokens of each slot of their paper."""
    for person in crowd.people:
        told = json.loads(answered(app, environ(person.request(
            "POST", f"/rounds/{crowd.round_id}/attempts", {"consent": True})), "201"))
        person.started(told)
        yield person, [[option["id"] for option in item["options"]] for item in told["items"]]


def keys(app: Flask) -> Keys:
    """The right tokens of every slot of every paper."""
    with app.app_context():
        return {(attempt, slot): tuple(correct) for attempt, slot, correct in db.session.execute(
            select(PaperItem.attempt_id, PaperItem.slot, AnswerKey.correct)
            .join(AnswerKey, AnswerKey.version_id == PaperItem.version_id))}


def times(app: Flask, crowd: Crowd, looked_up: Callable[[str], None] | None = None) -> tuple[list[float], list[float]]:
    """(microseconds of the saves of right answers, of wrong ones). `looked_up` is called amid those of right ones."""
    dice, found = random.Random(1), ([], [])  # type: tuple[random.Random, tuple[list[float], list[float]]]
    papers = list(started(app, crowd))
    right_of = keys(app)
    for number, (person, options) in enumerate(papers):
        for slot in range(1, ITEMS + 1):
            right = dice.random() < 0.5
            key = right_of[person.attempt, slot]
            token = key[0] if right else dice.choice([one for one in options[slot - 1] if one not in key])
            request = environ(person.request("PUT", f"/attempts/{person.attempt}/answers", {
                "generation": 1, "answers": [{"slot": slot, "seq": 1, "choice": [token]}]}))
            begun = time.perf_counter()
            answered(app, request, "200")
            if right and looked_up:
                looked_up(person.attempt)
            if number >= COLD:
                found[not right].append((time.perf_counter() - begun) * 1_000_000)
    return found


def measure(name: str, saves: int, *, control: bool = False) -> tuple[int, float, float, float]:
    """(saves, median of the right ones in microseconds, of the wrong ones, p) on one database."""
    with product(name, START_BURST="100000") as made:
        crowd = seed(made.app, saves // ITEMS + COLD)

        def look(attempt_id: str) -> None:
            with made.app.app_context():
                db.session.execute(select(PaperItem.slot).where(PaperItem.attempt_id == attempt_id).limit(1)).all()

        some, others = times(made.app, crowd, look if control else None)
    return len(some) + len(others), median(some), median(others), p_value(some, others)


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--saves", type=int, default=4_000, help="right and wrong ones together")
    options = parser.parse_args()
    print(f"{'':<24}{'saves':>8}{'right, us':>12}{'wrong, us':>12}{'p':>10}")
    for name in tuple(SHAPES) if options.database == "both" else (options.database,):
        for control in (False, True):
            saves, right, wrong, chance = measure(name, options.saves, control=control)
            verdict = ("told apart" if chance <= CHANCE else "not told apart") + (", a control" if control else "")
            print(f"{name:<24}{saves:>8}{right:>12.0f}{wrong:>12.0f}{chance:>10.3f}  {verdict}", flush=True)


if __name__ == "__main__":
    main()
