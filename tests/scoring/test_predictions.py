"""What was to be guessed, in the figures of rounds that were held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.predictions import KINDS, Figures, distance, settle


@pytest.mark.parametrize(("kind", "figures", "expected"), [
    # Huế 2025, week 1: 25,980 people, 5,945 with everything right.
    ("perfect_entries", Figures(25_980, 5_945), 5_945),
    # Bộ GTVT 2020 and Quảng Ninh 2023 ask for the number of participants.
    ("participants", Figures(25_980, 5_945), 25_980),
    # Việt Nam - Lào 2022, week 7: 2,480 of 79,567; 2,480 / 79,567 = 0.031168700… = 3.11687 %.
    ("perfect_percent", Figures(79_567, 2_480), 311_687),
    # Nghệ An 2023, week 4: 126,810 of 427,277 = 0.29678639… = 29.67864 %.
    ("perfect_percent", Figures(427_277, 126_810), 2_967_864),
    ("perfect_percent", Figures(3, 3), 10_000_000),
    ("perfect_percent", Figures(3, 0), 0),
    # 1 / 256 = 0.390625 %, exactly half of the last place: up.
    ("perfect_percent", Figures(256, 1), 39_063),
    ("perfect_percent", Figures(3, 1), 3_333_333),
    ("perfect_percent", Figures(3, 2), 6_666_667),
    ("perfect_percent", Figures(0, 0), None),
    ("number", Figures(10, 3, given=1_911), 1_911),
    ("number", Figures(10, 3, given=0), 0),
    ("number", Figures(10, 3), None),
    ("perfect_entries", Figures(0, 0), 0),
])
def test_the_true_value(kind, figures, expected):
    assert settle(kind, figures) == expected


@pytest.mark.parametrize("kind", ["none", "", "perfect"])
def test_nothing_to_guess(kind):
    with pytest.raises(ValueError, match="guess"):
        settle(kind, Figures(3, 1))


@pytest.mark.parametrize("figures", [Figures(3, 4), Figures(-1, -1), Figures(3, -1), Figures(3, 1, given=-1)])
@pytest.mark.parametrize("kind", KINDS)
def test_figures_that_cannot_be(kind, figures):
    with pytest.raises(ValueError, match="perfect"):
        settle(kind, figures)


@pytest.mark.parametrize(("guess", "actual", "expected"), [
    (5_900, 5_945, 45), (5_990, 5_945, 45), (5_945, 5_945, 0), (0, 5_945, 5_945), (None, 5_945, None),
    (5_945, None, None), (None, None, None),
    # "87,65432" and "29,67864": 57.97568 per cent apart.
    (8_765_432, 2_967_864, 5_797_568)])
def test_the_distance(guess, actual, expected):
    assert distance(guess, actual) == expected


@given(st.integers(1, 10**6).flatmap(lambda people: st.tuples(st.just(people), st.integers(0, people))))
def test_a_percentage_is_off_by_half_of_its_last_place_at_most(figures):
    people, perfect = figures
    found = settle("perfect_percent", Figures(people, perfect))
    assert abs(2 * (found * people - perfect * 10_000_000)) <= people
