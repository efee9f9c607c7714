import pytest

from contest.questions.key_told import Told
from contest.questions.shown import Item, Option, Part
from contest.reports.printed_blocks import blocks
from contest.reports.printed_layout import Variant, columns, keys, question, sheet, undrawn, whole_keys


def item(slot, kind="single", texts=("Một", "Hai", "Ba"), shape="one", parts=(), **values):
    return Item(slot, f"v{slot}", kind, shape, values.pop("stem", "Câu hỏi?"),
                tuple(Option(f"o{n}", text) for n, text in enumerate(texts)),
                tuple(Part(f"p{n}", text) for n, text in enumerate(parts)), **values)


@pytest.mark.parametrize(("texts", "across"), [
    (("Có", "Không"), 4), (("a" * 15, "b"), 4), (("a" * 16, "b"), 2), (("a" * 33, "b"), 2), (("a" * 34, "b"), 1),
    (("06 tháng một lần", "Hằng quý"), 2), (("Văn phòng HĐND&UBND Thành phố", "b"), 1),
    (("một\nhai", "b"), 1), ((), 4)])
def test_options_stand_by_their_length(texts, across):
    assert columns([blocks(text, markup=False) for text in texts]) == across


def test_a_question_that_would_not_fit_a_page_may_be_broken():
    assert question(item(1))["whole"]
    assert not question(item(1, stem="x" * 3_000))["whole"]
    assert not question(item(1, "essay", (), "essay"))["whole"]
    assert question(item(1, "essay", (), "essay"))["lines"] > 0


def test_the_sheet_has_a_place_for_whatever_a_variant_asks_there():
    one = Variant("101", (item(1), item(2, "multiple", tuple("abcdef"), "many"), item(3, "essay", (), "essay")), {})
    two = Variant("102", (item(1, "number", (), "text"), item(2), item(3, "cluster", ("Đ", "S"), "pairs", ("x",))), {})
    found = sheet([one, two])
    assert [(row["n"], "".join(row["k"])) for row in found["bubbles"]] == [(1, "ABCD"), (2, "ABCDEF")]
    assert (found["boxes"], found["essays"]) == ([1, 3], ["......"])
    assert sheet([one, one])["essays"] == ["3"]
    assert sheet([two])["essays"] == []


def test_the_key_table_keeps_long_answers_below_it():
    long = "Cơ quan thường trực cải cách hành chính của tỉnh, " * 4
    variants = [Variant(str(101 + n), (item(1), item(2)), {1: Told("B"), 2: Told(long if n else "")}) for n in range(3)]
    found = keys(variants, "chấm tay")
    assert found["codes"] == ["101", "102", "103"]
    assert [row["cells"] for row in found["rows"]] == [["B", "B", "B"], ["chấm tay", "[1]", "[1]"]]
    assert found["notes"] == [{"n": 1, "s": long}]
    assert whole_keys(variants, "-") == [(1, ["B"] * 3), (2, ["-", long, long])]


def test_formulas_that_are_not_drawn_are_named_once():
    hard = r"$\hat{x}$"
    found = [question(item(n, stem=f"Tính {hard}", texts=(hard, "$x$"), markup=True)) for n in (1, 2)]
    assert undrawn(found) == [r"\hat{x}"]


@pytest.mark.parametrize(("penalty", "cost"), [
    ("", None), ("whole 25", {"of": "whole", "percent": 25}), ("part 100", {"of": "part", "percent": 100}),
    ("options", {"of": "options", "percent": None})])
def test_a_paper_says_what_a_wrong_answer_costs(penalty, cost):
    assert question(item(1, penalty=penalty))["cost"] == cost
