"""The interactions of QTI 2 and 3 as our question types. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from contest.questions.formats.drafts import FULL_CREDIT, TRUE_FALSE_OPTIONS, GapKind, QuestionType
from contest.questions.formats.qti_body import Body
from contest.questions.formats.qti_found import Found, FoundGap
from contest.questions.formats.qti_responses import Responses
from contest.questions.formats.qti_tree import Node, below, is_true, kids, name_of, shown, words
from contest.questions.formats.text import squeeze

BLOCKS = frozenset({"choiceinteraction", "matchinteraction", "orderinteraction", "gapmatchinteraction",
                    "extendedtextinteraction"})
INLINE = frozenset({"inlinechoiceinteraction", "textentryinteraction"})
_TRUE = frozenset({"dung", "true", "t", "d"})
_FALSE = frozenset({"sai", "false", "f", "s"})
MAX_CREDIT = 10 * FULL_CREDIT


def is_true_false(texts: Sequence[str]) -> bool:
    """True for two options that say true and false, in any order."""
    said = [squeeze(text) for text in texts]
    return len(said) == 2 and any(a in _TRUE and b in _FALSE for a, b in (said, said[::-1]))


def is_true_word(text: str) -> bool:
    """True for Đúng, True, T …"""
    return squeeze(text) in _TRUE


def credit(score: Decimal, whole: Decimal) -> int:
    """A score as a share of the whole's: `FULL_CREDIT` for all of it, within ten times that."""
    if whole <= 0:
        return 0
    return max(-MAX_CREDIT, min(MAX_CREDIT, round(score / whole * FULL_CREDIT)))


def _tells_case(scored: Sequence[tuple[str, Decimal]]) -> bool:
    """True where two answers that differ in capitals alone are worth different scores."""
    folded: dict[str, Decimal] = {}
    return any(folded.setdefault(text.casefold(), score) != score for text, score in scored)


