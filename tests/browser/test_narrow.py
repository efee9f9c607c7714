"""Organisers' pages on a phone: figures beside one another, filters out of the way; where there is room, all of it."""

import pytest
from playwright.sync_api import Page, expect

from contest.extensions import db
from contest.questions.models import Bank
from contest.rounds.blueprint import Place
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, OpenBrowser, Site, enter, fits

pytestmark = pytest.mark.browser


def organiser(site: Site, new_browser: OpenBrowser, width: dict[str, int], **options: object) -> Page:
    with site.app.app_context():
        make.account("to-chuc", roles=("organiser",))
        db.session.commit()
    page = new_browser(viewport=width, **options).new_page()
    enter(page, site.url, "to-chuc")
    return page


def bank_page(site: Site) -> str:
    with site.app.app_context():
        return site.address(f"/to-chuc/ngan-hang/{db.session.query(Bank.id).order_by(Bank.id).first()[0]}")


@pytest.mark.parametrize(("width", "across"), [(PHONE, 2), (DESK, 4)], ids=["phone", "desk"])
def test_figures_stand_beside_one_another(site: Site, new_browser: OpenBrowser, width: dict[str, int], across: int):
    page = organiser(site, new_browser, width)
    for path in (f"/to-chuc/dot-thi/{site.round_id}/theo-doi", f"/dot-thi/{site.round_id}/don-vi",
                 f"/thong-ke/{site.round_id}"):
        page.goto(site.address(path))
        tops = page.locator(".kpi").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().top)")
        if tops or not path.endswith("don-vi"):  # without participating units there are no figures of units
            assert [tops.count(top) for top in sorted(set(tops))] == [across] * (4 // across)
        fits(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_filters_are_folded_on_a_phone_only(site: Site, new_browser: OpenBrowser, script: bool):
    page = organiser(site, new_browser, PHONE, java_script_enabled=script)
    address = bank_page(site)
    page.goto(address)
    expect(page.get_by_label("Mức độ", exact=True)).to_be_hidden()
    page.get_by_text("Bộ lọc").click()
    page.get_by_label("Mức độ", exact=True).select_option("NB")
    page.get_by_label("Căn cứ có chữ").fill("kế hoạch")
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.get_by_text("Bộ lọc 2 đang dùng")).to_be_visible()
    expect(page.get_by_label("Mức độ", exact=True)).to_be_hidden()
    page.get_by_label("Tìm trong câu hỏi hoặc mã").fill("đợt thi")
    page.get_by_label("Tìm trong câu hỏi hoặc mã").press("Enter")
    page.wait_for_url(lambda address: "q=%C4%91" in address)
    assert "level=NB" in page.url  # what is folded narrows on
    fits(page)
    wide = new_browser(viewport=DESK, java_script_enabled=script).new_page()
    enter(wide, site.url, "to-chuc")
    wide.goto(address)
    expect(wide.get_by_label("Mức độ", exact=True)).to_be_visible()
    expect(wide.get_by_text("Bộ lọc")).to_be_hidden()


@pytest.mark.parametrize("wrong", [Place(level="NB").name, "row.0.count"], ids=["cell", "row"])
def test_the_summary_leads_to_the_wrong_cell(site: Site, new_browser: OpenBrowser, wrong: str):
    page = organiser(site, new_browser, PHONE)
    with site.app.app_context():
        round_ = db.session.get_one(make.Round, site.round_id)
        round_.state, round_.rules_version = "draft", 0
        db.session.commit()
    page.goto(site.address(f"/to-chuc/dot-thi/{site.round_id}/sua"))
    if wrong.startswith("row"):
        page.get_by_role("button", name="Thêm điều kiện").click()
    page.locator(f'[name="{wrong}"]').fill("ba")
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("link", name="Ma trận đề: ghi số từ 0 đến 200 vào mỗi ô.").click()
    expect(page.locator(f'[name="{wrong}"]')).to_be_focused()
