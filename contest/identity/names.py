"""Vietnamese names: sorting by given name, folding for search, masking for public boards."""

import re
import unicodedata

# Vietnamese alphabetical order of the letters, and of the tones (CLDR vi): tones count only
# between words that are otherwise equal.
_LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_RANK = {letter: chr(0x21 + i) for i, letter in enumerate(_LETTERS)}
_MARKS = {("a", "\u0306"): "ă", ("a", "\u0302"): "â", ("e", "\u0302"): "ê", ("o", "\u0302"): "ô",
          ("o", "\u031b"): "ơ", ("u", "\u031b"): "ư"}


def fold(text: str) -> str:
    """Lower case without diacritics, đ as d, runs of spaces as one: for search. "Đỗ  Ân" → "do an"."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def sort_key(text: str) -> str:
    """A key whose code-point order is the Vietnamese alphabetical order of `text`.

    Letters first (a < ă < â …, d < đ, o < ô < ơ, u < ư), then tones word by word
    (level < huyền < hỏi < ngã < sắc < nặng). Source: CLDR collation `vi`.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", text.casefold()):
        if char in _TONES:
            if tones:
                tones[-1] = _TONES[char]
        elif unicodedata.combining(char):
            if letters and (letters[-1], char) in _MARKS:
                letters[-1] = _MARKS[letters[-1], char]
        elif char in _RANK:
            letters.append(char)
            tones.append("0")
        elif letters and letters[-1] != " ":
            letters.append(" ")
            tones.append("0")
    return "".join(_RANK.get(c, c) for c in letters).strip() + "\t" + "".join(tones).rstrip("0")


def name_sort_key(name: str) -> str:
    """Vietnamese lists sort by given name (the last word), then by family and middle names."""
    words = name.split()
    return sort_key(" ".join([*words[-1:], *words[:-1]]))


def mask(name: str) -> str:
    """The name as a public board may show it: "Nguyễn Thị Hồng Hạnh" → "N. T. H. Hạnh"."""
    words = name.split()
    return " ".join([*(word[0] + "." for word in words[:-1]), *words[-1:]])


def is_name(text: str) -> bool:
    """Letters of any language, and what stands between them: spaces, "." "-" and apostrophes. "H'Hen Niê" is one."""
    return bool(re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]|[ .'’ʼ-])*", text))


def tidy(name: str) -> str:
    """NFC, no-break and double spaces as one space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()
