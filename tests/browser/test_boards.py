"""Somebody looks up their own unit on a board; an organiser publishes the board over the rounds, anybody reads it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contest.extensions import db
from contest.rounds.models import Contest, ContestUnit, Round
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories as make
from tests.browser.conftest import NARROWEST, OpenBrowser, Site, enter, fits
from tests.standings.cast import sit

pytestmark = pytest.mark.browser
START = make.NOON - timedelta(hours=1)


@pytest.fixture
def published(site: Site) -> Site:
    """A published round of a contest that adds its rounds up: by turns people of the site's unit and of another."""
    with site.app.app_context():
        round_ = db.session.get_one(Round, site.round_id)
        contest, bank = round_.contest, db.session.get_one(make.Bank, round_.banks[0].bank_id)
        own, other = db.session.get_one(make.Account, site.account_id).unit, make.unit("Xã Tân Dương", bloc="Khối xã")
        db.session.add(ContestUnit(contest_id=contest.id, unit_id=other.id, name=other.name, bloc=other.bloc,
                                   headcount=9, headcount_on=other.headcount_on, sort_key=other.sort_key))
        db.session.flush()
        for place in range(1, 9):
            unit = own if place % 2 else other
            who = make.account(f"hang{place}", name=f"Người Thứ {place:02}", unit=unit)
            sit(round_, bank, who, unit=unit, right=4 if place < 5 else 2, started=START + timedelta(minutes=place))
        make.account("totchuc", roles=("organiser",))
        contest.overall = {"rounds": {"how": "sum"}}
        round_.closes_at, round_.board_shown = make.NOON - timedelta(minutes=5), "after_close"
        db.session.flush()
        later = round_.closes_at + SETTLE + timedelta(minutes=1)
        score_round(round_.id, later)
        publish_results(round_.id, by=None, now=later)
        db.session.commit()
    return site


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_somebody_looks_up_their_own_unit(published: Site, new_browser: OpenBrowser, script: bool):
    page = new_browser(viewport=NARROWEST, java_script_enabled=script).new_page()
    enter(page, published.url, "hang6")
    page.goto(published.address(f"/dot-thi/{published.round_id}/xep-hang"))
    page.get_by_label("Đơn vị hoặc khối").select_option("Xã Tân Dương")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.get_by_role("heading", name="Bảng xếp hạng: Xã Tân Dương")).to_be_visible()
    expect(page.get_by_text("4 người của Xã Tân Dương được xếp hạng")).to_be_visible()
    expect(page.locator("tr.me")).to_contain_text("N. T. 06")
    expect(page.locator("tr.me td").first).to_have_text("36")  # third of the unit, sixth of all
    expect(page.get_by_text("N. T. 05")).to_have_count(0)
    fits(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_board_over_the_rounds_is_published_and_read(published: Site, new_browser: OpenBrowser, script: bool):
    with published.app.app_context():
        code = db.session.query(Contest).one().code
    page = new_browser(java_script_enabled=script).new_page()
    enter(page, published.url, "totchuc")
    page.goto(published.address(f"/cuoc-thi/{code}/xep-hang-chung"))
    page.get_by_role("link", name="Công bố bảng xếp hạng chung").click()
    page.get_by_role("button", name="Công bố danh sách hiện tại").click()
    expect(page.get_by_text("Đã công bố danh sách lần 1.")).to_be_visible()
    address = page.get_by_role("link", name="Lần 1,").get_attribute("href")
    reader = new_browser(viewport=NARROWEST, java_script_enabled=script).new_page()
    reader.goto(published.address(address or ""))
    expect(reader.get_by_role("heading", name="Bảng xếp hạng chung")).to_be_visible()
    expect(reader.get_by_text("8 người được xếp hạng")).to_be_visible()
    expect(reader.get_by_text("N. T. 01")).to_be_visible()
