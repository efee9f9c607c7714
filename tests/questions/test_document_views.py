import csv
import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from contest.extensions import db
from contest.questions import linking, seals
from contest.questions.document_models import Document, DocumentReplacement, QuestionSection, Section
from contest.questions.models import Question
from tests import factories
from tests.factories import NOON
from tests.questions.cast import browser, post
from tests.questions.formats.documents import PLAN
from tests.questions.shelved import cited, document, sections
from tests.questions.test_views import text

HOME = "/to-chuc/van-ban"


@pytest.fixture
def organiser(app, hands):
    return browser(app, "organiser")


@pytest.fixture
def shelf(app, hands):
    """A bank whose questions cite a plan: ids of bank, document and its sections."""
    with app.app_context():
        row, bank = document(), factories.bank(0)
        for level, where in (("NB", "I.1"), ("TH", "I.1"), ("NB", "I.2")):
            cited(bank, f"Kế hoạch 12/KH-UBND, mục {where}", level=level, stem=f"Câu {where} {level}?")
        linking.link_bank(bank.id, by=None, now=NOON)
        cited(bank, "KH 12, mục II", stem="Câu chưa liên kết?")
        db.session.commit()
        return bank.id, row.id, sections(row.id)


def upload(client, path: str, data: bytes, name: str = "ke-hoach.txt"):
    return post(client, path, file=(io.BytesIO(data), name))


def step(page) -> str:
    return re.findall(r'name="step" value="(\d+)"', page.text)[0]


def test_a_file_becomes_a_document(app, organiser):
    assert "Chưa có văn bản" in text(organiser.get(HOME))
    done = upload(organiser, f"{HOME}/nhap", PLAN.encode())
    page = organiser.get(done.location)
    assert "Mục II.1.đ Điểm thứ tư" in text(page)
    assert 'value="0012/KH-UBND"' in page.text
    assert 'value="05/03/2024"' in page.text
    fields = {"number": "12/KH-UBND", "title": "Kế hoạch 2024", "kind": "ke_hoach", "issued_on": "5/3/2024"}
    moved = post(organiser, done.location, step="0", do="merge:1", **fields)
    page = organiser.get(moved.location)
    assert step(page) == "1"
    assert 'value="12/KH-UBND"' in page.text  # what was typed is kept
    assert post(organiser, done.location, step="0", do="merge:1", **fields).status_code == 409
    post(organiser, done.location, step="1", do="undo", **fields)
    post(organiser, done.location, step="0", do="rename:0", locator="Phần mở đầu", section_title="Lời đầu", text="x",
         **fields)
    wrong = post(organiser, done.location, step="1", do="save", **{**fields, "issued_on": "32/1/2024"})
    assert (wrong.status_code, "Ghi ngày theo dạng 21/10/2021." in wrong.text) == (422, True)
    saved = post(organiser, done.location, step="1", do="save", **fields)
    page = text(organiser.get(saved.location))
    assert "Lời đầu" in page
    assert "Đã lưu văn bản: 17 mục mới" in page
    assert organiser.get(done.location).status_code == 404


def test_a_file_that_is_none(organiser):
    done = upload(organiser, f"{HOME}/nhap", b"%PDF-1.4")
    assert (done.status_code, "PDF" in text(done)) == (422, True)


def test_a_corrected_file_says_what_is_gone(app, organiser, shelf):
    _bank, document_id, _place = shelf
    done = upload(organiser, f"{HOME}/{document_id}/nhap-lai", "KẾ HOẠCH\nI. MỤC ĐÍCH\n1. Chung\nII. TỔ CHỨC".encode())
    page = text(organiser.get(done.location))
    assert "Các mục của bản cũ không có trong bản này Mục I.2 Riêng 1 câu hỏi" in page
    saved = post(organiser, done.location, step="0", do="save", title="Kế hoạch", kind="ke_hoach", number="12/KH-UBND",
                 issuer="Ủy ban nhân dân tỉnh Bình Minh", issued_on="05/03/2024")
    page = text(organiser.get(saved.location))
    assert "1 mục không còn trong bản mới nhưng có câu hỏi trích dẫn" in page
    assert "Mục I.2 Riêng Không còn trong bản mới 1 câu hỏi" in page


