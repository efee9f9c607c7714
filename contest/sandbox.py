"""Runs the readers of uploaded files in processes of their own, with limits.

A hostile or clumsy file can end such a child, never the process that asked. The request is one line
of JSON, {"sizes", "memory", "cpu"} and what the reader itself wants, and then the files' bytes, one
after the other; the answer is what the child writes.
"""

from __future__ import annotations

import gc
import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024  # 60,000 rows of 8 options need under 384, a picture of 40 million pixels 500
CPU_SECONDS = 20
WALL_SECONDS = 30

_ROOT = Path(__file__).resolve().parents[1]
_OUT_OF_BOUNDS = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV}


class ChildEnded(Exception):
    """A child that gave no answer. `code`: "too_heavy" where it met a limit, "crashed" otherwise."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(module: str, request: Mapping[str, Any], files: Sequence[bytes]) -> bytes:
    """What the program `module` answers about these files.

    Raises ChildEnded, too_heavy beyond MEMORY_BYTES of address space, CPU_SECONDS of processor or
    WALL_SECONDS in all.
    """
    head = {**request, "sizes": [len(data) for data in files], "memory": MEMORY_BYTES, "cpu": CPU_SECONDS}
    try:
        child = subprocess.run(  # noqa: S603 - `module` is a constant of its caller
            [sys.executable, "-P", "-s", "-m", module],
            input=b"".join([json.dumps(head).encode(), b"\n", *files]),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            env={"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ChildEnded("too_heavy") from error
    if child.returncode in _OUT_OF_BOUNDS:
        raise ChildEnded("too_heavy")
    if child.returncode != 0:
        raise ChildEnded("crashed")
    return child.stdout


def serve(answer: Callable[[dict[str, Any], list[bytes]], Iterable[bytes]], refuse: Callable[[str], bytes]) -> None:
    """In the child: write what `answer` yields about the request and its files, and end with it.

    Where memory or the stack runs out the last piece is what `refuse` makes of too_heavy, too_deep.
    Call it after the imports: native code maps much at once, and the limits are set here.
    """
    gc.disable()  # a short life without cycles: the collector would only look on
    request = json.loads(sys.stdin.buffer.readline(1 << 23))
    _limit(int(request["memory"]), int(request["cpu"]))
    try:
        for piece in answer(request, [sys.stdin.buffer.read(size) for size in request["sizes"]]):
            sys.stdout.buffer.write(piece)
    except MemoryError:
        sys.stdout.buffer.write(refuse("too_heavy"))
    except RecursionError:
        sys.stdout.buffer.write(refuse("too_deep"))
    sys.stdout.buffer.flush()


def _limit(memory: int, cpu: int) -> None:
    """Set the limits: bytes of address space, seconds of processor time; no core, no file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
