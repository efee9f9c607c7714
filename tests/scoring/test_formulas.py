import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.formulas import COMPONENTS, BadFormula, Band, Formula, Weight, read, written

RATE = {"component": "rate", "percent": 100}
WHOLE = {"weights": [{"component": "rate", "percent": 60, "cap": True}, {"component": "average", "percent": 40}],
         "thresholds": [{"below": 50, "percent": 30}, {"below": None, "percent": 25}],
         "group": "overall", "ties": ["people", "perfect"]}


def parts(total, count):
    """`count` whole numbers from 1 that come to `total`."""
    return st.lists(st.integers(1, total - 1), min_size=count - 1, max_size=count - 1, unique=True).map(
        lambda cuts: [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), total], strict=True)])


@st.composite
def formulas(draw):
    names = draw(st.lists(st.sampled_from(COMPONENTS), min_size=1, unique=True))
    shares = draw(parts(100, len(names)))
    weights = tuple(Weight(name, share, name == "rate" and draw(st.booleans()))
                    for name, share in zip(names, shares, strict=True))
    ends = [*sorted(draw(st.sets(st.integers(1, 300), max_size=3))), None] if draw(st.booleans()) else []
    bands = tuple(Band(end, draw(st.integers(0, 100))) for end in ends)
    ties = tuple(draw(st.lists(st.sampled_from(COMPONENTS), unique=True)))
    others = tuple(draw(st.lists(st.sampled_from(["Sáng kiến", "Khẩu hiệu"]), unique=True)))
    return Formula(weights, bands, draw(st.sampled_from(["bloc", "overall"])), ties, others)


def test_a_formula_is_data():
    assert read(WHOLE) == Formula((Weight("rate", 60, cap=True), Weight("average", 40)),
                                  (Band(50, 30), Band(None, 25)), "overall", ("people", "perfect"))


def test_all_but_the_weights_may_be_left_out():
    assert read({"weights": [RATE]}) == Formula((Weight("rate", 100),), (), "bloc", ())


def test_a_prize_by_one_component_asks_nothing_else():
    """Whoever has most contestants may stay below what the formula asks of the others."""
    whole = read(WHOLE | {"entered": ["Sáng kiến"]})
    assert whole.by("people") == Formula((Weight("people", 100),), (), "overall", ("perfect",))
    assert whole.by("rate") == Formula((Weight("rate", 100, cap=True),), (), "overall", ("people", "perfect"))


@given(formulas(), st.sampled_from(COMPONENTS))
def test_a_component_alone_is_a_formula(formula, name):
    alone = formula.by(name)
    assert read(written(alone)) == alone
    assert (alone.asks_firsts, alone.only_firsts) == (name == "firsts" or "firsts" in formula.ties, name == "firsts")


@given(formulas())
def test_what_is_written_reads_back(formula):
    assert read(json.loads(json.dumps(written(formula)))) == formula


@pytest.mark.parametrize(("change", "field", "why"), [
    ([], "", "not_an_object"),
    ({}, "weights", "missing"),
    ({"weights": [RATE], "bloc": 1}, "bloc", "unknown"),
    ({"weights": "rate"}, "weights", "not_a_list"),
    ({"weights": []}, "weights", "sum_not_100"),
    ({"weights": [{"component": "rate", "percent": 99}]}, "weights", "sum_not_100"),
    ({"weights": [{"component": "rate", "percent": 60}, {"component": "average", "percent": 60}]},
     "weights", "sum_not_100"),
    ({"weights": ["rate"]}, "weights.0", "not_an_object"),
    ({"weights": [{"component": "rate"}]}, "weights.0.percent", "missing"),
    ({"weights": [RATE | {"wieght": 1}]}, "weights.0.wieght", "unknown"),
    ({"weights": [{"component": "luck", "percent": 100}]}, "weights.0.component", "unknown"),
    ({"weights": [{"component": [], "percent": 100}]}, "weights.0.component", "unknown"),
    ({"weights": [{"component": "rate", "percent": 50}, {"component": "rate", "percent": 50}]},
     "weights.1.component", "twice"),
    ({"weights": [RATE | {"percent": 100.0}]}, "weights.0.percent", "not_whole"),
    ({"weights": [RATE | {"percent": True}]}, "weights.0.percent", "not_whole"),
    ({"weights": [RATE | {"percent": 0}]}, "weights.0.percent", "out_of_range"),
    ({"weights": [{"component": "rate", "percent": 101}, {"component": "average", "percent": -1}]},
     "weights.0.percent", "out_of_range"),
    ({"weights": [RATE | {"cap": 1}]}, "weights.0.cap", "not_true_or_false"),
    ({"weights": [{"component": "average", "percent": 100, "cap": True}]}, "weights.0.cap", "only_rate"),
    ({"weights": [RATE], "group": "province"}, "group", "unknown"),
    ({"weights": [RATE], "entered": "Sáng kiến"}, "entered", "not_a_list"),
    ({"weights": [RATE], "entered": ["Sáng kiến", ""]}, "entered.1", "not_a_name"),
    ({"weights": [RATE], "entered": [" Sáng kiến"]}, "entered.0", "not_a_name"),
    ({"weights": [RATE], "entered": ["x" * 81]}, "entered.0", "not_a_name"),
    ({"weights": [RATE], "entered": ["Sáng kiến", "Sáng kiến"]}, "entered.1", "twice"),
    ({"weights": [RATE], "entered": [str(n) for n in range(11)]}, "entered", "out_of_range"),
    ({"weights": [RATE], "group": ["bloc"]}, "group", "unknown"),
    ({"weights": [RATE], "ties": "people"}, "ties", "not_a_list"),
    ({"weights": [RATE], "ties": ["people", "age"]}, "ties.1", "unknown"),
    ({"weights": [RATE], "ties": ["people", "people"]}, "ties.1", "twice"),
    ({"weights": [RATE], "thresholds": {}}, "thresholds", "not_a_list"),
    ({"weights": [RATE], "thresholds": [{"below": 50, "percent": 30}]}, "thresholds.0.below", "not_open"),
    ({"weights": [RATE], "thresholds": [{"below": None, "percent": 30}, {"below": None, "percent": 30}]},
     "thresholds.1.below", "not_rising"),
    ({"weights": [RATE], "thresholds": [{"below": 50, "percent": 30}, {"below": 50, "percent": 25}]},
     "thresholds.1.below", "not_rising"),
    ({"weights": [RATE], "thresholds": [{"below": 0, "percent": 30}]}, "thresholds.0.below", "out_of_range"),
    ({"weights": [RATE], "thresholds": [{"below": "50", "percent": 30}]}, "thresholds.0.below", "not_whole"),
    ({"weights": [RATE], "thresholds": [{"below": None, "percent": 101}]}, "thresholds.0.percent", "out_of_range"),
    ({"weights": [RATE], "thresholds": [{"percent": 30}]}, "thresholds.0.below", "missing"),
])
def test_a_bad_formula_names_its_field_and_why(change, field, why):
    with pytest.raises(BadFormula) as raised:
        read(change)
    assert (raised.value.field, raised.value.why) == (field, why)


@pytest.mark.parametrize(("formula", "needed"), [
    (Formula((Weight("people", 100),)), False),
    (Formula((Weight("rate", 1), Weight("people", 99))), True),
    (Formula((Weight("people", 100),), ties=("rate",)), True),
    (Formula((Weight("people", 100),), thresholds=(Band(None, 20),)), True),
])
def test_when_a_headcount_is_needed(formula, needed):
    assert formula.needs_headcount is needed
