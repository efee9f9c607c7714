"""A way through a participant's screens beside those of a plain sitting (`screens`): other ways in, trouble on the way,
what is told once results are out, what anybody may read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from flask import Flask
from playwright.sync_api import Page, expect

from contest.awards.models import Prize, PrizePlan
from contest.delivery import operations
from contest.extensions import db
from contest.marking import arranging
from contest.rounds import barring, codes
from contest.rounds.models import ContestUnit, Entry
from contest.standings import appeals, published_files
from contest.standings.appeal_models import Appeal
from contest.standings.operations import publish_results
from tests import factories as make
from tests.awards.winners import listed
from tests.browser.conftest import Site, enter
from tests.marking.cast import AFTER, Stage

TITLE = "HỘI THI ẨM THỰC – ĐỔI MỚI, QUYẾT LIỆT, HIỆU QUẢ; Ổ Ẩ Ặ ỵ"
UNITS = ("Văn phòng Hội đồng nhân dân và Ủy ban nhân dân thành phố Ổ Ẩ Ặ ỵ", "Sở Tư pháp")
ESSAY = "Một cửa số cho mọi thủ tục của phường Ổ Ẩ Ặ ỵ.\n\nKhông nộp lại giấy tờ đã có."
LATE = (AFTER - make.NOON).total_seconds()
REASON = "Theo nghị quyết mới, việc này do Văn phòng Ủy ban nhân dân thành phố Ổ Ẩ Ặ ỵ chủ trì"


@dataclass
class Scene(Site):
    """A contest of a closed round with official results, one that is open (the site's round) and one that opens soon.

    `login`: a winner with an essay of marks, whose sitting of the closed round is `attempt_id`.
    """

    contest_code: str = ""
    closed_id: str = ""
    soon_id: str = ""
    attempt_id: str = ""
    slip: str = ""  # a code that is nobody's yet
    certificate: str = ""


def furnish(app: Flask) -> dict[str, str]:
    """What `Scene` holds beside the server, as it is `LATE` seconds after noon."""
    stage = Stage((ESSAY, None, ESSAY), units=UNITS, board_shown="after_close", appeal_days=3, answer_days=5)
    contest = stage.contest
    contest.title, contest.registration, contest.overall = TITLE, True, {"rounds": {"how": "sum"}}
    make.unit("Phòng Nội dung và Tổng hợp Ổ Ẩ Ặ ỵ", parent=stage.units[0])
    winner = db.session.get_one(make.Account, stage.people[0])
    winner.login, bank = "giai-nhat", make.bank(4)
    open_ = make.round_(contest, bank, rules="1. Mỗi người thi **1 lượt**.")
    soon = make.round_(contest, bank, opens_at=AFTER + timedelta(minutes=40))
    open_.title, soon.title = "Tuần 2", "Tuần 3"
    barred = make.account("khong-du-thi", unit=stage.units[0])
    make.account("lan-dau", unit=stage.units[0]).must_change_password = True
    barring.bar(contest.id, [barred.id], "Thành viên Ban Tổ chức", by=None, now=AFTER)
    (slip,) = codes.make_blank(contest.id, stage.units[0].id, "official", 1, app.config["SECRET_KEY"], by=None,
                               now=AFTER)
    with app.test_request_context():  # published pages hold addresses
        publish(stage)
    certificate = award(stage)
    db.session.commit()
    return {"round_id": open_.id, "login": winner.login, "account_id": winner.id, "contest_code": contest.code,
            "closed_id": stage.round.id, "soon_id": soon.id, "attempt_id": stage.attempts[0], "slip": slip.code,
            "certificate": certificate}


def publish(stage: Stage) -> None:
    """The essays are marked, the results official, the boards public."""
    stage.begin(told=True)
    for essay in stage.essays():
        for place in (1, 2):
            stage.mark(essay, place, 150, 50, "Ý mới, Ổ Ẩ Ặ ỵ")
    arranging.close(stage.round.id, by=stage.organiser, now=AFTER)
    publish_results(stage.round.id, by=None, now=AFTER)
    lists = (published_files.publish(stage.round.id, "", by=None, now=AFTER),
             published_files.publish_overall(stage.contest.id, "", by=None, now=AFTER))
    db.session.commit()
    for one in lists:
        published_files.let_hold(one)


def award(stage: Stage) -> str:
    """A frozen list of prizes; returns the code of the winner's certificate."""
    plan = PrizePlan(contest_id=stage.contest.id, round_id=stage.round.id, changed_at=AFTER, prizes=[
        Prize(position=1, name="Giải Nhất", kind="individual", count=1),
        Prize(position=2, name="Giải Nhất tập thể", kind="collective", count=1)])
    db.session.add(plan)
    db.session.flush()
    entry = db.session.query(Entry).filter_by(contest_id=stage.contest.id, account_id=stage.people[0]).one()
    counted = db.session.query(ContestUnit).filter_by(unit_id=stage.units[0].id).one()
    first, second = plan.prizes
    row = listed(plan.id, [
        {"entry_id": entry.id, "name": "Nguyễn Thị Hồng Ngự Ẫng", "unit_name": UNITS[0], "prize_id": first.id,
         "prize_name": first.name},
        {"unit_id": counted.id, "name": UNITS[0], "prize_id": second.id, "prize_name": second.name}])
    return str(row.awards[0].code)


def taken_over(at: Scene) -> None:
    """The sitting goes on in another browser of the same person."""
    (attempt,) = [one for one in at.attempts() if one.state == "open"]
    other = make.sign_in(db.session.get_one(make.Account, at.account_id), "another browser")
    operations.take_over(attempt.id, at.account_id, other.id, at.hands.now())
    db.session.commit()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def ready(page: Page) -> None:
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")


def look(page: Page) -> None:
    """Back at the page: it asks the server how things stand."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def alone(page: Page) -> None:
    """Nobody is signed in any more."""
    page.context.clear_cookies()


def ways_in(page: Page, at: Scene) -> Iterator[str]:
    """Registration, a code, a first password."""
    page.goto(at.address(f"/cuoc-thi/{at.contest_code}/dang-ky"))
    expect(page.get_by_role("searchbox")).to_be_visible()
    yield "registration"
    page.get_by_role("searchbox").fill("không có")
    expect(page.get_by_text("Không có đơn vị nào tên như vậy")).to_be_visible()
    press(page, "Đăng ký")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "registration, wrong…"
    page.goto(at.address("/vao"))
    page.get_by_label("Mã dự thi").fill("K7QM")
    press(page, "Vào thi")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "a code, wrong…"
    page.goto(at.address(f"/vao/{at.slip}"))
    press(page, "Vào thi")
    expect(page.get_by_label("Họ và tên")).to_be_visible()
    yield "a code, the name…"
    enter(page, at.url, "lan-dau")
    expect(page.get_by_role("heading", name="Đổi mật khẩu dùng một lần")).to_be_visible()
    yield "the first password"
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "the first password, wrong…"
    alone(page)


def public(page: Page, at: Scene) -> Iterator[str]:
    """What anybody may read."""
    for path in ("/xac-nhan", "/xac-nhan/2222222222", f"/xac-nhan/{at.certificate}",
                 f"/cuoc-thi/{at.contest_code}/giai-thuong"):
        page.goto(at.address(path))
        yield path
    with at.app.app_context():
        contest_id = db.session.query(Entry.contest_id).limit(1).scalar()
    for name, board in (("a round", at.closed_id), ("the contest", contest_id)):
        page.goto(at.address(f"/cong-bo/{board}"))
        yield f"the published list of {name}"


def refused(page: Page, at: Scene) -> Iterator[str]:
    """The pages of rounds for somebody who may not take part."""
    enter(page, at.url, "khong-du-thi")
    for name, round_id in (("an open round", at.round_id), ("a round to come", at.soon_id)):
        page.goto(at.address(f"/dot-thi/{round_id}"))
        yield f"{name}, refused"
    alone(page)


def results(page: Page, at: Scene) -> Iterator[str]:
    """The review of a closed round, with an essay; an objection and its answer; the boards."""
    enter(page, at.url, at.login)
    page.goto(at.address(f"/luot-thi/{at.attempt_id}/ket-qua"))
    expect(page.get_by_role("table", name="Điểm từng tiêu chí")).to_be_visible()
    yield "the review of a closed round"
    page.goto(at.address(f"/luot-thi/{at.attempt_id}/kien-nghi?cau=1"))
    press(page, "Gửi kiến nghị")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "an objection, wrong…"
    page.get_by_label("Lý do").fill(REASON)
    press(page, "Gửi kiến nghị")
    expect(page.get_by_text("Chờ trả lời")).to_be_visible()
    yield "an objection that waits"
    with at.app.app_context():
        by = db.session.query(make.Account.id).filter_by(name="Trần Tổ Chức").scalar()
        appeals.answer(db.session.query(Appeal.id).scalar(), appeals.Answer("rejected", f"Không nhận. {REASON}"),
                       by=by, now=at.hands.now())
        db.session.commit()
    for path in (f"/luot-thi/{at.attempt_id}/kien-nghi", "/", "/ket-qua-cua-toi", f"/dot-thi/{at.closed_id}",
                 f"/dot-thi/{at.closed_id}/xep-hang", f"/cuoc-thi/{at.contest_code}/xep-hang-chung",
                 f"/dot-thi/{at.closed_id}/don-vi", f"/cuoc-thi/{at.contest_code}/don-vi-chung"):
        page.goto(at.address(path))
        yield f"{path}, with results"
    page.goto(at.address(f"/dot-thi/{at.closed_id}/xep-hang"))
    page.get_by_label("Đơn vị hoặc khối").select_option(UNITS[0])
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.get_by_role("heading", name=f"Bảng xếp hạng: {UNITS[0]}")).to_be_visible()
    yield "the board of a unit"


def trouble(page: Page, at: Scene) -> Iterator[str]:
    """Waiting for an opening; a sitting without a line, signed out, taken over, out of time; no attempt left."""
    page.goto(at.address(f"/dot-thi/{at.soon_id}"))
    expect(page.locator("#countdown")).to_be_visible()
    yield "the waiting room"
    page.goto(at.round_page)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    press(page, "Bắt đầu làm bài")
    page.wait_for_url("**/cau/1")
    question = page.url
    ready(page)
    page.context.set_offline(True)
    page.locator("#options label").first.click()
    expect(page.locator("#band-line")).to_contain_text("Mất kết nối")
    expect(page.locator("#save")).to_contain_text("Chưa lưu được câu 1")
    yield "a sitting, no line…"
    page.context.set_offline(False)
    expect(page.locator("#save")).to_contain_text("Đã lưu lúc")
    alone(page)
    page.locator("#options label").nth(1).click()
    expect(page.locator("#band-SignedOut")).to_be_visible()
    yield "a sitting, signed out…"
    enter(page, at.url, at.login)
    page.goto(question)
    ready(page)
    expect(page.locator("#save")).to_contain_text("Đã lưu lúc")
    with at.app.app_context():
        taken_over(at)
    look(page)
    expect(page.locator("#band-Other")).to_be_visible()
    yield "a sitting on another device…"
    page.get_by_role("button", name="Làm tiếp trên máy này").click()
    expect(page.locator("#o1")).to_be_enabled()
    yield from out_of_time(page, at)


def out_of_time(page: Page, at: Scene) -> Iterator[str]:
    page.route("**/da-nop", lambda route: route.fulfill(status=204))  # stay on the page that says so
    at.hands.advance(minutes=21)
    look(page)
    expect(page.get_by_role("heading", name="Đã hết giờ")).to_be_visible()
    yield "the time is up…"
    page.unroute("**/da-nop")
    page.goto(page.url.replace("/cau/1", "/da-nop"))
    expect(page.get_by_text("Hệ thống đã nộp bài lúc")).to_be_visible()
    yield "the receipt of who ran out of time"
    page.goto(at.round_page)
    expect(page.get_by_text("Đã dùng hết 1/1 lượt thi")).to_be_visible()
    yield "a round without an attempt left"


def walk(page: Page, at: Scene) -> Iterator[str]:
    """Every screen, one after the other, as `screens.walk`."""
    for name in chain(ways_in(page, at), public(page, at), refused(page, at), results(page, at), trouble(page, at)):
        page.wait_for_load_state("domcontentloaded")
        yield name
