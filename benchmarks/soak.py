"""`python -m benchmarks.soak`: whole sittings from 32 connections for ten minutes, and what the server holds meanwhile.

Every 15 s the memory of each web process and the size of the database. The memory is flat where its
least-squares slope after the first two minutes (the first half of a shorter run) is below 1 MiB a minute.
"""

import argparse
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from benchmarks.acts import Acts
from benchmarks.people import Person, seed
from benchmarks.play import Play, Script
from benchmarks.processes import rss_bytes, workers_of
from benchmarks.product import SHAPES, product
from contest.extensions import db

CONNECTIONS = 32
EVERY_S, WARM_S = 15.0, 120.0
FLAT_MIB = 1.0  # a minute
SITTINGS = 3  # of each person
RATE = 60  # whole sittings a second that nobody has reached yet: people enough for it are seeded
MIB = 2**20


@dataclass(frozen=True)
class Sample:
    """What was held `at_s` seconds after the beginning, in MiB."""

    at_s: float
    sittings: int
    rss_mib: tuple[float, ...]  # by worker
    database_mib: float


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The least-squares slope of (x, y), in y per x; 0 for fewer than two."""
    if len(points) < 2:
        return 0.0
    middle_x, middle_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    return (sum((x - middle_x) * (y - middle_y) for x, y in points)
            / sum((x - middle_x) ** 2 for x, _y in points))


def growth(samples: Sequence[Sample], warm_s: float) -> list[float]:
    """MiB a minute that each worker's memory grows by, once it is warm."""
    late = [sample for sample in samples if sample.at_s >= warm_s]
    return [slope([(sample.at_s / 60, sample.rss_mib[worker]) for sample in late])
            for worker in range(len(samples[0].rss_mib))]


def database_mib(app: Flask) -> float:
    """The size of the database's files."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            path = Path(str(db.engine.url.database))
            return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*")) / MIB
        size = db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        db.session.rollback()
        return int(size) / MIB


def soak(name: str, minutes: float) -> list[Sample]:
    """Keep the server of one database busy, and look at it."""
    with product(name) as made, made.served() as port:
        crowd = seed(made.app, max(CONNECTIONS, int(minutes * 60 * RATE / SITTINGS)))
        workers = sorted(workers_of(port))[1:]  # the first one only starts and watches the others
        acts, samples, done, until = Acts(crowd), list[Sample](), [0], time.monotonic() + minutes * 60
        over = threading.Event()

        def look() -> None:
            begun = time.monotonic()
            while True:
                samples.append(Sample(time.monotonic() - begun, done[0],
                                      tuple(rss_bytes(pid) / MIB for pid in workers), database_mib(made.app)))
                if over.wait(EVERY_S):
                    return

        watch = threading.Thread(target=look)
        watch.start()
        try:
            Play(port, _sittings(acts, crowd.people, done, until), CONNECTIONS).run()
        finally:
            over.set()
            watch.join()
        acts.notes.pop("queued", None)
        if acts.notes:
            raise RuntimeError(f"failed: {dict(acts.notes)}")
        return samples


def _sittings(acts: Acts, people: list[Person], done: list[int], until: float) -> Iterator[Callable[[], Script]]:
    """Everybody sits once, then again, until the time is over."""
    for _ in range(SITTINGS):
        for person in people:
            if time.monotonic() >= until:
                return
            yield partial(_counted, acts, person, done)


def _counted(acts: Acts, person: Person, done: list[int]) -> Script:
    finished = yield from acts.whole(person)
    done[0] += finished
    return finished


def show(name: str, samples: Sequence[Sample], warm_s: float) -> None:
    """Print the table and the verdict."""
    print(f"\n{name}: {'s':>6}{'sittings':>10}" + "".join(f"{f'worker {n}':>12}" for n, _ in
                                                        enumerate(samples[0].rss_mib, 1)) + f"{'database':>12}  MiB")
    for sample in samples:
        held = "".join(f"{mib:>12.1f}" for mib in sample.rss_mib)
        print(f"{'':<{len(name) + 2}}{sample.at_s:>6.0f}{sample.sittings:>10}{held}{sample.database_mib:>12.1f}")
    last = samples[-1]
    grown = growth(samples, warm_s)
    print(f"{last.sittings / last.at_s:.1f} sittings a second; "
          f"{(last.database_mib - samples[0].database_mib) * 1024 / max(1, last.sittings):.1f} KiB of database each")
    print(f"memory: {', '.join(f'{mib:+.2f}' for mib in grown)} MiB a minute after {warm_s:.0f} s: "
          + ("flat" if max(grown) < FLAT_MIB else "GROWS"))


def main() -> None:
    """Run and print; exit 0 whatever the verdict is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    for name in tuple(SHAPES) if options.database == "both" else (options.database,):
        show(name, soak(name, options.minutes), min(WARM_S, options.minutes * 30))


if __name__ == "__main__":
    main()
