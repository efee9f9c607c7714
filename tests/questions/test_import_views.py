import html
import io
import re
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from contest.extensions import db
from contest.questions.formats.gate import read_bank_here
from contest.questions.import_models import BankImport
from tests.factories import NOON
from tests.questions.cast import browser, post, sheet, staged_ids, upload
from tests.questions.drafted import many, new_bank, numbers, stage, take
from tests.questions.formats.built import HEADER, ONE_CELL, question, workbook
from tests.statements import counted
from tests.work import steps


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


def held(app):
    with app.app_context():
        return numbers()


def test_a_journey_from_file_to_bank(app, organiser, bank):
    done = upload(organiser, bank, sheet("A", "B", "?", "A, C"), "../Câu hỏi.xlsx")
    assert done.status_code == 303
    page = text(organiser.get(done.location))
    assert held(app) == (0, 0, 0, 0)
    for words in ("Xem trước 4 dòng", "Tất cả 4", "Hợp lệ 3", "Cảnh báo 0", "Lỗi 1", "Trùng 0",
                  "Bỏ qua 0", "Nhập 3 câu hỏi", "Cột đã ghép: 7/7", "B “Nội dung câu hỏi” → Nội dung câu hỏi",
                  "Không hiểu đáp án “?”.", "Đáp án đúng"):
        assert words in page
    result = post(organiser, done.location)
    assert result.status_code == 303
    assert held(app) == (3, 3, 3, 0)
    page = organiser.get(result.location)
    assert "Đã nhập 3 câu vào “Ngân hàng nganhang”" in text(page)
    assert "Dòng lỗi 1 dòng" in text(page)
    assert "dong-loi.xlsx" in page.text
    page = text(organiser.get(f"/to-chuc/ngan-hang/{bank}"))
    assert "Câu đang dùng 3" in page
    assert "Trần Văn Bình 3 0 0 1" in page  # the log: who, created, updated, duplicates, errors


def test_options_told_apart_by_a_guess_are_shown_with_their_letters_and_taken_by_saving_them(app, organiser, bank):
    cells = ["A. Một\nHai\nC. Ba\nD. Bốn", *["A. Một\nB. Hai\nC. Ba\nD. Bốn"] * 3]
    rows = [[number, f"Câu hỏi {number}?", cell, "A"] for number, cell in enumerate(cells, start=1)]
    page = organiser.get(upload(organiser, bank, workbook([ONE_CELL, *rows])).location)
    assert '<details class="more" open><summary>Phương án đọc được' in page.text
    assert '<ol class="as-read"><li>Một</li>' in page.text
    [import_id] = staged_ids(app)
    preview = f"/to-chuc/ngan-hang/nhap/{import_id}"
    assert "Nếu các ô dưới đây đã đúng, bấm Lưu" in text(organiser.get(f"{preview}?sua=0"))
    saved = post(organiser, f"{preview}/dong/0", f_stem="Câu hỏi 1?", f_option_b="Hai")
    assert "Đã sửa dòng 2, nay nhập được." in text(organiser.get(saved.location))


def test_the_workbook_of_faulty_rows_can_be_mended_and_read_again(app, organiser, bank):
    path = upload(organiser, bank, sheet("A", "B", "?", "F")).location
    answer = organiser.get(path + "/dong-loi.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dong-loi.xlsx"'
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0] == [*HEADER, "Lý do", "Mã dòng (giữ nguyên)"]
    assert [row[-1] for row in rows[1:]] == [f"{path[-32:]}:{place}" for place in (2, 3)]
    assert page.column_dimensions["I"].hidden
    assert [row[rows[0].index("Đáp án đúng")] for row in rows[1:]] == ["?", "F"]
    assert rows[1][-2].startswith("Dòng 4, cột Đáp án đúng: không hiểu đáp án")
    for row in (2, 3):
        page.cell(row, rows[0].index("Đáp án đúng") + 1).value = "B"
    target = io.BytesIO()
    page.parent.save(target)
    again = read_bank_here(target.getvalue(), "x.xlsx")
    assert [(d.stem, d.key) for d in again.usable] == [("Câu hỏi số 3?", (1,)), ("Câu hỏi số 4?", (1,))]


