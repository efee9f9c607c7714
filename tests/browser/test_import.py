"""An organiser with an ugly workbook and a deadline: from the file to the bank, and back."""

import io
import os
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.jobs.running import run_next
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, enter, fits, serving
from tests.questions.drafted import new_bank, numbers

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def desk(app, running_hands, new_browser):
    """An organiser's browser, signed in, before an empty bank; the server's address."""
    with app.app_context():
        make.account("tochuc", name="Trần Thị Ánh Nguyệt", unit=make.unit("Sở Nội vụ"), roles=("organiser",))
        bank_id = new_bank("cchc-2026").id
        db.session.commit()
    with serving(app) as url:
        page = new_browser(viewport=DESK, accept_downloads=True).new_page()
        enter(page, url, "tochuc")
        yield page, url, bank_id


def ugly() -> bytes:
    """A title and a warning above a header that nobody would guess, a merged cell, a broken key, an odd topic."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tổng hợp (sửa lần 3)"
    sheet.append(["NGÂN HÀNG CÂU HỎI TÌM HIỂU CẢI CÁCH HÀNH CHÍNH"])
    sheet.append(["Lưu ý: không chỉnh sửa tiêu đề"])
    sheet.append(["TT", "Vấn đề cần hỏi", "P1", "P2", "P3", "P4", "Chốt", "Mảng việc"])
    for number in range(1, 9):
        sheet.append([number, f"Nhiệm vụ số {number} của kế hoạch năm 2026 do cơ quan nào chủ trì?", "Sở Nội vụ",
                      "Sở Tài chính", "Sở Tư pháp", "Văn phòng UBND tỉnh", "ABCD"[number % 4], ""])
    sheet["G7"] = "câu B hoặc câu E"
    sheet["G9"] = ""
    sheet.merge_cells("A1:H1")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def shot(page: Page, name: str) -> None:
    """Pictures of a page at both widths, where somebody asked for them."""
    if not SHOTS:
        return
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    page.set_viewport_size(DESK)


def choose(page: Page, name: str, data: bytes) -> None:
    page.get_by_label(re.compile("Tệp câu hỏi")).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    page.get_by_role("button", name="Tải lên và xem trước").click()


def test_an_ugly_workbook_comes_into_the_bank_and_out_again(app, desk, tmp_path):
    page, url, bank_id = desk
    page.goto(f"{url}/to-chuc/ngan-hang/{bank_id}/nhap")
    shot(page, "1-file")
    fits(page, within=PHONE)
    choose(page, "Tổng hợp câu hỏi (sửa lần 3, bản chốt).xlsx", ugly())

    expect(page.get_by_role("heading", name="Ghép cột")).to_be_visible()
    page.get_by_label("Dòng tiêu đề").select_option("3")
    page.get_by_role("button", name="Xem các cột").click()
    for letter, word in {"A": "Số thứ tự", "B": "Nội dung câu hỏi", "C": "Phương án A", "D": "Phương án B",
                         "E": "Phương án C", "F": "Phương án D", "G": "Đáp án đúng", "H": "Lĩnh vực"}.items():
        page.get_by_label(f"Trường của cột {letter}").select_option(label=word)
    shot(page, "2-columns")
    fits(page, within=PHONE)
    page.get_by_role("button", name="Đọc tệp với các cột này").click()

    expect(page.get_by_role("heading", name="Xem trước 8 dòng")).to_be_visible()
    expect(page.get_by_role("button", name="Nhập 6 câu hỏi")).to_be_visible()
    shot(page, "3-preview")
    fits(page, within=PHONE)
    page.get_by_role("link", name=re.compile(r"^Lỗi 2")).click()
    bad = page.get_by_role("listitem").filter(has_text="Dòng 7").first
    expect(bad).to_contain_text("Không hiểu đáp án")
    bad.get_by_role("link", name="Sửa").click()
    shot(page, "4-edit")
    fits(page, within=PHONE)
    page.get_by_label("Chốt").fill("B")
    page.get_by_label("Mảng việc").fill("Chuyển đổi số")
    page.get_by_role("button", name="Lưu dòng 7").click()
    expect(page.get_by_text("Đã sửa dòng 7, nay nhập được.")).to_be_visible()
    shot(page, "5-edited")
    page.get_by_role("button", name="Áp dụng cho 7 dòng giống nhau").click()
    expect(page.get_by_text("Đã sửa thêm 7 dòng giống nhau.")).to_be_visible()
    page.get_by_role("button", name="Nhập 7 câu hỏi").click()

    expect(page.get_by_role("heading", name="Đã nhập 7 câu vào")).to_be_visible()
    shot(page, "6-result")
    fits(page, within=PHONE)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải các dòng lỗi (.xlsx, có cột Lý do)").click()
    path = Path(download.value.path())
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    rows = book.active
    assert [cell.value for cell in rows[1]][:8] == ["TT", "Vấn đề cần hỏi", "P1", "P2", "P3", "P4", "Chốt", "Mảng việc"]
    assert rows.max_row == 2
    rows["G2"] = "D"
    mended = io.BytesIO()
    book.save(mended)

    page.get_by_role("link", name="Nhập tệp khác").click()
    choose(page, "dong-loi.xlsx", mended.getvalue())
    page.get_by_role("button", name="Nhập 1 câu hỏi").click()
    expect(page.get_by_role("heading", name="Đã nhập 1 câu vào")).to_be_visible()
    with app.app_context():
        assert numbers()[0] == 8
    page.get_by_text("Hoàn tác lần nhập này", exact=True).first.click()
    shot(page, "7-undo")
    page.get_by_role("button", name="Hoàn tác lần nhập này").click()
    expect(page.get_by_role("heading", name="Lần nhập này đã được hoàn tác")).to_be_visible()
    shot(page, "8-undone")
    page.get_by_role("link", name="Nhật ký nhập tệp").click()
    expect(page.get_by_role("row")).to_have_count(3)
    shot(page, "9-log")
    fits(page, within=PHONE)
    with app.app_context():
        assert numbers()[0] == 7


def test_a_long_file_shows_how_far_it_is(app, desk):
    page, url, bank_id = desk
    lines = ["Mã;Nội dung câu hỏi;A;B;C;D;Đáp án đúng;Lĩnh vực"]
    lines += [f"C-{n};Nội dung câu hỏi số {n} về cải cách hành chính và chuyển đổi số của tỉnh năm 2026 là gì, "
              f"thực hiện theo văn bản nào, ở cấp nào?;Phương án thứ nhất {n};Phương án thứ hai {n};"
              f"Phương án thứ ba {n};Tất cả;A;Chuyển đổi số" for n in range(1, 5_001)]
    page.goto(f"{url}/to-chuc/ngan-hang/{bank_id}/nhap")
    choose(page, "5.000 câu.csv", "\n".join(lines).encode())
    expect(page.get_by_role("status").filter(has_text="Đang chờ đến lượt…")).to_be_visible()
    shot(page, "10-reading")
    fits(page, within=PHONE)
    with app.app_context():
        assert run_next(app.extensions["jobs"])
    expect(page.get_by_role("heading", name="Xem trước 5.000 dòng")).to_be_visible()
    page.get_by_role("button", name="Nhập 5.000 câu hỏi").click()
    expect(page.get_by_role("heading", name="Đang nhập câu hỏi")).to_be_visible()
    shot(page, "11-writing")
    with app.app_context():
        assert run_next(app.extensions["jobs"])
    expect(page.get_by_role("heading", name="Đã nhập 5.000 câu vào")).to_be_visible()
