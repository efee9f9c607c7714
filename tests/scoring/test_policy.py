import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring import ranking
from contest.scoring.policy import (
    COUNTED,
    DEFAULT,
    BadPolicy,
    Policy,
    Rounds,
    asks,
    chosen_late,
    faults,
    late_seed,
    read,
    written,
)
from contest.scoring.rules import DEFAULTS, RULES, fits, prepare

HUẾ = {"chain": ["points", "distance", "finished_at"]}
VCNET = {"counted": "most_correct", "chain": ["correct", "distance", "finished_at"]}
PAIRS = [(kind, rule) for kind in sorted(DEFAULTS) for rule in sorted(RULES) if fits(rule, kind)]


@st.composite
def rule_of(draw, name):
    parameters = RULES[name].parameters
    return {"rule": name, **{key: draw(st.integers(one.low, one.high)) for key, one in parameters.items()
                             if draw(st.booleans())}}


@st.composite
def policies(draw):
    """Any policy as JSON, each field there or not."""
    chain = draw(st.lists(st.sampled_from([name for name in ranking.CRITERIA if name != "draw"]), min_size=1,
                          unique=True)) + draw(st.sampled_from([[], ["draw"]]))
    how = draw(st.sampled_from(["sum", "best", "last"]))
    whole = {
        "marking": {kind: draw(rule_of(name)) for kind, name in draw(st.lists(st.sampled_from(PAIRS)))},
        "floor": draw(st.booleans()), "pass_percent": draw(st.none() | st.integers(0, 100)),
        "bands": sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=6)), reverse=True),
        "counted": draw(st.sampled_from(COUNTED)), "chain": chain, "seed": draw(st.text("ab Huế", max_size=9)) + "!",
        "rounds": {"how": how, "weights": draw(st.lists(st.integers(0, 1_000), max_size=4)),
                   **({"k": draw(st.integers(1, 9))} if how == "best" else {})}}
    kept = draw(st.sets(st.sampled_from(sorted(whole))))
    return {name: value for name, value in whole.items() if name in kept or (name == "seed" and "draw" in chain)}


def test_the_default_is_what_was_before():
    assert read({}) == DEFAULT == Policy()
    assert written(DEFAULT) == {}
    assert DEFAULT.chain == ranking.DEFAULT
    assert (DEFAULT.counted, DEFAULT.floor, DEFAULT.bands, DEFAULT.pass_percent) == ("best", True, (75, 25), None)
    assert dict(DEFAULT.marking) == {}
    assert DEFAULT.rounds == Rounds("sum", None, ())


def test_rule_books():
    """Huế 2025: the nearest guess; VCNet 2019: of a person's results the most correct and earliest."""
    assert read(HUẾ) == Policy(chain=ranking.keys(["points", "distance", "finished_at"]))
    assert read(VCNET) == Policy(counted="most_correct", chain=ranking.keys(["correct", "distance", "finished_at"]))
    assert [written(read(book)) for book in (HUẾ, VCNET)] == [HUẾ, VCNET]


def test_everything_said_at_once():
    book = {"marking": {"multiple": {"rule": "negative", "penalty_percent": 50}, "cluster": {"rule": "ladder"}},
            "floor": False, "pass_percent": 50, "bands": [90, 80, 50], "counted": "mean",
            "chain": ["points", "earlier", "entered_at", "draw"], "seed": "Hội thi CCHC 2025, đợt 1",
            "rounds": {"how": "best", "k": 3, "weights": [100, 100, 150]}}
    found = read(book)
    assert found == Policy(
        marking={"multiple": prepare("negative", {"penalty_percent": 50}), "cluster": prepare("ladder")},
        floor=False, pass_percent=50, bands=(90, 80, 50), counted="mean",
        chain=ranking.keys(["points", "earlier", "entered_at", "draw"]), seed="Hội thi CCHC 2025, đợt 1",
        rounds=Rounds("best", 3, (100, 100, 150)))
    assert written(found) == book
    assert hash(found) == hash(read(book))


def test_what_is_as_always_is_not_written():
    assert written(read({"bands": [75, 25], "counted": "best", "floor": True, "pass_percent": None, "seed": "",
                         "chain": ["points", "taken_ms", "finished_at"], "rounds": {"how": "sum", "weights": []},
                         "marking": {}})) == {}
    assert written(read({"marking": {"multiple": {"rule": "negative", "penalty_percent": 100}}})) == {
        "marking": {"multiple": {"rule": "negative"}}}


