"""The right answer of a question in words, as it is shown on one paper: letters, places, texts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest.questions.shown import Item, Option, Part

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Told:
    """`short` fits into a table: "B", "A, C", "1-C, 2-A", "a-Đ, b-S", "3, 1, 2"; "" where a person marks.

    `lines` are (label, answer) of each part, texts as they are stored (Markdown where the item's are); nothing
    where the answer is options, whose tokens are in `right`.
    """

    short: str
    lines: tuple[tuple[str, str], ...] = ()
    right: frozenset[str] = frozenset()


def told(item: Item, correct: Any) -> Told:
    """The answer of `AnswerKey.correct` on a paper that shows `item`."""
    if item.shape in ("one", "many"):
        letters = [letter for letter, option in zip(LETTERS, item.options, strict=False) if option.id in correct]
        return Told(", ".join(letters), (), frozenset(correct))
    if item.type == "cluster":
        words = {option.id: option.text for option in item.options}
        signs = initials(item.options)
        return Told(", ".join(f"{mark}-{signs[correct[part.id]]}" for mark, part in small(item.parts)),
                    tuple((part.text, words[correct[part.id]]) for part in item.parts))
    if item.type == "matching":
        places = {option.id: letter for letter, option in zip(LETTERS, item.options, strict=False)}
        words = {option.id: option.text for option in item.options}
        return Told(", ".join(f"{number}-{places[correct[part.id]]}" for number, part in enumerate(item.parts, 1)),
                    tuple((part.text, f"{places[correct[part.id]]}. {words[correct[part.id]]}")
                          for part in item.parts))
    if item.type == "ordering":
        texts = {part.id: part.text for part in item.parts}
        marks = {part.id: mark for mark, part in small(item.parts)}
        return Told(", ".join(marks[token] for token in correct),
                    tuple((str(number), texts[token]) for number, token in enumerate(correct, 1)))
    if item.type == "gaps":
        found = [(f"({number})", _gap(part, correct[part.id])) for number, part in enumerate(item.parts, 1)]
        return Told("; ".join(f"{label} {text}" for label, text in found), tuple(found))
    accepted = best(item.type, correct) if item.shape == "text" else ""
    return Told(accepted, (("", accepted),) if accepted else ())


def small(parts: Sequence[Part]) -> list[tuple[str, Part]]:
    """The parts with their letters: a, b, c, …"""
    return list(zip(LETTERS.lower(), parts, strict=False))


def initials(options: Sequence[Option]) -> dict[str, str]:
    """Token → the first letter of what it says, where the letters differ (Đ, S), else all it says."""
    first = {option.id: option.text.strip()[:1].upper() for option in options}
    return first if len(set(first.values())) == len(options) else {option.id: option.text for option in options}


def best(kind: str, accepted: Iterable[Sequence[Any]], texts: Mapping[str, str] | None = None) -> str:
    """The answers worth most as a Vietnamese reader writes them: "CCHC / cải cách HC", "23,5", "20 – 25"."""
    answers = [(str(text), credit) for text, credit in accepted]
    most = max((credit for _text, credit in answers), default=None)
    return " / ".join(dict.fromkeys(_said(kind, text, texts or {}) for text, credit in answers if credit == most))


def _gap(part: Part, accepted: Iterable[Sequence[Any]]) -> str:
    return best(part.kind, accepted, {option.id: option.text for option in part.options})


def _said(kind: str, text: str, texts: Mapping[str, str]) -> str:
    if kind == "choice":
        return texts.get(text, text)
    if kind == "number":
        return " – ".join(end.replace(".", ",") for end in text.split(".."))
    return "*".join(piece.replace("*", "…") for piece in text.split("\\*"))
