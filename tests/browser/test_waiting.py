"""Before a sitting: the queue and the countdown."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from contest.delivery.queueing import Queue
from tests import factories as make
from tests.browser.conftest import NARROWEST, OpenBrowser, Site, begin, fits, sign_in
from tests.browser.still import STEP_MS, catch_up, pass_time, still

pytestmark = pytest.mark.browser


def press_start(page: Page, site: Site) -> None:
    """Into a queue that somebody else has come to before."""
    queue = site.app.extensions["start_queue"] = Queue(1, 1)
    sign_in(page, site)
    page.goto(site.round_page)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    queue.ask("somebody", int(site.hands.now().timestamp() * 1000))
    page.get_by_role("button", name="Bắt đầu làm bài").click()


def test_a_page_in_the_queue_enters_by_itself(site: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=NARROWEST).new_page()
    press_start(page, site)
    expect(page.get_by_text("Anh/chị ở vị trí khoảng 1, trang tự vào sau 1 giây.")).to_be_visible()
    fits(page)
    expect(page.locator("#place")).to_have_text("Câu 1/4")
    assert len(site.attempts()) == 1


def test_without_script_a_button_enters(site: Site, new_browser: OpenBrowser):
    page = new_browser(java_script_enabled=False).new_page()
    press_start(page, site)
    expect(page.get_by_text("Đợi 1 giây rồi bấm nút bên dưới.")).to_be_visible()
    expect(page.get_by_text("trang tự vào sau")).to_be_hidden()
    site.hands.advance(seconds=1)
    page.get_by_role("button", name="Vào thi").click()
    expect(page.locator("#place")).to_have_text("Câu 1/4")


def states(page: Page) -> dict[str, str]:
    """What the check of the machine says, once all of it is said."""
    expect(page.locator("#device-voice")).not_to_be_empty()
    return {name: page.locator(f"#check-{name}").inner_text()
            for name in ("browser", "storage", "cookie", "line", "clock")}


def test_the_machine_and_the_line_are_checked(site: Site, new_browser: OpenBrowser):
    context = new_browser(viewport=NARROWEST)
    page = context.new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    found = states(page)
    assert [name for name, words in found.items() if not words.startswith("Tốt")] == []
    assert "mili giây" in found["line"]
    assert found["clock"] == "Tốt Đồng hồ của máy khớp với hệ thống."
    fits(page)
    context.set_offline(True)
    page.get_by_role("button", name="Kiểm tra lại").click()
    expect(page.locator("#check-line")).to_have_text(
        "Lưu ý Chưa gọi được hệ thống. Kiểm tra mạng rồi bấm Kiểm tra lại.")
    expect(page.locator("#device-voice")).to_contain_text("Chưa gọi được hệ thống.")
    context.set_offline(False)


def test_a_machine_without_storage_and_with_a_wrong_clock(site: Site, new_browser: OpenBrowser):
    context = new_browser()
    context.add_init_script("""Object.defineProperty(globalThis, "indexedDB", { value: null });
        Storage.prototype.setItem = () => { throw new Error("off"); };
        const now = Date.now; Date.now = () => now() + 7 * 3600 * 1000;""")
    page = context.new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    found = states(page)
    assert found["storage"].startswith("Lưu ý Máy này không giữ được")
    assert found["clock"] == ("Tốt Đồng hồ của máy lệch 420 phút. "
                              "Không ảnh hưởng gì: giờ làm bài tính theo hệ thống.")


def test_without_script_the_check_says_what_that_means(site: Site, new_browser: OpenBrowser):
    page = new_browser(java_script_enabled=False).new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    expect(page.get_by_text("Vẫn làm bài được: mỗi lần bấm Câu tiếp là lưu một câu")).to_be_visible()
    expect(page.get_by_role("button", name="Kiểm tra lại")).to_be_hidden()


def test_the_page_opens_by_itself_when_the_round_does(site: Site, new_browser: OpenBrowser):
    with site.app.app_context():
        make.db.session.get_one(make.Round, site.round_id).opens_at = make.NOON + timedelta(minutes=2)
        make.db.session.commit()
    page = new_browser().new_page()
    page.clock.install()
    sign_in(page, site)
    page.goto(site.round_page)
    expect(page.locator("#countdown")).to_have_text(re.compile(r"01:[45]\d"))
    expect(page.get_by_role("button", name="Bắt đầu làm bài")).to_have_count(0)
    site.hands.advance(minutes=2)
    page.clock.run_for(125_000)
    page.clock.run_for(20_000)  # the spread of the reload
    expect(page.get_by_role("button", name="Bắt đầu làm bài")).to_be_visible()


@pytest.mark.parametrize("luck", [0, .5, .9999])
@pytest.mark.parametrize(("room_s", "spread_ms"), [(3_600, 20_000), (6, 6_000), (0, 0)])
def test_the_opening_is_spread_and_takes_no_time_off_anybody(site: Site, new_browser: OpenBrowser, luck: float,
                                                             room_s: int, spread_ms: int):
    """`room_s`: by how much the round is longer than a sitting."""
    opens_at = make.NOON + timedelta(minutes=2)
    with site.app.app_context():
        round_ = make.db.session.get_one(make.Round, site.round_id)
        round_.opens_at, round_.closes_at = opens_at, opens_at + timedelta(minutes=20, seconds=room_s)
        make.db.session.commit()
    page = still(new_browser(), site, luck)
    site.hands.advance(milliseconds=(opens_at - site.hands.now()).total_seconds() * 1_000 - 60_000)
    page.goto(site.round_page)
    expect(page.locator("#countdown")).to_have_text("01:00")
    visits: list[str] = []
    page.on("request", lambda request: visits.append(request.url) if request.is_navigation_request() else None)
    before_ms = 60_000 + int(spread_ms * luck - 1) // STEP_MS * STEP_MS  # the last look at the clock before the reload
    pass_time(page, site, before_ms)
    catch_up(page)
    assert visits == []
    with page.expect_event("domcontentloaded"):
        pass_time(page, site, STEP_MS)
        page.clock.run_for(1)
    assert visits == [site.round_page]
    begin(page, site)
    expect(page.locator("#digits")).to_have_text("20:00")
