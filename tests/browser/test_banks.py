"""What keeps a bank good, as three people live it: review, coverage of documents; and papers to be printed."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document as WordDocument
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from contest.extensions import db
from contest.questions import linking
from contest.questions.document_models import QuestionSection, Section
from contest.questions.models import Question, QuestionReview
from contest.rounds.blueprint import Place
from tests import factories as make
from tests.browser.conftest import DESK, OpenBrowser, RunningHands, enter, serving
from tests.questions.shelved import cited, document

pytestmark = pytest.mark.browser
PEOPLE = {"soan": ("Trần Thị Ánh Nguyệt", "organiser"), "tham": ("Lê Văn Thẩm", "reviewer"),
          "duyet": ("Phạm Quốc Duyệt", "organiser")}
Open = Callable[[str], Page]


@pytest.fixture
def office(app: Flask, running_hands: RunningHands, new_browser: OpenBrowser) -> Iterator[tuple[Open, str]]:
    """Opens a browser of one of `PEOPLE` by login; the server's address."""
    with app.app_context():
        unit = make.unit("Sở Nội vụ")
        for login, (name, role) in PEOPLE.items():
            make.account(login, name=name, unit=unit, roles=(role,))
        db.session.commit()
    with serving(app) as url:
        def open_(login: str) -> Page:
            page = new_browser(viewport=DESK, accept_downloads=True).new_page()
            enter(page, url, login)
            return page

        yield open_, url


def write_question(page: Page, stem: str) -> None:
    """From the page of types to the question's own page."""
    page.get_by_role("link", name="Chọn một đáp án").click()
    page.get_by_label("Nội dung câu hỏi").fill(stem)
    for letter, text in {"A": "Sở Nội vụ", "B": "Sở Tài chính", "C": "Sở Tư pháp"}.items():
        page.get_by_label(f"Phương án {letter}", exact=True).fill(text)
    page.get_by_label("Đáp án đúng B").check()
    page.get_by_role("main").get_by_role("button", name="Lưu", exact=True).last.click()


def drawable(page: Page, address: str, bank_id: str) -> int:
    """How many questions of the bank the editor of a round says it can draw; a paper of one is enough or short."""
    page.goto(address)
    page.locator(f'input[name="banks"][value="{bank_id}"]').check()
    cell = page.get_by_label("Bất kỳ lĩnh vực, Bất kỳ mức độ").first
    cell.fill("1")
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    count = int(page.locator(f'[data-available="{Place().name}"]').first.inner_text())
    short = page.get_by_text("Ngân hàng không đủ câu cho ma trận này")
    enough = page.get_by_text("Ngân hàng đủ câu cho ma trận này.")
    expect(enough if count else short).to_be_visible()
    expect(short if count else enough).to_be_hidden()
    return count


def state(app: Flask) -> tuple[str, list[str]]:
    """The only question's state, and what was said of it in turn."""
    with app.app_context():
        return (db.session.scalars(select(Question.state)).one(),
                list(db.session.scalars(select(QuestionReview.verdict).order_by(QuestionReview.at))))


