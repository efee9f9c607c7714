"""Ways in without an account from the roster: a printed code without a script, the page of registration with one."""

import pytest
from playwright.sync_api import expect

from contest.extensions import db
from contest.rounds import codes
from contest.rounds.models import ContestUnit, Round
from tests import factories as make
from tests.browser.conftest import NARROWEST, OpenBrowser, Site

pytestmark = pytest.mark.browser


def test_a_blank_code_asks_for_a_name_once_and_opens_the_same_person_elsewhere(site: Site, new_browser: OpenBrowser):
    with site.app.app_context():
        contest_id = db.session.get_one(Round, site.round_id).contest_id
        unit_id = db.session.query(ContestUnit).one().unit_id
        [slip] = codes.make_blank(contest_id, unit_id, "official", 1, site.app.config["SECRET_KEY"], by=None,
                                  now=site.hands.now())
        db.session.commit()
    page = new_browser(java_script_enabled=False, viewport=NARROWEST).new_page()
    page.goto(f"{site.url}/vao/{slip.code}")
    page.get_by_role("button", name="Vào thi").click()
    page.get_by_label("Họ và tên").fill("Lê Văn An")
    page.get_by_role("button", name="Vào thi").click()
    page.goto(f"{site.url}/dot-thi/{site.round_id}")
    expect(page.get_by_role("button", name="Bắt đầu làm bài")).to_be_visible()
    other = new_browser().new_page()
    other.goto(f"{site.url}/vao")
    other.get_by_label("Mã dự thi").fill(slip.code.lower())
    other.get_by_role("button", name="Vào thi").click()
    other.goto(f"{site.url}/dot-thi/{site.round_id}")
    expect(other.get_by_role("main").get_by_text("Lê Văn An")).to_be_visible()


def test_a_unit_is_found_by_some_letters_of_its_name(site: Site, new_browser: OpenBrowser):
    with site.app.app_context():
        contest = db.session.get_one(Round, site.round_id).contest
        contest.registration = True
        for name in ("Sở Nội vụ", "Sở Tư pháp"):
            unit = make.unit(name)
            db.session.add(ContestUnit(contest_id=contest.id, unit_id=unit.id, name=name, bloc=unit.bloc,
                                       sort_key=unit.sort_key))
        code = contest.code
        db.session.commit()
    page = new_browser(viewport=NARROWEST).new_page()
    page.goto(f"{site.url}/cuoc-thi/{code}/dang-ky")
    units, box = page.get_by_label("Đơn vị", exact=True), page.get_by_role("searchbox")
    box.fill("so")
    expect(units).to_have_value("")
    box.fill("noi VU")
    expect(units.locator("option:checked")).to_have_text("Sở Nội vụ")
    box.fill("không có")
    expect(page.get_by_text("Không có đơn vị nào tên như vậy")).to_be_visible()
    expect(units).to_have_value("")
    box.fill("tu phap")
    page.get_by_label("Họ và tên").fill("Lê Văn An")
    page.get_by_label("Cán bộ, công chức, viên chức, người lao động").check()
    page.get_by_label("Số điện thoại").fill("0912 345 678")
    page.get_by_label("Mật khẩu", exact=True).fill("mat khau 123")
    page.get_by_label("Nhập lại mật khẩu").fill("mat khau 123")
    page.get_by_label("Tôi đã đọc và đồng ý").check()
    page.get_by_role("button", name="Đăng ký").click()
    page.goto(f"{site.url}/dot-thi/{site.round_id}")
    expect(page.get_by_role("main").get_by_text("Sở Tư pháp")).to_be_visible()
