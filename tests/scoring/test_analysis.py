import random as random_module
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.analysis import REMARKS, Item, correlation, facilities, items, options, remarks
from tests.scoring.lsat import PAPERS, ROWS

# Drawn papers: "c" and "d" stand on some of them only, "d" is marked in parts.
DRAWN = {"p1": {"a": 100, "b": 0, "c": 100}, "p2": {"a": 0, "b": 0, "d": 50}, "p3": {"b": 100, "c": 100, "d": 100},
         "p4": {"a": 100, "c": 0}, "p5": {"a": 100, "b": 100, "c": 0, "d": 75}}


@st.composite
def papers(draw):
    return {f"p{n}": draw(st.dictionaries(st.sampled_from("abcd"), st.sampled_from([0, 33, 100]), min_size=1))
            for n in range(draw(st.integers(0, 8)))}


def test_the_published_example():
    found = items(PAPERS)
    assert [found[q].facility for q in found] == [0.924, 0.709, 0.553, 0.763, 0.87]
    assert [found[q].correlation for q in found] == pytest.approx(
        [0.112833, 0.153178, 0.172779, 0.144428, 0.121596], abs=5e-7)
    assert {item.papers for item in found.values()} == {1000}


def test_the_published_example_in_groups():
    """The lower 270 end amid 237 people with 3 right: numpy's figures are the mean over 5,000 orders of these."""
    found = items(PAPERS)
    assert [item.upper for item in found.values()] == [1, 1, 1, 1, 1]
    assert [item.lower for item in found.values()] == pytest.approx(
        [0.80352, 0.36846, 0.18881, 0.46313, 0.67978], abs=0.001)
    # 3 + 20 + 85 people with at most 2 right, 162 of the 237 with 3: of the first, 58 + … by hand for question 3.
    few = sum(row[2] == "1" for row in ROWS if row.count("1") <= 2)
    three = sum(row[2] == "1" for row in ROWS if row.count("1") == 3)
    assert found["q3"].lower == pytest.approx((few + three * 162 / 237) / 270, rel=1e-12)


def test_with_the_question_itself_left_in_it_would_look_better():
    """`descript(LSAT)`, "included": 0.3620, 0.5668, 0.6184, 0.5344, 0.4354."""
    pairs = [(float(row[0]), float(row.count("1"))) for row in ROWS]
    assert correlation(pairs) == pytest.approx(0.3620, abs=5e-5)


def test_drawn_papers():
    """pandas 3.1.1 and scipy 1.17.1 on the scores less each question's mean."""
    found = items(DRAWN)
    assert {q: item.facility for q, item in found.items()} == pytest.approx(
        {"a": 0.75, "b": 0.5, "c": 0.5, "d": 0.75})
    assert {q: item.papers for q, item in found.items()} == {"a": 4, "b": 4, "c": 4, "d": 3}
    assert {q: item.correlation for q, item in found.items()} == pytest.approx(
        {"a": 0.4042260417272215, "b": 0.2858309752375148, "c": -0.3333333333333333, "d": 0.9889822382736463}, rel=1e-9)


def test_a_hard_draw_is_taken_off():
    """Eight drawn of 40 questions, half of them hard: what is left of luck hides less of how able people are."""
    random = random_module.Random(4)
    rows = {}
    for number in range(600):
        able = random.uniform(0.3, 0.7)
        drawn = random.sample(range(40), 8)
        rows[f"p{number}"] = {f"q{i}": 100 * (random.random() < able + (0.3 if i % 2 else -0.3)) for i in drawn}
        rows[f"p{number}"]["x"] = 100 * (random.random() < able)
    alike = {p: {"x" if q == "x" else f"q{n}": score for n, (q, score) in enumerate(scores.items())}
             for p, scores in rows.items()}  # as if all had the same questions
    drawn, same = items(rows)["x"], items(alike)["x"]
    assert drawn.correlation > same.correlation + 0.02 > 0.1
    assert drawn.discrimination > same.discrimination + 0.02 > 0.1


