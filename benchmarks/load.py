"""A loopback client: a number of kept-alive connections, each sending one request at a time.

`drive` measures: a connection that is lost ends it. A `Channel` outlives what happens to the server.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What one target answered: seconds spent, latencies in ms, acknowledgements, failures."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def rps(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def whole(received: bytes) -> tuple[int, bytes, bytes] | None:
    """(status, head, body) of an HTTP answer that tells its length; None while bytes of it are missing."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return None
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    return (int(head[9:12]), head, body) if len(body) >= length else None


class Channel:
    """One kept-alive connection to a local port, opened anew after it was lost."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._wire: _Wire | None = None

    async def ask(self, request: bytes, timeout_s: float) -> tuple[int, bytes, bytes]:
        """(status, head, body). Raises OSError (TimeoutError too) or ValueError where no whole answer came."""
        try:
            async with asyncio.timeout(timeout_s):
                if self._wire is None:
                    _transport, self._wire = await asyncio.get_running_loop().create_connection(
                        _Wire, "127.0.0.1", self.port)
                return await self._wire.ask(request)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._wire is not None:
            self._wire.transport.abort()
            self._wire = None


class _Wire(asyncio.Protocol):
    """The bytes of a channel: a request, then its answer."""

    transport: asyncio.Transport
    answer: asyncio.Future[tuple[int, bytes, bytes]] | None = None
    buffer = b""
    lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        if self.lost:
            raise ConnectionError("closed before it was asked")
        self.buffer, self.answer = b"", asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.answer is None or self.answer.done():
            return
        try:
            answer = whole(self.buffer)
        except ValueError as error:
            self.answer.set_exception(error)
            return
        if answer is not None:
            self.answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError(f"closed before the answer was whole: {error}"))


class _Line(asyncio.Protocol):
    """One connection: sends the next request when the answer to the last is whole."""

    def __init__(self, requests: Callable[[], bytes], tally: Tally, until: float, done: asyncio.Future[None]) -> None:
        self.requests, self.tally, self.until, self.done = requests, tally, until, done
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.sent = time.perf_counter()
        if self.sent >= self.until:
            self._end()
            return
        self.transport.write(self.requests())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        answer = whole(self.buffer)
        if answer is None:
            return
        status, head, body = answer
        if status == 200:
            self.tally.latencies.append((time.perf_counter() - self.sent) * 1000)
        else:
            self.tally.failures.append((head.partition(b"\r\n")[0] + b" " + body[:200]).decode())
        self.buffer = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.tally.failures.append(f"connection lost: {error}")
            self._end()

    def _end(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


async def _drive(port: int, sources: list[Callable[[], bytes]], seconds: float, tally: Tally) -> None:
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    lines = []
    for source in sources:
        done: asyncio.Future[None] = loop.create_future()
        lines.append(done)
        await loop.create_connection(
            lambda source=source, done=done: _Line(source, tally, begun + seconds, done),  # type: ignore[misc]
            "127.0.0.1", port)
    await asyncio.gather(*lines)
    tally.seconds += time.perf_counter() - begun


def drive(port: int, sources: list[Callable[[], bytes]], seconds: float, tally: Tally) -> None:
    """Send each source's requests on a connection of its own for `seconds`; adds to `tally`."""
    asyncio.run(_drive(port, sources, seconds, tally))
