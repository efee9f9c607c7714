"""An old .xls, checked before a reader allocates for what it says of itself. Pure, standard library only.

Such a file is a small file system: sectors, chained by a table (the FAT), hold streams, and one of
them is the workbook, a row of records. [MS-CFB] and [MS-XLS] give the numbers below.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from contest.questions.formats.drafts import MAX_COLUMNS, MAX_ROWS, UnreadableFile, column_letter

_END, _SPECIAL = 0xFFFFFFFE, 0xFFFFFFFA  # of a chain; above here no number is a sector
_HEADER_TABLES = 109  # sectors of the FAT that the header itself names
_STREAM, _ROOT = 2, 5
_MINI = 64  # bytes of a sector in the stream of small streams
_SMALL = 4096  # streams below this size lie there
_EOF, _SST, _BOUND_SHEET, _DIMENSIONS, _MULTIPLE = 0x0A, 0xFC, 0x85, 0x200, 0xBD
_CELLS = frozenset((0x06, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E, _MULTIPLE))
_STRING_BYTES = 3  # of the shortest shared text
_BOOK_START = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # BIFF8: the globals of a workbook begin
_FILEPASS = 0x2F


def kind_of_compound(data: bytes) -> str:
    """"xls", or the code of the refusal for what else such a file is."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "encrypted"
    if "WordDocument".encode("utf-16-le") in data:
        return "old_doc"
    return "encrypted" if _is_locked_xls(data) else "xls"


def _is_locked_xls(data: bytes) -> bool:
    """True where the first records of the workbook's stream say that the others are encrypted."""
    at = data.find(_BOOK_START)
    for _ in range(8):
        if at < 0 or at + 4 > len(data):
            return False
        kind, size = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == _FILEPASS:
            return True
        at += 4 + size
    return False


def check_xls(data: bytes) -> None:
    """Raise UnreadableFile: `old_xls` where sizes and chains lead nowhere, too_many_rows or too_many_columns."""
    try:
        book = _Sectors(data).workbook()
        sheets = _check_globals(book)
        for start in sheets:
            _check_sheet(book, start)
    except (struct.error, IndexError, OverflowError) as error:
        raise UnreadableFile("old_xls") from error


class _Sectors:
    """The sectors of a compound file, its FAT and its directory."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, = struct.unpack_from("<H", data, 30)
        if shift not in (9, 12):
            raise UnreadableFile("old_xls")
        self.size = 1 << shift
        self.count = -(-(len(data) - self.size) // self.size)
        directories, tables, directory = struct.unpack_from("<III", data, 40)
        self.mini_start, minis, more, _count = struct.unpack_from("<IIII", data, 60)
        if max(directories, tables, minis) > self.count:
            raise UnreadableFile("old_xls")
        named = list(struct.unpack_from(f"<{_HEADER_TABLES}I", data, 76))
        while more < _SPECIAL:  # sectors that name sectors of the FAT; the last number is the next of them
            if len(named) > self.count + _HEADER_TABLES + self.size:
                raise UnreadableFile("old_xls")
            *some, more = self._numbers(more)
            named += some
        self.fat = [number for sector in named if sector < _SPECIAL for number in self._numbers(sector)]
        self.entries = b"".join(self._sector(sector) for sector in self._chain(directory, self.fat, self.count))

    def workbook(self) -> bytes:
        """The stream of the workbook; every stream is followed to its end."""
        found = b""
        small, mini_fat = b"", [number for sector in self._chain(self.mini_start, self.fat, self.count)
                                for number in self._numbers(sector)]
        for at in range(0, len(self.entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", self.entries, at + 64)
            start, size = struct.unpack_from("<IQ" if self.size > 512 else "<II", self.entries, at + 116)
            if kind not in (_STREAM, _ROOT) or not size:
                continue
            if size > len(self.data):
                raise UnreadableFile("old_xls")
            if kind == _ROOT or size >= _SMALL:
                stream = b"".join(map(self._sector, self._chain(start, self.fat, self.count)))[:size]
            else:
                chain = self._chain(start, mini_fat, len(small) // _MINI + 1)
                stream = b"".join(small[one * _MINI : (one + 1) * _MINI] for one in chain)[:size]
            small = stream if kind == _ROOT else small
            name = self.entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace").lower()
            found = stream if name == "workbook" or (name == "book" and not found) else found
        if not found:
            raise UnreadableFile("old_xls")
        return found

    def _chain(self, start: int, table: list[int], most: int) -> Iterator[int]:
        """The sectors from `start` on, at most as many as there are: a longer chain runs in a circle."""
        seen = 0
        while start != _END:
            seen += 1
            if start >= most or start >= len(table) or seen > most:
                raise UnreadableFile("old_xls")
            yield start
            start = table[start]

    def _sector(self, number: int) -> bytes:
        if number >= self.count:
            raise UnreadableFile("old_xls")
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def _numbers(self, sector: int) -> list[int]:
        content = self._sector(sector)
        return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of the part that begins there."""
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        if kind == _EOF:
            return
        yield kind, book[at + 4 : at + 4 + size]
        at += 4 + size


def _check_globals(book: bytes) -> set[int]:
    """Look at the records about the whole workbook; return where its sheets begin."""
    sheets = set()
    for kind, data in _records(book, 0):
        if kind == _SST and struct.unpack_from("<I", data, 4)[0] > len(book) // _STRING_BYTES:
            raise UnreadableFile("old_xls")
        if kind == _BOUND_SHEET:
            sheets.add(struct.unpack_from("<I", data)[0])
    if any(start >= len(book) for start in sheets):
        raise UnreadableFile("old_xls")
    return sheets


def _check_sheet(book: bytes, start: int) -> None:
    """A reader makes room for everything between the first cell and the last, and for the extent that is told."""
    for kind, data in _records(book, start):
        if kind == _DIMENSIONS:
            top, bottom, left, right = struct.unpack_from("<IIHH" if len(data) > 10 else "<HHHH", data)
            if bottom < top or right < left or (bottom - top) * (right - left) > MAX_ROWS * MAX_COLUMNS:
                raise UnreadableFile("old_xls")
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            if kind == _MULTIPLE:
                column, = struct.unpack_from("<H", data, len(data) - 2)
            if column >= MAX_COLUMNS or row >= MAX_ROWS:
                code, limit = (("too_many_columns", MAX_COLUMNS) if column >= MAX_COLUMNS else
                               ("too_many_rows", MAX_ROWS))
                raise UnreadableFile(code, {"sheet": "", "cell": f"{column_letter(column)}{row + 1}", "limit": limit})
