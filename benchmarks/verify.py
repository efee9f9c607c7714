"""`python -m benchmarks.verify`: what it costs to read a round's answers and to reckon its board again.

Both as `contest verify` does, of the round of `benchmarks.regrade`. Seconds are the processor's; memory is what Python
held at most while it read.
"""

import argparse
import time
import tracemalloc
from collections.abc import Callable

from benchmarks.copies import multiply
from benchmarks.product import SHAPES, product
from benchmarks.regrade import COPIED, WRITTEN, seed
from contest import clock
from contest.database import one_state
from contest.extensions import db
from contest.rounds.adding_up import set_overall
from contest.rounds.models import Round
from contest.serving import keep_digest
from contest.standings import counters, digests, recount
from contest.standings.operations import SETTLE, score_round


def measure(name: str, people: int) -> dict[str, tuple[float, float, float]]:
    """What was read → seconds of the processor, seconds, MB."""
    with product(name) as made, made.app.app_context():
        round_id, _version, _organisers = seed(min(people, WRITTEN))
        now = clock.now() + SETTLE
        score_round(round_id, now)
        db.session.commit()
        if people > WRITTEN:
            multiply(COPIED, people // WRITTEN)
            counters.recount(round_id)
        round_ = db.session.get_one(Round, round_id)
        round_.results_published_at = now
        set_overall(round_.contest_id, {"rounds": {"how": "sum"}}, by=None, now=now)
        contest_id = round_.contest_id
        db.session.commit()
        while keep_digest():
            pass
        acts: dict[str, Callable[[], list[object]]] = {
            "answers and results": lambda: list(digests.checked(_unheard)),
            "the round's board": lambda: [recount.of_round(round_id, _unheard)],
            "the board over rounds": lambda: [recount.of_contest(contest_id, _unheard)],
        }
        return {told: _measured(act) for told, act in acts.items()}


def _measured(act: Callable[[], list[object]]) -> tuple[float, float, float]:
    db.session.rollback()
    cpu, begun = time.process_time(), time.perf_counter()
    found = one_state(act)
    took = time.process_time() - cpu, time.perf_counter() - begun
    for one in found:
        if isinstance(one, recount.Recounted) and not one.holds:
            raise RuntimeError(f"what nobody altered differs: {one}")
    tracemalloc.start()
    one_state(act)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return *took, most / 1e6


def _unheard(*_told: object) -> None:
    """Nobody waits for what was read."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=tuple(SHAPES), default="sqlite")
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    for people in options.people:
        for told, (cpu, took, most) in measure(options.database, people).items():
            print(f"{options.database}, {people:,} sittings, {told}: {cpu:.1f} s CPU, {took:.1f} s, {most:.0f} MB",
                  flush=True)


if __name__ == "__main__":
    main()
