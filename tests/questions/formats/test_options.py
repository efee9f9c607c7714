import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.questions.formats.options import Split, split_options, without_own_letters


@pytest.mark.parametrize(
    "cell",
    [
        "A. một\nB. hai\nC. ba",
        "A. một B. hai C. ba",
        "A.một\nB.hai\nC.ba",
        "A) một\nB) hai\nC) ba",
        "a) một\nb) hai\nc) ba",
        "A/ một\tB/ hai\nC/ ba",
        "(A) một (B) hai (C) ba",
        "A: một\n\nB: hai\nC: ba\n",
        "A - một\nB - hai\nC - ba".replace("A -", "A-").replace("B -", "B-").replace("C -", "C-"),
        "1. một\n2. hai\n3. ba",
    ],
)
def test_markers_that_are_sure(cell):
    assert split_options(cell) == Split(("một", "hai", "ba"))


@pytest.mark.parametrize(
    ("cell", "problem", "letter", "options"),
    [
        ("A. một\nB .Trước khi\nC. ba", "broken_marker", "B", ("một", "Trước khi", "ba")),
        ("A. một\nhai\nC. ba", "options_unsplit", "B", ("một", "hai", "ba")),
        ("A. một B hai C. ba", "options_unsplit", "B", ("một B hai C. ba",)),
        ("A một\nB hai", "broken_marker", "A", ("một", "hai")),
        ("một\nhai\nba", "no_markers", "", ("một", "hai", "ba")),
        ("một hai ba", "options_unsplit", "A", ("một hai ba",)),
        ("A. một", "options_unsplit", "B", ("một",)),
    ],
)
def test_markers_that_are_not(cell, problem, letter, options):
    split = split_options(cell)
    assert (split.problem, split.letter, split.options) == (problem, letter, options)


@pytest.mark.parametrize("cell", ["A, một\nB, hai\nC, ba", "A. một\nB; hai\nC. ba", "A> một\nB> hai\nC> ba"])
def test_odd_signs_on_every_line_leave_no_doubt(cell):
    split = split_options(cell)
    assert (split.options, split.problem) == (("một", "hai", "ba"), "marker_repaired")


def test_a_letter_inside_an_option_does_not_cut_it():
    assert split_options("A. ông Nguyễn Văn A. là chủ\nB. bà B").options == (
        "ông Nguyễn Văn A. là chủ",
        "bà B",
    )


def test_lines_without_a_marker_are_counted():
    assert split_options("A. một\nB. hai\nthêm") == Split(("một", "hai\nthêm"), None, "", 1)


def test_columns_that_repeat_their_letter():
    assert without_own_letters(["A. một", "B. hai"]) == ("một", "hai")
    assert without_own_letters(["A. một", "hai"]) == ("A. một", "hai")
    assert without_own_letters(["B. một", "A. hai"]) == ("B. một", "A. hai")


WORDS = st.text("abcđêệ xyz0123456789", min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.lists(WORDS, min_size=2, max_size=8), st.sampled_from(".):/"), st.sampled_from("\n\t "))
def test_what_is_joined_is_split_again(options, sign, join):
    cell = join.join(f"{'ABCDEFGH'[n]}{sign} {text}" for n, text in enumerate(options))
    assert split_options(cell) == Split(tuple(options))


PIECES = st.lists(st.sampled_from(["A. ", "B. ", "C. ", "b) ", "B .", "\n", "x", "y z", "A", "*"]))


@given(PIECES)
def test_nothing_is_lost_in_silence(pieces):
    cell = "A. " + "".join(pieces)
    split = split_options(cell)
    if split.problem is not None:
        return
    kept = "".join("".join(split.options).split())
    assert len(kept) >= len("".join(cell.split())) - 3 * len(split.options)
