"""GIFT's answers: what stands between the braces, cut into signs, weights, texts and feedback. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from contest.questions.formats.drafts import FULL_CREDIT
from contest.questions.formats.gift_text import cover_tags, reveal

EVEN_WITHIN = 100  # thousandths of a per cent: three times 33.333 % are 100 %

_SIGN = re.compile("[=~]")
_WEIGHT = re.compile(r"\s*%\s*([+−-]?)(\d{1,3}(?:[.,]\d{1,9})?)\s*%", re.ASCII)
_BAD_WEIGHT = re.compile(r"\s*%[^%\s]{0,20}%")
_TRUE = frozenset(["T", "TRUE", "Đ", "ĐÚNG"])
_FALSE = frozenset(["F", "FALSE", "S", "SAI"])
_ORDERING = re.compile(
    r">[ \t]{0,50}\d{0,3}[ \t]{0,50}(?:ALL|EXACT|RANDOM|REL|CONTIGUOUS|CONTIG)?[ \t]{0,50}"
    r"(?:HORIZONTAL|HORI|H|1|VERTICAL|VERT|V|0)?(?:[ \t]{1,50}(?:ALL_OR_NOTHING|ABSOLUTE_POSITION|ABSOLUTE|ABS|"
    r"RELATIVE_[A-Z_]{1,40}|RELATIVE|REL|LONGEST_[A-Z_]{1,40}))?(?:[ \t]{1,50}(?:SHOW|TRUE|YES|1|HIDE|FALSE|NO|0))?"
    r"(?:[ \t]{1,50}(?:none|123|abc|ABCD|iii|IIII))?[ \t]*(?=\n|=|$)"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `sign` is "=", "~", or "" for what stands before the first sign.

    `weight` is in thousandths of a per cent, None where the file says none; `bad_weight` shows one
    that is no number of -100 to 100. `offset` is where it starts in its block.
    """

    sign: str
    weight: int | None
    text: str
    feedback: str
    offset: int
    bad_weight: str = ""

    @property
    def credit(self) -> int:
        """The weight, or what the sign alone means."""
        if self.weight is not None:
            return self.weight
        return 0 if self.sign == "~" else FULL_CREDIT


@dataclass(frozen=True, slots=True)
class Section:
    """The text between the braces without the general feedback, and that feedback."""

    text: str
    general: str
    offset: int


def section(text: str, offset: int) -> Section:
    """Return the section of a text between braces that starts at `offset` of its block."""
    text = cover_tags(text)
    cut = text.rfind("####")
    general = text[cut + 4 :] if cut >= 0 else ""
    text = text[:cut] if cut >= 0 else text
    bare = text.lstrip()
    return Section(bare.rstrip(), general, offset + len(text) - len(bare))


def answers(found: Section, skip: int = 0) -> list[Answer]:
    """Return the answers from the section's character `skip` on."""
    text = found.text
    starts = [match.start() for match in _SIGN.finditer(text, skip)]
    cut = [_answer("", text[skip : starts[0] if starts else len(text)], found.offset + skip)]
    for start, end in pairwise([*starts, len(text)]):
        cut.append(_answer(text[start], text[start + 1 : end], found.offset + start))
    first = cut[0]
    return cut if first.text or first.feedback else cut[1:]


def odd_signs(found: Section) -> list[tuple[int, str, str]]:
    """Signs that start an answer where the others don't stand: perhaps nobody escaped them ("~2+2=5").

    Each as its place, the sign and what follows it. Where most signs begin a line, one inside a line is
    odd that has a letter before it or a space behind it; else one behind a letter is, where others have a
    space before them.
    """
    text = found.text
    signs = [match.start() for match in _SIGN.finditer(text)]
    begins = {at for at in signs if not text[text.rfind("\n", 0, at) + 1 : at].strip()}
    glued = {at for at in signs[1:] if not text[at - 1].isspace()}
    if "\n" in text and len(begins) > 1:
        inside = (at for at in signs if at not in begins)
        odd = [at for at in inside if at in glued or text[at + 1 : at + 2].isspace()]
        odd = odd if 2 * len(begins) > len(signs) else []
    else:
        odd = sorted(glued) if len(glued) < len(signs) - 1 else []
    ends = dict(pairwise([*signs, len(text)]))
    return [(found.offset + at, text[at], text[at : ends[at]].strip()) for at in odd]


def _answer(sign: str, text: str, offset: int) -> Answer:
    weight, bad = None, ""
    if given := _WEIGHT.match(text):
        value = Decimal(given[2].replace(",", ".")) * (FULL_CREDIT // 100)
        thousandths = int(value.to_integral_value()) * (-1 if given[1] in ("-", "−") else 1)
        text = text[given.end() :]
        if abs(thousandths) <= FULL_CREDIT:
            weight = thousandths
        else:
            bad = given[0].strip()
    elif wrong := _BAD_WEIGHT.match(text):
        bad = wrong[0].strip()
    answer, _, feedback = text.partition("#")
    return Answer(sign, weight, answer.strip(), feedback.strip(), offset, bad)


def truth(found: Section) -> tuple[bool, str, str] | None:
    """Return right or wrong, the feedback of the wrong choice and of the right one; None for other questions."""
    word, *feedback = found.text.split("#", 2)
    word = word.strip()
    if len(word) > 5 or word.upper() not in _TRUE | _FALSE or (len(word) == 1 and word != word.upper()):
        return None
    wrong, right, *_ = [*(said.strip() for said in feedback), "", ""]
    return word.upper() in _TRUE, wrong, right


def pairs(found: Section) -> list[tuple[str, str | None, int]]:
    """Return prompt, target and place of each "=prompt -> target"; the target is None without an arrow."""
    cut: list[tuple[str, str | None, int]] = []
    starts = [match.start() for match in re.finditer("=", found.text)]
    if found.text[: starts[0] if starts else None].strip():
        cut.append((found.text[: starts[0] if starts else None].strip(), None, found.offset))
    for start, end in pairwise([*starts, len(found.text)]):
        prompt, arrow, target = found.text[start + 1 : end].partition("->")
        cut.append((prompt.strip(), target.strip() if arrow else None, found.offset + start))
    return cut


def steps(found: Section) -> list[str] | None:
    """Return the items of an ordering question ("{>4 ALL VERTICAL …") in order, None for other questions."""
    head = _ORDERING.match(found.text)
    if head is None:
        return None
    rest = found.text[head.end() :].strip()
    items = rest.split("=") if rest.startswith("=") else rest.split("\n")
    return [item.strip() for item in items if item.strip()]


def even(weights: Sequence[int]) -> bool:
    """True where the weights say no more than right and wrong: equal shares of 100 %, and nothing below 0."""
    positive = [credit for credit in weights if credit > 0]
    return bool(positive) and min(weights) >= 0 and min(positive) == max(positive) and complete_sum(weights)


def complete_sum(weights: Sequence[int]) -> bool:
    """True where the positive weights make 100 %, give or take a tenth."""
    return abs(sum(credit for credit in weights if credit > 0) - FULL_CREDIT) <= EVEN_WITHIN


def percent(credit: int) -> str:
    """Return "50", "33.333", "-12.5" for thousandths of a per cent."""
    sign, rest = "-" if credit < 0 else "", abs(credit)
    whole, part = divmod(rest, FULL_CREDIT // 100)
    return f"{sign}{whole}" + (f".{part:03}".rstrip("0") if part else "")


def visible(text: str) -> str:
    """Return a covered text on one line, for an explanation's heading."""
    return " ".join(reveal(text).split())
