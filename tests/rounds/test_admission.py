import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.rounds.admission import SIGNS, code_digest, draw_code, password_digest, read_code, same_password

KEY = "k" * 32


@pytest.mark.parametrize("typed", ["thicchc2025", " THICCHC2025 ", "ThiCCHC2025\n"])
def test_a_password_is_the_same_whatever_its_case_and_outer_spaces(typed):
    assert same_password(typed, password_digest("thicchc2025", KEY), KEY)


def test_composed_and_decomposed_letters_are_one_password():
    assert same_password("ca\u0309i ca\u0301ch", password_digest("cải cách", KEY), KEY)


def test_another_password_or_another_key_is_another_digest():
    digest = password_digest("thicchc2025", KEY)
    assert not same_password("thicchc2026", digest, KEY)
    assert not same_password("thicchc2025", digest, "l" * 32)
    assert len(digest) == 64
    assert code_digest("thicchc2025", KEY) != digest


@given(st.integers(0, 4), st.sampled_from(["", " ", "-", " - ", "–", "."]))
def test_a_code_is_read_as_it_was_printed_however_it_is_typed(case, between):
    code = draw_code()
    assert {sign for sign in code if sign != "-"} <= set(SIGNS)
    typed = between.join(code.split("-"))
    typed = typed.lower() if case % 2 else typed
    assert read_code(f" {typed} ") == code.replace("-", "")
    assert code_digest(code, KEY) == code_digest(read_code(typed), KEY)


@pytest.mark.parametrize(
    "typed", ["", "K7QM-3F8T-W2X", "K7QM-3F8T-W2XY9", "K7QM-3F8T-W2X0", "K7QM-3F8T-W2XI", "mã dự thi"])
def test_what_is_no_code(typed):
    assert read_code(typed) is None
