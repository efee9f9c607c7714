"""The way in for uploaded question files: parsed in a child process with limits.

A hostile or clumsy file can end the child, never the web process.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from contest.questions.formats.drafts import MAX_BYTES, Reading, UnreadableFile
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
    """Return the reading of one spreadsheet or csv file.

    `name` is the file's own and is only shown: the content decides the format. `sheet` forces a
    sheet; `mapping` is field → column letter (`columns.apply_mapping`). Raises UnreadableFile,
    too_heavy beyond 768 MiB, 20 s of processor or 30 s, crashed where the child died otherwise.
    """
    _check_size(data, name)
    request = {
        "sheet": sheet,
        "mapping": dict(mapping) if mapping else None,
        "memory": MEMORY_BYTES,
        "cpu": CPU_SECONDS,
    }
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "contest.questions.formats.child"],
            input=json.dumps(request).encode() + b"\n" + data,
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


def _check_size(data: bytes, name: str) -> None:
    if not data:
        raise UnreadableFile("empty_file", {"name": name})
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_big", {"name": name, "bytes": len(data), "limit": MAX_BYTES})


def read_bank_here(
    data: bytes,
    name: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    """Return what `read_bank` returns, parsed in this process: for trusted files and tests."""
    from contest.questions.formats.bank_sheet import read_book
    from contest.questions.formats.grid import open_book

    _check_size(data, name)
    try:
        return read_book(open_book(data), sheet=sheet, mapping=mapping)
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.code, {"name": name, **refusal.params}) from None
