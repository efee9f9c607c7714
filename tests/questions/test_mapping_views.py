"""The steps of an import around its preview: columns, files that come back, long work, undoing, the log."""

import html
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from contest.extensions import db
from contest.jobs.models import Job
from contest.jobs.operations import claim
from contest.jobs.running import run_next
from contest.questions import import_views, preview_views
from contest.questions.import_models import BankImport, ImportMemory, Upload
from contest.questions.models import Question
from contest.questions.seals import seal_bank
from tests import factories
from tests.factories import NOON
from tests.questions.cast import browser, counted, post, sheet, staged_ids, upload
from tests.questions.drafted import many, new_bank, numbers, stage
from tests.questions.formats.built import HEADER, question, workbook, workbooks

ODD = ["Thứ tự", "Nêu vấn đề", "Ý 1", "Ý 2", "Chốt"]


@pytest.fixture
def organiser(app, hands):
    return browser(app, "organiser")


@pytest.fixture
def bank(app):
    with app.app_context():
        key = new_bank().id
        db.session.commit()
    return key


def text(response) -> str:
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.text, flags=re.S)
    return " ".join(html.unescape(plain).split())


def odd(count=3, header=ODD):
    return workbook([header, *([n, f"Việc số {n} là gì?", "một", "hai", "2"] for n in range(1, count + 1))])


CHOSEN = {"col_B": "stem", "col_C": "option_a", "col_D": "option_b", "col_E": "key", "header_row": "1"}


def worked(app):
    with app.app_context():
        return run_next(app.extensions["jobs"], beat_s=60)


def test_a_table_whose_header_nobody_knows_is_mapped_by_hand(app, organiser, bank):
    done = upload(organiser, bank, odd(), "viec.xlsx")
    assert done.location.endswith("/cot")
    page = organiser.get(done.location)
    for words in ("Không tìm thấy dòng tiêu đề", "Nêu vấn đề", "Việc số 1 là gì?"):
        assert words in text(page)
    mapped = post(organiser, done.location, **CHOSEN)
    assert "Nhập 3 câu hỏi" in text(organiser.get(mapped.location))
    assert "Cột đã ghép: 4/5" in text(organiser.get(mapped.location))


def test_the_same_headers_are_read_the_same_way_again_by_the_same_person(app, organiser, bank):
    post(organiser, upload(organiser, bank, odd()).location, **CHOSEN)
    again = upload(organiser, bank, odd(5, [name.upper() for name in ODD]))
    assert "Nhập 5 câu hỏi" in text(organiser.get(again.location))
    with app.app_context():
        assert len(db.session.scalars(select(ImportMemory)).all()) == 1


def test_other_people_have_their_own_memory(app, organiser, bank):
    post(organiser, upload(organiser, bank, odd()).location, **CHOSEN)
    with app.app_context():
        other = factories.account(roles=("organiser",))
        db.session.commit()
        db.session.refresh(other)
        db.session.expunge(other)
    assert upload(factories.signed_in(app.test_client(), other), bank, odd()).location.endswith("/cot")


def test_two_columns_for_one_field_are_refused_and_what_was_chosen_stays(organiser, bank):
    path = upload(organiser, bank, odd()).location
    answer = post(organiser, path, **{**CHOSEN, "col_A": "stem"})
    assert answer.status_code == 422
    assert "Có hai cột cùng chọn “Nội dung câu hỏi”. Đổi một cột." in text(answer)
    assert re.search(r'name="col_E">.*?<option value="key" selected>', answer.text, re.S)


def test_another_sheet_and_another_header_row_can_be_looked_at(organiser, bank):
    data = workbooks({"Hướng dẫn": [["Điền", "vào"], ["x", "y"]], "Đề": [["ĐỀ"], HEADER, question(1), question(2)]})
    path = upload(organiser, bank, data).location
    columns = path + "/cot"
    assert "Nội dung câu hỏi" in text(organiser.get(columns))
    assert "Điền" in text(organiser.get(columns + "?sheet=Hướng dẫn"))
    assert "Câu hỏi số 1?" in text(organiser.get(columns + "?row=3"))
    assert organiser.get(columns + "?sheet=khong-co").status_code == 409
    assert organiser.get(columns + "?row=-5").status_code == 200


