"""What items of every type are worth; the worked examples of the README stand here."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.judging import FULL, Question
from contest.scoring.marks import Marked, mark, passed, total
from contest.scoring.rules import OWN, RULES, BadRule, prepare

TOKENS = st.frozensets(st.sampled_from("abcdef"))
CLUSTER = {"p": "D", "q": "S", "r": "D", "s": "S"}
GAPS = {"g": [["Nội vụ", FULL], ["Sở*", 50_000]], "h": [["23.5±0.1", FULL]], "i": [["o1", 0], ["o2", FULL]]}
KINDS = {"g": "text", "h": "number", "i": "choice"}


def chosen(answer, correct, points=100, rule=None, marking=OWN, **more):
    return mark(Question("multiple", points, correct, **more), answer, rule, marking)


@pytest.mark.parametrize(("answer", "correct", "points", "expected"), [
    (["b"], ["b"], 100, Marked(100, correct=True, answered=True)),
    (["a"], ["b"], 100, Marked(0, correct=False, answered=True)),
    ([], ["b"], 100, Marked(0, correct=False, answered=False)),
    (None, ["b"], 100, Marked(0, correct=False, answered=False)),
    (["d", "b"], ["b", "d"], 150, Marked(150, correct=True, answered=True)),
    (["b"], ["b", "d"], 150, Marked(0, correct=False, answered=True)),
    (["b", "c", "d"], ["b", "d"], 150, Marked(0, correct=False, answered=True)),
])
@pytest.mark.parametrize("kind", ["single", "true_false", "multiple"])
def test_options_are_all_or_nothing(kind, answer, correct, points, expected):
    assert mark(Question(kind, points, correct), answer) == expected


def test_a_penalty_costs_a_wrong_answer_and_never_a_blank():
    strict = prepare("all_or_nothing", {"penalty_percent": 25})
    assert chosen(["a"], ["b"], rule=strict).points == -25
    assert chosen(["a"], ["b"], 50, strict).points == -13
    assert chosen([], ["b"], rule=strict).points == 0
    assert chosen(["b"], ["b"], rule=strict).points == 100


@pytest.mark.parametrize(("answer", "partial", "negative"), [
    ("ab", 100, 100), ("a", 50, 50), ("abc", 50, 50), ("ac", 0, 0), ("c", 0, -50), ("cde", 0, -100), ("abcd", 0, 0)])
def test_right_minus_wrong_over_the_right_ones(answer, partial, negative):
    """Canvas: 4 points, 2 right options; both and a wrong one give 2."""
    assert chosen(list(answer), ["a", "b"], rule=prepare("partial")).points == partial
    assert chosen(list(answer), ["a", "b"], rule=prepare("negative")).points == negative
    assert chosen(list(answer), ["a", "b"], settings={"rule": "partial"}).points == partial
    assert chosen(list(answer), ["a", "b"], rule=prepare("partial")).correct == (answer == "ab")


def test_a_lighter_penalty_of_each_wrong_part():
    assert chosen(["a", "c"], ["a", "b"], rule=prepare("negative", {"penalty_percent": 50})).points == 25
    cluster = Question("cluster", 100, CLUSTER)
    assert mark(cluster, {"p": "D", "q": "D"}, prepare("negative", {"penalty_percent": 40})).points == 15


@pytest.mark.parametrize(("right", "ladder", "partial"), [
    (0, 0, 0), (1, 10, 25), (2, 25, 50), (3, 50, 75), (4, 100, 100)])
@pytest.mark.parametrize("rest", ["blank", "wrong"])
def test_a_cluster(right, ladder, partial, rest):
    """Four statements: 10, 25, 50 and 100 % by the ministry's ladder, a quarter each without it."""
    given_ = {p: o for n, (p, o) in enumerate(CLUSTER.items()) if n < right}
    wrong = {p: "DS".replace(o, "") for p, o in CLUSTER.items()} if rest == "wrong" else {"p": ""}
    answer = {**wrong, **given_}
    assert mark(Question("cluster", 100, CLUSTER, settings={"rule": "ladder"}), answer).points == ladder
    assert mark(Question("cluster", 100, CLUSTER), answer).points == partial


