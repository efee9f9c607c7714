"""Essays, from the organiser's rubric to published results: two markers who are apart, the third, the participant."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.marking.models import Essay
from contest.standings.operations import score_round
from tests import factories as make
from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser, RunningHands, enter, fits, serving
from tests.browser.test_screens import AXE, SEVERE
from tests.marking.cast import AFTER, Stage

pytestmark = pytest.mark.browser
MARKERS = ("giamkhao1", "giamkhao2", "giamkhao3")


@dataclass
class Desk:
    """The server's address, and a round whose one essay is to be marked."""

    url: str
    app: Flask
    round_id: str
    author: str
    attempt_id: str

    def address(self, path: str) -> str:
        return self.url + path

    @property
    def page(self) -> str:
        return self.address(f"/to-chuc/dot-thi/{self.round_id}/cham-tu-luan")


@pytest.fixture
def desk(app: Flask, running_hands: RunningHands) -> Iterator[Desk]:
    running_hands.advance(seconds=(AFTER - make.NOON).total_seconds())
    with app.app_context():
        stage = Stage(texts=("Mở một cửa số ở mỗi phường.\n\nNgười dân nộp hồ sơ một lần.",), markers=0)
        for login in MARKERS:
            make.account(login, name=f"Giám khảo {login[-1]}")
        make.account("totchuc", name="Trần Tổ Chức", roles=("organiser",))
        score_round(stage.round.id, AFTER)
        db.session.commit()
        ids = stage.round.id, stage.login(stage.people[0]), stage.attempts[0]
    with serving(app) as url:
        yield Desk(url, app, *ids)


def narrow(page: Page) -> None:
    """Nothing scrolls sideways on the narrowest phone, and axe finds nothing serious."""
    expect(page.locator("h1").first).to_be_visible()  # a page that has just been asked for has nothing to measure yet
    size = page.viewport_size
    page.set_viewport_size(NARROWEST)
    fits(page)
    page.evaluate(AXE)
    assert page.evaluate(SEVERE) == [], page.url
    if size:
        page.set_viewport_size(size)


def arrange(page: Page, desk: Desk) -> None:
    """The organiser writes the rubric, the terms, adds markers and draws codes."""
    page.goto(desk.address(f"/to-chuc/dot-thi/{desk.round_id}"))
    page.get_by_role("link", name="Chấm tự luận").click()
    narrow(page)
    page.get_by_role("link", name="Lập hướng dẫn chấm").click()
    first, second = (page.get_by_role("group", name=f"Tiêu chí {n}") for n in (1, 2))
    first.get_by_label("Tiêu chí", exact=True).fill("Ý tưởng")
    first.get_by_label("Điểm tối đa").fill("2")
    first.get_by_label("Bước điểm").fill("0,5")
    second.get_by_label("Tiêu chí", exact=True).fill("Diễn đạt")
    second.get_by_label("Điểm tối đa").fill("2")
    page.get_by_role("button", name="Lưu hướng dẫn chấm").click()
    expect(page.get_by_role("alert")).to_contain_text("là 4, phải bằng điểm của câu: 3.")
    second.get_by_label("Điểm tối đa").fill("1")
    narrow(page)
    page.get_by_role("button", name="Lưu hướng dẫn chấm").click()
    page.get_by_role("link", name="Sửa quy tắc chấm").click()
    page.get_by_label("Số điểm").check()
    page.get_by_label("Hai lần chấm được lệch nhau nhiều nhất").fill("0,5")
    page.get_by_label("Cho người dự thi xem").check()
    narrow(page)
    page.get_by_role("button", name="Lưu").click()
    page.get_by_label("Tên đăng nhập").fill("\n".join([*MARKERS, "khongco"]))
    page.get_by_role("button", name="Thêm giám khảo").click()
    expect(page.get_by_role("alert").first).to_contain_text("khongco")
    page.goto(desk.page)
    page.get_by_role("button", name="Lập phách và phân công").click()
    expect(page.get_by_text("Đã lập phách cho 1 bài và phân công giám khảo.")).to_be_visible()
    narrow(page)


