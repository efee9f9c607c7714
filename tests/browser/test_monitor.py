"""The live monitor under somebody's hands: it goes on, and leaves focus, ticks and scrolling where they were."""

import pytest
from playwright.sync_api import Page, Route, expect

from contest.delivery import operations
from contest.extensions import db
from tests import factories as make
from tests.browser.conftest import NARROWEST, OpenBrowser, Site, enter

pytestmark = pytest.mark.browser
EVERY_MS = 10_000


@pytest.fixture
def watching(site: Site, new_browser: OpenBrowser) -> Page:
    """An organiser's page, narrow, of a round in which one sits; its timers run when the test says so."""
    with site.app.app_context():
        sign_in = make.sign_in(db.session.get_one(make.Account, site.account_id), "phone")
        operations.start(site.round_id, site.account_id, sign_in.id, True, site.hands.now(),
                         roles=frozenset({"contestant"}))
        make.account("to-chuc", roles=("organiser",))
        db.session.commit()
    page = new_browser(viewport=NARROWEST).new_page()
    page.clock.install()
    enter(page, site.url, "to-chuc")
    page.goto(site.address(f"/to-chuc/dot-thi/{site.round_id}/theo-doi"))
    return page


def drawn_anew(page: Page, site: Site) -> None:
    """A minute later for the server, ten seconds for the page."""
    before = page.locator(".fresh").inner_text()
    site.hands.advance(minutes=1)
    page.clock.run_for(EVERY_MS)
    expect(page.locator(".fresh")).not_to_have_text(before)


def test_focus_ticks_and_scrolling_stay(watching: Page, site: Site):
    name = watching.locator("th a")
    name.focus()
    watching.locator("[name=attempt]").check()
    name.focus()
    watching.clock.run_for(3_000)
    drawn_anew(watching, site)
    expect(name).to_be_focused()
    expect(watching.locator("[name=attempt]")).to_be_checked()
    watching.get_by_role("button", name="Thu bài").focus()
    drawn_anew(watching, site)
    expect(watching.get_by_role("button", name="Thu bài")).to_be_focused()

    table = watching.get_by_role("region", name="Lượt thi")
    table.focus()
    table.evaluate("(region) => { region.scrollLeft = 60; }")
    drawn_anew(watching, site)
    expect(table).to_be_focused()
    assert table.evaluate("(region) => region.scrollLeft") == 60


def test_nothing_moves_under_a_hand(watching: Page, site: Site):
    before = watching.locator(".fresh").inner_text()
    site.hands.advance(minutes=1)
    watching.clock.run_for(EVERY_MS - 3_000)
    watching.locator("th a").press("Shift")
    watching.clock.run_for(2_900)
    asked: list[str] = []
    watching.on("request", lambda request: asked.append(request.url))
    watching.clock.run_for(100)
    assert asked == []
    expect(watching.locator(".fresh")).to_have_text(before)
    watching.clock.run_for(EVERY_MS)
    expect(watching.locator(".fresh")).not_to_have_text(before)


def test_an_answer_that_was_overtaken_is_dropped(watching: Page, site: Site):
    held: list[Route] = []
    watching.route("**/theo-doi?*manh=1*", lambda route: route.continue_() if held else held.append(route))
    watching.clock.run_for(EVERY_MS)
    drawn_anew(watching, site)
    with watching.expect_response("**/theo-doi?*manh=1*"):
        held[0].fulfill(body='<p id="old"></p>')
    watching.evaluate("fetch('/healthz').then((reply) => reply.text())")
    expect(watching.locator("#old")).to_have_count(0)
    expect(watching.locator("th a")).to_be_visible()


def test_the_button_says_once_what_it_does(watching: Page, site: Site):
    watching.get_by_role("button", name="Tạm dừng cập nhật").click()
    button = watching.get_by_role("button", name="Tiếp tục cập nhật")
    expect(button).not_to_have_attribute("aria-pressed", "true")


def test_a_paused_page_stands_still_until_it_goes_on(watching: Page, site: Site):
    drawn_anew(watching, site)
    before = watching.locator("#part").inner_text()
    asked: list[str] = []
    watching.on("request", lambda request: asked.append(request.url))
    watching.get_by_role("button", name="Tạm dừng cập nhật").click()
    site.hands.advance(minutes=5)
    watching.clock.run_for(6 * EVERY_MS)
    watching.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # looked at again: paused all the same
    watching.evaluate("fetch('/healthz').then((reply) => reply.text())")  # what was asked before has come
    assert [url for url in asked if "/healthz" not in url] == []
    assert watching.locator("#part").inner_text() == before
    button = watching.get_by_role("button", name="Tiếp tục cập nhật")
    with watching.expect_response("**/theo-doi?*manh=1*"):
        button.click()
    expect(watching.locator("#part")).not_to_have_text(before, use_inner_text=True)
    drawn_anew(watching, site)


def test_what_comes_after_the_pause_is_not_drawn(watching: Page, site: Site):
    drawn_anew(watching, site)
    before = watching.locator("#part").inner_text()
    held: list[Route] = []
    watching.route("**/theo-doi?*manh=1*", lambda route: held.append(route))
    with watching.expect_request("**/theo-doi?*manh=1*"):
        watching.clock.run_for(EVERY_MS)
    watching.get_by_role("button", name="Tạm dừng cập nhật").click()
    with watching.expect_response("**/theo-doi?*manh=1*"):
        held[0].fulfill(body='<p id="new"></p>')
    watching.evaluate("fetch('/healthz').then((reply) => reply.text())")
    assert watching.locator("#part").inner_text() == before


def test_a_page_out_of_sight_asks_for_nothing_and_is_drawn_anew_once_looked_at(watching: Page, site: Site):
    drawn_anew(watching, site)
    before = watching.locator(".fresh").inner_text()
    look = "(away) => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => away }); }"
    asked: list[str] = []
    watching.on("request", lambda request: asked.append(request.url))
    watching.evaluate(look, True)
    site.hands.advance(minutes=1)
    watching.clock.run_for(6 * EVERY_MS)
    watching.evaluate("fetch('/healthz').then((reply) => reply.text())")
    assert [url for url in asked if "/healthz" not in url] == []
    watching.evaluate(look, False)
    watching.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(watching.locator(".fresh")).not_to_have_text(before)


def test_without_script_the_whole_page_comes_anew_every_half_minute(site: Site, new_browser: OpenBrowser):
    with site.app.app_context():
        make.account("to-chuc", roles=("organiser",))
        db.session.commit()
    page = new_browser(viewport=NARROWEST, java_script_enabled=False).new_page()
    enter(page, site.url, "to-chuc")
    address = site.address(f"/to-chuc/dot-thi/{site.round_id}/theo-doi")
    page.goto(address)
    refresh = page.locator("meta[http-equiv=refresh]")
    expect(refresh).to_have_attribute("content", "30")
    expect(page.get_by_role("button", name="Tạm dừng cập nhật")).to_be_hidden()

    def sooner(route: Route) -> None:
        answer = route.fetch()
        site.hands.advance(minutes=1)
        route.fulfill(response=answer, body=answer.text().replace('content="30"', 'content="0"'))

    page.route(address, sooner, times=1)  # half a minute is long: the browser is told that it is over
    page.reload(wait_until="commit")
    expect(refresh).to_have_attribute("content", "30")
    expect(page.locator(".fresh")).to_contain_text("Cập nhật 12:01:")
