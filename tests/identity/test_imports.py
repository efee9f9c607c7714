import io
import re
import unicodedata

import openpyxl
import pytest
from sqlalchemy import func, select

from contest.extensions import db
from contest.identity import imports
from contest.identity.events import person_moved
from contest.identity.models import Account, Unit
from contest.identity.rosters import PEOPLE_HEADER, UNIT_HEADER, PersonRow, UnitRow
from contest.identity.workbooks import workbook
from contest.web.messages import sentence
from tests.factories import NOON
from tests.identity.cast import enter, fetch, play, post
from tests.identity.test_units import paths


def counts(plan):
    return {action: plan.count(action) for action in ("new", "updated", "unchanged")} | {"errors": plan.errors}


def codes(plan):
    return [(problem.row, problem.severity, problem.code) for problem in plan.problems]


def test_units_in_any_order_twice(app, hands):
    rows = [UnitRow(2, "C", "Phòng C", "b"), UnitRow(3, "B", "Sở B", "A", headcount=5), UnitRow(4, "A", "Tỉnh A"),
            UnitRow(5, "X", "Mồ côi", "KHONG"), UnitRow(6, "Y", "Con của mồ côi", "X"), UnitRow(7, "P", "Vòng", "Q"),
            UnitRow(8, "Q", "Vòng", "P")]
    with app.app_context():
        first = imports.import_units(rows, by=None, now=NOON)
        db.session.commit()
        assert counts(first) == {"new": 3, "updated": 0, "unchanged": 0, "errors": 4}
        assert codes(first) == [(5, "error", "parent_unknown"), (6, "error", "parent_unknown"),
                                (7, "error", "parent_circle"), (8, "error", "parent_circle")]
        assert db.session.scalar(select(Unit.kind).where(Unit.code == "B")) == "department"
        second = imports.import_units(rows[:3], by=None, now=NOON)
        assert counts(second) == {"new": 0, "updated": 0, "unchanged": 3, "errors": 0}
        db.session.commit()
    assert paths(app) == {"A": "A", "B": "A/B", "C": "A/B/C"}


def test_an_empty_cell_changes_nothing_of_a_unit(app, hands):
    cast = play(app)
    with app.app_context():
        rows = [UnitRow(2, "XMT", "Phường Mỹ Tho"), UnitRow(3, "XCL", "Cao Lãnh", "XMT", headcount=72)]
        plan = imports.import_units(rows, by=None, now=NOON)
        db.session.commit()
        assert [(change.key, change.action, change.fields) for change in plan.changes] == [
            ("XMT", "unchanged", ()), ("XCL", "updated", ("name", "headcount", "parent"))]
        row = db.session.get(Unit, cast.units["caolanh"])
        assert (row.name, row.headcount, row.bloc) == ("Cao Lãnh", 72, "Khối xã, phường")
    assert paths(app)["XCL"] == "UBND/XMT/XCL"


def test_a_list_cannot_hang_a_unit_below_itself(app, hands):
    play(app)
    with app.app_context():
        plan = imports.plan_units([UnitRow(2, "XMT", "Phường Mỹ Tho", "XMT-VP")])
        assert codes(plan) == [(2, "error", "parent_circle")]


def test_people_find_their_unit(app, hands):
    cast = play(app)
    rows = [PersonRow(2, "m1", "Lê Một", "xmt"), PersonRow(3, "m2", "Lê Hai", "PHUONG CAO LANH"),
            PersonRow(4, "m3", "Lê Ba", "Phường Cao Lảnh xã"), PersonRow(5, "m4", "Lê Bốn", "Nhà hát"),
            PersonRow(6, "an", "Nguyễn Văn An", "XMT"), PersonRow(7, "be", "Đỗ Thị Bé", "XCL", "Trưởng phòng")]
    heard = []

    def hear(_sender, **news):
        heard.append((news["account_id"], news["unit_id"]))

    with app.app_context(), person_moved.connected_to(hear):
        planned = imports.plan_people(rows)
        done = imports.import_people(rows, by=None, now=NOON)
        db.session.commit()
        assert planned.digest == done.digest
        assert counts(done) == {"new": 2, "updated": 1, "unchanged": 1, "errors": 2}
        assert codes(done) == [(4, "error", "unit_near"), (5, "error", "unit_unknown")]
        assert heard == [(cast.people["be"], cast.units["caolanh"])]
        new = db.session.scalar(select(Account).where(Account.login == "m2"))
        assert (new.unit_id, new.password_hash, new.audience, [grant.role for grant in new.grants]) == (
            cast.units["caolanh"], None, "official", ["contestant"])
        again = imports.import_people(rows, by=None, now=NOON)
        assert counts(again) == {"new": 0, "updated": 0, "unchanged": 4, "errors": 2}
        assert again.to_do == 0