@pytest.mark.parametrize(("before", "seed"), [
    ({}, "board"), ({"seed": ""}, "board"), ({"seed": "Xổ số"}, "Xổ số"),
    ({"chain": ["points", "draw"], "seed": "Xổ số"}, "Xổ số")])
def test_lots_are_drawn_late_from_what_nobody_chooses(before, seed):
    assert late_seed(before, "board") == seed
    assert not chosen_late({"chain": ["points", "draw"], "seed": seed}, before, "board")
    assert chosen_late({"chain": ["points", "draw"], "seed": "khác"}, before, "board")
    assert chosen_late({"chain": ["points", "draw"]}, before, "board")
    assert chosen_late({"chain": ["points"], "seed": "khác"}, before, "board")  # for a later change to draw from
    assert not chosen_late({"chain": ["points"], "seed": before.get("seed", "")}, before, "board")
    assert not chosen_late({"chain": ["points"]}, before, "board")


def test_a_seed_is_one_text_however_it_was_typed():
    assert read({"seed": "  Hue\u0302\u0301\u00a0 2025\n"}).seed == "Huế 2025"


@pytest.mark.parametrize(("data", "field", "why"), [
    ([], "", "type"), (None, "", "type"), ({"chains": []}, "chains", "unknown"), ({1: 2}, "1", "unknown"),
    ({"marking": []}, "marking", "type"), ({"marking": {"essay": {"rule": "partial"}}}, "marking.essay", "unknown"),
    ({"marking": {"riddle": {"rule": "partial"}}}, "marking.riddle", "unknown"),
    ({"marking": {"single": "partial"}}, "marking.single", "type"),
    ({"marking": {"single": {}}}, "marking.single.rule", "missing"),
    ({"marking": {"single": {"rule": None}}}, "marking.single.rule", "type"),
    ({"marking": {"single": {"rule": "guess"}}}, "marking.single.rule", "unknown"),
    ({"marking": {"single": {"rule": "ladder"}}}, "marking.single.rule", "unknown"),
    ({"marking": {"multiple": {"rule": "partial", "penalty_percent": 5}}}, "marking.multiple.penalty_percent",
     "unknown"),
    ({"marking": {"multiple": {"rule": "negative", "penalty_percent": 0}}}, "marking.multiple.penalty_percent",
     "range"),
    ({"marking": {"multiple": {"rule": "negative", "penalty_percent": 101}}}, "marking.multiple.penalty_percent",
     "range"),
    ({"marking": {"multiple": {"rule": "negative", "penalty_percent": 2.5}}}, "marking.multiple.penalty_percent",
     "type"),
    ({"floor": 1}, "floor", "type"), ({"floor": None}, "floor", "type"), ({"floor": "true"}, "floor", "type"),
    ({"pass_percent": -1}, "pass_percent", "range"), ({"pass_percent": 101}, "pass_percent", "range"),
    ({"pass_percent": 50.0}, "pass_percent", "type"), ({"pass_percent": True}, "pass_percent", "type"),
    ({"bands": []}, "bands", "missing"), ({"bands": 75}, "bands", "type"), ({"bands": "75"}, "bands", "type"),
    ({"bands": [25, 75]}, "bands", "order"), ({"bands": [75, 75]}, "bands", "twice"),
    ({"bands": [100, 25]}, "bands", "range"), ({"bands": [75, 0]}, "bands", "range"),
    ({"bands": [70, 60, 50, 40, 30, 20, 10]}, "bands", "range"), ({"bands": ["75"]}, "bands", "type"),
    ({"counted": "worst"}, "counted", "unknown"), ({"counted": None}, "counted", "type"),
    ({"chain": []}, "chain", "missing"), ({"chain": ["name"]}, "chain", "unknown"), ({"chain": "points"}, "chain",
                                                                                     "type"),
    ({"chain": ["points", "points"]}, "chain", "twice"), ({"chain": [1]}, "chain", "type"),
    ({"chain": [*sorted(ranking.CRITERIA), "points", "points"]}, "chain", "range"),
    ({"chain": ["draw", "points"], "seed": "x"}, "chain", "order"), ({"chain": ["points", "draw"]}, "seed", "missing"),
    ({"chain": ["points", "draw"], "seed": " "}, "seed", "missing"), ({"seed": 26}, "seed", "type"),
    ({"seed": "x" * 201}, "seed", "range"), ({"seed": "a\u0000b"}, "seed", "range"),
    ({"seed": "\ud800"}, "seed", "range"),
    ({"rounds": "sum"}, "rounds", "type"), ({"rounds": {"how": "mean"}}, "rounds.how", "unknown"),
    ({"rounds": {"best": 3}}, "rounds.best", "unknown"), ({"rounds": {"how": "best"}}, "rounds.k", "missing"),
    ({"rounds": {"how": "sum", "k": 3}}, "rounds.k", "unknown"), ({"rounds": {"how": "best", "k": 0}}, "rounds.k",
                                                                  "range"),
    ({"rounds": {"how": "best", "k": None}}, "rounds.k", "type"),
    ({"rounds": {"weights": [-1]}}, "rounds.weights", "range"), ({"rounds": {"weights": [1_001]}}, "rounds.weights",
                                                                 "range"),
    ({"rounds": {"weights": [1] * 101}}, "rounds.weights", "range"),
    ({"rounds": {"weights": [1.5]}}, "rounds.weights", "type"),
])
def test_what_is_wrong_is_named(data, field, why):
    with pytest.raises(BadPolicy) as caught:
        read(data)
    assert (caught.value.field, caught.value.why) == (field, why)


