"""How answers reach the server when it is slow, busy or out of reach, and what the page says meanwhile."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from sqlalchemy import update

from contest.extensions import db
from contest.rounds.models import Round
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.still import catch_up, pass_time, still_sitting
from tests.browser.test_sitting import SAVED, choose, started

pytestmark = pytest.mark.browser
ANSWERS = "**/answers"
OFFLINE = "Mất kết nối. Bài làm được giữ trên máy này, đồng hồ vẫn chạy. Đừng đóng trang."


def lasting(site: Site, minutes: int) -> None:
    with site.app.app_context():
        db.session.execute(update(Round).values(duration_ms=minutes * 60_000))
        db.session.commit()


def busy(wait_s: int) -> Callable[[Route], None]:
    """A server that takes nothing and says when to come back; 0: it does not say."""
    told = {"Retry-After": str(wait_s)} if wait_s else {}
    return lambda route: route.fulfill(status=503, headers=told, json={"code": "busy"})


def refused(page: Page, site: Site, ms: int, until: int, sent: list[str]) -> None:
    """Let `ms` pass; at the very end, and not before, the `until`-th attempt to save is made and turned away."""
    pass_time(page, site, ms - 500)
    catch_up(page)
    assert len(sent) == until - 1
    with page.expect_response(ANSWERS):
        pass_time(page, site, 500)
    catch_up(page)
    assert len(sent) == until


def refuse_first(page: Page, wait_s: int) -> list[str]:
    """Choose an option that a busy server turns away; the list gets every attempt to save, this one first."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/answers") else None)
    page.route(ANSWERS, busy(wait_s))
    with page.expect_response(ANSWERS):
        page.locator("#options label").first.click()
    expect(page.locator("#save")).to_have_text("Chưa lưu được câu 1. Đang thử lại…")
    return sent


def test_a_busy_server_is_left_alone_as_long_as_it_asks(site: Site, new_browser: OpenBrowser):
    page = still_sitting(new_browser(), site)
    sent = refuse_first(page, 45)
    expect(page.locator("#band-line")).to_contain_text("Hệ thống đang đông.")
    page.unroute(ANSWERS)
    page.route(ANSWERS, busy(0))
    refused(page, site, 45_000, 2, sent)
    refused(page, site, 5_000, 3, sent)  # its own pace where it is told nothing
    page.unroute(ANSWERS)
    pass_time(page, site, 10_000)
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]


@pytest.mark.parametrize(("luck", "left_ms"), [(0, 20_000), (.9999, 18_000)], ids=["the first", "the last"])
def test_what_waits_is_sent_before_the_end_whatever_was_asked(site: Site, new_browser: OpenBrowser, luck: float,
                                                              left_ms: int):
    """Between 20 and 18 seconds before it, so that not all pages send at once."""
    lasting(site, 1)
    page = still_sitting(new_browser(), site, luck)
    sent = refuse_first(page, 3_600)
    page.unroute(ANSWERS)
    pass_time(page, site, 60_000 - left_ms - 1_500)  # a page may take the end to be a second earlier than it is
    catch_up(page)
    assert len(sent) == 1
    with page.expect_response(ANSWERS):
        pass_time(page, site, 1_500)
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]


def test_in_the_last_seconds_nothing_waits_for_long(site: Site, new_browser: OpenBrowser):
    lasting(site, 1)
    page = still_sitting(new_browser(), site)
    pass_time(page, site, 45_000)
    sent = refuse_first(page, 3_600)
    refused(page, site, 2_000, 2, sent)
    page.unroute(ANSWERS)
    pass_time(page, site, 2_000)
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]


def test_saving_is_told_once_it_takes_long(site: Site, new_browser: OpenBrowser):
    page = still_sitting(new_browser(), site)
    held: list[Route] = []
    page.route(ANSWERS, lambda route: held.append(route))
    with page.expect_request(ANSWERS):
        page.locator("#options label").first.click()
    page.clock.run_for(799)
    expect(page.locator("#save")).to_have_text("Chưa có câu trả lời nào")
    page.clock.run_for(1)
    expect(page.locator("#save")).to_have_text("Đang lưu…")
    held[0].continue_()
    expect(page.locator("#save")).to_have_text(SAVED)
    page.unroute(ANSWERS)
    choose(page, 1)
    page.clock.run_for(800)
    expect(page.locator("#save")).to_have_text(SAVED)


def test_leaving_is_asked_about_only_while_something_is_unsaved(site: Site, new_browser: OpenBrowser):
    page = started(new_browser(), site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.route(ANSWERS, busy(0))
    page.locator("#options label").first.click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    expect(page.locator("#o1")).to_be_checked()
    page.unroute(ANSWERS)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#save")).to_have_text(SAVED)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_a_page_that_comes_back_out_of_memory_is_loaded_anew(site: Site, new_browser: OpenBrowser):
    """Safari brings a page back as it was left, whatever has become of the sitting."""
    context = new_browser()
    page = still_sitting(context, site)
    choose(page, 0)
    other = context.new_page()
    other.goto(page.url.replace("/cau/1", "/kiem-tra"))
    other.get_by_role("button", name="Nộp bài").click()
    expect(other.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    expect(page.locator("#place")).to_have_text("Câu 1/4")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()


@pytest.mark.parametrize("told", [True, False], ids=["the browser knows", "nobody knows"])
def test_half_an_hour_without_a_line_loses_nothing(site: Site, new_browser: OpenBrowser, told: bool):
    """A browser tells when its own line is cut and when it is back; of a line cut farther off it knows nothing."""
    lasting(site, 60)
    context = new_browser()
    page = still_sitting(context, site)
    if told:
        context.set_offline(True)
    else:
        page.route("**/api/**", lambda route: route.abort())
    for number in (1, 2, 3):
        expect(page.locator("#place")).to_have_text(f"Câu {number}/4")
        page.locator("#options label").nth(1).click()
        page.get_by_role("button", name="Câu tiếp").last.click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1, 2, 3")
    for _ in range(30):
        site.hands.advance(minutes=1)
        page.clock.run_for(60_000)
        expect(page.locator("#band-line")).to_have_text(OFFLINE)
    assert site.choices() == {}
    if told:
        context.set_offline(False)
    else:
        page.unroute("**/api/**")
        pass_time(page, site, 9_500)
    expect(page.locator("#band-line")).to_have_text("Đã kết nối lại. Đã lưu 3 câu.")
    expect(page.locator("#save")).to_have_text(SAVED)
    assert sorted(site.choices()) == [1, 2, 3]
    pass_time(page, site, 500)
    expect(page.locator("#digits")).to_have_text(re.compile(r"29:[45]\d"))
