"""Many people at once, released on a barrier: what the races are run with."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, select, text, update

from contest.delivery.models import Attempt, Flag, PaperItem, Response
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Entry

PEOPLE = 50
PATIENCE = 60  # seconds until a thread that never came is taken for a failure
OPEN_INDEX = "CREATE UNIQUE INDEX uq_attempt_open ON attempt (entry_id, round_id) WHERE state = 'open'"


def at_once(app: Flask, act: Callable[[int], Any], people: int = PEOPLE) -> list[Any]:
    """What each of `people` threads got from `act(number)`, by number: its value, or the code of its refusal.

    Each has a context and a transaction of its own, committed after the act. Any other exception fails.
    """
    barrier = threading.Barrier(people)
    got: dict[int, Any] = {}
    broken: list[Exception] = []

    def run(number: int) -> None:
        with app.app_context():
            try:
                barrier.wait(PATIENCE)
                got[number] = act(number)
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                got[number] = refusal.code
            except Exception as error:
                broken.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert broken == []
    assert sorted(got) == list(range(people))
    return [got[number] for number in range(people)]


class Gate:
    """Where some wait until another has done something."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    def wait(self) -> None:
        assert self._open.wait(PATIENCE)


def pause_together(barrier: threading.Barrier) -> None:
    """End this thread's transaction and wait for all others: the worst point to be interrupted at."""
    db.session.commit()
    barrier.wait(PATIENCE)


def attempts(app: Flask, *, state: str | None = None) -> int:
    """How many attempts there are, of this state."""
    with app.app_context():
        found = select(func.count()).select_from(Attempt)
        return db.session.scalar(found if state is None else found.where(Attempt.state == state))


def clear(app: Flask) -> None:
    """Take away every sitting and every entry."""
    with app.app_context():
        for model in (Flag, Response, PaperItem, Attempt, Entry):
            db.session.execute(delete(model))
        db.session.commit()


def reopen(app: Flask, attempt_id: str, owner: str) -> None:
    """Put a sitting back to where it was at its start."""
    with app.app_context():
        db.session.execute(delete(Response).where(Response.attempt_id == attempt_id))
        db.session.execute(update(Attempt).where(Attempt.id == attempt_id)
                           .values(state="open", finished_at=None, generation=1, owner=owner))
        db.session.commit()


@contextmanager
def without_open_index(app: Flask) -> Iterator[None]:
    """The database without the constraint that leaves one open attempt; what is in it is lost."""
    with app.app_context():
        db.session.execute(text("DROP INDEX uq_attempt_open"))
        db.session.commit()
    try:
        yield
    finally:
        clear(app)
        with app.app_context():
            db.session.execute(text(OPEN_INDEX))
            db.session.commit()
