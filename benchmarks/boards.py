"""`python -m benchmarks.boards`: boards of many people: the first hundred, one's own rank, a page amid it, unit totals.

And the first pages of the boards of one unit's and of one bloc's people, with one's own place in them.

Standings are written in bulk, a quarter of them perfect; their counters are the product's. Medians, in
the database (cursor by cursor) and of whole pages, in this process. Goals P5: the first hundred and one's own
rank within 1 ms in the database, pages at the largest size within 1.2 times those at 10,000 people; P6: the
totals of 10,000 units within 7 ms. Beside them, for a yardstick, `rank()` over everybody.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, func, insert, select

from benchmarks.copies import multiply
from benchmarks.product import SHAPES, product
from contest import clock
from contest.columns import new_id, to_ms
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.names import fold, name_sort_key
from contest.rounds.models import ContestUnit, Entry, Round
from contest.scoring import policy, ranking
from contest.standings import board, counters, explained, figures, parts, ranks
from contest.standings.board_models import Board, Standing
from tests import factories as make

UNITS, BLOCS, CHUNK, TIMES = 10_000, 3, 5_000, 25
WRITTEN = 10_000  # people written one by one; more are copies of them
MS, TOTALS_MS, RATIO, SMALL = 1.0, 7.0, 1.2, 10_000


def seed(people: int) -> tuple[str, list[str]]:
    """(a closed round with a board of so many people, some of them by their account)."""
    dice, now = random.Random(1), clock.now()
    contest = make.contest(units=tuple(make.unit(headcount=200, bloc=f"Khối {n % BLOCS + 1}") for n in range(UNITS)))
    units = [tuple(row) for row in db.session.execute(
        select(ContestUnit.id, ContestUnit.unit_id).where(ContestUnit.contest_id == contest.id))]
    round_ = make.round_(contest, make.bank(30), opens_at=now - timedelta(days=3), closes_at=now - timedelta(days=1))
    db.session.add(Board(id=round_.id, contest_id=contest.id, round_id=round_.id, policy={}, settled_at=now))
    db.session.commit()
    written, accounts = min(people, WRITTEN), []
    for start in range(0, written, CHUNK):
        rows = [_person(dice, contest.id, round_.id, units, now) for _ in range(min(CHUNK, written - start))]
        for place, table in enumerate((Account, Entry, Standing)):
            db.session.execute(insert(table), [row[place] for row in rows])
        db.session.commit()
        accounts += [row[0]["id"] for row in rows]
    round_id = round_.id
    db.session.commit()
    multiply({"account": ("id", "login"), "entry": ("id", "account_id"), "standing": ("entry_id",)}, people // written)
    counters.recount(round_id)
    db.session.commit()
    return round_id, dice.sample(accounts, TIMES)


def _person(dice: random.Random, contest_id: str, round_id: str, units: list[Any], now: Any) -> tuple[Any, ...]:
    counted, unit = dice.choice(units)
    account_id, entry_id = new_id(), new_id()
    name, begun = f"Người dự thi {dice.randint(1, 999)}", now - timedelta(seconds=dice.randint(90_000, 250_000))
    correct = 30 if dice.random() < 0.25 else dice.randint(5, 29)
    row = {"points": correct * 100, "taken_ms": dice.randint(60_000, 1_200_000), "finished_at": to_ms(begun)}
    return (
        {"id": account_id, "login": f"n{account_id}", "name": name, "unit_id": unit, "audience": "official",
         "must_change_password": False, "active": True, "sort_key": name_sort_key(name), "search_text": fold(name),
         "created_at": begun},
        {"id": entry_id, "contest_id": contest_id, "account_id": account_id, "unit_id": unit,
         "counted_unit_id": counted, "audience": "official", "created_at": begun},
        {**row, "finished_at": begun, "board_id": round_id, "entry_id": entry_id, "audience": "official",
         "unit_id": counted, "ranked": True, "outside": False, "attempts": 1, "blank": 0, "max_points": 3_000,
         "correct": correct, "items": 30, "papers": [[correct, 30, 1]], "entered_at": begun,
         "rank_key": ranking.packed(row, policy.DEFAULT.chain)})


@contextmanager
def in_database() -> Iterator[list[float]]:
    """Milliseconds that the database itself works on the statements inside.

    SQLite works within this process: the cursor's time is its own. PostgreSQL is asked a second time what carrying
    out each statement takes there (`EXPLAIN ANALYZE` without its own clock readings; plans of statements asked so
    often are kept, and are not counted), so neither the way to it nor other work on the processors counts.
    """
    spent, begun, asked = [0.0], [0.0], list[tuple[str, Any]]()

    def before(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))
        begun[0] = time.perf_counter()

    def after(*_args: Any) -> None:
        spent[0] += (time.perf_counter() - begun[0]) * 1000

    event.listen(db.engine, "before_cursor_execute", before)
    event.listen(db.engine, "after_cursor_execute", after)
    try:
        yield spent
    finally:
        event.remove(db.engine, "before_cursor_execute", before)
        event.remove(db.engine, "after_cursor_execute", after)
    if db.engine.dialect.name == "postgresql":
        driver: Any = db.session.connection().connection.dbapi_connection
        spent[0] = 0.0
        for statement, parameters in asked:
            with driver.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters)
                spent[0] += cursor.fetchone()[0][0]["Execution Time"]


def timed(act: Callable[[str], object], accounts: list[str]) -> tuple[float, float]:
    """Medians over the accounts: (ms in the database, ms altogether)."""
    found, whole = [], 0.0
    for account_id in accounts:
        db.session.rollback()
        with in_database() as spent:
            begun = time.perf_counter()
            act(account_id)
            whole = (time.perf_counter() - begun) * 1000
        found.append((spent[0], whole))
    return statistics.median(one[0] for one in found[1:]), statistics.median(one[1] for one in found[1:])


def naive(board_id: str, account_id: str) -> int | None:
    """One's rank as everybody would write it."""
    place = func.rank().over(order_by=(Standing.points.desc(), Standing.taken_ms, Standing.finished_at))
    ranked = select(Standing.entry_id, place.label("place")).where(
        Standing.board_id == board_id, Standing.ranked).subquery()
    return db.session.scalar(select(ranked.c.place).join(Entry, Entry.id == ranked.c.entry_id).where(
        Entry.account_id == account_id))