def test_a_second_confirmation_is_refused_in_words(app, organiser, bank):
    path = upload(organiser, bank, sheet("A")).location
    assert post(organiser, path).status_code == 303
    again = post(organiser, path)
    assert again.status_code == 409
    assert "Tệp “tep.xlsx” đã được nhập lúc 12:00 ngày 01/12/2026." in text(again)
    assert held(app) == (1, 1, 1, 0)
    assert organiser.get(path).location.endswith("/ket-qua")


def test_the_same_file_is_warned_of_and_adds_nothing(app, organiser, bank):
    data = sheet("A", "B")
    post(organiser, upload(organiser, bank, data).location)
    path = upload(organiser, bank, data).location
    page = text(organiser.get(path))
    assert "Lúc 12:00 ngày 01/12/2026, Trần Văn Bình đã nhập đúng tệp này vào ngân hàng “Ngân hàng nganhang”." in page
    assert "Chưa có câu nào để nhập" in page
    assert "Trùng 2" in page
    assert post(organiser, path, way="add").status_code == 303
    assert held(app) == (2, 2, 2, 0)


def test_the_number_on_the_button_follows_the_choice(app, organiser, bank):
    post(organiser, upload(organiser, bank, sheet("A", "B")).location)
    path = upload(organiser, bank, sheet("A", "C", "D")).location
    page = organiser.get(path)
    assert "Nhập 1 câu" in text(page)
    assert "Nhập 1 câu hỏi, cập nhật 1 câu" in text(organiser.get(path + "?way=update"))
    assert "Nhập 2 câu" in text(organiser.get(path + "?way=add"))
    assert "Đang có trong ngân hàng" in text(organiser.get(path + "?state=update"))
    post(organiser, path, way="update")
    assert held(app) == (3, 4, 4, 0)


def test_an_import_that_only_changes_questions_says_so(organiser, bank):
    post(organiser, upload(organiser, bank, sheet("A")).location)
    done = post(organiser, upload(organiser, bank, sheet("B")).location, way="update")
    assert "Đã cập nhật 1 câu trong “Ngân hàng nganhang”" in text(organiser.get(done.location))


def test_the_tabs_narrow_the_rows(organiser, bank):
    path = upload(organiser, bank, sheet("A", "?", "B")).location
    assert "Câu hỏi số 1?" not in organiser.get(path + "?state=error").text
    assert "Câu hỏi số 2?" in organiser.get(path + "?state=error").text
    assert "Không có dòng nào ở mục này." in organiser.get(path + "?state=update").text


def test_long_lists_are_paged(organiser, bank):
    path = upload(organiser, bank, sheet(*["A"] * 51)).location
    first, second = organiser.get(path).text, organiser.get(path + "?page=2").text
    assert "Trang 1/2" in first
    assert "Câu hỏi số 50?" in first
    assert "Câu hỏi số 51?" not in first
    assert "Câu hỏi số 51?" in second
    assert "Câu hỏi số 50?" not in second
    assert organiser.get(path + "?page=99").text.count("Câu hỏi số") == second.count("Câu hỏi số")
    assert organiser.get(path + "?page=x").status_code == 200


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le").rjust(2048, b"\0")


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("a.txt", "a")
    return target.getvalue()


@pytest.mark.parametrize(("data", "name", "words"), [
    (b"", "rong.xlsx", "Tệp trống. Chọn tệp có câu hỏi."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2048, "cu.xlsx", "Tệp Excel đời cũ (.xls)."),
    (encrypted(), "khoa.xlsx", "Tệp đặt mật khẩu. Bỏ mật khẩu rồi tải lên."),
    (b"%PDF-1.7\n", "de.xlsx", "Tệp PDF không đọc được."),
    (archive(), "nen.xlsx", "Tệp nén"),
    (workbook([HEADER]), "mau.xlsx", "Dưới dòng tiêu đề 1 không có câu hỏi nào."),
])
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(app, organiser, bank, data, name, words):
    answer = upload(organiser, bank, data, name)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Lỗi:" in re.search("<title>(.*?)</title>", answer.text, re.S)[1]
    assert staged_ids(app) == []
    assert held(app) == (0, 0, 0, 0)


def test_no_file_chosen(app, organiser, bank):
    answer = post(organiser, f"/to-chuc/ngan-hang/{bank}/nhap")
    assert answer.status_code == 422
    assert "Chưa chọn tệp. Chọn ít nhất một tệp câu hỏi." in text(answer)


