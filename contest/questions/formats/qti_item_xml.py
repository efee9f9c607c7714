"""A draft as an item of QTI 2.1. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from lxml import etree

from contest.questions.formats.drafts import FULL_CREDIT, Draft, Gap, column_letter
from contest.questions.formats.markup import plain
from contest.questions.formats.qti_tree import number, shown
from contest.questions.formats.qti_xhtml import Node, Texts, element
from contest.questions.formats.stars import spelled

TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
EXPLANATION = "EXPLANATION"
MAX_TITLE_CHARS = 80
_RANGE = re.compile(r"(.+?)\.\.(.+)")


class ItemXml:
    """Writes one draft. `texts` afterwards knows its pictures."""

    def __init__(self, draft: Draft, identifier: str, names: frozenset[str]) -> None:
        self.draft = draft
        self.texts = Texts(draft.markup, names, self.gap if draft.type == "gaps" else None)
        self.root = element(None, "assessmentItem", identifier=identifier, title=self.title(), adaptive="false",
                            timeDependent="false")
        self.points = Decimal(draft.points or 100) / 100

    def xml(self) -> bytes:
        """The whole item."""
        draft = self.draft
        body = element(None, "itemBody")
        stem = element(body, "div")
        self.texts.put(stem, draft.stem, gaps=draft.type == "gaps")
        processing = element(None, "responseProcessing")
        self.kind()(body, processing)
        self.outcomes()
        feedback = self.feedback(processing)
        self.root.append(body)
        if len(processing) or processing.get("template"):
            self.root.append(processing)
        if feedback is not None:
            self.root.append(feedback)
        data: bytes = etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)
        return data

    def title(self) -> str:
        """The beginning of the stem: other programs list questions by it."""
        stem = plain(self.draft.stem) if self.draft.markup else self.draft.stem
        flat = " ".join(stem.split())
        return flat if len(flat) <= MAX_TITLE_CHARS else flat[: MAX_TITLE_CHARS - 1] + "…"

    def kind(self) -> Callable[[Node, Node], None]:
        """What writes the type's interaction."""
        return {"cluster": self.match, "matching": self.match, "ordering": self.order, "short_text": self.alone,
                "number": self.alone, "gaps": self.gaps, "essay": self.essay}.get(self.draft.type, self.choice)

    def declare(self, identifier: str, cardinality: str, base: str, right: list[str]) -> Node:
        """A response with its right values, before everything else of the item."""
        node = element(self.root, "responseDeclaration", identifier=identifier, cardinality=cardinality,
                       baseType=base)
        if right:
            holder = element(node, "correctResponse")
            for value in right:
                element(holder, "value", value)
        return node

    def outcomes(self) -> None:
        score = element(self.root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float",
                        normalMaximum=shown(self.points))
        element(element(score, "defaultValue"), "value", "0")
        if self.draft.explanation:
            element(self.root, "outcomeDeclaration", identifier="FEEDBACK", cardinality="single",
                    baseType="identifier")

    def feedback(self, processing: Node) -> Node | None:
        """The explanation as feedback that every response brings."""
        if not self.draft.explanation:
            return None
        _spelled(processing, self.points)
        setting = element(processing, "setOutcomeValue", identifier="FEEDBACK")
        element(setting, "baseValue", EXPLANATION, baseType="identifier")
        node = element(None, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=EXPLANATION, showHide="show")
        self.texts.put(element(node, "div"), self.draft.explanation)
        return node

    def choice(self, body: Node, processing: Node) -> None:
        draft = self.draft
        many = draft.type == "multiple"
        names = [column_letter(n) for n in range(len(draft.options))]
        declared = self.declare("RESPONSE", "multiple" if many else "single", "identifier",
                                [names[n] for n in draft.key if n < len(names)])
        if draft.credits:
            mapping = element(declared, "mapping", upperBound=shown(self.points), defaultValue="0")
            for name, credit in zip(names, draft.credits, strict=False):
                element(mapping, "mapEntry", mapKey=name, mappedValue=self.worth(credit))
            processing.set("template", TEMPLATES + "map_response")
        else:
            self.whole(processing)
        node = element(body, "choiceInteraction", responseIdentifier="RESPONSE",
                       shuffle="false" if len(draft.pinned) == len(names) else "true", maxChoices="0" if many else "1")
        for n, option in enumerate(draft.options):
            fixed = {"fixed": "true"} if n in draft.pinned else {}
            self.texts.put(element(node, "simpleChoice", identifier=names[n], **fixed), option)

    def worth(self, credit: int) -> str:
        """A credit in points."""
        return shown(Decimal(credit) * self.points / FULL_CREDIT)

    def whole(self, processing: Node) -> None:
        """All or nothing: by the standard template where that gives the points, else spelled out."""
        processing.set("template", TEMPLATES + "match_correct")
        if self.points != 1:
            _spelled(processing, self.points)

    def match(self, body: Node, processing: Node) -> None:
        draft = self.draft
        pairs = [f"P{n + 1} T{target + 1}" for n, target in enumerate(draft.key)]
        self.declare("RESPONSE", "multiple", "directedPair", pairs)
        still = draft.type == "cluster" or len(draft.pinned) == len(draft.options)
        node = element(body, "matchInteraction", responseIdentifier="RESPONSE", shuffle="false" if still else "true",
                       maxAssociations=str(len(draft.parts)))
        prompts, targets = element(node, "simpleMatchSet"), element(node, "simpleMatchSet")
        for n, part in enumerate(draft.parts):
            self.texts.put(element(prompts, "simpleAssociableChoice", identifier=f"P{n + 1}", matchMax="1"), part)
        for n, option in enumerate(draft.options):
            self.texts.put(element(targets, "simpleAssociableChoice", identifier=f"T{n + 1}", matchMax="0"), option)
        self.whole(processing)

    def order(self, body: Node, processing: Node) -> None:
        names = [column_letter(n) for n in range(len(self.draft.options))]
        self.declare("RESPONSE", "ordered", "identifier", [names[n] for n in self.draft.key if n < len(names)])
        node = element(body, "orderInteraction", responseIdentifier="RESPONSE", shuffle="true")
        for name, option in zip(names, self.draft.options, strict=True):
            self.texts.put(element(node, "simpleChoice", identifier=name), option)
        self.whole(processing)

    def essay(self, body: Node, processing: Node) -> None:
        self.declare("RESPONSE", "single", "string", [])
        element(body, "extendedTextInteraction", responseIdentifier="RESPONSE")

    def alone(self, body: Node, processing: Node) -> None:
        """One gap behind the stem."""
        self.gap(element(body, "div"), 0)
        self.gaps(body, processing)

    def gap(self, parent: Node, position: int) -> None:
        """An inline interaction in its place."""
        if not 0 <= position < len(self.draft.gaps):
            return
        gap, response = self.draft.gaps[position], f"RESPONSE{position + 1}"
        if gap.kind != "choice":
            element(parent, "textEntryInteraction", responseIdentifier=response)
            return
        node = element(parent, "inlineChoiceInteraction", responseIdentifier=response, shuffle="false")
        for n, answer in enumerate(gap.answers):
            text = plain(answer.text) if self.draft.markup else answer.text
            element(node, "inlineChoice", text, identifier=column_letter(n))

    def gaps(self, body: Node, processing: Node) -> None:
        """Declare every gap; each is worth the same share of the points."""
        share = self.points / max(len(self.draft.gaps), 1)
        share = share.quantize(Decimal("0.000001")) if share.as_tuple().exponent < -6 else share  # type: ignore[operator]
        for position, gap in enumerate(self.draft.gaps):
            response = f"RESPONSE{position + 1}"
            if gap.kind == "number":
                self.number(response, gap, share, processing)
            else:
                self.mapped(response, gap, share, processing)

    def mapped(self, response: str, gap: Gap, share: Decimal, processing: Node) -> None:
        """A gap of text or choice: its mapping is in shares of the gap, 1 for all of it."""
        choice = gap.kind == "choice"
        keys = [column_letter(n) if choice else spelled(answer.text) for n, answer in enumerate(gap.answers)]
        right = next((key for key, answer in zip(keys, gap.answers, strict=True) if answer.credit == FULL_CREDIT), None)
        declared = self.declare(response, "single", "identifier" if choice else "string", [right] if right else [])
        mapping = element(declared, "mapping", upperBound="1", defaultValue="0")
        for key, answer in zip(keys, gap.answers, strict=True):
            entry = element(mapping, "mapEntry", mapKey=key,
                            mappedValue=shown(Decimal(answer.credit) / FULL_CREDIT))
            if not choice and self.draft.settings.get("case") == "kept":
                entry.set("caseSensitive", "true")
        total = element(element(processing, "setOutcomeValue", identifier="SCORE"), "sum")
        element(total, "variable", identifier="SCORE")
        product = element(total, "product")
        element(product, "mapResponse", identifier=response)
        element(product, "baseValue", shown(share), baseType="float")

    def number(self, response: str, gap: Gap, share: Decimal, processing: Node) -> None:
        """A gap of numbers: a condition for each, as mappings know no tolerance."""
        plain_numbers = [answer.text for answer in gap.answers if number(answer.text) is not None]
        self.declare(response, "single", "float", plain_numbers[:1])
        condition = element(processing, "responseCondition")
        for n, answer in enumerate(gap.answers):
            branch = element(condition, "responseElseIf" if n else "responseIf")
            _comparison(branch, response, answer.text)
            total = element(element(branch, "setOutcomeValue", identifier="SCORE"), "sum")
            element(total, "variable", identifier="SCORE")
            element(total, "baseValue", shown(share * answer.credit / FULL_CREDIT), baseType="float")
        if not gap.answers:
            processing.remove(condition)


