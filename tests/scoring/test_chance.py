"""Figures of others: scipy 1.17.1 (norm, poisson_binom, binom); statsmodels 0.15.0 (proportions_ztest,
proportion_confint, multipletests).
"""

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.chance import at_least, holm, interval, tail, two_shares

CHANCES = st.lists(st.floats(0, 1), max_size=7)


@pytest.mark.parametrize(("z", "chance"), [
    (0, 0.5), (1.6448536269514722, 0.05), (-1.6448536269514722, 0.95), (8, 6.22096057427174e-16)])
def test_the_normal_tail(z, chance):
    assert tail(z) == pytest.approx(chance, rel=1e-12)


@pytest.mark.parametrize(("before", "after", "z"), [
    ((300, 1000), (380, 1000), 3.7762745602468057), ((500, 900), (520, 900), 0.9513029883089847),
    ((40, 60), (51, 61), 2.157558144491228), ((700, 1200), (812, 1190), 5.020663361905329),
    ((90, 400), (85, 410), -0.6113820676086987)])
def test_two_shares(before, after, z):
    assert two_shares(*after, *before) == pytest.approx(z, rel=1e-12)


def test_all_or_nothing_is_no_difference():
    assert two_shares(5, 5, 7, 7) == two_shares(0, 5, 0, 7) == 0
    with pytest.raises(ValueError, match="nothing"):
        two_shares(0, 0, 1, 2)


@pytest.mark.parametrize(("hits", "trials", "low", "high"), [
    (0, 20, 0.0, 0.1611251580528194), (924, 1000, 0.9059043568759517, 0.9388505519282977),
    (20, 20, 0.8388748419471804, 1.0), (3, 7, 0.15821985525146964, 0.7495416354723428)])
def test_where_a_share_lies(hits, trials, low, high):
    assert interval(hits, trials) == pytest.approx((low, high), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("hits", "trials", "low", "high"), [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)])
def test_the_published_intervals(hits, trials, low, high):
    """Newcombe 1998, table I, method 3."""
    assert interval(hits, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (-1, 5), (6, 5)])
def test_a_share_of_nothing_lies_nowhere(hits, trials):
    with pytest.raises(ValueError, match="nothing"):
        interval(hits, trials)


def test_holm():
    chances = [7.959575482497325e-05, 0.17072529522178875, 0.015481100937764902, 2.5746667946398407e-07,
               0.7295266642462769]
    assert holm(chances) == pytest.approx(
        [3.18383019e-04, 3.41450590e-01, 4.64433028e-02, 1.28733340e-06, 7.29526664e-01], rel=1e-8)
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(CHANCES)
def test_holm_keeps_the_order_and_lies_between_one_test_and_bonferroni(chances):
    adjusted = holm(chances)
    pairs = sorted(zip(chances, adjusted, strict=True))
    assert [value for _, value in pairs] == sorted(adjusted)
    assert all(chance <= value <= min(1, chance * len(chances)) + 1e-12 for chance, value in pairs)


@pytest.mark.parametrize(("count", "chance"), list(enumerate([1.0, 0.8488, 0.4774, 0.15, 0.0226, 0.0012, 0.0])))
def test_how_many_trials_succeed(count, chance):
    assert at_least(count, [0.1, 0.2, 0.3, 0.4, 0.5]) == pytest.approx(chance, rel=1e-12)


def test_small_chances_keep_their_digits():
    assert at_least(9, [0.05] * 20) == pytest.approx(1.9793381083193461e-07, rel=1e-12)
    assert at_least(24, [1 / 3] * 30) == pytest.approx(2.090160589345675e-07, rel=1e-12)


@given(CHANCES, st.integers(-1, 8))
def test_it_is_the_sum_over_all_outcomes(chances, count):
    whole = sum(prod(c if hit else 1 - c for c, hit in zip(chances, hits, strict=True))
                for hits in product([False, True], repeat=len(chances)) if sum(hits) >= count)
    assert at_least(count, chances) == pytest.approx(whole, abs=1e-12)
