"""When a written answer is an accepted one: Vietnamese spelled in several ways, `*` for any text.

No regular expression is built from a key: the time of a comparison is bounded by the product of the
two lengths, whatever they hold.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_STAR = "\ue000"  # a written asterisk, beside the `*` that stands for any text
_ENDS = " .,;:!?…\"'`“”‘’«»"
_LOOK_ALIKES: dict[str, str] = {
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\xad", ""), **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("“”„", '"'), **dict.fromkeys("‘’‚", "'"),
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code != 0xFF0A}}
_TABLE = str.maketrans(_LOOK_ALIKES)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SPELLED = {unicodedata.normalize("NFC", vowel + tone): (vowel, tone)
            for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in ("", *_TONES)}
_VOWELS = re.compile(f"[{''.join(_SPELLED)}]{{2,}}")


@dataclass(frozen=True)
class Pattern:
    """An accepted text, folded: the pieces between its asterisks, with and without diacritics."""

    pieces: tuple[str, ...]
    bare: tuple[str, ...]


def matches(accepted: str, given: str, *, case_kept: bool = False, diacritics_needed: bool = False) -> bool:
    """True where `given` is the text `accepted`, in which `*` stands for any text and `\\*` for an asterisk.

    NFC and NFD, runs of spaces, the place of a tone mark (hòa, hoà) and punctuation at the ends never
    count. Case does with `case_kept`. A letter may be written without its diacritics, but not with
    others (bo is taken for bò, bơ is not), unless `diacritics_needed`.
    """
    pattern = _pattern(accepted, case_kept)
    text = fold(given.replace("*", _STAR), case_kept=case_kept)
    if len(text) < sum(map(len, pattern.pieces)):
        return False
    comparison = _Comparison(text, text if diacritics_needed else bare(text), exact=diacritics_needed)
    return _found(pattern, comparison)


def fold(text: str, *, case_kept: bool = False) -> str:
    """The text in NFC, tone marks at the last vowel of their syllable, one space between words.

    Lower case unless `case_kept`; punctuation and spaces at the ends left out, unless nothing else is there.
    """
    text = unicodedata.normalize("NFC", text.translate(_TABLE))
    if not case_kept:
        text = unicodedata.normalize("NFC", text.casefold())
    text = " ".join(_VOWELS.sub(_tone_last, text).split())
    return text.strip(_ENDS) or text


def bare(text: str) -> str:
    """The text letter for letter without the diacritics of Latin letters; đ is d."""
    return text if text.isascii() else "".join(map(_bare_letter, text))


@lru_cache(4096)
def _bare_letter(letter: str) -> str:
    base = {"đ": "d", "Đ": "D"}.get(letter) or unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() and base.isalpha() else letter


def _tone_last(found: re.Match[str]) -> str:
    letters = [_SPELLED[letter] for letter in found[0]]
    tones = [tone for _letter, tone in letters if tone]
    if len(tones) != 1:
        return found[0]
    return unicodedata.normalize("NFC", "".join(letter for letter, _tone in letters) + tones[0])


@lru_cache(2048)
def _pattern(accepted: str, case_kept: bool) -> Pattern:
    pieces = tuple(fold(accepted.replace("\\*", _STAR), case_kept=case_kept).split("*"))
    return Pattern(pieces, tuple(map(bare, pieces)))


@dataclass(frozen=True)
class _Comparison:
    """A folded answer, and how a piece of a pattern is looked for in it."""

    text: str
    bare: str
    exact: bool

    def at(self, piece: str, start: int) -> bool:
        """True where the piece stands at `start`; both are as long."""
        part = self.text[start:start + len(piece)]
        if part == piece:
            return True
        return not self.exact and all(a == k or a == _bare_letter(k) for a, k in zip(part, piece, strict=True))

    def find(self, piece: str, bare_piece: str, start: int, end: int) -> int:
        """The first place of the piece within [start, end), -1 for none."""
        if self.exact:
            return self.text.find(piece, start, end)
        place = self.bare.find(bare_piece, start, end)
        while place >= 0 and not self.at(piece, place):
            place = self.bare.find(bare_piece, place + 1, end)
        return place


def _found(pattern: Pattern, answer: _Comparison) -> bool:
    """The first piece at the beginning, the last at the end, the others in between: the leftmost place is enough."""
    first, last = pattern.pieces[0], pattern.pieces[-1]
    if len(pattern.pieces) == 1:
        return len(first) == len(answer.text) and answer.at(first, 0)
    start, end = len(first), len(answer.text) - len(last)
    if not answer.at(first, 0) or not answer.at(last, end):
        return False
    for piece, bare_piece in zip(pattern.pieces[1:-1], pattern.bare[1:-1], strict=True):
        place = answer.find(piece, bare_piece, start, end)
        if place < 0:
            return False
        start = place + len(piece)
    return True
