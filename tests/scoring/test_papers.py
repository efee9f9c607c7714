import random as random_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.analysis import Field, facilities, items
from contest.scoring.papers import Answered
from contest.scoring.reliability import reliability

WORDS = st.sampled_from(["", "a", "b", "c"])
PAPERS = st.dictionaries(st.sampled_from("pqrstu"), st.dictionaries(
    st.sampled_from("abcd"), st.tuples(st.integers(-100, 100), WORDS)))


def gathered(rows):
    found = Answered()
    for paper, answers in rows.items():
        found.add(paper, [(question, score, choice) for question, (score, choice) in answers.items()])
    return found


@given(PAPERS)
def test_it_is_the_mapping_that_was_put_in(rows):
    found = gathered(rows)
    plain = {paper: {question: score for question, (score, _) in answers.items()} for paper, answers in rows.items()}
    assert dict(found) == plain
    assert list(found) == list(plain)
    assert len(found) == len(plain)
    for question in "abcdx":
        assert found.chosen(question) == {paper: answers[question][1] for paper, answers in rows.items()
                                          if question in answers}
    assert facilities(found) == facilities(plain)
    assert reliability(found) == reliability(plain)


def test_its_figures_are_those_of_the_plain_papers():
    random = random_module.Random(2)
    plain = {f"p{n}": {f"q{i}": random.choice([0, 25, 100]) for i in random.sample(range(9), 5)} for n in range(80)}
    found = Answered()
    for paper, scores in plain.items():
        found.add(paper, [(question, score, str(score)) for question, score in scores.items()])
    assert items(found) == items(plain)
    chosen = {paper: str(scores["q1"]) for paper, scores in plain.items() if "q1" in scores}
    assert found.chosen("q1") == chosen
    whole = Field(found).options("q1", found.chosen("q1"), ["0", "25", "100"], "100")
    assert sum(option.papers for option in whole) == len(chosen)


def test_a_paper_comes_once():
    found = gathered({"p": {"a": (100, "a")}})
    with pytest.raises(ValueError, match="twice"):
        found.add("p", [])
    with pytest.raises(KeyError):
        found["q"]
