"""The pages of review, seal and twins, and what they leave on record."""

import html
import re

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.questions import seals
from contest.questions.models import Bank, Question
from tests.factories import NOON
from tests.questions.cast import browser, counted, post
from tests.questions.drafted import draft, many, new_bank, reading, take
from tests.questions.test_twins import like, unlike

HOME = "/to-chuc/ngan-hang"


@pytest.fixture
def organiser(app, hands):
    return browser(app, "organiser")


@pytest.fixture
def reviewer(app, hands):
    return browser(app, "reviewer")


def text(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def filled(app, found=None, **columns) -> str:
    """The address of a bank with these questions."""
    with app.app_context():
        bank = new_bank(f"bank{len(db.session.scalars(select(Bank)).all())}")
        take(bank, found or many(3))
        for name, value in columns.items():
            setattr(bank, name, value)
        db.session.commit()
        return f"{HOME}/{bank.id}"


def rows(app, column):
    with app.app_context():
        return list(db.session.scalars(select(column).order_by(Question.position)))


def readings(app) -> list[dict[str, object]]:
    with app.app_context():
        return [event.details for event in db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == seals.READING).order_by(AuditEvent.at, AuditEvent.id))]


def sealed(app) -> str:
    address = filled(app)
    with app.app_context():
        seals.seal_bank(address[-32:], by=None, now=NOON)
        db.session.commit()
    return address


def test_a_question_is_reviewed_then_approved(app, organiser, reviewer):
    address = filled(app, review="one")
    key = rows(app, Question.id)[0]
    page = reviewer.get(f"{address}/cau-hoi/{key}/tham-dinh")
    assert "Ghi đã thẩm định" in page.text
    assert "Sửa câu này" not in page.text
    done = post(reviewer, f"{address}/cau-hoi/{key}/tham-dinh", verdict="reviewed", version="1")
    assert "Đã ghi thẩm định câu C-2." in text(reviewer.get(done.location))
    assert "Duyệt câu này" not in reviewer.get(done.location).text
    refused = post(reviewer, f"{address}/cau-hoi/{key}/tham-dinh", verdict="approved", version="1")
    assert refused.status_code == 403
    assert "Duyệt câu này" in organiser.get(done.location).text
    post(organiser, f"{address}/cau-hoi/{key}/tham-dinh", verdict="approved", version="1")
    assert rows(app, Question.state) == ["approved", "draft", "draft"]
    assert "Đề thi rút được 1" in text(organiser.get(address))
    assert "Chờ thẩm định 2" in text(organiser.get(address))


def test_who_can_not_take_the_next_step_reads_why_instead_of_a_button(app, organiser, reviewer):
    """Where a bank asks for two, whoever reviewed may not approve, and whoever wrote does neither."""
    address = filled(app, review="two")
    page = f"{address}/cau-hoi/{rows(app, Question.id)[0]}/tham-dinh"
    post(organiser, page, verdict="reviewed", version="1")
    shown = organiser.get(page)
    assert "Duyệt câu này" not in shown.text
    assert "Trần Văn Bình đã thẩm định" in text(shown)
    assert "Trả lại người soạn" in shown.text
    other = browser(app, "organiser")
    assert "Duyệt câu này" in other.get(page).text


def test_a_return_needs_a_note_which_its_author_reads(app, organiser, reviewer):
    address = filled(app, review="one")
    page = f"{address}/cau-hoi/{rows(app, Question.id)[0]}"
    bare = post(reviewer, page + "/tham-dinh", verdict="returned", version="1")
    assert (bare.status_code, "Ghi lý do trả lại" in text(bare)) == (422, True)
    post(reviewer, page + "/tham-dinh", verdict="returned", version="1", note="Căn cứ đã hết hiệu lực.")
    assert "Câu này bị trả lại" in text(organiser.get(page))
    assert "Căn cứ đã hết hiệu lực." in text(organiser.get(page))


@pytest.mark.parametrize("form", [{}, {"verdict": "poem", "version": "1"}, {"verdict": "reviewed", "version": "x"},
                                  {"verdict": "reviewed", "version": "2"}])
def test_a_verdict_on_what_was_not_read(app, reviewer, form):
    address = filled(app, review="one")
    page = f"{address}/cau-hoi/{rows(app, Question.id)[0]}/tham-dinh"
    assert post(reviewer, page, **form).status_code == 409
    assert rows(app, Question.state)[0] == "draft"


