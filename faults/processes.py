"""Processes of this rig: started so that they die with it, found, killed whole, and reaped.

A killed process stays a zombie until its parent waits for it, and PostgreSQL refuses to start beside
the zombie of its predecessor. So the rig adopts what its children leave behind.
"""

import asyncio
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
GONE_S = 30.0


def adopt_orphans() -> None:
    """From now on orphans of our children are ours to wait for."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None,
          user: str | None = None) -> subprocess.Popen[bytes]:
    """A child that is killed when this thread ends; its words go to the end of `log`. Call it in the main thread."""
    with log.open("ab") as words:
        return subprocess.Popen(list(command), cwd=ROOT, env=None if environ is None else dict(environ), user=user,
                                stdin=subprocess.DEVNULL, stdout=words, stderr=words, preexec_fn=_die_with_parent)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/pid/stat after the name: state, parent, …; empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def runs(pid: int) -> bool:
    """False for what is gone and for a zombie."""
    return _stat(pid)[:1] not in ([], ["Z"], ["X"])


def children(pid: int) -> list[int]:
    """The live processes whose parent is `pid`, the oldest first."""
    found = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return sorted(one for one in found if _stat(one)[1:2] == [str(pid)] and runs(one))


def tree(pid: int) -> list[int]:
    """`pid` and everything below it."""
    found = [pid]
    for one in found:
        found += children(one)
    return found


def command(pid: int) -> str:
    """The command line, words separated by spaces; "" where the process is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def threads(pid: int) -> int:
    """How many threads a process has; 0 where it is gone."""
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/task").iterdir()))
    return 0


def holders(path: Path) -> list[int]:
    """The processes that have this very file open."""
    found = []
    for pid in (int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()):
        with suppress(OSError):
            if any(link.readlink() == path for link in Path(f"/proc/{pid}/fd").iterdir()):
                found.append(pid)
    return found


async def kill_whole(process: subprocess.Popen[bytes]) -> int:
    """SIGKILL a child and everything below it, at once; returns how many, when all are gone."""
    found: list[int] = []
    while (now := tree(process.pid)) != found:  # stopped first, so that none can make another meanwhile
        found = now
        send(found, signal.SIGSTOP)
    send(found, signal.SIGKILL)
    await gone(process, found)
    return len(found)


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


async def gone(process: subprocess.Popen[bytes], pids: Iterable[int]) -> None:
    """Wait until this child and these are gone, zombies reaped. Raises TimeoutError after 30 s."""
    until = time.monotonic() + GONE_S
    left = set(pids) - {process.pid}
    while process.poll() is None or left:
        for pid in list(left):
            with suppress(ChildProcessError):  # not ours yet: its parent has just been killed
                os.waitpid(pid, os.WNOHANG)
            if not _stat(pid):
                left.discard(pid)
        if time.monotonic() > until:
            raise TimeoutError(f"still there: {process.pid} {left}")
        await asyncio.sleep(0.01)
