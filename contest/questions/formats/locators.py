"""Places inside a document, as people write them: "Mục II.3", "Khoản 2 Điều 5", "Phụ lục, STT 5". Pure.

A key is the parts of a place joined by "/": roman numerals in capitals (II), arabic ones (3),
letters in lower case (a, đ), "d5" for Điều 5, "c2" for Chương II, "m1" for a Mục below a Chương,
"p2" and "pB" for Phần, "pl" and "pl2" for Phụ lục, "dau" for what stands before the first of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from contest.questions.formats.text import fold

WHOLE = "all"  # the key of a document as a whole
OPENING = "dau"
_RANK = {"pl": 0, "phan": 1, "chuong": 2, "muc": 3, "tieu muc": 3, "dieu": 4, "khoan": 5, "stt": 5, "diem": 6,
         "tiet": 7}
_LABEL = r"(?:[ivxlc]+|\d{1,4}[a-zđ]?|[a-zđ]|nhat)(?![\w])(?:\s?[./]\s?(?:\d{1,3}|[a-zđ]|[ivx]+)(?![\w/]))*"
_PLACE = re.compile(
    r"(?<![\w])(phu luc|phan|chuong|tieu muc|muc|dieu|khoan|diem|tiet|stt|so thu tu)"
    rf"(?:\s*(?:thu|so)(?=\s))?(?:\s*({_LABEL})((?:\s*(?:,|va)\s*(?:\d{{1,3}}|[a-zđ])(?![\w./]))*))?")
_OPENING = re.compile(r"(?<!\w)phan\s+(?:can cu|mo dau)(?!\w)|^\s*(?:can cu(?: ban hanh)?|mo dau|loi noi dau)\s*$")
_FINE = re.compile(r"[\s,;]*(?<!\w)(?:gach dau dong|dau dong|dau cong|doan|y|cau|dong|trang)\s+"
                   r"(?:thu\s+)?(?:\d+|cuoi|dau)(?:(?:\s*,\s*|\s+va\s+)\d+)*(?!\w)")
_BARE = re.compile(r"^\s*((?:[ivx]+|\d{1,3}|[a-zđ])(?:\s?[./]\s?(?:\d{1,3}|[a-zđ]|[ivx]+))*)\s*[.)]?\s*$")
_AFTER_APPENDIX = re.compile(r"[\s.,:]*(?<![\w])(\d{1,3})(?![\w/])")
_AND = re.compile(r"\s*(?:;|\s+và\s+(?=(?:[Pp]h|[Cc]hương|[Mm]ục|[Đđ]iều|[Kk]hoản|[Đđ]iểm)))\s*")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Part:
    """A word and its labels, as they stand in a text: "mục" with II, 3."""

    word: str
    labels: tuple[str, ...]


def soft(text: str) -> str:
    """The text in lower case without diacritics, letter for letter; đ stays."""
    found = []
    for char in unicodedata.normalize("NFC", text):
        low = char.lower()
        base = low if low == "đ" else unicodedata.normalize("NFD", low)[0]
        found.append(base if len(base) == 1 else char)
    return "".join(found)


def plain_words(text: str) -> str:
    """`soft` with đ as d: to look for words in."""
    return soft(text).replace("đ", "d")


def roman(label: str) -> int | None:
    """What a roman numeral up to XXXIX counts, None for no such numeral."""
    if not re.fullmatch(r"x{0,3}(?:ix|iv|v?i{0,3})", label.lower()) or not label:
        return None
    values = [_ROMAN[char] for char in label.lower()]
    return sum(-value if values[at + 1:at + 2] and values[at + 1] > value else value
               for at, value in enumerate(values))


def without_fine(text: str) -> str:
    """The text without what points inside a section: "đoạn 3", "gạch đầu dòng 2"."""
    text = unicodedata.normalize("NFC", text)
    low = plain_words(text)
    kept, at = [], 0
    for found in _FINE.finditer(low):
        kept.append(text[at:found.start()])
        at = found.end()
    return "".join([*kept, text[at:]]).strip(" ,;")


def keys_of(text: str) -> tuple[str, ...]:
    """The keys that a locator may mean, the likeliest first; () where it is none.

    "mục 2 phần II" is p2/2 in a law and II/2 in a plan.
    """
    text = without_fine(text)
    if not text:
        return ()
    low = soft(text)
    if _OPENING.search(low.replace("đ", "d")):
        return (OPENING,)
    parts = list(_parts(low))
    if parts:
        return tuple(dict.fromkeys(_keys(parts)))
    bare = _BARE.match(low)
    if bare:
        return ("/".join(_token(label, text[bare.start(1):], at == 0) for at, label in enumerate(_split(bare[1]))),)
    return ()


def key_of(text: str) -> str:
    """The key of a section with this locator, whatever is written there; `WHOLE` for nothing."""
    found = keys_of(text)
    return found[0] if found else f"x:{fold(text)[:100]}" if fold(text) else WHOLE


def split_places(text: str) -> list[str]:
    """The places of a text that names several, each with a word of its own."""
    found = [piece for piece in _AND.split(unicodedata.normalize("NFC", text)) if piece.strip()]
    return [one for piece in found for one in _repeated(piece)]


def where_places_start(text: str) -> int:
    """Where the first place of a text stands; its length where there is none."""
    low = soft(unicodedata.normalize("NFC", text))
    starts = [found.start() for found in _PLACE.finditer(low.replace("đ", "d")) if _label(found, low)]
    opening = _OPENING.search(low.replace("đ", "d"))
    return min([*starts, *([opening.start()] if opening else []), len(text)])


def cut_places(text: str) -> str:
    """The text without its places: what is left names the document."""
    text = without_fine(text)
    low = soft(text)
    spans = [found.span() for found in _PLACE.finditer(low.replace("đ", "d")) if _label(found, low)]
    spans += [found.span() for found in _OPENING.finditer(low.replace("đ", "d"))]
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(text[at:max(start, at)])
        at = max(at, end)
    pieces = [piece for piece in re.split(r"[,;]", "".join([*kept, text[at:]])) if not _BARE.match(soft(piece))]
    return ", ".join(" ".join(piece.split()) for piece in pieces if piece.strip(" .:-")).strip(" ,.:-")


def _repeated(text: str) -> Iterator[str]:
    """A text cut where a word comes again: "Điều 1, Điều 3"; a finer word before it goes along."""
    low = soft(text)
    found = [one for one in _PLACE.finditer(low.replace("đ", "d")) if _label(one, low)]
    seen: set[str] = set()
    start = 0
    for one in found:
        if one[1] in seen and "," in text[start:one.start()]:
            yield text[start:one.start()].strip(" ,")
            start, seen = one.start(), set()
        seen.add(one[1])
    rest = text[start:].strip(" ,")
    several = next((one for one in _PLACE.finditer(plain_words(rest)) if one[3] and one[3].strip()), None)
    if several is None:
        yield from [rest] if rest else []
        return
    shown = soft(rest)
    yield rest[:several.end(2)] + rest[several.end(3):]
    for other in re.findall(r"\d+|(?<!\w)[a-zđ](?!\w)", shown[several.start(3):several.end(3)]):
        yield rest[:several.start(2)] + other + rest[several.end(3):]


def _label(found: re.Match[str], low: str) -> str:
    if found[1] == "phu luc":
        return "pl"
    return low[found.start(2):found.end(2)] if found[2] else ""


def _parts(low: str) -> Iterator[Part]:
    plain = low.replace("đ", "d")
    for found in _PLACE.finditer(plain):
        label = _label(found, low)
        word = {"phu luc": "pl", "so thu tu": "stt"}.get(found[1], found[1])
        if word == "pl":
            given = low[found.start(2):found.end(2)] if found[2] else ""
            if not given:
                row = _AFTER_APPENDIX.match(plain, found.end())
                given = f".{row[1]}" if row else ""
            yield Part("pl", ("", *_split(given[1:])) if given.startswith(".") else _split(given) or ("",))
        elif label:
            yield Part(word, _split(label))


def _split(label: str) -> tuple[str, ...]:
    return tuple(piece for piece in re.split(r"\s?[./]\s?", label.strip(" .")) if piece)


def _keys(parts: list[Part]) -> Iterator[str]:
    parts = sorted(parts, key=lambda part: _RANK[part.word])
    if any(part.word == "dieu" for part in parts):
        parts = [part for part in parts if _RANK[part.word] >= _RANK["dieu"] or part.word == "pl"]
    chapters = any(part.word == "chuong" for part in parts)
    tails = ["/".join(token for part in parts for token in _tokens(part, chapters))]
    phan = next((part for part in parts if part.word == "phan"), None)
    muc = next((part for part in parts if part.word in ("muc", "tieu muc")), None)
    if phan is not None:
        number = roman(phan.labels[0]) or (int(phan.labels[0]) if phan.labels[0].isdecimal() else 0)
        if 0 < number < 40:
            tails.append("/".join(token for part in parts for token in
                                  ((written_roman(number), *_lower(part.labels[1:])) if part is phan
                                   else _tokens(part, chapters))))
        tails.append("/".join(token for part in parts if part is not phan for token in _tokens(part, chapters)))
    elif muc is not None and len(parts) == 1 and muc.labels[0].isdecimal():
        number = int(muc.labels[0])
        tails += [f"m{number}", *([written_roman(number)] if 0 < number < 40 else [])]
    yield from (tail for tail in tails if tail)


def _tokens(part: Part, chapters: bool) -> list[str]:
    first, *rest = part.labels
    if part.word == "pl":
        number = roman(first) or (int(first) if first.isdecimal() else 0)
        return [f"pl{number}" if number else f"pl{first}", *_lower(rest)]
    if part.word == "dieu":
        return [f"d{first.lstrip('0')}", *_lower(rest)]
    if part.word in ("chuong", "phan"):
        number = 1 if first == "nhat" else roman(first) or (int(first) if first.isdecimal() else 0)
        return [f"{part.word[0]}{number or first.upper()}", *_lower(rest)]
    if part.word in ("muc", "tieu muc") and chapters:
        number = roman(first) or (int(first) if first.isdecimal() else 0)
        return [f"m{number or first}", *_lower(rest)]
    upper = part.word in ("muc", "tieu muc")
    return [_token(first, first.upper() if upper else first, upper), *_lower(rest)]


def _lower(labels: tuple[str, ...] | list[str]) -> list[str]:
    return [label.lstrip("0") or label for label in labels]


def _token(label: str, shown: str, first: bool) -> str:
    """A label as part of a key; at the head of a place a roman numeral is one, below it a letter."""
    if label.isdecimal():
        return label.lstrip("0") or "0"
    if first and (roman(label) or shown[:1].isupper()):
        return label.upper()
    return label


def written_roman(number: int) -> str:
    """1 → I, …, 39 → XXXIX."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][ones]
