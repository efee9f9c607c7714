"""A Moodle question on its way to a draft. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from contest.questions.formats.drafts import Accepted, Gap, GapKind, QuestionType
from contest.questions.formats.markup import Marked
from contest.questions.formats.moodle_texts import Texts, unified
from contest.questions.formats.text import fold
from contest.questions.formats.xml_parts import child_text, children, text_of

Node = etree._Element
MAX_NODES = 100  # answers or prompts of one question that are looked at


@dataclass(slots=True)
class Hollow:
    """A gap whose choices may still need markup."""

    kind: GapKind
    answers: list[tuple[Marked, int]]

    def gap(self, markup: bool) -> Gap:
        """The gap; what is typed never holds markup."""
        return Gap(self.kind, tuple(Accepted(unified(text, markup and self.kind == "choice"), worth)
                                    for text, worth in self.answers))


@dataclass(slots=True)
class Item:
    """A question on its way to a draft; `remarks` become its explanation, a line each."""

    type: QuestionType
    stem: Marked
    options: list[Marked] = field(default_factory=list)
    parts: list[Marked] = field(default_factory=list)
    gaps: list[Hollow] = field(default_factory=list)
    remarks: list[tuple[str, Marked]] = field(default_factory=list)
    key: tuple[int, ...] = ()
    credits: tuple[int, ...] = ()
    pinned: tuple[int, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    points: int | None = None  # where the type itself says them
    tags: tuple[str, ...] | None = None  # where the type takes one of them

    @property
    def texts(self) -> list[Marked]:
        """All texts that markup concerns."""
        choices = [text for gap in self.gaps if gap.kind == "choice" for text, _ in gap.answers]
        return [self.stem, *self.options, *self.parts, *choices, *(text for _, text in self.remarks)]

    def remark(self, label: str, text: Marked) -> None:
        """Add a remark that says something."""
        if text.text:
            self.remarks.append((label, text))


def some(node: Node, texts: Texts, name: str) -> list[Node]:
    """The children of a name, the first hundred of them: a question with more is refused anyway."""
    found = children(node, name)
    if len(found) > MAX_NODES:
        code = "too_many_parts" if name == "subquestion" else "too_many_options"
        texts.fail(code, found=len(found), limit=MAX_NODES)
    return found[:MAX_NODES]


def tags_of(node: Node, texts: Texts) -> tuple[str, ...]:
    """The tags, in their order."""
    found = (texts.line(child_text(tag, "text") or text_of(tag)) for name in ("tags", "coursetags")
             for holder in children(node, name)[:1] for tag in some(holder, texts, "tag"))
    return tuple(tag for tag in found if tag)


def is_boilerplate(text: str) -> bool:
    """True for the feedback that Moodle writes into every question by itself."""
    return fold(text) in _BOILERPLATE


_BOILERPLATE = frozenset(map(fold, (
    "Your answer is correct.", "Your answer is partially correct.", "Your answer is incorrect.",
    "Câu trả lời của bạn đúng", "Câu trả lời của bạn đúng một phần", "Câu trả lời của bạn sai",
    "Câu trả lời của bạn là đúng", "Câu trả lời của bạn chính xác", "Câu trả lời của bạn không đúng",
    "Câu trả lời của bạn không chính xác", "Đáp án của bạn đúng", "Đáp án của bạn sai",
)))
