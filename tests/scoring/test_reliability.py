import random as random_module
from statistics import correlation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.reliability import alpha, kr20, nested, reliability, same_questions
from tests.scoring.lsat import PAPERS

# Shrout, Fleiss 1979, table 2: six targets, four judges; the paper gives ICC(1, 4) = .44 and ICC(3, 4) = .91, which
# is alpha. More digits: pingouin 0.7.0.
JUDGED = {f"t{n}": {f"j{i}": value * 10 for i, value in enumerate(row)} for n, row in enumerate(
    [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)])}


@st.composite
def right_or_wrong(draw):
    questions = [f"q{n}" for n in range(draw(st.integers(2, 5)))]
    return {f"p{n}": {q: draw(st.sampled_from([0, 100])) for q in questions} for n in range(draw(st.integers(2, 8)))}


def test_kr20_of_the_published_example():
    """R's ltm: `cronbach.alpha(LSAT)`, 0.295; pingouin 0.7.0: 0.2949971922."""
    found = reliability(PAPERS)
    assert (found.method, found.papers, found.questions, found.reason) == ("kr20", 1000, 5, "")
    assert found.coefficient == pytest.approx(0.2949971922159438, rel=1e-12)
    assert found.sem * 5 == pytest.approx(0.8686319703994323, rel=1e-9)


def test_alpha_of_the_published_example():
    found = reliability(JUDGED)
    assert found.method == "alpha"
    assert found.coefficient == pytest.approx(0.90931554, abs=5e-9)


def test_the_published_example_as_if_drawn():
    coefficient, _ = nested(JUDGED)
    assert coefficient == pytest.approx(0.44279713, abs=5e-9)
    drawn = {target: {target + judge: score for judge, score in scores.items()} for target, scores in JUDGED.items()}
    assert not same_questions(drawn)
    assert reliability(drawn).method == "nested"
    assert reliability(drawn).coefficient == coefficient


def test_drawn_papers_of_different_lengths():
    """statsmodels 0.15.0, anova_lm of y ~ C(paper)."""
    drawn = {name: {f"{name}{n}": value for n, value in enumerate(row)} for name, row in {
        "p1": [100, 0, 100], "p2": [0, 50], "p3": [100, 100, 100, 75], "p4": [0, 0]}.items()}
    found = reliability(drawn)
    assert (found.method, found.questions) == ("nested", 2.75)
    assert found.coefficient == pytest.approx(0.7474209650582362, rel=1e-9)
    assert found.sem == pytest.approx(0.21194781197266468, rel=1e-9)


def test_what_a_drawn_paper_would_tell_again():
    """Two papers of the same people, each drawn anew: their results correlate as `nested` foretells from one."""
    random = random_module.Random(11)
    hard = {f"q{n}": random.uniform(-0.3, 0.3) for n in range(200)}
    able = [random.uniform(0.2, 0.9) for _ in range(3000)]

    def sit():
        return {f"p{n}": {q: 100 * (random.random() < a - hard[q]) for q in random.sample(sorted(hard), 15)}
                for n, a in enumerate(able)}

    one, two = sit(), sit()
    again = correlation([sum(p.values()) for p in one.values()], [sum(p.values()) for p in two.values()])
    assert reliability(one).coefficient == pytest.approx(again, abs=0.03)


@given(right_or_wrong(), st.randoms())
def test_kr20_is_alpha_where_answers_are_right_or_wrong(papers, random):
    one, other = kr20(papers), alpha(papers)
    assert (one is None) == (other is None)
    if one and other:
        assert one == pytest.approx(other, abs=1e-6)
        assert one[0] <= 1
        mixed = {p: dict(random.sample(list(papers[p].items()), len(papers[p])))
                 for p in random.sample(list(papers), len(papers))}
        assert reliability(mixed) == reliability(papers)


def test_papers_all_right_or_all_wrong_are_told_apart_for_sure():
    found = reliability({f"p{n}": dict.fromkeys("abcdefg", 100 * (n < 3)) for n in range(7)})
    assert found.coefficient == pytest.approx(1)


@pytest.mark.parametrize(("papers", "reason"), [
    ({}, "few_papers"), ({"p": {"a": 100, "b": 0}}, "few_papers"),
    ({"p": {"a": 100}, "q": {"a": 0}}, "few_questions"), ({"p": {"a": 100, "b": 0}, "q": {"a": 0}}, "few_questions"),
    ({"p": {"a": 100, "b": 0}, "q": {"a": 0, "b": 100}}, "no_spread"),
    ({"p": {"a": 100, "b": 0}, "q": {"c": 0, "d": 100}}, "no_spread"),
    ({"p": {"a": 100, "b": 100}, "q": {"a": 100, "b": 100}}, "no_spread"),
])
def test_what_can_not_be_told_is_said_so(papers, reason):
    found = reliability(papers)
    assert (found.method, found.coefficient, found.sem, found.reason) == ("none", None, None, reason)


@pytest.mark.parametrize(("by", "papers"), [
    (kr20, {"p": {"a": 50, "b": 0}, "q": {"a": 0, "b": 0}}), (kr20, {"p": {"a": 0, "b": 0}, "q": {"a": 0, "c": 0}}),
    (alpha, {"p": {"a": 0, "b": 0}, "q": {"a": 0, "c": 0}}), (alpha, {"p": {"a": 0, "b": 0}}),
    (alpha, {"p": {"a": 0}, "q": {"a": 0}}), (nested, {"p": {"a": 0, "b": 0}}),
    (nested, {"p": {"a": 0}, "q": {"a": 0}}), (nested, {"p": {"a": 0, "b": 0}, "q": {}}),
])
def test_a_formula_is_not_used_where_it_does_not_hold(by, papers):
    with pytest.raises(ValueError):
        by(papers)
