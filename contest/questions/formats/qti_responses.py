"""Which responses of a QTI 2 or 3 item are right, and what each is worth. Pure.

What the declaration says counts first (correctResponse, and mapping where the processing uses it);
else the conditions of the response processing tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from contest.questions.formats.qti_tree import Node, below, first, is_true, kids, name_of, number, shown, words

MAX_ANSWERS = 200
_PLAIN = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_COMPARISONS = frozenset({"match", "member", "contains", "stringmatch", "equal", "equalrounded", "gte", "lte", "gt",
                          "lt", "substring", "patternmatch", "inside"})


@dataclass(slots=True)
class Declared:
    """A responseDeclaration. `mapping` are (value, score); `upper` is the mapping's bound."""

    identifier: str
    cardinality: str = "single"
    base: str = "identifier"
    correct: list[str] = field(default_factory=list)
    mapping: list[tuple[str, Decimal]] = field(default_factory=list)
    upper: Decimal | None = None
    other: Decimal = Decimal(0)  # what a value is worth that the mapping doesn't name
    case: bool = False


@dataclass(slots=True)
class Award:
    """One branch of the processing: what it compares, positively, and what it sets."""

    score: Decimal | None
    values: dict[str, list[str]]  # response → values that it names
    numbers: dict[str, list[str]]  # response → numbers with their tolerance, as a draft holds them
    feedback: list[str]


