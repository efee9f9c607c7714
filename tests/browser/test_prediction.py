"""Somebody reads what their prediction was compared with: on the result, on the board, in the published list."""

import os
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.rounds.models import Round
from contest.standings import published_files
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories as make
from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser, Site, enter, fits
from tests.standings.cast import sit

pytestmark = pytest.mark.browser
GUESSES = (3_333_333, 12_345, 9_999_999)  # 33,33333 %, 0,12345 %, 99,99999 %
TRUE = "33,33333 %"


@pytest.fixture
def told(site: Site) -> tuple[Site, str]:
    """(the site with a published round of three, one of whom has everything right; the address of Bình's result)."""
    with site.app.app_context():
        round_ = db.session.get_one(Round, site.round_id)
        bank = db.session.get_one(make.Bank, round_.banks[0].bank_id)
        unit = db.session.get_one(make.Account, site.account_id).unit
        attempts = []
        for number, (name, guess) in enumerate(zip(("An", "Bình", "Chi"), GUESSES, strict=True)):
            attempt = sit(round_, bank, make.account(f"doan{number}", name=f"Nguyễn Văn {name}", unit=unit), unit=unit,
                          right=3 + (number == 0), started=make.NOON - timedelta(hours=1), minutes=5)
            attempt.prediction = guess
            attempts.append(attempt.id)
        make.account("lap", roles=("organiser",))
        round_.closes_at = make.NOON - timedelta(minutes=5)
        round_.prediction, round_.prediction_text = "perfect_percent", "Bao nhiêu phần trăm người đúng hết?"
        round_.result_shown, round_.board_shown = "score", "after_close"
        round_.scoring = {"chain": ["points", "distance"]}
        db.session.flush()
        late = round_.closes_at + SETTLE + timedelta(minutes=1)
        score_round(round_.id, late)
        publish_results(round_.id, by=None, now=late)
        db.session.commit()
    with site.app.test_request_context():
        row = published_files.publish(site.round_id, "", by=None, now=late)
        db.session.commit()
        published_files.let_hold(row)
    return site, site.address(f"/luot-thi/{attempts[1]}/ket-qua")


def look(page: Page, name: str) -> None:
    """Nothing scrolls sideways; pictures where somebody asks for them."""
    fits(page, within=NARROWEST)
    if folder := os.environ.get("SCREENS"):
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.screenshot(path=f"{folder}/prediction-{name}-{size['width']}.png", full_page=True)


def test_the_true_value_stands_beside_the_guess(told: tuple[Site, str], new_browser: OpenBrowser):
    site, result = told
    page = new_browser().new_page()
    enter(page, site.url, "doan1")
    page.goto(result)
    expect(page.get_by_text("Giá trị đúng của câu dự đoán")).to_be_visible()
    expect(page.get_by_text(TRUE).first).to_be_visible()
    expect(page.get_by_text("0,12345 %").first).to_be_visible()
    look(page, "result")
    page.get_by_role("link", name="Bảng xếp hạng").click()
    expect(page.get_by_text(TRUE).first).to_be_visible()
    look(page, "board")
    page.goto(site.address(f"/cong-bo/{site.round_id}"))
    expect(page.get_by_text(TRUE).first).to_be_visible()
    look(page, "published")

    staff = new_browser(viewport=DESK).new_page()
    enter(staff, site.url, "lap")
    staff.goto(site.address(f"/thong-ke/{site.round_id}"))
    expect(staff.get_by_text(TRUE).first).to_be_visible()
    look(staff, "statistics")