@pytest.mark.parametrize(("right", "verdict"), [
    ((27, 10), "very_good"), ((20, 9), "very_good"), ((20, 10), "good"), ((20, 11), "good"), ((20, 14), "marginal"),
    ((20, 15), "poor"), ((20, 20), "poor"), ((10, 20), "negative"),
])
def test_ebels_verdicts(right, verdict):
    """100 papers: 30 other questions make a best 27, a last 27 and two levels between, which "x" can't change."""
    upper, lower = right
    found = items({f"p{n}": {"x": 100 * (n < upper or 100 - n <= lower),
                             **{f"q{i}": 100 * (n < (27, 50, 73)[i % 3]) for i in range(30)}} for n in range(100)})["x"]
    assert (found.upper, found.lower) == pytest.approx((upper / 27, lower / 27))
    assert found.verdict == verdict


def test_a_small_or_blank_field_tells_nothing():
    assert items({}) == {}
    assert items({"p": {"a": 100}}) == {"a": Item(1, 1.0, None, None, None, None, "unknown")}
    alike = items({f"p{n}": {"a": 100, "b": 0} for n in range(50)})
    assert alike["a"] == Item(50, 1.0, None, None, None, None, "unknown")
    assert items({f"p{n}": {"a": 100 * (n < 9), "b": 100 * (n < 9)} for n in range(29)})["a"].verdict == "unknown"
    with pytest.raises(ValueError):
        items({"p": {"a": 101}})


@given(papers(), st.randoms())
def test_the_order_of_papers_and_questions_never_matters(rows, random):
    mixed = {paper: dict(random.sample(list(rows[paper].items()), len(rows[paper])))
             for paper in random.sample(list(rows), len(rows))}
    assert items(mixed) == items(rows)
    assert facilities(mixed) == facilities(rows)


@given(papers())
def test_ranges(rows):
    for item in items(rows).values():
        assert 0 <= item.facility <= 1
        assert item.correlation is None or -1 <= item.correlation <= 1
        assert item.upper is None or 0 <= item.upper <= 1 + 1e-9


def asked(key, seed=3, people=400):
    """Four options: the strong know "a", the weak guess, three of four weak ones that guess wrong choose "b"."""
    random = random_module.Random(seed)
    rows, chosen = {}, {}
    for number in range(people):
        able = random.random()
        rows[f"p{number}"] = {f"q{i}": 100 * (random.random() < able) for i in range(14)}
        chosen[f"p{number}"] = "a" if random.random() < able else random.choice(["b", "b", "b", "c"])
        rows[f"p{number}"]["x"] = 100 * (chosen[f"p{number}"] == key)
    return rows, chosen


def test_what_the_options_do():
    rows, chosen = asked("a")
    found = {option.option: option for option in options(rows, "x", chosen, "abcd", "a")}
    assert list(found) == ["a", "b", "c", "d", ""]
    assert [name for name, option in found.items() if option.key] == ["a"]
    assert found["a"].upper > 0.8 > 0.3 > found["a"].lower
    assert found["b"].lower > found["b"].upper
    assert {name: option.remark for name, option in found.items()} == {"a": "", "b": "", "c": "", "d": "unused", "": ""}
    assert sum(option.papers for option in found.values()) == 400
    assert sum(option.upper for option in found.values()) == pytest.approx(1)


def test_a_wrong_key_is_noticed():
    rows, chosen = asked("b")
    found = {option.option: option for option in options(rows, "x", chosen, "abcd", "b")}
    assert found["a"].remark == "probable_wrong_key"
    assert found["b"].remark == ""
    assert items(rows)["x"].discrimination < 0


def test_a_wrong_key_does_not_decide_who_is_strong():
    """Two questions: who follows the wrong key has as many right as the strong."""
    rows = {f"p{n}": {"q": 100 * (n < 50), "x": 100 * (n >= 50)} for n in range(100)}
    chosen = {paper: "b" if scores["x"] else "a" for paper, scores in rows.items()}
    found = options(rows, "x", chosen, "ab", "b")
    assert [(o.option, o.upper, o.lower, o.remark) for o in found] == [
        ("a", 1, 0, "probable_wrong_key"), ("b", 0, 1, ""), ("", 0, 0, "")]


def test_a_trap_is_no_wrong_key():
    """Three in four strong people fall for "b", but nobody else finds "a"."""
    rows = {f"p{n:03}": {**{f"q{i}": 100 * (n < 40) for i in range(5)}, "x": 100 * (n < 10)} for n in range(140)}
    chosen = {paper: "a" if scores["x"] else "b" for paper, scores in rows.items()}
    assert [o.remark for o in options(rows, "x", chosen, "ab", "a")] == ["", "trap", ""]


