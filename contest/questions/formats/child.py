"""Reads the files of one bank in a process of its own: the request on stdin, the reading on stdout.

The request is one line of JSON {"task", "names", "sizes", "wish", "memory", "cpu"} and then the
files' bytes, one after the other. The task is "read", "columns", "law", "picture", or "cells" with
{"places", "letter"}. Limits are set after the imports and before a file is touched.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, BinaryIO

import lxml.etree  # noqa: F401 - native code is loaded before the limits are set: it maps much at once
import nh3  # noqa: F401
import python_calamine  # noqa: F401

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.images import PictureRefused, take
from contest.questions.formats.looking import look_at_cells, look_at_columns, preview_document
from contest.questions.formats.outline import Outline, dump_outline
from contest.questions.formats.whole import Wish, open_table, read_files
from contest.questions.formats.wire import dump_reading, dump_refusal, dump_stream


def main() -> int:
    """Return 0 where a reading or a refusal was written."""
    gc.disable()  # a short life without cycles: the collector would only look on
    source = sys.stdin.buffer
    request = json.loads(source.readline(1 << 23))
    _limit(int(request["memory"]), int(request["cpu"]))
    for piece in _answer(request, source):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    return 0


def _answer(request: dict[str, Any], source: BinaryIO) -> Iterator[bytes]:
    """Yield the reading; a refusal may come after pieces of it, and then stands on the last line."""
    try:
        files = [(name, source.read(size)) for name, size in zip(request["names"], request["sizes"], strict=True)]
        if request["task"] == "law":
            yield dump_outline(_law(files[0][1]))
            return
        wish = Wish(**request["wish"])
        if request["task"] != "read":
            yield json.dumps(_looked(request, files, wish)).encode()
            return
        stream = open_table(files, wish)
        if stream is None:
            yield dump_reading(read_files(files, wish))
        else:
            yield from dump_stream(stream, stream.rest)
    except UnreadableFile as refusal:
        yield dump_refusal(UnreadableFile(refusal.code, {"name": request["names"][0], **refusal.params}))
    except MemoryError:
        yield dump_refusal(UnreadableFile("too_heavy"))
    except RecursionError:
        yield dump_refusal(UnreadableFile("too_deep"))


def _looked(request: dict[str, Any], files: list[tuple[str, bytes]], wish: Wish) -> dict[str, Any]:
    if request["task"] == "picture":
        return _picture(files[0][1])
    if request["task"] == "columns":
        return preview_document(look_at_columns(files, wish))
    return {"cells": look_at_cells(files, wish, request["places"], request["letter"])}


def _law(data: bytes) -> Outline:
    from contest.questions.formats.law_files import read_law

    return read_law(data)


def _picture(data: bytes) -> dict[str, Any]:
    try:
        taken = take(data)
    except PictureRefused as refusal:
        return {"refused": refusal.code}
    return {"picture": [taken.name, taken.mime, taken.width, taken.height, b64encode(taken.data).decode()]}


def _limit(memory: int, cpu: int) -> None:
    """Set the limits: bytes of address space, seconds of processor time; no core, no file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
