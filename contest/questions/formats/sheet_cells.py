"""A draft as the cells of one row of our sheet: what `row` reads back. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from contest.questions.formats.drafts import (
    LETTERS,
    MAX_CELL_CHARS,
    TRUE_FALSE_OPTIONS,
    Draft,
    QuestionType,
    column_letter,
)
from contest.questions.formats.keys import take_marks
from contest.questions.formats.notation import write_answers, write_gaps
from contest.questions.formats.options import without_own_letters
from contest.questions.formats.pairs import write_pairs, write_truths
from contest.questions.formats.row_extras import extras_of, unwritable
from contest.questions.formats.stars import has_wildcards

TYPE_WORDS: dict[QuestionType, str] = {
    "single": "Chọn một đáp án",
    "multiple": "Chọn nhiều đáp án",
    "true_false": "Đúng/Sai",
    "cluster": "Cụm câu đúng/sai",
    "short_text": "Trả lời ngắn",
    "number": "Điền số",
    "matching": "Ghép cặp",
    "ordering": "Sắp xếp",
    "gaps": "Điền chỗ trống",
    "essay": "Tự luận",
}
LEVEL_WORDS = {
    "NB": "Nhận biết",
    "TH": "Thông hiểu",
    "VD": "Vận dụng",
    "VDC": "Vận dụng cao",
}


def cells_of(draft: Draft) -> dict[str, str]:
    """Field → text, only where there is one; the options as option_a … in their order."""
    options, key = _answer_cells(draft)
    cells = {f"option_{letter}": text for letter, text in zip(LETTERS.lower(), options, strict=False)}
    level = draft.level or ""
    cells |= {
        "code": draft.code or "",
        "type": TYPE_WORDS[draft.type],
        "stem": draft.stem,
        "key": key,
        "topic": draft.topic or "",
        "level": LEVEL_WORDS.get(level, level),
        "explanation": draft.explanation or "",
        "citation": draft.citation or "",
        **extras_of(draft),
    }
    return {name: text for name, text in cells.items() if text}


def _answer_cells(draft: Draft) -> tuple[Sequence[str], str]:
    if draft.type == "cluster":
        return draft.parts, write_truths(draft.key)
    if draft.type == "matching":
        return write_pairs(draft.parts, draft.options, draft.key)
    if draft.type in ("short_text", "number"):
        return (), write_answers(draft.gaps[0].answers) if draft.gaps else ""
    if draft.type == "gaps":
        return (), write_gaps(draft.gaps)
    if draft.type == "essay":
        return (), ""
    return draft.options, ", ".join(map(column_letter, draft.key))


def lost(draft: Draft) -> str | None:
    """Why a question can't stand in a row of ours: more than 8 options, a text too long, … None where it can."""
    options, key = _answer_cells(draft)
    if len(options) > len(LETTERS):
        return "options"
    if draft.type == "cluster" and draft.options != TRUE_FALSE_OPTIONS:
        return "options"
    texts = [*cells_of(draft).values(), key]
    if any(len(text) > MAX_CELL_CHARS for text in texts):
        return "length"
    if len(draft.gaps) > 1 and draft.type in ("short_text", "number"):
        return "gaps"
    if draft.type == "matching" and len(set(draft.options)) < len(draft.options):
        return "options"
    return None


def changed(draft: Draft) -> str | None:
    """What comes back otherwise: "options" that begin with letters or bear marks, a "wildcard", …; else None."""
    if draft.type in ("single", "multiple", "true_false"):
        if take_marks(draft.options)[1] or without_own_letters(draft.options) != draft.options:
            return "options"
    elif without_own_letters(_answer_cells(draft)[0]) != tuple(_answer_cells(draft)[0]):
        return "options"
    return "wildcard" if has_wildcards(draft) else unwritable(draft)
