"""A written answer in Vietnamese: what is the same, what is not, and how long a hostile one takes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.folding import bare, fold, matches
from tests.work import ends, steps

VIETNAMESE = "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵbcdđghklmnpqrstvx"
WORDS = st.lists(st.text(VIETNAMESE, min_size=1, max_size=7), min_size=1, max_size=5).map(" ".join)


@pytest.mark.parametrize(("accepted", "given_"), [
    ("Hòa Bình", "Hoà Bình"), ("thuỷ", "thủy"), ("Khoẻ", "khỏe"), ("quý", "qúy"), ("THUỶ", "thủy"),
    ("Ủy ban nhân dân", "  ủy\u00a0ban   NHÂN dân. "), ("Ủy ban", "Uỷ ban"),
    ("Ủy ban", unicodedata.normalize("NFD", "Ủy ban")), (unicodedata.normalize("NFD", "Ủy ban"), "Ủy ban"),
    ("Cần Thơ", "can tho"), ("Cần Thơ", "Can Thơ"), ("Đồng Tháp", "Dong Thap"), ("đường", "duong"),
    ("một cửa", "“Một cửa”!"), ("một cửa", "một\u200b cửa"), ("76/NQ-CP", "76/nq–cp"), ("ABC", "ＡＢＣ"),
    ("?", "?"), ("C++", "c++"), ("5*", "5 phút"), ("*", "gì cũng được"), ("*ban*", "Ủy ban nhân dân"),
    ("Nghị quyết*76*CP", "Nghi quyet so 76/NQ-CP"), ("a*b*a", "abcba"), ("a\\*b", "A*B"), ("*a*a", "aa"),
])
def test_the_same(accepted, given_):
    assert matches(accepted, given_)


@pytest.mark.parametrize(("accepted", "given_"), [
    ("bò", "bơ"), ("bo", "bò"), ("đường", "đương"), ("Cần Thơ", "Cân Thơ"), ("ma", "mạ"), ("dong", "đồng"),
    ("Ủy ban", "Ủyban"), ("một cửa", "một cửa liên thông"), ("-5", "5"), ("C++", "C"), ("a\\*b", "axb"),
    ("a*b*a", "ab"), ("*a*a", "a"), ("aa*aa", "aaa"), ("a*", "ba"), ("*a", "ab"), ("a*b", "acbc"), ("*bò*", "một bơ"),
    ("", "x"), ("x", ""),
])
def test_not_the_same(accepted, given_):
    assert not matches(accepted, given_)


def test_case_counts_where_it_is_kept():
    assert matches("Sở Nội vụ", "So Noi vu", case_kept=True)
    assert matches("HÒA", "HOÀ", case_kept=True)
    assert not matches("Sở Nội vụ", "sở nội vụ", case_kept=True)


def test_diacritics_count_where_they_are_needed():
    assert matches("Hòa*", "hoà bình", diacritics_needed=True)
    assert not matches("Hòa", "Hoa", diacritics_needed=True)
    assert not matches("*Hòa*", "x Hoa x", diacritics_needed=True)


@given(WORDS)
def test_a_text_is_the_same_as_itself_however_it_is_written(text):
    assert matches(text, text, diacritics_needed=True)
    assert matches(text, unicodedata.normalize("NFD", text.upper()), diacritics_needed=True)
    assert matches(text, bare(fold(text)))
    assert matches(text, bare(fold(text)), diacritics_needed=True) == (bare(fold(text)) == fold(text))


@given(WORDS)
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text, case_kept=True).casefold() == fold(text)


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_asterisks_against_a_plain_recursion(pattern, text):
    def model(p, t):
        if not p:
            return not t
        if p[0] == "*":
            return any(model(p[1:], t[i:]) for i in range(len(t) + 1))
        return bool(t) and t[0] == p[0] and model(p[1:], t[1:])

    assert matches(pattern, text) == model(pattern, text)


@given(st.text(max_size=40), st.text(max_size=40), st.booleans(), st.booleans())
def test_any_two_texts_are_compared(accepted, given_, kept, needed):
    assert matches(accepted, given_, case_kept=kept, diacritics_needed=needed) in (True, False)


HOSTILE = [
    ("*a" * 250, "a" * 499 + "b"), ("*" * 5_000, "a" * 500), ("a*" * 2_500, "a" * 500),
    ("*" + "a" * 250 + "b*", "a" * 500),
    ("*" + "a" * 249 + "ạb*", ("a" * 249 + "ạ") * 2), ("*" + "ạ" * 249 + "x*", "a" * 500),
    ("*" + "ạ" * 200 + "*" + "ạ" * 200 + "x*", ("a" * 199 + "ă") * 2 + "a" * 100), ("(a*)*(b|c)+$" * 400, "a" * 500),
    ("hoà" * 1_600, "hòa" * 166), ("\\*" * 2_500, "*" * 500), (" " * 8_000, " " * 500), ("." * 8_000, "." * 499 + "a"),
    ("o\u0301" * 2_500, "o\u0301" * 250), ("\u0301" * 5_000, "a" + "\u0301" * 499), ("ﷺ" * 5_000, "ﷺ" * 500),
    ("*" + "a" * 250 + "*" + "ạ" * 240 + "*", "ạ" * 10 + "a" * 490), ("*a" * 240 + "*b*", "a" * 500),
]


@pytest.mark.parametrize(("accepted", "given_"), HOSTILE, ids=range(len(HOSTILE)))
def test_no_key_and_no_answer_takes_long(accepted, given_):
    """Bounded by the product of the two lengths; with a pattern that backtracks it would never end."""
    matches.__globals__["_pattern"].cache_clear()
    assert ends(matches, accepted, given_)
    assert steps(matches, accepted, given_) < len(accepted) * len(given_)
