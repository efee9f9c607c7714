"""The web server under test: `contest serve` with its children, or a control's application under gunicorn."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.load import Channel
from contest.config import TABLE
from faults import processes

SERVE = (sys.executable, "-m", "contest.cli", "serve")
READY_S = 120.0
STOP_S = 60.0


class NotBack(Exception):
    """The server did not recover by itself."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Started and ended as often as a scene wants, always on the same port."""

    def __init__(self, settings: dict[str, str], log: Path, application: str = "", threads: int = 16) -> None:
        self.port = free_port()
        own = {row.name for row in TABLE}
        self.environ = {name: value for name, value in os.environ.items() if name not in own}
        self.environ |= {"HOST": "127.0.0.1", "PORT": str(self.port), "WEB_THREADS": str(threads), **settings}
        self.command = self._gunicorn(application) if application else SERVE
        self.log = log
        self.begun: subprocess.Popen[bytes] | None = None

    def _gunicorn(self, application: str) -> Sequence[str]:
        return (sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
                "--workers", self.environ.get("WEB_WORKERS", "1"), "--threads", self.environ["WEB_THREADS"],
                "--keep-alive", "30", "--no-control-socket", "--log-level", "warning", application)

    def start(self) -> None:
        self.begun = processes.start(self.command, self.log, self.environ)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """What was started last."""
        assert self.begun is not None, "not started"
        return self.begun

    async def ready(self) -> None:
        """Wait until it answers and its database does. Raises `NotBack`."""
        channel, until = Channel(self.port), time.monotonic() + READY_S
        request = f"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        while time.monotonic() < until:
            try:
                status, _head, _body = await channel.ask(request, 5)
                if status == 200:
                    channel.close()
                    return
            except (OSError, ValueError):
                pass
            channel.close()
            await asyncio.sleep(0.1)
        raise NotBack(f"not ready within {READY_S:.0f} s; see {self.log}")

    def master(self) -> int:
        """The web server's parent process; 0 while there is none."""
        if self.command is not SERVE:
            return self.process.pid
        return next((pid for pid in processes.children(self.process.pid) if "gunicorn" in processes.command(pid)), 0)

    def worker(self) -> int:
        """The process that closes and scores; 0 while there is none."""
        return next((pid for pid in processes.children(self.process.pid)
                     if "contest.cli worker" in processes.command(pid)), 0)

    def serving(self) -> list[int]:
        """The web workers that have begun to answer: their threads are made with the first requests."""
        master = self.master()
        return [pid for pid in processes.children(master) if processes.threads(pid) > 1] if master else []

    async def kill_web_worker(self, chance: random.Random) -> None:
        """SIGKILL one that answers, as soon as there is one; of several, while another goes on. Raises `NotBack`."""
        least = min(2, int(self.environ.get("WEB_WORKERS", "1")))

        def find() -> int:
            found = self.serving()
            return chance.choice(found) if len(found) >= least else 0

        await self.kill(find)

    async def kill(self, find: Callable[[], int], number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the process that `find` finds, as soon as it finds one. Raises `NotBack`."""
        until = time.monotonic() + READY_S
        while not (pid := find()):
            if time.monotonic() > until:
                raise NotBack(f"no process; see {self.log}")
            await self._knock()
            await asyncio.sleep(0.05)
        processes.send([pid], number)

    async def _knock(self) -> None:
        """A request on a connection of its own: kept-alive ones may all be with one web worker, the others unasked."""
        channel = Channel(self.port)
        try:
            await channel.ask(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode(), 5)
        except (OSError, ValueError):
            pass  # nobody serves yet
        finally:
            channel.close()

    async def kill_all(self, file: Path | None = None) -> None:
        """SIGKILL everything of it, at once, and whatever else holds this file."""
        await processes.kill_whole(self.process)
        while file and (left := [pid for pid in processes.holders(file) if pid != os.getpid()]):
            processes.send(left, signal.SIGKILL)
            await processes.gone(self.process, left)

    async def reload(self) -> None:
        """New web workers in the place of the old ones, as an update of the code does it."""
        await self.kill(lambda: self.master() if self.serving() else 0, signal.SIGHUP)

    async def stop(self) -> None:
        """As a service manager stops it: SIGTERM, and SIGKILL for what is left after a minute."""
        if self.begun is None:
            return
        found = processes.tree(self.process.pid)
        self.process.terminate()
        until = time.monotonic() + STOP_S
        while self.process.poll() is None and time.monotonic() < until:
            await asyncio.sleep(0.05)
        if self.process.poll() is None:
            await self.kill_all()
        await processes.gone(self.process, found)

    async def redeploy(self) -> None:
        """Stop and start."""
        await self.stop()
        self.start()
