"""A content package opened: every entry checked before it is read, nothing ever written. Pure."""

from __future__ import annotations

import io
import stat
import zipfile

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.package import MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_FROM_BYTES
from contest.questions.formats.qti_media import tidy
from contest.zips import BROKEN

MAX_ENTRIES = 20_000
_ENTRY = b"PK\x01\x02"


class Package:
    """The files of a zip by their tidy names; a name that leads out of the package names nothing.

    Raises UnreadableFile: broken_file, encrypted, or unsafe_zip with `why` entries, unpacked,
    ratio or repeated_names.
    """

    def __init__(self, data: bytes) -> None:
        if data.count(_ENTRY) > 2 * MAX_ENTRIES:  # not even listed: a list takes memory
            raise UnreadableFile("unsafe_zip", {"why": "entries", "limit": MAX_ENTRIES})
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise UnreadableFile("broken_file") from error
        entries = self._zip.infolist()
        _check(entries)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = tidy(entry.filename)
            if not name or entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16):
                continue
            if name in self._entries:
                raise UnreadableFile("unsafe_zip", {"why": "repeated_names"})
            self._entries[name] = entry

    @property
    def names(self) -> list[str]:
        """The tidy names in the order of the zip."""
        return list(self._entries)

    def has(self, name: str) -> bool:
        """True for the name of a file of the package."""
        return name in self._entries

    def read(self, name: str) -> bytes | None:
        """A file's bytes, None where there is none of that name or it is broken."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        try:
            return self._zip.read(entry)
        except BROKEN:
            return None

    def head(self, name: str, size: int = 4096) -> bytes:
        """A file's first bytes, b"" where it can't be read."""
        try:
            with self._zip.open(self._entries[name]) as part:
                return part.read(size)
        except (KeyError, *BROKEN):
            return b""


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile("unsafe_zip", {"why": "entries", "limit": MAX_ENTRIES})
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableFile("unsafe_zip", {"why": "unpacked", "limit": MAX_UNPACKED_BYTES})
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnreadableFile("encrypted")
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise UnreadableFile("unsafe_zip", {"why": "ratio", "limit": MAX_RATIO})
