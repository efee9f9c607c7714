"""The words of a bank's small columns: type, level, points. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from contest.questions.formats.drafts import QuestionType
from contest.questions.formats.text import squeeze

MAX_POINTS = 100_000  # hundredths

_LEVELS = {
    "NB": "nb nhanbiet biet de muc1 1 easy",
    "TH": "th thonghieu hieu trungbinh tb vua muc2 2 medium",
    "VD": "vd vandung vandungthap kho muc3 3 hard",
    "VDC": "vdc vdcao vandungcao ratkho muc4 4",
}
_LEVEL_OF = {word: level for level, words in _LEVELS.items() for word in words.split()}

_TYPES: dict[QuestionType, str] = {
    "single": "chonmotdapan chon1dapan motdapan 1dapan motdapandung 1dapandung chonmot chon1 "
    "motluachon chonmotphuongan singlechoice single mcq don",
    "multiple": "chonnhieudapan nhieudapan nhieudapandung chonnhieu chonnhieuphuongan "
    "nhieuphuongan multiple multipleresponse multipleselect multi checkbox checkboxes",
    "true_false": "dungsai dunghaysai dunghoacsai truefalse tf ds",
    "cluster": "cumcaudungsai cumdungsai dungsainhieuy dungsaitungy nhieuydungsai caudungsainhieuy cluster "
    "dungsaitheocum multipletruefalse",
    "short_text": "traloingan cautraloingan dienngan dientraloi shortanswer shorttext tln",
    "number": "dienso traloiso traloibangso so numerical numeric number",
    "matching": "ghepcap ghepnoi ghepdoi noicot noicap noi matching",
    "ordering": "sapxep sapxepthutu sapthutu thutu ordering order",
    "gaps": "dienchotrong dienvaochotrong dientu dienkhuyet chotrong cloze fillin fillintheblank fillintheblanks gaps",
    "essay": "tuluan cautuluan viet essay",
}
_TYPE_OF: dict[str, QuestionType] = {
    word: kind for kind, words in _TYPES.items() for word in words.split()
}
# what a multiple-choice question in the usual sense is called: the key decides how many are right
_OPEN_TYPES = frozenset(
    ["tracnghiem", "tracnghiemnhieuluachon", "nhieuluachon", "tracnghiemkhachquan", "tn", "multiplechoice"]
)
_UNSUPPORTED = frozenset(["dudoan", "tailen", "noptep", "ghiam", "keotha", "calculated", "description", "upload"])


@lru_cache(1024)
def level_of(words: str) -> str | None:
    """Return NB, TH, VD or VDC for the words of a level column, None where they are others."""
    return _LEVEL_OF.get(squeeze(words))


@lru_cache(1024)
def type_of(words: str) -> QuestionType | None:
    """Return the question type that the words name, None where they name none of ours."""
    return _TYPE_OF.get(squeeze(words))


def is_open_type(words: str) -> bool:
    """True for words such as "Trắc nghiệm" that leave the number of right options to the key."""
    return squeeze(words) in _OPEN_TYPES


def is_unsupported_type(words: str) -> bool:
    """True for a kind of question that we don't hold: a prediction, a file to send, a computed one."""
    return squeeze(words) in _UNSUPPORTED


def names_a_type(words: str) -> bool:
    """True where the words are of a type column rather than of a level column."""
    return bool(type_of(words)) or is_open_type(words) or is_unsupported_type(words)


_NUMBER = re.compile(r"(\d{1,6}(?:[.,]\d{1,6})?)\s*(?:đ|điểm|diem|points?)?", re.IGNORECASE)


@lru_cache(1024)
def points_of(words: str) -> int | None:
    """Return hundredths of a point, rounded half up; None for what is no number of 0 to 1,000."""
    match = _NUMBER.fullmatch(words.strip())
    if not match:
        return None
    try:
        hundredths = int(Decimal(match[1].replace(",", ".")) * 100 + Decimal("0.5"))
    except InvalidOperation:
        return None
    return hundredths if hundredths <= MAX_POINTS else None
