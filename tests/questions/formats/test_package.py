import io
import zipfile
import zlib

import pytest

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.package import open_package, scan_sheet, sheet_parts
from tests.questions.formats.built import HEADER, cells_of, package, question, sheet_xml


def refusal(data: bytes) -> tuple[str, dict]:
    with pytest.raises(UnreadableFile) as caught:
        scan_sheet(open_package(data), "xl/worksheets/sheet1.xml", "Sheet1")
    return caught.value.code, caught.value.params


def facts(xml: str):
    return scan_sheet(open_package(package(xml)), "xl/worksheets/sheet1.xml", "Sheet1")


def test_the_true_extent_not_the_declared_one():
    found = facts(sheet_xml({"A1": "x", "C7": "y"}, dimension="A1:A1"))
    assert (found.rows, found.columns) == (7, 3)


def test_a_far_cell_names_itself():
    assert refusal(package(sheet_xml({"A1": "x", "XFD200000": "y"}))) == (
        "too_many_columns",
        {"sheet": "Sheet1", "cell": "XFD200000", "limit": 100},
    )
    assert refusal(package(sheet_xml({"B60001": "y"}))) == (
        "too_many_rows",
        {"sheet": "Sheet1", "cell": "B60001", "limit": 60_000},
    )
    assert facts(sheet_xml({"CV60000": "y"})).rows == 60_000


def test_formatted_empty_cells_count_for_nothing():
    xml = sheet_xml({"A1": "x"}).replace(
        "</sheetData>",
        '<row r="900000"><c r="XFD900000" s="1"/><c r="B900000"></c></row></sheetData>',
    )
    assert (facts(xml).rows, facts(xml).columns) == (1, 1)


def test_cells_without_a_reference_are_counted():
    xml = "<row><c><v>1</v></c><c></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>"
    assert (facts(xml).rows, facts(xml).columns) == (3, 3)


def test_other_prefixes_and_quotes():
    xml = "<x:worksheet><x:row r='5'><x:c r='D5' t='e'><x:v>#N/A</x:v></x:c></x:row></x:worksheet>"
    assert (facts(xml).rows, facts(xml).columns) == (5, 4)


def test_hidden_rows_errors_and_formulas():
    found = facts(
        '<row r="2" hidden="1"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><f>A1</f></c>'
        '<c r="C2"><f>A1</f><v/></c><c r="D2"><f>A1</f><v>3</v></c></row>'
    )
    assert found.hidden_rows == {2}
    assert found.error_cells == {(2, 0)}
    assert found.formulas_without_value == {(2, 1), (2, 2)}


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>',
        '<?xml version="1.0"?>' + " " * (1 << 20) + '<!ENTITY a "b">',
        " " * ((1 << 20) - 4) + "<!DOCTYPE x>",
    ],
)
def test_entities_are_refused(attack):
    noise = "".join(f"<!-- {zlib.crc32(str(n).encode())} -->" for n in range(20_000))
    assert refusal(package(attack + noise)) == ("unsafe_xml", {"why": "entity"})


def test_other_encodings_of_xml_are_refused():
    assert refusal(package("<worksheet/>".encode("utf-16")))[1] == {"why": "encoding"}


def test_zip_bombs_are_refused():
    assert refusal(package("<a/>" + " " * 3_000_000))[1]["why"] == "ratio"
    many = {f"xl/media/{n}.bin": b"" for n in range(2_000)}
    assert refusal(package("<a/>", many))[1]["why"] == "entries"


def test_a_size_that_lies_is_refused():
    data = bytearray(package(sheet_xml({f"A{n}": "x" for n in range(1, 500)})))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    data = data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refusal(bytes(data))[0] == "broken_file"


def test_unpacked_sizes_add_up():
    target = io.BytesIO(package("<a/>"))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as packed:
        for n in range(2):
            packed.writestr(f"xl/media/{n}.bin", b"x")
            packed.getinfo(f"xl/media/{n}.bin").file_size = 60_000_000
            packed.getinfo(f"xl/media/{n}.bin").compress_size = 1_000_000
    assert refusal(target.getvalue())[1].get("why") == "unpacked"


def test_the_parts_of_the_sheets():
    packed = open_package(package("<a/>"))
    assert sheet_parts(packed) == {"Sheet1": "xl/worksheets/sheet1.xml"}


BARE = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>'
        "</worksheet>")


def test_cells_outside_of_rows_are_looked_at():
    damaged = open_package(package(BARE.format('<c r="B2"><v>1</v></c>')))
    facts = scan_sheet(damaged, "xl/worksheets/sheet1.xml", "s")
    assert (facts.rows, facts.columns) == (2, 2)


def test_a_row_number_of_thousands_of_digits_breaks_that_file():
    damaged = open_package(package(BARE.format(f'<row r="{"9" * 5_000}"><c/></row>')))
    with pytest.raises(UnreadableFile, match="broken_file"):
        scan_sheet(damaged, "xl/worksheets/sheet1.xml", "s")


@pytest.mark.parametrize("number", ["x", "-99", "\u00b2", "9" * 5_000])
def test_a_style_with_words_for_numbers_is_read_without_it(number):
    styles = ('<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
              f'<numFmt numFmtId="{number}" formatCode="0"/></numFmts><fonts><font><b/></font></fonts><cellXfs>'
              f'<xf numFmtId="{number}" fontId="{number}" fillId="{number}"/></cellXfs></styleSheet>')
    data = package(sheet_xml(cells_of([HEADER, question(1)])), {"xl/styles.xml": styles})
    assert len(read_bank_here(data, "x").drafts) == 1