def test_a_file_beyond_the_limit(app, organiser, bank):
    answer = organiser.post(f"/to-chuc/ngan-hang/{bank}/nhap", data=b"x",
                            environ_overrides={"CONTENT_LENGTH": str(25 * 1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "Giới hạn là 25 MB." in text(answer)
    assert staged_ids(app) == []


def test_csv_and_names_that_are_none(app, organiser, bank):
    data = "Câu hỏi;A;B;Đáp án\nHỏi gì?;một;hai;B\n".encode()
    path = upload(organiser, bank, data, "C:\\thư mục\\<b>tệp</b>.csv").location
    answer = organiser.get(path)
    assert "<b>tệp" not in answer.text
    assert "Nhập 1 câu" in text(answer)


def test_reading_a_file_holds_no_turn_to_write(app, organiser, bank, monkeypatch):
    """While one file is read, another organiser writes."""
    from contest.questions import operations, readings

    seen = []

    def slow(files, wish=None):
        with app.app_context():
            seen.append(operations.create_bank("khac", "Khác", by=None, now=NOON).code)
            db.session.commit()
        return read_bank_here(files[0][1], files[0][0])

    monkeypatch.setattr(readings, "read_bank_files", slow)
    assert upload(organiser, bank, sheet("A")).status_code == 303
    assert seen == ["khac"]


def test_a_staged_file_is_offered_again_and_can_be_dropped(app, organiser, bank):
    path = upload(organiser, bank, sheet("A"), "cho.xlsx").location
    assert path in organiser.get(f"/to-chuc/ngan-hang/{bank}").text
    assert path in organiser.get(f"/to-chuc/ngan-hang/{bank}/nhap").text
    done = post(organiser, path + "/huy")
    page = organiser.get(done.location)
    assert "Đã hủy lần nhập tệp “cho.xlsx”. Chưa nhập câu nào." in text(page)
    assert path not in page.text
    assert post(organiser, path).status_code == 409
    assert organiser.get(path + "/ket-qua").status_code == 409
    assert organiser.get(path + "/dong-loi.xlsx").status_code == 404
    assert held(app) == (0, 0, 0, 0)


@pytest.mark.parametrize(("hours", "status"), [(23.99, 200), (24, 404)])
def test_a_staged_file_waits_a_day(app, organiser, bank, hands, hours, status):
    with app.app_context():
        from contest.questions.models import Bank

        key = stage(db.session.get(Bank, bank), many(1), now=NOON - timedelta(hours=hours)).id
        db.session.commit()
    answer = organiser.get(f"/to-chuc/ngan-hang/nhap/{key}")
    assert answer.status_code == status
    if status == 404:
        assert "đã quá 24 giờ" in text(answer)
    assert (key in organiser.get(f"/to-chuc/ngan-hang/{bank}").text) == (status == 200)


def test_the_result_of_an_import_not_confirmed_is_its_preview(organiser, bank):
    path = upload(organiser, bank, sheet("A")).location
    assert organiser.get(path + "/ket-qua").location == path


def test_looking_writes_nothing(app, organiser, bank):
    path = upload(organiser, bank, sheet("A")).location

    def state():
        with app.app_context():
            return [(row.state, row.outcome, row.done_at) for row in db.session.scalars(select(BankImport))]

    before = state()
    for address in (path, path + "?way=update", path + "/ket-qua", path + "/dong-loi.xlsx"):
        organiser.get(address)
    assert state() == before


def test_a_big_import_costs_no_more_than_its_length(app):
    """One transaction, which other writers wait for: many questions a statement."""
    with app.app_context():
        take(new_bank(), many(20))
        few, some, more = (steps(take, new_bank(f"nganhang{count}"), many(count)) for count in (20, 100, 300))
        bank = new_bank("nganhanglon")
        with counted(app) as statements:
            assert take(bank, many(1000))["created"] == 1000
    assert (more - some) / 200 < 1.1 * (some - few) / 80  # of one question, whatever an import costs anyway
    assert len(statements) < 100


def test_rows_of_one_question_are_escaped(organiser, bank):
    row = question(1)
    row[1] = "<script>alert(1)</script>?"
    page = organiser.get(upload(organiser, bank, workbook([HEADER, row])).location)
    assert "<script>alert" not in page.text
    assert "<script>alert(1)</script>?" in html.unescape(page.text)
