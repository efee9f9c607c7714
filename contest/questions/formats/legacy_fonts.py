"""Vietnamese typed in fonts of before Unicode: TCVN3 (.VnTime) and VNI (VNI-Times) → Unicode. Pure.

TCVN3 is the table VN3 of TCVN 5712:1993; a font whose name ends in H shows the same codes as capitals.
VNI-Windows writes a letter and, after it, a second one for its diacritics.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Literal

Encoding = Literal["tcvn3", "tcvn3-capitals", "vni"]

_TCVN3 = dict(zip(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ", strict=True))
_TCVN3_CODES = str.maketrans(_TCVN3)
_TCVN3_TYPED = re.compile("[" + "".join(_TCVN3) + "]")
_TCVN3_BACK = {ord(char): code for code, char in _TCVN3.items()}

_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_ON_A = {"ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"}
_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_ALONE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ"}


def _vni_table() -> dict[str, str]:
    table = dict(_ALONE)
    for sign, tone in _TONES.items():
        for typed, letter in (*zip("aeouy", "aeouy", strict=True), ("ô", "ơ"), ("ö", "ư")):
            table[typed + sign] = unicodedata.normalize("NFC", letter + tone)
    for sign, tone in _CIRCUMFLEX.items():
        for letter in "aeo":
            table[letter + sign] = unicodedata.normalize("NFC", letter + "\u0302" + tone)
    table.update({"a" + sign: letter for sign, letter in _ON_A.items()})
    for typed, letter in list(table.items()):
        table[typed.upper()] = letter.upper()
        if len(typed) > 1:
            table[typed[0].upper() + typed[1]] = letter.upper()
            table[typed[0] + typed[1].upper()] = letter
    return table


_VNI = _vni_table()
_VNI_TYPED = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_VNI_BACK = {letter: typed for typed, letter in _VNI.items() if typed in (typed.lower(), typed.upper())}
_VNI_SIGNS = "".join({*_TONES, *_ON_A, *_CIRCUMFLEX})
VNI_SECOND = frozenset(_VNI_SIGNS + _VNI_SIGNS.upper())  # these belong to the letter before

_PRIVATE = {0xF000 + code: chr(code) for code in range(0x20, 0x100)}
_WINDOWS = {ord(bytes([code]).decode("cp1252", "replace")): chr(code) for code in range(0x80, 0xA0)}
_WINDOWS.pop(0xFFFD, None)
_FONT = re.compile(r"\.Vn[A-Za-z0-9 ]+")


def encoding_of_font(name: str) -> Encoding | None:
    """The encoding that a font's name stands for, None for a font of Unicode."""
    name = name.strip()
    if name.upper().startswith(("VNI-", "VNI ")):
        return "vni"
    if _FONT.match(name):
        return "tcvn3-capitals" if name.endswith("H") else "tcvn3"
    return None


def convert(text: str, encoding: Encoding) -> str:
    """The text in Unicode. What the font's table doesn't hold stays as it is."""
    text = text.translate(_PRIVATE)
    if encoding == "vni":
        return unicodedata.normalize("NFC", _VNI_TYPED.sub(lambda found: _VNI[found[0]], text))
    plain = text.translate(_TCVN3_CODES)
    return plain.upper() if encoding == "tcvn3-capitals" else plain


def typed_in(text: str, encoding: Encoding) -> str:
    """The text as such a font needs it: the way back, for tests and measurements.

    Capitals with tones have no codes in TCVN3, only in its fonts of capitals.
    """
    if encoding == "vni":
        return "".join(_VNI_BACK.get(char, char) for char in text)
    return (text.lower() if encoding == "tcvn3-capitals" else text).translate(_TCVN3_BACK)


_ONSET = "ngh|ng|nh|n|th|tr|t|ch|c|gh|gi|g|kh|k|ph|p|qu|[bdđhlmrsvx]"
_NUCLEUS = ("iêu|yêu|ươu|ươi|uôi|oai|oay|oao|oeo|uây|uyê|uya|uyu|uêu|iê|yê|ươ|uô|uơ|uâ|uê|uy|oa|oă|oe|oo|ua|ưa|ia|"
            "ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|[aăâeêioôơuưy]")
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_NUCLEUS})(?:ch|ng|nh|[cmnpt])?")
_TONE_MARKS = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = re.compile(r"[^\W\d_]+")
_BEYOND_LATIN_1 = re.compile("[ăđĩơưĂĐĨƠƯẠ-ỹ]")
_SAMPLE_CHARS = 200_000


def is_syllable(word: str) -> bool:
    """True where the word is built like a Vietnamese syllable."""
    apart = unicodedata.normalize("NFD", word.lower())
    bare, tones = _TONE_MARKS.subn("", apart)
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


def is_unicode(text: str) -> bool:
    """True where letters stand that no old encoding has."""
    return _BEYOND_LATIN_1.search(text) is not None


def detect(text: str) -> Encoding | None:
    """The old encoding of a text, None where it is Unicode or where the text cannot tell.

    It takes three letters that have become Vietnamese ones and words that are nearly all syllables
    only after the conversion.
    """
    sample = text[:_SAMPLE_CHARS]
    if sample.isascii():
        return None
    unicode_letters = len(_BEYOND_LATIN_1.findall(sample))
    before = _share(sample)
    best: Encoding | None = None
    best_share = max(before + 0.1, 0.75)
    candidates: tuple[Encoding, ...] = ("tcvn3", "vni")
    for encoding in candidates:
        became = convert(sample, encoding)
        gained = len((_VNI_TYPED if encoding == "vni" else _TCVN3_TYPED).findall(sample))
        share = _share(became) if gained >= 3 and gained > 2 * unicode_letters else 0.0
        if share > best_share:
            best, best_share = encoding, share
    return best


def _share(text: str) -> float:
    """The share of words with a sign beyond ASCII that are syllables; such words tell encodings apart."""
    words: Counter[bool] = Counter()
    for word in re.findall(r"\S+", text):
        if not word.isascii():
            core = word.strip(".,;:!?()[]“”\"'…")
            found = _WORD.findall(core)
            words[bool(found) and "".join(found) == core.replace("-", "").replace("/", "") and
                  all(is_syllable(each) for each in found)] += 1
    return words[True] / words.total() if words else 0.0


def repaired_windows(text: str) -> str:
    """Signs that a program took for windows-1252 below A0 as the codes they were."""
    return text.translate(_WINDOWS)
