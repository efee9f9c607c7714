from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.bands import BANDS, band, count, names

PAPERS = st.integers(1, 60).flatmap(lambda items: st.tuples(st.integers(0, items), st.just(items), st.integers(0, 9)))


@pytest.mark.parametrize(("correct", "items", "expected"), [
    (20, 20, "all"), (19, 20, "from_75"), (15, 20, "from_75"), (14, 20, "from_25"), (5, 20, "from_25"),
    (4, 20, "below_25"), (1, 20, "below_25"), (0, 20, "none"),
    (1, 1, "all"), (0, 1, "none"), (3, 4, "from_75"), (1, 4, "from_25"),
    (7, 10, "from_25"), (8, 10, "from_75"), (2, 10, "below_25"), (3, 10, "from_25"),
    (11, 15, "from_25"), (12, 15, "from_75"), (3, 15, "below_25"), (4, 15, "from_25"),
])
def test_boundaries(correct, items, expected):
    assert band(correct, items) == expected


@pytest.mark.parametrize(("correct", "items"), [(0, 0), (-1, 5), (6, 5)])
def test_impossible_papers(correct, items):
    with pytest.raises(ValueError):
        band(correct, items)


CUTS = st.sets(st.integers(1, 99), min_size=1, max_size=6).map(lambda cuts: tuple(sorted(cuts, reverse=True)))


def test_the_bands_of_the_announcements():
    """Huế 2025: all right, from 75 %, from 25 %, below, none right."""
    assert BANDS == names() == names((75, 25)) == ("all", "from_75", "from_25", "below_25", "none")


@pytest.mark.parametrize(("correct", "expected"), [
    (20, "all"), (19, "from_90"), (18, "from_90"), (17, "from_80"), (16, "from_80"), (15, "from_50"), (10, "from_50"),
    (9, "below_50"), (1, "below_50"), (0, "none")])
def test_other_cuts(correct, expected):
    """Of 20 questions 90 % are 18, 80 % are 16 and 50 % are 10."""
    assert band(correct, 20, (90, 80, 50)) == expected


def test_one_cut():
    assert count([(15, 15, 2), (14, 15, 3), (8, 15, 4), (7, 15, 5), (0, 15, 1)], (50,)) == {
        "all": 2, "from_50": 7, "below_50": 5, "none": 1}


@given(PAPERS, CUTS)
def test_a_paper_is_in_the_first_band_that_it_reaches(paper, cuts):
    correct, items, _number = paper
    reached = [cut for cut in cuts if Fraction(correct, items) >= Fraction(cut, 100)]
    found = band(correct, items, cuts)
    if 0 < correct < items:
        assert found == (f"from_{reached[0]}" if reached else f"below_{cuts[-1]}")
    assert found in names(cuts)


@given(st.lists(PAPERS), st.randoms())
def test_bands_sum_to_all_papers_in_any_order(papers, random):
    found = count(papers)
    assert tuple(found) == BANDS
    assert sum(found.values()) == sum(number for _, _, number in papers)
    random.shuffle(papers)
    assert count(papers) == found
