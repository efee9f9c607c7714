"""Passing a contest on from its page."""

import pytest
from playwright.sync_api import expect

from contest.extensions import db
from contest.rounds.models import Contest
from tests.browser.conftest import NARROWEST, OpenBrowser, Site, fits

pytestmark = pytest.mark.browser


@pytest.fixture
def address(site: Site) -> str:
    with site.app.app_context():
        return f"/cuoc-thi/{db.session.scalars(db.select(Contest.code)).one()}"


def test_the_address_is_copied(site: Site, address: str, new_browser: OpenBrowser):
    context = new_browser(viewport=NARROWEST, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site.address(address))
    expect(page.get_by_alt_text("Mã QR mở trang cuộc thi")).to_have_js_property("complete", True)
    fits(page)
    page.get_by_role("button", name="Sao chép địa chỉ").click()
    expect(page.get_by_text("Đã sao chép địa chỉ.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"http://127.0.0.1:8000{address}"
    page.get_by_role("link", name="In áp phích có mã QR").click()
    expect(page.get_by_role("button", name="In áp phích")).to_be_visible()
    fits(page)


def test_without_script_nothing_is_offered_that_does_nothing(site: Site, address: str, new_browser: OpenBrowser):
    page = new_browser(java_script_enabled=False).new_page()
    page.goto(site.address(address))
    expect(page.get_by_role("link", name="Gửi qua Zalo")).to_be_visible()
    expect(page.get_by_role("button", name="Sao chép địa chỉ")).to_be_hidden()
    expect(page.get_by_role("button", name="Gửi bằng ứng dụng khác")).to_be_hidden()


def test_the_poster_prints_on_one_page(site: Site, address: str, new_browser: OpenBrowser):
    page = new_browser(viewport={"width": 680, "height": 950}).new_page()
    page.goto(site.address(f"{address}/ap-phich"))
    page.emulate_media(media="print")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 1
