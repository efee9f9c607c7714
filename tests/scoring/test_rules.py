import pytest

from contest.scoring.rules import DEFAULTS, PARAMETERS, RULES, BadRule, fault, fits, own, prepare


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


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_question_says_a_parameter_within_the_same_bounds(rule):
    kind = rule.types[0]
    assert own({"rule": rule.name, "case": "kept", "source": "tệp"}, kind) == prepare(rule.name)
    for name, limits in rule.parameters.items():
        for value in {limits.low, limits.high, (limits.low + limits.high) // 2}:
            settings = {"rule": rule.name, name: str(value)}
            assert own(settings, kind) == prepare(rule.name, {name: value})
            assert fault(settings, kind) is None
        for text in (str(limits.low - 1), str(limits.high + 1), "", "1.5", "1,5", "50%", " 1", "01", "+1", "một", "¹",
                     "١", "9" * 5_000):
            with pytest.raises(BadRule) as found:
                own({"rule": rule.name, name: text}, kind)
            assert (found.value.field, found.value.why) == (name, "range")
            assert fault({"rule": rule.name, name: text}, kind).why == "range"


def test_every_parameter_of_another_rule_is_unknown():
    wrong = [(rule, name) for rule in RULES.values() for name in PARAMETERS - rule.parameters.keys()]
    assert len(wrong) == 7
    for rule, name in wrong:
        with pytest.raises(BadRule) as found:
            own({"rule": rule.name, name: "1"}, rule.types[0])
        assert (found.value.field, found.value.why) == (name, "unknown")


@pytest.mark.parametrize(("settings", "kind"), [
    ({"rule": "poem"}, "single"), ({"rule": "negative", "penalty_percent": "50"}, "single"),
    ({"rule": "all_or_nothing"}, "essay")])
def test_a_rule_of_a_question_that_there_is_not(settings, kind):
    with pytest.raises(BadRule) as found:
        own(settings, kind)
    assert (found.value.field, found.value.why) == ("rule", "unknown")


@pytest.mark.parametrize("settings", [{}, {"case": "kept"}, {"penalty_percent": "50"}, {"rule": ""}])
def test_no_rule_of_its_own(settings):
    """A parameter alone says nothing, as ever; a form or a file that says so is told."""
    assert own(settings, "single") is None
    found = fault(settings, "single")
    assert (found and (found.field, found.why)) == (
        ("penalty_percent", "missing") if "penalty_percent" in settings else None)


def test_what_a_wrong_answer_costs():
    assert {(rule.name, prepare(rule.name).costs) for rule in RULES.values()} == {
        ("all_or_nothing", ""), ("partial", ""), ("negative", "part 100"), ("ladder", ""), ("credits", "")}
    assert prepare("all_or_nothing", {"penalty_percent": 25}).costs == "whole 25"
    assert prepare("negative", {"penalty_percent": 1}).costs == "part 1"
    assert prepare("credits", {"below_zero": 1}).costs == "options"