@pytest.mark.parametrize(("count", "ladder"), [
    (1, [0, 100]), (2, [0, 50, 100]), (3, [0, 25, 50, 100]), (5, [0, 0, 10, 25, 50, 100]),
    (6, [0, 0, 0, 10, 25, 50, 100])])
def test_the_ladder_of_another_count_is_read_from_its_top(count, ladder):
    key = {str(i): "D" for i in range(count)}
    question = Question("cluster", 100, key, settings={"rule": "ladder"})
    found = [mark(question, {str(i): "D" if i < right else "S" for i in range(count)}).points
             for right in range(count + 1)]
    assert found == ladder


def test_options_with_credits_of_their_own():
    question = Question("multiple", 200, ["a", "b"], {"a": 70_000, "b": 30_000, "c": -50_000, "d": -100_000})
    worth = {answer: mark(question, list(answer)).points for answer in ("a", "b", "ab", "ac", "abc", "c", "d", "e")}
    assert worth == {"a": 140, "b": 60, "ab": 200, "ac": 40, "abc": 100, "c": 0, "d": 0, "e": 0}
    assert [mark(question, list(answer)).correct for answer in ("a", "ab", "abc")] == [False, True, False]
    below = prepare("credits", {"below_zero": 1})
    assert [mark(question, list(answer), below).points for answer in ("c", "cd", "ac")] == [-100, -200, 40]


def test_three_thirds_are_the_whole():
    question = Question("multiple", 100, ["a", "b", "c"], dict.fromkeys("abc", 33_333))
    assert mark(question, list("abc")) == Marked(100, correct=True, answered=True)
    assert mark(question, list("ab")) == Marked(67, correct=False, answered=True)


def test_an_option_may_be_worth_a_part_in_a_single_choice():
    question = Question("single", 100, ["a"], {"a": FULL, "b": 50_000})
    assert [mark(question, [token]).points for token in "abc"] == [100, 50, 0]


def test_matching_counts_each_prompt():
    question = Question("matching", 90, {"p": "x", "q": "y", "r": "x"})
    assert mark(question, {"p": "x", "r": "x"}).points == 60
    assert mark(question, {"p": "x", "q": "x", "r": "y"}).points == 30
    assert mark(question, {"p": "x", "q": "y", "r": "x"}) == Marked(90, correct=True, answered=True)


def test_an_ordering_is_all_or_nothing_or_counts_absolute_places():
    right, swapped = {"i": "1", "j": "2", "k": "3"}, {"i": "1", "j": "3", "k": "2"}
    assert [mark(Question("ordering", 90, ["i", "j", "k"]), a).points for a in (right, swapped)] == [90, 0]
    partial = Question("ordering", 90, ["i", "j", "k"], settings={"rule": "partial"})
    assert [mark(partial, a).points for a in (right, swapped, {"k": "3"}, {"i": "3", "j": "1", "k": "2"})] == [
        90, 30, 30, 0]


@pytest.mark.parametrize(("answer", "points", "correct"), [
    ({"g": "nội vụ", "h": "23,45", "i": "o2"}, 300, True), ({"g": "Sở Tư pháp", "h": "23,45"}, 150, False),
    ({"h": "23,61", "i": "o1"}, 0, False), ({"i": "o2"}, 100, False), ({"i": "O2"}, 0, False)])
def test_gaps_count_one_by_one(answer, points, correct):
    found = mark(Question("gaps", 300, GAPS, kinds=KINDS), answer)
    assert found == Marked(points, correct=correct, answered=True)


