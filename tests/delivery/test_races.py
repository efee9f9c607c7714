"""Many at once, released on a barrier; each with a control that shows what the defence prevents."""

import itertools
import threading

import pytest
from sqlalchemy import func, select, text

from contest.delivery import operations
from contest.delivery.models import Attempt, Response
from contest.delivery.save import Answer, save_answers
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Entry
from tests.delivery.conftest import NOON, SECOND, set_round

PEOPLE = 20
OPEN_INDEX = ("CREATE UNIQUE INDEX uq_attempt_open ON attempt (entry_id, round_id) WHERE state = 'open'")


def at_once(app, act, people=PEOPLE):
    """What `people` threads got from `act(number)`, each in a context and a transaction of its own."""
    barrier = threading.Barrier(people)
    got, broken = [], []

    def run(number):
        with app.app_context():
            try:
                barrier.wait(20)
                result = act(number)
                db.session.commit()
                got.append(result)
            except Refusal as refusal:
                got.append(refusal.code)
            except Exception as error:
                broken.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    assert len(got) == people
    return got


def open_attempts(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Attempt).where(Attempt.state == "open"))


@pytest.fixture
def look_together(monkeypatch):
    """Every thread has looked, and has ended its transaction, before one of them writes: a start's worst case.

    Each counts on an own number, so that the open-attempt index alone stands between them.
    """
    barrier = threading.Barrier(PEOPLE)
    numbers = itertools.count(100)
    ask = operations.start_facts
    seen = threading.local()

    def facts(round_id, account_id, now):
        found = ask(round_id, account_id, now)
        if getattr(seen, "once", False):
            return found
        seen.once = True
        number = next(numbers)
        db.session.commit()
        barrier.wait(20)
        return found.__class__(**{**found.__dict__, "last": number})

    monkeypatch.setattr(operations, "start_facts", facts)


@pytest.fixture
def crowd(app, cast):
    with app.app_context():
        set_round(cast, attempts_allowed=1_000)
    return cast


def test_starts_at_once_leave_one_open_attempt(app, crowd):
    got = at_once(app, lambda _n: crowd.start())
    assert len({started.attempt_id for started in got}) == 1
    assert sum(started.created for started in got) == 1
    assert open_attempts(app) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def test_starts_that_all_saw_none_leave_one_open_attempt(app, crowd, look_together):
    got = at_once(app, lambda _n: crowd.start())
    assert len({started.attempt_id for started in got}) == 1
    assert open_attempts(app) == 1


def test_without_the_index_the_same_starts_leave_many(app, crowd, look_together):
    """The control: what the test above sees is the index's work."""
    with app.app_context():
        db.session.execute(text("DROP INDEX uq_attempt_open"))
        db.session.commit()
    try:
        at_once(app, lambda _n: crowd.start())
        assert open_attempts(app) == PEOPLE
    finally:
        with app.app_context():
            for table in ("paper_item", "attempt"):
                db.session.execute(text(f"DELETE FROM {table}"))
            db.session.execute(text(OPEN_INDEX))
            db.session.commit()


def test_the_quota_holds_whoever_starts_and_submits(app, cast):
    def sit(_number):
        started = cast.start()
        db.session.commit()
        return operations.submit(started.attempt_id, cast.account, NOON + SECOND).receipt

    got = at_once(app, sit)
    with app.app_context():
        rows = db.session.scalars(select(Attempt).order_by(Attempt.number)).all()
        assert [row.number for row in rows] in ([1], [1, 2])
        assert set(got) - {"no_attempts_left"} == {row.receipt for row in rows}


def test_submissions_at_once_give_one_receipt(app, cast):
    with app.app_context():
        attempt = cast.start().attempt_id
        db.session.commit()
    got = at_once(app, lambda n: operations.submit(attempt, cast.account, NOON + n * SECOND))
    assert len(set(got)) == 1
    with app.app_context():
        row = db.session.get(Attempt, attempt)
        assert (row.state, row.receipt, row.finished_at) == ("submitted", got[0].receipt, got[0].submitted_at)


def test_take_overs_at_once_give_each_a_generation_of_its_own(app, cast):
    with app.app_context():
        attempt = cast.start().attempt_id
        db.session.commit()
    got = at_once(app, lambda n: operations.take_over(attempt, cast.account, (cast.phone, cast.laptop)[n % 2], NOON))
    assert sorted(got) == list(range(2, PEOPLE + 2))


@pytest.mark.parametrize("same_seq", [True, False])
def test_saves_at_once_keep_every_acknowledged_answer(app, cast, same_seq):
    """With one seq for all, one choice wins and the others hear `conflict`; else the highest seq counts."""
    with app.app_context():
        started = cast.start()
        db.session.commit()
        tokens = [option.id for option in started.view.items[1].options]

    def save(number):
        answer = Answer(2, 1 if same_seq else number + 1, [tokens[number % 4]])
        return save_answers(db.session.connection(), started.attempt_id, cast.phone, 1, [answer], NOON)

    got = at_once(app, save)
    with app.app_context():
        rows = dict(db.session.execute(select(Response.seq, Response.choice)).all())
    if same_seq:
        assert list(rows) == [1]
        winners = [done for done in got if done.saved]
        assert len(winners) == PEOPLE // 4
        assert all(done.refused == ((2, 1, "conflict"),) for done in got if not done.saved)
    else:
        assert rows == {n + 1: f'["{tokens[n % 4]}"]' for n in range(PEOPLE)}
        assert all(done.saved or done.stale for done in got)
