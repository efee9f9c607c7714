"""A list of who gets what as a workbook and for Word: what stands in it, and that nothing in it is a formula."""

import io
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook

from contest.extensions import db
from contest.identity.models import Account
from contest.reports import award_list_words
from tests.awards.stage import Desk, PlanFields, PrizeFields
from tests.awards.test_lists import HUE

BOTH = PlanFields((*HUE[:2], PrizeFields("Giải tập thể", "collective", 1, worth="5.000.000 đồng")), need_phone=True)


def sheets(answer):
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()]
            for page in load_workbook(io.BytesIO(answer.data))}


def words(answer):
    document = Document(io.BytesIO(answer.data))
    return "\n".join([*(line.text for line in document.paragraphs), *(
        cell.text for table in document.tables for row in table.rows for cell in row.cells)])


def test_the_workbook_has_both_kinds_and_who_was_passed_over(app, hands):
    desk = Desk(app, hands, BOTH)
    with app.app_context():
        db.session.get_one(Account, desk.people[0]).phone = None
        db.session.get_one(Account, desk.people[1]).name = '=HYPERLINK("http://x","y")'
        db.session.commit()
    found = sheets(desk.client.get(desk.draw_up() + "/danh-sach.xlsx"))
    assert [row[:5] for row in found["Cá nhân"] if row[0] in (1, 2, 3)] == [
        [1, "Giải Nhất", "", '=HYPERLINK("http://x","y")', "Sở Nội vụ"],
        [2, "Giải Nhì", "", "Lê Văn 2", "Sở Nội vụ"], [3, "Giải Nhì", "", "Lê Văn 3", "Sở Nội vụ"]]
    (unit,) = [row for row in found["Tập thể"] if row[0] == 1]
    assert unit[1:7] == ["Giải tập thể", "5.000.000 đồng", "Sở Nội vụ", "Khối sở", 80, 1]  # 8 of 10 people
    (over,) = [row for row in found["Không được xét"] if row[0] == "Lê Văn 0"]
    assert over[2:] == ["Giải Nhất", 1, "Chưa có số điện thoại để liên hệ trao giải."]
    assert found["Cá nhân"][4][:2] == ["Bản nháp, chưa có quyết định", None]


def test_no_cell_of_the_workbook_is_a_formula(app, hands):
    desk = Desk(app, hands)
    with app.app_context():
        for one in desk.people:
            db.session.get_one(Account, one).name = "=1+1"
        db.session.commit()
    book = load_workbook(io.BytesIO(desk.client.get(desk.draw_up() + "/danh-sach.xlsx").data))
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_the_workbook_prints_on_a4_with_all_its_columns_and_its_heads(app, hands):
    desk = Desk(app, hands)
    for page in load_workbook(io.BytesIO(desk.client.get(desk.draw_up() + "/danh-sach.xlsx").data)):
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
        assert (page.sheet_properties.pageSetUpPr.fitToPage, page.page_setup.fitToHeight) == (True, 0)
        head = next(row[0].row for row in page.iter_rows() if row[0].value in ("STT", "Họ và tên, đơn vị"))
        assert page.print_title_rows == f"${head}:${head}"


def test_the_document_is_a_draft_until_it_stands_in_a_decision(app, hands):
    desk = Desk(app, hands, BOTH)
    where = desk.draw_up()
    said = words(desk.client.get(where + "/danh-sach.docx"))
    assert "DỰ THẢO" in said
    assert "(Kèm theo Quyết định số ......... ngày" in said
    desk.freeze(where)
    said = words(desk.client.get(where + "/danh-sach.docx"))
    assert "DỰ THẢO" not in said
    assert "(Kèm theo Quyết định số 15/QĐ-SNV ngày 01 tháng 12 năm 2026)" in said
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said
    assert "I. TẬP THỂ" in said
    assert "II. CÁ NHÂN" in said
    assert "Danh sách này có 01 tập thể, 03 cá nhân." in said
    assert "Nguyễn Văn Mẫu" in said
    assert "Hạng 2: nhiều điểm hơn (4 so với 3)." in said


def test_the_same_list_is_the_same_file(app, hands):
    desk = Desk(app, hands)
    where = desk.frozen() + "/danh-sach.docx"
    assert desk.client.get(where).data == desk.client.get(where).data


def test_there_is_no_other_kind_of_file(app, hands):
    desk = Desk(app, hands)
    assert desk.client.get(desk.draw_up() + "/danh-sach.pdf").status_code == 404


@pytest.mark.parametrize(("day", "said"), [
    (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"), (date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
    (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"), (date(2026, 12, 20), "ngày 20 tháng 12 năm 2026")])
def test_days_are_written_as_decree_30_has_them(app, day, said):
    with app.test_request_context():
        assert award_list_words.long_day(day) == said
