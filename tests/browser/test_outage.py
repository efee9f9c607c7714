"""Long trouble: it is told to the organisers while it lasts, and what it held back can still be sent."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import select, update

from contest.delivery import granting, overruling
from contest.delivery.models import Response
from contest.delivery.record_models import SittingEvent
from contest.extensions import db
from contest.identity.models import SignIn
from contest.rounds.models import Round
from tests.browser.conftest import OpenBrowser, Site, begin, sign_in

pytestmark = pytest.mark.browser

KEPT = """async () => { const store = await import(document.querySelector("#sitting").dataset.store);
    return [...(await store.keys()), ...Object.keys(localStorage)]
        .filter((key) => /^(exam|unsent):/.test(key)).length; }"""
HELD = "Câu 2 chưa đến được hệ thống nên chưa được tính, còn giữ trên máy này"


def busy(route: Route) -> None:
    route.fulfill(status=503, json={"code": "busy"})


def told(site: Site) -> list[str]:
    with site.app.app_context():
        return list(db.session.scalars(select(SittingEvent.kind).where(SittingEvent.kind != "opened")))


def open_paper(page: Page, site: Site) -> None:
    sign_in(page, site)
    begin(page, site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")


def test_trouble_that_lasts_is_told_while_it_lasts(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    page.add_init_script("AbortController.prototype.abort = () => {}")  # time flies here, the line does not
    page.clock.install()
    open_paper(page, site)
    page.route("**/answers", busy)
    page.locator("#options label").nth(1).click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    let_hints_go(page)
    assert told(site) == ["unsaved"]
    page.clock.run_for(121_000)  # it is told again before the monitor forgets it
    let_hints_go(page)
    assert told(site) == ["unsaved"] * 2


def test_whence_a_sitting_is_done_is_told_within_minutes(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    page.add_init_script("AbortController.prototype.abort = () => {}")
    page.clock.install()
    open_paper(page, site)
    page.clock.run_for(241_000)
    let_hints_go(page)
    with site.app.app_context():
        assert db.session.scalars(select(SittingEvent.kind)).all() == ["opened"]


def test_hints_that_nobody_takes_are_told_later(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    page.add_init_script("AbortController.prototype.abort = () => {}")
    page.clock.install()
    open_paper(page, site)
    page.route("**/events", busy)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.evaluate("dispatchEvent(new Event('online'))")
    let_hints_go(page, ok=False)
    assert told(site) == []
    page.unroute("**/events", busy)
    let_hints_go(page)
    assert told(site) == ["offline"]


def let_hints_go(page: Page, *, ok: bool = True) -> None:
    """Time passes until the page has told its hints: three minutes where they were refused before."""
    sent: list[str] = []

    def asked(request: Request) -> None:
        sent.append(request.url)

    page.on("request", asked)
    with page.expect_response(lambda response: response.url.endswith("/events") and response.ok is ok):
        for _ in range(181):
            if not any(url.endswith("/events") for url in sent):
                page.clock.run_for(1_000)
    page.remove_listener("request", asked)


def cut_off_until_it_is_over(page: Page, site: Site) -> None:
    """The first answer arrives, the second does not, and the time is over before the line is back."""
    open_paper(page, site)
    page.locator("#options label").nth(0).click()
    expect(page.locator("#save")).to_contain_text("Đã lưu lúc")
    page.get_by_role("button", name="Câu tiếp").click()
    page.route("**/answers", busy)
    page.locator("#options label").nth(2).click()
    page.locator("#options label").nth(1).click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 2")
    site.hands.advance(minutes=25)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#lost")).to_contain_text(HELD)
    page.unroute("**/answers", busy)


def test_what_an_outage_held_back_is_sent_after_a_reopening(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    cut_off_until_it_is_over(page, site)
    page.reload()
    expect(page.locator("#lost")).to_contain_text(HELD)
    (attempt,) = site.attempts()
    assert list(site.choices()) == [1]
    with site.app.app_context():
        overruling.reopen(attempt.id, 5, "Mất mạng cả phòng", by=None, now=site.hands.now())
        db.session.commit()
    page.reload()
    expect(page.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("definition").first).to_have_text("2/4")
    assert sorted(site.choices()) == [1, 2]
    with site.app.app_context():
        assert db.session.execute(select(Response.generation, Response.seq).where(Response.slot == 2)).all() == [(1, 2)]
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    expect(page.locator("#lost")).to_be_hidden()
    page.wait_for_function(f"async () => !(await ({KEPT})())")


def test_what_was_held_back_goes_with_a_sign_out(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    cut_off_until_it_is_over(page, site)
    receipt = page.url
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(lambda url: "/luot-thi/" not in url)
    sign_in(page, site)
    page.goto(receipt)
    expect(page.get_by_role("button", name="In biên nhận")).to_be_visible()
    page.wait_for_function(f"async () => !(await ({KEPT})())")


def test_what_was_held_back_goes_after_a_week(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    page.goto(site.url)
    page.evaluate("""localStorage.setItem("exam:other:sitting", JSON.stringify({ answers: {}, flags: {}, until: 1 }));
        localStorage.setItem("unsent:other:sitting", "3")""")
    cut_off_until_it_is_over(page, site)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':other:'))") == []
    with site.app.app_context():
        db.session.execute(update(SignIn).values(expires_at=site.hands.now() + timedelta(days=30)))
        db.session.commit()
    site.hands.advance(days=6)
    page.reload()
    expect(page.locator("#lost")).to_contain_text(HELD)
    site.hands.advance(days=1)
    page.reload()
    expect(page.locator("#lost")).to_contain_text("chưa đến được hệ thống trước khi hết giờ nên không được tính")
    page.wait_for_function(f"async () => !(await ({KEPT})())")


def test_an_end_that_was_moved_is_told_as_it_is(site: Site, new_browser: OpenBrowser):
    page = new_browser().new_page()
    page.add_init_script("AbortController.prototype.abort = () => {}")
    page.clock.install()
    open_paper(page, site)
    (attempt,) = site.attempts()
    with site.app.app_context():
        granting.grant_time(site.round_id, granting.Reach(), 5, "Mất điện", by=None, now=site.hands.now())
        db.session.commit()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#band-line")).to_contain_text("Được cộng thêm 5 phút.")
    page.route("**/clock", busy)
    page.clock.fast_forward("25:05")
    expect(page.get_by_role("heading", name="Đã hết giờ")).to_be_visible()
    end = attempt.time_limit_at + timedelta(minutes=5, hours=7)
    expect(page.locator("#over .lead")).to_contain_text(f"Hệ thống tự nộp bài lúc {end:%H:%M:%S}.")


@pytest.mark.parametrize("grace_s", [0, 60])
def test_a_line_that_comes_back_after_the_end_brings_what_the_grace_still_takes(site: Site, new_browser: OpenBrowser,
                                                                              grace_s: int):
    with site.app.app_context():
        db.session.execute(update(Round).values(grace_ms=grace_s * 1000))
        db.session.commit()
    context = new_browser()
    page = context.new_page()
    open_paper(page, site)
    context.set_offline(True)
    page.locator("#options label").nth(1).click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    site.hands.advance(minutes=20, seconds=10)
    context.set_offline(False)
    expect(page.get_by_role("heading", name="Đã hết giờ")).to_be_visible()
    if grace_s:
        expect(page.get_by_text("với 1/4 câu đã trả lời")).to_be_visible()
        page.wait_for_function(f"async () => !(await ({KEPT})())")
        expect(page.locator("#lost")).to_be_hidden()
    else:
        expect(page.get_by_text("với 0/4 câu đã trả lời")).to_be_visible()
        expect(page.locator("#lost")).to_contain_text("Câu 1 chưa đến được hệ thống")


@pytest.mark.parametrize("closed", [False, True], ids=["stays", "closed and opened again"])
def test_a_prediction_typed_without_a_line_is_kept_and_sent(site: Site, new_browser: OpenBrowser, closed: bool):
    with site.app.app_context():
        db.session.execute(update(Round).values(prediction="participants"))
        db.session.commit()
    context = new_browser()
    page = context.new_page()
    open_paper(page, site)
    address = page.url.replace("/cau/1", "/du-doan")
    page.goto(address)
    context.set_offline(True)
    expect(page.locator("#band-line")).to_contain_text("Mất kết nối.")
    page.locator("#prediction").fill("25980")
    expect(page.locator("#prediction-shown")).to_contain_text("25.980")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.locator("#prediction")).to_have_value("25980")  # nobody is sent to a page that cannot come
    assert page.url == address
    if closed:
        page.close(run_before_unload=False)
        context.set_offline(False)
        page = context.new_page()
        with page.expect_response(lambda response: response.url.endswith("/prediction") and response.ok):
            page.goto(address)
        expect(page.locator("#prediction")).to_have_value("25980")
    else:
        with page.expect_response(lambda response: response.url.endswith("/prediction") and response.ok):
            context.set_offline(False)
    (attempt,) = site.attempts()
    assert attempt.prediction == 25_980
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_visible()


def test_a_prediction_typed_before_the_script_has_come_is_sent(site: Site, new_browser: OpenBrowser):
    with site.app.app_context():
        db.session.execute(update(Round).values(prediction="participants"))
        db.session.commit()
    page = new_browser().new_page()
    open_paper(page, site)
    held: list[Route] = []
    page.route("**/exam.js*", lambda route: held.append(route))
    page.goto(page.url.replace("/cau/1", "/du-doan"), wait_until="commit")
    page.locator("#prediction").fill("25980")
    with page.expect_response(lambda response: response.url.endswith("/prediction") and response.ok):
        held[0].continue_()
    (attempt,) = site.attempts()
    assert attempt.prediction == 25_980
