from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.units import (
    Tally,
    absent,
    add,
    average,
    complete,
    rate,
    reaches,
    roll_up,
    tally,
    total,
    where,
)

TALLIES = st.builds(tally, st.none() | st.integers(0, 500), st.integers(0, 600), st.integers(0, 900),
                    st.integers(0, 50), st.integers(0, 10**6))


def test_the_worked_example():
    one, two, three = tally(57, 17), tally(48, 48), tally(None, 5)
    assert rate(one) == Fraction(17, 57)
    assert rate(two) == 1
    assert rate(three) is None
    together = total([one, two, three])
    assert (together.people, together.counted, together.headcount) == (70, 65, 105)
    assert rate(together) == Fraction(65, 105)


def test_a_rate_above_100_percent_is_not_capped():
    assert rate(tally(60, 63)) == Fraction(63, 60)
    assert complete(tally(60, 63))


@pytest.mark.parametrize(("people", "headcount", "target", "reached"), [
    (79, 100, 80, False), (80, 100, 80, True), (81, 100, 80, True),
    (4, 5, 80, True), (39, 49, 80, False), (0, 0, 0, False), (5, None, 80, False), (5, 0, 80, False),
])
def test_the_target_is_reached_at_the_target(people, headcount, target, reached):
    assert reaches(tally(headcount, people), target) is reached


def test_at_100_percent_and_at_zero():
    rows = [("a", tally(10, 10)), ("b", tally(10, 9)), ("c", tally(10)), ("d", tally(None)), ("e", tally(0, 0))]
    assert [name for name, _ in where(rows, lambda row: row[1], complete)] == ["a"]
    assert [name for name, _ in where(rows, lambda row: row[1], absent)] == ["c", "d", "e"]


@pytest.mark.parametrize(("points", "people", "expected"), [(1000, 3, 333), (1001, 2, 501), (0, 4, 0), (0, 0, None)])
def test_the_average_is_rounded_half_up(points, people, expected):
    assert average(tally(10, people, points=points)) == expected


def test_blocs_in_the_order_of_their_first_unit():
    rows = [("xã", tally(10, 5)), ("sở", tally(20, 20)), ("xã", tally(30, 10))]
    assert list(roll_up(rows).items()) == [("xã", Tally(40, 15, counted=15)), ("sở", Tally(20, 20, counted=20))]


@given(st.lists(st.tuples(st.sampled_from("abc"), TALLIES)), st.randoms())
def test_blocs_add_up_to_the_whole_in_any_order(rows, random):
    whole = total(one for _, one in rows)
    assert total(roll_up(rows).values()) == whole
    random.shuffle(rows)
    assert total(one for _, one in rows) == whole
    assert whole.people == sum(one.people for _, one in rows)


@given(TALLIES, TALLIES)
def test_nothing_known_adds_nothing(one, other):
    assert add(one, Tally()) == one
    assert add(one, other) == add(other, one)