def test_two_units_of_one_name_need_the_code(app, hands):
    from tests.factories import unit

    play(app)
    with app.app_context():
        unit("Phường cao lãnh", code="XCL2")
        plan = imports.plan_people([PersonRow(2, "m1", "M", "phuong cao lanh"),
                                    PersonRow(3, "m2", "M", "Phường Cao Lãnh")])
        assert codes(plan) == [(2, "error", "unit_ambiguous")]
        assert dict(plan.problems[0].params)["candidates"] in (
            "Phường Cao Lãnh (XCL); Phường cao lãnh (XCL2)", "Phường cao lãnh (XCL2); Phường Cao Lãnh (XCL)")


def test_a_name_is_not_disturbed_by_what_search_looks_through(app, hands):
    """A search text may hold more than the name, and other names may hold this one."""
    from tests.factories import unit

    with app.app_context():
        snv = unit("Sở Nội vụ", code="SNV")
        snv.search_text = "so noi vu snv"
        unit("Văn phòng Sở Nội vụ", code="SNV-VP", parent=snv)
        db.session.flush()
        written = ["Sở Nội vụ", "Sở\u00a0Nội  vụ ", "SỞ NỘI VỤ", unicodedata.normalize("NFD", "Sở Nội vụ"), "so noi vu",
                   "Sở Nội vụ\u200b", "snv"]
        rows = [PersonRow(number, f"m{number}", "M", text) for number, text in enumerate(written, 2)]
        plan = imports.import_people(rows, by=None, now=NOON)
        assert codes(plan) == []
        assert set(db.session.scalars(select(Account.unit_id))) == {snv.id}


def test_a_parent_by_its_name(app, hands):
    cast = play(app)
    rows = [UnitRow(2, "P1", "Phòng Một", "Phường Mỹ  tho"), UnitRow(3, "P2", "Phòng Hai", "trung tâm mới"),
            UnitRow(4, "TT", "Trung tâm Mới", "XCL"), UnitRow(5, "P3", "Phòng Ba", "Phường Cao Lảnh xã"),
            UnitRow(6, "P4", "Phòng Bốn", "P3"), UnitRow(7, "K1", "Khoa", "TT"), UnitRow(8, "K2", "Khoa", "TT"),
            UnitRow(9, "P5", "Phòng Năm", "khoa"), UnitRow(10, "P6", "Phòng Sáu", "Nhà hát")]
    with app.app_context():
        plan = imports.import_units(rows, by=None, now=NOON)
        db.session.commit()
        assert codes(plan) == [(5, "error", "parent_near"), (6, "error", "parent_unknown"),
                               (9, "error", "parent_ambiguous"), (10, "error", "parent_unknown")]
        assert dict(plan.problems[0].params)["candidates"] == "Phường Cao Lãnh (XCL)"
        assert dict(plan.problems[2].params)["candidates"] == "Khoa (K1); Khoa (K2)"
        assert counts(imports.plan_units(rows)) == {"new": 0, "updated": 0, "unchanged": 5, "errors": 4}
        assert db.session.scalar(select(Unit.parent_id).where(Unit.code == "P1")) == cast.units["mytho"]
    assert paths(app)["P2"] == "UBND/XCL/TT/P2"


def test_every_finding_has_a_sentence(app):
    import ast
    from pathlib import Path

    source = Path(imports.__file__).with_name("rosters.py").read_text() + Path(imports.__file__).read_text()
    said = {node.value for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and re.fullmatch(r"(cell|row|number|day|kind|parent|login|phone|audience|person|unit)_[a-z]+", node.value)}
    said -= {"unit_id", "parent_id"}
    assert len(said) >= 14
    with app.test_request_context():
        for code in said:
            assert sentence(code, {"value": "x", "most": "1", "first": "2", "candidates": "y"})


def upload(client, path, data):
    token = client.get("/api/v1/session").json["csrf_token"]
    return client.post(path, data={"csrf_token": token, "file": (io.BytesIO(data), "danh sách.xlsx")})


def confirm(client, where):
    plan = re.search(r'name="plan" value="(\w+)"', client.get(where).text)[1]
    return post(client, where, plan=plan)


