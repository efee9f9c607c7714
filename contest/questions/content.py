"""What a question says: from a draft or a form, and when two of them say the same. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from contest.questions.formats.drafts import DEFAULT_POINTS, Draft, Problem, Reading
from contest.questions.formats.text import content_hash, same

MAX_OPTIONS = 8
MAX_CODE_CHARS = 60
LIMITS = {"code": MAX_CODE_CHARS, "topic": 120, "level": 40}  # what the columns hold


@dataclass(frozen=True, slots=True)
class Choice:
    """One option; `fixed` keeps its place when options are shuffled."""

    text: str
    right: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """All that a version of a question holds, its key included. `points` are hundredths."""

    type: str
    stem: str
    choices: tuple[Choice, ...]
    topic: str | None = None
    level: str | None = None
    points: int = DEFAULT_POINTS
    explanation: str | None = None
    citation: str | None = None

    @property
    def identity(self) -> str:
        """64 hex digits: what a question without a code is known by. The key is not part of it."""
        return content_hash(self.stem, [choice.text for choice in self.choices])

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Equal for two that say the same: spaces and the order of the options don't count, all else does.

        `fixed` is left out: files don't carry it.
        """
        right = frozenset((tidy(choice.text), choice.right) for choice in self.choices)
        return (self.type, tidy(self.stem), right, tidy(self.topic), tidy(self.level), self.points,
                tidy(self.explanation), tidy(self.citation))


def tidy(text: str | None) -> str:
    """NFC, runs of spaces and line breaks as one space; None as the empty text."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def of_draft(draft: Draft) -> Content:
    """The content of a usable draft.

    An option that speaks of the others stays where it is; where one names letters, or the
    question asks true or false, all stay.
    """
    named = {str(problem.params.get("letter")): problem.code for problem in draft.problems
             if problem.code in ("fixed_option", "names_letters")}
    still = draft.type == "true_false" or "names_letters" in named.values()
    choices = tuple(
        Choice(text, position in draft.key, still or "ABCDEFGH"[position] in named)
        for position, text in enumerate(draft.options)
    )
    return Content(draft.type, draft.stem, choices, draft.topic, draft.level, draft.points or DEFAULT_POINTS,
                   draft.explanation, draft.citation)


def fault(content: Content) -> str | None:
    """The code of what makes a question unusable, the first of them; None where it can be asked."""
    texts = [same(choice.text) for choice in content.choices]
    right = sum(choice.right for choice in content.choices)
    checks = (
        ("question_stem_missing", not tidy(content.stem)),
        ("question_options_few", len(texts) < 2),
        ("question_options_many", len(texts) > MAX_OPTIONS),
        ("question_option_empty", not all(texts)),
        ("question_options_same", len(set(texts)) < len(texts)),
        ("question_key_missing", right == 0),
        ("question_key_single", right > 1 and content.type != "multiple"),
        ("question_true_false", content.type == "true_false" and len(texts) != 2),
        ("question_points", content.points <= 0),
    )
    return next((code for code, found in checks if found), None)


def checked(reading: Reading) -> Reading:
    """The reading with an error at each draft whose code, topic or level the tables can't hold."""
    return replace(reading, drafts=tuple(_checked(draft, reading.columns) for draft in reading.drafts))


def _checked(draft: Draft, columns: Mapping[str, str]) -> Draft:
    values = {"code": draft.code, "topic": draft.topic, "level": draft.level}
    found = tuple(
        Problem("error", "too_long", draft.place, columns.get(name), {"chars": len(text), "limit": LIMITS[name]})
        for name, text in values.items() if text and len(text) > LIMITS[name]
    )
    return replace(draft, problems=(*draft.problems, *found)) if found else draft
