import hashlib
import re
import zipfile
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account
from contest.marking.models import Essay
from contest.reports import exports
from contest.rounds import barring
from contest.rounds.models import ContestUnit, Round
from contest.rounds.publishing import cancel_round
from contest.rounds.scoring_words import band_words
from contest.scoring.bands import BANDS
from contest.standings import figures
from contest.standings.board_models import Board
from contest.standings.operations import score_round
from tests import factories
from tests.factories import NOON, signed_in
from tests.marking.cast import TEXT
from tests.marking.cast import Stage as Essays
from tests.standings.cast import sit, stage
from tests.statements import counted

LATER = NOON + timedelta(hours=2)
HOSTILE = [
    *(lead + 'HYPERLINK("http://x.example","y")' for lead in ("=", "+", "-", "@", "＝", "＋", "－", "＠")),
    *(lead + "=1+1" for lead in ("\t", "\n", " ", "'", '"', ";", ",", "|", "%", "\u00a0", "\u200b", "\ufeff")),
    "{=SUM(A1:A9)}", "{=1}", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "=1+1", "==1", "=A1",
    "=IMPORTXML(CONCAT(\"http://x.example\"),\"//a\")", "=WEBSERVICE(\"http://x.example\")", "=DDE(\"cmd\")",
    "http://x.example/", "https://x.example/", "ftp://x.example/", "mailto:a@x.example", "internal:Sheet1!A1",
    "external:c:\\x.xlsx", "file:///etc/passwd", "HTTP://X.EXAMPLE", "javascript:alert(1)", "www.x.example",
    "0912345678", "00123", "1e5", "1E999", "123456789012", "0x1F", "-0", "+84912345678", "1/2", "12:30", "TRUE", "#N/A",
    "#REF!", "<b>x</b>", "&amp;", "]]>", "_x0041_", "\\u0041", "a" * 300, "R1C1", "$A$1",
]


def cells(page):
    return [list(row) for row in page.iter_rows(values_only=True)]


def table(page):
    """The rows under the header row, as dictionaries."""
    rows = cells(page)
    top = next(i for i, row in enumerate(rows) if sum(cell is not None for cell in row) > 5)
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1:]]


