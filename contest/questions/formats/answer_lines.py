"""The key of one gap as a box of a form holds it, one answer a line, both ways. Pure."""

from __future__ import annotations

import re

from contest.questions.formats.drafts import FULL_CREDIT, Accepted, Gap, GapKind
from contest.questions.formats.notation import credit_of, number_of, percent

_WORTH = re.compile(r"\s=\s?(-?\d{1,3}(?:[.,]\d{1,3})?)\s?%$")


def read_lines(kind: GapKind, text: str) -> Gap | None:
    """The gap of "Hà Nội", a line an answer, " =50%" after one that earns a part; a star before a right choice.

    Of equal answers of a text or a number the first counts. None where a number is none.
    """
    found: list[Accepted] = []
    for line in filter(None, (" ".join(line.split()) for line in text.split("\n"))):
        starred = kind == "choice" and line.startswith("*")
        answer, credit = _answer(line.removeprefix("*").strip() if starred else line,
                                 FULL_CREDIT if starred or kind != "choice" else 0)
        if kind == "number":
            number = number_of(answer)
            if number is None:
                return None
            answer = number
        if kind == "choice" or answer not in {one.text for one in found}:
            found.append(Accepted(answer, credit))
    return Gap(kind, tuple(found))


def write_lines(gap: Gap) -> str:
    """The lines that `read_lines` reads back; a line break inside an answer becomes a space."""
    return "\n".join(_line(gap.kind, answer) for answer in gap.answers)


def number_shown(text: str) -> str:
    """A stored number or interval as a Vietnamese reader writes it: "23.53±0.01" is "23,53±0,01"."""
    written = "..".join(end.replace(".", ",") for end in text.split(".."))
    return written if number_of(written) == text else text


def _line(kind: GapKind, answer: Accepted) -> str:
    text = number_shown(answer.text) if kind == "number" else " ".join(answer.text.split())
    usual = FULL_CREDIT
    if kind == "choice":
        usual = FULL_CREDIT if answer.credit == FULL_CREDIT or text.startswith("*") else 0
        text = ("*" if usual else "") + text
    return text if answer.credit == usual and not _WORTH.search(text) else f"{text} ={percent(answer.credit)}%"


def _answer(line: str, usual: int) -> tuple[str, int]:
    worth = _WORTH.search(line)
    credit = credit_of(worth[1]) if worth else None
    return (line[: worth.start()].rstrip(), credit) if worth and credit is not None else (line, usual)