def test_many_are_confirmed_before_they_are_judged(app, organiser):
    address = filled(app, reading(draft(2), draft(3, topic="Khác"), draft(4)), review="one")
    page = organiser.get(f"{address}/tham-dinh/reviewed?topic=Chuyển đổi số")
    assert "Ghi đã thẩm định 2 câu" in text(page)
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    assert rows(app, Question.state) == ["draft"] * 3
    done = post(organiser, f"{address}/tham-dinh/reviewed", seen=seen)
    assert "Đã ghi thẩm định 2 câu." in text(organiser.get(done.location))
    assert rows(app, Question.state) == ["reviewed", "draft", "reviewed"]
    again = organiser.get(post(organiser, f"{address}/tham-dinh/reviewed", seen=seen + " x 1.2").location)
    assert "2 câu vừa được sửa hoặc đã qua bước này" in text(again)
    assert "Không có câu nào làm được bước này" in text(organiser.get(f"{address}/tham-dinh/reviewed?q=khong-co"))


def test_many_are_approved_by_who_may(app, organiser, reviewer):
    address = filled(app, review="two")
    for client, verdict in ((reviewer, "reviewed"), (organiser, "approved")):
        page = client.get(f"{address}/tham-dinh/{verdict}")
        post(client, f"{address}/tham-dinh/{verdict}", seen=re.search(r'name="seen" value="([^"]+)"', page.text)[1])
        for other in ("reviewed", "approved"):
            assert client.get(f"{address}/tham-dinh/{other}").status_code == (
                403 if client is reviewer and other == "approved" else 200)
    assert rows(app, Question.state) == ["approved"] * 3


def test_the_rule_of_a_bank(app, organiser, hands):
    address = filled(app)
    assert "hiện có 0 trong 3 câu" in text(organiser.get(address + "/quy-trinh"))
    post(organiser, address + "/quy-trinh", review="two")
    wrong = post(organiser, address + "/quy-trinh", review="off")
    assert (wrong.status_code, "Chỉ người quản trị" in text(wrong)) == (403, True)
    assert post(browser(app, "administrator"), address + "/quy-trinh", review="off").status_code == 303


def test_a_new_bank_may_ask_for_review(app, organiser):
    post(organiser, f"{HOME}/moi", title="Mới", code="moi", review="two")
    assert post(organiser, f"{HOME}/moi", title="Lạ", code="la", review="three").status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Bank.review)).all() == ["two"]


def test_every_reading_of_a_sealed_bank_is_on_record_before_it_is_seen(app, organiser):
    address = sealed(app)
    key = rows(app, Question.id)[0]
    shut = organiser.get(address)
    assert "Hai 2" not in shut.text
    assert readings(app) == []
    assert "Hai 2" in organiser.get(address + "?mo=1").text
    assert "Hai 2" in organiser.get(f"{address}/cau-hoi/{key}").text
    assert "Hai 2" in organiser.get(f"{address}/cau-hoi/{key}/tham-dinh").text
    assert organiser.get(address + "/cau-hoi.xlsx").status_code == 200
    assert organiser.get(address + "/cau-trung").status_code == 200
    assert readings(app) == [
        {"what": "list", "positions": [1, 2, 3]}, {"what": "question", "question_id": key},
        {"what": "question", "question_id": key}, {"what": "export"}, {"what": "twins"}]
    log = text(organiser.get(address + "/niem-phong"))
    for words in ("Xem danh sách câu hỏi Câu 1 đến 3", "Xem một câu hỏi", "Xuất tệp", "Trần Văn Bình"):
        assert words in log


@pytest.mark.parametrize("page", ["", "?mo=1", "/cau-hoi.xlsx", "/cau-trung", "/cau-hoi/{key}/tham-dinh"])
def test_who_may_not_read_a_sealed_bank_sees_nothing(app, reviewer, page):
    address = sealed(app)
    answer = reviewer.get(address + page.format(key=rows(app, Question.id)[0]))
    assert answer.status_code == (200 if page in ("", "?mo=1") else 403)
    assert "Hai 2" not in answer.text
    assert readings(app) == []


def test_no_form_changes_a_sealed_bank(app, organiser):
    address = sealed(app)
    one = f"{address}/cau-hoi/{rows(app, Question.id)[0]}"
    for path in (one, one + "/ngung-dung", one + "/tham-dinh", address + "/niem-phong"):
        answer = post(organiser, path, verdict="reviewed", version="1", stem="Khác?")
        assert (answer.status_code, "Hai 2" in answer.text) == (409, False), path
    page = organiser.get(one)
    assert "Lưu phiên bản mới" not in page.text
    assert rows(app, Question.version) == [1, 1, 1]


