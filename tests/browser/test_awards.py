"""An organiser plans prizes, draws up the list, a winner declines, the list stands in a decision and is downloaded."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.rounds.models import Round
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories as make
from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser, Site, enter, fits
from tests.standings.cast import sit

pytestmark = pytest.mark.browser
NAMES = ("Lê Văn An", "Trần Thị Bình", "Phạm Chi", "Ngô Dũng", "Vũ Giang")


@pytest.fixture
def published(site: Site) -> Site:
    """The site's round with official results: five people, each with less right than the one before, or slower."""
    with site.app.app_context():
        round_ = db.session.get_one(Round, site.round_id)
        unit = db.session.get_one(make.Account, site.account_id).unit
        bank = db.session.get_one(make.Bank, round_.banks[0].bank_id)
        for number, name in enumerate(NAMES):
            sit(round_, bank, make.account(name=name, unit=unit), unit=unit, right=4 - number // 2,
                started=make.NOON - timedelta(minutes=30), minutes=5 + number)
        make.account("lap", name="Ngô Lập", roles=("organiser",))
        round_.closes_at = make.NOON - timedelta(minutes=5)
        db.session.flush()
        late = round_.closes_at + SETTLE + timedelta(minutes=1)
        score_round(round_.id, late)
        publish_results(round_.id, by=None, now=late)
        db.session.commit()
    return site


def winners_are(page: Page, *names: str) -> None:
    expect(page.get_by_role("table", name="Được giải").locator("tbody th")).to_contain_text(names)


def test_from_a_plan_to_a_decision_and_its_files(published: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=PHONE).new_page()
    enter(page, published.url, "lap")
    page.goto(published.address(f"/to-chuc/dot-thi/{published.round_id}"))
    page.get_by_role("link", name="Giải thưởng").click()
    page.get_by_role("link", name="Cá nhân: 1 Nhất").click()
    fits(page, within=NARROWEST)
    page.get_by_label("Mức thưởng").first.fill("800.000 đồng")
    page.get_by_label("Số lượng").nth(3).fill("0")
    page.get_by_role("button", name="Lưu cơ cấu giải").click()
    expect(page.get_by_role("alert")).to_contain_text("Số lượng từ 1 đến 10.000")
    expect(page.get_by_label("Mức thưởng").first).to_have_value("800.000 đồng")
    page.get_by_label("Số lượng").nth(3).fill("")
    page.get_by_label("Tên giải").nth(3).fill("")  # no prizes of encouragement
    page.get_by_label("Số lượng").nth(2).fill("1")
    page.get_by_label("Tên giải").nth(0).press("Enter")  # saves; moves nothing

    expect(page.get_by_role("rowheader", name="Giải Nhất")).to_be_visible()
    page.get_by_role("button", name="Lập danh sách trao giải").click()
    winners_are(page, *NAMES[:4])
    fits(page, within=NARROWEST)
    page.get_by_role("row", name="Lê Văn An").get_by_role("link", name="Không nhận").click()
    page.get_by_label("Lý do").fill("Có đơn từ chối")
    page.get_by_role("button", name="Ghi không nhận").click()
    winners_are(page, *NAMES[1:])
    expect(page.get_by_role("row", name="Vũ Giang").last).to_contain_text("thêm giải")
    expect(page.get_by_text("Không nhận Giải Nhất: Có đơn từ chối")).to_be_visible()
    fits(page, within=NARROWEST)

    page.get_by_role("link", name="Chốt theo quyết định").click()
    page.get_by_label("Số quyết định").fill("15/QĐ-SNV")
    page.get_by_label("Ngày ký").fill("2026-12-01")
    page.get_by_label("Chức vụ người ký").fill("GIÁM ĐỐC")
    page.get_by_label("Người ký", exact=True).fill("Nguyễn Văn Mẫu")
    fits(page, within=NARROWEST)
    page.get_by_role("button", name="Chốt danh sách").click()
    expect(page.get_by_text("Số 15/QĐ-SNV, ngày 01/12/2026")).to_be_visible()
    for kind in ("Excel", "Word"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Tải về ({kind})").click()
        assert download.value.path().read_bytes().startswith(b"PK")

    stranger = new_browser(viewport=DESK).new_page()
    with published.app.app_context():
        code = db.session.get_one(Round, published.round_id).contest.code
    stranger.goto(published.address(f"/cuoc-thi/{code}"))
    stranger.get_by_role("link", name="Kết quả trao giải").click()
    expect(stranger.get_by_text("T. T. Bình")).to_be_visible()
    expect(stranger.get_by_text("Trần Thị Bình")).to_have_count(0)
