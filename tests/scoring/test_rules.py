import pytest

from contest.scoring.rules import DEFAULTS, RULES, BadRule, fits, prepare


@pytest.mark.parametrize(("name", "parameters"), [
    ("guess", {}),
    ("partial", {"penalty_percent": 1}),
    ("all_or_nothing", {"penalty": 10}),
    ("all_or_nothing", {"penalty_percent": -1}),
    ("all_or_nothing", {"penalty_percent": 101}),
    ("all_or_nothing", {"penalty_percent": 2.5}),
    ("all_or_nothing", {"penalty_percent": True}),
    ("all_or_nothing", {"penalty_percent": "10"}),
    ("negative", {"penalty_percent": 0}),
    ("credits", {"below_zero": 2}),
])
def test_bad_rules_are_refused(name, parameters):
    with pytest.raises(BadRule):
        prepare(name, parameters)


def test_the_bounds_of_a_parameter_belong_to_it():
    for rule in RULES.values():
        for name, parameter in rule.parameters.items():
            assert prepare(rule.name, {name: parameter.low}).values[name] == parameter.low
            assert prepare(rule.name, {name: parameter.high}).values[name] == parameter.high
            assert prepare(rule.name).values[name] == parameter.default


def test_every_type_but_the_essay_has_a_rule_that_fits_it():
    assert set(DEFAULTS) == {"single", "multiple", "true_false", "cluster", "short_text", "number", "matching",
                             "ordering", "gaps"}
    assert all(fits(rule, kind) for kind, rule in DEFAULTS.items())
    assert not any(fits(rule, "essay") for rule in RULES)
    assert [kind for kind in DEFAULTS if fits("ladder", kind)] == ["cluster"]
    assert not fits("no such", "single")
