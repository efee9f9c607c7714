"""What of an answer is right, part by part, before a rule says what that is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from contest.scoring import folding, numbers

FULL = 100_000  # the whole credit of an item or of one of its parts
CHOICES = ("single", "true_false", "multiple")
NOTHING: Mapping[str, str] = MappingProxyType({})

# Option tokens; part → what was put into it; a text.
Answer = Sequence[str] | frozenset[str] | Mapping[str, str] | str


@dataclass(frozen=True)
class Question:
    """A question with its key, as far as marking needs it.

    `correct` by type. single, multiple, true_false: the right option tokens. cluster, matching:
    {part: option}. ordering: the item tokens in the right order. short_text, number: [[accepted,
    credit], …]. gaps: {gap: [[accepted text or option, credit], …]}. essay: nothing. `credits` are
    what options are worth, in 1/100,000 of the points; `kinds` is what each gap takes: text, number
    or choice. `points` are hundredths.
    """

    type: str
    points: int
    correct: Any
    credits: Mapping[str, int] | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    kinds: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True)
class Judged:
    """What a rule needs to know of an answer.

    `earned` is the sum of the parts' credits, `full` how many of the `parts` have all of it, `wrong`
    how many were answered and are worth nothing, or options chosen that aren't right. `surplus` are
    the latter alone. `weight` is the sum of the chosen options' own credits.
    """

    parts: int
    full: int
    earned: int
    wrong: int
    surplus: int = 0
    weight: int = 0

    @property
    def exact(self) -> bool:
        """True where nothing is missing and nothing too much."""
        return self.full == self.parts and not self.wrong


def judge(question: Question, answer: Answer) -> Judged:
    """Compare a given answer with the key. Raises ValueError where a question has no key."""
    if not question.correct:
        raise ValueError("an item without a key")
    if question.type in CHOICES:
        given, key = frozenset(answer), frozenset(question.correct)
        right, surplus = len(given & key), len(given - key)
        weight = sum(question.credits.get(token, 0) for token in given) if question.credits else 0
        return Judged(len(key), right, right * FULL, surplus, surplus, weight)
    found = parts(question, answer)
    blank = sum(not value(answer, part) for part in found)
    nothing = sum(credit <= 0 for credit in found.values())
    return Judged(len(found), sum(credit == FULL for credit in found.values()), sum(found.values()), nothing - blank)


def parts(question: Question, answer: Answer) -> dict[str, int]:
    """Part → its credit, from 0 to FULL, in the key's order; a short text or number has the one part ""."""
    if question.type == "ordering":
        return {item: FULL * (value(answer, item) == str(place)) for place, item in enumerate(question.correct, 1)}
    if question.type in ("cluster", "matching"):
        return {part: FULL * (value(answer, part) == option) for part, option in question.correct.items()}
    if question.type == "gaps":
        return {gap: _best(question.kinds[gap], accepted, value(answer, gap), question.settings)
                for gap, accepted in question.correct.items()}
    return {"": _best(question.type, question.correct, value(answer, ""), question.settings)}


def value(answer: Answer, part: str) -> str:
    """What the answer holds for a part, "" for nothing."""
    return answer.get(part, "") if isinstance(answer, Mapping) else str(answer)


def _best(kind: str, accepted: Sequence[Sequence[Any]], given: str, settings: Mapping[str, str]) -> int:
    """The highest credit of the accepted answers that `given` is one of."""
    found: list[int] = [credit for text, credit in accepted if given and _is(kind, text, given, settings)]
    return min(max([0, *found]), FULL)


def _is(kind: str, accepted: str, given: str, settings: Mapping[str, str]) -> bool:
    if kind == "choice":
        return accepted == given
    if kind == "number":
        return numbers.accepts(accepted, given)
    return folding.matches(accepted, given, case_kept=settings.get("case") == "kept",
                           diacritics_needed=settings.get("diacritics") == "needed")
