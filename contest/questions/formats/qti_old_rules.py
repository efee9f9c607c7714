"""Which responses of a QTI 1.2 item are right, and what each is worth. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from contest.questions.formats.qti_tree import Node, below, kids, name_of, number, shown, words

MAX_ANSWERS = 200
_BOUNDS = frozenset({"vargte", "vargt", "varlte", "varlt"})
_EQUAL = frozenset({"varequal", "varsubset"})
_LOOSE = frozenset({"varsubstring", "varinside", "vardiff", "durequal"})


@dataclass(slots=True)
class Said:
    """One comparison that a condition makes positively: response, value, and an <and>'s bounds."""

    response: str
    value: str


@dataclass(slots=True)
class Rule:
    """One respcondition. `score` is None where it sets none; `added` where it adds up."""

    said: list[Said]
    bounds: list[tuple[str, Decimal | None, Decimal | None]]  # response, low, high
    score: Decimal | None
    added: bool
    feedback: list[str]
    otherwise: bool  # <other/>: whatever was not named before
    negated: int


@dataclass(slots=True)
class OldRules:
    """The rules of one item."""

    rules: list[Rule] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    case: set[str] = field(default_factory=set)
    best: Decimal | None = None  # what the item is worth in the scale of its rules

    def scoring(self, response: str) -> list[tuple[Rule, list[str]]]:
        """The rules that give something for a response, with the values that they name."""
        found = [(rule, [one.value for one in rule.said if one.response == response and one.value])
                 for rule in self.rules if rule.score is not None and rule.score > 0]
        return [(rule, values) for rule, values in found if values]

    def right(self, response: str, *, many: bool = False) -> list[str]:
        """The values that are right, in order: of the rule worth most, or of all where each adds up."""
        scoring = self.scoring(response)
        if not scoring:
            return []
        best = max(rule.score or Decimal(0) for rule, _ in scoring)
        whole = [values for rule, values in scoring if rule.score == best]
        if many and any(len(values) > 1 for values in whole):
            whole = [max(whole, key=len)]
        elif many:
            whole = [values for _, values in scoring]
        return list(dict.fromkeys(value for values in whole for value in values))[:MAX_ANSWERS]

    def uneven(self) -> list[Decimal]:
        """What the rules give for each response, where they give some of them more than others, else []."""
        most: dict[str, Decimal] = {}
        for rule in self.rules:
            if rule.score is not None and rule.score > 0:
                named = {one.response for one in rule.said} | {response for response, _, _ in rule.bounds}
                for response in named if len(named) == 1 else ():
                    most[response] = max(rule.score, most.get(response, rule.score))
        scores = list(most.values())
        return scores if scores and max(scores) > min(scores) * Decimal("1.02") else []

    def weights(self, response: str) -> dict[str, Decimal]:
        """What each value is worth where each has a rule of its own, else {}."""
        found: dict[str, Decimal] = {}
        for rule in self.rules:
            values = [one.value for one in rule.said if one.response == response and one.value]
            if rule.score is None or not values:
                continue
            if len(set(values)) > 1 or rule.negated:
                return {}
            found[values[0]] = found.get(values[0], Decimal(0)) + rule.score if rule.added else rule.score
        return found

    def numbers(self, response: str) -> list[tuple[str, Decimal]]:
        """The numbers that are right as a draft holds them, each with its score."""
        found: dict[str, Decimal] = {}
        for rule in self.rules:
            if rule.score is None or rule.score <= 0:
                continue
            exact = [value for one in rule.said if one.response == response
                     and (value := number(one.value)) is not None]
            bounds = [(low, high) for name, low, high in rule.bounds if name == response]
            for text in _numbers(exact, bounds):
                found.setdefault(text, rule.score)
        return list(found.items())[:MAX_ANSWERS]

    def feedback_values(self) -> dict[str, str]:
        """The feedback's ident → the one value that brings it."""
        found: dict[str, str] = {}
        for rule in self.rules:
            named = [one.value for one in rule.said]
            if len(named) == 1 and not rule.otherwise and not rule.negated:
                for ident in rule.feedback:
                    found.setdefault(ident, named[0])
        return found


