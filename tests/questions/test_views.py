import html
import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from contest.extensions import db
from contest.questions.formats.drafts import TRUE_FALSE_OPTIONS
from contest.questions.formats.gate import read_bank_here
from contest.questions.models import Bank, Question
from tests.questions.cast import browser, counted, post, staged_ids
from tests.questions.drafted import draft, many, new_bank, numbers, reading, stage, take

HOME = "/to-chuc/ngan-hang"


@pytest.fixture
def organiser(app, hands):
    return browser(app, "organiser")


def text(response) -> str:
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.text, flags=re.S)
    return " ".join(html.unescape(plain).split())


def filled(app, found) -> str:
    """The address of a bank with these questions."""
    with app.app_context():
        bank = new_bank()
        take(bank, found)
        db.session.commit()
        return f"{HOME}/{bank.id}"


def question_ids(app) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Question.id).order_by(Question.position)))


def stems(response) -> list[str]:
    return re.findall(r'<div class="stem">(.*?)</div>', response.text)


def test_no_banks_yet(organiser):
    page = organiser.get(HOME)
    assert "Chưa có ngân hàng câu hỏi" in text(page)
    assert f"{HOME}/tep-mau.xlsx" in page.text


def test_the_template_reads_as_a_bank(organiser):
    answer = organiser.get(f"{HOME}/tep-mau.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mau-cau-hoi.xlsx"'
    assert len(read_bank_here(answer.data, "x.xlsx").usable) == 10


def test_banks_with_their_numbers(app, organiser):
    filled(app, reading(draft(2), draft(3, level="TH"), draft(4)))
    page = text(organiser.get(HOME))
    assert "Ngân hàng nganhang 3 câu · nganhang Nhận biết 2, Thông hiểu 1" in page


def test_a_new_bank_leads_to_its_file(app, organiser):
    done = post(organiser, f"{HOME}/moi", title="Kế hoạch 2026", code="KH-2026")
    with app.app_context():
        bank = db.session.scalars(select(Bank)).one()
    assert (bank.code, bank.title) == ("kh-2026", "Kế hoạch 2026")
    assert done.location == f"{HOME}/{bank.id}/nhap"
    assert "Ngân hàng chưa có câu hỏi" in text(organiser.get(f"{HOME}/{bank.id}"))


@pytest.mark.parametrize(("form", "words"), [
    ({"title": "", "code": "a"}, "Ghi tên ngân hàng."),
    ({"title": "x" * 201, "code": "a"}, "Ghi tên ngân hàng, tối đa 200 ký tự."),
    ({"title": "A", "code": ""}, "Ghi mã ngân hàng."),
    ({"title": "A", "code": "có dấu"}, "Mã ngân hàng chỉ gồm chữ a–z không dấu"),
    ({"title": "A", "code": "NganHang"}, "Mã “nganhang” đã có ngân hàng khác dùng."),
])
def test_a_bank_that_cannot_be_made(app, organiser, form, words):
    filled(app, many(1))
    answer = post(organiser, f"{HOME}/moi", **form)
    assert answer.status_code == 422
    assert words in text(answer)
    with app.app_context():
        assert len(db.session.scalars(select(Bank)).all()) == 1


def test_a_card_shows_the_key_by_icon_and_word(app, organiser):
    page = organiser.get(filled(app, many(1)))
    right = re.search(r'<li class="right">(.*?)</li>', page.text, re.S)[1]
    assert "Hai 2" in right
    assert "<svg" in right
    assert "Đáp án đúng" in right
    for words in ("C-2", "Chọn một đáp án", "Chuyển đổi số", "Nhận biết", "Giải thích 2.",
                  "Căn cứ: Kế hoạch 1, mục I.1"):
        assert words in text(page)


BANK = reading(
    draft(2, stem="Hoà giải ở cơ sở?"), draft(3, topic="Cải cách thể chế", level="TH"),
    draft(4, type="true_false", options=TRUE_FALSE_OPTIONS, key=(0,)), draft(5, stem="Tỷ lệ 100% nào?"),
)


@pytest.mark.parametrize(("asked", "codes"), [
    ("", [2, 3, 4, 5]), ("q=hòa giải", [2]), ("q=HOA giai co", [2]), ("q=c-3", [3]), ("q=hai 3", [3]),
    ("q=100%25", [5]), ("q=%25", [5]), ("q=_", [2, 3, 4, 5]), ("q=!", [2, 3, 4, 5]), ("q=khong co gi", []),
    ("topic=Cải cách thể chế", [3]), ("level=TH", [3]), ("type=true_false", [4]),
    ("level=NB&type=single", [2, 5]), ("state=retired", []), ("level=lạ", []),
])
def test_search_and_filters(app, organiser, asked, codes):
    page = organiser.get(f"{filled(app, BANK)}?{asked}")
    assert [int(code) for code in re.findall(r"<header><b>C-(\d)", page.text)] == codes
    if not codes:
        assert "Không có câu nào phù hợp" in text(page)


def links(page) -> dict[str, str]:
    return {rel: html.unescape(address)
            for rel, address in re.findall(r'rel="(prev|next)" href="([^"]+)"', page.text)}


def test_pages_forth_and_back(app, organiser):
    first = organiser.get(filled(app, many(45)) + "?level=NB")
    assert set(links(first)) == {"next"}
    second = organiser.get(links(first)["next"])
    third = organiser.get(links(second)["next"])
    assert set(links(third)) == {"prev"}
    assert [len(stems(page)) for page in (first, second, third)] == [20, 20, 5]
    assert len({stem for page in (first, second, third) for stem in stems(page)}) == 45
    back = organiser.get(links(third)["prev"])
    assert stems(back) == stems(second)
    again = organiser.get(links(back)["prev"])
    assert stems(again) == stems(first)
    assert set(links(again)) == {"next"}
    assert "level=NB" in links(again)["next"]


@pytest.mark.parametrize("asked", ["after=x", "before=' or 1=1", "undo=zz", "after=" + "0" * 32])
def test_marks_that_are_none_do_no_harm(app, organiser, asked):
    assert organiser.get(f"{filled(app, many(2))}?{asked}").status_code == 200


def test_the_export_reads_back_as_the_same_questions(app, organiser):
    address = filled(app, BANK)
    answer = organiser.get(address + "/cau-hoi.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nganhang.xlsx"'
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames == ["Câu hỏi"]
    found = read_bank_here(answer.data, "x.xlsx").drafts
    assert [(d.code, d.stem, d.options, d.key) for d in found] == \
        [(d.code, d.stem, d.options, d.key) for d in BANK.drafts]


def form_of(page) -> dict[str, str]:
    """What the edit form would send unchanged."""
    body = page.text[page.text.index('name="version"') - 200:]
    sent = {name: html.unescape(value).strip("\r\n") for name, value in
            re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', body, re.S)}
    for tag in re.findall(r"<input[^>]*>", body):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="(\w+)"', tag)[1]
        if name and name[1] != "csrf_token" and (kind in ("text", "hidden") or "checked" in tag):
            sent[name[1]] = html.unescape(value[1]) if value else ""
    sent["level"] = re.search(r'<option selected value="(\w*)"', body)[1]
    return sent


def test_an_edit_makes_a_version_and_shows_the_old(app, organiser):
    address = f"{filled(app, many(1))}/cau-hoi/{question_ids(app)[0]}"
    sent = form_of(organiser.get(address))
    assert (sent["version"], sent["text_1"], sent["type"], sent["points"]) == ("1", "Hai 2", "single", "1")
    same = post(organiser, address, **sent)
    assert "Không có gì thay đổi" in text(organiser.get(same.location))
    done = post(organiser, address, **{**sent, "text_0": "Phương án mới", "points": "0,5"})
    page = text(organiser.get(done.location))
    for words in ("Đã lưu phiên bản 2.", "Phiên bản 2", "0,5 điểm", "Các phiên bản trước (1)", "Một 2",
                  "Phương án mới"):
        assert words in page
    with app.app_context():
        assert numbers() == (1, 2, 2, 0)
    late = post(organiser, address, **{**sent, "text_0": "Muộn"})
    assert late.status_code == 409
    page = text(late)
    for words in ("Câu này vừa có người khác sửa.", "Có hai bản của câu này", "Bản vừa viết, chưa lưu", "Muộn",
                  "Phương án mới"):
        assert words in page
    assert "Tải lại trang" not in page  # which would lose what was written
    assert form_of(late)["version"] == "2"
    with app.app_context():
        assert numbers() == (1, 2, 2, 0)


@pytest.mark.parametrize(("change", "words"), [
    ({"stem": " "}, "Ghi nội dung câu hỏi."),
    ({"right_1": None}, "Đánh dấu phương án đúng."),
    ({"right_0": "y"}, "Loại câu này chỉ có một đáp án đúng."),
    ({"text_2": "hai 2."}, "Có hai phương án giống nhau."),
    ({"text_0": "", "text_2": "", "text_3": ""}, "Cần ít nhất 2 phương án."),
    ({"text_1": ""}, "Có phương án đang trống."),
    ({"type": "true_false"}, "Câu đúng/sai có đúng 2 phương án."),
    ({"type": "poem"}, "Chọn một mục trong danh sách."),
    ({"level": "lạ"}, "Chọn một mục trong danh sách."),
    ({"points": "0"}, "Ghi một số lớn hơn 0"),
    ({"points": "nhiều"}, "Ghi một số lớn hơn 0"),
    ({"topic": "x" * 121}, "Lĩnh vực dài quá 120 ký tự."),
    ({"explanation": "x" * 8001}, "Giải thích dài quá 8.000 ký tự."),
    ({"version": ""}, "Câu này vừa có người khác sửa."),
    ({"version": "x"}, "Câu này vừa có người khác sửa."),
])
def test_an_edit_that_cannot_be_kept(app, organiser, change, words):
    address = f"{filled(app, many(1))}/cau-hoi/{question_ids(app)[0]}"
    sent = {**form_of(organiser.get(address)), **change}
    answer = post(organiser, address, **{name: value for name, value in sent.items() if value is not None})
    assert answer.status_code == (409 if "version" in change else 422)
    assert words in text(answer)
    with app.app_context():
        assert numbers() == (1, 1, 1, 0)


def test_out_of_use_with_a_way_back(app, organiser):
    address = filled(app, many(2))
    one = f"{address}/cau-hoi/{question_ids(app)[0]}"
    page = organiser.get(post(organiser, one + "/ngung-dung").location)
    assert "Đã ngừng dùng câu C-2." in text(page)
    assert "Hoàn tác" in text(page)
    assert stems(page) == ["Câu hỏi số 3 hỏi gì?"]
    assert "Ngừng dùng 1" in text(page)
    assert stems(organiser.get(address + "?state=retired")) == ["Câu hỏi số 2 hỏi gì?"]
    page = organiser.get(post(organiser, one + "/dung-lai").location)
    assert "Câu C-2 đã được dùng lại." in text(page)
    assert len(stems(organiser.get(address))) == 2


def test_a_question_is_found_in_its_own_bank_only(app, organiser):
    filled(app, many(1))
    with app.app_context():
        other = new_bank("khac").id
        db.session.commit()
    address = f"{HOME}/{other}/cau-hoi/{question_ids(app)[0]}"
    assert organiser.get(address).status_code == 404
    assert post(organiser, address + "/ngung-dung").status_code == 404
    assert organiser.get(f"{HOME}/{'0' * 32}").status_code == 404


def every_address(app) -> list[tuple[str, str]]:
    """Every route of the room with real ids, and its method."""
    address = filled(app, many(2))
    with app.app_context():
        stage(db.session.get(Bank, address.rpartition("/")[2]), many(3))
        db.session.commit()
    ids = {"bank_id": address.rpartition("/")[2], "question_id": question_ids(app)[0],
           "import_id": staged_ids(app)[-1], "verdict": "reviewed", "ordinal": 1, "kind": "single", "job_id": "0" * 32}
    with app.test_request_context():
        from flask import url_for

        return [(method, url_for(rule.endpoint, **{name: ids[name] for name in rule.arguments}))
                for rule in app.url_map.iter_rules()
                if rule.endpoint.startswith("questions.") and "name" not in rule.arguments  # pictures: anyone signed in
                for method in sorted(rule.methods & {"GET", "POST"})]


@pytest.mark.parametrize("role", ["contestant", "coordinator", "report_viewer"])
def test_others_are_refused_everywhere_and_see_no_key(app, hands, role):
    addresses = every_address(app)
    assert len(addresses) >= 17
    other = browser(app, role)
    for method, address in addresses:
        answer = other.get(address) if method == "GET" else post(other, address)
        assert answer.status_code == 403, address
        assert "Hai 2" not in answer.text
        assert "Giải thích" not in answer.text
    with app.app_context():
        assert numbers() == (2, 2, 2, 0)


def test_strangers_are_sent_to_sign_in(app, client):
    for method, address in every_address(app):
        if method == "GET":
            assert "/dang-nhap" in client.get(address).location


def test_the_same_statements_for_one_row_and_three(app, organiser):
    sizes = {}
    for count in (1, 3):
        with app.app_context():
            banks = [new_bank(f"bank{count}{n}") for n in range(count)]
            for bank in banks:
                take(bank, many(count))
                stage(bank, many(count))
            db.session.commit()
            key = banks[0].id
        paths = (HOME, f"{HOME}/{key}", f"{HOME}/{key}/cau-hoi.xlsx", f"{HOME}/nhap/{staged_ids(app)[-1]}")
        for number, path in enumerate(paths):
            with counted(app) as statements:
                assert organiser.get(path).status_code == 200
            sizes.setdefault(number, []).append(len(statements))
    assert all(one == three for one, three in sizes.values()), sizes
