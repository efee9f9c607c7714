"""Moodle's question types that are filled in: short answer, numerical, cloze, choices in the text. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from contest.questions.formats.checks import MAX_PARTS
from contest.questions.formats.drafts import FULL_CREDIT
from contest.questions.formats.markup import Marked
from contest.questions.formats.moodle_cloze import CASE_KEPT, SEVERAL, Hole, cut, unescaped
from contest.questions.formats.moodle_item import MAX_NODES, Hollow, Item, Node, some
from contest.questions.formats.moodle_texts import Texts, credit, number
from contest.questions.formats.stars import is_wildcard, spelled
from contest.questions.formats.xml_parts import child, child_text, children, text_of

_LITERAL = frozenset({"moodle_auto_format", "plain_text"})
_PARAGRAPH = re.compile(r"\s*<(?:p|div|span)\b[^<>]*>", re.IGNORECASE)
_MARKER = re.compile(r"\[\[(\d{1,3})\]\]")


def shortanswer(node: Node, texts: Texts, item: Item) -> None:
    """A typed text. An answer without credit only carries a remark."""
    item.type = "short_text"
    if child_text(node, "usecase") in ("1", "true"):
        item.settings["case"] = "kept"
    answers: list[tuple[Marked, int]] = []
    for answer in some(node, texts, "answer"):
        worth = credit(answer.get("fraction"))
        text = _typed(_plain_answer(answer, texts), worth, texts)
        if worth > 0:
            answers.append((Marked(text, False), worth))
        item.remark(spelled(text), texts.rich(child(answer, "feedback")))
    item.gaps = [Hollow("text", answers)]


def _plain_answer(answer: Node, texts: Texts) -> str:
    """What is to be typed: Moodle compares it as it stands, but programs write HTML in paragraphs."""
    source = text_of(child(answer, "text"))
    if answer.get("format", "html").strip() in _LITERAL and not _PARAGRAPH.match(source):
        return texts.line(source)
    return texts.bare(source)


def numerical(node: Node, texts: Texts, item: Item) -> None:
    """A typed number with its tolerance. Units are not asked for here."""
    item.type = "number"
    answers: list[tuple[Marked, int]] = []
    for answer in some(node, texts, "answer"):
        worth = credit(answer.get("fraction"))
        value = text_of(child(answer, "text")) or (answer.text or "")
        wanted = _number(value.strip(), child_text(answer, "tolerance"), worth, texts)
        if wanted and worth > 0:
            answers.append((Marked(wanted, False), worth))
        item.remark(wanted or texts.line(value), texts.rich(child(answer, "feedback")))
    for unit in node.iter("unit_name"):
        texts.warn("text_not_taken", value=texts.line(text_of(unit))[:80])
    item.gaps = [Hollow("number", answers)]


def cloze(node: Node, texts: Texts, item: Item) -> None:
    """Gaps inside the text. Each is worth the same: weights that differ are warned of."""
    question = child(node, "questiontext")
    source, holes, broken = cut("" if question is None else text_of(child(question, "text")))
    item.type, item.stem = "gaps", texts.rich(question, source=source)
    form = "html" if question is None else question.get("format", "html").strip()
    if broken:
        texts.fail("format_error", value=broken)
    if max(len(holes), *(len(hole.alternatives) for hole in holes), 0) > MAX_NODES:
        texts.fail("too_many_parts", found=len(holes), limit=MAX_PARTS)
        return
    for place, hole in enumerate(holes, start=1):
        if hole.name in SEVERAL:
            texts.fail("item_unsupported", value=hole.name)
        item.gaps.append(_hollow(hole, texts, form != "plain_text"))
        for answer in hole.alternatives:
            item.remark(str(place), texts.html(answer.feedback) if answer.feedback else Marked("", False))
    case = [hole.name in CASE_KEPT for hole in holes if hole.kind == "text"]
    if any(case):
        item.settings["case"] = "kept"
        if not all(case):
            texts.warn("text_not_taken", value="SHORTANSWER")
    weights = [hole.weight for hole in holes]
    if len(set(weights)) > 1:
        texts.warn("gap_weights", value=", ".join(map(str, weights[:20])))
    item.points = sum(weights) * 100


def _hollow(hole: Hole, texts: Texts, is_html: bool) -> Hollow:
    answers: list[tuple[Marked, int]] = []
    for answer in hole.alternatives:
        if hole.kind == "choice":
            text = texts.html(answer.source) if is_html else texts.plain(unescaped(answer.source))
            answers.append((text, answer.credit))
            continue
        bare = texts.bare(answer.source) if is_html else texts.line(unescaped(answer.source))
        if hole.kind == "text":
            bare = _typed(bare, answer.credit, texts)
        else:
            value, _, tolerance = bare.partition(":")
            bare = _number(value, tolerance, answer.credit, texts) or ""
        if answer.credit > 0:
            answers.append((Marked(bare, False), answer.credit))
    return Hollow(hole.kind, answers)


def choices_in_text(node: Node, texts: Texts, item: Item) -> None:
    """Gaps [[n]] that offer the n-th choice and all others of its group: select or drag."""
    boxes = children(node, "dragbox", "selectoption")
    if len(boxes) > MAX_NODES:
        texts.fail("too_many_options", found=len(boxes), limit=MAX_NODES)
        boxes = boxes[:MAX_NODES]
    offered = [texts.rich(box) if box.get("format") else texts.either(text_of(child(box, "text")).strip())
               for box in boxes]
    groups = [child_text(box, "group") or "1" for box in boxes]
    wanted: list[int] = []

    def renumbered(found: re.Match[str]) -> str:
        wanted.append(int(found[1]) - 1)
        return f"[[{len(wanted)}]]"

    item.type = "gaps"
    item.stem = Marked(_MARKER.sub(renumbered, item.stem.text), item.stem.markup)
    for at in wanted[:MAX_NODES]:
        group = groups[at] if 0 <= at < len(groups) else None
        item.gaps.append(Hollow("choice", [
            (text, FULL_CREDIT if place == at else 0) for place, text in enumerate(offered)
            if groups[place] == group or group is None]))


def _typed(text: str, worth: int, texts: Texts) -> str:
    """A short answer; one with a wildcard is told."""
    if worth > 0 and is_wildcard(text):
        texts.warn("wildcard", value=text[:80])
    return text


def _number(value: str, tolerance: str, worth: int, texts: Texts) -> str | None:
    """A number with its tolerance, None for "*" (anything else); what is no number is an error."""
    if value == "*":
        if worth > 0:
            texts.warn("text_not_taken", value="*")
        return None
    found, around = number(value), number(tolerance or "0")
    if found is None or around is None:
        if worth > 0:
            texts.fail("key_unreadable", value=f"{value} {tolerance}".strip()[:80])
        return None
    return f"{found}±{around.removeprefix('-')}" if Decimal(around) else found