def test_a_second_right_answer_attracts_the_strong():
    rows, chosen = asked("a")
    for number, paper in enumerate(rows):
        if chosen[paper] == "a" and number % 3 == 0:
            chosen[paper] = "d"
    assert {o.option: o.remark for o in options(rows, "x", chosen, "abcd", "a")}["d"] == "attracts_strong"


def test_nothing_is_said_of_few_papers():
    rows, chosen = asked("b", people=29)
    assert {option.remark for option in options(rows, "x", chosen, "abcd", "b")} == {""}


def test_blank_ones_and_papers_without_the_question():
    rows, chosen = asked("a", people=40)
    rows["other"] = {"q1": 100}
    chosen |= {"other": "c", "p0": None, "p1": ""}
    del chosen["p2"]
    found = options(rows, "x", chosen, "abcd", "a")
    assert sum(option.papers for option in found) == 40
    assert found[-1].papers == 3
    assert options({}, "x", {}, "ab", "a")[0].share == 0


def test_an_honest_question_rarely_gets_a_remark():
    """All guess between the key and three wrong ones: of 300 wrong options at most 1 in 20 may look strong."""
    random = random_module.Random(7)
    remarks = []
    for _ in range(100):
        rows = {f"p{n}": {"q1": 100 * (random.random() < 0.5), "q2": 100 * (random.random() < 0.5), "x": 0}
                for n in range(60)}
        chosen = {paper: random.choice("abcd") for paper in rows}
        remarks += [option.remark for option in options(rows, "x", chosen, "abcd", "a") if not option.key]
    assert sum(remark in {"probable_wrong_key", "attracts_strong"} for remark in remarks) <= 2 * 300 / 20


@pytest.mark.parametrize(("key", "choice"), [("z", "a"), ("a", "z")])
def test_what_is_not_offered(key, choice):
    with pytest.raises(ValueError):
        options({"p": {"x": 0}}, "x", {"p": choice}, "ab", key)


def test_the_middle_is_what_the_ends_leave():
    rows, chosen = asked("a")
    for option in options(rows, "x", chosen, "abcd", "a"):
        assert 0.27 * (option.upper + option.lower) + 0.46 * option.middle == pytest.approx(option.share)
    shares = {option.option: option for option in options(rows, "x", chosen, "abcd", "a")}
    assert shares["a"].lower < shares["a"].middle < shares["a"].upper


def test_how_far_chance_alone_moves_a_correlation():
    """Over all 720 orders of six scores: mean 0, variance 1/(n - 1), on which the remark "negative" rests."""
    scores, rest = [0, 0, 100, 100, 100, 0], [1.0, 2.5, 3.0, 4.5, 7.0, 7.5]
    found = [correlation([(float(one), other) for one, other in zip(scores, order, strict=True)])
             for order in permutations(rest)]
    assert sum(found) == pytest.approx(0, abs=1e-9)
    assert sum(one * one for one in found) / len(found) == pytest.approx(1 / 5)


def item(**changes):
    return replace(Item(400, 0.5, 0.3, 0.8, 0.3, 0.5, "very_good"), **changes)


@pytest.mark.parametrize(("changes", "said"), [
    ({}, ()),
    ({"facility": 0.95}, ("too_easy",)),
    ({"facility": 0.9499, "verdict": "poor"}, ("weak",)),
    ({"facility": 0.2}, ("too_hard",)),
    ({"correlation": -0.0823, "verdict": "negative"}, ("weak",)),  # -0.0823 · √399 = -1.644: chance says so as well
    ({"correlation": -0.0824, "verdict": "negative"}, ("negative",)),
    ({"correlation": -0.5, "facility": 0.1}, ("negative", "too_hard")),
    ({"correlation": -0.5, "papers": 29}, ()),
    ({"correlation": None}, ()),
])
def test_what_a_person_should_look_at(changes, said):
    assert remarks(item(**changes)) == said


def test_the_gravest_remark_stands_first():
    rows, chosen = asked("b")
    found = remarks(items(rows)["x"], options(rows, "x", chosen, "abcd", "b"))
    assert found[:2] == ("probable_wrong_key", "negative")
    assert set(found) <= set(REMARKS)