def test_a_seal_is_broken_for_a_reason(app, organiser):
    address = filled(app)
    assert "Niêm phong 3 câu" in text(organiser.get(address + "/niem-phong"))
    post(organiser, address + "/niem-phong")
    bare = post(organiser, address + "/mo-niem-phong", reason=" ")
    assert (bare.status_code, "Ghi lý do mở niêm phong" in text(bare)) == (422, True)
    page = organiser.get(post(organiser, address + "/mo-niem-phong", reason="Sửa câu sai căn cứ").location)
    assert "Mở niêm phong Sửa câu sai căn cứ" in text(page)
    assert post(organiser, address + "/mo-niem-phong", reason="Nữa").status_code == 409


def test_twins_side_by_side_and_what_to_do_with_them(app, organiser, reviewer):
    address = filled(app, reading(like(2), like(3, "14/9"), unlike(4)))
    filled(app, reading(like(7)))
    page = organiser.get(address + "/cau-trung")
    assert text(page).count("Giống, khác số") == 2
    assert "<mark>15</mark>" in page.text
    assert "Giữ cả hai" not in reviewer.get(address + "/cau-trung").text
    pair = dict(re.findall(r'name="(one|other)" value="([^"]+)"', page.text.partition("Giữ cả hai")[0]))
    done = post(organiser, f"{HOME}/cau-trung/giu-ca-hai", bank=address[-32:], **pair)
    assert done.location == address + "/cau-trung"
    assert text(organiser.get(done.location)).count("Giống, khác số") == 1
    everywhere = organiser.get(f"{HOME}/cau-trung")
    kept, dropped = re.search(r'name="kept" value="([^"]+)"><input type="hidden" name="dropped" value="([^"]+)"',
                              everywhere.text).groups()
    assert post(organiser, f"{HOME}/cau-trung/ngung-dung", kept=kept, dropped=dropped).status_code == 303
    assert post(organiser, f"{HOME}/cau-trung/ngung-dung", kept=kept, dropped=dropped).status_code == 409
    assert post(organiser, f"{HOME}/cau-trung/ngung-dung", kept="x", dropped=dropped).status_code == 404
    assert text(organiser.get(address + "/cau-trung")).count("Ngừng dùng C-") <= 2


def test_no_twins(app, organiser):
    assert "Không có câu trùng hay gần trùng" in text(organiser.get(filled(app, many(1)) + "/cau-trung"))


@pytest.mark.parametrize(("asked", "codes"), [
    ("usage=used", [3]), ("usage=fresh", [2, 4]), ("citation=mục I.1", [2, 4]), ("citation=MUC i.1", [2, 4]),
    ("citation=%25", []),
    ("state=approved", [4]), ("state=draft", [2, 3]), ("state=poem", []), ("usage=poem", [2, 3, 4]),
])
def test_filters_by_state_usage_and_citation(app, organiser, asked, codes):
    address = filled(app, reading(draft(2), draft(3, citation="Khác"), draft(4)), review="one")
    with app.app_context():
        found = {row.code: row for row in db.session.scalars(select(Question))}
        found["C-3"].used_count, found["C-4"].state = 1, "approved"
        db.session.commit()
    page = organiser.get(f"{address}?{asked}")
    assert [int(code) for code in re.findall(r"<header><b>C-(\d)", page.text)] == codes


def test_the_history_of_a_question(app, organiser):
    address = filled(app, many(1))
    with app.app_context():
        bank = db.session.get(Bank, address[-32:])
        take(bank, reading(draft(2, options=("Một 2", "Hai 2", "Ba mới", "Bốn"), key=(0,))), "update")
        db.session.commit()
    page = organiser.get(f"{address}/cau-hoi/{rows(app, Question.id)[0]}")
    assert "Ba <ins>mới</ins>" in page.text or "Ba<ins> mới</ins>" in page.text
    assert "Các phiên bản trước (1)" in text(page)


def test_the_same_statements_for_one_row_and_three(app, organiser):
    sizes: dict[str, list[int]] = {}
    for count in (1, 3):
        address = filled(app, many(count), review="two")
        key = rows(app, Question.id)[-1]
        for page in ("/niem-phong", "/quy-trinh", "/tham-dinh/reviewed", f"/cau-hoi/{key}/tham-dinh", "?state=draft"):
            with counted(app) as statements:
                assert organiser.get(address + page).status_code == 200
            sizes.setdefault(page.replace(key, ""), []).append(len(statements))
    assert all(one == three for one, three in sizes.values()), sizes
