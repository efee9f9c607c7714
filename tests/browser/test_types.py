"""A sitting over all ten types on the narrowest phones, by keyboard, with a script and without."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.questions.models import QuestionVersion
from contest.rounds.models import Round
from contest.standings.results import attempt_result
from tests import factories as make
from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser, RunningHands, Site, fits, serving, sign_in
from tests.browser.still import pass_time, still
from tests.questions.ten import TEN, stage

pytestmark = pytest.mark.browser
SCREENS = os.environ.get("SCREENS")
ESSAY = "Một cửa số.\nHai bước."


@pytest.fixture
def ten(app: Flask, running_hands: RunningHands) -> Iterator[Site]:
    """A round of one question of each type, whose results are reviewed at once."""
    with app.app_context():
        unit = make.unit()
        bank = make.bank(0)
        person = make.account("hanh", unit=unit)
        round_ = stage(bank, make.contest(units=(unit,)), minutes=60, result_shown="review")
        make.account("totchuc", roles=("organiser",))
        db.session.commit()
        ids = round_.id, person.id
    with serving(app) as url:
        yield Site(url, app, running_hands, ids[0], "hanh", ids[1], len(TEN))


def snap(page: Page, name: str) -> None:
    if SCREENS:
        Path(SCREENS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENS) / f"{name}-{page.viewport_size['width']}.png", full_page=True,
                        animations="disabled")


def press_label(page: Page, text: str, within: str = "#question") -> None:
    """Move the focus to a box or dot by its label and press Space, as a keyboard does."""
    page.locator(within).get_by_label(text, exact=True).first.focus()
    page.keyboard.press("Space")


def tick(page: Page, part: str, side: str) -> None:
    page.get_by_role("radiogroup", name=part).get_by_label(side).focus()
    page.keyboard.press("Space")


def pick(page: Page, name: str, letters: str) -> None:
    """Type the beginning of an option into a select."""
    page.get_by_label(name, exact=True).focus()
    page.keyboard.type(letters)


def letter_of(page: Page, target: str) -> str:
    """The letter that stands before a target."""
    return page.locator(".targets li", has_text=target).locator(".k").inner_text()


def write(page: Page, name: str, text: str) -> None:
    page.get_by_label(name, exact=True).focus()
    page.keyboard.type(text)


def answer(page: Page, number: int, *, script: bool) -> None:
    """Answer the question with this number; the fourth and the seventh only in part rightly."""
    if number == 1:
        page.locator("#options input").nth(0 if page.locator("#options label").first.inner_text().endswith("1")
                                           else 1).focus()
        page.keyboard.press("Space")
    elif number == 2:
        for text in ("1", "3"):
            page.locator("#options .opt", has=page.get_by_text(text, exact=True)).locator("input").focus()
            page.keyboard.press("Space")
    elif number == 3:
        page.locator("#options .opt", has_text="Đúng").locator("input").focus()
        page.keyboard.press("Space")
    elif number == 4:
        for part, side in (("Ban hành năm 2021.", "Đúng"), ("Có tám nội dung.", "Đúng"), ("Đến năm 2030.", "Đúng")):
            tick(page, part, side)
    elif number in (5, 6):
        write(page, "Câu trả lời", "cchc" if number == 5 else "23,54")
    elif number == 7:
        for part, target in (("Cải cách công vụ", "Sở Nội vụ"), ("Tài chính công", "Thanh tra"),
                             ("Bộ máy", "Sở Nội vụ")):
            pick(page, part, letter_of(page, target) + ".")
    elif number == 8:
        order(page, script=script)
    elif number == 9:
        write(page, "Chỗ trống 1", "hà nội")
        write(page, "Chỗ trống 2", "12")
        pick(page, "Chỗ trống 3", "th")
    else:
        page.locator("textarea.essay").focus()
        page.keyboard.type(ESSAY)


def order(page: Page, *, script: bool) -> None:
    wanted = ["Nộp", "Nhận", "Trả"]
    if not script:
        for place, text in enumerate(wanted, 1):
            pick(page, text, str(place))
        return
    rows = page.locator(".order > li .said")
    for place, text in enumerate(wanted):
        while (now := rows.all_inner_texts().index(text)) > place:
            page.get_by_role("button", name=f"Chuyển lên: {text}").focus()
            page.keyboard.press("Enter")
            expect(rows.nth(now - 1)).to_have_text(text)
    keep = page.get_by_role("button", name="Dùng thứ tự đang hiện")
    if keep.is_visible():  # it came in the right order
        keep.focus()
        page.keyboard.press("Enter")


def sit(page: Page, ten: Site, *, script: bool) -> None:
    """From the round's page to the receipt."""
    sign_in(page, ten)
    page.goto(ten.round_page)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    for number in range(1, 11):
        expect(page.locator("#place")).to_have_text(f"Câu {number}/10")
        fits(page)
        answer(page, number, script=script)
        snap(page, f"exam-{number:02}-{TEN[number - 1].type}{'' if script else '-noscript'}")
        page.locator("#next").focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_visible()
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()