def test_two_people_stand_between_an_author_and_a_paper(app: Flask, office: tuple[Open, str]):
    open_, url = office
    with app.app_context():
        contest_id = make.contest().id
        db.session.commit()
    editor = f"{url}/to-chuc/cuoc-thi/{contest_id}/dot-thi/moi"
    author, reviewer, approver = (open_(login) for login in PEOPLE)
    author.goto(url + "/to-chuc/ngan-hang/moi")
    author.get_by_label("Tên ngân hàng").fill("Ngân hàng hai người duyệt")
    author.get_by_label("Mã ngân hàng").fill("hai-nguoi")
    author.get_by_label("Người soạn, người thẩm định, người duyệt là ba người khác nhau").check()
    author.get_by_role("main").get_by_role("button", name="Tạo ngân hàng").click()
    bank_id = author.url.partition("?")[0].split("/ngan-hang/")[1][:32]
    bank = f"{url}/to-chuc/ngan-hang/{bank_id}"
    author.goto(bank + "/cau-hoi/moi")
    write_question(author, "Cơ quan nào tham mưu việc tổ chức cuộc thi?")
    expect(author.get_by_text("vào ngân hàng.")).to_be_visible()
    review = author.url.partition("?")[0] + "/tham-dinh"
    assert drawable(approver, editor, bank_id) == 0

    author.goto(review)
    expect(author.get_by_text("Trần Thị Ánh Nguyệt đã soạn hoặc sửa câu này.")).to_be_visible()
    expect(author.get_by_role("button", name="Ghi đã thẩm định")).to_have_count(0)
    author.locator("input[name=version]").evaluate(  # whoever makes the button for themselves is refused as well
        "(field) => field.insertAdjacentElement('afterend', Object.assign(document.createElement('button'),"
        " {name: 'verdict', value: 'reviewed', textContent: 'Tự thẩm định'}))")
    author.get_by_role("button", name="Tự thẩm định").click()
    expect(author.get_by_role("alert")).to_contain_text("Trần Thị Ánh Nguyệt đã soạn hoặc sửa câu này.")
    assert state(app) == ("draft", [])

    reviewer.goto(bank)
    reviewer.get_by_role("link", name=re.compile("^Thẩm định")).click()
    reviewer.get_by_role("button", name="Ghi đã thẩm định").click()
    expect(reviewer.get_by_text("Đã ghi thẩm định câu")).to_be_visible()
    expect(reviewer.get_by_role("button", name="Duyệt câu này")).to_have_count(0)
    assert state(app) == ("reviewed", ["reviewed"])
    assert drawable(approver, editor, bank_id) == 0

    author.goto(review)
    expect(author.get_by_role("button", name="Duyệt câu này")).to_have_count(0)
    approver.goto(review)
    approver.get_by_role("button", name="Duyệt câu này").click()
    expect(approver.get_by_text("Đề mới có thể rút câu này.")).to_be_visible()
    assert state(app) == ("approved", ["reviewed", "approved"])
    assert drawable(approver, editor, bank_id) == 1


