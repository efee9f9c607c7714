"""Somebody reads why they stand where they stand: rank 15 by the third criterion, on the result and on the board."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contest.extensions import db
from contest.rounds.models import Round
from contest.standings.operations import SETTLE, score_round
from tests import factories as make
from tests.browser.conftest import NARROWEST, OpenBrowser, Site, enter, fits
from tests.standings.cast import sit

pytestmark = pytest.mark.browser
START = make.NOON - timedelta(hours=1)


@pytest.fixture
def ranked(site: Site) -> tuple[Site, str, str]:
    """(a closed round of twenty people, the login of who is fifteenth, the address of that person's result).

    Thirteen have more points; the fourteenth, fifteenth and sixteenth have as many points in as much time, and handed
    in one minute after the other; four have fewer.
    """
    with site.app.app_context():
        round_ = db.session.get_one(Round, site.round_id)
        bank = db.session.get_one(make.Bank, round_.banks[0].bank_id)
        unit = db.session.get_one(make.Account, site.account_id).unit
        own = None
        for place in range(1, 21):
            who = make.account(f"hang{place}", name=f"Người Thứ {place:02}", unit=unit)
            right = 4 if place < 14 else 3 if place < 17 else 2
            started = START + timedelta(minutes=place)
            attempt = sit(round_, bank, who, unit=unit, right=right, started=started, minutes=5)
            own = attempt.id if place == 15 else own
        round_.closes_at = make.NOON - timedelta(minutes=5)
        round_.result_shown, round_.board_shown = "score", "after_close"
        db.session.flush()
        score_round(round_.id, round_.closes_at + SETTLE + timedelta(minutes=1))
        db.session.commit()
        return site, "hang15", site.address(f"/luot-thi/{own}/ket-qua")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_who_is_fifteenth_reads_why(ranked: tuple[Site, str, str], new_browser: OpenBrowser, script: bool):
    site, login, result = ranked
    page = new_browser(viewport=NARROWEST, java_script_enabled=script).new_page()
    enter(page, site.url, login)
    page.goto(result)
    expect(page.get_by_text("15 trong 20 người")).to_be_visible()
    why = page.get_by_text("Hạng 15.")
    expect(why).to_contain_text("Sau hạng 14 vì nộp bài muộn hơn: 11:20:00 01/12 so với 11:19:00 01/12.")
    expect(why).to_contain_text("Hơn hạng 16 vì nộp bài sớm hơn: 11:20:00 01/12 so với 11:21:00 01/12.")
    page.get_by_role("link", name="Bảng xếp hạng").click()
    expect(page.get_by_text("Xếp hạng theo điểm; bằng điểm thì")).to_be_visible()
    own = page.locator("tr.me")
    expect(own.first).to_contain_text("15")
    expect(own.first).to_contain_text("của tôi")
    expect(own.last).to_contain_text("Sau hạng 14 vì nộp bài muộn hơn")
    fits(page)
