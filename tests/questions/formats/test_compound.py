import struct

import pytest

from contest.questions.formats import compound
from contest.questions.formats.compound import check_xls
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_bank
from tests.questions.formats.built import HEADER, question, xls

SOUND = xls([HEADER, *(question(number) for number in range(1, 60))])
SECTOR = 512
DIRECTORY = struct.unpack_from("<I", SOUND, 48)[0]
TABLE = struct.unpack_from("<I", SOUND, 76)[0]


def with_number(at: int, value: int, kind: str = "<I") -> bytes:
    data = bytearray(SOUND)
    struct.pack_into(kind, data, at, value)
    return bytes(data)


def of_sector(number: int, at: int) -> int:
    return (number + 1) * SECTOR + at


def record(kind: int, at: int, value: int, form: str) -> bytes:
    """The first record of a kind with another number in it."""
    place = SOUND.index(struct.pack("<H", kind), SECTOR)
    return with_number(place + 4 + at, value, form)


def test_a_sound_workbook_passes():
    check_xls(SOUND)
    assert len(read_bank(SOUND, "x.xls").drafts) == 59


@pytest.mark.parametrize(("data", "code"), [
    (with_number(44, 1 << 30), "old_xls"),  # sectors of the FAT
    (with_number(40, 1 << 30), "old_xls"), (with_number(64, 1 << 30), "old_xls"),
    (with_number(76, 0x00FFFFFF), "old_xls"),  # the FAT lies beyond the end
    (with_number(68, 0), "old_xls"),  # more of the FAT, named by what is no list of sectors
    (with_number(30, 31, "<H"), "old_xls"),  # sectors of 2 GiB
    (with_number(of_sector(DIRECTORY, 128 + 120), 0x7FFFFFFF), "old_xls"),  # a stream of 2 GiB
    (with_number(of_sector(DIRECTORY, 128 + 116), 0x00FFFFFF), "old_xls"),  # that begins beyond the end
    (with_number(of_sector(TABLE, 0), 0), "old_xls"),  # a circle
    (with_number(of_sector(TABLE, 0), 0x00FFFFFF), "old_xls"),
    (SOUND[:600], "old_xls"), (SOUND[:64], "old_xls"),
    (record(0x204, 0, 65_000, "<H"), "too_many_rows"), (record(0x204, 2, 255, "<H"), "too_many_columns"),
    (record(0x200, 4, 0xFFFFFFFF, "<I"), "old_xls"),
    (record(0x85, 0, 0x7FFFFFFF, "<I"), "old_xls"),
])
def test_what_a_reader_would_make_room_for_is_looked_at_before(data, code):
    with pytest.raises(UnreadableFile) as caught:
        check_xls(data)
    assert caught.value.code == code
    with pytest.raises(UnreadableFile) as caught:  # and it is checked in time: the child lives to tell
        read_bank(data, "x.xls")
    assert caught.value.code == code


def test_more_shared_texts_than_there_is_room_for():
    book = struct.pack("<HHII", 0xFC, 8, 1, 0x7FFFFFFF) + struct.pack("<HH", 0x0A, 0)
    with pytest.raises(UnreadableFile, match="old_xls"):
        compound._check_globals(book)