def test_a_gap_of_the_coverage_is_filled_and_an_outdated_question_moves(app: Flask, office: tuple[Open, str]):
    open_, url = office
    with app.app_context():
        old = document()
        new = document("15/KH-UBND", "Kế hoạch tuyên truyền mới", issued_on=date(2026, 3, 5))
        bank_id, old_id, new_id = make.bank(0, code="cchc").id, old.id, new.id
        cited(db.session.get_one(make.Bank, bank_id), "Kế hoạch 12/KH-UBND, mục I.1", stem="Câu của mục I.1?")
        cited(db.session.get_one(make.Bank, bank_id), "Kế hoạch 12/KH-UBND, mục I.2", stem="Câu của mục I.2?")
        linking.link_bank(bank_id, by=None, now=make.NOON)
        db.session.commit()
    page = open_("soan")
    page.goto(f"{url}/to-chuc/ngan-hang/{bank_id}")
    page.get_by_role("link", name="Độ bao phủ").click()
    gap = page.locator(".gaps li").filter(has_text="Mục II")
    expect(gap).to_have_count(1)
    expect(page.locator("tr.gap")).to_have_count(1)
    gap.get_by_role("link", name=re.compile("^Soạn câu hỏi")).click()
    write_question(page, "Cơ quan nào tổ chức thực hiện?")
    expect(page.get_by_text("vào ngân hàng.")).to_be_visible()
    page.goto(f"{url}/to-chuc/ngan-hang/{bank_id}/bao-phu")
    expect(page.get_by_role("heading", name="Độ bao phủ của câu hỏi")).to_be_visible()
    expect(page.locator(".gaps li, tr.gap")).to_have_count(0)

    page.goto(f"{url}/to-chuc/van-ban/{old_id}")
    page.get_by_text("Ghi văn bản thay thế").click()
    page.get_by_label("Văn bản mới").select_option(new_id)
    page.get_by_label("Thay thế từ ngày").fill("01/07/2026")
    page.get_by_role("button", name="Lưu văn bản thay thế").click()
    page.get_by_role("link", name="Xem các câu hỏi có căn cứ cũ").click()
    expect(page.get_by_role("checkbox")).to_have_count(3)
    page.get_by_label("Cơ quan nào tổ chức thực hiện?").check()
    page.get_by_label("Mục của văn bản mới").select_option(label="Mục II Tổ chức")
    page.get_by_role("button", name="Chuyển sang mục mới").click()
    expect(page.get_by_text("Đã chuyển 1 câu sang mục của văn bản mới.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    expect(page.get_by_label("Cơ quan nào tổ chức thực hiện?")).to_have_count(0)
    with app.app_context():
        links = db.session.execute(select(Section.document_id, Section.locator).join(
            QuestionSection, QuestionSection.section_id == Section.id)).all()
        assert sorted(map(tuple, links)) == sorted(
            [(old_id, "Mục I.1"), (old_id, "Mục I.2"), (new_id, "Mục II")])


def test_rows_of_further_conditions_are_added_and_dropped_in_place(app: Flask, office: tuple[Open, str]):
    open_, url = office
    with app.app_context():
        contest_id, bank_id = make.contest().id, make.bank(4).id
        db.session.commit()
    page = open_("soan")
    page.goto(f"{url}/to-chuc/cuoc-thi/{contest_id}/dot-thi/moi")
    page.locator(f'input[name="banks"][value="{bank_id}"]').check()
    add, counts = page.get_by_role("button", name="Thêm điều kiện"), page.locator(".extra input")
    before = counts.count()
    add.click()
    add.click()
    names = [box.get_attribute("name") for box in counts.all()]
    assert names == [f"row.{n}.count" for n in range(before + 2)]
    assert [box.get_attribute("id") for box in counts.all()] == names
    expect(counts.last).to_be_focused()
    page.get_by_label("Số câu").last.fill("3")  # the label of a row is its own
    expect(counts.last).to_have_value("3")
    page.get_by_role("button", name="Bỏ dòng này").last.click()
    expect(counts).to_have_count(before + 1)
    counts.last.fill("9")
    expect(page.get_by_text("Ngân hàng không đủ câu cho ma trận này")).to_be_visible()


def test_papers_to_be_printed_come_in_one_file(app: Flask, office: tuple[Open, str]):
    open_, url = office
    with app.app_context():
        opens = make.NOON + timedelta(days=1)
        bank = make.bank(6)
        round_id = make.round_(make.contest(), bank, published=False, opens_at=opens,
                               closes_at=opens + timedelta(days=1)).id
        db.session.commit()
    page = open_("soan")
    page.goto(f"{url}/to-chuc/dot-thi/{round_id}")
    page.get_by_role("link", name="Đề thi giấy").click()
    page.get_by_label("Số mã đề").fill("2")
    page.get_by_label("Mã đề đầu tiên").fill("301")
    page.get_by_role("button", name="Rút đề").click()
    expect(page.get_by_text("Đã rút 2 mã đề. Tải về để in.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp nén").click()
    packed = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert packed.testzip() is None
    names = packed.namelist()
    papers = [name for name in names if name.endswith(".docx")]
    for code in ("301", "302"):
        assert any(code in name for name in papers), names
        assert any(code in name and name.endswith(".pdf") for name in names), names
    for name in names:
        if name.endswith(".pdf"):
            assert packed.read(name).startswith(b"%PDF-")
    paper = WordDocument(io.BytesIO(packed.read(next(name for name in papers if "301" in name))))
    assert "Câu hỏi số" in "\n".join(line.text for line in paper.paragraphs)
