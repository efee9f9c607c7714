import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from contest.identity.reader import MAX_TEXT, read_table
from contest.identity.sheets import Sheet, UnreadableSheet, dump_refusal, dump_sheet, load_sheet
from contest.identity.workbooks import workbook

COLUMNS = {"code": ("ma don vi", "ma"), "name": ("ten don vi",), "on": ("ngay",)}
NEEDED = {"Mã đơn vị": ("code",), "Tên đơn vị": ("name",)}


def book(*sheets) -> bytes:
    """A workbook of sheets; each a dict {(row, column): value}, both from 1."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        days = made.add_format({"num_format": "dd/mm/yyyy"})
        for cells in sheets:
            page = made.add_worksheet()
            for (row, column), value in cells.items():
                if isinstance(value, date):
                    page.write_datetime(row - 1, column - 1, value, days)
                else:
                    page.write(row - 1, column - 1, value)
    return target.getvalue()


def patched(data: bytes, name: str, change) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == name else content)
    return target.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(UnreadableSheet) as caught:
        read_table(data, COLUMNS, NEEDED)
    return caught.value.code


GOOD = {(1, 1): "Mã đơn vị", (1, 2): "Tên đơn vị", (2, 1): "A", (2, 2): "B"}
SHEET1 = "xl/worksheets/sheet1.xml"


def test_a_header_anywhere_in_ten_rows_in_any_order_and_true_row_numbers():
    data = book({(1, 1): "DANH SÁCH ĐƠN VỊ", (10, 3): " TÊN  đơn vị *", (10, 4): "MÃ ĐƠN VỊ", (10, 5): "Ngày",
                 (12, 4): 12.0, (12, 3): " Sở\nNội  vụ ", (12, 5): date(2025, 12, 31), (15, 4): "B", (15, 3): "C"})
    sheet = read_table(data, COLUMNS, NEEDED)
    assert (sheet.name, sheet.header_row, dict(sheet.header)) == (
        "Sheet1", 10, {"name": "TÊN đơn vị *", "code": "MÃ ĐƠN VỊ", "on": "Ngày"})
    assert [(row.number, dict(row.cells), row.numbers) for row in sheet.rows] == [
        (12, {"name": "Sở Nội vụ", "code": "12", "on": "31/12/2025"}, {"code"}),
        (15, {"name": "C", "code": "B", "on": ""}, frozenset())]


def test_the_first_sheet_with_the_table_counts():
    assert read_table(book({(1, 1): "Hướng dẫn"}, GOOD), COLUMNS, NEEDED).name == "Sheet2"


@pytest.mark.parametrize(("data", "code"), [
    (b"", "file_empty"), (b"\0\0\r\n", "file_empty"), (b"%PDF-1.7", "file_not_xlsx"),
    (b"<table><tr><td>ma</td>", "file_not_xlsx"), ("é".encode("cp1258"), "file_not_xlsx"), (b"ma\0", "file_not_xlsx"),
    (b"\xff\xfea", "file_not_xlsx"), (b"ma,ten\n1,2", "file_no_header"), (b"ma,ten don vi\n", "file_no_rows"),
    (b"ma,ten don vi\n" + b"," * 100, "file_too_many_columns"), (b"ma,ten don vi" + b"\n" * 60_000, "file_no_rows"),
    (b"ma,ten don vi" + b"\n" * 60_001, "file_too_many_rows"),
    (b"ma,ten don vi\n" + b"x" * 8_001, "file_cell_too_long"), (b"ma,ten don vi\n" + b"x" * 200_000, "file_broken"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_old_xls"),
    (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
    (b"PK\x03\x04 torn", "file_broken"), (book(GOOD)[:-200], "file_broken"),
    (b"x" * (25 * 1024 * 1024 + 1), "file_too_big"), (book({(1, 1): "Câu hỏi", (2, 1): "A"}), "file_no_header"),
    (book({(11, 1): "Mã đơn vị", (11, 2): "Tên đơn vị", (12, 1): "A"}), "file_no_header"),
    (book({(1, 1): "Mã đơn vị", (2, 1): "A"}), "file_no_header"), (book({}), "file_no_header"),
    (book({(1, 1): "Mã đơn vị", (1, 2): "Tên đơn vị"}), "file_no_rows"),
    (book({**GOOD, (3, 101): "x"}), "file_too_many_columns"), (book({**GOOD, (60_001, 1): "x"}), "file_too_many_rows"),
    (book({**GOOD, (3, 1): "x" * 8_001}), "file_cell_too_long"),
    (patched(book(GOOD), SHEET1, lambda xml: xml.replace(b'r="B2"', b'r="XFD200000"')), "file_too_many_columns"),
    (patched(book(GOOD), SHEET1, lambda xml: xml.replace(b'<row r="2"', b'<row r="1000000"')), "file_too_many_rows"),
    (patched(book(GOOD), SHEET1, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b"<row/>" * 60_001)),
     "file_too_many_rows"),
    (patched(book(GOOD), SHEET1, lambda xml: xml.replace(b"<sheetData>", b"<sheetData><row>" + b"<c/>" * 101)),
     "file_too_many_columns"),
    (patched(book(GOOD), SHEET1, lambda xml: xml.replace(b"<sheetData>",
                                                         b"<sheetData>" + (b"<row>" + b"<c/>" * 100) * 10_001)),
     "file_too_heavy"),
    (patched(book(GOOD), SHEET1, lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml), "file_unsafe"),
    (patched(book(GOOD), "docProps/app.xml", lambda xml: b" " * (101 * 1024 * 1024)), "file_unsafe"),
    (patched(book(GOOD), SHEET1, lambda xml: b"no xml at all"), "file_no_header"),
])
def test_what_cannot_be_read(data, code):
    found = code_of(data)
    assert found == code or (code == "file_no_header" and found == "file_broken")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_with_separators_is_a_table(separator, encoding):
    lines = [["DANH SÁCH, 2026"], ["Ngày", "Mã đơn vị", "Tên đơn vị"], ["1/1", "007", f'"Sở{separator} Nội\nvụ"'],
             ["", "", ""], ["", "B"]]
    text = "\r\n".join(separator.join(line) for line in lines)
    sheet = read_table(text.encode(encoding), COLUMNS, NEEDED)
    assert (sheet.header_row, dict(sheet.header)) == (2, {"code": "Mã đơn vị", "name": "Tên đơn vị", "on": "Ngày"})
    assert [(row.number, dict(row.cells), row.numbers) for row in sheet.rows] == [
        (3, {"on": "1/1", "code": "007", "name": " ".join(f"Sở{separator} Nội vụ".split())}, frozenset()),
        (5, {"on": "", "code": "B", "name": ""}, frozenset())]


@pytest.mark.parametrize(("separator", "other"), [(";", ","), ("\t", ","), (",", ";"), ("\t", ";")])
def test_names_full_of_another_separator_part_nothing(separator, other):
    name = f"Sở{other} ban{other} ngành{other} đoàn thể"
    lines = [[f"Tên đơn vị{other} danh sách{other} 2026"], ["Mã đơn vị", "Tên đơn vị"],
             *([f"{number:03}", name] for number in range(12))]
    sheet = read_table("\r\n".join(separator.join(line) for line in lines).encode(), COLUMNS, NEEDED)
    assert (sheet.header_row, len(sheet.rows)) == (2, 12)
    assert dict(sheet.rows[11].cells) == {"code": "011", "name": name}


def test_a_sign_that_parts_endless_cells_is_the_wrong_one():
    lines = ["Mã đơn vị;Tên đơn vị", 'A;x,"y', *("B;z" for _ in range(50_000))]
    sheet = read_table("\n".join(lines).encode(), COLUMNS, NEEDED)
    assert (len(sheet.rows), sheet.rows[0].get("name")) == (50_001, 'x,"y')


def test_a_text_of_one_column_needs_no_separator():
    sheet = read_table("Mã đơn vị\nA\n\nB\n".encode(), COLUMNS, {"Mã đơn vị": ("code",)})
    assert [(row.number, row.get("code")) for row in sheet.rows] == [(2, "A"), (4, "B")]


def elsewhere(data: bytes, part: str = "xl/elsewhere/sheet1.bin") -> bytes:
    """The workbook with its first sheet under another name, as its relations may say."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                content = content.replace(b"worksheets/sheet1.xml", part.removeprefix("xl/").encode())
            new.writestr(part if name == SHEET1 else name, content)
    return target.getvalue()