OUTCOMES = ["right", "right", "right", "partial", "right", "right", "partial", "right", "right", "pending"]
POINTS = [100, 100, 100, 67, 100, 100, 67, 100, 100, 0]


def graded(ten: Site) -> None:
    """The answers are kept as given and marked as expected."""
    (attempt,) = ten.attempts()
    with ten.app.app_context():
        found = attempt_result(attempt.id, ten.account_id, ten.hands.now())
        assert [item.outcome for item in found.review] == OUTCOMES
        assert [item.points for item in found.review] == POINTS
        assert found.review[-1].lines[0].given == ESSAY
        choices = counted_choices([attempt.id])[attempt.id]
        texts = {part["id"]: part["text"] for version in db.session.query(QuestionVersion) for part in version.parts
                 if "text" in part}
        assert {texts[token]: place for token, place in choices[8].items()} == {"Nộp": "1", "Nhận": "2", "Trả": "3"}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_ten_types_by_keyboard(ten: Site, new_browser: OpenBrowser, script: bool):
    context = new_browser(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    sit(page, ten, script=script)
    (attempt,) = ten.attempts()
    ten.hands.advance(hours=7)
    page.goto(ten.address(f"/luot-thi/{attempt.id}/ket-qua"))
    expect(page.get_by_text("7/10 câu đúng")).to_be_visible()
    expect(page.get_by_text("Còn 1 câu tự luận chờ chấm.")).to_be_visible()
    for words, times in (("Đúng một phần", 2), ("Chờ chấm", 1), ("Không trả lời", 0)):
        assert page.locator("header .mark", has_text=words).count() == times
    fits(page)
    snap(page, "result" + ("" if script else "-noscript"))
    graded(ten)


@pytest.mark.parametrize("size", [NARROWEST, PHONE, DESK], ids=lambda size: str(size["width"]))
def test_every_form_and_card_fits(ten: Site, new_browser: OpenBrowser, size):
    page = new_browser(viewport=size).new_page()
    sign_in(page, Site(ten.url, ten.app, ten.hands, ten.round_id, "totchuc", ten.account_id, 10))
    page.goto(ten.address("/to-chuc/ngan-hang"))
    page.get_by_role("link", name="Ngân hàng").last.click()
    page.wait_for_url("**/ngan-hang/*")
    bank = page.url
    fits(page)
    snap(page, "cards")
    page.goto(bank + "/cau-hoi/moi")
    fits(page)
    snap(page, "types")
    addresses = [link.get_attribute("href") for link in page.locator(".cards a").all()]
    page.goto(bank)
    addresses += [link.get_attribute("href") for link in page.get_by_role("link", name="Sửa").all()]
    assert len(addresses) == 20
    for number, address in enumerate(addresses):
        page.goto(ten.address(address))
        if number >= 10:
            page.get_by_role("button", name="Xem trước").click()
            expect(page.locator("#xem-truoc .qcard")).to_be_visible()
        fits(page)
        snap(page, f"form-{number:02}")
    page.get_by_label("Nội dung câu hỏi").fill("")
    page.get_by_role("button", name="Lưu", exact=False).first.focus()
    page.goto(bank + "/xuat?dang=aiken")
    fits(page)
    snap(page, "export")


def test_a_question_is_written_by_keyboard(ten: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=NARROWEST).new_page()
    sign_in(page, Site(ten.url, ten.app, ten.hands, ten.round_id, "totchuc", ten.account_id, 10))
    page.goto(ten.address("/to-chuc/ngan-hang"))
    page.get_by_role("link", name="Ngân hàng").last.click()
    page.wait_for_url("**/ngan-hang/*")
    page.goto(page.url + "/cau-hoi/moi?loai=ordering")
    page.get_by_label("Nội dung câu hỏi").focus()
    page.keyboard.type("Sắp xếp năm bước")
    for number, text in enumerate(("b", "a", "c", "d"), 1):
        write(page, f"Mục thứ {number}", text)
    page.get_by_role("button", name="Thêm dòng").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mục thứ 5")).to_be_focused()
    page.keyboard.type("e")
    page.get_by_role("button", name="Chuyển mục 2 lên").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mục thứ 1", exact=True)).to_have_value("a")
    expect(page.locator("#xem-truoc .answers li")).to_have_text(["1.a", "2.b", "3.c", "4.d", "5.e"])
    page.get_by_role("button", name="Lưu", exact=True).last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("vào ngân hàng.")).to_be_visible()
    with ten.app.app_context():
        version = db.session.query(QuestionVersion).filter_by(stem="Sắp xếp năm bước").one()
        assert sorted(part["text"] for part in version.parts) == ["a", "b", "c", "d", "e"]


