"""Vietnamese text as it comes out of files: repaired, folded, hashed. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

# Typographic “ ” and ‘ ’ are right in Vietnamese and stay; only look-alikes are put right.
_REPLACEMENTS: dict[str, dict[int, str | None]] = {
    "nbsp": dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    "zero_width": dict.fromkeys(
        [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF], None
    ),
    "full_width": {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    "quotes": {
        **dict.fromkeys([0x201E, 0x201F, 0x2033, 0x301D, 0x301E], '"'),
        **dict.fromkeys([0x201A, 0x201B, 0x2032, 0xB4], "'"),
    },
    "line_breaks": dict.fromkeys([0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029], "\n"),
    "control": dict.fromkeys(
        [*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF],
        None,
    ),
}
_TABLE: dict[int, str | None] = {
    code: to for table in _REPLACEMENTS.values() for code, to in table.items()
}
_KIND = {chr(code): kind for kind, table in _REPLACEMENTS.items() for code in table}
SUSPECT = re.compile("[" + "".join(re.escape(char) for char in _KIND) + "]")


def repair(text: str) -> tuple[str, frozenset[str]]:
    """Return the text in NFC without odd spaces and control characters, and what was mended.

    The kinds: nfd, nbsp, zero_width, full_width, quotes, line_breaks, control. Spaces at the ends
    go unreported; a Windows line end is an ordinary line break.
    """
    if text.isascii() and text.isprintable():
        return text.strip(), frozenset()
    kinds: set[str] = set()
    text = text.replace("\r\n", "\n")
    suspects = set(SUSPECT.findall(text))
    if suspects:
        kinds = {_KIND[char] for char in suspects}
        text = text.translate(_TABLE)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        kinds.add("nfd")
    if "\n" in text:
        text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return text.strip(), frozenset(kinds)


_NOT_WORD = re.compile(r"[^\w+<=>|~±×÷≤≥≠−%-]+|_+")
_HYPHEN = re.compile(r"(?<=[^\W_])-|-(?!\d)")
_MARKS = re.compile("[\u0300-\u036f]+")
_BEYOND_MARKS = re.compile("[^\x00-\x7f\u0300-\u036f]")
_KEPT = "+<=>|~%-"
_ASCII_WORDS = {n: chr(n) if chr(n).isalnum() or chr(n) in _KEPT else " " for n in range(128)}


def fold(text: str) -> str:
    """Return lower-case words without diacritics and punctuation, one space between.

    đ is d; hoà and hòa are one, as are thuỷ and thủy. Signs that carry meaning in sums stay:
    + < = > % and a minus before a number.
    """
    folded = text.casefold().replace("đ", "d")
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
        if _BEYOND_MARKS.search(folded):
            folded = _NOT_WORD.sub(" ", _MARKS.sub("", folded).replace("ð", "d"))
        else:
            folded = folded.encode("ascii", "ignore").decode()
    if "-" in folded:
        folded = _HYPHEN.sub(" ", folded)
    return " ".join((folded.translate(_ASCII_WORDS) if folded.isascii() else folded).split())


def squeeze(text: str) -> str:
    """Return `fold` without any space: "Đáp án A" and "đápán a" are both "dapana"."""
    return fold(text).replace(" ", "")


def same(text: str) -> str:
    """Return the form in which two options of one question count as the same text.

    Case, runs of spaces and closing punctuation don't distinguish; diacritics do, and so does
    punctuation inside (1,5 is not 15).
    """
    lowered = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return lowered.rstrip(".;, ") or lowered


def content_hash(stem: str, options: Sequence[str]) -> str:
    """Return 64 hex digits: the identity of a question without a code.

    The order of the options doesn't count, nor does anything that `fold` drops.
    """
    parts = [fold(stem) or stem, *sorted(fold(option) or option for option in options)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


# Letters that no Vietnamese Unicode text holds in such numbers.
_TCVN3 = re.compile("[µ¶·¸¹¨»¼½¾©Æ®«¬ªÇË¦§¤¥¡¢Î×ÞØÑÖ]")
_VNI = re.compile("[aeouyAEOUY][øûïäåæ]|[aeAE][ùõâ]")
OLD_SIGNS = re.compile("[µ¶·¸¹¨»¼½¾©Æ®«¬ªÇË¦§¤¥¡¢Î×ÞØÑÖøûïäåæ]|[aeAE][ùõâ]")  # either of them may begin here


def legacy_encoding(text: str) -> str | None:
    """Return "tcvn3" or "vni" where the text was typed in a font of before Unicode, else None."""
    if text.isascii() or not OLD_SIGNS.search(text):
        return None
    for name, pattern in (("tcvn3", _TCVN3), ("vni", _VNI)):
        hits = len(pattern.findall(text))
        if hits >= 3 and hits * 100 >= 6 * len("".join(text.split())):
            return name
    return None