def test_gaps_may_be_all_or_nothing():
    question = Question("gaps", 300, GAPS, kinds=KINDS, settings={"rule": "all_or_nothing"})
    assert mark(question, {"g": "Sở X", "h": "23.5", "i": "o2"}).points == 0
    assert mark(question, {"g": "Nội vụ", "h": "23.5", "i": "o2"}).points == 300


@pytest.mark.parametrize(("answer", "points"), [("Sở Nội vụ", 100), ("so noi vu", 100), ("Sở Tư pháp", 50), ("Bộ", 0)])
def test_a_short_text(answer, points):
    found = mark(Question("short_text", 100, [["Sở *", 50_000], ["Sở Nội vụ", FULL]]), answer)
    assert (found.points, found.correct) == (points, points == 100)


def test_the_settings_of_a_short_text():
    key = [["Sở Nội vụ", FULL]]
    kept = Question("short_text", 100, key, settings={"case": "kept"})
    needed = Question("short_text", 100, key, settings={"diacritics": "needed"})
    assert [mark(kept, a).points for a in ("Sở Nội vụ", "So Noi vu", "sở Nội vụ")] == [100, 100, 0]
    assert [mark(needed, a).points for a in ("sở nội vụ", "So Noi vu")] == [100, 0]


def test_a_number():
    question = Question("number", 100, [["23.53±0.01", FULL], ["23..24", 40_000]])
    assert [mark(question, a).points for a in ("23,53", "23.52", "23,55", "25", "hai ba")] == [100, 100, 40, 0, 0]


def test_an_essay_waits_for_a_person():
    question = Question("essay", 500, [])
    assert mark(question, "Bài viết") == Marked(0, correct=False, answered=True, pending=True)
    assert mark(question, None) == Marked(0, correct=False, answered=False)


@pytest.mark.parametrize(("kind", "rule"), [
    ("single", "partial"), ("multiple", "ladder"), ("ordering", "negative"), ("cluster", "credits"),
    ("short_text", "no such"), ("riddle", ""), ("number", "ladder")])
def test_a_rule_that_makes_no_sense_is_no_wrong_answer(kind, rule):
    with pytest.raises(BadRule):
        mark(Question(kind, 100, ["a"], settings={"rule": rule}), ["a"])


@pytest.mark.parametrize("kind", ["single", "cluster", "short_text", "gaps"])
@pytest.mark.parametrize("answer", [None, ["a"]])
def test_an_item_without_a_key_is_no_wrong_answer(kind, answer):
    with pytest.raises(ValueError, match="key"):
        mark(Question(kind, 100, []), answer)


@pytest.mark.parametrize("points", [0, -100])
def test_neither_is_one_without_points(points):
    with pytest.raises(ValueError, match="points"):
        mark(Question("single", points, ["a"]), ["a"])


@given(TOKENS, TOKENS.filter(bool), st.integers(1, 10_000), st.integers(0, 100))
def test_full_points_exactly_where_the_sets_are_equal(answer, correct, points, penalty):
    found = chosen(answer, correct, points, prepare("all_or_nothing", {"penalty_percent": penalty}))
    assert found.correct == (answer == correct)
    assert (found.points == points) == (answer == correct)
    assert -points <= found.points <= points


@given(TOKENS, TOKENS.filter(bool), st.integers(1, 999), st.integers(1, 100))
def test_partial_and_negative_against_exact_fractions(answer, correct, points, penalty):
    right, wrong = len(answer & correct), len(answer - correct)
    for name, cost, low in (("partial", 100, 0), ("negative", penalty, -1)):
        rule = prepare(name, {"penalty_percent": penalty} if name == "negative" else None)
        share = max(Fraction(low), (right - wrong * Fraction(cost, 100)) / len(correct))
        found = chosen(answer, correct, points, rule)
        assert abs(found.points - points * share) <= Fraction(1, 2)
        assert found.correct == (answer == correct)


@given(st.permutations("abcd"), st.permutations("abcd"))
def test_the_order_of_tokens_never_matters(answer, correct):
    assert chosen(answer[:3], correct[:3]).correct == (set(answer[:3]) == set(correct[:3]))


