import io
import zipfile

import pytest

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.grid import open_book
from tests.questions.formats.built import package, sheet_xml, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return target.getvalue()


def opened_whole(data: bytes) -> None:
    book = open_book(data)
    for name in book.names:
        book.grid(name)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf \r\n", "empty_file"),
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "old_xls"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "old_doc"),
        (b"%PDF-1.7\n...", "pdf"),
        (zipped(word__document_xml="<x/>"), "docx"),
        (zipped(xl__workbook="x", readme="x"), "other_zip"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (b"PK\x03\x04 not a zip", "broken_file"),
        (b"<html><table><tr><td>STT</td></tr></table></html>", "web_page"),
        (b"\x89PNG\r\n\x1a\n....", "not_a_table"),
        (b"abc\0def" * 300, "not_a_table"),
        (b"x" * (25 * 1024 * 1024 + 1), "too_big"),
        (workbook([["a"]])[:-100], "broken_file"),
        (package("<worksheet><sheetData><row><c>"), "broken_file"),
    ],
)
def test_what_is_no_spreadsheet(data, code):
    with pytest.raises(UnreadableFile) as caught:
        opened_whole(data)
    assert caught.value.code == code


def test_rows_keep_their_numbers_and_columns():
    book = open_book(package(sheet_xml({"C5": "x", "E9": "y"})))
    grid = book.grid("Sheet1")
    assert [(row.number, row.cells) for row in grid.rows] == [
        (5, ("", "", "x", "", "")),
        (9, ("", "", "", "", "y")),
    ]


def test_csv_rows_keep_their_numbers():
    grid = open_book(b"\xef\xbb\xbfa;b\n\n;c\n").grid("")
    assert [(row.number, row.cells) for row in grid.rows] == [(1, ("a", "b")), (3, ("", "c"))]
    with pytest.raises(UnreadableFile, match="too_many_columns"):
        open_book(b"x;" * 100 + b"y\n").grid("")
    with pytest.raises(UnreadableFile, match="too_many_rows"):
        open_book(b"x;y\n" * 60_001).grid("")
