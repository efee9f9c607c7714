"""The way in for uploaded question files: parsed in a child process with limits, see `sandbox`."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from contest.questions.formats.drafts import MAX_BYTES, Media, Reading, UnreadableFile
from contest.questions.formats.images import PictureRefused
from contest.questions.formats.looking import Cells, load_preview
from contest.questions.formats.mapping import Preview
from contest.questions.formats.outline import Outline, load_outline
from contest.questions.formats.whole import Wish, read_files
from contest.questions.formats.wire import load
from contest.sandbox import ChildEnded, ask

CHILD = "contest.questions.formats.child"


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
    the limits of `sandbox`, crashed where the child died otherwise.
    """
    answer, name = _asked("read", files, wish)
    return _loaded(answer, name)


def read_columns(files: Sequence[tuple[str, bytes]], wish: Wish = Wish()) -> Preview:
    """Return what the columns of the first table hold: `looking.look_at_columns`, in a child process.

    Raises UnreadableFile, as `read_bank_files` too.
    """
    return load_preview(_told(*_asked("columns", files, wish)))


def read_cells(files: Sequence[tuple[str, bytes]], wish: Wish = Wish(), places: Sequence[str] | None = None,
               letter: str | None = None) -> Cells:
    """Return the cells of a table's questions: `looking.look_at_cells`, in a child process.

    Raises UnreadableFile, as `read_bank_files` too.
    """
    found: Cells = _told(*_asked("cells", files, wish, places=places, letter=letter))["cells"]
    return found


def read_law_file(data: bytes, name: str) -> Outline:
    """Return the sections of a plan, a decision or a law, read in a child process.

    Raises UnreadableFile, as `read_bank_files` too.
    """
    answer, name = _asked("law", [(name, data)], Wish())
    try:
        return load_outline(answer)
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.code, {"name": name, **refusal.params}) from None
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFile("crashed", {"name": name}) from error


def read_picture(data: bytes, name: str) -> Media:
    """Return a picture as `images.take` makes it, in a child process.

    Raises PictureRefused, UnreadableFile as `read_bank_files` too.
    """
    told = _told(*_asked("picture", [(name, data)], Wish()))
    if "refused" in told:
        raise PictureRefused(told["refused"])
    digest, mime, width, height, coded = told["picture"]
    return Media(digest, mime, width, height, b64decode(coded))


def _asked(task: str, files: Sequence[tuple[str, bytes]], wish: Wish, **more: Any) -> tuple[bytes, str]:
    """What the child answers to a request about these files, and the name to tell a refusal with."""
    name = _check_size(files)
    request = {"task": task, "names": [name for name, _data in files], "wish": wish.options(), **more}
    try:
        return ask(CHILD, request, [data for _name, data in files]), name
    except ChildEnded as end:
        raise UnreadableFile(end.code, {"name": name}) from end


def _told(answer: bytes, name: str) -> dict[str, Any]:
    """What a look gave; raises the refusal that was handed over instead."""
    try:
        document: dict[str, Any] = json.loads(answer)
    except ValueError as error:
        raise UnreadableFile("crashed", {"name": name}) from error
    if "refusal" in document:
        raise UnreadableFile(document["refusal"], {"name": name, **document["params"]})
    return document


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