def test_a_document_by_hand_and_its_form(app, organiser):
    done = post(organiser, f"{HOME}/moi", title="Luật A", kind="luat", number="1/2020/QH14", issued_on="")
    assert "/nhap/" in done.location
    added = post(organiser, done.location, step="0", do="add", new_locator="Điều 1", title="Luật A", kind="luat",
                 number="1/2020/QH14")
    saved = post(organiser, added.location.partition("#")[0], step="1", do="save", title="Luật A", kind="luat",
                 number="1/2020/QH14")
    assert "Điều 1" in text(organiser.get(saved.location))
    again = post(organiser, f"{HOME}/moi", title="Luật A", kind="luat", number="1/2020/QH14")
    assert (again.status_code, "Thư viện đã có văn bản số 1/2020/QH14" in text(again)) == (422, True)
    edited = post(organiser, f"{saved.location}/sua", title="Luật B", kind="luat", number="1/2020/QH14",
                  status="expired", expired_on="01/01/2025")
    assert "Hết hiệu lực" in text(organiser.get(edited.location))
    assert "Còn hiệu lực" in text(organiser.get(f"{edited.location}?ngay=31/12/2024"))


def test_coverage_and_its_files(app, organiser, shelf):
    bank_id, document_id, place = shelf
    address = f"/to-chuc/ngan-hang/{bank_id}/bao-phu"
    page = organiser.get(address)
    assert "Mục chưa có câu hỏi 1/4" in text(page)
    assert "Mục chưa có câu hỏi nào 1 Mục II Tổ chức" in text(page)
    assert f"section={place['Mục I.1']}&amp;bank={bank_id}&amp;level=NB" in page.text
    only = text(organiser.get(f"{address}?only=gaps&level=TH&document={document_id}"))
    assert "Mục I.1 Chung" not in only
    assert "Mục I.2 Riêng" in only
    rows = list(openpyxl.load_workbook(io.BytesIO(organiser.get(f"{address}/xlsx").data)).active.values)
    assert rows[2][3:11] == ("Mục I.1", "Chung", 1, 1, 0, 0, 0, 2)
    lines = organiser.get("/to-chuc/bao-phu/csv").data.decode("utf-8-sig")
    assert lines.splitlines()[4].endswith("Mục II,Tổ chức,0,0,0,0,0,0,Chưa có câu hỏi")
    assert "Độ bao phủ" in text(organiser.get("/to-chuc/bao-phu"))


