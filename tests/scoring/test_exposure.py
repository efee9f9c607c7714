import random as random_module
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.exposure import Answers, Exposure, exposures, leaks

# statsmodels 0.15.0: proportions_ztest(alternative="larger") and multipletests(method="holm"), as in test_chance.
BEFORE = {"a": Answers(300, 1000), "b": Answers(500, 900), "c": Answers(40, 60), "d": Answers(700, 1200),
          "e": Answers(90, 400)}
AFTER = {"a": Answers(380, 1000), "b": Answers(520, 900), "c": Answers(51, 61), "d": Answers(812, 1190),
         "e": Answers(85, 410)}
ANSWERS = st.integers(0, 60).flatmap(lambda asked: st.builds(Answers, st.integers(0, asked), st.just(asked)))


def test_how_often_each_question_was_drawn():
    found = exposures({"r1": {"a": 10, "b": 4}, "r2": {"a": 2, "c": 6}}, {"r1": 10, "r2": 6, "r3": 4}, "abcd")
    assert found == (
        Exposure("a", 12, Fraction(12, 20), {"r1": 10, "r2": 2}), Exposure("c", 6, Fraction(6, 20), {"r2": 6}),
        Exposure("b", 4, Fraction(4, 20), {"r1": 4}), Exposure("d", 0, Fraction(0), {}))
    assert exposures({}, {}, ["a"]) == (Exposure("a", 0, Fraction(0), {}),)
    with pytest.raises(ValueError, match="more often"):
        exposures({"r1": {"a": 11}}, {"r1": 10})


def test_rises_against_an_independent_computation():
    found = leaks(BEFORE, AFTER)
    assert [row.question for row in found.rises] == ["d", "a", "c", "b", "e"]
    by_id = {row.question: row for row in found.rises}
    assert [by_id[q].chance for q in "abcde"] == pytest.approx(
        [7.959575482497325e-05, 0.17072529522178875, 0.015481100937764902, 2.5746667946398407e-07,
         0.7295266642462769], rel=1e-9)
    assert [by_id[q].adjusted for q in "abcde"] == pytest.approx(
        [3.18383019e-04, 3.41450590e-01, 4.64433028e-02, 1.28733340e-06, 7.29526664e-01], rel=1e-8)
    assert [by_id[q].alarm for q in "abcde"] == [True, False, True, True, False]
    assert by_id["a"].rise == pytest.approx(0.08)
    assert found.typical == pytest.approx(0.08)
    assert (found.error_rate, found.untested) == (0.05, ())


def test_a_stricter_rate():
    assert [row.question for row in leaks(BEFORE, AFTER, 0.01).rises if row.alarm] == ["d", "a"]


def test_a_fall_is_no_alarm():
    assert not [row for row in leaks(AFTER, BEFORE).rises if row.alarm]


@pytest.mark.parametrize(("before", "after", "tested"), [
    ((10, 20), (10, 20), True),
    ((5, 10), (5, 10), True), ((5, 9), (4, 9), False), ((4, 100), (5, 100), False), ((5, 100), (5, 100), True),
    ((96, 100), (95, 100), False), ((0, 0), (50, 100), False), ((0, 0), (0, 0), False),
])
def test_few_answers_are_not_tested(before, after, tested):
    found = leaks({"a": Answers(*before)}, {"a": Answers(*after)})
    assert (len(found.rises), found.untested) == ((1, ()) if tested else (0, ("a",)))


def test_questions_of_one_round_are_left_out():
    found = leaks({"a": Answers(5, 10)}, {"b": Answers(5, 10)})
    assert (found.rises, found.typical, found.untested) == ((), None, ())


@pytest.mark.parametrize("bad", [Answers(3, 2), Answers(-1, 2)])
def test_more_right_answers_than_answers(bad):
    for before, after in [(bad, Answers(1, 2)), (Answers(1, 2), bad)]:
        with pytest.raises(ValueError, match="more right"):
            leaks({"a": before}, {"a": after})


@given(st.dictionaries(st.sampled_from("abcdefgh"), ANSWERS), st.dictionaries(st.sampled_from("abcdefgh"), ANSWERS),
       st.randoms())
def test_the_order_of_questions_never_matters(before, after, random):
    def mixed(rows):
        return dict(random.sample(list(rows.items()), len(rows)))

    found = leaks(before, after)
    assert leaks(mixed(before), mixed(after)) == found
    assert sorted([row.question for row in found.rises] + list(found.untested)) == sorted(before.keys() & after.keys())


def contests(count, leaked=0, seed=5, people=120):
    """Two rounds of 40 questions, of any difficulty, some of which far more people know in the second."""
    random = random_module.Random(seed)
    for _ in range(count):
        known = {f"q{n}": random.uniform(0.1, 0.9) for n in range(40)}
        gone = set(random.sample(sorted(known), leaked))

        def answers(shares, random=random):
            return {q: Answers(sum(random.random() < share for _ in range(people)), people)
                    for q, share in shares.items()}

        after = {q: share + (1 - share) * 0.6 if q in gone else share for q, share in known.items()}
        yield gone, leaks(answers(known), answers(after))


def test_honest_rounds_alarm_no_more_often_than_stated():
    """200 contests in which nothing leaked: 5 % have an alarm, within 2 standard errors."""
    alarmed = sum(any(row.alarm for row in found.rises) for _, found in contests(200))
    assert alarmed <= 200 * 0.05 + 2 * (200 * 0.05 * 0.95) ** 0.5


def test_leaked_questions_are_found():
    """Three of 40 questions in each of 10 contests: nine in ten of those that could be told are; one honest one is."""
    known = found_ = wrong = 0
    for gone, found in contests(10, leaked=3):
        alarms = {row.question for row in found.rises if row.alarm}
        # Who knew it anyway can't be told from who was told: only what less than 60 % knew.
        telling = {row.question for row in found.rises if row.before.right < 0.6 * row.before.asked} & gone
        known += len(telling)
        found_ += len(telling & alarms)
        wrong += len(alarms - gone)
    assert known >= 15
    assert found_ >= 0.9 * known
    assert wrong <= 1
