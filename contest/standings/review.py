"""An answer beside the right one, as plain words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contest.scoring.judging import CHOICES, FULL, Answer, Question, parts, value
from contest.scoring.marks import Marked

# (token, what it says, token → text of what it takes; empty where it is written into)
Shown = tuple[str, str, Mapping[str, str]]


@dataclass(frozen=True)
class Line:
    """One part of an answer.

    `label` is the statement, the prompt or the item; of a gap its number; "" where the answer is one
    text. `given` is None where it was left blank. `expected` are the answers worth most, in which …
    stands for any text. `right` is None where a person marks. `chosen`: given and expected are texts of
    the question, Markdown where its stem is; else they were typed.
    """

    label: str
    given: str | None
    expected: tuple[str, ...]
    right: bool | None
    chosen: bool = field(default=False, compare=False)


def lines(question: Question, shown: Sequence[Shown], answer: Answer | None) -> tuple[Line, ...]:
    """The answer part by part, in the order shown; nothing for a question whose answer is options."""
    if question.type in CHOICES:
        return ()
    given = answer or {}
    if question.type == "essay":
        return (Line("", value(given, "") or None, (), None),)
    earned = parts(question, given)
    if question.type in ("short_text", "number"):
        return (Line("", value(given, "") or None, _best(question.type, question.correct, {}), earned[""] == FULL),)
    found = []
    for number, (token, text, texts) in enumerate(shown, 1):
        put = value(given, token)
        found.append(Line(text or str(number), texts.get(put, put) or None, _expected(question, token, texts),
                          earned[token] == FULL, bool(texts)))
    return tuple(found)


def outcome(marked: Marked) -> str:
    """right, partial, wrong, blank or pending: what one answer came to."""
    if not marked.answered:
        return "blank"
    if marked.pending:
        return "pending"
    return "right" if marked.correct else "partial" if marked.points > 0 else "wrong"


def _expected(question: Question, token: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    if question.type == "ordering":
        return (str(question.correct.index(token) + 1),)
    if question.type == "gaps":
        return _best(question.kinds[token], question.correct[token], texts)
    return (texts[question.correct[token]],)


def _best(kind: str, accepted: Iterable[Sequence[Any]], texts: Mapping[str, str]) -> tuple[str, ...]:
    answers = [(str(text), credit) for text, credit in accepted]
    most = max(credit for _text, credit in answers)
    return tuple(dict.fromkeys(_said(kind, text, texts) for text, credit in answers if credit == most))


def _said(kind: str, text: str, texts: Mapping[str, str]) -> str:
    """An accepted answer as a Vietnamese reader writes it."""
    if kind == "choice":
        return texts[text]
    if kind == "number":
        return " – ".join(end.replace(".", ",") for end in text.split(".."))
    return "*".join(piece.replace("*", "…") for piece in text.split("\\*"))