@pytest.mark.parametrize("title", ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(1)", "\t=1", "＝1+1"])
def test_a_hostile_title_is_a_text_in_both_files(app, organiser, shelf, title):
    bank_id, _document_id, place = shelf
    with app.app_context():
        db.session.get(Section, place["Mục I.1"]).title = title
        db.session.commit()
    address = f"/to-chuc/ngan-hang/{bank_id}/bao-phu"
    cell = openpyxl.load_workbook(io.BytesIO(organiser.get(f"{address}/xlsx").data)).active["E3"]
    assert (cell.value, cell.data_type) == (title, "s")
    rows = list(csv.reader(io.StringIO(organiser.get(f"{address}/csv").data.decode("utf-8-sig"))))
    assert rows[2][4] == f"'{title}"
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r＝")]


def test_the_questions_of_a_section(app, organiser, shelf):
    bank_id, document_id, place = shelf
    page = text(organiser.get(f"{HOME}/cau-hoi?section={place['Mục I.1']}&bank={bank_id}&level=NB"))
    assert "1 câu hỏi dùng được" in page
    assert "Câu I.1 NB?" in page
    assert "3 câu hỏi dùng được" in text(organiser.get(f"{HOME}/cau-hoi?document={document_id}"))
    with app.app_context():
        seals.seal_bank(bank_id, by=None, now=NOON)
        db.session.commit()
    assert "0 câu hỏi dùng được" in text(organiser.get(f"{HOME}/cau-hoi?document={document_id}"))
    assert organiser.get(f"{HOME}/cau-hoi?section=x").status_code == 404


def test_citations_are_linked_by_a_click(app, organiser, shelf):
    bank_id, _document_id, place = shelf
    address = f"/to-chuc/ngan-hang/{bank_id}/can-cu"
    page = text(organiser.get(address))
    assert "KH 12, mục II 1 câu hỏi · Câu chưa liên kết? Gợi ý: Kế hoạch 12/KH-UBND, Mục II" in page
    assert "chỉ ghi số, không ghi ký hiệu" in page
    assert "Liên kết với mục này" in text(organiser.get(f"{address}/chon?citation=KH+12&q=12+to+chuc"))
    done = post(organiser, address, citation="KH 12, mục II")
    assert "Đã liên kết 1 câu hỏi." in text(organiser.get(done.location))
    with app.app_context():
        assert db.session.scalars(select(QuestionSection.how).where(
            QuestionSection.section_id == place["Mục II"])).all() == ["guess"]
    assert post(organiser, f"{address}/chon", citation="z", section="x").status_code == 404


def test_questions_of_a_replaced_document(app, organiser, shelf):
    bank_id, document_id, _place = shelf
    with app.app_context():
        new = document("99/KH-UBND", "Kế hoạch mới", issued_on=None)
        target = sections(new.id)["Mục I"]
        new_id = new.id
        db.session.commit()
    assert "Không có câu hỏi nào có căn cứ cũ" in text(organiser.get(f"{HOME}/het-hieu-luc"))
    post(organiser, f"{HOME}/{document_id}/thay-the", successor=new_id, starts_on="01/07/2026")
    page = organiser.get(f"{HOME}/het-hieu-luc")
    assert page.text.count("data-pick=") == 1  # one button for all of a document
    assert "Căn cứ đã được thay thế bởi Kế hoạch 99/KH-UBND , từ 01/07/2026" in text(page)
    questions = re.findall(r'name="question" value="(\w+)"', page.text)
    assert len(questions) == 3
    assert not re.findall(r'name="question"', organiser.get(f"{HOME}/het-hieu-luc?ngay=30/06/2026").text)
    settle = f"{HOME}/{document_id}/cau-hoi-cu"
    post(organiser, settle, question=questions[0], do="right")
    post(organiser, settle, question=questions[1], do="retire")
    assert post(organiser, settle, do="right").status_code == 422
    done = post(organiser, settle, question=questions[2], do="relink", section=target, bank=bank_id)
    assert "Không có câu hỏi nào có căn cứ cũ" in text(organiser.get(done.location))
    with app.app_context():
        assert db.session.get(Question, questions[1]).retired_at == NOON
        assert db.session.scalars(select(DocumentReplacement.old_id)).all() == [document_id]
    post(organiser, f"{HOME}/{document_id}/thay-the/{new_id}/bo")
    assert "Còn hiệu lực" in text(organiser.get(f"{HOME}/{document_id}"))


def test_a_document_that_nothing_cites_can_go(app, organiser, shelf):
    _bank_id, document_id, _place = shelf
    assert post(organiser, f"{HOME}/{document_id}/xoa").status_code == 409
    with app.app_context():
        other = document("5/KH-UBND").id
        db.session.commit()
    post(organiser, f"{HOME}/{other}/xoa")
    with app.app_context():
        assert db.session.get(Document, other) is None
        assert db.session.scalars(select(Section.document_id).distinct()).all() == [document_id]


def test_a_reviewer_reads_and_changes_nothing(app, hands, shelf):
    bank_id, document_id, _place = shelf
    reviewer = browser(app, "reviewer")
    for address in (HOME, f"{HOME}/{document_id}", f"/to-chuc/ngan-hang/{bank_id}/bao-phu", f"{HOME}/het-hieu-luc",
                    f"/to-chuc/ngan-hang/{bank_id}/can-cu"):
        page = reviewer.get(address)
        assert page.status_code == 200
        assert "Nhập từ tệp" not in text(page).replace("Nhập từ tệp,", "")
        assert not re.findall(r'<form method="post"(?! action="/dang-xuat)', page.text.partition("<main")[2]) or \
            "can-cu" in address
    assert post(reviewer, f"{HOME}/{document_id}/muc-luc").status_code == 403
