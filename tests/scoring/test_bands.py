import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.bands import BANDS, band, count

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


@given(st.lists(PAPERS), st.randoms())
def test_bands_sum_to_all_papers_in_any_order(papers, random):
    found = count(papers)
    assert tuple(found) == BANDS
    assert sum(found.values()) == sum(number for _, _, number in papers)
    random.shuffle(papers)
    assert count(papers) == found
