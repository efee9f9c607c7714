"""A round in which only complete papers are valid: warned before, told after, and the next paper counts."""

import pytest
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.rounds.models import Round
from contest.standings import ranks
from contest.standings.operations import score_pending
from tests.browser.conftest import OpenBrowser, Site, begin, fits, sign_in
from tests.browser.test_sitting import choose

pytestmark = pytest.mark.browser


@pytest.fixture
def complete_only(site: Site) -> Site:
    with site.app.app_context():
        round_ = db.session.get_one(Round, site.round_id)
        round_.scoring, round_.prediction = {"complete": True}, "participants"
        db.session.commit()
    return site


def answer(page: Page, questions: int) -> None:
    """Answer the first questions of the paper, and go on to what comes before submitting."""
    for slot in range(1, 5):
        expect(page.locator("#place")).to_have_text(f"Câu {slot}/4")
        if slot <= questions:
            choose(page, 0)
        page.get_by_role("button", name="Kiểm tra và nộp bài" if slot == 4 else "Câu tiếp").last.click()


def scored(site: Site) -> None:
    """The worker's turn."""
    with site.app.app_context():
        score_pending(site.hands.now())
        db.session.commit()


def ranked(site: Site) -> int:
    """How many people stand on the board."""
    with site.app.app_context():
        return ranks.people(site.round_id)


def test_a_paper_with_a_gap_is_not_valid_and_the_next_one_counts(complete_only: Site, new_browser: OpenBrowser):
    site = complete_only
    page = new_browser().new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    expect(page.get_by_text("Bài chỉ hợp lệ khi trả lời đủ tất cả các câu").first).to_be_visible()
    begin(page, site)
    answer(page, 2)
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Còn 2 câu chưa trả lời", exact=True)).to_be_visible()
    expect(page.get_by_text("Bài chỉ hợp lệ khi ghi cả dự đoán")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_text("Bài không hợp lệ", exact=True)).to_be_visible()
    expect(page.get_by_text("Bài này còn 2 câu chưa trả lời.")).to_be_visible()
    fits(page)
    scored(site)
    page.get_by_role("link", name="Xem kết quả").click()
    expect(page.get_by_text("trả lời đủ ở lượt sau thì lượt đó được tính")).to_be_visible()
    fits(page)
    assert ranked(site) == 0
    begin(page, site)
    answer(page, 4)
    page.locator("#prediction").fill("1")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Đã trả lời đủ 4 câu")).to_be_visible()
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    expect(page.get_by_text("Bài không hợp lệ")).to_have_count(0)
    scored(site)
    page.goto(site.address("/ket-qua-cua-toi"))
    expect(page.get_by_text("Không hợp lệ: chưa trả lời đủ")).to_have_count(1)
    assert ranked(site) == 1
