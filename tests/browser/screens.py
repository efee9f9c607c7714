"""Two ways through every screen of a participant, for tests that look at each: here a sitting from the first page to
the last, in `side_screens` what lies beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from contest.delivery.queueing import Queue
from contest.extensions import db
from contest.rounds.models import Contest
from contest.serving import worker_tick
from tests import factories as make
from tests.browser import side_screens
from tests.browser.conftest import RunningHands, Site, serving, sign_in
from tests.questions.ten import TEN, stage

TITLE = "HỘI THI ẨM THỰC – ĐỔI MỚI, QUYẾT LIỆT, HIỆU QUẢ; Ổ Ẩ Ặ ỵ"


def furnish() -> tuple[str, str]:
    """The ids of a round with a question of each type, a prediction and an opinion, and of its contestant."""
    unit = make.unit("Văn phòng Hội đồng nhân dân và Ủy ban nhân dân thành phố Ổ Ẩ Ặ ỵ")
    contest = make.contest(title=TITLE, units=(unit,))
    person = make.account("hanh", unit=unit)
    round_ = stage(make.bank(0), contest, minutes=60, result_shown="review", board_shown="live", attempts_allowed=3,
                   rules="1. Mỗi người thi **3 lượt**.", prediction="participants", opinion="Ổ Ẩ Ặ ỵ thế nào?")
    db.session.commit()
    return round_.id, person.id


def before(page: Page, site: Site) -> Iterator[str]:
    """What is seen before a sitting."""
    with site.app.app_context():
        code = db.session.scalars(db.select(Contest.code)).one()
    for path in ("/", "/dang-nhap", "/vao", f"/cuoc-thi/{code}", f"/cuoc-thi/{code}/ap-phich", "/mat-ket-noi",
                 "/khong-co-trang-nay"):
        page.goto(site.address(path))
        yield path
    page.goto(site.address("/dang-nhap"))
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "/dang-nhap, wrong…"
    sign_in(page, site)
    for path in ("/", f"/cuoc-thi/{code}", "/tai-khoan", "/tai-khoan/mat-khau", "/ket-qua-cua-toi", site.round_page):
        page.goto(path if path.startswith("http") else site.address(path))
        yield f"{path.removeprefix(site.url)}, signed in"
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "the round, without consent…"
    page.context.clear_cookies(name="turn")
    queue = site.app.extensions["start_queue"] = Queue(1, 1, 60)
    queue.ask("somebody", int(site.hands.now().timestamp() * 1000))
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.get_by_role("heading", name="Hệ thống đang đông")).to_be_visible()
    yield "the queue…"
    site.hands.advance(minutes=1, seconds=1)
    page.get_by_role("button", name="Vào thi").click()
    page.wait_for_url("**/cau/1")


def during(page: Page, site: Site) -> Iterator[str]:
    """The questions, one of each type, and what comes before submitting."""
    first = page.url
    for number in range(1, site.questions + 1):
        page.goto(first.replace("/cau/1", f"/cau/{number}"))
        expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
        page.locator("#list summary").click()
        yield f"question {number}"
    page.goto(first.replace("/cau/1", "/du-doan"))
    yield "the prediction"
    page.goto(first.replace("/cau/1", "/kiem-tra"))
    yield "the check"
    site.hands.advance(minutes=56)
    page.goto(first)
    expect(page.locator("#time-band")).to_be_visible()
    yield "a question in the last minutes"
    page.goto(first.replace("/cau/1", "/kiem-tra"))
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()


def after(page: Page, site: Site) -> Iterator[str]:
    """The receipt, the result, the boards."""
    yield "the receipt"
    with site.app.app_context():
        worker_tick()
    page.goto(page.url.replace("/da-nop", "/ket-qua"))
    yield "the result"
    for path in ("/xep-hang", "/don-vi", ""):
        page.goto(site.round_page + path)
        yield f"the round{path}, afterwards"
    page.goto(site.address("/ket-qua-cua-toi"))
    yield "my results"


def walk(page: Page, site: Site) -> Iterator[str]:
    """Every screen, one after the other; each is shown while its name is handed out.

    One whose name ends in "…" is not what its address alone leads to.
    """
    for name in chain(before(page, site), during(page, site), after(page, site)):
        page.wait_for_load_state("domcontentloaded")
        yield name


@dataclass
class Journey:
    """A walk through the screens of a running site."""

    site: Site
    through: Callable[[Page, Site], Iterator[str]]

    def walk(self, page: Page) -> Iterator[str]:
        """Every screen; as `walk`."""
        return self.through(page, self.site)


@pytest.fixture(params=["a sitting", "beside it"])
def journey(request: pytest.FixtureRequest, app: Flask, running_hands: RunningHands) -> Iterator[Journey]:
    plain = request.param == "a sitting"
    with app.app_context():
        ids = dict(zip(("round_id", "account_id"), furnish(), strict=True)) if plain else side_screens.furnish(app)
    running_hands.advance(seconds=0 if plain else side_screens.LATE)
    with serving(app) as url:
        if plain:
            yield Journey(Site(url, app, running_hands, login="hanh", questions=len(TEN), **ids), walk)
        else:
            yield Journey(side_screens.Scene(url, app, running_hands, questions=4, **ids), side_screens.walk)
