"""What a judged answer is worth: rules by name, their parameters checked before a round is saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from contest.scoring.judging import CHOICES, FULL, Judged, Question

# (numerator, denominator) of the item's points; the numerator may be below 0.
Worth = tuple[int, int]
Grade = Callable[[Judged, Mapping[str, int]], Worth]

PARTED = ("cluster", "matching", "gaps")
WRITTEN = ("short_text", "number")
# Per cent by how many statements are missing, where at least one is right.
LADDER = (100, 50, 25, 10)


class BadRule(ValueError):
    """An unknown rule, an unknown parameter or a value out of its range; the message names it.

    `field`: "rule" or the parameter's name. `why`: "unknown" (no such rule, none for this type, no such parameter),
    "range" (no whole number within its limits) or "missing" (a parameter and no rule that it belongs to).
    """

    def __init__(self, message: str, field: str = "rule", why: str = "unknown") -> None:
        super().__init__(message)
        self.field, self.why = field, why


@dataclass(frozen=True)
class Parameter:
    """A whole number from `low` to `high`, both inclusive."""

    default: int
    low: int
    high: int


@dataclass(frozen=True)
class Rule:
    """A rule, the question types that it makes sense for, and the parameters that an organiser may set."""

    name: str
    grade: Grade
    types: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A rule with its parameters."""

    rule: Rule
    values: Mapping[str, int]

    def worth(self, judged: Judged) -> Worth:
        return self.rule.grade(judged, self.values)

    @property
    def costs(self) -> str:
        """What a wrong answer may take below 0: "" nothing, "whole 25" per cent of the question's points, "part 50"
        per cent of what a right part gives, "options" the credits of options. It says nothing of the key.
        """
        percent = self.values.get("penalty_percent", 0)
        if self.values.get("below_zero"):
            return "options"
        return f"{'whole' if self.rule.name == 'all_or_nothing' else 'part'} {percent}" if percent else ""


# Question type → the rule of a policy; none: each question has its own.
OWN: Mapping[str, Prepared] = MappingProxyType({})


def _all_or_nothing(judged: Judged, values: Mapping[str, int]) -> Worth:
    return (1, 1) if judged.exact else (-values["penalty_percent"], 100)


def _partial(judged: Judged, values: Mapping[str, int]) -> Worth:
    return max(0, judged.earned - judged.surplus * FULL), judged.parts * FULL


def _negative(judged: Judged, values: Mapping[str, int]) -> Worth:
    whole = judged.parts * FULL * 100
    return max(-whole, judged.earned * 100 - judged.wrong * FULL * values["penalty_percent"]), whole


def _ladder(judged: Judged, values: Mapping[str, int]) -> Worth:
    missing = judged.parts - judged.full
    return LADDER[missing] if judged.full and missing < len(LADDER) else 0, 100


def _credits(judged: Judged, values: Mapping[str, int]) -> Worth:
    # A file may cut a third to 33,333: three of them are the whole.
    if judged.weight > FULL - judged.parts:
        return 1, 1
    return max(judged.weight, -FULL * values["below_zero"]), FULL


RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in (
    # What a wrong answer costs, in per cent of the item's points; none given costs nothing.
    Rule("all_or_nothing", _all_or_nothing, (*CHOICES, *PARTED, "ordering", *WRITTEN),
         {"penalty_percent": Parameter(default=0, low=0, high=100)}),
    Rule("partial", _partial, ("multiple", *PARTED, "ordering", *WRITTEN)),
    # What each wrong part costs, in per cent of what a right one gives; the item may end below 0.
    Rule("negative", _negative, ("multiple", *PARTED), {"penalty_percent": Parameter(default=100, low=1, high=100)}),
    Rule("ladder", _ladder, ("cluster",)),
    # 1: options with a credit below 0 may take the item below 0.
    Rule("credits", _credits, CHOICES, {"below_zero": Parameter(default=0, low=0, high=1)}),
)})
PARAMETERS = frozenset(name for rule in RULES.values() for name in rule.parameters)
# An accepted answer of a short text or a number may be worth a part: `partial` gives it, and is all
# or nothing where none is.
DEFAULTS: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys((*CHOICES, "ordering"), "all_or_nothing"), **dict.fromkeys((*PARTED, *WRITTEN), "partial")})


def prepare(name: str, parameters: Mapping[str, object] | None = None) -> Prepared:
    """The rule `name` with `parameters`, missing ones at their defaults. Raises `BadRule`."""
    if name not in RULES:
        raise BadRule(f"no such rule: {name}")
    rule = RULES[name]
    values = {key: parameter.default for key, parameter in rule.parameters.items()}
    for key, value in (parameters or {}).items():
        if key not in rule.parameters:
            raise BadRule(f"{name}: no such parameter: {key}", key)
        limits = rule.parameters[key]
        if not isinstance(value, int) or isinstance(value, bool) or not limits.low <= value <= limits.high:
            raise BadRule(f"{name}: {key} must be a whole number from {limits.low} to {limits.high}", key, "range")
        values[key] = value
    return Prepared(rule, MappingProxyType(values))


def fits(name: str, kind: str) -> bool:
    """True where `name` is a rule that makes sense for questions of this type."""
    return name in RULES and kind in RULES[name].types


def own(settings: Mapping[str, str], kind: str) -> Prepared | None:
    """The rule that a question's settings name, with the parameters that stand beside it as texts ("50").

    None where they name none: parameters alone say nothing. Settings that are no parameter of any rule are passed
    over. Raises `BadRule`.
    """
    name = settings.get("rule")
    if not name:
        return None
    if not fits(name, kind):
        raise BadRule(f"{kind}: marked by no rule {name}")
    said = {key: _number(text) for key, text in settings.items() if key in PARAMETERS}
    return prepare(name, said) if said else _PREPARED[name]


def fault(settings: Mapping[str, str], kind: str) -> BadRule | None:
    """What keeps a question with these settings from being marked as they say; None where nothing does."""
    alone = sorted(PARAMETERS & settings.keys())
    if alone and not settings.get("rule"):
        return BadRule(f"{alone[0]}: a parameter of no rule", alone[0], "missing")
    try:
        own(settings, kind)
    except BadRule as error:
        return error
    return None


def rule_of(question: Question, marking: Mapping[str, Prepared] = OWN) -> Prepared:
    """The rule that a question is marked by: what `marking` says of its type, else `own`, else `credits` where its
    options have credits of their own, else its type's. Raises `BadRule` for one that doesn't fit its type.

    `credits` marks only questions with credits: every answer to another would be worth nothing.
    """
    chosen = marking.get(question.type)
    if chosen and (question.credits or chosen.rule.name != "credits"):
        return chosen
    named = own(question.settings, question.type)
    if named:
        return named
    name = "credits" if question.credits else DEFAULTS.get(question.type, "")
    if not fits(name, question.type):
        raise BadRule(f"{question.type}: marked by no rule of its own")
    return _PREPARED[name]


def _number(text: str) -> object:
    """The whole number that a setting says, in one way only: "50"; anything else as it stands."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 and str(int(text)) == text else text


_PREPARED = {name: prepare(name) for name in RULES}
