from datetime import date

import pytest

from contest.questions.formats.law_numbers import (
    Named,
    bare_numbers_in,
    dates_in,
    kind_of_number,
    name_key,
    named,
    number_key,
    numbers_in,
)


@pytest.mark.parametrize(("text", "numbers"), [
    ("Quyết định số 1600 /QĐ-UBND-HC ngày 21/10/2021", ["1600/QĐ-UBND-HC"]),
    ("Khoản 2 Điều 5 Nghị định 61/2018/NĐ-CP và Thông tư 01/2018/TT-VPCP", ["61/2018/NĐ-CP", "01/2018/TT-VPCP"]),
    ("Nghị quyết số 18-NQ/TW, Luật số 58/2014/QH13", ["18-NQ/TW", "58/2014/QH13"]),
    ("Công văn 185/SNV-CCHC&VTLT", ["185/SNV-CCHC&VTLT"]),
    ("ngày 21/10/2021, đạt 5/7 đơn vị, 06 tháng/năm", []),
    ("Số: /KH-UBND", []),
])
def test_numbers_in_a_text(text, numbers):
    assert numbers_in(text) == numbers


def test_numbers_are_compared_without_case_blanks_and_leading_zeros():
    assert number_key("Số: 05 /KH-UBND") == number_key("5/kh-ubnd") == "5/kh-ubnd"
    assert number_key("61/2018/NĐ-CP") == number_key("61/2018/ND-CP")
    assert number_key("16/QĐ-UBND") != number_key("160/QĐ-UBND")
    assert number_key("…/KH-UBND") == ""


def test_short_numbers_and_kinds():
    assert bare_numbers_in("KH 1600, mục II; Quyết định số 05") == [("ke_hoach", "1600"), ("quyet_dinh", "5")]
    assert [kind_of_number(n) for n in ("1/QĐ-UBND", "2/2020/NĐ-CP", "3/2008/QH12", "4/SNV")] == [
        "quyet_dinh", "nghi_dinh", "luat", ""]


def test_dates():
    assert dates_in("ngày 05 tháng 3 năm 2021, 31/02/2020 và 1-4-2022") == [date(2021, 3, 5), date(2022, 4, 1)]
    assert dates_in("ngày tháng 01 năm 2024") == []


def test_a_line_that_names_a_document():
    assert named("Quyết định số 12/QĐ-UBND ngày 2/3/2021 của Ủy ban nhân dân tỉnh A về việc ban hành Kế hoạch") == \
        Named("quyet_dinh", "12/QĐ-UBND", date(2021, 3, 2), "Ủy ban nhân dân tỉnh A", "về việc ban hành Kế hoạch")
    assert named("Kế hoạch số …/KH-UBND, tháng 01, của Ủy ban nhân dân thành phố B: Tuyên truyền năm 2024") == \
        Named("ke_hoach", "", None, "Ủy ban nhân dân thành phố B", "Tuyên truyền năm 2024")
    assert named("Sổ tay").kind == ""


def test_names_are_compared_with_abbreviations_written_out():
    assert name_key("Kế hoạch tuyên truyền CCHC của UBND") == name_key("KẾ HOẠCH tuyên truyền cải cách hành chính của"
                                                                       " Ủy ban nhân dân")
