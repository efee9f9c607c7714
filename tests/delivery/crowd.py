"""Many people at once, released on a barrier: what the races are run with."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from contest.database import WriterQueue
from contest.delivery import operations, queries
from contest.delivery.models import Attempt, Flag, PaperItem, Response
from contest.delivery.record_models import AttemptChange
from contest.delivery.save import Answer, save_answers
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Entry
from tests.delivery.conftest import NOON

PEOPLE = 50
PATIENCE = 300  # seconds until a thread that never came is taken for a failure, however busy the machine
OPEN_INDEX = "CREATE UNIQUE INDEX uq_attempt_open ON attempt (entry_id, round_id) WHERE state = 'open'"


def at_once(app: Flask, act: Callable[[int], Any], people: int = PEOPLE) -> list[Any]:
    """What each of `people` threads got from `act(number)`, by number: its value, or the code of its refusal.

    Each has a context and a transaction of its own, committed after the act. Any other exception fails. In
    SQLite nobody is told that the queue is too long: how fast the machine is says nothing about a race.
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
    with mock.patch.object(WriterQueue.acquire, "__defaults__", (PATIENCE,)):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * PATIENCE)
    if broken:
        raise ExceptionGroup("what broke", broken)
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


def let_go_before_insert(monkeypatch: pytest.MonkeyPatch, app: Flask, start: Callable[[], Any],
                         meanwhile: Callable[[], Any]) -> None:
    """A start looks and lets go of what it holds, something else is committed, then it writes its sitting."""
    insert, looked, over = operations._insert_attempt, Gate(), Gate()

    def wait(*arguments: Any) -> Any:
        db.session.commit()
        looked.open()
        over.wait()
        return insert(*arguments)

    def act(number: int) -> Any:
        if number:
            return start()
        looked.wait()
        meanwhile()
        db.session.commit()
        return over.open()

    monkeypatch.setattr(operations, "_insert_attempt", wait)
    at_once(app, act, people=2)


def attempts(app: Flask, *, state: str | None = None) -> int:
    """How many attempts there are, of this state."""
    with app.app_context():
        found = select(func.count()).select_from(Attempt)
        return db.session.scalar(found if state is None else found.where(Attempt.state == state))


def clear(app: Flask) -> None:
    """Take away every sitting and every entry."""
    with app.app_context():
        _delete_all()
        db.session.commit()


def _delete_all() -> None:
    for model in (AttemptChange, Flag, Response, PaperItem, Attempt, Entry):
        db.session.execute(delete(model))


def reopen(app: Flask, attempt_id: str, owner: str) -> None:
    """Put a sitting back to where it was at its start, at NOON."""
    with app.app_context():
        db.session.execute(delete(Response).where(Response.attempt_id == attempt_id))
        db.session.execute(update(Attempt).where(Attempt.id == attempt_id)
                           .values(state="open", finished_at=None, generation=1, owner=owner,
                                   time_limit_at=NOON + timedelta(minutes=20), paused_ms=0, granted_ms=0,
                                   returned=False))
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
        with app.app_context():
            _delete_all()  # on the same connection: SQLite looks at its copy of the schema until a row is touched
            db.session.execute(text(OPEN_INDEX))
            db.session.commit()


class Sitting:
    """A started attempt whose slot 2 people answer, submit and close. Acts need a context; the rest makes its own."""

    def __init__(self, app, cast):
        self.app, self.cast = app, cast
        with app.app_context():
            started = cast.start()
            db.session.commit()
            self.id = started.attempt_id
            self.tokens = [option.id for option in started.view.items[1].options]

    def save(self, seq, option, *, sign_in=None, generation=1, now=NOON):
        answer = Answer(2, seq, [self.tokens[option]])
        return save_answers(db.session.connection(), self.id, sign_in or self.cast.phone, generation, [answer], now)

    def submit(self, now):
        return operations.submit(self.id, self.cast.account, now)

    def reopen(self):
        reopen(self.app, self.id, self.cast.phone)

    def end(self):
        with self.app.app_context():
            row = db.session.get(Attempt, self.id)
            return row.state, row.finished_at, row.receipt

    def rows(self):
        with self.app.app_context():
            return {tuple(row) for row in db.session.execute(select(Response.generation, Response.seq))}

    def counted(self):
        with self.app.app_context():
            return queries.counted_choices([self.id])[self.id]
