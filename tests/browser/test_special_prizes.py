"""An organiser plans special prizes, names the unit that gets one, and both stand in a decision, in public, in Word."""

import io

import pytest
from docx import Document
from playwright.sync_api import expect

from contest.extensions import db
from contest.rounds.models import Round
from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser, Site, enter, fits
from tests.browser.test_awards import published

__all__ = ["published"]
pytestmark = pytest.mark.browser
UNIT = "Văn phòng Hội đồng nhân dân"  # as the name of the site's unit begins


def test_from_a_plan_to_those_named_and_in_public(published: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=PHONE, java_script_enabled=False).new_page()
    enter(page, published.url, "lap")
    page.goto(published.address(f"/to-chuc/dot-thi/{published.round_id}/giai-thuong/co-cau"))
    for place, (name, kind, measure) in enumerate([("Đông người dự thi nhất", "Cá nhân", "Số người dự thi"),
                                                   ("Giải Sáng kiến", "Tập thể", "Ban Tổ chức chọn")]):
        page.get_by_label("Tên giải").nth(place).fill(name)
        page.get_by_label("Số lượng").nth(place).fill("1")
        page.get_by_label("Loại giải").nth(place).select_option(label=kind)
        page.get_by_label("Xét theo").nth(place).select_option(label=measure)
    page.get_by_role("button", name="Lưu cơ cấu giải").click()
    expect(page.get_by_role("alert")).to_contain_text("Chỉ giải tập thể xét theo mục này.")
    fits(page, within=NARROWEST)
    page.get_by_label("Loại giải").first.select_option(label="Tập thể")
    page.get_by_role("button", name="Lưu cơ cấu giải").click()
    fits(page, within=NARROWEST)

    page.get_by_role("link", name="Chọn đơn vị nhận").click()
    expect(page.get_by_text("Chưa chọn đơn vị nào")).to_be_visible()
    page.get_by_label("Tìm theo tên hoặc mã đơn vị").fill("van phong")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_label(UNIT).check()
    page.get_by_role("button", name="Chọn nhận giải").click()
    expect(page.get_by_role("alert")).to_contain_text("Ghi lý do")
    expect(page.get_by_label(UNIT)).to_be_checked()
    fits(page, within=NARROWEST)
    page.get_by_label("Lý do").fill("Số hóa hồ sơ đất đai")
    page.get_by_role("button", name="Chọn nhận giải").click()
    expect(page.get_by_text("Đã chọn 1 trong 1 giải.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=UNIT).last).to_contain_text("Số hóa hồ sơ đất đai")
    fits(page, within=NARROWEST)

    page.get_by_role("link", name="Quay lại giải thưởng").click()
    page.get_by_role("button", name="Lập danh sách trao giải").click()
    expect(page.get_by_role("row", name="Đông người dự thi nhất")).to_contain_text("Hạng 1. Số người dự thi: 5.")
    expect(page.get_by_role("row", name="Giải Sáng kiến")).to_contain_text("Ban Tổ chức chọn: Số hóa hồ sơ đất đai.")
    fits(page, within=NARROWEST)
    page.get_by_role("link", name="Chốt theo quyết định").click()
    page.get_by_label("Số quyết định").fill("16/QĐ-SNV")
    page.get_by_label("Ngày ký").fill("2026-12-01")
    page.get_by_label("Người ký", exact=True).fill("Nguyễn Văn Mẫu")
    page.get_by_role("button", name="Chốt danh sách").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải về (Word)").click()
    document = Document(io.BytesIO(download.value.path().read_bytes()))
    told = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "Ban Tổ chức chọn: Số hóa hồ sơ đất đai." in told

    stranger = new_browser(viewport=DESK).new_page()
    with published.app.app_context():
        code = db.session.get_one(Round, published.round_id).contest.code
    stranger.goto(published.address(f"/cuoc-thi/{code}"))
    stranger.get_by_role("link", name="Kết quả trao giải").click()
    expect(stranger.get_by_role("row", name="Giải Sáng kiến")).to_contain_text(UNIT)
    expect(stranger.get_by_role("row", name="Đông người dự thi nhất")).to_contain_text(UNIT)
