"""The engine's manners: SQLite made durable and fair, PostgreSQL left as it is.

SQLite lets one connection write at a time and lets the others sleep and try again, which starves
some of them. So writers queue here first, in order, on a lock that all threads and processes
(web, worker, command line) share; `BEGIN IMMEDIATE` then never waits.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

# 3.7.0 to 3.51.2 can corrupt a WAL database when several connections write and checkpoint.
OLDEST_SQLITE = (3, 51, 3)
WAIT_S = 15.0
STACK_MOST = 8  # idle connections of PostgreSQL kept for single statements, per process

_writing: ContextVar[bool] = ContextVar("writing", default=True)


class Busy(Exception):
    """No turn to write within 15 s. The request was not carried out; it may be sent again."""


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read: they take no turn and never block a writer."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def set_writing(flag: bool) -> None:
    """Say what this request's transactions will do (web: by the request's method)."""
    _writing.set(flag)


class WriterQueue:
    """First come, first served within a process; across processes, an advisory file lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False
        self._file: tuple[int, int] | None = None  # (process, descriptor): a fork opens its own

    def acquire(self, wait_s: float = WAIT_S) -> None:
        """Take the turn. Raises `Busy` after `wait_s` seconds."""
        until = time.monotonic() + wait_s
        self._acquire_thread(wait_s)
        try:
            self._acquire_process(until)
        except BaseException:
            self._release_thread()
            raise

    def release(self) -> None:
        fcntl.flock(self._descriptor(), fcntl.LOCK_UN)
        self._release_thread()

    def _acquire_thread(self, wait_s: float) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(wait_s):
            return
        with self._guard:
            if turn.is_set():  # the turn came between the time-out and this line
                return
            self._waiting.remove(turn)
        raise Busy

    def _release_thread(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False

    def _acquire_process(self, until: float) -> None:
        pause = 0.0005
        while True:
            try:
                fcntl.flock(self._descriptor(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Busy from None
                time.sleep(pause)
                pause = min(pause * 2, 0.008)

    def _descriptor(self) -> int:
        if self._file is None or self._file[0] != os.getpid():
            self._file = (os.getpid(), os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        return self._file[1]


class QueuedConnection(sqlite.Connection):  # type: ignore[misc]  # pysqlite3 has no types
    """A SQLite connection that gives its turn back once its transaction has ended."""

    queue: WriterQueue | None = None

    def begin_writing(self, queue: WriterQueue) -> None:
        queue.acquire()
        self.queue = queue
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._pass_on()
            raise

    def commit(self) -> None:
        """Commit, or roll back: SQLAlchemy takes its transaction for ended where this fails, SQLite does not."""
        try:
            super().commit()
        except BaseException:  # the disk is full
            self.rollback()
            raise
        self._pass_on()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._pass_on()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        if self.queue is not None:
            queue, self.queue = self.queue, None
            queue.release()


class Lane:
    """Single statements, one after the other, on one connection whose page cache stays warm.

    Each commits by itself, which spares a BEGIN and a COMMIT; what another connection writes costs
    every connection its cache. `with lane as connection:` holds the turn to write.
    """

    def __init__(self, engine: Engine, queue: WriterQueue) -> None:
        self._engine = engine.execution_options(single_statements=True)
        self._queue = queue
        self._connection: tuple[int, Connection] | None = None  # (process, …): a fork opens its own

    def __enter__(self) -> Connection:
        self._queue.acquire()
        try:
            if self._connection is None or self._connection[0] != os.getpid() or self._connection[1].invalidated:
                self._connection = os.getpid(), self._engine.connect()
        except BaseException:
            self._queue.release()
            raise
        return self._connection[1]

    def __exit__(self, *_error: object) -> None:
        self._queue.release()


class Stack:
    """Connections of PostgreSQL that commit each statement by itself, the one used last on top.

    They stay out of the pool while they are idle: a checkout and its reset cost as much as the
    statement. Used as `with stack as connection:`, by any number of threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT", single_statements=True)
        self._idle: deque[tuple[int, Connection]] = deque()
        self._mine = threading.local()

    def __enter__(self) -> Connection:
        try:
            process, connection = self._idle.pop()
        except IndexError:
            process, connection = 0, None
        if connection is None or process != os.getpid():
            connection = self._engine.connect()
        self._mine.connection = connection
        return connection

    def __exit__(self, *_error: object) -> None:
        connection = self._mine.connection
        if connection.invalidated or len(self._idle) >= STACK_MOST:
            connection.close()
        else:
            self._idle.append((os.getpid(), connection))


_single: WeakKeyDictionary[Engine, Lane | Stack] = WeakKeyDictionary()


def at_once(engine: Engine) -> AbstractContextManager[Connection]:
    """A connection on which a statement is durable by itself, once all its rows have been fetched.

    For a request that needs one statement. It must not be used while this thread has another
    transaction that writes: in SQLite it would wait for itself.
    """
    return _single[engine]


def fetch(connection: Connection, statement: str, values: dict[str, Any]) -> list[Any]:
    """The rows of one statement in the driver's own words.

    On a connection of `at_once` the driver is asked directly: for one statement SQLAlchemy's way to it
    and back takes as long as the database. Raises what SQLAlchemy raises.
    """
    if not connection.get_execution_options().get("single_statements"):
        return list(connection.exec_driver_sql(statement, values))
    raw: Any = connection.connection.driver_connection
    dialect: Any = connection.dialect
    try:
        found: list[Any] = raw.execute(statement, values).fetchall()
    except dialect.dbapi.Error as error:
        gone = dialect.is_disconnect(error, raw, None)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(statement, values, error, dialect.dbapi.Error, connection_invalidated=gone,
                                  dialect=dialect) from error
    return found


def engine_options(url: str, threads: int) -> dict[str, Any]:
    """Keyword arguments of `create_engine` for this address and number of threads."""
    if make_url(url).get_backend_name() != "sqlite":
        return {"pool_size": threads + 2, "max_overflow": 4 + STACK_MOST, "pool_timeout": 10, "pool_pre_ping": False}
    return {
        "module": sqlite,
        "connect_args": {"factory": QueuedConnection, "timeout": WAIT_S, "isolation_level": None},
        "pool_size": threads + 2,
        "max_overflow": 8,
    }


def prepare(engine: Engine) -> None:
    """Attach the manners to an engine. Raises RuntimeError for a SQLite that can corrupt."""
    if engine.dialect.name != "sqlite":
        _single[engine] = Stack(engine)
        return
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {sqlite.sqlite_version} can corrupt a WAL database; 3.51.3 is needed")
    path = Path(engine.url.database or "contest.db")
    path.parent.mkdir(parents=True, exist_ok=True)
    queue = WriterQueue(path.with_name(path.name + ".writer"))

    _single[engine] = Lane(engine, queue)

    @event.listens_for(engine, "connect")
    def _connect(connection: QueuedConnection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=15000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("single_statements"):
            return
        raw = connection.connection.dbapi_connection
        if not isinstance(raw, QueuedConnection):
            raise TypeError(f"a connection of another making: {type(raw)}")
        if _writing.get():
            raw.begin_writing(queue)
        else:
            raw.execute("BEGIN")
