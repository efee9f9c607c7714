import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.questions.formats.keys import Key, column_style, read_key, take_marks

OPTIONS = ("Nộp trực tiếp", "Trước khi nộp", "Sau khi nộp", "Không nộp")


@pytest.mark.parametrize(
    ("cell", "positions"),
    [
        ("A", (0,)),
        ("a.", (0,)),
        ("(B)", (1,)),
        ("A,C", (0, 2)),
        ("AC", (0, 2)),
        ("A và C", (0, 2)),
        ("A;C", (0, 2)),
        ("C, A", (0, 2)),
        ("Đáp án B", (1,)),
        ("Câu C", (2,)),
        ("1", (0,)),
        ("1.0", (0,)),
        ("2,4", (1, 3)),
        ("1.2", (0, 1)),
        ("1 và 3", (0, 2)),
        ("trước khi nộp.", (1,)),
        ("Truoc khi nop", (1,)),
        ("B. Trước khi nộp", (1,)),
        ("Nộp trực tiếp; Không nộp", (0, 3)),
        ("Nộp trực tiếp\nKhông nộp", (0, 3)),
    ],
)
def test_the_ways_to_write_a_key(cell, positions):
    assert read_key(cell, OPTIONS) == Key(positions)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("E", "key_beyond_options"),
        ("0", "key_beyond_options"),
        ("5", "key_beyond_options"),
        ("không rõ", "key_unreadable"),
        ("B. Sau khi nộp", "key_conflict"),
        ("B. gì đó khác", "key_unreadable"),
        ("?", "key_unreadable"),
    ],
)
def test_what_is_no_key(cell, problem):
    assert read_key(cell, OPTIONS) == Key((), problem)


def test_numbers_from_zero():
    assert column_style(["0", "2", "3"]) == ("numbers", True)
    assert column_style(["1", "2", "3"]) == ("numbers", False)
    assert column_style(["0", "4"]) == ("numbers", False)
    assert column_style(["0", "A"])[1] is False
    assert read_key("0", OPTIONS, "numbers", True) == Key((0,))


def test_a_number_that_is_also_an_options_text():
    options = ("2", "4", "6", "8")
    assert read_key("2", options, "letters") == Key((0,))
    assert read_key("2", options, "numbers") == Key((1,), doubtful=True)
    assert read_key("2", options, "text") == Key((0,))


def test_true_and_false():
    assert read_key("Đ", ("Đúng", "Sai")) == Key((0,))
    assert read_key("False", ("Đúng", "Sai")) == Key((1,))
    assert read_key("S", ("Sai", "Đúng")) == Key((0,))


@given(
    st.sets(st.integers(0, 7), min_size=1), st.sampled_from([",", ", ", ";", " ", " và ", "", "/"])
)
def test_letters_and_numbers_name_the_same(positions, join):
    options = [f"phương án {n}" for n in range(8)]
    letters = join.join("ABCDEFGH"[n] for n in sorted(positions))
    assert read_key(letters, options) == Key(tuple(sorted(positions)))
    if join:
        numbers = join.join(str(n + 1) for n in sorted(positions))
        assert read_key(numbers, options, "numbers") == Key(tuple(sorted(positions)))


@given(st.text())
def test_any_text_gives_positions_or_a_code(cell):
    key = read_key(cell, OPTIONS)
    assert bool(key.positions) != bool(key.problem)
    assert all(0 <= position < 4 for position in key.positions)


@given(st.text())
def test_marks_are_taken_off_whole(text):
    cleaned, marked = take_marks([text, f"{text} (Đ)" if re.search(r"\w", text) else "x*"])
    assert 1 in marked
    assert "(Đ)" not in cleaned[1] or "(Đ)" in text


@pytest.mark.parametrize("option", ["*hai", "hai*", "hai (Đ)", "hai (đúng)", "hai (x)", "hai [X]"])
def test_marks(option):
    assert take_marks(["một", option, "ba"]) == (("một", "hai", "ba"), (1,))