def key_of(board_id: str, account_id: str) -> str:
    """A person's rank key."""
    return db.session.scalars(select(Standing.rank_key).join(Entry, Entry.id == Standing.entry_id).where(
        Standing.board_id == board_id, Entry.account_id == account_id)).one()


def unit_of(round_id: str, account_id: str) -> str:
    """The participating unit that a person counts for."""
    return db.session.scalars(select(Standing.unit_id).join(Entry, Entry.id == Standing.entry_id).where(
        Standing.board_id == round_id, Entry.account_id == account_id)).one() or ""


def of_part(round_: Round, account_id: str, **asked: str) -> board.BoardPage:
    """The first page of a unit's or a bloc's board, as its page asks for it."""
    part = parts.part_of(round_.contest_id, **asked)
    return board.board(round_.id, masked=True, audience="official", account_id=account_id, part=part)


def measure(name: str, people: int) -> dict[str, tuple[float, float]]:
    """What → (ms in the database, ms altogether) on one database."""
    with product(name) as made, made.app.app_context():
        round_id, accounts = seed(people)
        round_ = db.session.get_one(Round, round_id)
        keys = {account_id: key_of(round_id, account_id) for account_id in accounts}
        units = {account_id: unit_of(round_id, account_id) for account_id in accounts}
        amid = str(people // 2)
        found = {
            "first hundred": timed(lambda _who: board.board(round_id, masked=True, limit=100), accounts),
            "own rank": timed(lambda who: ranks.ahead(round_id, keys[who], "official"), accounts),
            "why that rank": timed(lambda who: explained.explain(round_id, who), accounts),
            "a page amid it": timed(
                lambda _who: board.board(round_id, masked=True, after=amid, limit=100), accounts),
            "a unit's first": timed(lambda who: of_part(round_, who, unit_id=units[who]), accounts),
            "a bloc's first": timed(lambda who: of_part(round_, who, bloc="Khối 1"), accounts),
            "unit totals": timed(lambda _who: figures.participation(round_), accounts),
            "naive rank()": timed(lambda who: naive(round_id, who), accounts[:6]),
            **pages(made.app, round_id, accounts[0], amid),
        }
        if found_wrong := counters.differences(round_id):
            raise RuntimeError(f"counters differ: {found_wrong[:3]}")
    return found


def pages(app: Flask, round_id: str, account_id: str, amid: str) -> dict[str, tuple[float, float]]:
    """Whole pages of somebody signed in."""
    account = db.session.get_one(Account, account_id)
    db.session.refresh(account)
    db.session.expunge(account)
    db.session.remove()  # or the sign-in would wait for it
    client = make.signed_in(app.test_client(), account)
    found = {}
    for what, path in (("board page", f"/dot-thi/{round_id}/xep-hang"),
                       ("board page amid it", f"/dot-thi/{round_id}/xep-hang?sau={amid}"),
                       ("units page", f"/dot-thi/{round_id}/don-vi")):
        def visit(_who: str, path: str = path) -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        found[what] = timed(visit, [account_id] * 12)
    return found


def verdicts(found: dict[int, dict[str, tuple[float, float]]]) -> Iterator[str]:
    """The goals, reached or not, at the largest size."""
    largest = max(found)
    for what, goal in (("first hundred", MS), ("own rank", MS), ("unit totals", TOTALS_MS)):
        value = found[largest][what][0]
        yield f"{what}: {value:.2f} ms of {goal:g}: {'reached' if value <= goal else 'MISSED'}"
    if SMALL in found and largest > SMALL:
        for what in ("board page", "board page amid it"):
            ratio = found[largest][what][1] / found[SMALL][what][1]
            yield f"{what}: {ratio:.2f} times of {RATIO:g}: {'reached' if ratio <= RATIO else 'MISSED'}"


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--people", type=int, nargs="+", default=[SMALL, 100_000, 1_000_000])
    options = parser.parse_args()
    for name in tuple(SHAPES) if options.database == "both" else (options.database,):
        found = {}
        for people in options.people:
            found[people] = measure(name, people)
            print(f"{name}, {people:,} people, {UNITS:,} units: ms in the database / altogether")
            for what, (inside, whole) in found[people].items():
                print(f"  {what:20} {inside:9.2f} {whole:9.2f}", flush=True)
        for line in verdicts(found):
            print(f"  {line}")


if __name__ == "__main__":
    main()
