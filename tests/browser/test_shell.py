"""Installed on a phone: opens without a line, keeps nothing of anybody, goes with the sign-out."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import NARROWEST, OpenBrowser, Site, begin, fits, sign_in
from tests.browser.test_sitting import SAVED

pytestmark = pytest.mark.browser

KEPT = """async () => { const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) {
      const { pathname, search } = new URL(request.url);
      found.push(pathname + search);
    }
  return found; }"""


def installed(context: BrowserContext, site: Site) -> Page:
    """A page with the worker at work."""
    page = context.new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def test_only_static_files_and_one_page_are_kept(site: Site, new_browser: OpenBrowser):
    page = installed(new_browser(service_workers="allow"), site)
    kept = page.evaluate(KEPT)
    assert "/mat-ket-noi" in kept
    assert [path for path in kept if not re.match(r"/static/.+\?v=[0-9a-f]{10}$|/mat-ket-noi$", path)] == []
    begin(page, site)
    page.locator("#options label").first.click()
    expect(page.locator("#save")).to_have_text(SAVED)
    page.goto(page.url.replace("/cau/1", "/kiem-tra"))
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    assert sorted(page.evaluate(KEPT)) == sorted(kept)


def test_a_reload_without_a_line_says_that_the_sitting_is_kept(site: Site, new_browser: OpenBrowser):
    context = new_browser(service_workers="allow", viewport=NARROWEST)
    page = installed(context, site)
    begin(page, site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    context.set_offline(True)
    page.locator("#options label").nth(1).click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_role("heading", name="Mất kết nối")).to_be_visible()
    expect(page.get_by_text("Bài thi đang làm dở trên máy này vẫn còn.")).to_be_visible()
    expect(page.get_by_text("Còn 1 câu chưa gửi.")).to_be_visible()
    fits(page)
    assert site.choices() == {}

    context.set_offline(False)
    expect(page.locator("#o2")).to_be_checked()
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]


RECORD = """(change) => new Promise((done) => {
  const opening = indexedDB.open("keyval-store");
  opening.onsuccess = () => {
    const store = opening.result.transaction("keyval", "readwrite").objectStore("keyval");
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      const record = Object.assign(cursor.value, change);
      cursor.update(record).onsuccess = () => done(record);
    };
  };
})"""


def without_a_line(context: BrowserContext, page: Page, site: Site, *, unsent: bool, late: bool) -> Page:
    """The page without a line, of a sitting with an answer that was sent or not, whose time is up or not."""
    begin(page, site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    page.on("dialog", lambda dialog: dialog.accept())
    context.set_offline(unsent)
    page.locator("#options label").nth(1).click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1" if unsent else "Đã lưu lúc")
    kept = page.evaluate(RECORD, {})
    assert 19 * 60_000 < kept["left"] <= 20 * 60_000
    context.set_offline(True)
    if late:
        page.evaluate(RECORD, {"until": kept["until"] - 20 * 60_000})
    page.reload()
    expect(page.get_by_role("heading", name="Mất kết nối")).to_be_visible()
    expect(page.locator("#sitting-kept")).to_have_count(1)
    return page


@pytest.mark.parametrize(("unsent", "late"), [(False, False), (True, False), (False, True), (True, True)],
                         ids=["running", "running, unsent", "over", "over, unsent"])
def test_only_a_sitting_that_runs_is_said_to_run(site: Site, new_browser: OpenBrowser, unsent: bool, late: bool):
    context = new_browser(service_workers="allow", viewport=NARROWEST)
    page = without_a_line(context, installed(context, site), site, unsent=unsent, late=late)
    running, kept = page.locator("#sitting-kept"), page.locator("#answers-kept")
    if unsent:
        expect(page.get_by_text("Còn 1 câu chưa gửi.").locator("visible=true")).to_have_count(1)
    expect(kept).to_be_visible(visible=unsent and late)
    expect(running).to_be_visible(visible=not late)
    fits(page)


def test_without_a_sitting_nothing_is_said_of_one(site: Site, new_browser: OpenBrowser):
    context = new_browser(service_workers="allow")
    page = installed(context, site)
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Mất kết nối")).to_be_visible()
    expect(page.get_by_text("Bài thi đang làm dở trên máy này vẫn còn.")).to_be_hidden()
    context.set_offline(False)
    expect(page.get_by_role("button", name="Bắt đầu làm bài")).to_be_visible()


def test_signing_out_leaves_nothing_behind(site: Site, new_browser: OpenBrowser):
    page = installed(new_browser(service_workers="allow"), site)
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(lambda url: "/dot-thi/" not in url)
    page.wait_for_function("""async () => !(await caches.keys()).length
        && !(await navigator.serviceWorker.getRegistrations()).length""")
