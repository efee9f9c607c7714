"""A wrong key is found after the closing: one organiser previews, another one lets it hold, the board changes."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from contest.awards import operations as awards
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.jobs.running import run_next
from contest.questions.keys import AnswerKey
from contest.rounds.models import Round
from contest.standings import keeping
from contest.standings.board_models import Board
from contest.standings.operations import SETTLE, publish_results, score_round
from contest.standings.run_jobs import HANDLERS
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, OpenBrowser, Site, enter, fits
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


def put_right(page: Page, site: Site) -> None:
    """From the round's page to the form where the second option is made the right one."""
    page.goto(site.address(f"/to-chuc/dot-thi/{site.round_id}"))
    page.get_by_role("link", name="Chấm lại").click()
    page.get_by_role("link", name="Lập lần chấm lại").click()
    page.get_by_label("Theo Kế hoạch cải cách hành chính").check()
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Hiện nay:")).to_contain_text("Sở Nội vụ")
    page.get_by_label("A. Sở Nội vụ").uncheck()
    page.get_by_label("B. Văn phòng").check()


def test_from_a_wrong_key_to_another_board_and_its_minutes(closed: Site, new_browser: OpenBrowser):
    maker = new_browser(viewport=PHONE).new_page()
    enter(maker, closed.url, "lap")
    put_right(maker, closed)
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
    fits(maker)

    decider = new_browser(viewport=DESK).new_page()
    enter(decider, closed.url, "duyet")
    assert "T. T. Bình" in leader(decider, closed)
    decider.goto(maker.url)
    for table in ("Trước và sau khi chấm lại, theo hạng mới", "Hạng sau và trước khi chấm lại"):
        row = decider.get_by_role("table", name=table).get_by_role("row", name="Lê Văn An")
        expect(row).to_contain_text("lên 1")
    decider.get_by_label("Họ tên hoặc mã bài thi").fill("pham chi")
    decider.get_by_role("button", name="Tìm").click()
    found = decider.get_by_role("table", name="Trước và sau khi chấm lại", exact=True)
    expect(found.locator("tbody tr")).to_have_count(1)
    decider.get_by_label("Ý kiến của người quyết định").fill("Đã đối chiếu")
    decider.get_by_role("button", name="Duyệt, cho có hiệu lực").click()
    expect(decider.get_by_text("Có hiệu lực", exact=True)).to_be_visible()
    with decider.expect_download() as download:
        decider.get_by_role("link", name="Biên bản (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert "L. V. An" in leader(decider, closed)


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_a_mistyped_number_is_put_right(closed: Site, new_browser: OpenBrowser, width: dict[str, int]):
    """From the page that promises it to the preview, where who is nearer is told."""
    with closed.app.app_context():
        round_ = db.session.get_one(Round, closed.round_id)
        round_.prediction, round_.prediction_text, round_.prediction_given = "number", "Bao nhiêu hồ sơ?", 25_890
        board = db.session.get_one(Board, closed.round_id)
        board.policy, board.actual = {"chain": ["distance"]}, 25_890
        for attempt, guess in zip(db.session.scalars(select(Attempt).order_by(Attempt.finished_at)),
                                  (25_980, 25_890, 25_900), strict=True):
            attempt.prediction = guess
        db.session.flush()
        keeping.keep_all(round_, round_.closes_at)
        db.session.commit()
    page = new_browser(viewport=width).new_page()
    enter(page, closed.url, "lap")
    page.goto(closed.address(f"/thong-ke/{closed.round_id}"))
    page.get_by_role("link", name="Sửa bằng một lần chấm lại").click()
    page.get_by_label("Lý do chấm lại").fill("Ghi nhầm 25.980 thành 25.890")
    page.get_by_role("button", name="Tính thử").click()
    expect(page.get_by_role("alert")).to_contain_text("Số này trùng với số đang áp dụng")
    fits(page)
    page.get_by_label("Giá trị đúng mới").fill("25.980")
    page.get_by_role("button", name="Tính thử").click()
    expect(page.get_by_role("status")).to_have_text("Đang chờ bắt đầu.")
    work(closed)
    expect(page.get_by_text("25.890 → 25.980")).to_be_visible()
    first = page.get_by_role("table", name="Hạng sau và trước khi chấm lại").locator("tbody tr").first
    expect(first.get_by_role("cell").last).to_have_text("0")
    expect(first).to_contain_text("lên 2")
    fits(page)


@pytest.fixture
def decided(closed: Site) -> Site:
    """The same with official results, and a prize that stands in a decision: Bình's."""
    with closed.app.app_context():
        round_ = db.session.get_one(Round, closed.round_id)
        now = round_.closes_at + SETTLE + timedelta(minutes=1)
        publish_results(round_.id, by=None, now=now)
        plan = awards.plan_for(round_.contest_id, round_.id, now)
        awards.change_plan(plan, awards.PlanFields((awards.PrizeFields("Giải Nhất", "individual", 1),)), by=None,
                           now=now)
        decision = awards.Decision("15/QĐ-SNV", date(2026, 12, 1), "Nguyễn Văn Mẫu")
        row = awards.make_list(plan, by=None, now=now)
        awards.freeze_list(row.id, decision, by=closed.account_id, now=now)
        db.session.commit()
    return closed


def test_a_wrong_key_changes_prizes_that_were_decided(decided: Site, new_browser: OpenBrowser):
    """What it does to the prizes is told before it holds; the list of the decision stays, the next one is another."""
    maker = new_browser(viewport=DESK).new_page()
    enter(maker, decided.url, "lap")
    put_right(maker, decided)
    maker.get_by_label("Lý do chấm lại").fill(WHY)
    maker.get_by_role("button", name="Tính thử").click()
    work(decided)
    expect(maker.get_by_role("heading", name="Quyết định")).to_be_visible()

    decider = new_browser(viewport=PHONE).new_page()
    enter(decider, decided.url, "duyet")
    decider.goto(maker.url)
    decider.get_by_role("link", name="làm thay đổi giải thưởng").click()
    expect(decider.get_by_text("Danh sách đó không tự đổi")).to_be_visible()
    changes(decider)
    fits(decider)
    decider.get_by_role("link", name="Quay lại lần chấm lại").click()
    decider.get_by_role("button", name="Duyệt, cho có hiệu lực").click()
    expect(decider.get_by_text("Có hiệu lực", exact=True)).to_be_visible()
    with decider.expect_download() as download:
        decider.get_by_role("link", name="Biên bản (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    maker.goto(decided.address(f"/to-chuc/dot-thi/{decided.round_id}/giai-thuong"))
    maker.get_by_role("button", name="Lập danh sách trao giải").click()
    expect(maker.get_by_role("heading", name="Danh sách trao giải lần 2")).to_be_visible()
    expect(winner(maker)).to_contain_text("Lê Văn An")
    changes(maker)
    maker.goto(decided.address(f"/to-chuc/dot-thi/{decided.round_id}/giai-thuong"))
    maker.get_by_role("link", name="Lần 1").click()
    expect(maker.get_by_text("Số 15/QĐ-SNV")).to_be_visible()
    expect(winner(maker)).to_contain_text("Trần Thị Bình")


def winner(page: Page) -> Locator:
    """Who has the only prize of a list."""
    return page.get_by_role("table", name="Được giải").locator("tbody th")


def changes(page: Page) -> None:
    """The table of what a run, or a list, changes: An gets the prize that Bình had."""
    table = page.get_by_role("table", name="thay đổi")
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(table.get_by_role("row", name="Lê Văn An")).to_contain_text("thêm giải")
    expect(table.get_by_role("row", name="Trần Thị Bình")).to_contain_text("mất giải")
