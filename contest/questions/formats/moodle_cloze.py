"""The gaps inside a text of Moodle's cloze type: {1:SHORTANSWER:=Huế~%50%Thừa Thiên#gần đúng}. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from contest.questions.formats.drafts import FULL_CREDIT, Gap, GapKind
from contest.questions.formats.moodle_texts import credit

KINDS: dict[str, GapKind] = {
    **dict.fromkeys(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"), "text"),
    **dict.fromkeys(("NUMERICAL", "NM"), "number"),
    **dict.fromkeys((f"{name}{way}" for way in ("", "_V", "_H", "_S", "_VS", "_HS") for name in ("MULTICHOICE",)),
                    "choice"),
    **dict.fromkeys(("MC", "MCV", "MCH", "MCS", "MCVS", "MCHS"), "choice"),
    **dict.fromkeys((f"MULTIRESPONSE{way}" for way in ("", "_H", "_S", "_HS")), "choice"),
    **dict.fromkeys(("MR", "MRH", "MRS", "MRHS"), "choice"),
}
CASE_KEPT = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
SEVERAL = frozenset(name for name in KINDS if name.startswith(("MULTIRESPONSE", "MR")))
_START = re.compile(r"\{(\d{0,6}):\s{0,9}(" + "|".join(sorted(KINDS, key=len, reverse=True)) + r"):")
_BODY = re.compile(r"((?:[^\\}]++|\\.)*+)\}", re.DOTALL)
_ALTERNATIVE = re.compile(r"(?:[^\\~]++|\\.)++", re.DOTALL)
_CREDIT = re.compile(r"\s*(?:(=)|%(-?\d{1,3}(?:[.,]\d{0,10})?)%)?", re.DOTALL)
_FEEDBACK = re.compile(r"((?:[^\\#&]++|\\.|&(?:amp;)?#?)*+)#", re.DOTALL)
_HIDDEN = re.compile(r"""\\([}#~/"\\])""")
_SIGN = re.compile(r"[\\}#~]")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One answer of a gap, its source still HTML; `credit` is that of a draft."""

    source: str
    credit: int
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Hole:
    """One gap as written: `name` is its type in the text, `weight` its share."""

    name: str
    weight: int
    alternatives: tuple[Alternative, ...]

    @property
    def kind(self) -> GapKind:
        """What it takes."""
        return KINDS[self.name]


def cut(text: str) -> tuple[str, list[Hole], str]:
    """The text with [[1]], [[2]] … for its gaps, the gaps, and the start of one that is never closed."""
    pieces: list[str] = []
    holes: list[Hole] = []
    at = 0
    while found := _START.search(text, at):
        body = _BODY.match(text, found.end())
        if body is None:
            return "".join(pieces) + text[at:], holes, text[found.start():found.start() + 40]
        holes.append(Hole(found[2], int(found[1] or 1), _alternatives(body[1])))
        pieces.append(f"{text[at:found.start()]}[[{len(holes)}]]")
        at = body.end()
    return "".join(pieces) + text[at:], holes, ""


def _alternatives(body: str) -> tuple[Alternative, ...]:
    found = []
    for one in _ALTERNATIVE.findall(body):
        sign = _CREDIT.match(one)
        worth = FULL_CREDIT if sign and sign[1] else credit(sign[2] if sign else None)
        answer = one[sign.end():] if sign else one
        split = _FEEDBACK.match(answer)
        feedback = answer[split.end():] if split else ""
        source = _shown(split[1] if split else answer).strip()
        if source or feedback:
            found.append(Alternative(source, worth, _shown(feedback).strip()))
    return tuple(found)


def _shown(source: str) -> str:
    return _HIDDEN.sub(r"\1", source)


def hidden(source: str) -> str:
    """The source of an answer so that it ends no alternative and no gap."""
    return _SIGN.sub(r"\\\g<0>", source)


def written(gap: Gap, sources: Sequence[str], *, case_kept: bool, weight: int) -> str:
    """A gap in Moodle's writing; `sources` are its answers as HTML, for a number "23.5:0.1"."""
    name = {"text": "SHORTANSWER_C" if case_kept else "SHORTANSWER", "number": "NUMERICAL",
            "choice": "MULTICHOICE"}[gap.kind]
    alternatives = [f"{_sign(answer.credit)}{hidden(source)}"
                    for answer, source in zip(gap.answers, sources, strict=True)]
    return f"{{{weight}:{name}:{'~'.join(alternatives)}}}"


def _sign(worth: int) -> str:
    if worth == FULL_CREDIT:
        return "="
    percent = f"{worth / 1000:.3f}".rstrip("0").rstrip(".")
    return f"%{percent}%"


def unescaped(source: str) -> str:
    """The plain text of an answer in a text that is not HTML: Moodle reads entities there too."""
    return html.unescape(source)
