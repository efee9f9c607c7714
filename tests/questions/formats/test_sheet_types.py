"""Every question type in a row: how people write it, and that our workbook reads back equal."""

import string
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import FULL_CREDIT, TRUE_FALSE_OPTIONS, Accepted, Draft, Gap, Media
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.sheet_cells import changed, lost
from contest.questions.formats.stars import literal
from contest.questions.formats.template import write_xlsx
from contest.questions.formats.text import repair, same
from tests.questions.formats.built import HEADER, workbook

TYPED = [*HEADER, "Loại"]


def one(kind: str | None, stem: str, options: list[object], key: object) -> Draft:
    cells = [*options, *[None] * (4 - len(options))]
    return read_bank_here(workbook([TYPED, [1, stem, *cells, key, kind]]), "x.xlsx").drafts[0]


def codes(draft: Draft) -> list[str]:
    return [problem.code for problem in draft.problems]


@pytest.mark.parametrize(
    ("key", "truths"),
    [
        ("Đ, S, Đ", (0, 1, 0)),
        ("ĐSĐ", (0, 1, 0)),
        ("Đúng; Sai; Đúng", (0, 1, 0)),
        ("1-Đ 2-S 3-Đ", (0, 1, 0)),
        ("a) Đ b) S c) S", (0, 1, 1)),
        ("A, C", (0, 1, 0)),
        ("B", (1, 0, 1)),
    ],
)
def test_clusters(key, truths):
    draft = one("Đúng/sai từng ý", "Xét các ý?", ["a1", "b1", "c1"], key)
    assert (draft.type, draft.parts, draft.options) == ("cluster", ("a1", "b1", "c1"), TRUE_FALSE_OPTIONS)
    assert (draft.key, codes(draft)) == (truths, [])


def test_a_cluster_whose_key_is_short():
    assert codes(one("Đúng/sai từng ý", "Xét?", ["a1", "b1", "c1"], "Đ, S")) == ["key_unreadable"]


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("Hà Nội | Thủ đô", ("Hà Nội", "Thủ đô")),
        ("Hà Nội; Thủ đô", ("Hà Nội", "Thủ đô")),
        ("Hà Nội\nThủ đô", ("Hà Nội", "Thủ đô")),
        ("Điều 1", ("Điều 1",)),
        (r"a\|b", ("a|b",)),
    ],
)
def test_short_texts(key, answers):
    draft = one("Trả lời ngắn", "Thành phố nào?", [], key)
    assert draft.gaps == (Gap("text", tuple(map(Accepted, answers))),)
    assert codes(draft) == []


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("23,53", "23.53"),
        (23.5, "23.5"),
        ("23,53±0,01", "23.53±0.01"),
        ("23,53 ± 0,01", "23.53±0.01"),
        ("20..25", "20..25"),
        ("từ 20 đến 25", "20..25"),
        ("-1,5", "-1.5"),
    ],
)
def test_numbers(key, number):
    draft = one("Điền số", "Bao nhiêu?", [], key)
    assert (draft.type, draft.gaps, codes(draft)) == ("number", (Gap("number", (Accepted(number),)),), [])


def test_a_number_that_is_none():
    assert codes(one("Điền số", "Bao nhiêu?", [], "nhiều")) == ["key_unreadable"]
    assert codes(one("Điền số", "Bao nhiêu?", [], None)) == ["no_key"]
    assert codes(one("Điền số", "Bao nhiêu?", ["một"], 2)) == ["text_not_taken"]


@pytest.mark.parametrize("sign", [" -> ", " = ", "->", " → ", "="])
def test_pairs_side_by_side(sign):
    draft = one("Ghép cặp", "Ghép?", [f"a{sign}1", f"b{sign}2", "-> 3"], None)
    assert (draft.parts, draft.options, draft.key) == (("a", "b"), ("1", "2", "3"), (0, 1))
    assert codes(draft) == []