def test_a_sheet_is_scanned_wherever_it_lies():
    assert read_table(elsewhere(book(GOOD)), COLUMNS, NEEDED).rows[0].get("code") == "A"
    far = patched(book(GOOD), SHEET1, lambda xml: xml.replace(b'r="B2"', b'r="XFD200000"'))
    assert code_of(elsewhere(far)) == "file_too_many_columns"


def test_one_long_text_in_many_cells_is_not_carried_around():
    """Shared texts: a small file may stand for a large list."""
    cells = {(row, column): "x" * 8_000 for row in range(2, 1_100) for column in (1, 2)}
    assert len(cells) * 8_000 > MAX_TEXT
    assert code_of(book({**cells, (1, 1): "Mã đơn vị", (1, 2): "Tên đơn vị"})) == "file_too_heavy"


def test_a_sheet_travels_whole():
    data = book({**GOOD, (1, 3): "Ngày", (3, 1): 7, (3, 2): "Sở", (3, 3): date(2026, 1, 2)})
    sheet = read_table(data, COLUMNS, NEEDED)
    assert load_sheet(dump_sheet(sheet)) == sheet
    assert sheet.rows[1].numbers == {"code"}
    with pytest.raises(UnreadableSheet) as caught:
        load_sheet(dump_refusal(UnreadableSheet("file_too_big", limit=25)))
    assert (caught.value.code, caught.value.status, caught.value.params) == ("file_too_big", 413, {"limit": 25})
    for broken in (b"PK", b"{}", b"[]", dump_sheet(Sheet("x", 1, {"a": "b"}, ()))[:-2] + b"[1]]}"):
        with pytest.raises(ValueError):
            load_sheet(broken)


def test_another_zip_is_no_workbook():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("word/document.xml", "<w/>")
    assert code_of(target.getvalue()) == "file_not_xlsx"


def test_the_missing_column_is_named():
    with pytest.raises(UnreadableSheet) as caught:
        read_table(book({(1, 1): "Mã", (1, 2): "Ngày", (2, 1): "x"}), COLUMNS, NEEDED)
    assert caught.value.params == {"missing": "Tên đơn vị"}


def test_what_is_handed_out_holds_no_formula():
    lines = [(lead + "HYPERLINK(1)", "https://x.vn", "007") for lead in ("=", "+", "-", "@", "\t=", "{=")]
    data = workbook("Sheet", ["a", "b", "c"], lines, ["=1+1"])
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        sheets = [made.read(name) for name in made.namelist() if name.startswith("xl/worksheets")]
    assert len(sheets) == 2
    assert not [xml for xml in sheets if b"<f" in xml or b"hyperlink" in xml]
    read = read_table(data, {"a": ("a",), "b": ("b",), "c": ("c",)}, {"a": ("a",)})
    assert [row.get("c") for row in read.rows] == ["007"] * 6