def test_shortcuts_leave_keys_to_whoever_writes_or_chooses_from_a_list(ten: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=DESK).new_page()
    sign_in(page, ten)
    page.goto(ten.round_page)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    page.get_by_role("button", name="Phím tắt").click()
    page.locator("legend").focus()
    page.keyboard.press("n")
    expect(page.locator("#place")).to_have_text("Câu 2/10")
    for number, field in ((5, "#question input[type=text]"), (7, "#question select"), (10, "#question textarea")):
        page.goto(page.url.rsplit("/", 1)[0] + f"/{number}")
        expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
        page.locator(field).first.focus()
        page.keyboard.type("nfp")
        expect(page.locator("#place")).to_have_text(f"Câu {number}/10")
        expect(page.locator("#flag")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("textarea")).to_have_value("nfp")


def at_the_essay(page: Page, ten: Site) -> None:
    """In a round of one minute."""
    with ten.app.app_context():
        db.session.execute(update(Round).values(duration_ms=60_000))
        db.session.commit()
    page.goto(ten.round_page)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    page.wait_for_url("**/cau/1")
    page.goto(page.url.replace("/cau/1", "/cau/10"))
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    page.locator("textarea.essay").focus()


def test_what_somebody_writes_without_a_pause_is_saved_before_the_end(ten: Site, new_browser: OpenBrowser):
    page = still(new_browser(), ten)
    at_the_essay(page, ten)
    pass_time(page, ten, 38_500)
    with page.expect_response("**/answers"):
        for letter in "Một cửa":
            page.keyboard.type(letter)
            pass_time(page, ten, 500)
    expect(page.locator("#save")).to_contain_text("Đã lưu lúc 12:00")
    assert list(ten.choices()) == [10]


def test_leaving_is_asked_about_in_the_middle_of_a_word(ten: Site, new_browser: OpenBrowser):
    page = still(new_browser(), ten)
    at_the_essay(page, ten)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.keyboard.type("Mộ")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    expect(page.locator("textarea.essay")).to_have_value("Mộ")
