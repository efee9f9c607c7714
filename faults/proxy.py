"""The bad network between contestants and server: a proxy that cuts, delays and resets on demand."""

import asyncio
import random
from contextlib import suppress

CHUNK = 65_536


class Proxy:
    """Listens on 127.0.0.1 and passes on to a local port, as long as it pleases."""

    def __init__(self, target: int, seed: int = 0) -> None:
        self.target = target
        self.latency_s = 0.0  # each way
        self.resets = 0.0  # chance of a chunk, either way, to end its connection instead of arriving
        self.is_cut = False
        self.cut_count = self.reset_count = 0
        self._random = random.Random(seed)
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        """Begin to listen; returns the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Every connection ends at once, new ones end at once too, until `restore`."""
        self.is_cut = True
        self.cut_count += 1
        for writer in list(self._lines):
            writer.transport.abort()

    def restore(self) -> None:
        self.is_cut = False

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        if self.is_cut:  # meanwhile
            writer.transport.abort()
            far_writer.transport.abort()
            return
        pair = {writer, far_writer}
        self._lines |= pair
        ways = [asyncio.create_task(self._pass(*way)) for way in ((reader, far_writer), (far_reader, writer))]
        self._tasks |= set(ways)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for one in pair:
            one.transport.abort()
        for way in ways:
            way.cancel()
        self._lines -= pair
        self._tasks -= set(ways)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.latency_s:
                    await asyncio.sleep(self.latency_s)
                if self._random.random() < self.resets:
                    self.reset_count += 1
                    return
                writer.write(data)
                await writer.drain()
