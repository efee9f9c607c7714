"""The rounds of a contest were added up by a wrong rule: one organiser proposes another, a second lets it hold."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.jobs.running import run_next
from contest.rounds.adding_up import set_overall
from contest.rounds.models import Round
from contest.standings.operations import SETTLE, publish_results
from contest.standings.run_jobs import HANDLERS
from tests import factories as make
from tests.browser.conftest import PHONE, OpenBrowser, Site, enter, fits
from tests.standings.cast import sit

pytestmark = pytest.mark.browser
WHY = "Thể lệ ghi đợt cuối tính gấp đôi"
MARKS = {"Lê Văn An": (4, 1), "Trần Thị Bình": (1, 3), "Phạm Chi": (2, 1)}


@pytest.fixture
def season(site: Site) -> Site:
    """Two official rounds whose sum has An first; by twice the second one, Bình would be."""
    with site.app.app_context():
        first = db.session.get_one(Round, site.round_id)
        unit = db.session.get_one(make.Account, site.account_id).unit
        bank = db.session.get_one(make.Bank, first.banks[0].bank_id)
        first.closes_at = make.NOON - timedelta(minutes=5)
        second = make.round_(first.contest, bank, closes_at=first.closes_at)
        for name, marks in MARKS.items():
            person = make.account("an" if name.endswith("An") else None, name=name, unit=unit)
            for round_, right in zip((first, second), marks, strict=True):
                sit(round_, bank, person, unit=unit, right=right, wrong=4 - right,
                    started=make.NOON - timedelta(minutes=30), minutes=9)
        make.account("lap", name="Ngô Lập", roles=("organiser",))
        make.account("duyet", name="Vũ Duyệt", roles=("administrator",))
        db.session.flush()
        now = first.closes_at + SETTLE + timedelta(minutes=1)
        set_overall(first.contest_id, {"rounds": {"how": "sum"}}, by=None, now=now)
        for round_ in (first, second):
            publish_results(round_.id, by=None, now=now)
        db.session.commit()
    return site


def work(site: Site) -> None:
    """The worker's turn."""
    with site.app.app_context():
        while run_next(HANDLERS):
            pass


def board(page: Page, site: Site) -> None:
    """To the board over all rounds, from the contest's page."""
    with site.app.app_context():
        code = db.session.get_one(Round, site.round_id).contest.code
    page.goto(site.address(f"/cuoc-thi/{code}"))
    page.get_by_role("link", name="Bảng xếp hạng chung", exact=True).click()
    expect(page.get_by_role("heading", name="Bảng xếp hạng chung")).to_be_visible()


def propose(page: Page, site: Site) -> None:
    """From the contest's page to the preview of the other rule."""
    with site.app.app_context():
        contest_id = db.session.get_one(Round, site.round_id).contest_id
    page.goto(site.address(f"/to-chuc/cuoc-thi/{contest_id}/xep-hang-chung"))
    expect(page.get_by_role("button", name="Lưu cách xếp hạng chung")).to_have_count(0)
    page.get_by_role("link", name="Sửa cách xếp hạng chung").click()
    fits(page)
    page.get_by_role("link", name="Đề nghị sửa").click()
    page.get_by_label("Trọng số từng đợt").fill("100, 200")
    page.get_by_role("button", name="Tính thử").click()
    expect(page.get_by_role("alert")).to_contain_text("Ghi lý do")
    fits(page)
    expect(page.get_by_label("Trọng số từng đợt")).to_have_value("100, 200")
    page.get_by_label("Lý do sửa").fill(WHY)
    page.get_by_role("button", name="Tính thử").click()
    expect(page.get_by_role("status")).to_have_text("Đang chờ bắt đầu.")
    fits(page)
    work(site)
    expect(page.get_by_role("heading", name="Quyết định")).to_be_visible()  # the page moves on by itself
    fits(page)


@pytest.mark.parametrize("script", [True, False])
def test_from_a_wrong_rule_to_another_board_and_back(season: Site, new_browser: OpenBrowser, script: bool):
    reader = new_browser(viewport=PHONE, java_script_enabled=script).new_page()
    enter(reader, season.url, "an")
    board(reader, season)
    expect(reader.locator("tbody tr").first).to_contain_text("L. V. An")

    maker = new_browser(viewport=PHONE, java_script_enabled=script).new_page()
    enter(maker, season.url, "lap")
    propose(maker, season)
    expect(maker.get_by_text("Người duyệt được: Vũ Duyệt")).to_be_visible()
    expect(maker.get_by_role("button", name="Duyệt")).to_have_count(0)

    decider = new_browser(viewport=PHONE, java_script_enabled=script).new_page()
    enter(decider, season.url, "duyet")
    decider.get_by_role("link", name="Xem thay đổi để duyệt").click()
    moved = decider.get_by_role("table", name="Trước và sau khi sửa, theo hạng mới")
    expect(moved.get_by_role("row", name="Trần Thị Bình")).to_contain_text("lên 1")
    decider.get_by_label("Họ tên hoặc mã bài thi").fill("pham chi")
    decider.get_by_role("button", name="Tìm").click()
    expect(decider.get_by_role("table", name="Trước và sau khi sửa", exact=True).locator("tbody tr")).to_have_count(1)
    decider.get_by_role("link", name="làm thay đổi giải chung").click()
    expect(decider.get_by_role("heading", name="Ảnh hưởng đến giải thưởng")).to_be_visible()
    fits(decider)
    decider.get_by_role("link", name="Quay lại đề nghị").click()
    decider.get_by_label("Ý kiến của người quyết định").fill("Đã đối chiếu")
    decider.get_by_role("button", name="Duyệt, cho có hiệu lực").click()
    expect(decider.get_by_text("Có hiệu lực", exact=True)).to_be_visible()
    fits(decider)
    with decider.expect_download() as download:
        decider.get_by_role("link", name="Biên bản (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    board(reader, season)
    expect(reader.locator("tbody tr").first).to_contain_text("T. T. Bình")
    expect(reader.get_by_text(f"Lý do: {WHY}")).to_be_visible()
    reader.get_by_text("Chỗ sửa lúc").click()
    expect(reader.get_by_text("Sau: Cộng kết quả của tất cả các đợt. Trọng số")).to_be_visible()
    fits(reader)

    decider.get_by_text("Hoàn tác lần sửa này").click()
    decider.get_by_label("Lý do hoàn tác").fill("Đọc nhầm thể lệ")
    decider.get_by_role("button", name="Đề nghị hoàn tác").click()
    expect(decider.get_by_role("status").first).to_be_visible()
    work(season)
    maker.goto(season.url)
    maker.get_by_role("link", name="Xem thay đổi để duyệt").click()
    maker.get_by_role("button", name="Duyệt, cho có hiệu lực").click()
    expect(maker.get_by_text("Có hiệu lực", exact=True)).to_be_visible()
    board(reader, season)
    expect(reader.locator("tbody tr").first).to_contain_text("L. V. An")
