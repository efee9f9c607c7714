"""Headings, kinds and agencies as the lines of a document show them. Pure."""

from __future__ import annotations

import re

from contest.questions.formats.locators import plain_words
from contest.questions.formats.outline_marks import capital

TITLE_CHARS = 150
_SHORT_HEAD = 70
_ATTACHED = re.compile(r"^(ke hoach|de an|quy che|quy dinh|chuong trinh|phuong an|huong dan|dieu le|noi quy|the le)$")
_NATION = re.compile(r"^(cong hoa xa hoi chu nghia viet nam|doc lap\s*-\s*tu do\s*-\s*hanh phuc)\W*$")
_TAIL = re.compile(r"^(noi nhan\s*:?|(tm|kt|tl|tuq|q)\s*\..{0,80}|(giam doc|chu tich|pho chu tich|chanh van phong"
                   r"|thu truong|bo truong|thu tuong|pho giam doc))$")
_AGENCY = re.compile(r"^(uy ban nhan dan|uy ban thuong vu|chu tich|hoi dong|chinh phu|thu tuong|quoc hoi|bo chinh tri"
                     r"|bo |so |ban chap hanh|ban thuong vu|tinh uy|thanh uy|giam doc|thanh pho |tinh |huyen "
                     r"|quan |thi xa |xa |phuong |dac khu )")
_KEPT = ("CCHC", "TTHC", "UBND", "HĐND", "CNTT", "TT&TT", "CBCCVC", "PAR", "INDEX", "PCI", "SIPAS", "PAPI", "ISO", "TP",
         "MTTQ", "QĐ", "KH", "NQ", "TW", "CP")
_PLACE = re.compile(r"(?<!\w)(tỉnh|thành phố|huyện|quận|thị xã|phường|xã|đặc khu) ((?:\w+ ?){1,4})")
_STOP = {"năm", "về", "giai", "tại", "và", "của", "theo", "trên", "trong", "các", "cấp", "đến", "thông", "tuyên",
         "ban", "ủy", "kế", "đề", "phê", "uỷ"}


def attached(line: str) -> bool:
    """Whether a line alone opens a document attached to another: "KẾ HOẠCH"."""
    return capital(line) and bool(_ATTACHED.match(plain_words(line)))


def nation(line: str) -> bool:
    """Whether a line is of the country's name and motto."""
    return bool(_NATION.match(plain_words(line)))


def tail(line: str) -> bool:
    """Whether the signature or the list of recipients begins here."""
    plain = plain_words(line)
    return bool(_TAIL.match(plain)) and (capital(line) or plain.startswith("noi nhan"))


def agency(line: str) -> bool:
    """Whether a line in capitals names who issued the document."""
    return capital(line) and bool(_AGENCY.match(plain_words(line)))


def lowered(text: str) -> str:
    """A text set in capitals as a sentence is written; others stay. Names of places keep their capitals."""
    if not capital(text):
        return text
    low = text.lower()
    kept = {one.lower(): one for one in _KEPT}
    low = re.sub(r"[\w&]+", lambda found: kept.get(found[0], found[0]), low)
    low = re.sub(r"(?<!\w)(ủy ban|uỷ ban|hội đồng nhân dân|chính phủ|quốc hội)(?!\w)",
                 lambda found: found[0].capitalize(), _PLACE.sub(_named, low))
    return low[:1].upper() + low[1:]


def continued(title: str, line: str) -> str:
    """A title with the next line of it."""
    words = lowered(line)
    if title and words != line and words[:2].upper() != words[:2]:
        words = words[:1].lower() + words[1:]
    return f"{title} {words}".strip()


def _named(found: re.Match[str]) -> str:
    words = found[2].split(" ")
    for at, word in enumerate(words):
        if word in _STOP:
            return " ".join([found[1], *(one[:1].upper() + one[1:] for one in words[:at]), *words[at:]])
    return " ".join([found[1], *(one[:1].upper() + one[1:] for one in words)])


def titled(words: str) -> tuple[str, str]:
    """(title, text) of the words after a number: a heading, or a paragraph's first words and the paragraph."""
    words = words.strip()
    head, colon, rest = words.partition(":")
    if colon and len(head) <= _SHORT_HEAD:
        return lowered(head.strip()), rest.strip()
    if len(words) <= TITLE_CHARS and not words.endswith((".", ";")):
        return lowered(words.strip(" .")), ""
    if len(words) <= TITLE_CHARS:
        return words.rstrip(" .;"), words
    short = words[:TITLE_CHARS].rsplit(" ", 1)[0].rstrip(" ,;:-")
    return f"{short}…", words
