"""How a question lies in the tables: what its contestants may see apart from its key. Pure.

Whatever stands in an order that would tell the key (targets, items to order, choices of a gap) is
stored in the order of its random tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest.questions.content import CHOICES, Choice, Content, Part
from contest.questions.formats.drafts import Accepted, Gap
from contest.scoring.rules import BadRule, own

Visible = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """The columns of a version (`options`, `parts`) and of its key (`correct`, `credits`, `settings`)."""

    options: list[Visible]
    parts: list[Visible]
    correct: list[Any] | dict[str, Any]
    credits: dict[str, int] | None
    settings: dict[str, str]


def stored(content: Content, draw: Callable[[int], list[str]]) -> Stored:
    """The content as columns. `draw` gives so many distinct random tokens."""
    inside = [len(gap.answers) if gap.kind == "choice" else 0 for gap in content.gaps]
    tokens = iter(draw(len(content.choices) + len(content.parts) + len(content.gaps) + sum(inside)))
    settings = dict(content.settings)
    if content.type in CHOICES:
        options = [{"id": next(tokens), "text": choice.text, "fixed": choice.fixed} for choice in content.choices]
        pairs = list(zip(options, content.choices, strict=True))
        worth = {str(option["id"]): choice.credit for option, choice in pairs if choice.credit is not None}
        return Stored(options, [], sorted(str(option["id"]) for option, choice in pairs if choice.right),
                      worth or None, settings)
    if content.type == "ordering":
        items = [{"id": next(tokens), "text": choice.text} for choice in content.choices]
        return Stored([], _scattered(items), [item["id"] for item in items], None, settings)
    if content.parts:
        return _matched(content, tokens, settings)
    if content.type == "gaps":
        return _filled(content, tokens, settings)
    accepted = [[answer.text, answer.credit] for gap in content.gaps for answer in gap.answers]
    return Stored([], [], accepted, None, settings)


def penalty_of(content: Content) -> str:
    """What a wrong answer costs, as `QuestionVersion.penalty` keeps it for the contestant to read."""
    try:
        rule = own(dict(content.settings), content.type)
    except BadRule:
        return ""
    return rule.costs if rule else ""


def content_of(kind: Any, stem: str, seen: tuple[Sequence[Visible], Sequence[Visible]],
               key: tuple[Any, Mapping[str, int] | None, Mapping[str, str]], **rest: Any) -> Content:
    """What `stored` took apart. `seen` are options and parts, `key` correct, credits and settings."""
    options, parts = seen
    correct, worth, settings = key
    rest["settings"] = tuple(sorted((settings or {}).items()))
    if kind in CHOICES:
        choices = tuple(Choice(option["text"], option["id"] in correct, bool(option.get("fixed")),
                               (worth or {}).get(option["id"])) for option in options)
        return Content(kind, stem, choices, **rest)
    if kind == "ordering":
        texts = {item["id"]: item["text"] for item in parts}
        return Content(kind, stem, tuple(Choice(texts[token], True) for token in correct), **rest)
    if kind in ("cluster", "matching"):
        wanted = list(dict.fromkeys(correct[part["id"]] for part in parts)) if kind == "matching" else []
        places = [*wanted, *(option["id"] for option in options if option["id"] not in wanted)]
        shown = {option["id"]: option["text"] for option in options}
        return Content(kind, stem, tuple(Choice(shown[token], False) for token in places),
                       parts=tuple(Part(part["text"], places.index(correct[part["id"]])) for part in parts), **rest)
    if kind == "gaps":
        return Content(kind, stem, gaps=tuple(_gap(part, correct[part["id"]]) for part in parts), **rest)
    answers = tuple(Accepted(text, credit) for text, credit in correct)
    return Content(kind, stem, gaps=(Gap(kind_of(kind), answers),) if kind != "essay" else (), **rest)


def kind_of(kind: str) -> Any:
    """The kind of the one gap of a short text or a number."""
    return "number" if kind == "number" else "text"


def _matched(content: Content, tokens: Iterator[str], settings: dict[str, str]) -> Stored:
    options = [{"id": next(tokens), "text": choice.text, "fixed": choice.fixed} for choice in content.choices]
    parts = [{"id": next(tokens), "text": part.text} for part in content.parts]
    correct = {str(shown["id"]): options[part.option]["id"] for shown, part in zip(parts, content.parts, strict=True)}
    return Stored(_scattered(options) if content.type == "matching" else options, parts, correct, None, settings)


def _filled(content: Content, tokens: Iterator[str], settings: dict[str, str]) -> Stored:
    parts: list[Visible] = []
    correct: dict[str, Any] = {}
    for gap in content.gaps:
        part: Visible = {"id": next(tokens), "kind": gap.kind}
        if gap.kind == "choice":
            offered = [{"id": next(tokens), "text": answer.text} for answer in gap.answers]
            correct[part["id"]] = [[option["id"], answer.credit]
                                   for option, answer in zip(offered, gap.answers, strict=True)]
            part["options"] = _scattered(offered)
        else:
            correct[part["id"]] = [[answer.text, answer.credit] for answer in gap.answers]
        parts.append(part)
    return Stored([], parts, correct, None, settings)


def _gap(part: Visible, answers: Sequence[Sequence[Any]]) -> Gap:
    texts = {option["id"]: option["text"] for option in part.get("options", ())}
    return Gap(part["kind"], tuple(Accepted(texts.get(text, text) if texts else text, credit)
                                   for text, credit in answers))


def _scattered(rows: list[Visible]) -> list[Visible]:
    return sorted(rows, key=lambda row: str(row["id"]))