def open_essay(page: Page, desk: Desk) -> bool:
    """To the marker's one essay; False where none lies before them."""
    page.goto(desk.address("/cham-tu-luan"))
    narrow(page)
    page.get_by_role("link", name="Tuần 1").last.click()
    page.wait_for_url(f"**{desk.round_id}**")
    narrow(page)
    link = page.get_by_role("link", name="Chấm tiếp")
    if not link.count():
        return False
    link.click()
    return True


def test_two_markers_a_gap_the_third_and_the_results(desk: Desk, new_browser: OpenBrowser):
    organiser = new_browser(viewport=DESK).new_page()
    enter(organiser, desk.url, "totchuc")
    arrange(organiser, desk)

    pages = {login: new_browser(viewport=PHONE).new_page() for login in MARKERS}
    for login, page in pages.items():
        enter(page, desk.url, login)
    given = [login for login, page in pages.items() if open_essay(page, desk)]
    assert len(given) == 2
    for login, idea in zip(given, ("2", "0,5"), strict=True):
        page = pages[login]
        narrow(page)
        expect(page.get_by_text("Người dân nộp hồ sơ một lần.")).to_be_visible()
        page.get_by_role("radio", name=idea, exact=True).focus()
        page.keyboard.press("Space")
        page.get_by_label("Diễn đạt").fill("1,5")
        page.get_by_label("Nhận xét").fill(f"Ý của {idea}")
        page.get_by_role("button", name="Chấm xong").click()
        expect(page.get_by_role("alert")).to_contain_text("Điểm từ 0 đến 1.")
        narrow(page)
        expect(page.get_by_label("Diễn đạt")).to_have_value("1,5")
        expect(page.get_by_label("Nhận xét")).to_have_value(f"Ý của {idea}")
        page.get_by_label("Diễn đạt").fill("0,25")
        page.get_by_role("button", name="Lưu nháp").click()
        expect(page.get_by_label("Diễn đạt")).to_have_value("0,25")
        page.get_by_role("button", name="Chấm xong").click()
        expect(page.get_by_text("Không còn bài nào chờ chấm.")).to_be_visible()

    organiser.goto(desk.page)
    expect(organiser.get_by_text("trong đó chờ chấm lần ba: 1")).to_be_visible()
    narrow(organiser)
    organiser.goto(desk.address(f"/to-chuc/dot-thi/{desk.round_id}/cong-bo-ket-qua"))
    organiser.get_by_role("button", name="Công bố kết quả").click()
    expect(organiser.get_by_text("Còn 1 bài tự luận chờ chấm.")).to_be_visible()
    [third] = set(MARKERS) - set(given)
    assert open_essay(pages[third], desk)
    pages[third].get_by_role("radio", name="1,5", exact=True).check()
    pages[third].get_by_label("Diễn đạt").fill("0,5")
    assert "Ý của" not in pages[third].content()
    pages[third].get_by_role("button", name="Chấm xong").click()
    with desk.app.app_context():
        assert db.session.query(Essay).one().final == 167  # 2,25; 0,75; 2

    organiser.goto(desk.page)
    organiser.get_by_role("button", name="Kết thúc chấm").click()
    with organiser.expect_download() as download:
        organiser.get_by_role("button", name="Hồi phách").click()
    assert download.value.path().read_bytes().startswith(b"PK")
    organiser.goto(desk.address(f"/to-chuc/dot-thi/{desk.round_id}/cong-bo-ket-qua"))
    organiser.get_by_role("button", name="Công bố kết quả").click()
    expect(organiser.get_by_text("Đã công bố kết quả.")).to_be_visible()

    author = new_browser(viewport=PHONE).new_page()
    enter(author, desk.url, desk.author)
    author.goto(desk.address(f"/luot-thi/{desk.attempt_id}/ket-qua"))
    expect(author.get_by_text("3,67 trên 6 điểm")).to_be_visible()
    marks = author.get_by_role("table", name="Điểm từng tiêu chí")
    expect(marks.get_by_role("row", name="Ý tưởng")).to_contain_text("1,5")
    expect(author.get_by_text("Ý của 0,5")).to_be_visible()
    assert "Giám khảo 1" not in author.content()
    narrow(author)
