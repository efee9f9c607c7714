"""The responses of a QTI 1.2 item as our question types. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from contest.questions.formats.drafts import FULL_CREDIT, TRUE_FALSE_OPTIONS, column_letter
from contest.questions.formats.qti_choices import credit, is_true_false, is_true_word
from contest.questions.formats.qti_found import Found, FoundGap, marker
from contest.questions.formats.qti_items import MAX_RESPONSES
from contest.questions.formats.qti_old_rules import OldRules
from contest.questions.formats.qti_old_text import OldText, own_material
from contest.questions.formats.qti_tree import Node, below, first, kids, name_of, words

_PLACE = re.compile("\ue002(\\d{1,4})\ue003")
_UNSUPPORTED = ("calculated", "file_upload", "hot_spot", "hotspot", "formula", "jumbled", "categorization", "quiz_bowl",
                "opinion_scale", "likert")
_ESSAY = ("essay", "short_response", "cc.essay")
_NUMERIC = ("numerical", "numeric", "number")
_BLANKS = ("fill_in_multiple_blanks", "multiple_dropdowns", "fill_in_the_blank_plus", "rich_fill_in_blank",
           "inline_choice")
_NAME = re.compile(r"response_([\w .-]{1,60})")
_BLACKBOARD = re.compile(r"\A(?:yes_no|agree_disagree|right_wrong|true_false)\.")  # before "true" of an Either/Or


class Kinds:
    """Takes the responses of one item into what is found of it.

    `hint` is what the writing program calls the kind. `letters` are the options' idents afterwards.
    """

    def __init__(self, found: Found, text: OldText, rules: OldRules, responses: Sequence[Node], hint: str) -> None:
        self.found = found
        self.text = text
        self.rules = rules
        self.responses = responses
        self.hint = hint
        self.letters: dict[str, str] = {}

    def read(self, presentation: Node | None) -> None:
        """Say the type and fill in what it holds."""
        found = self.found
        names = {name_of(node) for node in self.responses}
        if self.hint.startswith(_UNSUPPORTED) or names & {"response_xy", "response_grp", "response_extension"}:
            found.unsupported = self.hint or sorted(names)[0]
        elif len(self.responses) > MAX_RESPONSES:
            found.unsupported = "composite"
        elif not self.responses:
            if self.hint.startswith(_ESSAY) or self.hint.startswith(_BLANKS):
                found.type = "essay"
            else:
                found.unsupported = "description"
        elif self.hint == "matching" and presentation is not None and first(presentation, "flow") is not None:
            self.blackboard_matching(presentation)
        elif names == {"response_lid"}:
            self.labels(list(self.responses))
        elif "response_lid" in names:
            found.unsupported = "composite"
        else:
            self.entries(list(self.responses))

    def labels(self, nodes: list[Node]) -> None:
        """One or more responses with labels to choose from."""
        if len(nodes) > 1:
            named = self.hint.startswith(_BLANKS) or (not self.hint and self.names_in_stem(nodes))
            return self.blanks(nodes) if named else self.matching(nodes)
        if self.hint.startswith(_BLANKS):
            return self.blanks(nodes)
        self.without_places()
        cardinality = (nodes[0].get("rcardinality") or "Single").lower()
        if cardinality == "ordered" or self.hint.startswith("order"):
            return self.order(nodes[0])
        if first(nodes[0], "render_hotspot", "render_slider") is not None:
            self.found.unsupported = "render_hotspot"
            return None
        return self.choice(nodes[0], many=cardinality == "multiple" or self.hint.startswith(("multiple_answer",
                                                                        "cc.multiple_response")))

    def choice(self, node: Node, *, many: bool) -> None:
        """A choice of one or several."""
        found = self.found
        asked = "".join(self.text.html(material) for material in own_material(node))
        found.stem += f"<p>{asked}</p>" if asked.strip() else ""
        labels = list(below(node, "response_label"))
        names = [label.get("ident", "") for label in labels]
        texts = [words(label) for label in labels]
        found.options = [self.text.html(label) for label in labels]
        if not labels and self.hint in ("true/false", "either/or"):
            names, texts = ["true", "false"], list(TRUE_FALSE_OPTIONS)
            found.options = texts
        response = node.get("ident", "")
        right = self.rules.right(response, many=many)
        found.key = [n for n, name in enumerate(names) if name in right]
        found.type = "multiple" if many else "single"
        said = self.hint.startswith(("true_false", "true/false", "cc.true_false", "either"))
        if (not many and is_true_false(_bare(texts))) or (said and len(texts) == 2):
            found.type = "true_false"
            self.true_false(_bare(texts))
        self.letters = {name: column_letter(n) for n, name in enumerate(names)}
        self.places(node, labels)
        self.credits(names, self.rules.weights(response))

    def true_false(self, texts: Sequence[str]) -> None:
        """Say True and False in our words."""
        if is_true_false(texts) and not all(text in TRUE_FALSE_OPTIONS for text in texts):
            self.found.options = [TRUE_FALSE_OPTIONS[0 if is_true_word(text) else 1] for text in texts]

    def places(self, node: Node, labels: Sequence[Node]) -> None:
        """What keeps its place: all where the file says not to shuffle, else what it names."""
        render = first(node, "render_choice")
        if render is not None and (render.get("shuffle") or "").lower() == "no":
            self.found.pinned = list(range(len(labels)))
        else:
            self.found.pinned = [n for n, label in enumerate(labels) if (label.get("rshuffle") or "").lower() == "no"]

    def credits(self, names: Sequence[str], weights: dict[str, Decimal]) -> None:
        """Credits, where the rules say more than right and wrong."""
        found = self.found
        scores = [weights.get(name, Decimal(0)) for name in names]
        positive = [score for score in scores if score > 0]
        if not positive:
            return
        whole = self.rules.best or Decimal(0)
        if found.type == "multiple" and (whole <= 0 or whole == max(positive)) and len(positive) > 1:
            whole = sum(positive, Decimal(0))
        elif whole <= 0 or found.type != "multiple":
            whole = max(positive)
        shares = [credit(score, whole) for score in scores]
        if shares != [FULL_CREDIT if n in found.key else 0 for n in range(len(names))]:
            found.credits = shares

    def order(self, node: Node) -> None:
        """The options in their right order."""
        found = self.found
        found.type = "ordering"
        labels = {label.get("ident", ""): label for label in below(node, "response_label")}
        asked = "".join(self.text.html(material) for material in own_material(node))
        found.stem += f"<p>{asked}</p>" if asked.strip() else ""
        right = [name for name in self.rules.right(node.get("ident", ""), many=True) if name in labels]
        if len(right) < len(labels):
            found.fail("no_key")
            right += [name for name in labels if name not in right]
        found.options = [self.text.html(labels[name]) for name in right]
        found.key = list(range(len(right)))

    def matching(self, nodes: list[Node]) -> None:
        """Every response is a prompt, its labels the same targets."""
        found = self.found
        targets: dict[str, str] = {}
        for node in nodes:
            for label in below(node, "response_label"):
                targets.setdefault(words(label), self.text.html(label))
        texts = list(targets)
        sets = [{words(label) for label in below(node, "response_label")} for node in nodes]
        if not self.hint.startswith("matching") and any(one != sets[0] for one in sets):
            found.unsupported = "composite"
            return
        self.without_places()
        for node in nodes:
            labels = {label.get("ident", ""): words(label) for label in below(node, "response_label")}
            found.parts.append("".join(self.text.html(material) for material in own_material(node)))
            right = [labels[name] for name in self.rules.right(node.get("ident", "")) if name in labels]
            found.key += [texts.index(right[0])] if right else []
        found.options = list(targets.values())
        found.type = "matching"
        if is_true_false(_bare(texts)):
            found.type, found.options = "cluster", list(TRUE_FALSE_OPTIONS)
            found.key = [0 if is_true_word(_bare(texts)[n]) else 1 for n in found.key]

    def blackboard_matching(self, presentation: Node) -> None:
        """Blackboard: a prompt lies in the flow of its response; the targets lie apart, the labels by their place."""
        found = self.found
        question = first_of_class(presentation, "QUESTION_BLOCK")
        found.stem = self.text.html(question) if question is not None else found.stem
        right_block = first_of_class(presentation, "RIGHT_MATCH_BLOCK")
        found.options = [self.text.html(flow) for flow in _innermost(right_block)]
        response_block = first_of_class(presentation, "RESPONSE_BLOCK")
        for node in below(response_block, "response_lid"):
            holder = node.getparent()
            pieces = [self.text.html(one) for one in kids(holder) if one is not node]
            found.parts.append("".join(pieces))
            names = [label.get("ident", "") for label in below(node, "response_label")]
            right = [names.index(name) for name in self.rules.right(node.get("ident", "")) if name in names]
            found.key += right[:1]
        found.type = "matching"
        self.without_places()

    def names_in_stem(self, nodes: Sequence[Node]) -> bool:
        """True where every response is named in the stem as [name]."""
        return all(f"[{name}]" in self.found.stem for name in map(self.blank_name, nodes))

    def blank_name(self, node: Node) -> str:
        """The name of a response's place in the stem: Canvas says it twice."""
        named = _NAME.fullmatch(node.get("ident", ""))
        said = "".join(words(material) for material in own_material(node))
        if said and f"[{said}]" in self.found.stem:
            return said
        return named[1] if named else said

    def blanks(self, nodes: Sequence[Node]) -> None:
        """The stem names each place: [name]. A place with labels that are all right is typed into."""
        found = self.found
        self.without_places()
        order = sorted(nodes, key=lambda node: _at(found.stem, f"[{self.blank_name(node)}]"))
        for node in order:
            name = f"[{self.blank_name(node)}]"
            if name in found.stem:
                found.stem = found.stem.replace(name, marker(len(found.gaps)), 1)
            else:
                found.stem += f" {marker(len(found.gaps))}"
            found.gaps.append(self.blank(node))
        found.type = "gaps"

    def blank(self, node: Node) -> FoundGap:
        response = node.get("ident", "")
        labels = {label.get("ident", ""): label for label in below(node, "response_label")}
        right = self.rules.right(response)
        if not labels:
            return FoundGap("text", [(text, FULL_CREDIT) for text in right])
        if self.hint.startswith("fill_in"):
            return FoundGap("text", [(words(label), FULL_CREDIT) for label in labels.values()])
        return FoundGap("choice", [(self.text.html(label), FULL_CREDIT if name in right else 0)
                                   for name, label in labels.items()])

    def entries(self, nodes: list[Node]) -> None:
        """Responses to type into: an essay where nothing is right, else gaps."""
        found = self.found
        idents = [ident for node in nodes for ident in _idents(node)]
        answers = {ident: self.answers(ident) for ident in idents}
        if self.hint.startswith(_ESSAY) or (not any(gap.answers for gap in answers.values()) and not self.is_typed()):
            self.without_places()
            found.type = "essay"
            return
        if self.hint.startswith(_BLANKS) and self.names_in_stem(nodes):
            self.blanks(nodes)
            return
        found.type = "gaps"
        found.stem = _PLACE.sub(lambda place: self.signs(int(place[1])), found.stem)
        found.gaps = [answers[ident] for ident in idents]
        if any(ident in self.rules.case for ident in idents):
            found.settings["case"] = "kept"

    def is_typed(self) -> bool:
        """True where the item says that something short is asked for."""
        return self.hint.startswith(("short_answer", "fill_in", "cc.fib", "cc.pattern", *_NUMERIC))

    def signs(self, position: int) -> str:
        """The gaps of one response, in the order of all."""
        before = sum(len(_idents(node)) for node in self.responses[:position])
        return " ".join(marker(before + n) for n in range(len(_idents(self.responses[position]))))

    def answers(self, ident: str) -> FoundGap:
        """The gap of one response: of numbers where it says so."""
        node = next((node for node in self.responses if ident in _idents(node)), None)
        render = first(node, "render_fib") if node is not None else None
        kind = (render.get("fibtype") or "").lower() if render is not None else ""
        numeric = (node is not None and name_of(node) == "response_num") or kind in ("decimal", "integer", "scientific")
        if (numeric or self.hint.startswith(_NUMERIC)) and (scored := self.rules.numbers(ident)):
            best = max(score for _, score in scored)
            return FoundGap("number", [(text, credit(score, best)) for text, score in scored])
        weights = self.rules.weights(ident)
        right = self.rules.right(ident, many=True)
        best = max(weights.values(), default=Decimal(1))
        return FoundGap("text", [(text, credit(weights.get(text, best), best)) for text in right])

    def without_places(self) -> None:
        self.found.stem = _PLACE.sub("", self.found.stem)


def first_of_class(node: Node, name: str) -> Node | None:
    """The first flow of a Blackboard class."""
    return next((flow for flow in below(node, "flow") if flow.get("class") == name), None)


def _innermost(node: Node | None) -> list[Node]:
    """The flows that hold a target each: those with a formatted text in them and no other such flow."""
    if node is None:
        return []
    flows = [flow for flow in kids(node, "flow") if words(flow) or first(flow, "matimage") is not None]
    if len(flows) == 1 and len(kids(flows[0], "flow")) > 1:
        return _innermost(flows[0])
    return flows


def _idents(node: Node) -> list[str]:
    """The names under which a response is compared: its own, or those of its several labels."""
    labels = [label.get("ident", "") for label in below(node, "response_label")]
    return labels if len(labels) > 1 and name_of(node) == "response_str" else [node.get("ident", "")]


def _at(text: str, piece: str) -> int:
    at = text.find(piece)
    return at if at >= 0 else len(text)


def _bare(texts: Sequence[str]) -> list[str]:
    """Texts without the tags of HTML that stands in them as text."""
    return [_BLACKBOARD.sub("", re.sub(r"<[^<>]{0,200}>", "", text).strip()).removesuffix(".") for text in texts]
