"""Reads one file in a process of its own: the request on stdin, the reading on stdout.

The request is one line of JSON {"sheet", "mapping", "memory", "cpu"} and then the file's bytes.
Limits are set after the imports and before the file is touched.
"""

from __future__ import annotations

import gc
import json
import resource
import sys

import python_calamine  # noqa: F401 - loaded before the limits are set

from contest.questions.formats.bank_sheet import read_book
from contest.questions.formats.drafts import MAX_BYTES, UnreadableFile
from contest.questions.formats.grid import open_book
from contest.questions.formats.wire import dump_reading, dump_refusal


def main() -> int:
    """Return 0 where a reading or a refusal was written."""
    gc.disable()  # a short life without cycles: the collector would only look on
    source = sys.stdin.buffer
    request = json.loads(source.readline(1 << 20))
    _limit(int(request["memory"]), int(request["cpu"]))
    try:
        book = open_book(source.read(MAX_BYTES + 1))
        answer = dump_reading(read_book(book, sheet=request["sheet"], mapping=request["mapping"]))
    except UnreadableFile as refusal:
        answer = dump_refusal(refusal)
    except MemoryError:
        answer = dump_refusal(UnreadableFile("too_heavy"))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def _limit(memory: int, cpu: int) -> None:
    """Set the limits: bytes of address space, seconds of processor time; no core, no file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
