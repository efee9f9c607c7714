"""A contest end to end, on the sample province: from an organiser's Excel file to the workbook of results.

With SCREENS set to a folder it also keeps a picture of each main screen there (`make screens`).
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from contest.demo.seeding import fill
from contest.extensions import db
from contest.rounds.models import Round
from contest.serving import worker_tick
from tests.browser.conftest import DESK, PHONE, OpenBrowser, RunningHands, enter, serving

pytestmark = pytest.mark.browser
PASSWORD = "mat khau mau"
SCREENS = os.environ.get("SCREENS")


class Province:
    """The sample province behind an address, with one open round."""

    def __init__(self, url: str, app: Flask, round_id: str) -> None:
        self.url, self.app, self.round_id = url, app, round_id

    def work(self) -> None:
        """What the worker does by itself every two seconds."""
        with self.app.app_context():
            worker_tick()


@pytest.fixture
def province(app: Flask, running_hands: RunningHands) -> Iterator[Province]:
    with app.app_context(), app.test_request_context():
        fill(PASSWORD, "open", running_hands.now())
        db.session.commit()
        round_id = db.session.scalars(db.select(Round.id).order_by(Round.position.desc())).first()
    with serving(app) as url:
        yield Province(url, app, str(round_id))


def sign_in(page: Page, province: Province, login: str, path: str = "/") -> None:
    enter(page, province.url, login, PASSWORD)
    page.goto(province.url + path)


def snap(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the page where SCREENS asks for it."""
    if SCREENS:
        folder = Path(SCREENS)
        folder.mkdir(parents=True, exist_ok=True)
        size = page.viewport_size or PHONE
        height = min(page.evaluate("document.documentElement.scrollHeight"), 1_500) if whole else size["height"]
        page.screenshot(path=folder / f"{name}-{size['width']}.png", full_page=whole, animations="disabled",
                        clip={"x": 0, "y": 0, "width": size["width"], "height": height} if whole else None)


