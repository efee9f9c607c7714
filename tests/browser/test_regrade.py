"""A wrong key is found after the closing: one organiser previews, another one lets it hold, the board changes."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.jobs.running import run_next
from contest.questions.keys import AnswerKey
from contest.rounds.models import Round
from contest.standings.operations import SETTLE, score_round
from contest.standings.run_jobs import HANDLERS
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, OpenBrowser, Site, enter
from tests.standings.cast import save, sit, versions

pytestmark = pytest.mark.browser
WHY = "Nghị quyết mới giao việc này cho Văn phòng Ủy ban nhân dân tỉnh"


@pytest.fixture
def closed(site: Site) -> Site:
    """The site's round, closed and settled: An chose the second option of the first question, the others the first."""
    with site.app.app_context():
        round_ = db.session.get_one(Round, site.round_id)
        unit = db.session.get_one(make.Account, site.account_id).unit
        bank = db.session.get_one(make.Bank, round_.banks[0].bank_id)
        first = versions(bank)[0]
        key = db.session.get_one(AnswerKey, first.id).correct
        other = next(one["id"] for one in first.options if one["id"] not in key)
        for number, name in enumerate(("Lê Văn An", "Trần Thị Bình", "Phạm Chi")):
            attempt = sit(round_, bank, make.account(name=name, unit=unit), unit=unit, right=4 - number,
                          started=make.NOON - timedelta(minutes=30), minutes=10 - number)
            if not number:
                save(attempt, 1, [other], attempt.started_at + timedelta(seconds=9), seq=2)
        make.account("lap", name="Ngô Lập", roles=("organiser",))
        make.account("duyet", name="Vũ Duyệt", roles=("administrator",))
        round_.closes_at = make.NOON - timedelta(minutes=5)
        db.session.flush()
        score_round(round_.id, round_.closes_at + SETTLE + timedelta(minutes=1))
        db.session.commit()
    return site


def work(site: Site) -> None:
    """The worker's turn."""
    with site.app.app_context():
        while run_next(HANDLERS):
            pass


def leader(page: Page, site: Site) -> str:
    """The first row of the board."""
    page.goto(site.address(f"/dot-thi/{site.round_id}/xep-hang"))
    return page.locator("tbody tr").first.inner_text()


def test_from_a_wrong_key_to_another_board_and_its_minutes(closed: Site, new_browser: OpenBrowser):
    maker = new_browser(viewport=PHONE).new_page()
    enter(maker, closed.url, "lap")
    maker.goto(closed.address(f"/to-chuc/dot-thi/{closed.round_id}"))
    maker.get_by_role("link", name="Chấm lại").click()
    maker.get_by_role("link", name="Lập lần chấm lại").click()
    maker.get_by_label("Theo Kế hoạch cải cách hành chính").check()
    maker.get_by_role("button", name="Tiếp tục").click()
    expect(maker.get_by_text("Hiện nay:")).to_contain_text("Sở Nội vụ")
    maker.get_by_label("A. Sở Nội vụ").uncheck()
    maker.get_by_label("B. Văn phòng").check()
    maker.get_by_role("button", name="Tính thử").click()
    expect(maker.get_by_role("alert")).to_contain_text("Ghi lý do")
    expect(maker.get_by_label("B. Văn phòng")).to_be_checked()
    maker.get_by_label("Lý do chấm lại").fill(WHY)
    maker.get_by_role("button", name="Tính thử").click()
    expect(maker.get_by_role("status")).to_have_text("Đang chờ bắt đầu.")
    work(closed)
    expect(maker.get_by_role("heading", name="Quyết định")).to_be_visible()  # the page moves on by itself
    expect(maker.get_by_text("Người duyệt được: Vũ Duyệt")).to_be_visible()
    expect(maker.get_by_role("button", name="Duyệt")).to_have_count(0)
    assert maker.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    decider = new_browser(viewport=DESK).new_page()
    enter(decider, closed.url, "duyet")
    assert "T. T. Bình" in leader(decider, closed)
    decider.goto(maker.url)
    row = decider.get_by_role("row", name="Lê Văn An")
    expect(row).to_contain_text("lên 1")
    decider.get_by_label("Họ tên hoặc mã bài thi").fill("pham chi")
    decider.get_by_role("button", name="Tìm").click()
    expect(decider.get_by_role("table", name="Trước và sau khi chấm lại").locator("tbody tr")).to_have_count(1)
    decider.get_by_label("Ý kiến của người quyết định").fill("Đã đối chiếu")
    decider.get_by_role("button", name="Duyệt, cho có hiệu lực").click()
    expect(decider.get_by_text("Có hiệu lực", exact=True)).to_be_visible()
    with decider.expect_download() as download:
        decider.get_by_role("link", name="Biên bản (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert "L. V. An" in leader(decider, closed)
