"""Before a sitting: the queue and the countdown."""

import pytest
from playwright.sync_api import Page, expect

from contest.delivery.queueing import Queue
from tests.browser.conftest import NARROWEST, OpenBrowser, Site, sign_in
from tests.browser.test_sitting import fits

pytestmark = pytest.mark.browser


def press_start(page: Page, site: Site) -> None:
    """Into a queue that somebody else has come to before."""
    queue = site.app.extensions["start_queue"] = Queue(1, 1)
    sign_in(page, site)
    page.goto(site.round_page)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    queue.ask("somebody", int(site.hands.now().timestamp() * 1000))
    page.get_by_role("button", name="Bắt đầu làm bài").click()


def test_a_page_in_the_queue_enters_by_itself(site: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=NARROWEST).new_page()
    press_start(page, site)
    expect(page.get_by_text("Anh/chị ở vị trí khoảng 1, trang tự vào sau 1 giây.")).to_be_visible()
    fits(page)
    expect(page.locator("#place")).to_have_text("Câu 1/4")
    assert len(site.attempts()) == 1


def test_without_script_a_button_enters(site: Site, new_browser: OpenBrowser):
    page = new_browser(java_script_enabled=False).new_page()
    press_start(page, site)
    expect(page.get_by_text("Đợi 1 giây rồi bấm nút bên dưới.")).to_be_visible()
    expect(page.get_by_text("trang tự vào sau")).to_be_hidden()
    site.hands.advance(seconds=1)
    page.get_by_role("button", name="Vào thi").click()
    expect(page.locator("#place")).to_have_text("Câu 1/4")
