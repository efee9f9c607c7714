from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.rounding import half_up


@given(st.integers(-10**6, 10**6), st.integers(1, 10**4))
def test_half_up(numerator, denominator):
    value = Fraction(numerator, denominator)
    found = half_up(numerator, denominator)
    assert abs(found - value) <= Fraction(1, 2)
    if abs(found - value) == Fraction(1, 2):
        assert abs(found) > abs(value)
