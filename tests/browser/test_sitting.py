"""A whole sitting, as people live through it: by keyboard, on a weak line, on two machines, without a script."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import NARROWEST, OpenBrowser, Site, begin, fits, sign_in

pytestmark = pytest.mark.browser
SAVED = re.compile(r"Đã lưu lúc \d\d:\d\d")


def started(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    sign_in(page, site)
    begin(page, site)
    return page


def place(page: Page) -> str:
    return page.locator("#place").inner_text()


def choose(page: Page, n: int) -> None:
    """Click the n-th option (from 0) and wait until the server has it."""
    with page.expect_response(lambda response: response.url.endswith("/answers") and response.status == 200):
        page.locator("#options label").nth(n).click()
    expect(page.locator("#save")).to_have_text(SAVED)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element whose name this is has the focus."""
    passed = []
    while len(passed) < 80:
        page.keyboard.press("Tab")
        passed.append(page.evaluate(
            "((document.activeElement.labels || [])[0] || document.activeElement).innerText.trim()"))
        if passed[-1] == name:
            return
    raise AssertionError(f"Tab never reached {name}: {passed}")


def clear_focus(page: Page) -> None:
    """The focused element comes to lie below the sticky bar, or in it."""
    page.wait_for_function("""() => {
        const active = document.activeElement, shown = (active.labels && active.labels[0]) || active;
        const bar = document.querySelector(".exam-bar");
        return bar.contains(active) || shown.getBoundingClientRect().top >= bar.getBoundingClientRect().bottom - 1;
    }""")


@pytest.mark.parametrize("late", ["exam.js", "fields.js"])
def test_an_answer_chosen_before_the_script_has_come_is_saved(site: Site, new_browser: OpenBrowser, late: str):
    """Over a slow line the first question is there long before the script is."""
    page = new_browser().new_page()
    held: list[Route] = []
    page.route(re.compile(re.escape(late)), lambda route: held.append(route))
    sign_in(page, site)
    begin(page, site)
    page.locator("#options label").nth(2).click()
    expect(page.locator("#save")).to_have_text("Chưa có câu trả lời nào")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]
    page.unroute_all()
    page.reload()
    expect(page.locator("#options input").nth(2)).to_be_checked()


