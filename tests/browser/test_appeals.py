"""Somebody objects to a question; organisers uphold it and grade anew; the answer and the new result are read."""


import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.models import Round
from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser, Site, enter, fits
from tests.browser.test_regrade import WHY, closed, work  # noqa: F401  # `closed` is a fixture

pytestmark = pytest.mark.browser
REASON = "Theo nghị quyết mới, việc này do Văn phòng Ủy ban nhân dân tỉnh chủ trì"


@pytest.fixture
def objecting(closed: Site) -> tuple[Site, str, str]:  # noqa: F811
    """(the site with a period for objections, An's login, the address of An's result)."""
    with closed.app.app_context():
        round_ = db.session.get_one(Round, closed.round_id)
        round_.appeal_days, round_.answer_days, round_.result_shown = 3, 5, "review"
        an = db.session.scalars(select(Account).where(Account.name == "Lê Văn An")).one()
        attempt = db.session.scalars(select(Attempt.id).where(Attempt.account_id == an.id)).one()
        db.session.commit()
        return closed, an.login, closed.address(f"/luot-thi/{attempt}/ket-qua")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_an_objection_to_the_answer_and_the_new_result(objecting: tuple[Site, str, str],
                                                            new_browser: OpenBrowser, script: bool):
    site, login, result = objecting
    an = new_browser(viewport=NARROWEST, java_script_enabled=script).new_page()
    enter(an, site.url, login)
    an.goto(result)
    expect(an.get_by_text("3/4 câu đúng")).to_be_visible()
    an.locator("#cau-1").get_by_role("link", name="Kiến nghị câu này").click()
    expect(an.get_by_label("Kiến nghị về")).to_have_value("1")
    an.get_by_role("button", name="Gửi kiến nghị").click()
    expect(an.get_by_role("alert")).to_contain_text("Ghi lý do")
    an.get_by_label("Lý do").fill(REASON)
    an.get_by_role("button", name="Gửi kiến nghị").click()
    expect(an.get_by_text("Chờ trả lời")).to_be_visible()
    fits(an)

    maker = new_browser(viewport=PHONE, java_script_enabled=script).new_page()
    enter(maker, site.url, "lap")
    maker.goto(site.address(f"/to-chuc/dot-thi/{site.round_id}"))
    maker.get_by_role("link", name="Kiến nghị (1 chờ trả lời)").click()
    maker.get_by_role("link", name="Theo câu hỏi").click()
    maker.get_by_role("link", name="Chấm lại câu này").click()
    maker.get_by_role("button", name="Tiếp tục").click()
    maker.get_by_label("A. Sở Nội vụ").uncheck()
    maker.get_by_label("B. Văn phòng").check()
    maker.get_by_label("Lý do chấm lại").fill(WHY)
    maker.get_by_role("button", name="Tính thử").click()
    expect(maker.get_by_role("heading", name="Chấm lại lần 1")).to_be_visible()
    work(site)
    maker.goto(site.address(f"/to-chuc/dot-thi/{site.round_id}/kien-nghi"))
    expect(maker.get_by_role("row", name="Lê Văn An")).to_contain_text(REASON)
    maker.get_by_label("Chọn kiến nghị của Lê Văn An").check()
    maker.get_by_role("button", name="Trả lời các kiến nghị đã chọn").click()
    expect(maker.get_by_text("Đáp án hiện nay:")).to_contain_text("Sở Nội vụ")
    maker.get_by_label("Chấp nhận kiến nghị").check()
    maker.get_by_label("Nội dung trả lời").fill("Kiến nghị đúng. Đáp án được sửa và đợt thi được chấm lại.")
    maker.get_by_label("Lần chấm lại kèm theo").select_option(label="Lần chấm lại 1")
    maker.get_by_role("button", name="Gửi trả lời").click()
    expect(maker.get_by_text("Đã trả lời 1 kiến nghị.")).to_be_visible()
    fits(maker)

    decider = new_browser(viewport=DESK, java_script_enabled=script).new_page()
    enter(decider, site.url, "duyet")
    decider.goto(site.address(f"/to-chuc/dot-thi/{site.round_id}/cham-lai/1"))
    decider.get_by_role("button", name="Duyệt, cho có hiệu lực").click()
    expect(decider.get_by_text("Có hiệu lực", exact=True)).to_be_visible()

    an.goto(site.address("/ket-qua-cua-toi"))
    expect(an.get_by_text("4/4 câu đúng")).to_be_visible()
    an.get_by_role("link", name="Câu 1", exact=True).click()
    expect(an.get_by_text("Kiến nghị đúng. Đáp án được sửa")).to_be_visible()
    expect(an.get_by_text("Biên bản chấm lại số 1")).to_be_visible()
    an.goto(result)
    expect(an.get_by_text("Đã chấm lại theo biên bản số 1")).to_be_visible()
    expect(an.locator("#cau-1")).to_contain_text("Đáp án đúng, đã chọn")
