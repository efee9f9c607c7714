from collections import Counter
from itertools import combinations, product
from math import comb, prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.similarity import Pair, Sheet, similar


def sheet(name, choices, unit="", person=""):
    """Choices of q1, q2, … as letters, "-" for blank; "a" is right."""
    return Sheet(name, person or name, unit, {f"q{n}": c for n, c in enumerate(choices, 1) if c != "-"})


KEYS = {f"q{n}": "a" for n in range(1, 61)}


def test_by_hand():
    """Wrong answers: q1 b 3, c 1; q2 b 2, c 2; q3 b 2, c 1. With one more of each: b 4/5, c 2/5; 3/5; b 3/4, c 2/4.

    s1 and s2 are alike in q1 and q2. As s1 chose, at least two of 4/5, 3/5, 3/4 come true with 0.81; as s2 chose,
    of 4/5, 3/5, 1/2 with 0.70. The larger one counts.
    """
    found = similar([sheet("s1", "bcba"), sheet("s2", "bcca"), sheet("s3", "bbb-"), sheet("s4", "cbaa")], KEYS,
                    across=5.99)
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == ("s1", "s2"))
    assert pair == Pair("s1", "s2", False, 4, 3, (("q1", "b"), ("q2", "c")), pytest.approx(0.81), pytest.approx(4.86))
    assert (found.papers, found.in_units, found.across, found.false_alarms) == (4, 0, 6, 5.99)


def shares(sheets):
    times = Counter((q, c) for one in sheets for q, c in one.choices.items() if c != KEYS[q])
    whole = Counter(q for one in sheets for q, c in one.choices.items() if c != KEYS[q])
    return {(q, c): (count + 1) / (whole[q] + 1) for (q, c), count in times.items()}


def chance(one, other, share):
    """By every way in which the answers that both got wrong may be identical or not."""
    both = [q for q in one.choices if other.choices.get(q, "a") != "a" != one.choices[q]]
    alike = sum(one.choices[q] == other.choices[q] for q in both)
    return max(sum(prod(share[q, row.choices[q]] if hit else 1 - share[q, row.choices[q]]
                        for q, hit in zip(both, hits, strict=True))
                   for hits in product([False, True], repeat=len(both)) if sum(hits) >= alike)
               for row in (one, other))


SHEETS = st.lists(st.tuples(st.text("abbcd-", min_size=6, max_size=6), st.sampled_from(["", "x", "y"])),
                  max_size=9).map(lambda rows: [sheet(f"p{n}", *row) for n, row in enumerate(rows)])


@given(SHEETS, st.floats(0.01, 0.9), st.randoms())
def test_it_misses_no_pair_and_the_order_never_matters(sheets, rate, random):
    share = shares(sheets)
    all_pairs = list(combinations(sheets, 2))
    inside = [(one, other) for one, other in all_pairs if one.unit == other.unit != ""]
    outside = [pair for pair in all_pairs if pair not in inside]
    found = similar(sheets, KEYS, rate * max(1, len(inside)), rate * max(1, len(outside)))
    assert (found.in_units, found.across, found.complete) == (len(inside), len(outside), True)
    kept = {(pair.first, pair.second): pair for pair in found.pairs}
    for one, other in all_pairs:
        expected = chance(one, other, share)
        if abs(expected - rate) < 1e-9:
            continue
        assert ((one.id, other.id) in kept) == (expected < rate)
        if expected < rate:
            pair = kept[one.id, other.id]
            assert pair.chance == pytest.approx(expected)
            assert pair.expected == pytest.approx(expected * len(inside if pair.same_unit else outside))
    assert similar(random.sample(sheets, len(sheets)), KEYS, rate * max(1, len(inside)),
                   rate * max(1, len(outside))) == found


def contest(people, seed, asked=20, units=10):
    """Papers of `asked` of 40 questions; each question has wrong options of its own attraction, and weak people are
    drawn to others than strong ones, which the rule doesn't know.
    """
    random = Random(seed)
    attraction = {q: [[random.random() ** 2 + 0.02 for _ in "bcd"] for _ in range(2)] for q in list(KEYS)[:40]}
    sheets = []
    for number in range(people):
        able = random.betavariate(3, 2)
        choices = {q: "a" if random.random() < able else random.choices("bcd", attraction[q][able > 0.5])[0]
                   for q in sorted(random.sample(sorted(attraction), asked))}
        sheets.append(Sheet(f"p{number:04}", f"v{number}", f"u{number % units}", choices))
    return sheets


def test_honest_papers_alarm_no_more_often_than_stated():
    """30 contests of 200 people, half a false alarm allowed in each kind of pairs: at most 15 and 15 in all."""
    found = [similar(contest(200, seed), KEYS, 0.5, 0.5) for seed in range(30)]
    assert {report.false_alarms for report in found} == {1.0}
    assert sum(pair.same_unit for report in found for pair in report.pairs) <= 15
    assert sum(not pair.same_unit for report in found for pair in report.pairs) <= 15


def test_the_stated_chance_is_none_too_small():
    """Of 19,900 honest pairs no more than stated have a chance under 1, 0.1 and 0.01 %."""
    found = similar(contest(200, 77, asked=40), KEYS, 0.01 * 1900, 0.01 * 18000)
    for least in (0.01, 0.001, 0.0001):
        assert sum(pair.chance <= least for pair in found.pairs) <= least * 19_900


