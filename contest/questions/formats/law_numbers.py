"""Numbers, dates, kinds and agencies of documents, as they stand in texts. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from contest.questions.formats.locators import plain_words
from contest.questions.formats.text import fold

KINDS = ("ke_hoach", "nghi_quyet", "quyet_dinh", "luat", "nghi_dinh", "thong_tu", "chi_thi", "de_an", "other")
_KIND_WORDS = (
    ("ke_hoach", "ke hoach"), ("nghi_quyet", "nghi quyet"), ("quyet_dinh", "quyet dinh"), ("luat", "bo luat"),
    ("luat", "luat"), ("nghi_dinh", "nghi dinh"), ("thong_tu", "thong tu"), ("chi_thi", "chi thi"), ("de_an", "de an"),
    ("other", "chuong trinh"), ("other", "quy che"), ("other", "quy dinh"), ("other", "huong dan"),
    ("other", "cong van"), ("other", "ket luan"), ("other", "thong bao"), ("other", "phuong an"),
    ("other", "bao cao"), ("other", "to trinh"),
)
_SHORT = {"kh": "ke_hoach", "nq": "nghi_quyet", "qd": "quyet_dinh", "nd": "nghi_dinh", "tt": "thong_tu",
          "ct": "chi_thi", "da": "de_an", "qh": "luat", "ttlt": "thong_tu"}
_NUMBER = re.compile(r"(?<![\w/])(\d{1,5}[a-z]?\s?(?:/\s?(?:19|20)\d\d)?\s?[/-]\s?"
                     r"(?:[a-z]{1,10}\d{0,2})(?:\s?[-/&.]\s?[a-z0-9]{1,12})*)(?![\w])")
_BARE_NUMBER = re.compile(r"(?<!\w)(kh|nq|qd|nd|tt|ct|da|ke hoach|nghi quyet|quyet dinh|nghi dinh|thong tu|chi thi"
                          r"|de an|luat)\s+(?:so\s*:?\s*)?(\d{1,5})(?![\w/.-]|\s?/\s?\d)")
_DATE = re.compile(r"(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?((?:19|20)\d\d)(?!\d)"
                   r"|ngay\s+(\d{1,2})\s+thang\s+(\d{1,2})\s+nam\s+((?:19|20)\d\d)")
_ABBREVIATED = {"cchc": "cai cach hanh chinh", "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan",
                "tthc": "thu tuc hanh chinh", "cntt": "cong nghe thong tin", "tphcm": "thanh pho ho chi minh",
                "tp": "thanh pho", "kh": "ke hoach", "qd": "quyet dinh", "nd": "nghi dinh", "nq": "nghi quyet",
                "cds": "chuyen doi so", "stttt": "so thong tin va truyen thong", "tttt": "thong tin va truyen thong"}


@dataclass(frozen=True, slots=True)
class Named:
    """A document as a text names it: "" and None where the text is silent."""

    kind: str = ""
    number: str = ""
    issued_on: date | None = None
    issuer: str = ""
    title: str = ""


def number_key(number: str) -> str:
    """A document's number as it is compared: "Số: 05 /QĐ-UBND" → "5/qd-ubnd"; "" for no number."""
    low = re.sub(r"\s+", "", plain_words(number)).removeprefix("so").lstrip(":.…").strip(".;,")
    low = re.sub(r"^0+(?=\d)", "", low)
    return low if low[:1].isdecimal() else ""


def numbers_in(text: str) -> list[str]:
    """The full numbers in a text, in its own letters: "61/2018/NĐ-CP", "18-NQ/TW"."""
    text = unicodedata.normalize("NFC", text)
    return [re.sub(r"\s+", "", text[found.start(1):found.end(1)]) for found in _NUMBER.finditer(plain_words(text))
            if not found[1].startswith("/")]


def bare_numbers_in(text: str) -> list[tuple[str, str]]:
    """(kind, number) of documents named without their signs: "KH 1600" → ("ke_hoach", "1600")."""
    return [(_SHORT.get(found[1]) or kind_of_words(found[1]), found[2].lstrip("0") or "0")
            for found in _BARE_NUMBER.finditer(plain_words(text))]


def kind_of_words(text: str) -> str:
    """The kind that a text begins with, "" for none."""
    low = " ".join(plain_words(text).split())
    return next((kind for kind, words in _KIND_WORDS if re.match(rf"{words}(?!\w)", low)), "")


def kind_of_number(number: str) -> str:
    """The kind that a number's signs tell, "" for none."""
    signs = re.split(r"[/\-]", number_key(number))
    return next((_SHORT[re.sub(r"\d+$", "", sign)] for sign in signs if re.sub(r"\d+$", "", sign) in _SHORT), "")


def dates_in(text: str) -> list[date]:
    """The dates of a text, those of no calendar left out."""
    found = []
    for one in _DATE.finditer(plain_words(unicodedata.normalize("NFC", text))):
        day, month, year = (int(each) for each in (one[1] or one[4], one[2] or one[5], one[3] or one[6]))
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def named(text: str) -> Named:
    """What a line such as the sheet "Nguồn" has says of a document.

    "Quyết định số 1/QĐ-UBND ngày 2/3/2021 của Ủy ban nhân dân tỉnh A về việc B" gives all five.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    numbers, dates = numbers_in(text), dates_in(text)
    low = plain_words(text)
    number = numbers[0] if numbers and low.find(plain_words(numbers[0])) < 60 else ""
    issuer, title = "", text
    found = re.search(r"(?<!\w)cua\s+((?:chu tich |giam doc )?(?:uy ban|hoi dong|chinh phu|thu tuong|quoc hoi|bo|so|ban"
                      r"|phong|thanh uy|tinh uy|ubnd|hdnd)(?!\w).*?)(?=:| ve viec| ve | ban hanh| phe duyet|$)", low)
    if found:
        issuer = text[found.start(1):found.end(1)].strip(" ,.")
        title = text[found.end(1):].strip(" :,.")
    kind = kind_of_words(text) or kind_of_number(number)
    return Named(kind, number, dates[0] if dates else None, issuer[:200], title or text)


def name_key(text: str) -> str:
    """A document's name as it is compared: folded, the usual abbreviations written out."""
    return " ".join(_ABBREVIATED.get(word, word) for word in fold(text).split())
