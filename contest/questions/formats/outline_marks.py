"""The number at the start of a document's line: Điều 5, II., 3., 2.1., a), Phụ lục I. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contest.questions.formats.locators import plain_words, roman

LETTERS = "abcdđeghiklmnopqrstuvxy"  # the order of the points of an article
CONTAINERS = ("phan", "chuong", "muc", "dieu")
_WORDED = (
    ("phan", re.compile(r"^phan\s+(?:thu\s+)?([ivx]+|\d{1,2}|[a-h]|nhat|hai|ba|tu|nam|sau)(?!\w)\s*[.:–-]?\s*")),
    ("chuong", re.compile(r"^chuong\s+([ivx]+|\d{1,2})(?!\w)\s*[.:–-]?\s*")),
    ("muc", re.compile(r"^muc\s+(\d{1,2}|[ivx]+)(?!\w)\s*[.:–-]?\s*")),
    ("dieu", re.compile(r"^dieu\s+(\d{1,3}[a-zđ]?)\s*(?:[.:–-]\s*|$)")),
)
_APPENDIX = re.compile(r"^phu luc(?:\s+(?:so\s+)?([ivx]+|\d{1,2})(?!\w))?\s*[.:–-]?\s*")
_ROMAN = re.compile(r"^([IVX]{1,6})\s*[.)/–-]\s*(?=\S)")
_UPPER = re.compile(r"^([A-HK-N])\s*[.)–-]\s+(?=\S)")
_DOTTED = re.compile(r"^(\d{1,2}(?:\.\d{1,2})+)\.?\s+(?=\S)")
_NUMBER = re.compile(r"^(\d{1,2})\s*[./]\s*(?=[^\d\s])")
_PARENTHESIS = re.compile(r"^\(?(\d{1,2})\)\s*(?=\S)")
_LETTER = re.compile(r"^([a-zđ])(?:\s?\)\s*|\.\s+)(?=\S)")
_ORDINALS = {"nhat": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6}
_SIGNS = re.compile(r"</?(?:p|br|b|i|em|strong)\s*/?>|^#{1,6}\s+|\*{1,3}|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line is numbered with. `value` is the label's place in its order, from 1; `rest` the line's words."""

    kind: str  # phuluc, phan, chuong, muc, dieu, upper, roman, number, dotted, parenthesis, letter
    label: str
    value: int
    rest: str


def bare(line: str) -> str:
    """A line without the signs of Markdown and blanks at its ends."""
    return " ".join(_SIGNS.sub("", line.strip()).replace("\t", " ").split()).strip()


def capital(text: str) -> bool:
    """Whether a text is set in capitals."""
    return any(char.isalpha() for char in text) and text.upper() == text


def mark_of(line: str) -> Mark | None:
    """The mark of a line as `bare` gives it, None where it has none."""
    plain = plain_words(line)
    appendix = _APPENDIX.match(plain)
    if appendix and _heads(line, line[appendix.end():], 60):
        return Mark("phuluc", (appendix[1] or "").upper(), _counted(appendix[1] or ""), line[appendix.end():])
    for kind, pattern in _WORDED:
        found = pattern.match(plain)
        if found and line[:1].isupper() and (kind == "dieu" or _heads(line, line[found.end():], 200)):
            label = line[found.start(1):found.end(1)]
            label = str(_ORDINALS[found[1]]) if found[1] in _ORDINALS else label
            return Mark(kind, label.upper() if kind != "dieu" else label.lower(), _counted(found[1]),
                        line[found.end():])
    return _numbered(line)


def _numbered(line: str) -> Mark | None:
    found = _ROMAN.match(line)
    if found and roman(found[1]):
        return Mark("roman", found[1], roman(found[1]) or 0, line[found.end():])
    found = _UPPER.match(line)
    if found and capital(line[found.end():]):
        return Mark("upper", found[1], ord(found[1]) - 64, line[found.end():])
    found = _DOTTED.match(line)
    if found and not line[found.end()].islower():
        return Mark("dotted", found[1], int(found[1].rpartition(".")[2]), line[found.end():])
    for kind, pattern in (("number", _NUMBER), ("parenthesis", _PARENTHESIS)):
        found = pattern.match(line)
        if found and int(found[1]):
            return Mark(kind, str(int(found[1])), int(found[1]), line[found.end():])
    found = _LETTER.match(line)
    if found and found[1] in LETTERS:
        return Mark("letter", found[1], LETTERS.index(found[1]) + 1, line[found.end():])
    return None


def _heads(line: str, rest: str, most: int) -> bool:
    """Whether words after "Chương II" make a heading, not a sentence that begins with those words."""
    if not rest.strip():
        return True
    return len(line) <= most and (rest[:1].isupper() or rest[:1] in "\"“(") and not rest.rstrip().endswith(";")


def _counted(label: str) -> int:
    low = label.lower()
    if low in _ORDINALS:
        return _ORDINALS[low]
    digits = re.match(r"\d+", low)
    return int(digits[0]) if digits else roman(low) or (ord(low) - 96 if len(low) == 1 else 0)
