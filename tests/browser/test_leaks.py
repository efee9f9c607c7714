"""What organisers look through after a round: questions that may have leaked, and sittings that are alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.jobs.running import run_next
from contest.reports import analysis_jobs
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, OpenBrowser, RunningHands, enter, serving
from tests.browser.test_marking import narrow
from tests.reports.crowd import LATER
from tests.reports.test_comparing import COPIED, planted
from tests.reports.test_drawn import LEAKED, PAST, USUAL, Weeks

pytestmark = pytest.mark.browser


@dataclass
class Office:
    """A server whose organiser signs in as "totchuc", and the ids that a test asks for."""

    url: str
    app: Flask
    ids: dict[str, str]

    def work(self) -> None:
        """The worker's turn."""
        with self.app.app_context():
            while run_next(analysis_jobs.HANDLERS):
                pass


def opened(office: Office, new_browser: OpenBrowser, size: dict[str, int], path: str) -> Page:
    page = new_browser(viewport=size).new_page()
    enter(page, office.url, "totchuc")
    page.goto(office.url + path)
    return page


@pytest.fixture
def weeks(app: Flask, running_hands: RunningHands) -> Iterator[Office]:
    """Two analysed rounds, in the second of which far more people know the third question; a contest without any."""
    running_hands.advance(seconds=(PAST - make.NOON).total_seconds())
    with app.app_context():
        contest = Weeks(USUAL, LEAKED).contest_id
        bare = make.contest(title="Tìm hiểu chuyển đổi số")
        make.account("totchuc", name="Trần Tổ Chức", roles=("organiser",))
        db.session.commit()
        ids = {"contest": contest, "bare": bare.id}
    with serving(app) as url:
        yield Office(url, app, ids)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_question_that_may_have_leaked_leads_to_itself(weeks: Office, new_browser: OpenBrowser, size):
    page = opened(weeks, new_browser, size, f"/to-chuc/cuoc-thi/{weeks.ids['contest']}")
    page.get_by_role("link", name="Câu hỏi đã dùng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mức dùng và dấu hiệu lộ câu hỏi")
    narrow(page)
    alarms = page.get_by_role("region", name="Câu có dấu hiệu lộ: Tuần 2").locator("tbody tr")
    expect(alarms).to_have_count(1)
    expect(alarms).to_contain_text("202/400")
    expect(alarms).to_contain_text("330/400")
    expect(page.get_by_role("region", name="Câu được rút nhiều nhất").locator("tbody tr")).to_have_count(6)
    stem = alarms.get_by_role("link").inner_text()
    alarms.get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text(stem)


def test_a_contest_without_analysed_rounds_says_what_to_do(weeks: Office, new_browser: OpenBrowser):
    page = opened(weeks, new_browser, PHONE, f"/to-chuc/cuoc-thi/{weeks.ids['bare']}/muc-lo-cau")
    expect(page.get_by_text("Chưa có đợt thi nào được phân tích")).to_be_visible()
    expect(page.get_by_text("chọn “Phân tích câu hỏi”")).to_be_visible()
    narrow(page)


@pytest.fixture
def copies(app: Flask, running_hands: RunningHands) -> Iterator[Office]:
    """A settled round of fifty honest people and two with the same wrong answers."""
    running_hands.advance(seconds=(LATER - make.NOON).total_seconds())
    with app.app_context():
        make.account("totchuc", name="Trần Tổ Chức", roles=("organiser",))
        ids = planted().ids
    with serving(app) as url:
        yield Office(url, app, ids)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_pair_is_found_looked_at_and_judged(copies: Office, new_browser: OpenBrowser, size):
    page = opened(copies, new_browser, size, f"/to-chuc/dot-thi/{copies.ids['round']}/bai-giong-nhau")
    expect(page.get_by_role("table")).to_have_count(0)
    narrow(page)
    page.get_by_role("button", name="So các bài thi").click()
    expect(page.get_by_text("Đang chờ bắt đầu.")).to_be_visible()
    narrow(page)
    copies.work()
    pairs = page.get_by_role("region", name="Các cặp bài thi giống nhau").locator("tbody tr")
    expect(pairs).to_have_count(1)  # the page moves on by itself
    expect(pairs).to_contain_text(f"{COPIED}/{COPIED} câu cùng sai")
    narrow(page)
    verdicts = page.get_by_role("navigation", name="Kết luận")
    verdicts.get_by_role("link", name=re.compile("^Nghi vấn")).click()
    expect(page.get_by_text("Không có cặp nào")).to_be_visible()
    narrow(page)
    verdicts.get_by_role("link", name="Tất cả").click()
    pairs.get_by_role("link").click()
    beside = page.get_by_role("region", name="Hai bài cạnh nhau").locator("tbody tr")
    expect(beside).to_have_count(20)
    expect(beside.filter(has_text="Cùng sai giống nhau")).to_have_count(COPIED)
    narrow(page)
    page.get_by_label("Nghi vấn", exact=True).check()
    page.get_by_role("button", name="Ghi kết luận").click()
    expect(page.get_by_role("alert")).to_be_visible()  # a reason is asked for, and what was chosen stays
    expect(page.get_by_label("Nghi vấn", exact=True)).to_be_checked()
    narrow(page)
    page.get_by_label("Lý do").fill("Ngồi cạnh nhau, cùng một lần nộp")
    page.get_by_role("button", name="Ghi kết luận").click()
    expect(page.get_by_text("Đã ghi kết luận. Kết quả thi không thay đổi.")).to_be_visible()
    expect(pairs).to_contain_text("Trần Tổ Chức")
