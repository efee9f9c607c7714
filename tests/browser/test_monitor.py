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
