"""The lines of Aiken: options, answers, headings, and whether a text is made of them. Pure."""

from __future__ import annotations

import re

OPTION = re.compile(r"([A-Za-z])[ \t]?[.)](?:[ \t]+|(?=[^\W\d_]{2}|\d)|$)(.*)")
ANSWER = re.compile(r"(?:ANSWERS?|ĐÁP ÁN(?: ĐÚNG)?|DAP AN)(?:[ \t]*[:.=][ \t]*|[ \t]+(?=[A-H][.)]?\Z))(.*)",
                    re.IGNORECASE)
EXPLANATION = re.compile(r"(?:EXPLANATION|FEEDBACK|RATIONALE|GIẢI THÍCH|LỜI GIẢI|HƯỚNG DẪN)[ \t]*:[ \t]*(\S.*)",
                         re.IGNORECASE)

HEADING = re.compile(r"(?:phần|chương|chủ đề|chuyên đề|mục|bài)\b.{0,80}", re.IGNORECASE)
_STRICT_OPTION = re.compile(r"([A-Z])[.)][ \t]+\S")
_STRICT_ANSWER = re.compile(r"ANSWER:[ \t]*[A-Z][ \t]*")
_NUMBERED = re.compile(r"(?:câu|question|bài)\s{0,5}\d{1,4}\s{0,3}[.:)/]", re.IGNORECASE)
_LOOKED_AT = 2_000  # lines


def looks_like_aiken(text: str) -> bool:
    """True where most lines "ANSWER: C" stand below their options A, B, … as Moodle writes them.

    False where questions are numbered ("Câu 1:"): that is a text with questions, not Aiken.
    """
    answers, odd, options, numbered = 0, 0, 0, 0
    for line in text[:400_000].split("\n", _LOOKED_AT)[:_LOOKED_AT]:
        line = line.strip()
        if _STRICT_OPTION.match(line):
            options += 1
        elif _STRICT_ANSWER.fullmatch(line):
            answers, odd, options = answers + (options > 1), odd + (options < 2), 0
        elif line:
            options = 0
            numbered += _NUMBERED.match(line) is not None
    return answers > 0 and answers >= odd and numbered * 2 < answers