def picked(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def written(tmp_path, round_id, now=LATER):
    path = tmp_path / "ket-qua.xlsx"
    exports.write_results(round_id, path, now)
    return path


def rich_round():
    contest, bank, round_, (one, two) = stage(units=("Sở Nội vụ", "Xã Tân Hồng"), headcount=3)
    first = factories.account("an", name="Trần Văn An", unit=one)
    first.phone, first.position = "0912345678", "Chuyên viên"
    sit(round_, bank, first, unit=one, right=1, number=1)
    sit(round_, bank, first, unit=one, right=4, number=2, started=NOON + timedelta(minutes=30))
    sit(round_, bank, factories.account("binh", name="Lê Bình", unit=one), unit=one, right=2, wrong=2, state="expired",
        minutes=20)
    sit(round_, bank, factories.account("trong", name="Ngô Trống", unit=two), unit=two)
    sit(round_, bank, factories.account("dan", name="Võ Dân", audience="citizen"), right=3)
    sit(round_, bank, factories.account("dang", name="Đỗ Đang", unit=two), unit=two, right=1, state="open",
        started=LATER - timedelta(minutes=1))
    score_round(round_.id, LATER)
    db.session.commit()
    return contest, round_


def test_the_sheets_and_their_headings(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        book = load_workbook(written(tmp_path, round_.id))
    assert book.sheetnames == ["Tổng hợp", "Thí sinh", "Lượt thi", "Đơn vị"]
    for page in book:
        head = cells(page)[:6]
        assert head[1][0] == "Tìm hiểu cải cách hành chính năm 2026"
        assert head[2][0] == "Tuần 1"
        assert (head[3][0], head[3][1].isoformat()) == ("Số liệu đến", "2026-12-01T14:00:00")
        assert head[4][0] == "Tạm tính, chưa phải kết quả chính thức"
        assert head[5][0] == "Số dòng"
    assert [cells(book[name])[5][1] for name in ("Thí sinh", "Lượt thi", "Đơn vị")] == [3, 6, 2]


def test_people(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        rows = table(load_workbook(written(tmp_path, round_.id))["Thí sinh"])
    assert picked(rows, "Nhóm", "Hạng", "Họ và tên", "Điểm", "Câu đúng", "Số lượt thi") == [
        ("CBCCVC", 1, "Trần Văn An", 4, 4, 2), ("CBCCVC", 2, "Lê Bình", 2, 2, 1),
        ("Người dân", 1, "Võ Dân", 3, 3, 1)]
    assert (rows[0]["Số điện thoại"], rows[0]["Chức vụ"], rows[0]["Đơn vị"], rows[0]["Khối"]) == (
        "0912345678", "Chuyên viên", "Sở Nội vụ", "Khối sở")
    assert rows[0]["Nộp lúc"].isoformat() == "2026-12-01T12:35:00"  # local time


def test_every_attempt_with_its_state(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        rows = table(load_workbook(written(tmp_path, round_.id))["Lượt thi"])
    assert sorted(picked(rows, "Tên đăng nhập", "Lượt", "Trạng thái", "Điểm", "Lượt tính")) == [
        ("an", 1, "Đã nộp", 1, None), ("an", 2, "Đã nộp", 4, "Có"),
        ("binh", 1, "Tự động nộp khi hết giờ", 2, "Có"), ("dan", 1, "Đã nộp", 3, "Có"),
        ("dang", 1, "Đang làm bài", None, None), ("trong", 1, "Đã nộp; Không trả lời", 0, None)]
    assert all(row["Mã bài thi"].startswith("R") for row in rows)


def test_a_paper_with_a_gap_is_not_valid_where_the_round_takes_complete_ones_only(app, tmp_path):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(scoring={"complete": True})
        for login, right in (("du", 4), ("thieu", 3)):
            sit(round_, bank, factories.account(login, unit=unit), unit=unit, right=right)
        score_round(round_.id, LATER)
        book = load_workbook(written(tmp_path, round_.id))
    assert sorted(picked(table(book["Lượt thi"]), "Tên đăng nhập", "Trạng thái")) == [
        ("du", "Đã nộp"), ("thieu", "Đã nộp; Chưa trả lời đủ, không hợp lệ")]
    assert picked(table(book["Thí sinh"]), "Tên đăng nhập") == [("du",)]


def test_units_with_both_parts_of_the_rate(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        rows = table(load_workbook(written(tmp_path, round_.id))["Đơn vị"])
    assert picked(rows, "Đơn vị", "CBCCVC", "Người dự thi", "Lượt thi", "Lượt không trả lời", "Tử số", "Mẫu số",
                  "Tỷ lệ", "Điểm trung bình") == [
        ("Sở Nội vụ", 3, 2, 3, 0, 2, 3, pytest.approx(2 / 3), 3),
        ("Xã Tân Hồng", 3, 0, 0, 1, 0, 3, 0, None),
        ("Cộng", 6, 2, 3, 1, 2, 6, pytest.approx(1 / 3), 3)]


def test_the_totals_equal_the_pages(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        sides = figures.sides(round_.id)
        found = figures.participation(round_)
        names = band_words(BANDS)
        rows = cells(load_workbook(written(tmp_path, round_.id))["Tổng hợp"])
    three = [sides["all"], sides["official"], sides["citizen"]]
    words = {row[0]: list(row[1:4]) for row in rows if row[0] and row[0] not in names.values()}
    assert words["Người dự thi"] == [side.people for side in three] == [3, 2, 1]
    assert words["Lượt thi có trả lời"] == [side.attempts for side in three] == [4, 3, 1]
    assert words["Lượt thi không trả lời"] == [side.blank for side in three] == [1, 1, 0]
    assert words["Đơn vị trong danh sách"][0] == len(found.lines)
    assert words["Đơn vị có người dự thi"][0] == found.taking_part == 1
    assert words["Đơn vị đạt chỉ tiêu 80 %"][0] == 0
    printed = [row[1:4] for row in rows if row[0] in names.values()]
    assert printed == [[getattr(side, kind)[band] for side in three]
                       for kind in ("people_bands", "attempt_bands") for band in BANDS]


def test_nothing_is_a_formula_or_a_link(app, tmp_path):
    """Every text field filled with each of the lead-ins; the XML holds text only."""
    assert len(HOSTILE) >= 60
    with app.app_context():
        contest, bank, round_, rows = stage(units=tuple(word[:190] for word in HOSTILE), headcount=3)
        contest.title = round_.title = HOSTILE[0]
        for word, unit in zip(HOSTILE, rows, strict=True):
            who = factories.account(name=word[:110], unit=unit)
            who.position, who.phone = word[:110], word[:20]
            sit(round_, bank, who, unit=unit, right=1)
        for unit, word in zip(db.session.query(ContestUnit).all(), HOSTILE, strict=True):
            unit.bloc = word[:80]
        score_round(round_.id, LATER)
        db.session.commit()
        path = written(tmp_path, round_.id)
        phones = {row["Số điện thoại"] for row in table(load_workbook(path)["Thí sinh"])}
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name).decode("utf8") for name in file.namelist() if name.endswith((".xml", ".rels"))}
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 4
    for text in parts.values():
        assert not re.search(r"<f[ >/]|<hyperlink|TargetMode=\"External\"", text)
    for text in sheets:
        assert set(re.findall(r'<c [^>]*t="(\w+)"', text)) <= {"s", "inlineStr"}
    assert "0912345678" in phones
    assert "+84912345678" in phones


def test_the_file_appears_whole_or_not_at_all(app, tmp_path, monkeypatch):
    with app.app_context():
        _contest, round_ = rich_round()

        def fail(*_args):
            raise OSError("disk full")

        monkeypatch.setattr(exports, "_units", fail)
        with pytest.raises(OSError):
            exports.write_results(round_.id, tmp_path / "ket-qua.xlsx", LATER)
        assert list(tmp_path.iterdir()) == []


def test_download(app, hands):
    hands.set(LATER)
    with app.app_context():
        _contest, round_ = rich_round()
        db.session.get(Round, round_.id).title = "Tuần 1: Đổi mới/“thể chế”\r\n"
        people = {role: factories.account(roles=(role,)) for role in ("report_viewer", "contestant", "coordinator")
                  if role != "coordinator"}
        round_id = round_.id
        ids = {role: who.id for role, who in people.items()}
        db.session.commit()
    with signed(app, ids["report_viewer"]).get(f"/thong-ke/{round_id}/ket-qua.xlsx") as answer:
        assert answer.status_code == 200
        assert answer.data[:2] == b"PK"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        said = answer.headers["Content-Disposition"]
    assert said.startswith('attachment; filename="ket-qua-tuan-1-doi-moi-the-che.xlsx"; filename*=UTF-8\'\'T%C3%ACm')
    assert said.isascii()
    assert signed(app, ids["contestant"]).get(f"/thong-ke/{round_id}/ket-qua.xlsx").status_code == 403


def signed(app, account_id):
    with app.app_context():
        account = db.session.get(Account, account_id)
        db.session.expunge(account)
    return signed_in(app.test_client(), account)


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_statements_for_one_as_for_many(app, tmp_path, people):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        for _ in range(people):
            sit(round_, bank, factories.account(unit=unit), unit=unit, right=1)
        score_round(round_.id, LATER)
        round_id = round_.id
        db.session.commit()
        with counted(app) as seen:
            exports.write_results(round_id, tmp_path / "a.xlsx", LATER)
        assert len(seen) == 14


def guessed(**guesses):
    """`rich_round` with a guess on each named person's attempts."""
    contest, round_ = rich_round()
    for login, guess in guesses.items():
        account = db.session.query(Account).filter_by(login=login).one()
        db.session.query(Attempt).filter_by(account_id=account.id).update({"prediction": guess})
    return contest, round_


@pytest.mark.parametrize(("kind", "heading", "guess", "value", "shown"), [
    ("perfect_entries", "Dự đoán số người đúng hết", 25_980, 25_980, "#,##0"),
    ("participants", "Dự đoán số người dự thi", 0, 0, "#,##0"),
    ("perfect_percent", "Dự đoán tỷ lệ đúng hết", 8_765_432, 0.8765432, "0.00000%")])
def test_guesses(app, tmp_path, kind, heading, guess, value, shown):
    with app.app_context():
        _contest, round_ = guessed(an=guess)
        round_.prediction = kind
        book = load_workbook(written(tmp_path, round_.id))
    assert picked(table(book["Thí sinh"]), "Họ và tên", heading) == [
        ("Trần Văn An", value), ("Lê Bình", None), ("Võ Dân", None)]
    rows = table(book["Lượt thi"])
    assert {row["Tên đăng nhập"]: row[heading] for row in rows} == {
        "an": value, "binh": None, "dan": None, "dang": None, "trong": None}
    for name in ("Thí sinh", "Lượt thi"):
        page = book[name]
        column = next(cell.column for row in page.iter_rows() for cell in row if cell.value == heading)
        cells_below = [cell for (cell,) in page.iter_rows(min_col=column, max_col=column) if cell.value == value]
        assert {cell.number_format for cell in cells_below} == {shown}
        assert page.auto_filter.ref.endswith(f"{page.cell(1, column).column_letter}{page.max_row}")


def test_a_round_that_asks_for_no_guess_has_no_column_of_them(app, tmp_path):
    with app.app_context():
        _contest, round_ = guessed(an=5)
        book = load_workbook(written(tmp_path, round_.id))
    assert [len(table(book[name])[0]) for name in ("Thí sinh", "Lượt thi")] == [14, 14]


def test_who_is_outside_stands_on_a_sheet_with_the_reason(app, tmp_path):
    with app.app_context():
        contest, round_ = rich_round()
        account = db.session.query(Account).filter_by(login="an").one()
        barring.bar(contest.id, [account.id], "=Tổ ra đề", by=None, now=LATER)
        book = load_workbook(written(tmp_path, round_.id))
    assert book.sheetnames[-1] == "Ngoài danh sách"
    assert picked(table(book["Ngoài danh sách"]), "Họ và tên", "Lý do", "Người ghi", "Điểm") == [
        ("Trần Văn An", "=Tổ ra đề", None, 4)]
    assert picked(table(book["Thí sinh"]), "Nhóm", "Hạng", "Họ và tên") == [
        ("CBCCVC", 1, "Lê Bình"), ("Người dân", 1, "Võ Dân")]
    assert cells(book["Thí sinh"])[5][1] == 2
    assert [row["Lượt tính"] for row in table(book["Lượt thi"]) if row["Tên đăng nhập"] == "an"] == [
        None, "Ngoài danh sách xếp hạng"]
    assert table(book["Đơn vị"])[0]["Người dự thi"] == 1


def test_a_cancelled_round_and_a_void_attempt_are_not_in_the_workbook(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        counted = len(table(load_workbook(written(tmp_path, round_.id))["Lượt thi"]))
        db.session.query(Attempt).order_by(Attempt.started_at).first().state = "void"
        db.session.flush()
        assert len(table(load_workbook(written(tmp_path, round_.id))["Lượt thi"])) == counted - 1
        cancel_round(round_.id, "Bão số 9", by=None, now=LATER)
        book = load_workbook(written(tmp_path, round_.id))
        assert [table(book[name]) for name in ("Lượt thi", "Thí sinh")] == [[], []]


def test_lots_that_anybody_can_reckon_again(app, tmp_path):
    """Where ranks are drawn the sheet has each person's code and lot, and the text that they follow from."""
    seed = "Xổ số ngày 01/12: 12345"
    with app.app_context():
        _contest, round_ = rich_round()
        db.session.get(Board, round_.id).policy = {"chain": ["points", "draw"], "seed": seed}
        round_id = round_.id
        db.session.commit()
        page = load_workbook(written(tmp_path, round_id))["Thí sinh"]
        rows = table(page)
        assert len(rows) >= 2
        for row in rows:
            found = hashlib.sha256(f"{seed}/{row['Mã bốc thăm']}".encode()).hexdigest()[:32]
            assert row["Số bốc thăm"] == found
        assert any(seed in str(cell) for line in cells(page)[:10] for cell in line)


def test_without_a_draw_there_are_no_lots(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        assert "Số bốc thăm" not in table(load_workbook(written(tmp_path, round_.id))["Thí sinh"])[0]


def test_essays_that_wait_for_their_marks_have_a_column(app, hands, tmp_path):
    with app.test_request_context():
        essays = Essays((TEXT, TEXT, None)).begin()
        first = db.session.scalars(select(Essay).where(Essay.attempt_id == essays.attempts[0])).one()
        for place in (1, 2):
            essays.mark(first, place, 150, 100)
        book = load_workbook(written(tmp_path, essays.round.id))
        logins = [essays.login(one) for one in essays.people]
    for name in ("Thí sinh", "Lượt thi"):
        rows = {row["Tên đăng nhập"]: row for row in table(book[name])}
        assert [(rows[one]["Tự luận chờ chấm"], rows[one]["Điểm"]) for one in logins] == [(0, 4.5), (1, 2), (0, 2)]


def test_a_round_without_essays_has_no_such_column(app, tmp_path):
    with app.app_context():
        _contest, round_ = rich_round()
        book = load_workbook(written(tmp_path, round_.id))
    for name in ("Thí sinh", "Lượt thi"):
        assert "Tự luận chờ chấm" not in table(book[name])[0]