def _comparison(branch: Node, response: str, text: str) -> None:
    """ "2", "2±0.1" or "1..3" as an expression."""
    between = _RANGE.fullmatch(text)
    if between:
        both = element(branch, "and")
        for name, bound in zip(("gte", "lte"), between.groups(), strict=True):
            one = element(both, name)
            element(one, "variable", identifier=response)
            element(one, "baseValue", bound.strip(), baseType="float")
        return
    middle, _, margin = text.partition("±")
    equal = element(branch, "equal", toleranceMode="absolute" if margin else "exact")
    if margin:
        equal.set("tolerance", f"{margin.strip()} {margin.strip()}")
    element(equal, "variable", identifier=response)
    element(equal, "baseValue", middle.strip(), baseType="float")


def _spelled(processing: Node, points: Decimal) -> None:
    """What a template of the standard does, spelled out, so that more can follow."""
    template = processing.attrib.pop("template", "")
    if not template:
        return
    if str(template).endswith("map_response"):
        setting = element(processing, "setOutcomeValue", identifier="SCORE")
        element(setting, "mapResponse", identifier="RESPONSE")
        return
    branch = element(element(processing, "responseCondition"), "responseIf")
    match = element(branch, "match")
    element(match, "variable", identifier="RESPONSE")
    element(match, "correct", identifier="RESPONSE")
    element(element(branch, "setOutcomeValue", identifier="SCORE"), "baseValue", shown(points), baseType="float")