def test_pairs_bound_by_the_key():
    draft = one(None, "Ghép?", ["a -> 1", "b -> 2"], "A-2, B-1")
    assert (draft.type, draft.key, codes(draft)) == ("matching", (1, 0), [])
    assert codes(one("Ghép cặp", "Ghép?", ["a", "b"], None))[:1] == ["pair_unsplit"]


def test_an_order():
    draft = one("Sắp xếp", "Sắp xếp?", ["hai", "ba", "một"], "C,A,B")
    assert (draft.options, draft.key, codes(draft)) == (("một", "hai", "ba"), (0, 1, 2), [])
    draft = one("Sắp xếp", "Sắp xếp?", ["hai", "ba"], None)
    assert (draft.options, codes(draft)) == (("hai", "ba"), ["order_as_listed"])
    assert codes(one("Sắp xếp", "Sắp xếp?", ["hai", "ba"], "A,A")) == ["key_unreadable"]


@pytest.mark.parametrize("stem", ["Năm [[1]] do [[2]] ban hành.", "Năm ___ do ….. ban hành."])
@pytest.mark.parametrize("key", ["1: 2021 | hai mốt; 2: Chính phủ", "1. 2021 | hai mốt\n2. Chính phủ",
                                 "2021 | hai mốt; Chính phủ"])
def test_gaps(stem, key):
    draft = one("Điền từ", stem, [], key)
    assert draft.stem == "Năm [[1]] do [[2]] ban hành."
    assert draft.gaps == (Gap("text", (Accepted("2021"), Accepted("hai mốt"))), Gap("text", (Accepted("Chính phủ"),)))
    assert codes(draft) == []


def test_gaps_of_other_kinds():
    draft = one("Điền từ", "[[1]] [[2]]", [], "1 (số): 23,5±0,1; 2 (chọn): *đúng | sai | nửa =50%")
    assert draft.gaps == (
        Gap("number", (Accepted("23.5±0.1"),)),
        Gap("choice", (Accepted("đúng"), Accepted("sai", 0), Accepted("nửa", 50_000))))


def test_only_what_is_safe_is_inferred():
    assert one(None, "Xét?", ["a1", "b1"], "Đ, S").type == "cluster"
    assert one(None, "Năm [[1]]?", [], "1: 2021").type == "gaps"
    assert one(None, "Thành phố nào?", [], "Hà Nội").type == "single"
    assert one(None, "Xét?", ["a = 1", "b = 2"], "A").type == "single"


def test_an_essay():
    draft = one("Tự luận", "Viết?", [], None)
    assert (draft.type, draft.options, codes(draft)) == ("essay", (), [])


ALPHABET = string.ascii_letters + string.digits + " \n.,;:=+-@'\"<>&%_/\\|*(){}[]đĐáẤổữƯ“”…→😀"
TEXT = st.text(ALPHABET, min_size=1, max_size=30).map(lambda text: repair(text)[0]).filter(bool)
LINE = TEXT.map(lambda text: " ".join(text.split()))
STARRY = LINE.map(literal) | LINE
CREDIT = st.sampled_from([FULL_CREDIT, FULL_CREDIT, 50_000, 33_333, 0, -33_333])
NUMBER = st.sampled_from(["23.53", "-1", "23.53±0.01", "1.5..2.5", "0"])


def answers(texts, credit=CREDIT):
    return st.lists(st.builds(Accepted, texts, credit), min_size=1, max_size=3, unique_by=lambda a: a.text).map(tuple)


GAP = (st.builds(Gap, st.just("text"), answers(STARRY)) | st.builds(Gap, st.just("number"), answers(NUMBER))
       | st.builds(Gap, st.just("choice"), answers(LINE)))


