"""The pictures of a QTI package: found by the addresses that items use, taken over once. Pure."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import unquote

from contest.questions.formats.drafts import Media
from contest.questions.formats.images import PictureRefused, take

MAX_PICTURES = 2_000
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]{0,20}:|//", re.IGNORECASE)
_DATA = re.compile(r"data:image/[\w.+-]{1,30};base64,", re.IGNORECASE)
_BLACKBOARD = re.compile(r"xid-[0-9]{1,12}_[0-9]{1,12}")
_CANVAS = re.compile(r"\$(?:IMS-CC-FILEBASE|CANVAS_COURSE_REFERENCE|CANVAS_OBJECT_REFERENCE)\$/?")
_CANVAS_ROOTS = ("web_resources", "Uploaded Media", "")


class Asking(Protocol):
    """Who asks for a picture: where it lies and how it takes a warning."""

    folder: str

    def warn(self, code: str, **params: str | int) -> None:
        """Add a warning."""


def no_file(name: str) -> bytes | None:
    """No file has any name: for items outside a package."""
    return None


@dataclass(slots=True)
class Shelf:
    """The files of a package: `names` are tidy, `open_file` gives a file's bytes or None."""

    names: Sequence[str] = ()
    open_file: Callable[[str], bytes | None] = no_file
    taken: dict[str, Media | str] = field(default_factory=dict)  # a file's name → picture, or why not
    known: frozenset[str] = frozenset()
    of_blackboard: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = frozenset(self.names)
        for name in self.names:
            found = _BLACKBOARD.search(name)
            if found and not name.endswith(".xml"):
                self.of_blackboard.setdefault(found[0], name)

    @property
    def media(self) -> tuple[Media, ...]:
        """The pictures taken over, each once."""
        return tuple({one.name: one for one in self.taken.values() if isinstance(one, Media)}.values())

    def picture(self, src: str, asking: Asking) -> Media | None:
        """The picture at an address; a warning with the address where it can't be had.

        Nothing is ever fetched from elsewhere.
        """
        src = src.strip()
        if _DATA.match(src):
            return self._take("data:" + src, lambda: _embedded(src), "data:", asking)
        name = self._name(src, asking.folder)
        if name is None:
            asking.warn("picture_missing", name=src[:200])
            return None
        return self._take(name, lambda: self.open_file(name), src, asking)

    def _take(self, name: str, data: Callable[[], bytes | None], src: str, asking: Asking) -> Media | None:
        if name not in self.taken:
            self.taken[name] = self._taken(data)
        one = self.taken[name]
        if isinstance(one, Media):
            return one
        asking.warn(one, name=src[:200])
        return None

    def _taken(self, data: Callable[[], bytes | None]) -> Media | str:
        if len(self.taken) >= MAX_PICTURES:
            return "picture_refused"
        found = data()
        if found is None:
            return "picture_missing"
        try:
            return take(found)
        except PictureRefused as refused:
            return refused.code

    def _name(self, src: str, folder: str) -> str | None:
        """The name in the package that an address means."""
        address = unquote(src)
        canvas = _CANVAS.match(address)
        if canvas:
            rest = address[canvas.end():].partition("?")[0]
            places = (tidy(posixpath.join(root, rest)) for root in _CANVAS_ROOTS)
            return next((name for name in places if name in self.known), None)
        blackboard = _BLACKBOARD.search(address)
        if blackboard:
            return self.of_blackboard.get(blackboard[0])
        if _REMOTE.match(address):
            return None
        plain = address.partition("?")[0].partition("#")[0].replace("\\", "/")
        tries = (posixpath.join(folder, plain), plain)
        return next((name for one in tries if (name := tidy(one)) in self.known), None)


def _embedded(src: str) -> bytes | None:
    try:
        return base64.b64decode(src.partition(",")[2], validate=False)
    except (binascii.Error, ValueError):
        return None


def tidy(name: str) -> str:
    """A name inside the package without "." and ".."; "" for one that leads out of it."""
    plain = posixpath.normpath(name.replace("\\", "/")).lstrip("/")
    return "" if plain in (".", "..") or plain.startswith("../") or "\0" in plain else plain
