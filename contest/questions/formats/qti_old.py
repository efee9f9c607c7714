"""QTI 1.2: questestinterop, as Canvas, Blackboard, Respondus and generic tools write it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from contest.questions.formats.qti_found import Found
from contest.questions.formats.qti_items import points_of
from contest.questions.formats.qti_old_kinds import Kinds
from contest.questions.formats.qti_old_rules import read_rules
from contest.questions.formats.qti_old_text import OldText
from contest.questions.formats.qti_tree import Node, below, kids, name_of, number, shown, words

_ITEM_HOLDERS = ("assessment", "section", "objectbank")
_MAX_DEPTH = 30
_PERCENT = 100
_PARTED = frozenset({"gaps", "matching", "cluster"})
_PARENT = "parent_stimulus_item_ident"
_GENERIC = re.compile(r"(?:root_?)?(?:section|phần|part|main|default|untitled|main section|root)?[ _-]*\d{0,4}",
                      re.IGNORECASE)
_TOPIC = ("topic", "category", "subject", "qmd_topic", "cc_question_category", "linh_vuc", "lĩnh vực", "chủ đề")
_LEVEL = ("qmd_levelofdifficulty", "levelofdifficulty", "difficulty", "level", "mức độ", "độ khó")
_TAGS = ("keywords", "keyword", "tags", "qmd_keywords")
_POINTS = ("points_possible", "cc_weighting", "qmd_absolutescore_max", "qmd_weighting")
# QTI 1.2 itself knows these levels: of schools, not of questions.
_SCHOOLS = frozenset({"pre-school", "school", "he/fe", "vocational", "professional development"})


def read_old(root: Node, *, folder: str = "", row: int = 1, topic: str | None = None) -> Iterator[Found]:
    """The items of a questestinterop in their order; `row` is the first one's ordinal."""
    stimuli = {entry: "" for node in below(root, "qtimetadata") for label, entry in _fields(node) if label == _PARENT}
    for position, (item, section) in enumerate(_items(root, topic, 0)):
        yield _Reader(item, row + position, folder, section).read(stimuli)


def sources_elsewhere(root: Node) -> int:
    """How many sections draw from a bank that is not in this file."""
    return len(list(below(root, "sourcebank_ref", "sourcebank_context")))


def _items(node: Node, topic: str | None, depth: int) -> Iterator[tuple[Node, str | None]]:
    for child in kids(node) if depth < _MAX_DEPTH else ():
        name = name_of(child)
        if name == "item":
            yield child, topic
        elif name in _ITEM_HOLDERS:
            own = _bank_title(child) if name == "objectbank" else child.get("title") if name == "section" else None
            own = " ".join((own or "").split())
            yield from _items(child, topic if _GENERIC.fullmatch(own) else own, depth + 1)


def _bank_title(bank: Node) -> str | None:
    return next((value for holder in kids(bank, "qtimetadata") for label, value in _fields(holder)
                 if label == "bank_title"), None)


def _fields(node: Node) -> Iterator[tuple[str, str]]:
    """Labels in lower case and values: of qtimetadatafield, and of elements that are their own label."""
    for field in below(node, "qtimetadatafield"):
        label, entry = kids(field, "fieldlabel"), kids(field, "fieldentry")
        if label and entry:
            yield words(label[0]).lower(), words(entry[0])
    for child in kids(node):
        if name_of(child) not in ("qtimetadata", "qtimetadatafield"):
            yield name_of(child), words(child)


class _Reader:
    """Reads one item."""

    def __init__(self, item: Node, row: int, folder: str, topic: str | None) -> None:
        ident = " ".join((item.get("ident") or "").split())
        self.item = item
        self.found = Found(f"@{ident}" if ident else str(row), row, ident or None, folder=folder, topic=topic)
        self.fields: dict[str, str] = {}
        for holder in kids(item, "itemmetadata", "qtimetadata"):
            for label, value in _fields(holder):
                self.fields.setdefault(label, value)
        self.responses: list[Node] = []
        self.text = OldText(self.found.warn, self.placed)

    def placed(self, node: Node) -> str:
        """Nothing stands in a response's place but its sign, which `Kinds` turns into what it needs."""
        self.responses.append(node)
        return f"\ue002{len(self.responses) - 1}\ue003"

    def read(self, stimuli: dict[str, str]) -> Found:
        """The item as found; a passage for later items goes to `stimuli`."""
        found = self.found
        hint = self.hint()
        presentation = next(iter(kids(self.item, "presentation")), None)
        stem = self.text.html(presentation) if presentation is not None else ""
        self.metadata()
        if hint.startswith("text_only"):
            found.unsupported = "passage" if found.code in stimuli else "description"
            stimuli[found.code or ""] = stem
            return found
        rules = read_rules(self.item)
        found.stem = stimuli.get(self.fields.get(_PARENT, "-"), "") + stem
        kinds = Kinds(found, self.text, rules, self.responses, hint)
        kinds.read(presentation)
        self.points(rules.best if not hint.endswith("_question") else None)
        if found.type in _PARTED and (scores := rules.uneven()):
            found.warn("gap_weights", value=", ".join(shown(score) for score in scores[:20]))
        for name in dict.fromkeys(rules.loose):
            found.warn("text_not_taken", value=name)
        if not found.unsupported:
            self.explain(rules.feedback_values(), kinds.letters)
        return found

    def hint(self) -> str:
        """What the program that wrote the item calls its kind; "" where it doesn't say."""
        for label in ("question_type", "cc_profile", "bbmd_questiontype", "qmd_itemtype", "question_type_id"):
            value = self.fields.get(label, "").strip().lower()
            if value:
                return value.replace(" ", "_").replace("-", "_")
        return ""

    def points(self, best: Decimal | None) -> None:
        said = [number(self.fields.get(label)) for label in _POINTS]
        if best == _PERCENT:  # the scale of the rules, not what the item is worth
            best = None
        self.found.points = points_of(next((value for value in said if value), best))

    def metadata(self) -> None:
        """Take topic, level and keywords, under whatever label."""
        found, fields = self.found, self.fields
        found.topic = next((fields[label] for label in _TOPIC if fields.get(label)), None) or found.topic
        level = next((fields[label] for label in _LEVEL if fields.get(label)), "")
        found.level = level if level.lower() not in _SCHOOLS else None
        for label in _TAGS:
            found.tags += [tag.strip() for tag in re.split("[,;]", fields.get(label, "")) if tag.strip()]

    def explain(self, brought: dict[str, str], letters: dict[str, str]) -> None:
        """Take feedback, solutions and hints for the explanation."""
        for feedback in kids(self.item, "itemfeedback"):
            ident = feedback.get("ident", "")
            label = letters.get(ident) or letters.get(brought.get(ident, "")) or ""
            self.found.notes.append((label, self.text.html(feedback)))

