"""What a sitting has to bear, the acceptance checks, where `test_sitting` does not show it already."""

import io
import re
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

from contest.extensions import db
from contest.rounds.models import ContestUnit, Round
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories as make
from tests.browser.conftest import OpenBrowser, Site, begin, fits, sign_in
from tests.browser.greys import MARKS, WORDS, Picture, shown
from tests.browser.test_sitting import SAVED, choose, started
from tests.standings.cast import sit

pytestmark = pytest.mark.browser

# Every text that a live region of the page comes to say.
LISTEN = """addEventListener("DOMContentLoaded", () => { globalThis.said = [];
  for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]"))
    new MutationObserver(() => { const text = region.textContent.trim(); if (text) said.push(text); })
      .observe(region, { childList: true, characterData: true, subtree: true }); });"""
NO_INDEXED = """Object.defineProperty(globalThis, "indexedDB", { value: {
  open() { throw new DOMException("refused", "InvalidStateError"); }, deleteDatabase() {} } });"""


def pass_time(page: Page, site: Site, seconds: int) -> None:
    """Let the same time pass for the server and for the browser."""
    site.hands.advance(seconds=seconds)
    page.clock.run_for(seconds * 1000)


def test_a_sitting_says_three_times_how_long_and_then_that_it_is_over(site: Site, new_browser: OpenBrowser):
    context = new_browser()
    context.add_init_script(LISTEN + "\nAbortController.prototype.abort = () => {};")  # time passes faster than answers
    page = context.new_page()
    page.clock.install(time=make.NOON)
    page.clock.pause_at(make.NOON + timedelta(seconds=1))  # never ahead of the server's, which runs on
    sign_in(page, site)
    begin(page, site)
    page.route("**/da-nop", lambda route: route.fulfill(status=204))  # stay on the page that speaks
    back = False
    for step in range(150):
        if step in (20, 100):  # a saved answer is shown and not spoken
            choose(page, step % 3)
        # Asked every 9 s at least; a busy machine may have the question before still on its way.
        with suppress(Late), page.expect_response(re.compile("/clock$"), timeout=3_000):
            pass_time(page, site, 9)
        if page.evaluate("said.length") == 1 and not back:
            back = True  # the server's clock is set: the tenth minute passes once more
            site.hands.advance(seconds=-20)
        if page.locator("#over").is_visible():
            break
    assert page.evaluate("said") == [
        "Còn 10 phút. Còn 3 câu chưa trả lời.", "Còn 5 phút. Còn 3 câu chưa trả lời.", "Sắp hết giờ. Còn 1 phút.",
        "Hết giờ làm bài."]


def answer_three_offline(context: BrowserContext, page: Page) -> None:
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    context.set_offline(True)
    for n in (1, 2, 3):
        expect(page.locator("#place")).to_have_text(f"Câu {n}/4")
        page.locator("#options label").nth(1).click()
        page.get_by_role("button", name="Câu tiếp").last.click()
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1, 2, 3")


def test_ninety_seconds_without_a_line_and_a_reload_lose_nothing(site: Site, new_browser: OpenBrowser):
    context = new_browser()
    page = started(context, site)
    address = page.url
    answer_three_offline(context, page)
    site.hands.advance(seconds=90)
    page.on("dialog", lambda dialog: dialog.accept())
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    context.set_offline(False)
    page.goto(address)
    expect(page.locator("#save")).to_have_text(SAVED)
    assert sorted(site.choices()) == [1, 2, 3]
    expect(page.locator("#digits")).to_have_text(re.compile(r"18:\d\d|17:5\d"))


@pytest.mark.parametrize("storage", ["IndexedDB", "localStorage"])
def test_a_page_that_crashes_leaves_its_answers_behind(site: Site, new_browser: OpenBrowser, storage: str):
    """Gone without a word, as when the phone kills the browser; where IndexedDB is refused, localStorage keeps them."""
    context = new_browser()
    if storage == "localStorage":
        context.add_init_script(NO_INDEXED)
    page = started(context, site)
    address = page.url
    answer_three_offline(context, page)
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('exam:')).length")
    assert kept == (storage == "localStorage")
    page.close(run_before_unload=False)
    assert site.choices() == {}
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#save")).to_have_text(SAVED)
    expect(page.locator("#o2")).to_be_checked()
    assert sorted(site.choices()) == [1, 2, 3]


def test_a_closed_laptop_finds_its_sitting_closed_with_what_was_saved(site: Site, new_browser: OpenBrowser):
    context = new_browser()
    page = started(context, site)
    choose(page, 0)
    page.close(run_before_unload=False)
    site.hands.advance(hours=2)
    page = context.new_page()
    page.goto(site.round_page)
    page.get_by_role("link", name="Lượt 1", exact=True).click()
    expect(page.get_by_text("Hệ thống đã nộp bài lúc 12:20 với 1/4 câu đã trả lời.")).to_be_visible()


def grey(part: Locator) -> tuple[float, float]:
    """How light a part of the page is without its colours, and how much its greys differ."""
    picture = ImageStat.Stat(Image.open(io.BytesIO(part.screenshot(animations="disabled"))).convert("L"))
    return picture.mean[0], picture.stddev[0]


