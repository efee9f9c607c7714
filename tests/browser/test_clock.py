"""The time of a sitting as its page shows it: what organisers add, a clock out of sight, the end without a script."""

import re

import pytest
from playwright.sync_api import expect

from contest.delivery import granting
from contest.extensions import db
from tests.browser.conftest import OpenBrowser, Site, begin, fits, sign_in
from tests.browser.still import pass_time, still_sitting
from tests.browser.test_sitting import started

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("luck", [0, .9999], ids=["the first to ask", "the last to ask"])
def test_extra_time_stands_on_the_page_within_ten_seconds(site: Site, new_browser: OpenBrowser, luck: float):
    page = still_sitting(new_browser(), site, luck)
    with site.app.app_context():
        granting.grant_time(site.round_id, granting.Reach(), 5, "Mất điện", by=None, now=site.hands.now())
        db.session.commit()
    with page.expect_response("**/clock"):  # nobody touches the page: it asks by itself
        pass_time(page, site, 9_500)
    expect(page.locator("#band-line")).to_have_text("Được cộng thêm 5 phút.")
    expect(page.locator("#voice")).to_have_text("Được cộng thêm 5 phút.")
    pass_time(page, site, 500)
    expect(page.locator("#digits")).to_have_text(re.compile(r"24:(49|50)"))


def test_a_hidden_clock_stays_hidden_and_warnings_come(site: Site, new_browser: OpenBrowser):
    page = started(new_browser(), site)
    expect(page.locator("#digits")).to_be_visible()
    page.get_by_role("button", name="Ẩn đồng hồ").click()
    for number in (1, 2):
        page.goto(re.sub(r"/cau/\d", f"/cau/{number}", page.url))
        expect(page.get_by_role("button", name="Hiện đồng hồ")).to_be_visible()
        expect(page.locator("#digits")).to_be_hidden()
        expect(page.locator("#clock-word")).to_be_hidden()
        expect(page.locator("#save")).to_be_visible()
    site.hands.advance(minutes=15, seconds=30)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#time-band")).to_contain_text("Còn 5 phút.")
    expect(page.locator("#digits")).to_be_hidden()
    fits(page)
    page.get_by_role("button", name="Hiện đồng hồ").click()
    expect(page.locator("#digits")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Ẩn đồng hồ")).to_be_visible()
    expect(page.locator("#digits")).to_be_visible()


@pytest.mark.parametrize("path", ["/cau/1", "/kiem-tra"])
def test_without_script_the_page_leaves_for_the_receipt_at_the_end(site: Site, new_browser: OpenBrowser, path: str):
    page = new_browser(java_script_enabled=False).new_page()
    sign_in(page, site)
    begin(page, site)
    refresh = page.locator("meta[http-equiv=refresh]")
    expect(refresh).to_have_attribute("content", re.compile(r"^1[12]\d\d;url=/luot-thi/[0-9a-f-]+/da-nop$"))
    page.locator("#options label").first.click()
    page.locator("#next").click()
    expect(page.locator("#place")).to_have_text("Câu 2/4")
    site.hands.stop()
    site.hands.advance(milliseconds=(site.attempts()[0].time_limit_at - site.hands.now()).total_seconds() * 1000 - 10)
    page.goto(re.sub("/cau/2$", path, page.url))
    expect(refresh).to_have_attribute("content", re.compile("^1;"))  # never before the end
    site.hands.advance(milliseconds=10)
    expect(page.get_by_role("heading", name="Đã hết giờ")).to_be_visible()
    expect(page.get_by_text("Hệ thống đã nộp bài lúc 12:20 với 1/4 câu đã trả lời.")).to_be_visible()
