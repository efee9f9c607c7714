from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.marks import BadRule, Marked, half_up, marker, total

TOKENS = st.frozensets(st.sampled_from("abcdef"))


@pytest.mark.parametrize(("chosen", "correct", "points", "expected"), [
    (["b"], ["b"], 100, Marked(100, correct=True, answered=True)),
    (["a"], ["b"], 100, Marked(0, correct=False, answered=True)),
    ([], ["b"], 100, Marked(0, correct=False, answered=False)),
    (["d", "b"], ["b", "d"], 150, Marked(150, correct=True, answered=True)),
    (["b"], ["b", "d"], 150, Marked(0, correct=False, answered=True)),
    (["b", "c", "d"], ["b", "d"], 150, Marked(0, correct=False, answered=True)),
])
def test_all_or_nothing(chosen, correct, points, expected):
    assert marker().mark(chosen, correct, points) == expected


def test_a_penalty_costs_a_wrong_answer_and_never_a_blank():
    strict = marker("all_or_nothing", {"penalty_percent": 25})
    assert strict.mark(["a"], ["b"], 100).points == -25
    assert strict.mark(["a"], ["b"], 50).points == -13
    assert strict.mark([], ["b"], 100).points == 0
    assert strict.mark(["b"], ["b"], 100).points == 100


@pytest.mark.parametrize(("name", "parameters"), [
    ("partial", {}),
    ("all_or_nothing", {"penalty": 10}),
    ("all_or_nothing", {"penalty_percent": -1}),
    ("all_or_nothing", {"penalty_percent": 101}),
    ("all_or_nothing", {"penalty_percent": 2.5}),
    ("all_or_nothing", {"penalty_percent": True}),
    ("all_or_nothing", {"penalty_percent": "10"}),
])
def test_bad_rules_are_refused(name, parameters):
    with pytest.raises(BadRule):
        marker(name, parameters)


@pytest.mark.parametrize(("correct", "points"), [([], 100), (["a"], 0), (["a"], -100)])
def test_an_item_that_cannot_be_marked_is_no_wrong_answer(correct, points):
    with pytest.raises(ValueError):
        marker().mark(["a"], correct, points)


@given(TOKENS, TOKENS.filter(bool), st.integers(1, 10_000), st.integers(0, 100))
def test_full_points_exactly_where_the_sets_are_equal(chosen, correct, points, penalty):
    found = marker("all_or_nothing", {"penalty_percent": penalty}).mark(chosen, correct, points)
    assert found.correct == (chosen == correct)
    assert (found.points == points) == (chosen == correct)
    assert -points <= found.points <= points


@given(st.permutations("abcd"), st.permutations("abcd"))
def test_the_order_of_tokens_never_matters(chosen, correct):
    assert marker().mark(chosen[:3], correct[:3], 100).correct == (set(chosen[:3]) == set(correct[:3]))


@given(st.integers(-10**6, 10**6), st.integers(1, 10**4))
def test_half_up(numerator, denominator):
    value = Fraction(numerator, denominator)
    found = half_up(numerator, denominator)
    assert abs(found - value) <= Fraction(1, 2)
    if abs(found - value) == Fraction(1, 2):
        assert abs(found) > abs(value)


def test_a_total():
    rule = marker("all_or_nothing", {"penalty_percent": 100})
    marks = [rule.mark(["a"], ["a"], 100), rule.mark(["b"], ["a"], 150), rule.mark([], ["a"], 50)]
    assert total(marks, [100, 150, 50]).__dict__ == {
        "points": 0, "max_points": 300, "correct": 1, "answered": 2, "items": 3}
    with pytest.raises(ValueError):
        total(marks, [100])


@given(st.permutations(range(6)))
def test_a_total_is_the_same_in_any_order(order):
    rule = marker("all_or_nothing", {"penalty_percent": 30})
    marks = [rule.mark([t], ["a"], w) for t, w in zip("aababa", (100, 50, 250, 75, 10, 5), strict=True)]
    worth = [100, 50, 250, 75, 10, 5]
    assert total([marks[i] for i in order], [worth[i] for i in order]) == total(marks, worth)
