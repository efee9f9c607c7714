"""SQLite's manners: no lost update, a fair queue, and proof that without them updates are lost."""

import sqlite3
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contest import database
from contest.database import Busy, WriterQueue, ask_driver, at_once, fetch, looking, set_writing
from contest.extensions import db
from contest.identity.models import Account
from tests import factories

THREADS, ROUNDS = 8, 40


def make_engine(path: Path):
    engine = create_engine(f"sqlite:///{path}", **database.engine_options(f"sqlite:///{path}", THREADS))
    database.prepare(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    return engine


def read_then_write(step, failures):
    """What each thread does: read the counter, write it one higher."""
    for _ in range(ROUNDS):
        try:
            step()
        except Exception as error:
            failures.append(error)


def run_threads(step):
    failures: list[Exception] = []
    threads = [threading.Thread(target=read_then_write, args=(step, failures)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_no_update_is_lost(tmp_path):
    engine = make_engine(tmp_path / "a.db")

    def step():
        with engine.begin() as connection:
            n = connection.execute(text("SELECT n FROM counter")).scalar_one()
            connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    assert run_threads(step) == []
    with engine.begin() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == THREADS * ROUNDS
    engine.dispose()


def test_a_commit_that_fails_gives_its_turn_back_and_leaves_nothing(tmp_path):
    """As on a full disk; here a foreign key is found broken only then."""
    engine = make_engine(tmp_path / "a.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE part (n INTEGER REFERENCES whole DEFERRABLE INITIALLY DEFERRED)"))
        connection.execute(text("CREATE TABLE whole (n INTEGER PRIMARY KEY)"))
    with Session(engine) as session:
        session.execute(text("INSERT INTO part VALUES (1)"))
        with pytest.raises(IntegrityError):
            session.commit()
    with database.at_once(engine) as connection:
        connection.execute(text("UPDATE counter SET n = 5"))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*), max(c.n) FROM part, counter c")).one() == (0, None)
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 5
    engine.dispose()


def test_without_the_manners_updates_are_lost(tmp_path):
    """The control: the driver's own way, which begins no transaction before a SELECT. All read before one writes."""
    path = tmp_path / "b.db"
    make_engine(path).dispose()
    all_have_read = threading.Barrier(THREADS)
    failures = []

    def act():
        try:
            connection = sqlite3.connect(path, timeout=60)
            n = connection.execute("SELECT n FROM counter").fetchone()[0]
            all_have_read.wait(60)
            connection.execute("UPDATE counter SET n = ?", (n + 1,))
            connection.commit()
            connection.close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=act) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check = sqlite3.connect(path)
    kept = check.execute("SELECT n FROM counter").fetchone()[0]
    check.close()
    assert (failures, kept) == ([], 1)


def test_transactions_that_begin_by_reading_cannot_write_once_another_has(tmp_path):
    """The control: a deferred BEGIN, which takes the lock at the first write; waiting longer would not help."""
    path = tmp_path / "deferred.db"
    make_engine(path).dispose()
    barrier = threading.Barrier(50)
    failures = []

    def act():
        connection = database.sqlite.connect(path, timeout=30, isolation_level=None)
        connection.execute("BEGIN")
        n = connection.execute("SELECT n FROM counter").fetchone()[0]
        barrier.wait(60)
        try:
            connection.execute("UPDATE counter SET n = ?", (n + 1,))
            connection.execute("COMMIT")
        except database.sqlite.OperationalError as error:
            failures.append(str(error))
        connection.close()

    threads = [threading.Thread(target=act) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == ["database is locked"] * 49


def test_a_reader_does_not_wait_for_a_writer(tmp_path):
    engine = make_engine(tmp_path / "c.db")
    with engine.begin() as writer:
        writer.execute(text("UPDATE counter SET n = 5"))
        with database.reading(), engine.begin() as reader:
            assert reader.execute(text("SELECT n FROM counter")).scalar_one() == 0
    engine.dispose()


class TestALook:
    """`looked`: on a transaction of its own where none is open, on the open one else."""

    def test_ends_its_own_transaction(self, app):
        with app.app_context():
            assert database.looked(self.count) == 0
            assert not db.session().in_transaction()
            factories.account()
            db.session.commit()
            assert database.looked(self.count) == 1

    def test_leaves_an_open_one_open_and_sees_what_it_wrote(self, app):
        with app.app_context():
            factories.account()
            db.session.flush()
            assert database.looked(self.count) == 1
            db.session.commit()
            assert database.looked(self.count) == 1

    @staticmethod
    def count():
        return db.session.scalar(select(func.count()).select_from(Account))


def test_settings_that_keep_an_acknowledged_answer(tmp_path):
    engine = make_engine(tmp_path / "d.db")
    with engine.begin() as connection:
        def pragma(name):
            return connection.execute(text(f"PRAGMA {name}")).scalar_one()

        assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)
        version = tuple(map(int, connection.execute(text("SELECT sqlite_version()")).scalar_one().split(".")))
        assert version >= database.OLDEST_SQLITE
    engine.dispose()


