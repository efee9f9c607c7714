import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.delivery.prediction import MOST, PERCENT, read, written


@pytest.mark.parametrize("guess", ["25.980", "25980", " 25 980 ", "25,980", "25\u00a0980", 25980])
@pytest.mark.parametrize("kind", ["perfect_entries", "participants"])
def test_a_number_of_people_however_it_is_written(kind, guess):
    assert read(kind, guess) == 25_980


@pytest.mark.parametrize(("guess", "value"), [
    ("87,65432", 8_765_432), ("87.65432", 8_765_432), ("87,5", 8_750_000), ("87", 8_700_000), ("87,5 %", 8_750_000),
    ("0", 0), ("100", 10_000_000), ("100,00000", 10_000_000), (42, 4_200_000)])
def test_a_percentage_has_five_decimals(guess, value):
    assert read(PERCENT, guess) == value


@pytest.mark.parametrize(("kind", "guess"), [
    ("participants", "25.98"), ("participants", "-5"), ("participants", "2.5980"), ("participants", "nhiều"),
    ("participants", "1e5"), ("participants", "1234567890"), ("participants", "²"), ("participants", -1),
    (PERCENT, "100,00001"), (PERCENT, "101"), (PERCENT, "87,654321"), (PERCENT, "87,"), (PERCENT, "-1"),
    (PERCENT, "1.234,5")])
def test_what_is_no_guess(kind, guess):
    with pytest.raises(ValueError):
        read(kind, guess)


@pytest.mark.parametrize("guess", [None, "", "   "])
def test_nothing_is_no_guess_and_a_round_that_asks_none_reads_none(guess):
    assert read("participants", guess) is None
    assert read("none", "25.980") is None
    assert read("none", "whatever") is None


@given(st.integers(0, MOST), st.integers(0, 100 * 10**5))
def test_what_is_written_is_read_again(people, percent):
    assert read("participants", written("participants", people)) == people
    assert read(PERCENT, written(PERCENT, percent)) == percent


def test_no_guess_is_written_as_nothing():
    assert written("participants", None) == ""
