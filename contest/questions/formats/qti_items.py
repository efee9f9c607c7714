"""One item of QTI 2.1, 2.2 or 3.0. Pure."""

from __future__ import annotations

from decimal import Decimal

from contest.questions.formats.drafts import DEFAULT_POINTS, column_letter
from contest.questions.formats.qti_body import Body
from contest.questions.formats.qti_choices import BLOCKS, INLINE, Interactions, is_true_false
from contest.questions.formats.qti_exact import Exact
from contest.questions.formats.qti_found import Found, marker
from contest.questions.formats.qti_responses import Responses
from contest.questions.formats.qti_tree import Node, below, first, kids, name_of, words
from contest.questions.formats.words import MAX_POINTS

_RANDOM = ("templateprocessing", "templatedeclaration")
MAX_RESPONSES = 100  # in one item; more are no question of ours
LOM_LEVELS = {"easy": "NB", "medium": "TH", "difficult": "VD", "very difficult": "VDC", "very easy": "NB"}
_REMOTE = ("http:", "https:", "ftp:", "//")


def read_item(item: Node, row: int, *, folder: str = "", exact: Exact | None = None, before: str = "",
              topic: str | None = None) -> Found:
    """The item as found. `before` is the HTML of its stimulus, which stands before its stem.

    An item of a kind that we don't hold has `unsupported` set.
    """
    identifier = " ".join(item.get("identifier", "").split())
    found = Found(f"@{identifier}" if identifier else str(row), row, identifier or None, folder=folder, exact=exact,
                  topic=topic)
    reader = _Reader(item, found)
    reader.read(before)
    return found


def points_of(score: Decimal | None) -> int:
    """Hundredths of a score, one point where there is none that a question can be worth."""
    hundredths = round(score * 100) if score is not None else 0
    return hundredths if 0 < hundredths <= MAX_POINTS else DEFAULT_POINTS


class _Reader:
    """Reads one item into what is found of it."""

    def __init__(self, item: Node, found: Found) -> None:
        self.item = item
        self.found = found
        self.responses = Responses(item)
        self.body = Body(found.warn, self.placed, self.feedback, self.rubric)
        self.blocks: list[Node] = []
        self.inline: list[Node] = []
        self.feedbacks: list[Node] = []
        self.notes: list[str] = []
        self.several = len(list(below(item, "choiceinteraction"))) > 1

    def read(self, before: str) -> None:
        """Fill in what is found."""
        found = self.found
        if kids(self.item, *_RANDOM):
            found.unsupported = "template"
        self.styles()
        stem = self.body.inner(body) if (body := next(iter(kids(self.item, "itembody")), None)) is not None else ""
        found.stem = before + stem
        found.points = points_of(self.responses.points)
        self.metadata()
        if not found.unsupported:
            self.kind()
        if found.unsupported:
            return
        contradicted = self.responses.contradicted() if found.exact is None else []  # ours means what it says
        if contradicted:
            found.fail("key_conflict", value=", ".join(contradicted)[:60])
        for name in dict.fromkeys(self.responses.strange):
            found.warn("text_not_taken", value=name)
        self.explain()

    def styles(self) -> None:
        for sheet in kids(self.item, "stylesheet"):
            if sheet.get("href", "").lower().startswith(_REMOTE):
                self.found.warn("html_lost", value=sheet.get("href", "")[:200])

    def placed(self, node: Node) -> str:
        """What stands in an interaction's place: a gap's marker, or the prompt of a block."""
        if name_of(node) in INLINE:
            self.inline.append(node)
            return marker(len(self.inline) - 1)
        self.blocks.append(node)
        if name_of(node) == "gapmatchinteraction":
            return self.gap_text(node)
        prompt = next(iter(kids(node, "prompt")), None)
        return f"<p>{self.body.inner(prompt)}</p>" if prompt is not None and not self.is_statement(node) else ""

    def is_statement(self, node: Node) -> bool:
        """True for one of several choices between true and false: its prompt is a statement of a cluster."""
        return name_of(node) == "choiceinteraction" and self.several and is_true_false(
            [words(choice) for choice in kids(node, "simplechoice")])

    def gap_text(self, node: Node) -> str:
        """The text of a gap match, a marker for each of its gaps."""
        gaps = list(below(node, "gap"))
        for position, gap in enumerate(gaps):
            for child in list(gap):
                gap.remove(child)
            gap.text = marker(position)
        pieces = [self.body.inner(child) if name_of(child) == "prompt" else self.body.outer(child)
                  for child in kids(node) if name_of(child) not in ("gaptext", "gapimg")]
        return "".join(f"<div>{piece}</div>" for piece in pieces)

    def feedback(self, node: Node) -> None:
        self.feedbacks.append(node)

    def rubric(self, node: Node) -> str:
        """What a contestant may see stands in the stem, what others may see is a note."""
        views = node.get("view", "candidate").split()
        text = self.body.inner(node)
        if "candidate" in views:
            return f"<div>{text}</div>"
        self.notes.append(text)
        return ""

    def kind(self) -> None:
        """Let the item's interactions say what type it is."""
        found = self.found
        blocks = [name_of(node) for node in self.blocks]
        strange = next((name for name in blocks if name not in BLOCKS), None)
        reading = Interactions(self.found, self.responses, self.body)
        if len(blocks) + len(self.inline) > MAX_RESPONSES:
            found.unsupported = "composite"
        elif strange:
            found.unsupported = strange.replace("interaction", "Interaction")
        elif not blocks and not self.inline and reading.want != "gaps":
            found.unsupported = "description"
        elif not blocks:
            reading.gaps(self.inline)
        elif self.inline:
            found.unsupported = "composite"
        elif len(blocks) == 1:
            reading.block(self.blocks[0])
        elif set(blocks) == {"choiceinteraction"} and all(map(self.is_statement, self.blocks)):
            reading.statements(self.blocks)
        else:
            found.unsupported = "composite"

    def explain(self) -> None:
        """Take feedback for the explanation, with the letter of the option that it speaks of."""
        found = self.found
        letters = {}
        if len(self.blocks) == 1 and found.type in ("single", "multiple", "true_false"):
            choices = kids(self.blocks[0], "simplechoice")
            letters = {choice.get("identifier", ""): column_letter(n) for n, choice in enumerate(choices)}
        brought = self.responses.feedback_values()
        found.notes += [("", text) for text in self.notes]
        self.feedbacks += kids(self.item, "modalfeedback")
        done = 0
        while done < len(self.feedbacks):  # a feedback may hold another
            node = self.feedbacks[done]
            done += 1
            name = node.get("identifier", "")
            text = self.body.inner(node)
            found.notes.append((letters.get(name) or letters.get(brought.get(name, "")) or "", text))

    def metadata(self) -> None:
        """Take rubrics of the metadata inside an item, as some programs write it."""
        inside = first(self.item, "metadata", "qtimetadata", "lom")
        if inside is not None:
            read_metadata(inside, self.found)


def read_metadata(node: Node, found: Found) -> None:
    """Take topic, level and keywords from LOM: of an item or of its resource in the manifest."""
    for keyword in below(node, "keyword"):
        texts = [words(text) for text in kids(keyword, "string", "langstring")] or [words(keyword)]
        found.tags += [text for text in texts if text]
    for difficulty in below(node, "difficulty"):
        value = words(next(iter(kids(difficulty, "value")), difficulty))
        found.level = found.level or LOM_LEVELS.get(value.lower()) or value or None
    for entry in below(node, "taxon"):
        texts = [words(text) for text in below(entry, "string", "langstring")]
        found.topic = found.topic or next((text for text in texts if text), None)