@st.composite
def drafts(draw) -> Draft:
    kind = draw(st.sampled_from(["single", "multiple", "true_false", "cluster", "short_text", "number", "matching",
                                 "ordering", "gaps", "essay"]))
    stem, options, key, parts, gaps, worth = draw(TEXT), (), (), (), (), ()
    if kind in ("single", "multiple", "true_false", "ordering"):
        most = 2 if kind == "true_false" else 8
        options = tuple(draw(st.lists(TEXT, min_size=2, max_size=most, unique_by=same)))
        most = len(options) if kind == "multiple" else 1
        key = tuple(sorted(draw(st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=most))))
        key = tuple(range(len(options))) if kind == "ordering" else key
        if kind == "multiple" and draw(st.booleans()):
            worth = tuple(draw(CREDIT) for _ in options)
    elif kind in ("cluster", "matching"):
        parts = tuple(draw(st.lists(LINE, min_size=2, max_size=5)))
        options = TRUE_FALSE_OPTIONS
        if kind == "matching":
            options = tuple(draw(st.lists(LINE, min_size=2, max_size=6, unique=True)))
        key = tuple(draw(st.integers(0, len(options) - 1)) for _ in parts)
    elif kind == "short_text":
        gaps = (Gap("text", draw(answers(STARRY))),)
    elif kind == "number":
        gaps = (Gap("number", draw(answers(NUMBER))),)
    elif kind == "gaps":
        gaps = tuple(draw(st.lists(GAP, min_size=1, max_size=3)))
        stem = "x " + " y ".join(f"[[{n}]]" for n in range(1, len(gaps) + 1))
    pins = tuple(sorted(draw(st.sets(st.integers(0, len(options) - 1))))) if options and kind == "single" else ()
    tag = st.sampled_from(["một", "hai ba", "A-1"])
    return complete(Draft(
        "", 0, draw(st.none() | LINE), kind, stem, options, key, draw(st.none() | LINE), "NB", draw(st.none() | TEXT),
        None, draw(st.integers(0, 1_000)), (), parts, gaps, worth, pins,
        draw(st.sampled_from([{}, {"case": "kept"}, {"diacritics": "needed", "rule": "exact"}])),
        tuple(draw(st.lists(tag, unique=True, max_size=2))), draw(st.booleans())))


def said(draft: Draft) -> Draft:
    return replace(draft, place="", row=0, problems=(), settings=dict(draft.settings))


@settings(deadline=None, max_examples=200)
@given(drafts())
@example(Draft("", 0, None, "gaps", "x [[1]]", (), (), gaps=(Gap("text", (Accepted(";"),)),)))
@example(Draft("", 0, None, "gaps", "x [[1]] y [[2]]", (), (),
               gaps=(Gap("text", (Accepted(";"),)), Gap("text", (Accepted("0"),)))))
def test_what_goes_out_comes_back_equal(draft):
    written = write_xlsx([draft])
    if lost(draft) or changed(draft):
        assert [problem.code for problem in written.left_out] == ["not_written"]
        return
    assert written.left_out == ()
    (back,) = read_bank_here(written.data, "x.xlsx").drafts
    assert said(back) == said(draft)


def test_what_has_no_room_is_named_and_the_others_are_written():
    many = tuple(f"phương án {n}" for n in range(9))
    good = Draft("", 1, None, "single", "Câu?", ("a", "b"), (0,))
    picture = Media("ab" * 32, "image/png", 1, 1, b"x")
    shown = replace(good, stem=f"Hình ![sơ đồ](media:{picture.name})", markup=True)
    bad = [replace(good, options=many), replace(good, stem="x" * 8_001),
           replace(good, type="cluster", parts=("a",) * 9, options=TRUE_FALSE_OPTIONS, key=(0,) * 9)]
    written = write_xlsx([good, *bad, shown], [picture])
    assert [(p.place, p.params["what"]) for p in written.left_out] == [
        ("2", "options"), ("3", "length"), ("4", "options"), ("5", "media")]
    assert len(read_bank_here(written.data, "x.xlsx").drafts) == 2
