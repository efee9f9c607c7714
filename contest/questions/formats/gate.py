"""The way in for uploaded question files: parsed in a child process with limits.

A hostile or clumsy file can end the child, never the web process.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from contest.questions.formats.drafts import MAX_BYTES, Reading, UnreadableFile
from contest.questions.formats.whole import Wish, read_files
from contest.questions.formats.wire import load

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 30

_ROOT = Path(__file__).resolve().parents[3]
_OUT_OF_BOUNDS = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV}


def read_bank(
    data: bytes,
    name: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    """Return the reading of one file of any format: `read_bank_files` of it alone."""
    return read_bank_files([(name, data)], Wish(sheet=sheet, mapping=mapping))


def read_bank_files(files: Sequence[tuple[str, bytes]], wish: Wish = Wish()) -> Reading:
    """Return the reading of one bank's files, (name, bytes) each; key files among them are applied.

    A name is only shown: the content decides the format. Raises UnreadableFile, too_heavy beyond
    768 MiB, 20 s of processor or 30 s, crashed where the child died otherwise.
    """
    name = _check_size(files)
    request = {
        "names": [name for name, _data in files],
        "sizes": [len(data) for _name, data in files],
        "wish": wish.options(),
        "memory": MEMORY_BYTES,
        "cpu": CPU_SECONDS,
    }
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "contest.questions.formats.child"],
            input=b"".join([json.dumps(request).encode(), b"\n", *(data for _name, data in files)]),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            env={"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile("too_heavy", {"name": name}) from error
    if child.returncode in _OUT_OF_BOUNDS:
        raise UnreadableFile("too_heavy", {"name": name})
    if child.returncode != 0:
        raise UnreadableFile("crashed", {"name": name})
    return _loaded(child.stdout, name)


def _loaded(answer: bytes, name: str) -> Reading:
    try:
        return load(answer)
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.code, {"name": name, **refusal.params}) from None
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFile("crashed", {"name": name}) from error


def _check_size(files: Sequence[tuple[str, bytes]]) -> str:
    """The name to tell a refusal of all of them with."""
    for name, data in files:
        if not data:
            raise UnreadableFile("empty_file", {"name": name})
    total = sum(len(data) for _name, data in files)
    if total > MAX_BYTES:
        raise UnreadableFile("too_big", {"name": files[0][0], "bytes": total, "limit": MAX_BYTES})
    return files[0][0]


def read_bank_here(
    data: bytes,
    name: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    """Return what `read_bank` returns, parsed in this process: for trusted files and tests."""
    _check_size([(name, data)])
    return read_files([(name, data)], Wish(sheet=sheet, mapping=mapping))
