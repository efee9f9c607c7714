"""How somebody likes the pages: kept on the machine, for every page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROWEST, PHONE, OpenBrowser, Site, begin, fits, sign_in

pytestmark = pytest.mark.browser


def letters(page: Page) -> float:
    """How large the text of a page is, in px."""
    return page.locator("body").evaluate("(body) => parseFloat(getComputedStyle(body).fontSize)")


@pytest.mark.parametrize(("button", "percent"), [("A+ Cỡ chữ lớn", 115), ("A++ Cỡ chữ rất lớn", 130)])
def test_larger_text_is_kept_over_pages_and_visits(site: Site, new_browser: OpenBrowser, button: str, percent: int):
    context = new_browser(viewport=PHONE)
    page = context.new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    usual = letters(page)
    page.get_by_role("button", name=button, exact=True).click()
    larger = pytest.approx(usual * percent / 100)
    assert letters(page) == larger
    fits(page, NARROWEST)
    begin(page, site)
    expect(page.get_by_role("button", name=button, exact=True)).to_have_attribute("aria-pressed", "true")
    assert letters(page) == larger
    fits(page, NARROWEST)
    page.close()
    page = context.new_page()
    page.goto(site.address("/tai-khoan"))
    expect(page.get_by_role("button", name=button, exact=True)).to_have_attribute("aria-pressed", "true")
    assert letters(page) == larger
    fits(page, NARROWEST)
    page.get_by_role("button", name="A Cỡ chữ thường", exact=True).click()
    page.goto(site.round_page)
    expect(page.get_by_role("button", name="A Cỡ chữ thường", exact=True)).to_have_attribute("aria-pressed", "true")
    assert letters(page) == usual
