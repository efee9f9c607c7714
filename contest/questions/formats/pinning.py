"""Options that speak of the others, and so keep their place when options are shuffled. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from contest.questions.formats.drafts import QuestionType
from contest.questions.formats.text import fold

MAX_CHARS = 80  # a longer option says something of its own
SHUFFLED: frozenset[QuestionType] = frozenset({"single", "multiple"})

_FIXED = re.compile(
    r"(?:tat ca|ca (?:hai|ba|bon|nam|sau|\d)|toan bo)(?: cac)?"
    r"(?: (?:dap an|phuong an|y|noi dung|lua chon|truong hop|cau))*"
    r"(?: (?:tren|deu|o tren|neu tren|dung|sai|tra loi))*"
    r"|khong co (?:dap an|phuong an|y)(?: nao)?.{0,12}"
    r"|(?:tat ca|ca \w+) (?:deu )?(?:dung|sai).{0,12}"
    r"|(?:all|none) of the above"
)
_MAY_SPEAK_OF_OTHERS = re.compile(
    r"\bcả\b|tất|không có|toàn bộ|trên|đáp án|phương án|\b[a-h]\b|above", re.IGNORECASE
)
# What an option that speaks of others begins with, folded.
_OPENINGS = frozenset({"tat", "ca", "toan", "khong", "all", "none", "dap", "phuong", "y", "cau", "deu",
                       *"abcdefgh"})
_NAMES_LETTERS = re.compile(
    r"(?:ca )?(?:(?:dap an|phuong an|y|cau) )?[a-h](?:(?: va| hoac)? [a-h])+"
    r"(?: (?:deu )?(?:dung|sai|tren))*|(?:dap an|phuong an|y|cau) [a-h](?: va [a-h])*"
    r"(?: (?:dung|sai))?|(?:ca )?(?:deu )?[a-h](?: va [a-h])+.{0,12}"
)


def speaks_of_others(option: str) -> str | None:
    """names_letters ("Cả A và B đúng"), fixed_option ("Tất cả các đáp án trên"), or None."""
    if len(option) > MAX_CHARS or not _may_open(option.partition(" ")[0]):
        return None
    if not _MAY_SPEAK_OF_OTHERS.search(option):
        return None
    words = fold(option)
    if _NAMES_LETTERS.fullmatch(words):
        return "names_letters"
    return "fixed_option" if _FIXED.fullmatch(words) else None


@lru_cache(8192)
def _may_open(word: str) -> bool:
    """False where no option that begins with this word can speak of others."""
    words = fold(word).split()
    return not words or words[0] in _OPENINGS


def pinned(kind: QuestionType, options: Sequence[str]) -> tuple[int, ...]:
    """The 0-based options that keep their place.

    One that names letters pins them all: its letters would mean others. Đúng and Sai stay too.
    """
    if kind == "true_false":
        return tuple(range(len(options)))
    if kind not in SHUFFLED:
        return ()
    said = [speaks_of_others(option) for option in options]
    if "names_letters" in said:
        return tuple(range(len(options)))
    return tuple(position for position, code in enumerate(said) if code)