def test_from_the_file_to_the_passwords(app, hands):
    play(app)
    client = enter(app, "quantri")
    data = workbook("Danh sách", PEOPLE_HEADER, [
        ["moi1", "Lê Mới", "XMT", "Chuyên viên", "912345678", "cán bộ"], ["moi2", "Lê Hai", "KHONG", "", "", ""],
        ["an", "Nguyễn Văn An", "XMT", "Phó trưởng phòng", "", ""]])
    looked = upload(client, "/to-chuc/nguoi-du-thi/nhap", data)
    assert looked.status_code == 303
    page = client.get(looked.location)
    assert "Nhập 2 dòng" in page.text
    assert 'Thêm mới <span class="count">1</span>' in page.text
    assert 'Lỗi <span class="count">1</span>' in page.text
    errors = client.get(f"{looked.location}?tab=errors")
    assert re.search(r'<td class="n">3</td>', errors.text)
    assert "“KHONG”" in errors.text
    assert fetch(app, select(func.count()).select_from(Account)) == 7  # nothing before the confirmation

    faulty = openpyxl.load_workbook(io.BytesIO(client.get(f"{looked.location}/dong-loi.xlsx").data)).active
    assert [cell.value for cell in faulty[2]][:3] == ["moi2", "Lê Hai", "KHONG"]
    assert faulty.cell(1, 8).value == "Lý do"

    done = confirm(client, looked.location)
    assert (done.status_code, done.location) == (303, "/to-chuc/nguoi-du-thi/cap-mat-khau")
    assert fetch(app, select(Account.phone).where(Account.login == "moi1")) == "0912345678"
    assert fetch(app, select(Account.position).where(Account.login == "an")) == "Phó trưởng phòng"
    assert client.get(looked.location).status_code == 404  # dealt with

    again = upload(client, "/to-chuc/nguoi-du-thi/nhap", data)
    assert "Tệp này không có gì mới để nhập." in client.get(again.location).text


def test_a_preview_shows_where_people_come_to_and_what_changes(app, hands):
    play(app)
    client = enter(app, "quantri")
    data = workbook("x", PEOPLE_HEADER, [
        ["moi1", "Lê Mới", "phuong my tho", "", "", ""], ["an", "Lê Khác", "XCL", "", "", "công dân"]])
    where = upload(client, "/to-chuc/nguoi-du-thi/nhap", data).location
    assert "<td>Lê Mới</td><td>Phường Mỹ Tho</td>" in client.get(where).text
    changed = re.sub(r"<[^>]+>", "", client.get(f"{where}?tab=updated").text)
    assert "Tên: Nguyễn Văn An → Lê Khác" in changed
    assert "Đối tượng: Cán bộ, công chức, viên chức → Người dân" in changed
    assert "Đơn vị: Phường Mỹ Tho → Phường Cao Lãnh" in changed
    assert "Tên đăng nhập “an” đang là của Nguyễn Văn An" in client.get(f"{where}?tab=warnings").text


def test_a_preview_shows_what_changes_of_units(app, hands):
    play(app)
    client = enter(app, "quantri")
    where = upload(client, "/to-chuc/don-vi/nhap", workbook("x", UNIT_HEADER, [
        ["XCL", "Phường Cao Lãnh", "XMT", "", "", "0", "31/12/2025"],
        ["MOI", "Phòng mới", "XCL", "", "", "", ""]])).location
    assert "<td>Phòng mới</td><td>Phường Cao Lãnh</td>" in client.get(where).text
    changed = re.sub(r"<[^>]+>", "", client.get(f"{where}?tab=updated").text)
    assert ": 71 → 0" in changed
    assert "→ 31/12/2025" in changed
    assert ": UBND tỉnh Đồng Tháp → Phường Mỹ Tho" in changed


def test_units_without_codes_by_the_page_twice(app, hands):
    """The columns of a list as offices keep it: its units are known again, new ones get a code of their name."""
    play(app)
    client = enter(app, "quantri")
    data = workbook("x", ["STT", "Tên đơn vị", "Trực thuộc", "Số CBCCVC"], [
        ["1", "Phường Mỹ Tho", "UBND tỉnh Đồng Tháp", "60"], ["2", "Phường Sa Đéc", "UBND", "40"],
        ["3", "Văn phòng", "Phường Sa Đéc", ""], ["4", "Văn phòng", "Phường Mỹ Tho", ""],
        ["5", "phường sa đéc", "ubnd", "41"], ["6", "Trạm y tế", "Nhà hát", ""]])
    where = upload(client, "/to-chuc/don-vi/nhap", data).location
    page = client.get(where).text
    assert "Tệp không có cột Mã đơn vị" in page
    for code, name, place in (("phuong-sa-dec", "Phường Sa Đéc", "UBND tỉnh Đồng Tháp"),
                              ("van-phong", "Văn phòng", "Phường Sa Đéc"),
                              ("van-phong-2", "Văn phòng", "Phường Mỹ Tho")):
        assert f'class="code">{code}</th><td>{name}</td><td>{place}</td>' in page
    assert "Trùng với dòng 3 trong cùng tệp." in client.get(f"{where}?tab=errors").text
    assert "“Nhà hát”" in client.get(f"{where}?tab=errors").text
    assert confirm(client, where).status_code == 303
    again = upload(client, "/to-chuc/don-vi/nhap", data).location
    assert "Tệp này không có gì mới để nhập." in client.get(again).text
    assert paths(app) == {
        "UBND": "UBND", "XMT": "UBND/XMT", "XMT-VP": "UBND/XMT/XMT-VP", "XCL": "UBND/XCL",
        "phuong-sa-dec": "UBND/phuong-sa-dec", "van-phong": "UBND/phuong-sa-dec/van-phong",
        "van-phong-2": "UBND/XMT/van-phong-2"}
    with app.app_context():
        assert db.session.scalar(select(Unit.headcount).where(Unit.code == "XMT")) == 60