class Responses:
    """The responses of one item."""

    def __init__(self, item: Node) -> None:
        self.declared = {one.identifier: one for one in map(_declared, kids(item, "responsedeclaration"))}
        self.processing = next(iter(kids(item, "responseprocessing")), None)
        self.strange: list[str] = []  # comparisons that no key of ours can hold
        self.case: set[str] = set()
        self.compared: set[str] = set()  # responses that the processing compares with what is declared
        self.awards = [self._award(branch) for branch in below(self.processing, "responseif", "responseelseif")]
        self.points = self._points(item)

    def right(self, identifier: str) -> list[str]:
        """The values that are right, in order; of several ways to be right, all of them."""
        one = self.declared.get(identifier)
        return one.correct if one is not None and one.correct else self._awarded(identifier)

    def _awarded(self, identifier: str) -> list[str]:
        """The values that are right as the processing says, else the mapping."""
        one = self.declared.get(identifier)
        scored = [(award.score, award.values[identifier]) for award in self.awards
                  if award.score is not None and award.score > 0 and award.values.get(identifier)]
        if scored:
            best = max(score for score, _ in scored)
            alone = all(len(values) == 1 for _, values in scored)
            many = alone and one is not None and one.cardinality == "multiple"
            return list(dict.fromkeys(value for score, values in scored if many or score == best for value in values))
        weights = self.weights(identifier)
        most = max(weights.values(), default=Decimal(0))
        several = one is not None and one.cardinality in ("multiple", "ordered")
        return [value for value, score in weights.items() if score > 0 and (several or score == most)]

    def weights(self, identifier: str) -> dict[str, Decimal]:
        """What each value is worth where the item says so value by value, else {}."""
        one = self.declared.get(identifier)
        if one is not None and one.mapping and self._maps(identifier):
            return dict(one.mapping)
        scored = [(award.values[identifier], award.score) for award in self.awards
                  if award.score is not None and award.values.get(identifier)]
        if len(scored) < 2 or any(len(values) != 1 for values, _ in scored):
            return {}
        weights: dict[str, Decimal] = {}
        for values, score in scored:
            weights.setdefault(values[0], score)
        return weights

    def contradicted(self) -> list[str]:
        """What the declaration says of right choices and the mapping or the processing says otherwise."""
        found = []
        for name, one in self.declared.items():
            if not one.base.endswith(("identifier", "pair")) or name in self.compared:
                continue
            single = one.cardinality == "single"
            mapped = dict(one.mapping) if self._maps(name) and any(score > 0 for _, score in one.mapping) else {}
            named = self._named(name, best_only=single)
            if mapped:
                least = max(mapped.values()) if single else Decimal(0)
                worth = [(value, mapped.get(value, one.other)) for value in one.correct]
                found += [value for value, score in worth if score < least or score <= 0]
            elif named and one.correct:
                found += sorted(set(one.correct) - named) + sorted(named - set(one.correct) if single else ())
        return found

    def _named(self, identifier: str, *, best_only: bool) -> set[str]:
        """The values for which the processing gives something, or the most."""
        scored = [(award.score, award.values[identifier]) for award in self.awards
                  if award.score is not None and award.score > 0 and identifier in award.values]
        best = max((score for score, _ in scored), default=Decimal(0))
        return {value for score, values in scored if score == best or not best_only for value in values}

    def other(self, identifier: str) -> Decimal:
        """What a value is worth that `weights` don't name."""
        one = self.declared.get(identifier)
        return one.other if one is not None and one.mapping and self._maps(identifier) else Decimal(0)

    def worth(self, identifier: str) -> Decimal | None:
        """The score of the whole response that the mapping's bound names."""
        one = self.declared.get(identifier)
        return one.upper if one is not None and one.mapping and self._maps(identifier) else None

    def most(self, identifier: str) -> Decimal:
        """The best score of one response of several, 1 where the item says none."""
        scores = [award.score for award in self.awards if award.score is not None and award.score > 0
                  and (identifier in award.values or identifier in award.numbers)]
        mapped = max(self.weights(identifier).values(), default=Decimal(0))
        return self.worth(identifier) or (mapped if mapped > 0 else max(scores, default=Decimal(1)))

    def numbers(self, identifier: str) -> list[tuple[str, Decimal]]:
        """The numbers that are right as a draft holds them ("2", "2±0.1", "1..3"), with scores."""
        found = [(text, Decimal(1) if award.score is None else award.score) for award in self.awards
                 if award.score is None or award.score >= 0 for text in award.numbers.get(identifier, [])]
        if any(score > 0 for _, score in found):
            return found
        one = self.declared.get(identifier)
        weights = self.weights(identifier)
        values = [*weights, *(one.correct if one else [])]
        plain = [(_plain(value), weights.get(value, max(weights.values(), default=Decimal(1)))) for value in values]
        return list(dict.fromkeys((value, score) for value, score in plain if value))

    def feedback_values(self) -> dict[str, str]:
        """The feedback's identifier → the one value that brings it."""
        found: dict[str, str] = {}
        for award in self.awards:
            named = [value for values in award.values.values() for value in values]
            if len(named) == 1:
                found.update(dict.fromkeys(award.feedback, named[0]))
        return found

    def _maps(self, identifier: str) -> bool:
        if self.processing is None or not len(self.processing):
            return not (self.processing is not None and "match_correct" in self.processing.get("template", ""))
        return any(node.get("identifier") == identifier for node in below(self.processing, "mapresponse"))

    def _points(self, item: Node) -> Decimal | None:
        """What the whole item is worth, None where it doesn't say."""
        for outcome in kids(item, "outcomedeclaration"):
            name = outcome.get("identifier", "").upper()
            best = number(outcome.get("normalmaximum"))
            if name == "MAXSCORE":
                best = number(words(first(outcome, "value"))) or best
            if name in ("SCORE", "MAXSCORE") and best is not None and best > 0:
                return best
        uppers = [one.upper for one in self.declared.values() if self._maps(one.identifier)]
        if len(uppers) == 1 and uppers[0] is not None and uppers[0] > 0:
            return uppers[0]
        best = max((award.score for award in self.awards if award.score is not None), default=Decimal(0))
        return best if best > 0 and len(self.declared) == 1 and len(self.awards) == 1 else None

    def _award(self, branch: Node) -> Award:
        score: Decimal | None = None
        feedback: list[str] = []
        for setting in kids(branch, "setoutcomevalue"):
            base = next((node for node in setting.iter("basevalue")), None)
            value = number(words(base))
            name = setting.get("identifier", "").upper()
            if base is not None and base.get("basetype", "") == "identifier":
                feedback.append(words(base))
            elif value is not None and (score is None or "SCORE" in name) and "MAX" not in name:
                score = value
        award = Award(score, {}, {}, feedback)
        for condition in kids(branch):
            if name_of(condition) not in ("setoutcomevalue", "responsecondition", "exitresponse"):
                self._read(condition, award)
                break
        return award

    def _read(self, node: Node, award: Award) -> None:
        """Note what a condition names; what it negates is not right and so left out."""
        name = name_of(node)
        if name in ("and", "or", "anyn"):
            bounds = self._bounds(node) if name == "and" else None
            if bounds:
                award.numbers.setdefault(bounds[0], []).append(bounds[1])
                return
            for child in kids(node):
                self._read(child, award)
        elif name in _COMPARISONS:
            self._compare(node, name, award)

    def _compare(self, node: Node, name: str, award: Award) -> None:
        variable = first(node, "variable")
        identifier = variable.get("identifier", "") if variable is not None else ""
        if identifier not in self.declared:
            return
        values = [_text(base) for base in below(node, "basevalue")][:MAX_ANSWERS]
        if first(node, "correct") is not None:
            values += self.declared[identifier].correct
            self.compared.add(identifier)
        if name in ("gte", "lte", "gt", "lt", "substring", "patternmatch", "inside"):
            self.strange.append(name)
        if name == "stringmatch" and is_true(node.get("casesensitive")):
            self.case.add(identifier)
        if name in ("equal", "equalrounded"):
            near = [_near(value, node) for value in values]
            award.numbers.setdefault(identifier, []).extend(text for text in near if text)
        elif name not in ("gte", "lte", "gt", "lt", "patternmatch", "inside"):
            award.values.setdefault(identifier, []).extend(values)

    def _bounds(self, node: Node) -> tuple[str, str] | None:
        """(response, "low..high") of an <and> of a lower and an upper bound."""
        low = high = ""
        identifier = ""
        for child in kids(node):
            variable, base = first(child, "variable"), first(child, "basevalue")
            value = _plain(words(base))
            if variable is None or base is None or not value or name_of(child) not in ("gte", "lte", "gt", "lt"):
                return None
            identifier = variable.get("identifier", "")
            before = list(child).index(variable) == 0 if variable in list(child) else True
            if name_of(child).startswith("g") == before:
                low = value
            else:
                high = value
        bounds = number(low), number(high)
        if bounds[0] is None or bounds[1] is None or bounds[0] > bounds[1]:
            return None
        return identifier, f"{low}..{high}"


