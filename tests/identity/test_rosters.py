import pytest

from contest.identity.kinds import KINDS, kind_of
from contest.identity.rosters import PersonRow, UnitRow, day_of, people_rows, phone_of, unit_rows, whole_number
from contest.identity.sheets import Row


def found(problems):
    return [(problem.row, problem.severity, problem.code, problem.column) for problem in problems]


@pytest.mark.parametrize(("text", "number"), [
    ("0912345678", ("0912345678", None)), ("912345678", ("0912345678", "phone_zero")),
    ("+84 912.345-678", ("0912345678", None)), ("84912345678", ("0912345678", None)),
    ("(0277) 385 1234", ("02773851234", None)), ("", (None, None)), ("123", (None, "phone_bad")),
    ("không có", (None, "phone_bad")), ("09123456789012", (None, "phone_bad"))])
def test_telephone_numbers(text, number):
    assert phone_of(text) == number


@pytest.mark.parametrize(("text", "number"), [
    ("58", (58, None)), ("1.234", (1234, None)), ("1,234", (1234, None)), ("0", (0, None)), ("", (None, None)),
    ("1.5", (None, "number_bad")), ("-3", (None, "number_bad")), ("58 người", (None, "number_bad")),
    ("99999999", (None, "number_bad")), ("²", (None, "number_bad"))])
def test_whole_numbers(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(("text", "day"), [
    ("31/12/2025", "2025-12-31"), ("1-2-2025", "2025-02-01"), ("2025-12-31", "2025-12-31"), ("", None)])
def test_days(text, day):
    assert (str(day_of(text)[0]) if day else day_of(text)[0]) == day


@pytest.mark.parametrize("text", ["31/2/2025", "12/2025", "hôm nay", "45000"])
def test_no_days(text):
    assert day_of(text) == (None, "day_bad")


@pytest.mark.parametrize(("text", "kind"), [
    ("Phường Mỹ Tho", "commune"), ("ĐẶC KHU Phú Quốc", "commune"), ("Sở Nội vụ", "department"),
    ("Sở, ban, ngành", "department"), ("Văn phòng UBND tỉnh", "department"), ("Văn phòng Đăng ký", "office"),
    ("Trường THPT", "school"), ("UBND", None), ("commune", "commune"), ("", None)])
def test_kinds(text, kind):
    assert kind_of(text) == kind
    assert kind is None or kind in KINDS


def test_units():
    rows = [
        Row(2, {"code": "XMT", "name": "Phường  Mỹ Tho", "parent": "UBND", "kind": "phường", "headcount": "58"}),
        Row(3, {"code": "xmt", "name": "Trùng"}),
        Row(4, {"code": "", "name": "Không mã"}),
        Row(5, {"code": "A", "name": "B", "headcount": "nhiều", "headcount_on": "mai"}),
        Row(6, {"code": "C", "name": "D", "kind": "lâu đài"}),
        Row(7, {"code": "x" * 41, "name": "y" * 201}),
    ]
    good, problems = unit_rows(rows)
    assert good == [UnitRow(2, "XMT", "Phường Mỹ Tho", "UBND", "commune", None, 58, None),
                    UnitRow(6, "C", "D", kind="other")]
    assert found(problems) == [
        (3, "error", "row_repeated", "code"), (4, "error", "cell_needed", "code"),
        (5, "error", "number_bad", "headcount"), (5, "error", "day_bad", "headcount_on"),
        (6, "warning", "kind_unknown", "kind"), (7, "error", "cell_long", "code"), (7, "error", "cell_long", "name")]


def test_units_without_codes():
    rows = [Row(2, {"name": "Phường  Mỹ Tho", "parent": "UBND"}), Row(3, {"name": "phuong my tho", "parent": "ubnd"}),
            Row(4, {"name": "Phường Mỹ Tho", "parent": ""}), Row(5, {"name": "", "parent": "UBND"})]
    good, problems = unit_rows(rows)
    assert good == [UnitRow(2, "", "Phường Mỹ Tho", "UBND"), UnitRow(4, "", "Phường Mỹ Tho")]
    assert found(problems) == [(3, "error", "row_repeated", "name"), (5, "error", "cell_needed", "name")]


def test_people():
    rows = [
        Row(2, {"login": "An", "family": "Nguyễn Văn", "given": "An", "unit": "XMT", "phone": "912345678"}),
        Row(3, {"login": "be", "name": "Đỗ  Bé", "unit": "XMT", "audience": "Công dân", "phone": "abc"}),
        Row(4, {"login": "AN", "name": "Trùng", "unit": "XMT"}),
        Row(5, {"login": "có dấu", "name": "X", "unit": "XMT"}),
        Row(6, {"login": "x1", "name": "", "unit": ""}),
        Row(7, {"login": "x2", "name": "X", "unit": "XMT", "audience": "robot"}),
    ]
    good, problems = people_rows(rows)
    assert good == [PersonRow(2, "an", "Nguyễn Văn An", "XMT", phone="0912345678"),
                    PersonRow(3, "be", "Đỗ Bé", "XMT", audience="citizen")]
    assert found(problems) == [
        (2, "warning", "phone_zero", "phone"), (3, "warning", "phone_bad", "phone"),
        (4, "error", "row_repeated", "login"), (5, "error", "login_signs", "login"),
        (6, "error", "cell_needed", "unit"), (6, "error", "cell_needed", "name"),
        (7, "error", "audience_unknown", "audience")]
