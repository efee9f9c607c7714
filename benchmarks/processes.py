"""What processes of a measured server use, read from /proc."""

import os
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def tree(pid: int) -> list[int]:
    """A process and everything below it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _fields(int(folder.name)):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def cpu_ms(pids: list[int]) -> float:
    """CPU that these processes have used so far; those that have ended count nothing."""
    return sum((int(fields[11]) + int(fields[12])) * _TICK_MS for fields in map(_fields, pids) if fields)


def rss_bytes(pid: int) -> int:
    """Memory that a process holds; 0 for one that has ended."""
    fields = _fields(pid)
    return int(fields[21]) * _PAGE if fields else 0


def workers_of(port: int) -> list[int]:
    """The web processes of a server on this port."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"127.0.0.1:{port}".encode() in words:
            found.append(int(folder.name))
    return found
