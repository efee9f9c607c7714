import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.questions.formats.text import (
    content_hash,
    fold,
    legacy_encoding,
    repair,
    same,
    squeeze,
)


@pytest.mark.parametrize(
    ("raw", "text", "kinds"),
    [
        ("  thủ tục ", "thủ tục", set()),
        (unicodedata.normalize("NFD", "Thủ tục hành chính"), "Thủ tục hành chính", {"nfd"}),
        ("một\u00a0cửa", "một cửa", {"nbsp"}),
        ("một\u200b cửa\ufeff", "một cửa", {"zero_width"}),
        ("Ａ，Ｃ", "A,C", {"full_width"}),
        ("„x\u2033", '"x"', {"quotes"}),
        ("dòng\r\nhai", "dòng\nhai", set()),
        ("dòng\x0bhai", "dòng\nhai", {"line_breaks"}),
        ("a\x00b", "ab", {"control"}),
        ("giữ “ngoặc” đúng – và ‘này’", "giữ “ngoặc” đúng – và ‘này’", set()),
    ],
)
def test_repair_mends_and_tells(raw, text, kinds):
    assert repair(raw) == (text, kinds)


@given(st.text())
def test_repair_once_is_enough(text):
    once, _ = repair(text)
    assert repair(once) == (once, frozenset())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuỷ lợi", "THỦY  LỢI"),
        ("Đáp án", "dap an"),
        ("“Một cửa”.", "một cửa"),
        (unicodedata.normalize("NFD", "Ứng dụng"), "ứng dụng"),
    ],
)
def test_fold_takes_spellings_together(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("-5", "5"), ("x + 1", "x = 1"), ("1,5", "15")])
def test_fold_keeps_what_sums_need(one, other):
    assert fold(one) != fold(other)


def test_squeeze_drops_spaces():
    assert squeeze("Đáp  án\nA*:") == "dapana"


def test_same_keeps_diacritics_and_inner_punctuation():
    assert same("Một  cửa.") == same("một cửa")
    assert same("bán") != same("bàn")
    assert same("1,5") != same("15")


def test_content_hash_ignores_order_and_case_not_words():
    first = content_hash("Câu hỏi?", ["Một", "Hai"])
    assert first == content_hash("CÂU  HỎI", ["hai.", "một"])
    assert first != content_hash("Câu hỏi?", ["Một", "Ba"])
    assert len(first) == 64


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Uû ban nh©n d©n huyÖn B¶o Th¾ng, tØnh Lµo Cai", "tcvn3"),
        ("Xin chaøo caùc baïn, toâi laø ngöôøi", "vni"),
        ("Ủy ban nhân dân huyện Bảo Thắng, ± 5 µm", None),
        ("KHOẺ KHOÉ HOÈ – TUÂN THỦ, QUÝ, UỶ BAN", None),
    ],
)
def test_legacy_encoding(text, encoding):
    assert legacy_encoding(text) == encoding


@given(st.lists(st.text("a\u1ea5 \t", max_size=6), max_size=6))
def test_blanks_go_at_the_ends_of_lines_only(rows):
    text = "\n".join(rows)
    assert repair(text)[0] == re.sub(r"[ \t]+(?=\n)", "", text).strip()


def test_a_line_of_blanks_is_no_trap():
    """Quadratic work on so many would take hours."""
    assert repair("ấ" + " " * 1_000_000 + "b\nc")[0] == "ấ" + " " * 1_000_000 + "b\nc"
