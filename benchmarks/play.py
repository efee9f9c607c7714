"""A loopback client for many people at once, as light as can be: it runs on the same cores as the server.

What a person does is a generator: it yields the bytes of a request and is sent its `Answer`, or yields
the seconds that it waits. A person has a connection of their own, opened anew where the server closed it.
"""

import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

LONGEST_S = 120.0  # that nothing at all happens


class Answer(NamedTuple):
    """An HTTP answer: status, head without its last empty line, body."""

    status: int
    head: bytes
    body: bytes


Script = Generator[bytes | float, Answer, bool]


@dataclass
class Played:
    """What came of it. `done_ms`: how long each person took whose script returned True, in ms."""

    seconds: float = 0.0
    answers: int = 0
    done_ms: list[float] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.done_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class _Actor:
    """One person at work."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.begun = time.perf_counter()
        self.wire: socket.socket | None = None
        self.request = b""
        self.buffer = b""
        self.connecting = False
        self.fresh = False  # no answer has come on this connection yet


class Play:
    """People who act on one local port, at most `at_once` of them at a time."""

    def __init__(self, port: int, scripts: Iterable[Callable[[], Script]], at_once: int | None = None) -> None:
        self._port = port
        self._coming = iter(scripts)
        self._at_once = at_once
        self._poll = select.epoll()
        self._actors: dict[int, _Actor] = {}
        self._waiting: list[tuple[float, int, _Actor]] = []
        self._acting = 0
        self.found = Played()

    def run(self) -> Played:
        """Until everybody is done. Raises TimeoutError where nothing happens for two minutes."""
        begun = time.perf_counter()
        self._let_in()
        while self._acting:
            pause = LONGEST_S if not self._waiting else max(0.0, self._waiting[0][0] - time.perf_counter())
            events = self._poll.poll(pause)
            if not events and not self._waiting:
                raise TimeoutError(f"{self._acting} people wait for an answer")
            for descriptor, _event in events:
                self._ready(self._actors[descriptor])
            while self._waiting and self._waiting[0][0] <= time.perf_counter():
                actor = heappop(self._waiting)[2]
                self._step(actor, None)
        self.found.seconds += time.perf_counter() - begun
        self._poll.close()
        return self.found

    def _let_in(self) -> None:
        while self._at_once is None or self._acting < self._at_once:
            make = next(self._coming, None)
            if make is None:
                return
            self._acting += 1
            self._step(_Actor(make()), None)

    def _step(self, actor: _Actor, answer: Answer | None) -> None:
        try:
            wish = actor.script.send(answer)  # type: ignore[arg-type]  # None before the first request and after a wait
        except StopIteration as end:
            if end.value:
                self.found.done_ms.append((time.perf_counter() - actor.begun) * 1000)
            self._leave(actor)
            return
        if isinstance(wish, bytes):
            actor.request = wish
            self._send(actor)
        else:
            heappush(self._waiting, (time.perf_counter() + wish, id(actor), actor))

    def _send(self, actor: _Actor) -> None:
        actor.buffer = b""
        if actor.wire is None:
            actor.wire = socket.socket()
            actor.wire.setblocking(False)
            actor.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            actor.wire.connect_ex(("127.0.0.1", self._port))
            actor.connecting = actor.fresh = True
            self._actors[actor.wire.fileno()] = actor
            self._poll.register(actor.wire.fileno(), select.EPOLLOUT)
        else:
            self._write(actor)

    def _write(self, actor: _Actor) -> None:
        assert actor.wire is not None
        try:
            actor.wire.sendall(actor.request)
        except OSError as error:
            self._lost(actor, str(error))

    def _ready(self, actor: _Actor) -> None:
        assert actor.wire is not None
        if actor.connecting:
            actor.connecting = False
            self._poll.modify(actor.wire.fileno(), select.EPOLLIN)
            self._write(actor)
            return
        try:
            data = actor.wire.recv(65_536)
        except OSError as error:
            self._lost(actor, str(error))
            return
        if not data:
            self._lost(actor, "closed")
            return
        actor.buffer += data
        answer = whole(actor.buffer)
        if answer is not None:
            actor.fresh = False
            self.found.answers += 1
            if b"\nConnection: close" in answer.head:
                self._close(actor)
            self._step(actor, answer)

    def _lost(self, actor: _Actor, why: str) -> None:
        """Ask again where a kept connection was closed while nothing was on its way; else it is a failure."""
        fresh, begun = actor.fresh, bool(actor.buffer)
        self._close(actor)
        if fresh or begun:
            self.found.notes[f"lost: {why}"] += 1
            self._leave(actor)
        else:
            self._send(actor)

    def _close(self, actor: _Actor) -> None:
        if actor.wire is not None:
            del self._actors[actor.wire.fileno()]
            self._poll.unregister(actor.wire.fileno())
            actor.wire.close()
            actor.wire = None

    def _leave(self, actor: _Actor) -> None:
        self._close(actor)
        self._acting -= 1
        self._let_in()


def whole(received: bytes) -> Answer | None:
    """The answer, which tells its length; None while bytes of it are missing. Raises ValueError for another."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return None
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    return Answer(int(head[9:12]), head, body) if len(body) >= length else None