def ugly_workbook() -> bytes:
    """A file as organisers have it: a title above the header, options in one cell, keys as numbers, faults."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Bộ câu hỏi"
    sheet.append(["BỘ CÂU HỎI TÌM HIỂU CẢI CÁCH HÀNH CHÍNH"])
    sheet.merge_cells("A1:E1")
    sheet.append([])
    sheet.append(["TT", "Nội dung câu\u00a0hỏi", "Phương án trả lời", "Đáp án", "Lĩnh vực"])
    four = "A. Sở Nội vụ\nB. Sở Tài chính\nC. Sở Tư pháp\nD. Sở Xây dựng"
    for n in range(1, 9):
        sheet.append([n, f"Cơ quan nào chủ trì nhiệm vụ số {n} của kế hoạch?", four, n % 4 + 1, "Cải cách thể chế"])
    sheet.append([9, "Cơ quan nào phối hợp?", "A. Sở Nội vụ\nB .Sở Tài chính\nSở Tư pháp", 2, None])
    sheet.append([10, "Cơ quan nào chủ trì nhiệm vụ số 1 của kế hoạch?", four, 2, "Cải cách thể chế"])
    sheet.append([11, None, four, 1, None])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def import_a_messy_bank(page: Page, province: Province) -> None:
    """The good rows come in, the bad ones are named by the row that Excel shows."""
    sign_in(page, province, "totchuc", "/to-chuc/ngan-hang")
    snap(page, "banks")
    page.get_by_role("link", name="Tạo ngân hàng").first.click()
    page.get_by_label("Mã ngân hàng").fill("luat-can-bo")
    page.get_by_label("Tên ngân hàng").fill("Ngân hàng của Ban Đề thi")
    page.get_by_role("main").get_by_role("button").last.click()
    page.goto(page.url.split("?")[0].rstrip("/") + "/nhap" if not page.url.endswith("/nhap") else page.url)
    page.locator("input[type=file]").set_input_files(
        {"name": "Bộ câu hỏi, bản cuối.xlsx", "mimeType": "application/octet-stream", "buffer": ugly_workbook()})
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.get_by_text(re.compile("Dòng 12|dòng 12")).first).to_be_visible()
    snap(page, "import")
    page.get_by_role("button", name=re.compile(r"Nhập 8 câu")).click()
    expect(page.get_by_text(re.compile(r"8 câu")).first).to_be_visible()


def sit_on_a_phone(phone: BrowserContext, province: Province) -> None:
    """Sign in, read the rules, start, answer; the line goes and comes back."""
    page = phone.new_page()
    page.goto(province.url + "/cuoc-thi/cchc-2026")
    snap(page, "contest")
    sign_in(page, province, "thisinh7")
    snap(page, "home")
    page.goto(f"{province.url}/dot-thi/{province.round_id}")
    snap(page, "rules")
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("#place")).to_have_text("Câu 1/20")
    for n in range(3):
        with page.expect_response(lambda r: r.url.endswith("/answers") and r.status == 200):
            page.locator("#options label").first.click()
        if n == 2:
            snap(page, "question", whole=False)
        page.get_by_role("button", name="Câu tiếp").click()
        expect(page.locator("#place")).to_have_text(f"Câu {n + 2}/20")
    phone.set_offline(True)
    page.locator("#options label").first.click()
    expect(page.locator("#band-line")).to_contain_text("Mất kết nối")
    snap(page, "offline", whole=False)
    with page.expect_response(lambda r: r.url.endswith("/answers") and r.status == 200):
        phone.set_offline(False)
    expect(page.locator("#band-line")).to_have_text("Đã kết nối lại. Đã lưu 1 câu.")


def go_on_at_a_desk(desk: Page, province: Province) -> None:
    """On another browser the same person goes on where they were, submits, sees the result."""
    sign_in(desk, province, "thisinh7", f"/dot-thi/{province.round_id}")
    desk.get_by_text(re.compile("^Tiếp tục làm bài")).first.click()
    expect(desk.locator("#place")).to_have_text("Câu 5/20")
    snap(desk, "question")
    with desk.expect_response(lambda r: r.url.endswith("/answers") and r.status == 200):
        desk.locator("#options label").nth(1).click()
    desk.goto(re.sub(r"/cau/\d+.*|/cau$", "", desk.url).rstrip("/") + "/kiem-tra")
    expect(desk.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_visible()
    snap(desk, "check")
    desk.get_by_role("button", name="Nộp bài").click()
    expect(desk.get_by_text(re.compile("Mã bài thi|mã bài thi")).first).to_be_visible()
    snap(desk, "receipt")
    desk.goto(desk.url.replace("/da-nop", "/ket-qua"))
    expect(desk.get_by_text(re.compile(r"\d+/20")).first).to_be_visible()
    snap(desk, "result")


def take_the_figures(staff: Page, province: Province) -> None:
    """The organiser sees the ranking and the units, and takes the workbook away."""
    sign_in(staff, province, "totchuc", f"/dot-thi/{province.round_id}/xep-hang")
    expect(staff.get_by_role("table").first).to_be_visible()
    snap(staff, "leaderboard", whole=False)
    staff.goto(f"{province.url}/dot-thi/{province.round_id}/don-vi")
    snap(staff, "units")
    staff.goto(f"{province.url}/thong-ke/{province.round_id}")
    snap(staff, "overview")
    with staff.expect_download() as download:
        staff.get_by_role("link", name=re.compile("Excel")).first.click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book.sheetnames == ["Tổng hợp", "Thí sinh", "Lượt thi", "Đơn vị"]
    people = [row for row in book["Thí sinh"].iter_rows(values_only=True) if "thisinh7" in row]
    assert len(people) == 1
    staff.goto(f"{province.url}/to-chuc/dot-thi/{province.round_id}")
    snap(staff, "round")


def test_a_contest_from_excel_to_workbook(province: Province, new_browser: OpenBrowser):
    import_a_messy_bank(new_browser(viewport=DESK).new_page(), province)
    sit_on_a_phone(new_browser(viewport=PHONE), province)
    go_on_at_a_desk(new_browser(viewport=DESK).new_page(), province)
    province.work()
    take_the_figures(new_browser(viewport=DESK, accept_downloads=True).new_page(), province)
