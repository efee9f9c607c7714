"""Workbooks as programs and people make them: formats, cell styles, other sheets, keys by look."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill

from contest.questions.formats.drafts import Problem, Reading, UnreadableFile
from contest.questions.formats.gate import read_bank, read_bank_here
from tests.questions.formats.built import HEADER, ONE_CELL, ods, package, question, saved, workbook, workbooks, xls

KEYLESS = HEADER[:-1]


def read(data: bytes, **options) -> Reading:
    return read_bank_here(data, "x.xlsx", **options)


def codes(reading: Reading) -> list[list[str]]:
    return [[problem.code for problem in draft.problems] for draft in reading.drafts]


@pytest.mark.parametrize("build", [xls, ods])
def test_old_excel_and_libreoffice(build):
    reading = read(build([HEADER, question(1, "B"), question(2, "A,C")]))
    assert reading.format == build.__name__
    assert [(d.row, d.key, d.options[3]) for d in reading.usable] == [(2, (1,), "bốn"), (3, (0, 2), "bốn")]
    assert read_bank(build([HEADER, question(1)]), "x").drafts[0].stem == "Câu hỏi số 1?"


def test_a_locked_xls():
    with pytest.raises(UnreadableFile, match="encrypted"):
        read(xls([HEADER, question(1)], locked=True))


def rewritten(data: bytes, part: str, change) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if re.fullmatch(part, name) else text)
    return target.getvalue()


def test_strict_open_xml():
    def strict(xml: str) -> str:
        return xml.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                           "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships")

    data = rewritten(workbook([HEADER, question(1, "C")]), r".*\.(xml|rels)", strict)
    assert read(data).usable[0].key == (2,)


def test_rows_out_of_order_and_cells_twice():
    def cell(ref: str, text: str) -> str:
        return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'

    rows = {
        3: cell("A3", "Câu ba?") + cell("B3", "a") + cell("C3", "b") + cell("D3", "B"),
        1: cell("A1", "Câu hỏi") + cell("B1", "A") + cell("C1", "B") + cell("D1", "Đáp án"),
        2: cell("A2", "cũ") + cell("A2", "Câu hai?") + cell("B2", "a") + cell("C2", "b") + cell("D2", "A"),
    }
    xml = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
    xml += "".join(f'<row r="{number}">{found}</row>' for number, found in rows.items()) + "</sheetData></worksheet>"
    reading = read(package(xml))
    assert [(d.row, d.stem, d.key) for d in reading.usable] == [(2, "Câu hai?", (0,)), (3, "Câu ba?", (1,))]


def styled(values: dict[str, object], formats: dict[str, str], dates_from_1904: bool = False) -> Reading:
    book = openpyxl.Workbook()
    if dates_from_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["Mã", *HEADER[1:]], ["M1", "Câu?", "một", "hai", "ba", "bốn", "A"]):
        book.active.append(row)
    for ref, value in values.items():
        book.active[ref] = value
    for ref, code in formats.items():
        book.active[ref].number_format = code
    return read(saved(book))


@pytest.mark.parametrize("dates_from_1904", [False, True])
def test_dates_as_they_were_typed(dates_from_1904):
    values = {"C2": datetime.date(2026, 2, 1), "D2": datetime.date(2026, 4, 3), "E2": datetime.date(2026, 1, 5),
              "F2": datetime.date(2026, 9, 2)}
    reading = styled(values, {"C2": "d/m", "D2": "m/d", "E2": "d-mmm", "F2": "dd/mm/yyyy"}, dates_from_1904)
    assert reading.drafts[0].options == ("1/2", "4/3", "1/5", "02/09/2026")
    assert [(p.code, p.column) for p in reading.drafts[0].problems] == [
        ("cell_date", f"Đáp án {letter}") for letter in "ABCD"]


def test_numbers_as_they_are_shown():
    values = {"A2": 7, "C2": 0.8, "D2": 0.125, "E2": 1.5e17, "F2": 1e-7}
    draft = styled(values, {"A2": "000", "C2": "0%", "D2": "0.0%"}).drafts[0]
    assert draft.code == "007"
    assert draft.options == ("80%", "12.5%", "150000000000000000", "0.0000001")
    assert draft.problems == ()


def test_an_old_font_tells_the_encoding():
    book = openpyxl.Workbook()
    for row in (HEADER, [1, "Câu hỏi?", "Tæ", "Huyện", "x", "y", "A"]):
        book.active.append(row)
    book.active["C2"].font = Font(name=".VnTime")
    book.active["D2"].font = Font(name=".VnTime")
    draft = read(saved(book)).drafts[0]
    assert draft.options[:2] == ("Tổ", "Huyện")
    assert [(p.code, p.column) for p in draft.problems] == [("font_converted", "Đáp án A")]


LOOKS = {
    "bold": {"font": Font(bold=True)},
    "underline": {"font": Font(underline="single")},
    "colour": {"font": Font(color="FFFF0000")},
    "fill": {"fill": PatternFill("solid", fgColor="FFFFFF00")},
}


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_keys_by_the_look_of_a_cell(look):
    book = openpyxl.Workbook()
    for row in (KEYLESS, question(1)[:-1], question(2)[:-1]):
        book.active.append(row)
    for name, value in LOOKS[look].items():
        setattr(book.active["D2"], name, value)
        for ref in ("C3", "D3", "E3", "F3"):
            setattr(book.active[ref], name, value)
    reading = read(saved(book))
    assert reading.drafts[0].key == (1,)
    assert codes(reading) == [[], ["no_key"]]


def test_keys_by_bold_letters_in_one_shared_cell():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"underline": 1})
        for row, values in enumerate((ONE_CELL, [1, "Câu?"], [2, "Hai?", "A. một\nB. hai\nC. ba"])):
            sheet.write_row(row, 0, values)
        sheet.write_rich_string("C2", "A. một\n", bold, "B. hai", "\nC. ba")
    first, second = read(target.getvalue()).drafts
    assert (first.options, first.key, first.problems) == (("một", "hai", "ba"), (1,), ())
    assert [p.code for p in second.problems] == ["no_key"]


def test_keys_by_bold_letters_in_one_cell():
    book = openpyxl.Workbook()
    text = CellRichText("A. một\n", TextBlock(InlineFont(b=True), "B. hai"), "\nC. ba")
    for row in (ONE_CELL, [1, "Câu?", None, None]):
        book.active.append(row)
    book.active["C2"] = text
    target = io.BytesIO()
    book.save(target)
    draft = read(target.getvalue()).drafts[0]
    assert (draft.options, draft.key, draft.problems) == (("một", "hai", "ba"), (1,), ())


@pytest.mark.parametrize("headers", [["A", "B", "C", "D"], ["Đúng A", "Đúng B", "Đúng C", "Đúng D"]])
def test_a_column_with_an_x_for_each_option(headers):
    header = [*KEYLESS, *headers]
    reading = read(workbook([header, [*question(1)[:-1], None, "x", None, "X"], [*question(2)[:-1], "x"]]))
    assert [(d.type, d.key) for d in reading.drafts] == [("multiple", (1, 3)), ("single", (0,))]
    assert codes(reading) == [[], []]


def test_keys_on_a_sheet_of_their_own():
    sheets = {"Câu hỏi": [KEYLESS, question(1)[:-1], question(2)[:-1], question(3)[:-1]],
              "Đáp án": [["STT", "Đáp án"], [1, "B"], [2, "A, C"], [9, "D"]]}
    reading = read(workbooks(sheets))
    assert [draft.key for draft in reading.drafts] == [(1,), (0, 2), ()]
    assert codes(reading) == [[], [], ["no_key"]]
    assert [(p.code, p.place) for p in reading.problems] == [
        ("key_missing_in_table", "Câu hỏi!4"), ("key_table_extra", "Đáp án!4")]


def test_a_key_that_contradicts_the_sheet_of_keys():
    sheets = {"Câu hỏi": [HEADER, question(1, "A")], "Key": [["STT", "Đáp án"], [1, "B"]]}
    reading = read(workbooks(sheets))
    assert reading.drafts[0].key == (0,)
    assert [(p.severity, p.code, dict(p.params)) for p in reading.drafts[0].problems] == [
        ("error", "key_conflict_table", {"value": "B"})]


def test_a_sheet_a_topic():
    sheets = {"Thể chế": [HEADER, question(1)], "Sheet2": [HEADER, question(2)],
              "Thống kê": [["Lĩnh vực", "Số câu"], ["Thể chế", 1]]}
    reading = read(workbooks(sheets))
    assert [(d.place, d.topic) for d in reading.drafts] == [("Thể chế!2", "Thể chế"), ("Sheet2!2", None)]
    assert reading.problems == (
        Problem("warning", "sheets_joined", "", None, {"sheets": 2, "names": "Thể chế, Sheet2"}),)
    other = read(workbooks({"Đề": [HEADER, question(1)], "Khác": [[*HEADER, "Mức độ"], [*question(2), "Dễ"]]}))
    assert other.problems == (Problem("warning", "sheet_unread", "Khác", None, {"rows": 1}),)