def test_the_style_of_keys_decides_what_numbers_mean(organiser, bank):
    path = upload(organiser, bank, sheet("1", "2", "2")).location
    same = {f"col_{letter}": field for letter, field in zip(
        "ABCDEFG", ["number", "stem", "option_a", "option_b", "option_c", "option_d", "key"], strict=True)}
    post(organiser, path + "/cot", header_row="1", key_style="numbers_from_zero", **same)
    page = organiser.get(path)
    first = re.search(r'<li id="d0".*?</li>\s*<li id="d1"', page.text, re.S)[0]
    assert re.search(r'class="right"><span class="k">B', first)


def test_formats_without_columns_have_no_such_page(organiser, bank):
    path = upload(organiser, bank, "::A:: Hỏi gì? {=một ~hai}\n".encode(), "a.gift").location
    assert "Định dạng: gift" in text(organiser.get(path))
    assert organiser.get(path + "/cot").status_code == 409


def test_a_key_file_is_sent_with_its_questions(app, organiser, bank):
    questions = "Câu 1. Hỏi gì?\nA. một\nB. hai\nCâu 2. Hỏi ai?\nA. một\nB. hai\n".encode()
    keys = "ĐÁP ÁN\n1. B\n2. A\n".encode()
    done = post(organiser, f"/to-chuc/ngan-hang/{bank}/nhap",
                file=[(io.BytesIO(questions), "de.txt"), (io.BytesIO(keys), "dap-an.txt")])
    page = text(organiser.get(done.location))
    assert "de.txt, dap-an.txt" in page
    assert "Nhập 2 câu hỏi" in page
    with app.app_context():
        assert [one.name for one in db.session.scalars(select(Upload).order_by(Upload.position))] == \
            ["de.txt", "dap-an.txt"]


def mended(answer, key="B", only=None, stem=""):
    """The workbook of faulty rows with the key set in all rows, or in one; its rows in another order."""
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    page = book.active
    header = [cell.value for cell in page[1]]
    column = header.index("Đáp án đúng") + 1
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    for number, row in enumerate(rows):
        if only is None or number == only:
            row[column - 1] = key
            row[1] += stem
    page.delete_rows(2, len(rows))
    for row in reversed(rows):
        page.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_mended_rows_come_back_to_the_import_that_waits(app, organiser, bank):
    path = upload(organiser, bank, sheet("A", "B", "?", "C", "F")).location
    data = mended(organiser.get(path + "/dong-loi.xlsx"), only=0)
    back = upload(organiser, bank, data, "sua.xlsx")
    assert back.location == path
    page = text(organiser.get(path))
    assert "Đã lấy 1 dòng từ tệp đã sửa vào lần nhập đang chờ." in page
    assert "Nhập 4 câu hỏi" in page
    assert len(staged_ids(app)) == 1
    post(organiser, path)
    with app.app_context():
        assert numbers()[0] == 4


def test_mended_rows_of_a_finished_import_are_known_even_twice(app, organiser, bank):
    path = upload(organiser, bank, sheet("A", "B", "?", "C", "F")).location
    rejects = organiser.get(path + "/dong-loi.xlsx")
    post(organiser, path)
    second = upload(organiser, bank, mended(rejects)).location
    assert "Nhập 2 câu hỏi" in text(organiser.get(second))
    post(organiser, second)
    third = upload(organiser, bank, mended(rejects, key="C", stem=" Viết lại hẳn.")).location  # no code, other words
    page = text(organiser.get(third + "?way=update"))
    assert "Cập nhật 2 câu hỏi" in page
    post(organiser, third, way="update")
    with app.app_context():
        assert numbers()[:2] == (5, 7)


def test_keys_of_another_bank_name_nothing(app, organiser, bank):
    path = upload(organiser, bank, sheet("A", "?")).location
    data = mended(organiser.get(path + "/dong-loi.xlsx"))
    with app.app_context():
        other = new_bank("khac").id
        db.session.commit()
    assert upload(organiser, other, data).location != path
    with app.app_context():
        row = db.session.scalars(select(BankImport).where(BankImport.bank_id == other)).one()
        assert row.row_keys == {}


