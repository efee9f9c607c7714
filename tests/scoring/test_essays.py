"""Rubrics, and how two or three marks of an essay become one."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.essays import (
    GAP_KINDS,
    THIRD_RULES,
    Criterion,
    Terms,
    apart,
    final_mark,
    mark_faults,
    rubric_faults,
)

POINTS = st.integers(1, 2_000)


@st.composite
def marked(draw):
    """(points of the question, three marks of it, terms)."""
    points = draw(POINTS)
    marks = [draw(st.integers(0, points)) for _ in range(3)]
    kind = draw(st.sampled_from(GAP_KINDS))
    gap = draw(st.integers(0, 100 if kind == "percent" else points))
    return points, marks, Terms(gap, kind, draw(st.sampled_from(THIRD_RULES)))


# The examination rules of 2019 and 2020 for literature, 10 points: over 1.5 apart means a third marking, and the mean
# of the three where they lie within 2.5 of each other.
@pytest.mark.parametrize(("first", "second", "third", "terms", "expected"), [
    (700, 850, None, Terms(), 775),  # exactly 1.5 apart: still the mean of the two
    (700, 851, None, Terms(), None),
    (600, 800, 700, Terms(), 700),
    (600, 800, 825, Terms(), 742),  # 2225 / 3 = 741.67
    (700, 725, None, Terms(), 713),  # 712.5: half up
    (600, 800, 825, Terms(150, "points", "third"), 825),
    (600, 800, 825, Terms(150, "points", "closest"), 813),  # 800 and 825
    (200, 500, 1_000, Terms(150, "points", "closest"), 350),  # the third is far from both
    (400, 800, 600, Terms(150, "points", "closest"), 600),  # as close to either: all three
    (400, 700, 401, Terms(150, "points", "closest"), 401),  # 400.5: half up
    (0, 0, None, Terms(0), 0),
    (700, 750, 0, Terms(), 725),  # a third that turned out not to be needed does not count
    (None, 700, None, Terms(), None),
    (700, None, 700, Terms(), None),
])
def test_worked_examples(first, second, third, terms, expected):
    assert final_mark(first, second, third, 1_000, terms) == expected


def test_per_cent_are_of_the_questions_points():
    terms = Terms(10, "percent")
    assert not apart(100, 130, 300, terms)
    assert apart(100, 131, 300, terms)
    assert not apart(0, 3, 35, terms)  # 3.5 allowed
    assert apart(0, 4, 35, terms)


@given(marked())
def test_it_does_not_matter_who_marked_first(case):
    points, (first, second, third), terms = case
    assert final_mark(first, second, third, points, terms) == final_mark(second, first, third, points, terms)


@given(marked())
def test_without_a_word_of_its_own_the_third_is_one_of_three(case):
    points, marks, terms = case
    if terms.third == "third":
        return
    assert len({final_mark(*order, points, terms) for order in permutations(marks)
                if apart(order[0], order[1], points, terms)}) <= 1


@given(marked())
def test_the_final_mark_lies_among_the_marks(case):
    points, marks, terms = case
    found = final_mark(*marks, points, terms)
    assert found is not None
    assert min(marks) <= found <= max(marks)
    if not apart(*marks[:2], points, terms):
        assert min(marks[:2]) <= found <= max(marks[:2])


@given(marked())
def test_a_third_is_waited_for_exactly_where_the_two_are_apart(case):
    points, (first, second, _third), terms = case
    assert (final_mark(first, second, None, points, terms) is None) == apart(first, second, points, terms)


@given(POINTS, st.integers(0, 2_000))
def test_equal_marks_stand(points, mark):
    mark = min(mark, points)
    for third in THIRD_RULES:
        assert final_mark(mark, mark, None, points, Terms(0, "points", third)) == mark


IDEA, WORDS = Criterion("a", "Sáng kiến", 200, step=50), Criterion("b", "Diễn đạt", 100)


@pytest.mark.parametrize(("criteria", "points", "expected"), [
    ([IDEA, WORDS], 300, []),
    ([IDEA, WORDS], 301, [(None, "criteria_sum")]),
    ([], 0, [(None, "criteria_count")]),
    ([IDEA, IDEA], 400, [(None, "criteria_count")]),
    ([Criterion(str(n), "Ý", 1) for n in range(13)], 13, [(None, "criteria_count")]),
    ([Criterion("a", " ", 100)], 100, [(0, "criterion_name")]),
    ([WORDS, Criterion("a", "Ý", 0)], 100, [(1, "criterion_most")]),
    ([Criterion("a", "Ý", 100, step=30)], 100, [(0, "criterion_step")]),
    ([Criterion("a", "Ý", 100, step=0)], 100, [(0, "criterion_step")]),
])
def test_faults_of_a_rubric(criteria, points, expected):
    assert rubric_faults(criteria, points) == expected


def test_faults_of_marks():
    assert mark_faults([IDEA, WORDS], {"a": 150, "b": 0}) == {}
    assert mark_faults([IDEA, WORDS], {"a": 200, "b": 100}) == {}
    assert mark_faults([IDEA, WORDS], {"a": 120}) == {"a": "off_step", "b": "missing"}
    assert mark_faults([IDEA, WORDS], {"a": 250, "b": -1}) == {"a": "outside", "b": "outside"}
    assert IDEA.steps == (0, 50, 100, 150, 200)
    assert WORDS.steps == ()
