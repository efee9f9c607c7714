"""Reads the files of one bank in a process of its own: see `sandbox` for the way in and out.

The request also holds {"task", "names", "wish"}. The task is "read", "columns", "law", "picture", or
"cells" with {"places", "letter"}.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import lxml.etree  # noqa: F401 - native code is loaded before the limits are set: it maps much at once
import nh3  # noqa: F401
import python_calamine  # noqa: F401

from contest import sandbox
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.images import PictureRefused, take
from contest.questions.formats.looking import look_at_cells, look_at_columns, preview_document
from contest.questions.formats.outline import Outline, dump_outline
from contest.questions.formats.whole import Wish, open_table, read_files
from contest.questions.formats.wire import dump_reading, dump_refusal, dump_stream

Files = list[tuple[str, bytes]]


def answer(request: dict[str, Any], contents: list[bytes]) -> Iterator[bytes]:
    """Yield the reading; a refusal may come after pieces of it, and then stands on the last line."""
    files = list(zip(request["names"], contents, strict=True))
    wish = Wish(**request["wish"])
    try:
        if request["task"] == "law":
            yield dump_outline(_law(files[0][1]))
        elif request["task"] == "read":
            yield from read(files, wish)
        else:
            yield json.dumps(_looked(request, files, wish)).encode()
    except UnreadableFile as refusal:
        yield dump_refusal(UnreadableFile(refusal.code, {"name": request["names"][0], **refusal.params}))


def read(files: Files, wish: Wish) -> Iterator[bytes]:
    """Yield the reading in pieces: a table's questions are told while the others are read."""
    stream = open_table(files, wish)
    if stream is None:
        yield dump_reading(read_files(files, wish))
    else:
        yield from dump_stream(stream, stream.rest)


def refused(code: str) -> bytes:
    """A refusal that no reader made."""
    return dump_refusal(UnreadableFile(code))


def _looked(request: dict[str, Any], files: Files, wish: Wish) -> dict[str, Any]:
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


if __name__ == "__main__":
    sandbox.serve(answer, refused)
