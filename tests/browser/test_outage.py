"""Long trouble: it is told to the organisers afterwards, and what it held back can still be sent."""

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from contest.delivery.record_models import SittingEvent
from contest.extensions import db
from tests.browser.conftest import OpenBrowser, Site, begin, sign_in

pytestmark = pytest.mark.browser


def busy(route: Route) -> None:
    route.fulfill(status=503, json={"code": "busy"})


def told(site: Site) -> list[str]:
    with site.app.app_context():
        return list(db.session.scalars(select(SittingEvent.kind)))


def open_paper(page: Page, site: Site) -> None:
    sign_in(page, site)
    begin(page, site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")


def test_trouble_that_lasts_is_told_once_it_is_over(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    page.add_init_script("AbortController.prototype.abort = () => {}")  # time flies here, the line does not
    page.clock.install()
    open_paper(page, site)
    page.route("**/answers", busy)
    page.locator("#options label").nth(1).click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    page.clock.run_for(60_000)  # longer than the hint waits at first
    assert told(site) == []
    page.unroute("**/answers", busy)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#save")).to_contain_text("Đã lưu lúc")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    with page.expect_response(lambda response: response.url.endswith("/events") and response.ok):
        for _ in range(31):
            if not any(url.endswith("/events") for url in sent):
                page.clock.run_for(1_000)
    assert told(site) == ["unsaved"]
