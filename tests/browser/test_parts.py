"""An organiser names another part, marks who has entered it, and asks for it in the formula of a collective prize."""

import pytest
from playwright.sync_api import expect

from contest.extensions import db
from contest.rounds.models import ContestUnit, Round
from tests import factories as make
from tests.browser.conftest import NARROWEST, PHONE, OpenBrowser, Site, enter, fits

pytestmark = pytest.mark.browser
UNIT = "Văn phòng Hội đồng nhân dân"  # as the name of the site's unit begins


@pytest.fixture
def office(site: Site) -> Site:
    """The site with a second unit, and an organiser."""
    with site.app.app_context():
        unit = make.unit("Sở Tài nguyên và Môi trường", code="STNMT")
        contest_id = db.session.get_one(Round, site.round_id).contest_id
        db.session.add(ContestUnit(contest_id=contest_id, unit_id=unit.id, name=unit.name, headcount=20,
                                   sort_key=unit.sort_key))
        make.account("lap", name="Ngô Lập", roles=("organiser",))
        db.session.commit()
    return site


def test_from_a_part_to_a_unit_that_cannot_get_the_prize(office: Site, new_browser: OpenBrowser):
    page = new_browser(viewport=PHONE).new_page()
    enter(page, office.url, "lap")
    page.goto(office.address(f"/to-chuc/dot-thi/{office.round_id}"))
    page.get_by_role("link", name="Tìm hiểu cải cách hành chính năm 2026").first.click()
    page.get_by_role("row", name="Phần thi khác").or_(page.locator("dl > div", has_text="Phần thi khác")).get_by_role(
        "link").click()
    expect(page.get_by_text("Chưa có phần thi nào khác")).to_be_visible()
    fits(page, within=NARROWEST)
    page.get_by_label("Tên phần thi").fill("Sáng kiến")
    page.get_by_role("button", name="Thêm phần thi").click()
    expect(page.get_by_text("0/2 đơn vị dự thi đã dự phần này.")).to_be_visible()
    page.get_by_label("Mã đơn vị, mỗi dòng một mã").fill("STNMT\nSAI-MA")
    page.get_by_role("button", name="Ghi là đã dự").click()
    expect(page.get_by_role("alert")).to_contain_text("1 mã không phải của đơn vị dự thi nào")
    fits(page, within=NARROWEST)
    page.get_by_label("Mã đơn vị, mỗi dòng một mã").fill("STNMT")
    page.get_by_label(UNIT).check()
    page.get_by_role("button", name="Ghi là đã dự").click()
    expect(page.get_by_text("2/2 đơn vị dự thi đã dự phần này.")).to_be_visible()
    page.get_by_label("Tìm theo tên hoặc mã đơn vị").fill("van phong")
    page.get_by_role("button", name="Tìm").click()
    expect(page.get_by_label("Sở Tài nguyên")).to_have_count(0)
    page.get_by_label(UNIT).check()
    page.get_by_role("button", name="Bỏ ghi nhận").click()
    expect(page.get_by_text("1/2 đơn vị dự thi đã dự phần này.")).to_be_visible()
    page.get_by_role("table", name="Các lần ghi").or_(page.get_by_role("region", name="Các lần ghi")).get_by_role(
        "button", name="Hoàn tác").first.click()
    expect(page.get_by_text("2/2 đơn vị dự thi đã dự phần này.")).to_be_visible()
    page.get_by_label(UNIT).check()
    page.get_by_role("button", name="Bỏ ghi nhận").click()
    fits(page, within=NARROWEST)
    page.goto(office.address(f"/to-chuc/dot-thi/{office.round_id}/giai-thuong/co-cau?mau=nguong"))
    page.get_by_label("Sáng kiến").check()
    fits(page, within=NARROWEST)
    page.get_by_role("button", name="Lưu cơ cấu giải").click()
    expect(page.get_by_text("Đơn vị phải dự cả phần thi: Sáng kiến.")).to_be_visible()
    page.goto(office.address(f"/to-chuc/dot-thi/{office.round_id}/giai-thuong/tap-the"))
    row = page.get_by_role("row", name=UNIT)
    expect(row).to_contain_text("Chưa dự phần thi: Sáng kiến.")
    expect(page.get_by_role("row", name="Sở Tài nguyên")).not_to_contain_text("Chưa dự phần thi")