def test_a_total():
    rule = prepare("all_or_nothing", {"penalty_percent": 100})
    marks = [chosen(["a"], ["a"], 100, rule), chosen(["b"], ["a"], 150, rule), chosen([], ["a"], 50, rule),
             mark(Question("essay", 200, []), "Bài")]
    assert total(marks, [100, 150, 50, 200]).__dict__ == {
        "points": 0, "max_points": 500, "correct": 1, "answered": 3, "items": 4, "pending": 1, "raw_points": -50}
    with pytest.raises(ValueError):
        total(marks, [100])


def test_a_total_below_zero_where_the_rules_let_it():
    """1 right of 1 point, 2 wrong of 1.5 points with a penalty of 50 %: 1 - 0.75 - 0.75 = -0.5."""
    rule = prepare("all_or_nothing", {"penalty_percent": 50})
    marks = [chosen(["a"], ["a"], 100, rule), chosen(["b"], ["a"], 150, rule), chosen(["c"], ["a"], 150, rule)]
    assert total(marks, [100, 150, 150], floor=False).points == -50
    assert total(marks, [100, 150, 150]).points == 0
    assert total(marks[:2], [100, 150], floor=False).points == total(marks[:2], [100, 150]).points == 25


def test_a_rule_for_each_type_of_a_round():
    """A policy's rule comes before the question's own; a type that it does not name keeps its own."""
    marking = {"multiple": prepare("negative"), "cluster": prepare("ladder"), "ordering": prepare("partial")}
    own = Question("multiple", 100, ["a", "b"], settings={"rule": "partial"})
    assert [mark(own, ["c"], marking=m).points for m in ({}, marking)] == [0, -50]
    assert [mark(Question("cluster", 100, CLUSTER), {"p": "D", "q": "S", "r": "D"}, marking=m).points
            for m in ({}, marking)] == [75, 50]
    assert mark(Question("ordering", 90, ["i", "j", "k"]), {"i": "1"}, marking=marking).points == 30
    assert mark(Question("single", 100, ["a"]), ["a"], marking=marking).points == 100
    assert mark(own, ["c"], prepare("all_or_nothing"), marking).points == 0
    assert mark(Question("essay", 500, []), "Bài", marking=marking).pending


def test_credits_mark_only_questions_that_have_some():
    """Every answer to another would be worth nothing, the right one too."""
    marking = {"multiple": prepare("credits", {"below_zero": 1})}
    assert [chosen(list(a), ["a", "b"], marking=marking).points for a in ("ab", "c")] == [100, 0]
    weighed = Question("multiple", 100, ["a"], {"a": FULL, "b": -50_000})
    assert [mark(weighed, ["b"], marking=m).points for m in ({}, marking)] == [0, -50]


@pytest.mark.parametrize(("points", "percent", "expected"), [
    (750, 50, True), (749, 50, False), (0, 0, True), (-1, 0, False), (1_500, 100, True), (1_499, 100, False),
    (750, None, None)])
def test_the_pass_mark_belongs_to_those_who_pass(points, percent, expected):
    assert passed(points, 1_500, percent) is expected


def test_a_pass_mark_between_two_hundredths():
    """Half of 15.01 points is 7.505: 7.50 fail, 7.51 pass."""
    assert [passed(points, 1_501, 50) for points in (750, 751)] == [False, True]


@given(st.permutations(range(6)))
def test_a_total_is_the_same_in_any_order(order):
    rule = prepare("all_or_nothing", {"penalty_percent": 30})
    worth = [100, 50, 250, 75, 10, 5]
    marks = [chosen([t], ["a"], w, rule) for t, w in zip("aababa", worth, strict=True)]
    assert total([marks[i] for i in order], [worth[i] for i in order]) == total(marks, worth)


