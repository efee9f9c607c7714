"""The engine's manners: SQLite made durable and fair; PostgreSQL shows what only reads one state of everything.

SQLite lets one connection write at a time and lets the others sleep and try again, which starves
some of them. So writers queue here first, in order, on a lock that all threads and processes
(web, worker, command line) share; `BEGIN IMMEDIATE` then never waits.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask import has_request_context
from psycopg import IsolationLevel
from pydantic_core import from_json
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from contest.extensions import db
from contest.turns import WAIT_S, Busy, QueuedConnection, WriterQueue

__all__ = ["Busy", "WriterQueue"]
# 3.7.0 to 3.51.2 can corrupt a WAL database when several connections write and checkpoint.
OLDEST_SQLITE = (3, 51, 3)
T = TypeVar("T")
STACK_MOST = 8  # idle connections kept for single statements, per process

_writing: ContextVar[bool] = ContextVar("writing", default=True)
_still: ContextVar[bool] = ContextVar("still", default=False)  # transactions begun now see one state


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read: they take no turn and never block a writer."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def looked(look: Callable[[], T]) -> T:
    """What is found on a transaction that only reads and ends with it, unless one is open: then on that."""
    alone = not db.session().in_transaction()
    with reading():
        found = look()
        if alone:
            db.session.rollback()
    return found


def one_state(look: Callable[[], T]) -> T:
    """As `looked`, and all statements of it see one state, whatever is committed meanwhile, on either database.

    The caller has no transaction open, else it is that one which is seen.
    """
    token = _still.set(True)
    try:
        return looked(look)
    finally:
        _still.reset(token)


def set_writing(flag: bool) -> None:
    """Say what this request's transactions will do (web: by the request's method)."""
    _writing.set(flag)


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

    def close(self) -> None:
        """Close the connection, which nobody uses; the next statement opens another."""
        held, self._connection = self._connection, None
        _close(held)


class Stack:
    """Connections that commit each statement by itself, the one used last on top.

    They stay out of the pool while they are idle: a checkout and its reset cost as much as the
    statement. Used as `with stack as connection:`, by any number of threads.
    """

    def __init__(self, engine: Engine) -> None:
        own = {} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._engine = engine.execution_options(single_statements=True, **own)
        self._idle: deque[tuple[int, Connection]] = deque()
        self._mine = threading.local()

    def __enter__(self) -> Connection:
        try:
            process, connection = self._idle.pop()
        except IndexError:
            process, connection = 0, None
        if connection is None or process != os.getpid():
            connection = self._engine.connect()
        if not hasattr(self._mine, "held"):
            self._mine.held = []
        self._mine.held.append(connection)
        return connection

    def __exit__(self, *_error: object) -> None:
        connection = self._mine.held.pop()
        if connection.invalidated:
            self._idle.clear()  # the others are most likely lost as well: one request finds out, not each
            connection.close()
        elif len(self._idle) >= STACK_MOST:
            connection.close()
        else:
            self._idle.append((os.getpid(), connection))

    def close(self) -> None:
        """Close the idle ones; the next statement opens another."""
        with suppress(IndexError):
            while True:
                _close(self._idle.pop())


def _close(held: tuple[int, Connection] | None) -> None:
    """Close a connection for good, not back into a pool; another process's is its own to close."""
    if held is not None and held[0] == os.getpid() and not held[1].invalidated:
        held[1].detach()
        held[1].close()


_single: WeakKeyDictionary[Engine, Lane | Stack] = WeakKeyDictionary()
_looks: WeakKeyDictionary[Engine, Stack] = WeakKeyDictionary()


def at_once(engine: Engine) -> AbstractContextManager[Connection]:
    """A connection on which a statement is durable by itself, once all its rows have been fetched.

    For a request that needs one statement. It must not be used while this thread has another
    transaction that writes: in SQLite it would wait for itself.
    """
    return _single[engine]


def looking(engine: Engine) -> AbstractContextManager[Connection]:
    """A connection for one statement that only reads, by itself: it takes no turn and waits for nobody.

    It sees what has been committed, not what this thread's transaction has written.
    """
    return _looks[engine]


def fetch(connection: Connection, statement: str, values: dict[str, Any] | tuple[Any, ...]) -> list[Any]:
    """The rows of one statement in the driver's own words, none where it returns none.

    The driver is asked directly: for one statement SQLAlchemy's way to it and back takes as long as
    the database. Raises what SQLAlchemy raises.
    """
    alone = connection.get_execution_options().get("single_statements")
    if not alone and not connection.in_transaction():
        connection.begin()
    raw: Any = connection.connection.driver_connection
    dialect: Any = connection.dialect
    try:
        return ask_driver(raw, statement, values)
    except dialect.dbapi.Error as error:
        gone = dialect.is_disconnect(error, raw, None)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(statement, values, error, dialect.dbapi.Error, connection_invalidated=gone,
                                  dialect=dialect) from error


def ask_driver(raw: Any, statement: str, values: dict[str, Any] | tuple[Any, ...]) -> list[Any]:
    """The rows of one statement on a driver's own connection."""
    cursor = raw.execute(statement, values)
    found: list[Any] = cursor.fetchall() if cursor.description else []
    return found


def engine_options(url: str, threads: int) -> dict[str, Any]:
    """Keyword arguments of `create_engine` for this address and number of threads."""
    if make_url(url).get_backend_name() != "sqlite":
        return {"pool_size": threads + 2, "max_overflow": 4 + STACK_MOST, "pool_timeout": 10, "pool_pre_ping": False,
                "json_deserializer": from_json,
                # At its second time, not the sixth: an opening comes over connections that have done little before.
                "connect_args": {"prepare_threshold": 1}}
    return {
        "module": sqlite,
        "json_deserializer": from_json,  # three times as fast as Python's own
        "connect_args": {"factory": QueuedConnection, "timeout": WAIT_S, "isolation_level": None},
        "pool_size": threads + 2,
        "max_overflow": 8,
    }


def prepare(engine: Engine) -> None:
    """Attach the manners to an engine. Raises RuntimeError for a SQLite that can corrupt."""
    if engine.dialect.name != "sqlite":
        _keep(engine, Stack(engine))
        event.listen(engine, "begin", _one_state)
        return
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {sqlite.sqlite_version} can corrupt a WAL database; 3.51.3 is needed")
    path = Path(engine.url.database or "contest.db")
    path.parent.mkdir(parents=True, exist_ok=True)
    queue = WriterQueue(path.with_name(path.name + ".writer"))

    _keep(engine, Lane(engine, queue))

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


def _keep(engine: Engine, single: Lane | Stack) -> None:
    """Hold its connections beside the pool until the engine is disposed of."""
    _single[engine] = single
    _looks[engine] = single if isinstance(single, Stack) else Stack(engine)
    for one in {single, _looks[engine]}:
        event.listen(engine, "engine_disposed", lambda _engine, one=one: one.close())


def _one_state(connection: Connection) -> None:
    """Let all statements of a page see one state, as they do in SQLite: none mixes what was with what is.

    The driver says so in its BEGIN: it costs no statement.
    """
    if not connection.get_execution_options().get("single_statements"):
        raw: Any = connection.connection.driver_connection
        page = has_request_context() and not _writing.get()
        raw.isolation_level = IsolationLevel.REPEATABLE_READ if page or _still.get() else None
