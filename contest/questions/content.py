"""What a question says: from a draft or a form, and when two of them say the same. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    LETTERS,
    NO_PARAMS,
    Draft,
    Gap,
    Params,
    Problem,
    QuestionType,
    Reading,
)
from contest.questions.formats.text import content_hash

MAX_OPTIONS = len(LETTERS)
MAX_CODE_CHARS = 60
LIMITS = {"code": MAX_CODE_CHARS, "topic": 120, "level": 40}  # what the columns hold
CHOICES = frozenset({"single", "multiple", "true_false"})
PARTS = frozenset({"cluster", "matching"})

# What any format demands, as a form says it.
_FAULTS: Mapping[str, str] = {
    "no_stem": "question_stem_missing",
    "too_few_options": "question_options_few",
    "too_many_options": "question_options_many",
    "option_gap": "question_option_empty",
    "duplicate_options": "question_options_same",
    "no_key": "question_key_missing",
    "key_several": "question_key_single",
    "key_not_single": "question_true_false",
    "key_beyond_options": "question_key_missing",
    "too_few_parts": "question_parts_few",
    "too_many_parts": "question_parts_many",
    "gaps_unlike_markers": "question_gaps",
    "too_long": "question_too_long",
    "legacy_font": "question_legacy_font",
    "rule_unknown": "question_rule",
    "parameter_unknown": "question_rule",
    "parameter_range": "question_rule",
    "parameter_alone": "question_rule",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option; `fixed` keeps its place when options are shuffled.

    `credit` is None where right and wrong say it all, else in 1/100,000 of the points.
    """

    text: str
    right: bool
    fixed: bool = False
    credit: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A statement or a prompt, and the 0-based choice that belongs to it."""

    text: str
    option: int


@dataclass(frozen=True, slots=True)
class Content:
    """All that a version of a question holds, its key included. `points` are hundredths.

    `formats.drafts.Draft` says what each type holds; here the options of an ordering stand in the
    right order, all of them right, and `settings` are sorted pairs.
    """

    type: QuestionType
    stem: str
    choices: tuple[Choice, ...] = ()
    topic: str | None = None
    level: str | None = None
    points: int = DEFAULT_POINTS
    explanation: str | None = None
    citation: str | None = None
    parts: tuple[Part, ...] = ()
    gaps: tuple[Gap, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    markup: bool = False

    @property
    def identity(self) -> str:
        """64 hex digits: what a question without a code is known by. The key is not part of it."""
        texts = [*(choice.text for choice in self.choices), *(part.text for part in self.parts)]
        texts += [answer.text for gap in self.gaps if gap.kind == "choice" for answer in gap.answers]
        return content_hash(self.stem, texts)

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Equal for two that say the same: spaces and the order of options and prompts don't count, all else does.

        `fixed` is left out: not every file carries it.
        """
        texts = [tidy(choice.text) for choice in self.choices]
        if self.type == "ordering":
            said: object = tuple(texts)
        else:
            said = frozenset((tidy(choice.text), choice.right, choice.credit) for choice in self.choices)
        parts: object = tuple((tidy(part.text), texts[part.option]) for part in self.parts)
        if self.type == "matching":
            parts = frozenset(self.parts and parts)  # type: ignore[call-overload]
        gaps = tuple((gap.kind, frozenset((tidy(answer.text), answer.credit) for answer in gap.answers))
                     for gap in self.gaps)
        return (self.type, tidy(self.stem), said, tidy(self.topic), tidy(self.level), self.points,
                tidy(self.explanation), tidy(self.citation), parts, gaps, self.settings, frozenset(self.tags),
                self.markup)


def tidy(text: str | None) -> str:
    """NFC, runs of spaces and line breaks as one space; None as the empty text."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def of_draft(draft: Draft) -> Content:
    """The content of a usable draft."""
    worth = draft.credits or (None,) * len(draft.options)
    right = range(len(draft.options)) if draft.type == "ordering" else draft.key if draft.type in CHOICES else ()
    choices = tuple(
        Choice(text, position in right, position in draft.pinned, worth[position])
        for position, text in enumerate(draft.options)
    )
    parts = tuple(Part(text, option) for text, option in zip(draft.parts, draft.key, strict=False)) \
        if draft.type in PARTS else ()
    return Content(draft.type, draft.stem, choices, draft.topic, draft.level, draft.points or DEFAULT_POINTS,
                   draft.explanation, draft.citation, parts, draft.gaps, tuple(sorted(draft.settings.items())),
                   draft.tags, draft.markup)


def to_draft(content: Content, *, place: str = "", row: int = 1, code: str | None = None) -> Draft:
    """The content as a file holds it: `of_draft` gives it back."""
    texts = tuple(choice.text for choice in content.choices)
    if content.type in PARTS:
        key = tuple(part.option for part in content.parts)
    else:
        key = tuple(position for position, choice in enumerate(content.choices) if choice.right)
    weighted = any(choice.credit is not None for choice in content.choices)
    return Draft(
        place, row, code, content.type, content.stem, texts, key, content.topic, content.level, content.explanation,
        content.citation, content.points, (), tuple(part.text for part in content.parts), content.gaps,
        tuple(choice.credit or 0 for choice in content.choices) if weighted else (),
        tuple(position for position, choice in enumerate(content.choices) if choice.fixed),
        dict(content.settings), content.tags, content.markup,
    )


def faults(content: Content) -> list[tuple[str, Params]]:
    """Every reason why a question can't be asked: a code of our own, and what the check says of it."""
    found: list[tuple[str, Params]] = []
    if content.points <= 0:
        found.append(("question_points", NO_PARAMS))
    if content.type == "true_false" and len(content.choices) > 2:
        found.append(("question_true_false", NO_PARAMS))
    return [*found, *((_FAULTS[problem.code], problem.params) for problem in complete(to_draft(content)).problems
                      if problem.severity == "error")]


def fault(content: Content) -> str | None:
    """The code of what makes a question unusable, the first of them; None where it can be asked."""
    return next((code for code, _params in faults(content)), None)


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
