"""From a frozen list to the page behind the QR code of a printed certificate."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contest.awards.models import Award
from contest.extensions import db
from contest.jobs.running import run_next
from contest.reports import certificates
from tests import factories as make
from tests.awards.winners import Winners, winners
from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser, Site, enter, fits
from tests.reports.certificate_faces import pages

pytestmark = pytest.mark.browser


@pytest.fixture
def held(site: Site, monkeypatch: pytest.MonkeyPatch) -> Winners:
    """A frozen list with two winners and a unit; the site knows its own address, as QR codes hold it."""
    config = site.app.extensions["contest_config"]
    monkeypatch.setitem(site.app.extensions, "contest_config", replace(config, public_url=site.url))
    with site.app.app_context():
        made = winners()
        winner = db.session.get_one(make.Account, made.people[0])
        winner.login, winner.name = "giai-nhat", "Nguyễn Thị Hồng Ngự Ẫng"
        db.session.get_one(Award, made.awards[0]).name = winner.name
        make.account("lap", name="Ngô Lập", roles=("organiser",))
        db.session.commit()
    return made


def saved(page: Page, name: str, folder: Path) -> bytes:
    """What the browser saves when this link is pressed."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target.read_bytes()


def test_a_printed_certificate_proves_itself(site: Site, held: Winners, new_browser: OpenBrowser, tmp_path: Path):
    organiser = new_browser(viewport=DESK).new_page()
    enter(organiser, site.url, "lap")
    organiser.goto(site.address(f"/to-chuc/giai-thuong/{held.list_id}"))
    organiser.get_by_role("link", name="Giấy chứng nhận").click()
    organiser.get_by_label("Tiêu đề").fill("Giấy khen")
    organiser.get_by_label("Xanh dương").check()
    organiser.get_by_role("button", name="Lưu và xem thử").click()
    expect(organiser.get_by_text("Đã lưu mẫu giấy.")).to_be_visible()
    expect(organiser.get_by_role("img", name="Giấy có tên dài nhất")).to_have_js_property("naturalWidth", 1286)
    organiser.get_by_role("button", name="Tạo một tệp PDF").click()
    expect(organiser.get_by_text("Đang chờ bắt đầu.")).to_be_visible()
    with site.app.app_context():
        run_next(site.app.extensions["jobs"])
    printed = pages(saved(organiser, "Tải về", tmp_path))  # the page has moved on by itself
    assert [page.codes for page in printed] == [[f"{site.url}/xac-nhan/{code}"] for code in held.codes]
    assert "GIẤY KHEN" in printed[0].text
    [address] = printed[0].codes
    stranger = new_browser(viewport=PHONE).new_page()
    stranger.goto(address)
    expect(stranger.get_by_text("Giấy có thật và còn hiệu lực")).to_be_visible()
    expect(stranger.get_by_role("main").get_by_text("Nguyễn Thị Hồng Ngự Ẫng")).to_be_visible()
    expect(stranger.get_by_text("số 15/QĐ-SNV ngày 20/12/2026")).to_be_visible()


def test_a_winner_downloads_theirs_and_a_mistyped_code_is_told(site: Site, held: Winners, new_browser: OpenBrowser,
                                                               tmp_path: Path):
    winner = new_browser(viewport=NARROWEST).new_page()
    enter(winner, site.url, "giai-nhat")
    winner.goto(site.address("/ket-qua-cua-toi"))
    [page] = pages(saved(winner, "Tải giấy (PDF)", tmp_path))
    assert page.codes == [f"{site.url}/xac-nhan/{held.codes[0]}"]
    assert all(page.fonts.values())
    reader = new_browser(viewport=NARROWEST, java_script_enabled=False).new_page()
    reader.goto(site.address("/xac-nhan"))
    box = reader.get_by_label("Mã xác nhận")
    box.fill("2222-2222-22")
    reader.get_by_role("button", name="Kiểm tra").click()
    expect(reader.get_by_text("Không có giấy nào mang mã này.")).to_be_visible()
    fits(reader)
    box.fill(held.codes[0].lower().replace("-", " "))
    reader.get_by_role("button", name="Kiểm tra").click()
    expect(reader.get_by_text("Giấy có thật và còn hiệu lực")).to_be_visible()
    fits(reader)


def test_making_a_file_is_called_off(site: Site, held: Winners, new_browser: OpenBrowser,
                                     monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(certificates, "STEP", 1)
    page = new_browser(viewport=NARROWEST, java_script_enabled=False).new_page()
    enter(page, site.url, "lap")
    page.goto(site.address(f"/to-chuc/giai-thuong/{held.list_id}/giay-chung-nhan"))
    fits(page)
    page.get_by_role("button", name="Tạo tệp theo đơn vị").click()
    fits(page)
    page.get_by_role("button", name="Hủy tạo tệp").click()
    expect(page.get_by_text("Đã hủy tạo tệp.")).to_be_visible()
    with site.app.app_context():
        assert not run_next(site.app.extensions["jobs"])
