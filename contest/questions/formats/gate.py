"""The way in for uploaded question files: parsed in a child process with limits.

A hostile or clumsy file can end the child, never the web process.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contest.questions.formats.drafts import MAX_BYTES, Media, Reading, UnreadableFile
from contest.questions.formats.images import PictureRefused
from contest.questions.formats.looking import Cells, load_preview
from contest.questions.formats.mapping import Preview
from contest.questions.formats.outline import Outline, load_outline
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
    request = {
        "task": task,
        "names": [name for name, _data in files],
        "sizes": [len(data) for _name, data in files],
        "wish": wish.options(),
        "memory": MEMORY_BYTES,
        "cpu": CPU_SECONDS,
        **more,
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
    return child.stdout, name


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