def read_rules(item: Node) -> OldRules:
    """The rules of an item's resprocessing."""
    rules = OldRules()
    for processing in kids(item, "resprocessing"):
        for outcome in below(processing, "decvar"):
            rules.best = rules.best or number(outcome.get("maxvalue"))
        for condition in below(processing, "respcondition"):
            rules.rules.append(_rule(condition, rules))
    positive = [rule.score for rule in rules.rules if rule.score is not None and rule.score > 0]
    top = max(positive, default=None)
    if rules.best is None or rules.best <= 0 or (top is not None and top > rules.best):
        rules.best = top
    return rules


def _rule(condition: Node, rules: OldRules) -> Rule:
    score, added = _score(condition, rules.best)
    feedback = [node.get("linkrefid", "") for node in kids(condition, "displayfeedback")]
    rule = Rule([], [], score, added, feedback, otherwise=False, negated=0)
    for variables in kids(condition, "conditionvar"):
        for node in kids(variables):
            _read(node, rule, rules)
        low, high = _pair(variables, rule.bounds, rules)
        if low is not None or high is not None:
            rule.bounds.append((_response(variables), low, high))
    return rule


def _score(condition: Node, best: Decimal | None) -> tuple[Decimal | None, bool]:
    """What a condition sets, and whether it adds up. Blackboard names the score SCORE.max."""
    said = condition.get("title", "").strip().lower()
    for setting in kids(condition, "setvar"):
        name = (setting.get("varname") or setting.get("variablename") or "SCORE").lower()
        value = words(setting).strip("% ")
        action = (setting.get("action") or "Set").lower()
        if value.upper() == "SCORE.MAX":
            return best or Decimal(1), False
        score = number(value)
        if score is not None and not name.startswith(("feedback", "answered", "attempt")):
            return (-score if action == "subtract" else score), action in ("add", "subtract")
    return (Decimal(1), False) if said in ("correct", "right") else (None, False)


def _read(node: Node, rule: Rule, rules: OldRules) -> None:
    name = name_of(node)
    if name == "not":
        rule.negated += 1
    elif name in ("and", "or"):
        for child in kids(node):
            _read(child, rule, rules)
        low, high = _pair(node, rule.bounds, rules)
        if low is not None or high is not None:
            rule.bounds.append((_response(node), low, high))
    elif name in _EQUAL:
        response = node.get("respident", "")
        if (node.get("case") or "").lower() == "yes":
            rules.case.add(response)
        values = words(node).split(",") if name == "varsubset" else ["".join(map(str, node.itertext())).strip()]
        rule.said += [Said(response, value.strip()) for value in values if value.strip()]
    elif name in _LOOSE:
        rules.loose.append(name)
        if name == "varsubstring" and words(node):
            rule.said.append(Said(node.get("respident", ""), words(node)))
    elif name == "other":
        rule.otherwise = True


def _pair(node: Node, seen: list[tuple[str, Decimal | None, Decimal | None]],
          rules: OldRules) -> tuple[Decimal | None, Decimal | None]:
    """The lower and the upper bound among a node's own children."""
    low = high = None
    for child in kids(node, *_BOUNDS):
        if name_of(child).startswith("varg"):
            low = number(words(child))
        else:
            high = number(words(child))
    if (low is None) != (high is None):
        rules.loose.append("vargte" if low is not None else "varlte")
        return None, None
    return low, high


def _response(node: Node) -> str:
    return next((child.get("respident", "") for child in kids(node, *_BOUNDS)), "")


def _numbers(exact: list[Decimal], bounds: list[tuple[Decimal | None, Decimal | None]]) -> Iterator[str]:
    """A number and its bounds as one: "5±0.1" where it lies in the middle, else "4.95..5.1"."""
    for low, high in bounds:
        if low is None or high is None or low > high:
            continue
        inside = [value for value in exact if low <= value <= high]
        exact = [value for value in exact if value not in inside]
        if low == high:
            yield shown(low)
        elif any(value - low == high - value for value in inside):
            middle = (low + high) / 2
            yield f"{shown(middle)}±{shown(high - middle)}"
        else:
            yield f"{shown(low)}..{shown(high)}"
    yield from map(shown, exact)