def test_the_whole_sitting_by_keyboard(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    page.goto(site.round_page)
    page.get_by_label("Tên đăng nhập").focus()
    page.keyboard.type(site.login)
    page.keyboard.press("Tab")
    page.keyboard.type("mat khau thu")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đồng hồ 20 phút chạy ngay khi bấm. Đây là lượt 1 trong 2.")).to_be_visible()

    tab_to(page, "Bắt đầu làm bài")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Đánh dấu vào ô cam kết để bắt đầu làm bài.")
    assert site.attempts() == []
    tab_to(page, "Tôi đã đọc thể lệ và cam kết tự làm bài")
    page.keyboard.press("Space")
    tab_to(page, "Bắt đầu làm bài")
    page.keyboard.press("Enter")

    expect(page.locator("#place")).to_have_text("Câu 1/4")
    page.locator("#o1").focus()
    page.keyboard.press("Space")
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]
    tab_to(page, "Đánh dấu xem lại")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Đánh dấu xem lại")).to_have_attribute("aria-pressed", "true")
    tab_to(page, "Danh sách câu 1/4 đã làm")
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        clear_focus(page)
    page.locator("#o1").focus()
    page.keyboard.press("Enter")  # Enter in the form goes on

    for n in (2, 3, 4):
        expect(page.locator("#place")).to_have_text(f"Câu {n}/4")
        expect(page.locator("legend")).to_be_focused()
        clear_focus(page)
        if n != 3:
            page.locator("#o2").focus()
            page.keyboard.press("Space")
        page.locator("#next").focus()
        page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_visible()
    expect(page.get_by_text("Bài chưa được nộp cho đến khi bấm Nộp bài.")).to_be_visible()
    expect(page.get_by_role("link", name="Câu 3, chưa trả lời")).to_be_visible()
    expect(page.get_by_role("link", name="Câu 1, đã trả lời, đã đánh dấu")).to_be_visible()
    assert site.flags() == [1]
    tab_to(page, "Nộp bài")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    (attempt,) = site.attempts()
    assert attempt.state == "submitted"
    expect(page.get_by_text(attempt.receipt, exact=True)).to_be_visible()
    expect(page.get_by_text("với 3/4 câu đã trả lời")).to_be_visible()
    page.reload()
    expect(page.get_by_text(attempt.receipt, exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()


def test_answers_given_offline_arrive(site: Site, new_browser: OpenBrowser):
    context = new_browser()
    page = started(context, site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    context.set_offline(True)
    expect(page.locator("#band-line")).to_contain_text("Mất kết nối. Bài làm được giữ trên máy này")
    for n in (1, 2, 3):
        expect(page.locator("#place")).to_have_text(f"Câu {n}/4")
        page.locator("#options label").nth(1).click()
        page.get_by_role("button", name="Câu tiếp").last.click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1, 2, 3")
    assert site.choices() == {}

    context.set_offline(False)
    expect(page.locator("#band-line")).to_have_text("Đã kết nối lại. Đã lưu 3 câu.")
    expect(page.locator("#save")).to_have_text(SAVED)
    assert sorted(site.choices()) == [1, 2, 3]


def test_answers_outlive_a_reload_before_they_are_sent(site: Site, new_browser: OpenBrowser):
    """The line carries pages but no saves: what a captive portal or a failing server looks like."""
    page = started(new_browser(), site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")

    def lost(route: Route) -> None:
        route.abort()

    page.route("**/answers", lost)
    page.locator("#options label").nth(2).click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#o3")).to_be_checked()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    assert site.choices() == {}

    page.unroute("**/answers", lost)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]


def test_a_page_loaded_again_shows_every_saved_answer(site: Site, new_browser: OpenBrowser):
    page = started(new_browser(), site)
    choose(page, 0)
    page.get_by_role("button", name="Câu tiếp").click()
    choose(page, 1)
    with page.expect_response(lambda response: response.url.endswith("/de")):
        page.reload()
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")

    expect(page.locator("#list summary")).to_have_text("Danh sách câu 2/4 đã làm")
    page.get_by_role("button", name="Câu trước").click()
    expect(page.locator("#o1")).to_be_checked()
    page.get_by_role("button", name="Câu tiếp").click()
    expect(page.locator("#o2")).to_be_checked()


def test_another_device_takes_over_and_the_first_is_told(site: Site, new_browser: OpenBrowser):
    phone = started(new_browser(), site)
    choose(phone, 0)

    laptop = new_browser().new_page()
    sign_in(laptop, site)
    laptop.goto(phone.url)
    expect(laptop.get_by_text("Bài thi đang mở trên thiết bị khác.")).to_be_visible()
    expect(laptop.locator("#o1")).to_be_disabled()
    expect(laptop.locator("#o1")).to_be_checked()
    laptop.get_by_role("button", name="Làm tiếp trên máy này").click()
    expect(laptop.locator("#o2")).to_be_enabled()
    choose(laptop, 1)

    kept = site.choices()
    phone.locator("#options label").nth(3).click()
    expect(phone.locator("#band-Other")).to_contain_text("Bài thi đang mở trên thiết bị khác.")
    expect(phone.get_by_role("button", name="Làm tiếp trên máy này")).to_be_visible()
    expect(phone.locator("#o1")).to_be_disabled()
    for name in ("Bỏ chọn", "Đánh dấu xem lại"):
        expect(phone.get_by_role("button", name=name)).to_be_disabled()
    assert site.choices() == kept


def test_a_page_that_was_taken_over_from_does_not_hand_in(site: Site, new_browser: OpenBrowser):
    phone = started(new_browser(), site)
    choose(phone, 0)
    phone.goto(phone.url.replace("/cau/1", "/kiem-tra"))
    laptop = new_browser().new_page()
    sign_in(laptop, site)
    laptop.goto(phone.url.replace("/kiem-tra", "/cau/1"))
    laptop.get_by_role("button", name="Làm tiếp trên máy này").click()
    expect(laptop.locator("#o2")).to_be_enabled()
    phone.get_by_role("button", name="Nộp bài").click()
    expect(phone.locator("#band-Other")).to_be_visible()
    assert [attempt.state for attempt in site.attempts()] == ["open"]
    choose(laptop, 1)


def test_the_same_browser_goes_on_after_its_sign_in_ended(site: Site, new_browser: OpenBrowser):
    context = new_browser()
    page = started(context, site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    context.clear_cookies()
    page.locator("#options label").nth(1).click()
    expect(page.locator("#band-SignedOut")).to_contain_text(
        "Phiên đăng nhập đã hết. Bài làm vẫn còn. Đăng nhập lại để làm tiếp.")
    page.get_by_role("link", name="Đăng nhập lại").first.click()
    page.get_by_label("Tên đăng nhập").fill(site.login)
    page.get_by_label("Mật khẩu").fill("mat khau thu")
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("#o2")).to_be_checked()
    expect(page.locator("#save")).to_have_text(SAVED)
    assert list(site.choices()) == [1]
    assert site.attempts()[0].generation == 2


def test_the_whole_sitting_without_script(site: Site, new_browser: OpenBrowser):
    page = new_browser(java_script_enabled=False).new_page()
    sign_in(page, site)
    begin(page, site)
    page.locator("#options label").first.click()
    page.get_by_role("button", name="Đánh dấu xem lại").click()
    expect(page.locator("#place")).to_have_text("Câu 1/4")
    expect(page.locator("#o1")).to_be_checked()
    page.locator("#next").click()
    page.locator("#options label").nth(1).click()
    page.locator("#next").click()
    expect(page.get_by_text("Chọn tất cả đáp án đúng")).to_be_visible()
    page.locator("#options label").nth(0).click()
    page.locator("#options label").nth(2).click()
    page.locator("#list summary").click()
    page.get_by_role("button", name="Câu 2, đã trả lời").click()  # saves the third on the way
    expect(page.locator("#place")).to_have_text("Câu 2/4")
    page.get_by_role("button", name="Bỏ chọn").click()
    expect(page.locator("#options input:checked")).to_have_count(0)
    page.locator("#list summary").click()
    page.get_by_role("button", name="Chưa trả lời 2").click()
    expect(page.locator(".cells li:visible")).to_have_count(2)
    page.get_by_role("button", name="Kiểm tra và nộp bài").click()
    expect(page.get_by_role("link", name="Câu 4, chưa trả lời")).to_be_visible()
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_text("với 2/4 câu đã trả lời")).to_be_visible()
    chosen = site.choices()
    assert {slot: len(tokens) for slot, tokens in chosen.items()} == {1: 1, 3: 2}
    assert site.flags() == [1]
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_has_a_ground_of_its_own_on_a_hero(site: Site, new_browser: OpenBrowser, scheme):
    page = new_browser(color_scheme=scheme).new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    grounds = page.locator(".hero .tag").evaluate("""tag => Object.fromEntries(
        ["upcoming", "open", "closed", "published", "draft", "cancelled"].map((state) => {
            tag.className = `tag ${state}`;
            return [state, getComputedStyle(tag).backgroundColor];
        }))""")
    assert [state for state, colour in grounds.items() if not colour.startswith("rgb(")] == []


def test_a_wrong_clock_of_the_machine_changes_nothing(site: Site, new_browser: OpenBrowser):
    context = new_browser()
    context.add_init_script("""{ const real = Date; let ahead = 7 * 3600 * 1000;
        globalThis.Date = class extends real {
            constructor(...given) { given.length ? super(...given) : super(real.now() + ahead); }
            static now() { return real.now() + ahead; } };
        globalThis.jump = (ms) => { ahead += ms; }; }""")
    page = started(context, site)
    expect(page.locator("#digits")).to_have_text(re.compile(r"19:\d\d"))
    page.evaluate("jump(-24 * 3600 * 1000)")  # the page asks the server, and shows what that says
    page.locator("#options label").first.click()
    expect(page.locator("#save")).to_have_text(re.compile(r"Đã lưu lúc 12:0\d"))
    expect(page.locator("#digits")).to_have_text(re.compile(r"19:\d\d"))


def test_time_up_shows_what_was_kept(site: Site, new_browser: OpenBrowser):
    page = started(new_browser(), site)
    question = page.url
    choose(page, 0)
    site.hands.advance(minutes=15, seconds=30)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("Còn 5 phút. Còn 3 câu chưa trả lời.").first).to_be_visible()
    page.get_by_role("link", name="Xem câu chưa trả lời").click()
    expect(page.locator(".cells li:visible")).to_have_count(3)
    fits(page)
    site.hands.advance(minutes=5)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("alert")).to_contain_text("Đã hết giờ")
    expect(page.get_by_text("Hệ thống đã nộp bài lúc 12:20 với 1/4 câu đã trả lời.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Lịch sử thi")).to_be_visible()
    page.goto(question)
    expect(page.get_by_role("heading", name="Đã hết giờ")).to_be_visible()


def test_a_double_click_submits_once(site: Site, new_browser: OpenBrowser):
    page = started(new_browser(), site)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/submit") else None)
    page.goto(page.url.replace("/cau/1", "/kiem-tra"))
    page.get_by_role("button", name="Nộp bài").dblclick()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    assert len(sent) == 1
    assert [attempt.state for attempt in site.attempts()] == ["submitted"]


def test_nothing_scrolls_sideways_at_320_px(site: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=NARROWEST).new_page()
    sign_in(page, site)
    page.goto(site.round_page)
    fits(page)
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.get_by_role("alert")).to_be_visible()
    fits(page)
    begin(page, site)
    for n in (1, 2, 3, 4):
        page.goto(re.sub(r"/cau/\d+", f"/cau/{n}", page.url))
        page.locator("#list summary").click()
        fits(page)
    page.goto(re.sub(r"/cau/\d+", "/kiem-tra", page.url))
    fits(page)
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    fits(page)
    page.goto(site.round_page)
    expect(page.get_by_role("heading", name="Lịch sử thi")).to_be_visible()
    fits(page)
