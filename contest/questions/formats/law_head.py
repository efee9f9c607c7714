"""What the head of a document says of it: kind, number, date, issuer, title. A guess, to be looked at. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contest.questions.formats.law_numbers import Named, dates_in, kind_of_number, kind_of_words, named, numbers_in
from contest.questions.formats.locators import plain_words
from contest.questions.formats.outline_marks import capital
from contest.questions.formats.outline_words import agency, continued, lowered

_NUMBER_LINE = re.compile(r"^(luat\s+)?so\s*:")
_PLACE_LINE = re.compile(r"^(.{2,60}?),\s*ngay.{0,12}thang")
_KIND = re.compile(r"^(ke hoach|nghi quyet|quyet dinh|bo luat|luat|nghi dinh|thong tu lien tich|thong tu|chi thi|de an"
                   r"|chuong trinh|quy che|quy dinh|huong dan|cong van|ket luan|thong bao|phuong an)(?!\w)\s*:?\s*")


@dataclass(frozen=True, slots=True)
class Heads:
    """The lines that may tell: the head's, those in brackets below an attachment's title, the signature's."""

    head: Sequence[str]
    attached: Sequence[str] = ()
    closing: Sequence[str] = ()
    titles: Sequence[str] = ()


def guess(heads: Heads) -> Named:
    """The document as its lines name it; what they don't say is "" or None."""
    below = " ".join(heads.attached)
    at = next((n for n, line in enumerate(heads.head) if _kind_line(line)), None)
    kind = kind_of_words(heads.head[at]) if at is not None else ""
    numbers = [number for line in heads.head if _NUMBER_LINE.match(plain_words(line)) for number in numbers_in(line)]
    same = [number for number in numbers_in(below) if not kind or kind_of_number(number) in (kind, "")]
    number = (numbers or same or [""])[0]
    dates = [day for line in heads.head if "ngay" in plain_words(line) for day in dates_in(line)]
    dates = dates or (dates_in(below) if same else [])
    title = _title(heads.head, at) if at is not None else ""
    return Named(kind or kind_of_number(number), number, dates[0] if dates else None, _issuer(heads, at, below),
                 title or next(iter(heads.titles), ""))


def _kind_line(line: str) -> bool:
    found = _KIND.match(plain_words(line))
    return found is not None and capital(line[:found.end()])


def _title(lines: Sequence[str], at: int) -> str:
    found = _KIND.match(plain_words(lines[at]))
    words = [lines[at][found.end():] if found is not None else ""]
    for line in lines[at + 1:]:
        if agency(line) or _PLACE_LINE.match(plain_words(line)) or _NUMBER_LINE.match(plain_words(line)):
            break
        words.append(line)
    title = ""
    for line in words:
        title = continued(title, line.strip())
    return title[:500].strip()


def _issuer(heads: Heads, at: int | None, below: str) -> str:
    after = heads.head[at + 1:] if at is not None else []
    before = heads.head[:at] if at is not None else heads.head
    signs = [line for line in after if agency(line)]
    told = re.sub(r"\)+$", "", named(below).issuer).strip()
    if signs:
        short = lowered(signs[-1])[:200]
        return told if told and plain_words(short).endswith((" tinh", " thanh pho", " huyen")) else short
    agencies = [line for line in before if agency(line)]
    if agencies:
        return lowered(" ".join(agencies))[:200]
    if told:
        return told
    places = [(line, _PLACE_LINE.match(plain_words(line))) for line in heads.head]
    place = next((line[:found.end(1)] for line, found in places if found is not None), "")
    signed = next((line for line in heads.closing if "UY BAN NHAN DAN" in plain_words(line).upper()), "")
    if place and signed:
        return f"Ủy ban nhân dân {place[:1].lower()}{place[1:]}"
    return lowered(re.sub(r"^(TM|KT|TL)\.\s*", "", signed)) if signed else ""