def _declared(node: Node) -> Declared:
    correct = next(iter(kids(node, "correctresponse")), None)
    base = node.get("basetype", "identifier").lower()
    values = [_text(value) if base == "string" else words(value) for value in kids(correct, "value")]
    mapping = next(iter(kids(node, "mapping")), None)
    entries = list(_entries(mapping))
    upper = number(mapping.get("upperbound")) if mapping is not None else None
    other = number(mapping.get("defaultvalue")) if mapping is not None else None
    case = any(is_true(entry.get("casesensitive")) for entry in kids(mapping, "mapentry"))
    return Declared(node.get("identifier", ""), node.get("cardinality", "single").lower(),
                    base, values[:MAX_ANSWERS], entries[:MAX_ANSWERS], upper,
                    other or Decimal(0), case)


def _text(node: Node) -> str:
    return "".join(str(piece) for piece in node.itertext()).strip()


def _entries(mapping: Node | None) -> Iterator[tuple[str, Decimal]]:
    for entry in kids(mapping, "mapentry"):
        score = number(entry.get("mappedvalue"))
        if score is not None:
            yield entry.get("mapkey", ""), score


def _plain(value: str) -> str:
    """A number as it is written where a draft holds it so, else put so; "" for none."""
    value = value.strip()
    middle = number(value)
    if middle is None:
        return ""
    return value if _PLAIN.fullmatch(value) else shown(middle)


def _near(value: str, node: Node) -> str | None:
    """An <equal> as a draft holds it: the number, or with its tolerance, or the range of it."""
    middle = number(value)
    if middle is None:
        return None
    said = node.get("tolerance", "").split()[:2]
    margins = [number(text) for text in said]
    if node.get("tolerancemode", "exact") == "exact" or not margins or None in margins:
        return _plain(value)
    if node.get("tolerancemode") == "absolute" and said[0] == said[-1] and margins[0]:
        return f"{_plain(value)}±{_plain(said[0].lstrip('-'))}"
    low, high = abs(margins[0] or Decimal(0)), abs(margins[-1] or Decimal(0))
    if node.get("tolerancemode") == "relative":
        low, high = abs(middle) * low / 100, abs(middle) * high / 100
    if low == high:
        return f"{shown(middle)}±{shown(low)}" if low else shown(middle)
    return f"{shown(middle - low)}..{shown(middle + high)}"