@pytest.mark.parametrize("how", [{}, {"forced_colors": "active"}], ids=["greyscale", "forced colours"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_states_are_told_apart_without_colours(site: Site, new_browser: OpenBrowser, how, scheme):
    page = started(new_browser(color_scheme=scheme, **how), site)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    choose(page, 0)
    page.get_by_role("button", name="Câu tiếp").last.click()
    page.get_by_role("button", name="Đánh dấu xem lại").click()
    page.get_by_role("button", name="Câu tiếp").last.click()
    page.locator("#list summary").click()
    cells = page.locator(".cells .cell")
    for n, name in enumerate(["Câu 1, đã trả lời", "Câu 2, chưa trả lời, đã đánh dấu", "Câu 3, chưa trả lời"]):
        expect(cells.nth(n)).to_have_accessible_name(name)
    expect(cells.nth(2)).to_have_attribute("aria-current", "step")
    done, flagged, blank = (grey(cells.nth(n)) for n in (0, 1, 3))
    assert abs(done[0] - blank[0]) > 60
    assert abs(flagged[1] - blank[1]) > 5  # the flag is a shape of its own
    assert page.locator("#save").inner_text()
    site.hands.advance(minutes=16)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#time-band")).to_contain_text("Còn 4 phút.")
    site.hands.advance(minutes=3, seconds=10)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#clock-word")).to_have_text("Sắp hết giờ")


@pytest.fixture
def reviewed(site: Site) -> Site:
    """Official results of the contestant (one question right, one wrong, two blank) and of somebody of another unit."""
    with site.app.app_context():
        round_ = db.session.get_one(Round, site.round_id)
        bank = db.session.get_one(make.Bank, round_.banks[0].bank_id)
        person, other = db.session.get_one(make.Account, site.account_id), make.unit("Xã Tân Dương", headcount=1)
        round_.contest.target_percent = 60
        db.session.add(ContestUnit(contest_id=round_.contest_id, unit_id=other.id, name=other.name, bloc=other.bloc,
                                   headcount=1, headcount_on=other.headcount_on, sort_key=other.sort_key))
        db.session.flush()
        started = make.NOON - timedelta(minutes=30)
        sit(round_, bank, person, unit=person.unit, right=1, wrong=1, started=started)
        sit(round_, bank, make.account(unit=other), unit=other, right=2, started=started)
        round_.closes_at, round_.result_shown = make.NOON - timedelta(minutes=5), "review"
        round_.board_shown = "after_close"
        db.session.flush()
        late = round_.closes_at + SETTLE + timedelta(minutes=1)
        score_round(round_.id, late)
        publish_results(round_.id, by=None, now=late)
        db.session.commit()
    return site


# What tells a state: its kind and class; its words and the drawing or shape beside them; where these lie.
STATES = """() => [...document.querySelectorAll("main :is(.mark, .tag, .notice, .answers > li)")].map((one) => {
  const shape = getComputedStyle(one, "::before"), icon = one.querySelector("svg"), [kind, ...rest] = one.classList;
  const place = (part) => { const { x, y, width, height } = part.getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height }; };
  return { kind: one.matches("li") ? "answer" : kind, state: one.matches("li") ? one.className : rest.join(" "),
    words: one.matches("li") ? one.querySelector(".mark")?.textContent ?? "" : one.textContent.trim(),
    drawing: icon?.innerHTML ?? [shape.width, shape.height, shape.borderWidth, shape.borderStyle, shape.borderRadius,
      shape.backgroundColor === "rgba(0, 0, 0, 0)", shape.transform].join(),
    box: place(one), icon: icon && place(icon) }; })"""


def test_states_of_results_are_told_apart_without_colours(reviewed: Site, new_browser: OpenBrowser):
    page = new_browser(reduced_motion="reduce").new_page()
    sign_in(page, reviewed)
    (attempt,) = [one for one in reviewed.attempts() if one.account_id == reviewed.account_id]
    told, faults = defaultdict(set), []
    for path in (f"/luot-thi/{attempt.id}/ket-qua", "/ket-qua-cua-toi", f"/dot-thi/{reviewed.round_id}", "/",
                 f"/dot-thi/{reviewed.round_id}/xep-hang", f"/dot-thi/{reviewed.round_id}/don-vi"):
        page.goto(reviewed.address(path))
        fits(page)
        for mode in shown(page):
            picture = Picture(page)
            for one in page.evaluate(STATES):
                told[one["kind"], one["words"], one["drawing"] if one["kind"] != "answer" else ""].add(one["state"])
                if picture.spread(one["box"]) < WORDS or (one["icon"] and picture.spread(one["icon"]) < MARKS):
                    faults.append(f"{path}, {mode}: {one['words'] or one['kind']} is faint")
    faults += [f"{kind} {words!r}: {states}" for (kind, words, _), states in told.items() if len(states) > 1]
    assert not faults, "\n".join(faults)
    answers = {(state, words) for (kind, words, _), states in told.items() if kind == "answer" for state in states}
    assert answers == {("", ""), ("right", "Đáp án đúng, đã chọn"), ("right", "Đáp án đúng"), ("wrong", "Đã chọn")}
    assert {"Đúng", "Sai", "Không trả lời"} <= {words for kind, words, _ in told if kind == "mark"}
    below = page.locator(".league li").filter(has=page.locator(".low"))
    expect(below).to_have_count(1)  # the last page was the units'
    expect(below).to_contain_text("dưới chỉ tiêu")
    expect(page.locator(".league em")).to_have_count(1)