def test_planted_copies_are_found():
    """Three weak people's papers, 40 questions, are copied but for every eighth answer: twice in a unit, once not."""
    sheets = contest(300, 8, asked=40)
    weak = sorted(sheets, key=lambda one: sum(c == "a" for c in one.choices.values()))[20:23]
    copies = []
    for number, source in enumerate(weak):
        choices = {q: "a" if n % 8 == 0 else c for n, (q, c) in enumerate(source.choices.items())}
        copies.append(Sheet(f"copy{number}", f"copier{number}", source.unit if number < 2 else "elsewhere", choices))
    found = similar([*sheets, *copies], KEYS)
    assert {(pair.first, pair.second, pair.same_unit) for pair in found.pairs} == {
        (copy.id, source.id, copy.unit == source.unit) for copy, source in zip(copies, weak, strict=True)}
    assert [pair.same_unit for pair in found.pairs] == [True, True, False]
    assert all(pair.expected <= 0.1 for pair in found.pairs)


def test_right_answers_alike_and_common_mistakes_are_no_sign():
    strong = [sheet(f"s{n}", "a" * 40) for n in range(50)]
    trapped = [sheet(f"t{n}", "b" * 40) for n in range(50)]
    assert similar([*strong, *trapped], KEYS).pairs == ()


def rare(*names, unit="", person=""):
    """A field in which everybody chooses "b", and `names` twelve rare answers."""
    return [*[sheet(f"p{n}", "b" * 30) for n in range(60)],
            *[sheet(name, "c" * 12 + "b" * 18, unit, person) for name in names]]


def test_the_same_rare_mistakes_are():
    found = similar(rare("x", "y"), KEYS)
    assert [(pair.first, pair.second, pair.common, pair.wrong, len(pair.answers)) for pair in found.pairs] == [
        ("x", "y", 30, 30, 30)]
    # 12 of them with a share of (2 + 1) / (62 + 1) each, the others with 61 / 63: nearly (1/21)^12.
    # The first nine of them, behind which too little is left, each looked at once; nobody is searched in no unit.
    assert found.compared == 9
    assert found.pairs[0].chance == pytest.approx((1 / 21) ** 12 * (61 / 63) ** 18, rel=1e-9)


def test_the_least_likely_stands_first():
    found = similar([*rare("m", "n"), sheet("y", "d" * 15 + "b" * 15), sheet("z", "d" * 15 + "b" * 15)], KEYS)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("y", "z"), ("m", "n")]


def test_a_persons_own_papers_are_not_compared():
    assert similar(rare("x", "y", person="an"), KEYS).pairs == ()


def test_papers_of_one_unit_are_told_from_others():
    assert [pair.same_unit for pair in similar(rare("x", "y", unit="so"), KEYS).pairs] == [True]
    assert [pair.same_unit for pair in similar(rare("x", "y"), KEYS).pairs] == [False]


def test_only_some_papers_may_be_compared():
    """The shares are still everybody's; of two papers alone no answer would be rare."""
    sheets = rare("x", "y", "z")
    found = similar(sheets, KEYS, among={"x", "y"})
    assert [(pair.first, pair.second) for pair in found.pairs] == [("x", "y")]
    assert (found.papers, found.across) == (2, 1)
    assert found.pairs[0].chance == next(pair.chance for pair in similar(sheets, KEYS).pairs if pair.second == "y")
    assert similar([one for one in sheets if one.id in {"x", "y"}], KEYS).pairs == ()


def test_few_of_all_pairs_are_looked_at():
    found = similar(contest(3000, 5), KEYS)
    assert found.in_units + found.across == comb(3000, 2)
    assert found.compared < 500
    assert found.complete


def test_a_search_that_gets_too_large_says_so():
    sheets = rare(*(f"x{n}" for n in range(8)))
    assert len(similar(sheets, KEYS).pairs) == comb(8, 2)
    few = similar(sheets, KEYS, limit=27)
    assert (few.complete, few.compared) == (False, 0)
    assert similar(sheets, KEYS, limit=28 * 30).complete


def test_a_search_that_gets_too_large_begins_where_few_share_a_mistake():
    """The answers of the eight are rarer, those of the two make less work."""
    eight = [*[sheet(f"p{n}", "b" * 30) for n in range(400)], *[sheet(f"x{n}", "c" * 12 + "b" * 18) for n in range(8)]]
    two = [*[sheet(f"r{n}", "-" * 30 + "b" * 12) for n in range(20)],
           *[sheet(name, "-" * 30 + "c" * 12) for name in ("m", "n")]]
    found = similar([*eight, *two], KEYS, limit=20)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("m", "n")]
    assert not found.complete


def test_nobody_and_one():
    assert similar([], KEYS) == similar([], KEYS, limit=0)
    alone = similar([sheet("a", "bbb", "x")], KEYS)
    assert (alone.pairs, alone.in_units, alone.across, alone.false_alarms) == ((), 0, 0, 0)


@pytest.mark.parametrize(("sheets", "rates", "message"), [
    ([sheet("a", "b"), sheet("a", "c")], (0.1, 0.1), "twice"),
    ([Sheet("a", "a", "", {"other": "b"})], (0.1, 0.1), "key"),
    ([], (0, 0.1), "allowed"), ([], (0.1, -1), "allowed"),
])
def test_what_can_not_be(sheets, rates, message):
    with pytest.raises(ValueError, match=message):
        similar(sheets, KEYS, *rates)
