"""The signs by which typed questions show their parts: numbers, letters, words with a colon. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contest.questions.formats.text import fold
from contest.questions.formats.words import level_of

_UPPER = "A-ZĐÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĨŨƠƯẠ-Ỹ"
_STRONG = re.compile(
    rf"\s*(?:[*•-]\s*)?(?:(?:câu\s*hỏi|câu|question|quest|q|mục\s*hỏi)\s*(?:(?:số|thứ)\s*)?(?P<number>\d{{1,5}})"
    rf"(?P<tail>\s*[.:)/–—-]+|(?=\s*[(\[])|\s*$|(?=\s+[{_UPPER}“\"(\[]))"
    rf"|bài\s*(?P<task>\d{{1,5}})\s*[.:)])[ \t]*", re.IGNORECASE)
_WEAK = re.compile(r"\s*(?:\[\s*(?P<boxed>\d{1,5})\s*\][.:)]?|\(?(?P<number>\d{1,5})"
                   rf"\s?(?P<sign>[.)/:](?!\d)|[-–](?=\s*[{_UPPER}])))[ \t]*")
GLUED = re.compile(rf"(?<=[^\s(,;:])\s+(?=(?P<strong>[Cc]âu|CÂU|Question)\s*(?:hỏi\s*)?"
                   rf"(?P<number>\d{{1,5}})\s*[.:)]\s*[{_UPPER}“\"])")
GLUED_WEAK = re.compile(rf"(?<=[^\s(,;:])\s+(?=(?P<number>\d{{1,5}})[.)/]\s+[{_UPPER}“\"])")
LOOKALIKES = str.maketrans("АВСЕНасе", "ABCEHace")
_LETTER = "A-Ha-hАВСЕНасе"
OPTION = re.compile(rf"\s*(?P<star>[*>✓✔√☑☒☐□◻◯○]?)\s*[(\[]?(?P<letter>[{_LETTER}])(?P<gap>\s?)"
                    rf"(?P<sign>[.):/\]]+|[-–](?=\s|[{_UPPER}\d]))"
                    r"(?!//)(?P<after>\*?)[ \t]*")
INNER = re.compile(rf"(?P<lead>[\t ;,.])(?P<star>\*?)[(]?(?P<letter>[{_LETTER}])"
                   r"(?P<gap>)(?P<sign>[.):/]|[-–](?=\s))(?P<after>\*?)[ \t]*(?=\S)")
UNSIGNED = re.compile(rf"\s*(?P<star>)(?P<letter>[B-HВСЕН])(?P<gap>)(?P<sign>)(?P<after>)"
                      rf"(?:\t\s*| +)(?=[{_UPPER}\d“\"])")
BULLET = re.compile(r"\s*(?P<sign>[-–—•+○●▪◦□☐☑☒◯■❖➢❑✓✔*])(?=\s*\S)[ \t]*")
CHECKED = frozenset("☑☒✓✔√>*")
_DIGIT_OPTION = re.compile(r"\s*(?P<star>\*?)\(?(?P<number>[1-8])\s?[.)/:](?!\d)[ \t]*")

_SEP = r"\s*(?:[:：]|[.=]>?(?=\s)|(?=\n|$))\s*"
_KEY_WORDS = (r"(?:đáp\s*án\s*(?:đúng|chính\s*xác)?|đ\s*\.?\s*/?\s*á|đ\s*\.?\s*/?\s*a|answers?|ans|key|"
              r"correct\s*answer|"
              r"(?:phương\s*án|câu\s*trả\s*lời|lựa\s*chọn|trả\s*lời)\s*đúng)")
_PATTERNS = (
    ("key", rf"\s*(?:=>|→|⇒|[-*+•>\[(])?\s*{_KEY_WORDS}\s*"
            r"(?:(?:câu\s*\d+\s*)?(?:là)?\s*[:：=]|là\b|\.(?=\s*[A-H]\b)|(?=\s+[A-H]\s*[.\])]?\s*$)|(?=\s*$))\s*"),
    ("key", r"\s*(?:=>|→|⇒|[-*+•>])?\s*chọn\s*(?:đáp\s*án|phương\s*án|câu)?\s*[:]?\s*(?=(?-i:[A-H])\s*[.\])]?\s*$)"),
    ("key", r"\s*(?:=>|→|⇒)\s*(?=(?-i:[A-H])\s*[.]?\s*$)"),
    ("answer", r"\s*(?:đáp\s*số|đs|trả\s*lời|kết\s*quả)\s*[:：]\s*"),
    ("explanation", rf"\s*(?:[-*+•]\s*)?(?:giải\s*thích(?:\s*(?:chi\s*tiết|thêm|đáp\s*án))?|"
                    rf"lời\s*giải(?:\s*chi\s*tiết)?|"
                    rf"hướng\s*dẫn(?:\s*(?:giải|chi\s*tiết|trả\s*lời|chấm))*|phân\s*tích|gợi\s*ý(?:\s*trả\s*lời)?|hdg?|explanation)"
                    rf"(?:{_SEP})"),
    ("explanation", r"\s*>\s*(?=\S)(?![(]?[A-Ha-h]\s?[.):/])"),
    ("citation", r"\s*(?:[-*+•(]\s*)?(?:căn\s*cứ(?:\s*pháp\s*lý)?|cơ\s*sở\s*pháp\s*lý|cspl|trích\s*dẫn|"
                 r"trích\s*nguồn|nguồn|tham\s*khảo)\s*[:：]\s*"),
    ("level", r"\s*(?:mức\s*độ(?:\s*nhận\s*thức)?|độ\s*khó|cấp\s*độ)\s*[:：]\s*"),
    ("topic", r"\s*(?:lĩnh\s*vực|chủ\s*đề|chuyên\s*đề|hạng\s*mục|chương)\s*[:：]\s*"),
    ("points", r"\s*(?:số\s*)?điểm\s*[:：]\s*"),
    ("code", r"\s*(?:mã(?:\s*(?:câu(?:\s*hỏi)?|số))?|id)\s*[:：]\s*"),
    ("type", r"\s*(?:loại|dạng)(?:\s*câu(?:\s*hỏi)?)?\s*[:：]\s*"),
    ("tags", r"\s*(?:nhãn|từ\s*khó?a|tags?)\s*[:：]\s*"),
    ("settings", r"\s*cách\s*chấm\s*[:：]\s*"),
)
_FIELDS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS)
_FIELD_START = frozenset("=→⇒-*+•>[( đĐaAkKcCpPtTlLhHgGnNmMdDiIsSeE")
TAIL_KEY = re.compile(rf"(?:\s{{2,}}|\t|[.;]\s+|\s\(|\s\[)\s*(?:{_KEY_WORDS})\s*(?:là)?\s*[:：]\s*"
                      rf"(?P<value>[A-Ha-h](?:\s*[,;&]\s*[A-H])*)\s*[.)\]]*\s*$",
                      re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A question's number at the start of a line: `end` is where its text begins.

    `group` tells styles of numbering apart; "strong" is one with the word "Câu".
    """

    value: int
    end: int
    group: str


