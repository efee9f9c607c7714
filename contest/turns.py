"""Turns to write, for SQLite: one connection writes at a time, the others wait in order."""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

WAIT_S = 15.0


class Busy(Exception):
    """No turn to write within 15 s. The request was not carried out; it may be sent again."""


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
