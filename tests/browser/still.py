"""Pages and a server for which no time passes but what a test lets pass, the same for both."""

from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests import factories as make
from tests.browser.conftest import Site, begin, sign_in

STEP_MS = 500  # as often as the pages look at their clocks


def still(context: BrowserContext, site: Site, luck: float = .5) -> Page:
    """A page signed in; `luck`: what every draw of its scripts comes to, 0 <= luck < 1."""
    site.hands.stop()
    # Time flies here, the line does not: no request is given up because it has taken ten seconds.
    context.add_init_script(f"Math.random = () => {luck}; AbortController.prototype.abort = () => {{}};")
    page = context.new_page()
    page.clock.install(time=make.NOON)
    page.clock.pause_at(make.NOON + timedelta(seconds=1))
    sign_in(page, site)
    return page


def still_sitting(context: BrowserContext, site: Site, luck: float = .5) -> Page:
    """As `still`, before the first question; all others have come."""
    page = still(context, site, luck)
    begin(page, site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    return page


def pass_time(page: Page, site: Site, ms: int) -> None:
    """`ms`: a multiple of 500. What the page asks for meanwhile may be answered later."""
    for _ in range(ms // STEP_MS):
        site.hands.advance(milliseconds=STEP_MS)
        page.clock.run_for(STEP_MS)


def catch_up(page: Page) -> None:
    """Wait until the page has acted on the answers that have come, and has asked for what it asks for then."""
    page.evaluate("fetch('/healthz').then((reply) => reply.text())")
