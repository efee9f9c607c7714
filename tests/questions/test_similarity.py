from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.content import Choice, Content
from contest.questions.similarity import ALIKE, BANDS, bands, likeness, shingles, traits

STEM = ("Theo Kế hoạch cải cách hành chính năm 2026 của tỉnh, cơ quan nào chủ trì việc tổng hợp, báo cáo kết quả"
        " thực hiện trước ngày {}?")
OPTIONS = ("Sở Nội vụ", "Văn phòng Ủy ban nhân dân tỉnh", "Sở Tài chính", "Sở Tư pháp")
SYLLABLES = st.sampled_from(["cải", "cách", "hành", "chính", "công", "vụ", "tỉnh", "xã", "năm", "2025", "80%",
                             "Đúng", "sai", "trước", "15/6"])
TEXTS = st.lists(SYLLABLES, min_size=1, max_size=12).map(" ".join)


def content(stem: str = STEM.format("15/6"), options: tuple[str, ...] = OPTIONS) -> Content:
    return Content("single", stem, tuple(Choice(text, n == 0) for n, text in enumerate(options)))


CONTENTS = st.builds(content, TEXTS, st.lists(TEXTS, min_size=2, max_size=5).map(tuple))


def kind(one: Content, other: Content) -> str | None:
    found = likeness(traits(one), traits(other))
    return found.kind if found else None


@pytest.mark.parametrize(("other", "expected"), [
    (content(), "same"),
    (content(options=OPTIONS[::-1]), "same"),
    (content(STEM.format("15/6").upper().replace("Ế", "E")), "same"),
    (content(STEM.format("14/9")), "numbers"),
    (content(STEM.format("15/6").replace("2026", "2025")), "numbers"),
    (content(STEM.format("15/6").replace("chủ trì việc", "chủ trì")), "near"),
    (content(options=(*OPTIONS[:3], "Sở Xây dựng")), "near"),
    (content("Chỉ số cải cách hành chính viết tắt là gì?", ("PAPI", "PCI", "SIPAS", "PAR INDEX")), None),
    (content("Cơ quan nào ký ban hành?"), None),
])
def test_how_two_questions_resemble_each_other(other, expected):
    assert kind(content(), other) == expected
    assert kind(other, content()) == expected


@pytest.mark.parametrize(("one", "other"), [("80 %", "90 %"), ("80%", "90%"), ("15/6", "14/9"), ("ba 3", "ba 4")])
def test_options_that_differ_by_a_number_are_no_duplicates(one, other):
    assert kind(content(options=(*OPTIONS, one)), content(options=(*OPTIONS, other))) == "numbers"


def test_numbers_count_in_any_option_but_in_their_order_in_the_stem():
    assert kind(content(options=("Từ 1 đến 2", "Từ 3 đến 4")), content(options=("Từ 3 đến 4", "Từ 1 đến 2"))) == "same"
    assert kind(content("Từ 1 đến 2 là gì?"), content("Từ 2 đến 1 là gì?")) == "numbers"


def test_markup_is_no_difference():
    assert kind(content(), replace(content("**" + STEM.format("15/6") + "**"), markup=True)) in ("same", "near")


@settings(max_examples=200, deadline=None)
@given(CONTENTS, CONTENTS)
def test_likeness_is_mutual_and_what_it_says(one, other):
    found = likeness(traits(one), traits(other))
    assert found == likeness(traits(other), traits(one))
    assert likeness(traits(one), traits(one)).kind == "same"
    left, right = traits(one).shingles, traits(other).shingles
    ratio = len(left & right) / len(left | right)
    if traits(one).identity != traits(other).identity:
        assert (found is not None) == (ratio >= ALIKE)
    if found and found.kind == "near":
        assert traits(one).numbers == traits(other).numbers


@settings(max_examples=100, deadline=None)
@given(CONTENTS, st.randoms(use_true_random=False))
def test_bands_know_nothing_of_the_order_of_options(one, random):
    shuffled = list(one.choices)
    random.shuffle(shuffled)
    first, second = (bands(traits(c).shingles) for c in (one, replace(one, choices=tuple(shuffled))))
    assert first == second
    assert len(first) == len(set(first)) == BANDS
    assert all(0 <= value < 2**63 for value in first)


def test_bands_find_what_is_alike_and_pass_over_the_rest():
    words = [f"t{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(400)]
    found = missed = strange = 0
    for start in range(200):
        text = " ".join(words[start:start + 60])
        near = " ".join((*words[start:start + 30], "khac", *words[start + 31:start + 60]))
        far = " ".join(words[(start + 100) % 300 + 30:(start + 100) % 300 + 90])
        one = set(bands(shingles([text])))
        found += bool(one & set(bands(shingles([near]))))
        missed += not one & set(bands(shingles([near])))
        strange += bool(one & set(bands(shingles([far]))))
    assert (found, missed) == (200, 0)
    assert strange <= 40  # neighbours in the list overlap by chance
    assert bands(frozenset()) == ()