def test_faulty_rows_of_other_formats_come_as_our_template(organiser, bank):
    data = "::A:: Hỏi gì? {=một ~hai}\n\n::B:: Hỏi ai? {~một ~hai}\n".encode()
    path = upload(organiser, bank, data, "a.gift").location
    book = openpyxl.load_workbook(io.BytesIO(organiser.get(path + "/dong-loi.xlsx").data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[0][:4] == ["STT", "Mã câu hỏi", "Loại", "Nội dung câu hỏi"]
    assert rows[0][-3:] == ["Dòng trong tệp gốc", "Lý do", "Mã dòng (giữ nguyên)"]
    back = upload(organiser, bank, mended(organiser.get(path + "/dong-loi.xlsx")), "sua.xlsx")
    assert back.location == path
    assert "Nhập 2 câu hỏi" in text(organiser.get(path))


def test_a_row_is_mended_on_the_page(organiser, bank):
    path = upload(organiser, bank, sheet("A", "?", "B")).location
    form = organiser.get(path + "?state=error&sua=1")
    assert "Không hiểu đáp án" in text(form)
    assert 'name="f_key"' in form.text
    done = post(organiser, path + "/dong/1", f_key="C", state="error")
    assert done.status_code == 303
    page = text(organiser.get(done.location.partition("#")[0]))
    for words in ("Đã sửa dòng 3, nay nhập được.", "đã sửa", "Nhập 3 câu hỏi", "Hoàn tác lần sửa gần nhất (1 dòng)"):
        assert words in page
    post(organiser, path + "/lui-lai")
    assert "Nhập 2 câu hỏi" in text(organiser.get(path))


def test_one_row_s_mending_is_offered_to_those_alike(organiser, bank):
    path = upload(organiser, bank, sheet("A", "B", "C")).location
    done = post(organiser, path + "/dong/0", f_topic="Chuyển đổi số")
    page = organiser.get(done.location.partition("#")[0]).text
    row = page[page.index('<li id="d0"'):page.index('<li id="d1"')]
    assert "Áp dụng cho 2 dòng giống nhau" in row  # where the eyes are: the page opens at the row
    assert page.count("Áp dụng cho 2 dòng giống nhau") == 1
    done = post(organiser, path + "/dong/0/giong-nhau", field="topic")
    assert "Đã sửa thêm 2 dòng giống nhau." in text(organiser.get(done.location))
    assert organiser.get(path).text.count("<span>Chuyển đổi số</span>") == 3


def test_choices_of_rows_and_of_errors(app, organiser, bank):
    path = upload(organiser, bank, sheet("A", "?", "B")).location
    blocked = text(organiser.get(path + "?loi=dung"))
    assert "Còn 1 dòng lỗi. Sửa hoặc bỏ qua từng dòng, rồi nhập." in blocked
    assert post(organiser, path, loi="dung").status_code == 422
    post(organiser, path + "/dong/1/chon", choice="skip")
    page = text(organiser.get(path + "?loi=dung"))
    assert "Bỏ qua 1" in page
    assert "Nhập 2 câu hỏi" in page
    result = post(organiser, path, loi="dung")
    assert "Bỏ qua theo lựa chọn 1 dòng" in text(organiser.get(result.location))


def test_an_import_is_undone_and_the_log_says_so(app, organiser, bank):
    path = upload(organiser, bank, sheet("A", "B"), "tap huan.xlsx").location
    result = post(organiser, path).location
    assert "Hoàn tác lần nhập này" in text(organiser.get(result))
    done = post(organiser, path + "/hoan-tac")
    page = text(organiser.get(done.location))
    assert "Đã hoàn tác: xóa 2 câu đã tạo, trả 0 câu về phiên bản trước." in page
    assert "Lúc 12:00 ngày 01/12/2026, Trần Văn Bình đã hoàn tác." in page
    log = text(organiser.get(f"/to-chuc/ngan-hang/{bank}/nhap/nhat-ky"))
    for words in ("tap huan.xlsx", "Trần Văn Bình 12:00", "2 0 0 0 12:00 ngày 01/12/2026, Trần Văn Bình"):
        assert words in log or words.startswith("Trần")
    assert post(organiser, path + "/hoan-tac").status_code == 409
    with app.app_context():
        assert numbers()[0] == 0
    assert "Tệp này đã được nhập một lần" not in text(organiser.get(upload(organiser, bank, sheet("A", "B")).location))


def test_the_log_is_paged(app, organiser, bank, monkeypatch):
    from contest.questions import staged

    monkeypatch.setattr(staged, "LOG_PAGE", 2)
    for key in "ABC":
        post(organiser, upload(organiser, bank, sheet(key), f"{key}.xlsx").location, way="update")
    first = organiser.get(f"/to-chuc/ngan-hang/{bank}/nhap/nhat-ky")
    after = re.search(r"nhat-ky\?after=([0-9a-f]{32})", first.text)[1]
    second = organiser.get(f"/to-chuc/ngan-hang/{bank}/nhap/nhat-ky?after={after}")
    assert [name for name in "ABC" if f"{name}.xlsx" in first.text] == ["B", "C"]
    assert [name for name in "ABC" if f"{name}.xlsx" in second.text] == ["A"]


@pytest.fixture
def long_files(monkeypatch):
    monkeypatch.setattr(import_views, "AT_ONCE_BYTES", 10)


def test_a_long_file_is_read_by_the_worker(app, organiser, bank, long_files):
    done = upload(organiser, bank, sheet("A", "B", "?"), "dai.xlsx")
    assert done.location.endswith("/tien-trinh")
    page = organiser.get(done.location)
    assert "Đang chờ đến lượt…" in text(page)
    assert '<meta http-equiv="refresh" content="3">' in page.text
    assert organiser.get(done.location + ".json").json["next"] is None
    assert worked(app)
    told = organiser.get(done.location + ".json").json
    assert told["next"] == done.location.removesuffix("/tien-trinh")
    assert organiser.get(done.location).location == told["next"]
    assert "Nhập 2 câu hỏi" in text(organiser.get(told["next"]))


def test_a_worker_that_does_not_run_is_told(organiser, bank, hands, long_files):
    path = upload(organiser, bank, sheet("A")).location
    hands.advance(seconds=15)
    assert organiser.get(path + ".json").json["late"] is None
    hands.advance(seconds=1)
    assert "Bộ xử lý nền chưa chạy" in organiser.get(path + ".json").json["late"]
    assert "Bộ xử lý nền chưa chạy" in text(organiser.get(path))


def test_what_the_worker_cannot_read_says_why(app, organiser, bank, long_files):
    path = upload(organiser, bank, b"%PDF-1.7 nothing to read here", "de.pdf").location
    assert worked(app)
    page = text(organiser.get(path))
    assert "Tệp PDF không đọc được." in page
    assert "Chọn tệp khác" in page
    path = upload(organiser, bank, odd()).location
    assert worked(app)
    assert organiser.get(path).location.endswith("/cot")


def test_reading_is_called_off(app, organiser, bank, long_files):
    path = upload(organiser, bank, sheet("A"), "bo.xlsx").location
    done = post(organiser, path.replace("tien-trinh", "dung"))
    assert "Đã hủy lần nhập tệp “bo.xlsx”. Chưa nhập câu nào." in text(organiser.get(done.location))
    assert not worked(app)
    with app.app_context():
        assert db.session.scalars(select(Job.state)).all() == ["cancelled"]
        assert db.session.scalars(select(Upload.id)).all() == []


def test_many_questions_are_written_by_the_worker(app, organiser, bank, monkeypatch):
    monkeypatch.setattr("contest.questions.import_jobs.AT_ONCE_QUESTIONS", 2)
    path = upload(organiser, bank, sheet("A", "B", "C")).location
    done = post(organiser, path)
    assert done.location.endswith("/tien-trinh")
    assert organiser.get(path).location == done.location
    assert post(organiser, path).status_code == 409  # it is under way
    assert worked(app)
    with app.app_context():
        assert numbers()[0] == 3
    assert organiser.get(done.location).location.endswith("/ket-qua")


def test_a_dead_workers_job_is_done_by_the_next(app, organiser, bank, hands, long_files):
    path = upload(organiser, bank, sheet("A", "B")).location
    with app.app_context():
        claim(NOON)
        db.session.commit()  # and there the worker dies
    assert not worked(app)
    hands.advance(seconds=31)
    assert "Bộ xử lý nền chưa chạy" in organiser.get(path + ".json").json["late"]
    assert worked(app)
    assert "Nhập 2 câu hỏi" in text(organiser.get(organiser.get(path).location))


def test_writing_is_called_off_and_can_be_asked_for_again(app, organiser, bank, monkeypatch):
    monkeypatch.setattr("contest.questions.import_jobs.AT_ONCE_QUESTIONS", 2)
    path = upload(organiser, bank, sheet("A", "B", "C")).location
    post(organiser, path)
    post(organiser, path + "/dung")
    assert not worked(app)
    assert "Nhập 3 câu hỏi" in text(organiser.get(path))
    post(organiser, path)
    assert worked(app)
    with app.app_context():
        assert numbers()[0] == 3


def test_a_refused_writing_says_why(app, organiser, bank, monkeypatch):
    monkeypatch.setattr("contest.questions.import_jobs.AT_ONCE_QUESTIONS", 2)
    path = upload(organiser, bank, sheet("A", "B", "?", "C")).location
    done = post(organiser, path, loi="dung")
    assert worked(app)
    assert "Còn 1 dòng lỗi nên chưa nhập câu nào." in text(organiser.get(done.location))
    assert organiser.get(path).status_code == 200


def test_a_sealed_bank_takes_no_file_and_shows_none(app, organiser, bank):
    path = upload(organiser, bank, sheet("A")).location
    with app.app_context():
        seal_bank(bank, by=None, now=NOON)
        db.session.commit()
    assert upload(organiser, bank, sheet("B")).status_code == 409
    assert organiser.get(f"/to-chuc/ngan-hang/{bank}/nhap").status_code == 409
    assert organiser.get(path).status_code == 303
    assert organiser.get(path).location == path + "/tien-trinh"
    assert organiser.get(path + "/tien-trinh").status_code == 409
    assert organiser.get(path + "/dong-loi.xlsx").status_code == 404
    assert organiser.get(path + "/cot").status_code == 303


def test_nothing_of_an_import_reaches_a_contestant(app, organiser, bank):
    path = upload(organiser, bank, sheet("A", "?")).location
    contestant = browser(app, "contestant")
    for address in (path, path + "/cot", path + "/tien-trinh", path + "/tien-trinh.json", path + "/ket-qua",
                    path + "/dong-loi.xlsx", f"/to-chuc/ngan-hang/{bank}/nhap",
                    f"/to-chuc/ngan-hang/{bank}/nhap/nhat-ky"):
        answer = contestant.get(address)
        assert answer.status_code == 403
        assert "Câu hỏi số" not in answer.text
    for address in ("", "/dong/0", "/dong/0/chon", "/dong/0/giong-nhau", "/lui-lai", "/huy", "/dung", "/hoan-tac",
                    "/doc-lai", "/cot"):
        assert post(contestant, path + address).status_code == 403


def test_looking_at_a_preview_costs_the_same_for_any_number_of_rows(app, organiser, bank):
    costs = {}
    for count in (1, 3, 120):
        with app.app_context():
            from contest.questions.models import Bank

            key = stage(db.session.get(Bank, bank), many(count), now=NOON + timedelta(seconds=count)).id
            db.session.commit()
        path = f"/to-chuc/ngan-hang/nhap/{key}"
        organiser.get(path)
        with counted(app) as statements:
            assert organiser.get(path).status_code == 200
        costs[count] = len(statements)
    assert costs[1] == costs[3] == costs[120]
    assert costs[1] <= 14


def test_a_near_duplicate_is_shown_beside_the_banks_own(app, organiser, bank):
    row = question(1)
    row[1] = "Theo Kế hoạch cải cách hành chính, cơ quan nào chủ trì tổng hợp báo cáo hằng quý của tỉnh?"
    post(organiser, upload(organiser, bank, workbook([HEADER, row])).location)
    row[1] = "Theo Kế hoạch cải cách hành chính, cơ quan nào chủ trì tổng hợp báo cáo hằng năm của tỉnh?"
    page = organiser.get(upload(organiser, bank, workbook([HEADER, row])).location)
    assert "Gần giống một câu của ngân hàng" in text(page)
    assert "hằng quý" in text(page)
    with app.app_context():
        assert db.session.scalars(select(Question)).one()


def test_pages_of_rows_of_fifty(organiser, bank):
    path = upload(organiser, bank, sheet(*["A"] * 51)).location
    assert organiser.get(path).text.count('<li id="d') == preview_views.PAGE
    assert organiser.get(path + "?page=2").text.count('<li id="d') == 1