def test_an_old_sqlite_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "OLDEST_SQLITE", (99, 0, 0))
    engine = create_engine(f"sqlite:///{tmp_path / 'e.db'}")
    with pytest.raises(RuntimeError, match="corrupt"):
        database.prepare(engine)


def test_turns_come_in_the_order_of_asking(tmp_path):
    queue = WriterQueue(tmp_path / "lock")
    queue.acquire()
    joined = threading.Semaphore(0)

    class Told(deque):
        def append(self, turn):
            super().append(turn)
            joined.release()

    queue._waiting = Told()
    order: list[int] = []
    threads = []
    for i in range(5):
        def take(i=i):
            queue.acquire()
            order.append(i)
            queue.release()

        threads.append(threading.Thread(target=take))
        threads[-1].start()
        assert joined.acquire(timeout=60)
    queue.release()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_a_turn_that_does_not_come_is_refused(tmp_path):
    queue = WriterQueue(tmp_path / "lock")
    queue.acquire()
    refused = []

    def ask():
        try:
            queue.acquire(wait_s=0.01)
        except Busy as error:
            refused.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert len(refused) == 1
    queue.release()
    queue.acquire(wait_s=0.01)  # the one who gave up left nothing behind
    queue.release()


def test_another_process_waits_its_turn(tmp_path):
    queue = WriterQueue(tmp_path / "lock")
    code = ("import sys; from pathlib import Path; from contest.database import Busy, WriterQueue\n"
            "try: WriterQueue(Path(sys.argv[1])).acquire(0.05)\n"
            "except Busy: print('busy')\n"
            "else: print('free')")

    def other():
        return subprocess.run([sys.executable, "-c", code, str(queue.path)], capture_output=True, text=True,
                              check=True).stdout.strip()

    queue.acquire()
    assert other() == "busy"
    queue.release()
    assert other() == "free"


def test_a_failed_transaction_gives_its_turn_back(tmp_path):
    engine = make_engine(tmp_path / "f.db")
    with pytest.raises(ZeroDivisionError), engine.begin():
        raise ZeroDivisionError
    with engine.begin() as connection:
        connection.execute(text("UPDATE counter SET n = 1"))
    engine.dispose()


@pytest.mark.parametrize("way", [at_once, looking])
def test_an_engine_disposed_of_leaves_no_connection_open(app, way):
    with app.app_context():
        with way(db.engine) as connection:
            raw = connection.connection.driver_connection
            assert ask_driver(raw, "SELECT 1", ()) == [(1,)]
        db.engine.dispose()
        with pytest.raises(Exception, match="closed"):
            ask_driver(raw, "SELECT 1", ())
        with way(db.engine) as connection:
            assert fetch(connection, "SELECT 1", ()) == [(1,)]


def test_all_statements_of_a_page_see_one_state(app):
    """Between two statements of a page that only reads, another request commits: the page shows none of it."""
    def accounts():
        return db.session.scalar(select(func.count()).select_from(Account))

    def join():
        with app.app_context():
            factories.account()
            db.session.commit()

    with app.test_request_context():
        set_writing(False)
        try:
            before = accounts()
            other = threading.Thread(target=join)
            other.start()
            other.join()
            assert accounts() == before
            db.session.rollback()
            assert accounts() == before + 1
        finally:
            db.session.rollback()
            set_writing(True)