def question_number(text: str, listed: str = "") -> Number | None:
    """The number that a line starts with, `listed` being its automatic list; None for a line without one."""
    found = _STRONG.match(text)
    if found:
        return Number(int(found["number"] or found["task"]), found.end(), "strong")
    found = _WEAK.match(text)
    if found is None:
        return None
    if found["boxed"]:
        return Number(int(found["boxed"]), found.end(), "[]")
    return Number(int(found["number"]), found.end(), f"list {listed}" if listed else found["sign"])


def field_at(text: str) -> tuple[str, int] | None:
    """The field that a line opens and where its value begins: key, answer, explanation, citation …"""
    start = text.lstrip()[:1]
    if not start or (start not in _FIELD_START):
        return None
    for name, pattern in _FIELDS:
        found = pattern.match(text)
        if found:
            return name, found.end()
    return None


def digit_option(text: str) -> re.Match[str] | None:
    """The match of "1." or "2)" as an option's marker."""
    return _DIGIT_OPTION.match(text)


_HEAD = re.compile(
    r"\s*(?P<kind>phần(?:\s+thứ)?|chương|chủ\s*đề|chuyên\s*đề|lĩnh\s*vực|hạng\s*mục|mục|dạng|nhóm|part|section|module|mô\s*đun)"
    r"\s*(?:số\s*)?(?P<ordinal>[IVXLivx]{1,6}\b|\d{1,3}\b|[A-H]\b|nhất|hai|ba|bốn)?\s*(?P<sign>[.:)–—-]*)\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL)
_ROMAN = re.compile(r"\s*(?P<ordinal>[IVX]{1,6})\s*(?P<sign>[.)/:–-]+)\s*(?P<rest>\S.*)$", re.DOTALL)
_LETTERED = re.compile(r"\s*[A-H]\s*[.)–-]+\s*(?P<rest>\S.*)$", re.DOTALL)
MAX_HEADING = 300
_TYPE_WORDS = (
    ("cluster", re.compile(r"\bdung (?:hoac |hay |va )?sai\b")),
    ("short", re.compile(r"\btra loi ngan\b|\bdien (?:khuyet|dap an|so)\b")),
    ("essay", re.compile(r"\btu luan\b")),
    ("single", re.compile(r"\btrac nghiem\b|\bnhieu (?:phuong an )?lua chon\b|\bcau trac nghiem\b")),
)
_LEVEL_LEAD = re.compile(r"\s*(?:các\s*)?(?:câu\s*hỏi\s*)?(?:ở\s*)?(?:mức\s*(?:độ)?|cấp\s*độ|phần)?\s*[:.]?\s*",
                         re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says: `section` is a kind of questions, or there is a topic or a level."""

    topic: str | None = None
    level: str | None = None
    section: str | None = None
    sure: bool = False  # it names a part or chapter with its number


def heading(text: str) -> Heading | None:
    """What a line says if it is a heading: "PHẦN I …", "Chương 2: …", "I. Nhận biết"; None for others."""
    if len(text) > MAX_HEADING or not text.strip():
        return None
    found = _HEAD.match(text)
    if found and (found["ordinal"] or ":" in found["sign"] or found["kind"].isupper()):
        named = bool(found["ordinal"]) and bool(found["sign"] or not found["rest"] or found["kind"].isupper())
        return _said(found["rest"] or text.strip(), sure=named or ":" in found["sign"])
    found = _ROMAN.match(text)
    if found:
        return _said(found["rest"], sure=False)
    found = _LETTERED.match(text)
    if found and is_capitals(found["rest"]) and not INNER.search(text):
        return _said(found["rest"], sure=False)
    return None


def said(text: str) -> Heading:
    """What the words of a heading without a number say."""
    return _said(text.strip(), sure=False)


def _said(rest: str, sure: bool) -> Heading:
    rest = " ".join(rest.split()).strip(" .:–-")
    folded = fold(rest)
    level = heading_level(rest)
    if level:
        return Heading(level=level, sure=sure)
    for name, pattern in _TYPE_WORDS:
        if pattern.search(folded):
            return Heading(section=name, sure=sure)
    return Heading(topic=rest or None, sure=sure)


def heading_level(words: str) -> str | None:
    """The level of "Mức độ nhận biết", "Câu hỏi thông hiểu (10 câu)"; None for other words."""
    bare = re.sub(r"\(.*?\)\s*$", "", words).strip(" .:")
    return level_of(bare) if not bare.isdecimal() and level_of(bare) else (
        level_of(_LEVEL_LEAD.sub("", bare, count=1)) if _LEVEL_LEAD.match(bare) and not bare.isdecimal() else None)


def is_capitals(text: str) -> bool:
    """True where letters are there and all of them are capitals."""
    return text.isupper() and sum(char.isalpha() for char in text) >= 3


LEVEL_MARK = re.compile(r"\s*[(\[{<]\s*(?:mức\s*(?:độ)?\s*:?\s*)?(?P<word>NB|TH|VDT|VDC|VD|nhận biết|thông hiểu|"
                        r"vận dụng cao|"
                        r"vận dụng thấp|vận dụng|dễ|trung bình|khó|mức\s*[1-4]|M[1-4])\s*[)\]}>]\s*[.:]?\s*",
                        re.IGNORECASE)
LEVEL_LEAD = re.compile(r"\s*(?P<word>NB|TH|VDC|VD)\s*[:.–-]\s+")
POINTS_MARK = re.compile(r"\s*[(\[]\s*(?P<value>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:đ|điểm)\s*[)\]]\s*[.:]?\s*",
                         re.IGNORECASE)


def level_word(word: str) -> str | None:
    """NB, TH, VD or VDC of a mark's word."""
    folded = word.strip().upper()
    if re.fullmatch(r"M[1-4]", folded):
        return ("NB", "TH", "VD", "VDC")[int(folded[1]) - 1]
    return "VD" if folded == "VDT" else level_of(word)


END = re.compile(r"[\s\-–—_.*=+/]*(?:HẾT|Hết|THE END|The end)[\s\-–—_.*=+/!]*$")
_PAGE = re.compile(r"\s*(?:[-–—]\s*)?(?:trang|page)\s*(?:số\s*)?\d{1,4}\s*(?:/\s*\d{1,4})?"
                   r"(?:\s*[-–|].{0,60})?\s*[-–—]?\s*$"
                   r"|\s*[-–—]\s*\d{1,4}\s*[-–—]\s*$|\s*\d{1,4}\s*\|\s*(?:page|trang|p a g e)\s*$"
                   r"|\s*mã đề(?: thi)?\s*:?\s*\d{1,4}\s*$", re.IGNORECASE)
_STATE = re.compile(r"cong hoa xa hoi chu nghia viet nam|doc lap tu do hanh phuc")
_RULE = re.compile(r"[\s\-–—_.*=~…]{3,}$")
PASSAGE = re.compile(r"tình huống\s*(?:số\s*)?\d{0,3}\s*:|"
                     r"(?:đọc|dựa vào|căn cứ|sử dụng|quan sát|cho)\b.{0,200}(?:trả lời|làm|thực hiện).{0,60}câu",
                     re.IGNORECASE)


def noise(text: str) -> str | None:
    """Why a line says nothing about questions: end_mark, page_number, letterhead, rule; None where it may."""
    if len(text) > 120 or not text.strip():
        return None
    if END.match(text):
        return "end_mark"
    if _PAGE.match(text):
        return "page_number"
    if _RULE.match(text):
        return "rule"
    return "letterhead" if text[0] in "CĐcđ" and _STATE.search(fold(text)) else None