def test_a_header_with_codes_goes_before_one_without(app, hands):
    play(app)
    data = workbook("x", ["Đơn vị", "", "Biên chế"], [["Mã đơn vị", "Tên đơn vị", "Số CBCCVC"], ["MOI", "Sở Mới", "5"]])
    page = enter(app, "quantri").get(upload(enter(app, "quantri"), "/to-chuc/don-vi/nhap", data).location).text
    assert 'class="code">MOI</th><td>Sở Mới</td>' in page
    assert "Tệp không có cột Mã đơn vị" not in page


@pytest.mark.parametrize(("path", "header", "line"), [
    ("/to-chuc/nguoi-du-thi", PEOPLE_HEADER, ["moi1", "Lê Mới", "KHONG", "", "", ""]),
    ("/to-chuc/don-vi", UNIT_HEADER, ["MOI", "Đơn vị mới", "KHONG", "", "", "", ""])])
def test_a_file_of_errors_opens_on_them(app, hands, path, header, line):
    play(app)
    client = enter(app, "quantri")
    looked = upload(client, f"{path}/nhap", workbook("x", header, [line])).location
    page = client.get(looked)
    assert "“KHONG”" in page.text
    assert "Tất cả các dòng đều có lỗi" in page.text
    assert "không có gì mới" not in page.text
    for tab in ("", "?tab=new", "?tab=errors", "?tab=warnings"):
        assert client.get(looked + tab).text.count(f'href="{looked}/dong-loi.xlsx"') == 1


def test_what_changed_meanwhile_is_shown_again(app, hands):
    play(app)
    client = enter(app, "quantri")
    where = upload(client, "/to-chuc/don-vi/nhap", workbook("x", UNIT_HEADER, [
        ["SNV", "Sở Nội vụ", "UBND", "", "", "58", "31/12/2025"]])).location
    stale = post(client, where, plan="0" * 64)
    assert (stale.status_code, stale.location) == (303, where)
    assert fetch(app, select(func.count()).select_from(Unit)) == 4
    assert confirm(client, where).status_code == 303
    assert fetch(app, select(Unit.headcount).where(Unit.code == "SNV")) == 58


def test_an_upload_is_its_owners(app, hands):
    from tests.factories import account

    play(app)
    with app.app_context():
        account("quantri2", roles=("administrator",))
        db.session.commit()
    where = upload(enter(app, "quantri"), "/to-chuc/don-vi/nhap",
                   workbook("x", UNIT_HEADER, [["SNV", "Sở", "", "", "", "", ""]])).location
    other = enter(app, "quantri2")
    assert other.get(where).status_code == 404
    assert post(other, where, plan="0").status_code == 404


@pytest.mark.parametrize(("data", "text"), [
    (b"", "Tệp rỗng"), (b"\xd0\xcf\x11\xe0 old", "lưu lại thành .xlsx"),
    (workbook("x", ["Mã đơn vị", "Khối"], [["1", "2"]]), "Còn thiếu: Tên đơn vị"),
    (workbook("x", ["Họ lót", "Tên"], [["Lê", "An"]]), "Còn thiếu: Mã đơn vị"),
    (workbook("x", UNIT_HEADER, []), "không có dòng dữ liệu nào")])
def test_an_unreadable_file_is_said_beside_the_field(app, hands, data, text):
    play(app)
    answer = upload(enter(app, "quantri"), "/to-chuc/don-vi/nhap", data)
    assert answer.status_code == 422
    assert text in answer.text
    assert post(enter(app, "quantri"), "/to-chuc/don-vi/nhap").status_code == 422


@pytest.mark.parametrize("path", ["/to-chuc/don-vi", "/to-chuc/nguoi-du-thi"])
def test_the_template_can_be_read_back(app, hands, path):
    play(app)
    client = enter(app, "quantri")
    with app.app_context():
        from contest.identity.units import UnitData, create_unit

        create_unit(UnitData("UB", "UBND"), by=None, now=NOON)
        db.session.commit()
    sample = client.get(f"{path}/mau.xlsx").data
    looked = upload(client, f"{path}/nhap", sample)
    assert 'Lỗi <span class="count">0</span>' in client.get(looked.location).text
