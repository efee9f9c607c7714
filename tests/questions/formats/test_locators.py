import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.locators import (
    WHOLE,
    cut_places,
    key_of,
    keys_of,
    roman,
    soft,
    split_places,
    without_fine,
    written_roman,
)


@pytest.mark.parametrize(("text", "keys"), [
    ("I.1", ("I/1",)),
    ("Mục IV.1.c", ("IV/1/c",)),
    ("mục V.1.đ", ("V/1/đ",)),
    ("muc II.2, diem b", ("II/2/b",)),
    ("mục III.1, điểm i", ("III/1/i",)),  # a letter there, not the numeral one
    ("Điều 05", ("d5",)),
    ("Điều 5a", ("d5a",)),
    ("Điều 5 khoản 2 điểm a", ("d5/2/a",)),
    ("điểm đ khoản 2 Điều 5 Chương II", ("d5/2/đ",)),  # articles are counted through
    ("Chương II Mục 1", ("c2/m1",)),
    ("Phần thứ nhất", ("p1",)),
    ("Mục IV phần B", ("pB/IV", "IV")),
    ("mục 2 thuộc phần II", ("p2/2", "II/2", "2")),
    ("mục 3", ("3", "m3", "III")),
    ("Phụ lục", ("pl",)),
    ("Phụ lục.5", ("pl/5",)),
    ("Phụ lục, STT 5", ("pl/5",)),
    ("PHỤ LỤC II", ("pl2",)),
    ("Phụ lục 1, mục II.3", ("pl1/II/3",)),
    ("Căn cứ", ("dau",)),
    ("phần căn cứ, đoạn 3", ("dau",)),
    ("mục II.1.b, gạch đầu dòng 6, dấu cộng 1", ("II/1/b",)),
    ("mục IV, đoạn cuối", ("IV",)),
    ("mục đích", ()),
    ("Căn cứ Nghị định 61/2018/NĐ-CP", ()),
    ("", ()),
])
def test_places_as_people_write_them(text, keys):
    assert keys_of(text) == keys


def test_any_locator_has_a_key():
    assert (key_of(""), key_of("Lời kết luận"), key_of("mục I.2")) == (WHOLE, "x:loi ket luan", "I/2")


@pytest.mark.parametrize(("text", "places"), [
    ("Điều 1, Điều 3", ["Điều 1", "Điều 3"]),
    ("mục I.1 và mục II.2; Phụ lục", ["mục I.1", "mục II.2", "Phụ lục"]),
    ("khoản 1, 2 Điều 5", ["khoản 1 Điều 5", "khoản 2 Điều 5"]),
    ("điểm a, b và đ khoản 2 Điều 5", [f"điểm {x} khoản 2 Điều 5" for x in "abđ"]),
    ("điểm a khoản 1 Điều 5, điểm b khoản 2 Điều 6", ["điểm a khoản 1 Điều 5", "điểm b khoản 2 Điều 6"]),
    ("Luật Cán bộ, công chức và viên chức", ["Luật Cán bộ, công chức và viên chức"]),
])
def test_several_places_in_one_text(text, places):
    assert split_places(text) == places


@pytest.mark.parametrize(("text", "rest"), [
    ("Khoản 2 Điều 5 Nghị định 61/2018/NĐ-CP", "Nghị định 61/2018/NĐ-CP"),
    ("Quyết định 1/QĐ-UBND, Đề án, mục II.2, điểm b", "Quyết định 1/QĐ-UBND, Đề án"),
    ("KH 1600, II.3", "KH 1600"),
    ("Kế hoạch năm 2024 của UBND thành phố, mục I.1, đoạn 2", "Kế hoạch năm 2024 của UBND thành phố"),
])
def test_what_is_left_names_the_document(text, rest):
    assert cut_places(text) == rest


def test_fine_places_are_left_out_alone():
    assert without_fine("Mục II.2, gạch đầu dòng 2 và 3, điểm b") == "Mục II.2, điểm b"


def test_roman_numerals():
    assert [roman(written_roman(number)) for number in range(1, 40)] == list(range(1, 40))
    assert [roman(label) for label in ("iiii", "xl", "c", "", "vx")] == [None] * 5


@settings(max_examples=150)
@given(st.text(alphabet="ĐđIVXiíaắb12.,/ ()", max_size=60) | st.text(max_size=60))
def test_nothing_breaks_on_any_text(text):
    assert len(soft(text)) >= 0
    for place in split_places(text):
        assert keys_of(place) == keys_of(place)
    assert key_of(text)
    cut_places(text)
