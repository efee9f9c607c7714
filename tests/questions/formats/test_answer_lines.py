import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.questions.formats.answer_lines import number_shown, read_lines, write_lines
from contest.questions.formats.drafts import FULL_CREDIT, Accepted, Gap


@pytest.mark.parametrize(("kind", "text", "answers"), [
    ("text", "Hà Nội\n  hà   nội cũ =50%\n\n", [("Hà Nội", FULL_CREDIT), ("hà nội cũ", 50_000)]),
    ("text", "*76*", [("*76*", FULL_CREDIT)]),
    ("text", "a | b; c", [("a | b; c", FULL_CREDIT)]),
    ("text", "a =150%", [("a =150%", FULL_CREDIT)]),
    ("text", "a\na =50%", [("a", FULL_CREDIT)]),
    ("number", "23,53±0,01\n20..25 =33,333 %", [("23.53±0.01", FULL_CREDIT), ("20..25", 33_333)]),
    ("choice", "*thu\nxuân =50%\nmưa\nmưa", [("thu", FULL_CREDIT), ("xuân", 50_000), ("mưa", 0), ("mưa", 0)]),
    ("choice", "**x\n**x =0%", [("*x", FULL_CREDIT), ("*x", 0)]),
    ("text", " \n ", []),
])
def test_lines_are_answers(kind, text, answers):
    assert read_lines(kind, text) == Gap(kind, tuple(Accepted(*answer) for answer in answers))


def test_no_number():
    assert read_lines("number", "12\nmười hai") is None


CREDITS = st.integers(-FULL_CREDIT, FULL_CREDIT)
WORDS = st.text("a*=%5 0|;\\,.ấ", min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool)


@given(st.sampled_from(["text", "choice"]), st.lists(st.tuples(WORDS, CREDITS), max_size=4, unique_by=lambda a: a[0]))
def test_written_texts_read_back(kind, answers):
    gap = Gap(kind, tuple(Accepted(*answer) for answer in answers))
    assert read_lines(kind, write_lines(gap)) == gap


NUMBERS = st.decimals(-10_000, 10_000, places=3).map(lambda value: format(value, "f")) | st.integers(0, 10**9).map(str)


@given(NUMBERS, st.sampled_from(["", "±0.01", "..99999999999", "±5."]), CREDITS)
def test_written_numbers_read_back(number, more, credit):
    gap = Gap("number", (Accepted(number + more, credit),))
    assert read_lines("number", write_lines(gap)) == gap


@pytest.mark.parametrize(("stored", "shown"), [
    ("23.53±0.01", "23,53±0,01"), ("1.5..2.5", "1,5..2,5"), ("12", "12"), ("5.", "5."), ("1.234", "1,234")])
def test_numbers_are_shown_as_vietnamese_write_them(stored, shown):
    assert number_shown(stored) == shown