class Interactions:
    """Takes the interactions of one item into what is found of it."""

    def __init__(self, found: Found, responses: Responses, body: Body) -> None:
        self.found = found
        self.responses = responses
        self.body = body
        self.want = found.exact.type if found.exact else ""

    def block(self, node: Node) -> None:
        """Take the item's only block interaction."""
        name = name_of(node)
        if name == "choiceinteraction":
            self.choice(node)
        elif name == "matchinteraction":
            self.match(node)
        elif name == "orderinteraction":
            self.order(node)
        elif name == "gapmatchinteraction":
            self.gap_match(node)
        else:
            self.found.type = "essay"

    def choice(self, node: Node) -> None:
        """A choice is single where one may be chosen, else multiple; of true and false where it says so."""
        found = self.found
        choices = kids(node, "simplechoice")
        names = [choice.get("identifier", "") for choice in choices]
        response = node.get("responseidentifier", "")
        declared = self.responses.declared.get(response)
        many = declared is not None and declared.cardinality == "multiple"
        if not many and declared is None:
            many = node.get("maxchoices", "1").strip() != "1"
        found.options = [self.body.inner(choice) for choice in choices]
        right = self.responses.right(response)
        found.key = [n for n, name in enumerate(names) if name in right]
        kind: QuestionType = "multiple" if many and node.get("maxchoices", "").strip() != "1" else "single"
        texts = [words(choice) for choice in choices]
        if kind == "single" and is_true_false(texts) and self.want != "single":
            kind = "true_false"
            self.true_false(texts)
        elif kind == "single" and self.want == "true_false":
            kind = "true_false"
        found.type = kind
        found.pinned = [n for n, choice in enumerate(choices) if is_true(choice.get("fixed"))]
        if node.get("shuffle") is not None and not is_true(node.get("shuffle")):
            found.pinned = list(range(len(choices)))
        weights = self.responses.weights(response)
        if weights:
            weights = {name: weights.get(name, self.responses.other(response)) for name in names}
        worth = self.responses.worth(response) or self.responses.points
        self.credits(names, weights, worth)

    def true_false(self, texts: Sequence[str]) -> None:
        """Say True and False in our words; leave ours as they stand."""
        if not all(text in TRUE_FALSE_OPTIONS for text in texts):
            self.found.options = [TRUE_FALSE_OPTIONS[0 if is_true_word(text) else 1] for text in texts]

    def credits(self, names: Sequence[str], weights: dict[str, Decimal], whole: Decimal | None) -> None:
        """Credits of a choice, where they say more than right and wrong."""
        found = self.found
        scores = [weights.get(name, Decimal(0)) for name in names]
        if not any(scores):
            return
        positive = [score for score in scores if score > 0]
        if whole is None or whole <= 0:
            whole = sum(positive, Decimal(0)) if found.type == "multiple" else max(positive, default=Decimal(0))
        shares = [credit(score, whole) for score in scores]
        plain = [FULL_CREDIT if n in found.key else 0 for n in range(len(names))]
        if shares != plain:
            found.credits = shares

    def statements(self, nodes: Sequence[Node]) -> None:
        """Several choices between true and false are the statements of a cluster."""
        found = self.found
        found.type, found.options = "cluster", list(TRUE_FALSE_OPTIONS)
        for node in nodes:
            prompt = next(iter(kids(node, "prompt")), None)
            found.parts.append(self.body.inner(prompt) if prompt is not None else "")
            right = self.responses.right(node.get("responseidentifier", ""))
            says = [words(choice) for choice in kids(node, "simplechoice") if choice.get("identifier") in right]
            if len(says) == 1:
                found.key.append(0 if is_true_word(says[0]) else 1)

    def match(self, node: Node) -> None:
        """Prompts are the first set, unless only the second has one partner for each of its choices."""
        found = self.found
        sets = [kids(one, "simpleassociablechoice") for one in kids(node, "simplematchset")][:2]
        if len(sets) < 2:
            found.unsupported = "matchInteraction"
            return
        pairs = [tuple(pair.split()) for pair in self.responses.right(node.get("responseidentifier", ""))]
        prompts, targets, partner = sets[0], sets[1], dict[str, str]()
        for first, second, places in ((sets[0], sets[1], (0, 1)), (sets[1], sets[0], (1, 0))):
            chosen = [(pair[places[0]], pair[places[1]]) for pair in pairs if len(pair) == 2]
            names = [prompt.get("identifier", "") for prompt in first]
            if len(dict(chosen)) == len(set(chosen)) and all(name in dict(chosen) for name in names):
                prompts, targets, partner = first, second, dict(chosen)
                break
        if pairs and not partner:
            found.unsupported = "matchInteraction"
            return
        self.pairs(prompts, targets, partner)
        self.pairs_weighed(node.get("responseidentifier", ""), [" ".join(pair) for pair in pairs])
        if node.get("shuffle") is not None and not is_true(node.get("shuffle")):
            found.pinned = list(range(len(targets))) if found.type == "matching" else []

    def pairs(self, prompts: Sequence[Node], targets: Sequence[Node], partner: dict[str, str]) -> None:
        """A matching, or a cluster where the targets say true and false."""
        found = self.found
        names = [target.get("identifier", "") for target in targets]
        texts = [words(target) for target in targets]
        found.parts = [self.body.inner(prompt) for prompt in prompts]
        found.options = [self.body.inner(target) for target in targets]
        key = [names.index(partner[name]) for prompt in prompts
               if (name := prompt.get("identifier", "")) in partner and partner[name] in names]
        if is_true_false(texts) and self.want != "matching":
            found.type = "cluster"
            found.options = list(TRUE_FALSE_OPTIONS)
            key = [0 if is_true_word(texts[n]) else 1 for n in key]
        else:
            found.type = "cluster" if self.want == "cluster" else "matching"
        found.key = key

    def order(self, node: Node) -> None:
        """The options in their right order."""
        found = self.found
        found.type = "ordering"
        choices = {choice.get("identifier", ""): choice for choice in kids(node, "simplechoice")}
        right = [name for name in dict.fromkeys(self.responses.right(node.get("responseidentifier", "")))
                 if name in choices]
        if len(right) < len(choices):
            found.fail("no_key")
            right += [name for name in choices if name not in right]
        found.options = [self.body.inner(choices[name]) for name in right]
        found.key = list(range(len(right)))

    def gaps(self, nodes: Sequence[Node]) -> None:
        """Inline interactions are gaps."""
        found = self.found
        found.type = "gaps"
        for node in nodes:
            if name_of(node) == "inlinechoiceinteraction":
                found.gaps.append(self.inline_choice(node))
            else:
                found.gaps.append(self.entry(node))
        self.weighed([self.responses.most(node.get("responseidentifier", "")) for node in nodes])

    def weighed(self, scores: Sequence[Decimal]) -> None:
        """Warn of parts that are not worth the same: here they are."""
        if self.found.exact is None and scores and max(scores) > min(scores) * Decimal("1.02"):
            self.found.warn("gap_weights", value=", ".join(shown(score) for score in scores[:20]))

    def pairs_weighed(self, response: str, pairs: Sequence[str]) -> None:
        """Warn of pairs of unequal worth."""
        weights = self.responses.weights(response)
        if weights:
            self.weighed([weights.get(pair, self.responses.other(response)) for pair in pairs])

    def inline_choice(self, node: Node) -> FoundGap:
        choices = kids(node, "inlinechoice")
        offered = [(choice.get("identifier", ""), self.body.inner(choice)) for choice in choices]
        return self.offer(node.get("responseidentifier", ""), offered)

    def offer(self, response: str, offered: Sequence[tuple[str, str]]) -> FoundGap:
        """A choice gap of (identifier, HTML)."""
        right = self.responses.right(response)
        weights = self.responses.weights(response)
        whole = self.responses.worth(response) or max(weights.values(), default=Decimal(0))
        return FoundGap("choice", [
            (text, credit(weights[name], whole) if name in weights else FULL_CREDIT if name in right and not weights
             else 0) for name, text in offered
        ])

    def entry(self, node: Node) -> FoundGap:
        """A gap to type into: a number where its response is one."""
        response = node.get("responseidentifier", "")
        declared = self.responses.declared.get(response)
        kind: GapKind = "number" if declared is not None and declared.base in ("float", "integer") else "text"
        weights = self.responses.weights(response)
        if kind == "number":
            scored = self.responses.numbers(response)
        else:
            right = [text for text in self.responses.right(response) if text not in weights]
            most = max(weights.values(), default=Decimal(1))
            scored = [*((text, most) for text in right), *weights.items()]
        if declared is not None and (declared.case or response in self.responses.case or _tells_case(scored)):
            self.found.settings["case"] = "kept"
        whole = self.responses.worth(response) or max((score for _, score in scored), default=Decimal(0))
        return FoundGap(kind, [(text, credit(score, whole)) for text, score in scored])

    def gap_match(self, node: Node) -> None:
        """Each gap offers all of the texts."""
        found = self.found
        found.type = "gaps"
        if kids(node, "gapimg"):
            found.unsupported = "gapimg"
            return
        offered = [(text.get("identifier", ""), self.body.inner(text)) for text in kids(node, "gaptext")]
        right: dict[str, list[str]] = {}
        pairs = self.responses.right(node.get("responseidentifier", ""))
        self.pairs_weighed(node.get("responseidentifier", ""), pairs)
        for pair in pairs:
            source, _, gap = pair.partition(" ")
            right.setdefault(gap, []).append(source)
        for place in below(node, "gap"):
            sources = right.get(place.get("identifier", ""), [])
            found.gaps.append(FoundGap("choice", [(text, FULL_CREDIT if name in sources else 0)
                                                  for name, text in offered]))
