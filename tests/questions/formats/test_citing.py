import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.citing import Law, Library, Match, match

PLAN = Law("kh", "ke_hoach", "1600/kh-ubnd", ("Kế hoạch tuyên truyền cải cách hành chính năm 2024 của tỉnh Bình Minh",),
           {"I": "I", "II": "II", "II/3": "II3", "II/4": "II4", "II/4/a": "II4a", "pB/IV": "B4", "d1": "D1",
            "d1#2": "D1b", "pl/5": "PL5", "III": "III"})
DECREE = Law("nd", "nghi_dinh", "61/2018/nd-cp", ("Nghị định về cơ chế một cửa, một cửa liên thông",),
             {"d5": "d5", "d5/1": "d51", "d5/2": "d52", "d6": "d6"})
TWIN = Law("qd", "quyet_dinh", "1600/qd-ubnd-hc", ("Quyết định phê duyệt Đề án",), {"I": "qI"})
WORDS = {"Sổ tay CCHC, mục II": ("II",)}
PIECES = ("Điều 5", "khoản 2", "mục II.3", "KH 1600", "61/2018/NĐ-CP", " và ", ", ", "; ", "phần", "Phụ lục", "STT",
          "a", "Sổ tay CCHC")
LIBRARY = Library((PLAN, DECREE, TWIN), WORDS)


@pytest.mark.parametrize(("citation", "found"), [
    ("Kế hoạch 1600/KH-UBND, mục II.3", Match("exact", ("II3",), ("number",), "kh")),
    ("Khoản 2 Điều 5 Nghị định 61/2018/NĐ-CP", Match("exact", ("d52",), ("number",), "nd")),
    ("nghị định số 061/2018/ND-CP, điều 5 khoản 1, 2", Match("exact", ("d51", "d52"), ("number",), "nd")),
    ("khoản 1, 2 Điều 5 Nghị định 61/2018/NĐ-CP; Điều 6", Match("exact", ("d51", "d52", "d6"), ("number",), "nd")),
    ("Kế hoạch 1600/KH-UBND, mục II.4, điểm a, đoạn 2", Match("exact", ("II4a",), ("number",), "kh")),
    ("KH 1600, mục II.3", Match("likely", ("II3",), ("short_number",), "kh")),
    ("KH 1600, II.3", Match("likely", ("II3",), ("short_number",), "kh")),
    ("Chỉ thị 1600, mục I", Match("likely", ("I",), ("several_documents",), "kh")),
    ("Sổ tay cải cách hành chính, mục II", Match("exact", ("II",), ("words",))),
    ("Sổ tay CCHC, mục II, gạch đầu dòng 4", Match("exact", ("II",), ("words",))),
    ("Sổ tay CCHC, mục III", Match("exact", ("III",), ("name",), "kh")),
    ("Kế hoạch tuyên truyền CCHC năm 2024 của tỉnh Bình Minh, mục I", Match("exact", ("I",), ("name",), "kh")),
    ("Kế hoạch tuyên truyền CCHC năm 2024, mục I", Match("likely", ("I",), ("name_alike",), "kh")),
    ("Mục IV phần B Kế hoạch 1600/KH-UBND", Match("exact", ("B4",), ("number",), "kh")),
    ("Mục IV Kế hoạch 1600/KH-UBND", Match("likely", ("B4",), ("inside", "number"), "kh")),
    ("Kế hoạch 1600/KH-UBND, phần II mục 3", Match("likely", ("II3",), ("other_reading", "number"), "kh")),
    ("Kế hoạch 1600/KH-UBND, mục III, điểm d", Match("exact", ("III",), ("as_fine", "number"), "kh")),
    ("Kế hoạch 1600/KH-UBND, mục II.9", Match("likely", ("II",), ("wider", "number"), "kh")),
    ("Kế hoạch 1600/KH-UBND, mục II, điểm 3 và điểm 4", Match("exact", ("II3", "II4"), ("number",), "kh")),
    ("Kế hoạch 1600/KH-UBND, Phụ lục, STT 5", Match("exact", ("PL5",), ("number",), "kh")),
    ("Kế hoạch 1600/KH-UBND, Điều 1", Match("likely", ("D1",), ("repeated", "number"), "kh")),
    ("Kế hoạch 1600/KH-UBND, mục VII", Match("none", (), ("place_unknown", "number"), "kh")),
    ("Kế hoạch 1600/KH-UBND", Match("none", (), ("no_place", "number"), "kh")),
    ("Nghị định 61/2018/NĐ-CP, Điều 5; Kế hoạch 1600/KH-UBND, mục VII",
     Match("likely", ("d5",), ("place_unknown", "number"), "nd")),
    ("Nghị định 62/2018/NĐ-CP, Điều 5", Match("none", (), ("unknown_number",))),
    ("Luật Đất đai, Điều 5", Match("none", (), ("no_document",))),
    ("", Match("none", (), ("empty",))),
    ("x" * 2_000, Match("none", (), ("too_long",))),
])
def test_what_a_citation_means(citation, found):
    assert match(citation, LIBRARY) == found


def test_a_number_is_never_taken_for_one_that_only_begins_like_it():
    library = Library((Law("a", "ke_hoach", "16/kh-ubnd", (), {"I": "a"}), PLAN))
    assert match("Kế hoạch 16/KH-UBND, mục I", library).sections == ("a",)
    assert match("KH 160, mục I", library).grade == "none"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12))
def test_any_text_gets_an_answer(pieces):
    found = match(" ".join(pieces), LIBRARY)
    assert (found.grade == "none") == (not found.sections)
    assert found.why