@pytest.mark.parametrize("data", [
    {"pass_percent": 0}, {"pass_percent": 100}, {"bands": [99, 1]}, {"bands": [60, 50, 40, 30, 20, 10]},
    {"seed": "x" * 200}, {"rounds": {"how": "best", "k": 100}}, {"rounds": {"how": "last", "weights": [0, 1_000]}},
    {"rounds": {"how": "best", "k": 1}}, {"chain": [*sorted(set(ranking.CRITERIA) - {"draw"}), "draw"], "seed": "x"}])
def test_the_ends_of_a_range_belong_to_it(data):
    assert written(read(data)) == data


@given(policies())
def test_written_and_read_again_it_is_the_same(data):
    found = read(data)
    plain = json.loads(json.dumps(written(found)))
    assert read(plain) == found
    assert written(read(plain)) == plain == written(found)
    assert set(plain) <= set(data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
                    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside,
                                                                                  max_size=3), max_leaves=8),
       st.sampled_from(["marking", "floor", "pass_percent", "bands", "counted", "chain", "seed", "rounds"]))
def test_whatever_json_says_is_read_or_refused(value, field):
    try:
        found = read({field: value})
    except BadPolicy as error:
        found = error.field
    assert found.partition(".")[0] in (field, "seed") if isinstance(found, str) else read(written(found)) == found


def test_nobody_is_ranked_by_a_guess_that_is_not_asked():
    with pytest.raises(BadPolicy) as refused:
        read({"chain": ["points", "distance"]}, predicted=False)
    assert (refused.value.field, refused.value.why) == ("chain", "prediction")
    assert asks(read({"chain": ["points", "distance"]}), "distance")
    assert not asks(read({}, predicted=False), "distance")


ODD = st.none() | st.booleans() | st.integers(-1, 101) | st.sampled_from(["", "draw", "best", "points"]) | st.lists(
    st.sampled_from(["points", "points", "draw", "distance", "age", 25, 75]), max_size=4)


@given(policies(), st.dictionaries(st.sampled_from(["marking", "floor", "pass_percent", "bands", "counted", "chain",
                                                    "seed", "rounds", "age"]), ODD, max_size=3), st.booleans())
def test_there_are_faults_exactly_where_it_cannot_be_read(whole, odd, predicted):
    data = {**whole, **odd}
    found = faults(data, predicted=predicted)
    if found:
        with pytest.raises(BadPolicy) as told:
            read(data, predicted=predicted)
        assert (told.value.field, told.value.why) in [(one.field, one.why) for one in found]
    else:
        read(data, predicted=predicted)


def test_all_faults_are_told_at_once():
    data = {"bands": [25, 75], "chain": ["points", "draw", "points", "distance"], "pass_percent": 101, "marking": {
        "multiple": {"rule": "partial", "penalty_percent": 5}, "cluster": {"rule": "none"}, "single": {
            "rule": "all_or_nothing"}}}
    assert [(one.field, one.why) for one in faults(data, predicted=False)] == [
        ("bands", "order"), ("chain", "twice"), ("chain", "order"), ("pass_percent", "range"),
        ("marking.multiple.penalty_percent", "unknown"), ("marking.cluster.rule", "unknown"), ("seed", "missing"),
        ("chain", "prediction")]
