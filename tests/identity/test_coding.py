import pytest

from contest.identity.coding import Placed, coded, new_code
from contest.identity.rosters import UnitRow

UNITS = [Placed("UBND", "UBND tỉnh"), Placed("SNV", "Sở Nội vụ", "UBND", "UBND tỉnh"), Placed("STC", "Sở Tài chính"),
         Placed("SNV-VP", "Văn phòng", "SNV", "Sở Nội vụ"), Placed("STC-VP", "Văn phòng", "STC", "Sở Tài chính")]


@pytest.mark.parametrize(("name", "parent", "code"), [
    ("Sở Nội vụ", None, "SNV"), ("SỞ NỘI VỤ", "UBND", "SNV"), ("so noi vu", "ubnd tỉnh", "SNV"),
    ("Sở Nội vụ", "Sở Tài chính", "so-noi-vu"),  # one of that name stands elsewhere
    ("Sở Tài chính", "UBND", "STC"),  # the one that stands nowhere yet
    ("Văn phòng", "SNV", "SNV-VP"), ("Văn phòng", "Sở tài chính", "STC-VP"), ("Văn phòng", "UBND", "van-phong"),
    ("Phường Hồng Ngự", None, "phuong-hong-ngu")])
def test_the_unit_that_a_name_and_a_place_mean(name, parent, code):
    assert coded([UnitRow(2, "", name, parent)], UNITS) == ([UnitRow(2, code, name, parent)], [])


def test_what_may_mean_several_units_is_left_out():
    rows, problems = coded([UnitRow(2, "", "Văn phòng"), UnitRow(3, "", "Sở Nội vụ"),
                            UnitRow(4, "", "Sở Nội vụ", "SNV"), UnitRow(5, "", "Sở Nội vụ", "UBND")], UNITS)
    assert [(row.number, row.code) for row in rows] == [(3, "SNV"), (4, "so-noi-vu")]
    assert [(problem.row, problem.code, problem.column, dict(problem.params)) for problem in problems] == [
        (2, "unit_ambiguous", "name", {"value": "Văn phòng", "candidates": "Văn phòng (SNV-VP); Văn phòng (STC-VP)"}),
        (5, "row_repeated", "name", {"value": "Sở Nội vụ", "first": "3"})]


def test_codes_that_are_given_stay():
    rows = [UnitRow(2, "X1", "Sở Nội vụ"), UnitRow(3, "X2", "Sở Nội vụ"), UnitRow(4, "STC", "Văn phòng")]
    assert coded(rows, UNITS) == (rows, [])


@pytest.mark.parametrize(("name", "taken", "code"), [
    ("Sở Nội vụ", (), "so-noi-vu"), ("Sở Nội vụ", ("so-noi-vu", "so-noi-vu-2"), "so-noi-vu-3"), ("–", (), "don-vi"),
    ("Trung tâm Phục vụ hành chính công và Kiểm soát thủ tục", (), "trung-tam-phuc-vu-hanh-chinh-cong-va"),
    ("x" * 60, (), "x" * 40), ("x" * 60, ("x" * 40,), "x" * 35 + "-2")])
def test_a_new_code_is_made_of_the_name(name, taken, code):
    assert new_code(name, taken) == code
    assert len(code) <= 40