OPTIONS = ["a", "b", "c", "d"]
PIECES = st.dictionaries(st.sampled_from(["p", "q", "r"]), st.sampled_from(["D", "S", ""]))
TEXTED = {"p": [["D", FULL], ["S", 40_000]], "q": [["S", FULL]], "r": [["D", FULL]]}
# type → a question's key, and what may be answered
ASKED = {
    "single": (["a"], st.lists(st.sampled_from(OPTIONS), max_size=1)), "true_false": (["b"], st.just(["a"])),
    "multiple": (["a", "b"], st.lists(st.sampled_from(OPTIONS), unique=True)),
    "cluster": (CLUSTER, PIECES), "matching": (CLUSTER, PIECES), "gaps": (TEXTED, PIECES),
    "ordering": (["i", "j"], st.dictionaries(st.sampled_from(["i", "j"]), st.sampled_from(["1", "2"]))),
    "short_text": ([["D", FULL], ["S", 40_000]], st.sampled_from(["D", "S", "E", ""])),
    "number": ([["1", FULL]], st.sampled_from(["1", "2", ""]))}
CREDITS = {"a": FULL, "b": 50_000, "c": -50_000, "d": -FULL}


@given(st.data(), st.sampled_from(sorted(RULES)), st.integers(1, 999))
def test_a_question_with_a_parameter_is_marked_as_in_a_round_that_has_it(data, name, points):
    """The rule with its parameter said by the question, by the round for its type, or handed over: all the same."""
    kind = data.draw(st.sampled_from(RULES[name].types))
    values = {key: data.draw(st.integers(one.low, one.high)) for key, one in RULES[name].parameters.items()}
    correct, answers = ASKED[kind]
    plain = Question(kind, points, correct, CREDITS if name == "credits" else None, {"case": "kept"},
                     dict.fromkeys("pqr", "text"))
    said = replace(plain, settings={"rule": name, "case": "kept", **{key: str(one) for key, one in values.items()}})
    answer = data.draw(answers)
    found = mark(said, answer)
    rule = prepare(name, values)
    assert found == mark(plain, answer, marking={kind: rule}) == mark(plain, answer, rule)
    assert -points <= found.points <= points
    assert not (answer == [] or answer == "") or found.points == 0


def test_two_questions_of_one_rule_and_different_parameters():
    """2 of 2 right would be 1.00; of one right and one wrong the wrong one takes 10, 50 and, unsaid, 100 %."""
    asked = [Question("multiple", 100, ["a", "b"], settings={"rule": "negative", **said}) for said in (
        {"penalty_percent": "10"}, {"penalty_percent": "50"}, {})]
    assert [mark(one, ["a", "c"]).points for one in asked] == [45, 25, 0]
    single = [Question("single", 200, ["a"], settings={"rule": "all_or_nothing", **said}) for said in (
        {"penalty_percent": "25"}, {"penalty_percent": "0"}, {})]
    assert [mark(one, ["b"]).points for one in single] == [-50, 0, 0]
    assert [mark(one, ["a"]).points for one in single] == [200, 200, 200]
    assert [mark(one, None).points for one in single] == [0, 0, 0]


def test_the_rule_of_a_round_comes_before_a_parameter_of_a_question():
    own = Question("multiple", 100, ["a", "b"], settings={"rule": "negative", "penalty_percent": "10"})
    assert mark(own, ["c"], marking={"multiple": prepare("partial")}).points == 0
    assert mark(own, ["c"], marking={"single": prepare("partial")}).points == -5
    assert mark(own, ["c"], marking={"multiple": prepare("credits", {"below_zero": 1})}).points == -5


@pytest.mark.parametrize("said", [{"penalty_percent": "0"}, {"penalty_percent": "x"}, {"below_zero": "1"}])
def test_a_parameter_that_cannot_be_is_no_wrong_answer(said):
    with pytest.raises(BadRule):
        mark(Question("multiple", 100, ["a", "b"], settings={"rule": "negative", **said}), ["c"])
