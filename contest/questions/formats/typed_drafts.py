"""One typed question → its draft. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    LETTERS,
    NO_PARAMS,
    TRUE_FALSE_OPTIONS,
    Accepted,
    Draft,
    Gap,
    Params,
    Problem,
    QuestionType,
    Severity,
)
from contest.questions.formats.keys import read_key, says_truth, truth_of
from contest.questions.formats.lines import Note, needs_markup, text_of
from contest.questions.formats.notation import number_of, read_answers
from contest.questions.formats.row_types import CHOICES, Shape
from contest.questions.formats.stars import literal
from contest.questions.formats.typed_fields import Fields, Lead, hints_several, key_and_reason, truths_of, without_marks
from contest.questions.formats.typed_keys import Look, Style, looks_of, shown_by
from contest.questions.formats.typed_options import Option, Options
from contest.questions.formats.typed_split import Raw
from contest.questions.formats.typed_types import told_shape
from contest.questions.formats.words import is_open_type, is_unsupported_type, level_of, points_of, type_of

MAX_SHORT = 120  # a longer answer is a text, which nobody types alike
_NUMBER = re.compile(r"[-−+]?\d{1,12}(?:[.,]\d{1,9})?")
_TOLERANT = re.compile(r"±|\+/?-|\.\.|\bđến\b|\btới\b", re.IGNORECASE)
_OF_OPTIONS = frozenset({"no_markers", "broken_marker", "options_unsplit"})
_NO_LOOKS: dict[Look, tuple[int, ...]] = {}


@dataclass(slots=True)
class Typed:
    """A question in its parts, before its key is known."""

    raw: Raw
    fields: Fields
    options: Options
    looks: dict[Look, tuple[int, ...]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()  # the options as plain text
    several: bool = False  # the document's looks mark more than one option now and then

    @property
    def is_choice(self) -> bool:
        """False where "Loại:" names a type whose key singles out no option."""
        return type_of(self.fields.text("type")) in (None, *CHOICES)

    def told(self) -> tuple[int, ...]:
        """The right options that words or stars tell, () where they don't."""
        positions = _letters(self.fields.text("key") or self.fields.text("answer"), self.texts)
        return positions or tuple(at for at, option in enumerate(self.options.options) if option.starred)


def _letters(text: str, texts: Sequence[str]) -> tuple[int, ...]:
    if not text or not texts:
        return ()
    return read_key(key_and_reason(text)[0], texts).positions


def typed(raw: Raw, fields: Fields, options: Options) -> Typed:
    """A question in its parts with the looks of its options."""
    texts = tuple(text_of(option.lines, False) for option in options.options)
    return Typed(raw, fields, options, looks_of(options.options) if options.options else _NO_LOOKS, texts)


def draft_of(question: Typed, style: Style) -> Draft:
    """The draft of a question under the document's key style."""
    return _Made(question, style).draft()


class _Made:
    def __init__(self, question: Typed, style: Style) -> None:
        self.question, self.style = question, style
        self.raw, self.fields = question.raw, question.fields
        self.place = str(self.raw.place)
        self.problems: list[Problem] = []
        self.reason = ""
        self.options: list[Option] = list(question.options.options)
        self.stem = list(question.options.stem)

    def find(self, severity: Severity, code: str, params: Params = NO_PARAMS) -> None:
        if not any(problem.code == code for problem in self.problems):
            self.problems.append(Problem(severity, code, self.place, None, params))

    def draft(self) -> Draft:
        for note in (*self.raw.notes, *((self.question.options.problem,) if self.question.options.problem else ())):
            self._note(note)
        lead = without_marks(self.stem)
        self.stem = lead.stem
        self.named = self._named_type()
        told = told_shape(self.named, self.stem, self.question.options, self.fields, self.find)
        if told is not None:
            self.problems = [problem for problem in self.problems if problem.code not in _OF_OPTIONS]
            self.question.options.tail = list(told.tail)
            shape, markup = told.shape, told.markup
            return self._draft(lead, shape, shape.stem or "", markup)
        kind, key, gaps = self._shape()
        markup = needs_markup([*self.stem, *(line for option in self.options for line in option.lines),
                               *(line for lines in self.fields.values.values() for line in lines)])
        texts = tuple(text_of(option.lines, True) for option in self.options) if markup else (
            self.question.texts[:len(self.options)])
        is_cluster = kind == "cluster"
        options = TRUE_FALSE_OPTIONS if is_cluster or (kind == "true_false" and not texts) else texts
        options = () if kind in ("essay", "number", "short_text") else options
        return self._draft(lead, Shape(kind, options, key, texts if is_cluster else (), gaps),
                           text_of(self.stem, markup), markup)

    def _draft(self, lead: Lead, shape: Shape, stem: str, markup: bool) -> Draft:
        level = self.fields.text("level")
        return complete(Draft(
            self.place, self.raw.place, self.fields.text("code") or None, shape.type, stem, tuple(shape.options),
            shape.key, self.fields.text("topic") or self.raw.topic,
            (level_of(level) or level) or lead.level or self.raw.level, self._explanation(markup),
            self._text("citation", markup), self._points(lead.points), tuple(self.problems), parts=shape.parts,
            gaps=shape.gaps, markup=markup))

    def _named_type(self) -> QuestionType | None:
        """The type that "Loại:" names; words that name none of ours are told."""
        words = self.fields.text("type")
        kind = type_of(words)
        if is_unsupported_type(words):
            self.find("error", "unsupported_type", {"value": words[:60]})
        elif words and not (kind or is_open_type(words) or level_of(words)):
            self.find("warning", "unknown_type", {"value": words[:60]})
        return kind

    def _note(self, note: Note) -> None:
        if not (note.code == "no_markers" and self.question.options.tentative and not self._tentative_key()):
            self.find(note.severity, note.code, note.params)

    def _text(self, name: str, markup: bool) -> str | None:
        return text_of(self.fields.values.get(name, ()), markup) or None

    def _explanation(self, markup: bool) -> str | None:
        lines = [*self.fields.values.get("explanation", ()), *self.question.options.tail]
        parts = [self.reason, text_of(lines, markup)]
        return "\n".join(part for part in parts if part) or None

    def _points(self, marked: int | None) -> int | None:
        words = self.fields.text("points")
        if not words:
            return marked if marked is not None else DEFAULT_POINTS
        points = points_of(words)
        if points is None:
            self.find("warning", "points_unreadable", {"value": words[:60]})
        return points

    def _tentative_key(self) -> bool:
        """True where a key shows that unlettered lines are options."""
        if self.question.told():
            return True
        shown = shown_by(self.style, self.question.looks, len(self.options))
        return len(shown.positions) == 1

    def _shape(self) -> tuple[QuestionType, tuple[int, ...], tuple[Gap, ...]]:
        """The type, the key and the gaps."""
        if self.question.options.tentative and not self._tentative_key():
            self._unoption()
        named = self.named
        if not self.options:
            shape = self._without_options()
            if named in ("single", "multiple") and shape[0] != named:
                return named, (), ()  # and that it has no options is told
            return shape
        truths = self._truths()
        if truths is not None:
            return "cluster", truths, ()
        key = self._key()
        pair = [truth_of(text) for text in self.question.texts] in ([True, False], [False, True])
        if len(key) > 1:
            told = bool(self.fields.text("key") or self.fields.text("answer")) or any(
                option.starred for option in self.options)  # by words or signs: that is meant
            if named in ("single", "true_false") and told:
                self.find("warning", "type_key_mismatch", {"value": self.fields.text("type")[:60], "keys": len(key)})
            several = named == "multiple" or told or self.question.several or hints_several(text_of(self.stem, False))
            return ("multiple" if several else "single"), key, ()
        if named:
            return named, key, ()
        return ("true_false" if pair else "single"), key, ()

    def _unoption(self) -> None:
        """Give lines that were no options back to the stem."""
        below = self.stem[-1].number if self.stem else 0
        self.stem = [line for line in self.fields.body if line.number <= below or not line.blank]
        self.options = []
        self.question.options.tail = []

    def _truths(self) -> tuple[int, ...] | None:
        """The key of a cluster: one verdict a statement; None for another type."""
        if self.question.options.style not in ("lower", "digit"):
            return None
        words = self.fields.text("key") or self.fields.text("answer")
        verdicts = truths_of(words, len(self.options)) or truths_of(self.fields.text("explanation"), len(self.options))
        own = [option.truth for option in self.options]
        if verdicts is None and all(truth is not None for truth in own):
            verdicts = tuple(bool(truth) for truth in own)
        if verdicts is not None:
            return tuple(0 if verdict else 1 for verdict in verdicts)
        if self.raw.section != "cluster" and not (own.count(None) < len(own) and own.count(False)):
            return None
        shown = self._marked_statements()
        if words or not shown:
            if words:
                self.find("error", "key_unreadable", {"value": words[:60]})
            return ()
        return tuple(0 if at in shown else 1 for at in range(len(self.options)))

    def _marked_statements(self) -> tuple[int, ...]:
        """The true statements where a look marks them; none where no look distinguishes them."""
        starred = tuple(at for at, option in enumerate(self.options) if option.starred)
        looks = [positions for look, positions in sorted(self.question.looks.items())
                 if 0 < len(positions) < len(self.options) and look[0] not in ("italic", "strike")]
        return starred or (looks[0] if len(set(looks)) == 1 else ())

    def _key(self) -> tuple[int, ...]:
        """The right options; what words, stars and looks say against each other is noted."""
        words = self.fields.text("key") or self.fields.text("answer")
        starred = tuple(at for at, option in enumerate(self.options) if option.starred)
        shown = shown_by(self.style, self.question.looks, len(self.options))
        if len(starred) == len(self.options):
            starred = ()
        if words:
            return self._key_of_words(words, starred or shown.positions)
        if starred:
            if shown.positions and len(shown.positions) < len(self.options) and shown.positions != starred:
                self.find("error", "key_conflict", {"value": _named(starred)})
            return starred
        if shown.conflict or len(shown.positions) == len(self.options):
            self.find("error", "key_conflict", {"value": _named(shown.positions)})
        return () if len(shown.positions) == len(self.options) else shown.positions

    def _key_of_words(self, words: str, marked: tuple[int, ...]) -> tuple[int, ...]:
        value, self.reason = key_and_reason(words)
        texts = self.question.texts
        key = read_key(value, texts)
        if key.problem and self.reason:
            whole = read_key(words, texts)
            key = key if whole.problem else whole
        if self.reason and read_key(words, texts).positions == key.positions:
            self.reason = ""  # it was the option's own text
        if key.problem:
            self.find("error", key.problem, {"value": words[:60], "options": len(self.options)})
            return ()
        if marked and len(marked) < len(self.options) and marked != key.positions:
            self.find("error", "key_conflict", {"value": words[:60]})
        return key.positions

    def _without_options(self) -> tuple[QuestionType, tuple[int, ...], tuple[Gap, ...]]:
        words = self.fields.text("answer") or self.fields.text("key")
        truth = says_truth(words)
        if truth is not None and self.raw.section not in ("short", "essay"):
            return "true_false", (0 if truth else 1,), ()
        if words and re.fullmatch(r"[A-H]\.?", words) and not self.fields.text("answer"):
            return "single", (), ()
        if words and len(words) <= MAX_SHORT:
            kind, gap = gap_of(words)
            return kind, (), (gap,)
        if words:
            self.fields.values.setdefault("explanation", self.fields.values.get("answer") or self.fields.values["key"])
            return "essay", (), ()
        if self.raw.section == "short":
            return "short_text", (), ()
        return ("essay" if self.raw.section == "essay" else "single"), (), ()


def gap_of(words: str) -> tuple[QuestionType, Gap]:
    """A short answer as typed: a number, or words of which "a | b" gives several."""
    answers = read_answers(words) if "|" in words else (Accepted(literal(words.strip())),)
    numbers = [_number(answer.text) for answer in answers]
    if answers and None not in numbers:
        return "number", Gap("number", tuple(Accepted(number or "", answer.credit)
                                             for number, answer in zip(numbers, answers, strict=True)))
    return "short_text", Gap("text", tuple(answer for answer in answers if answer.text))


def _number(words: str) -> str | None:
    """A number as typed, or one with its tolerance: "23,5", "23,5±0,1", "từ 20 đến 25"; None for words."""
    bare = words.strip().rstrip(".").replace("−", "-")
    if _NUMBER.fullmatch(bare):
        return bare.replace(",", ".").lstrip("+")
    return number_of(bare) if _TOLERANT.search(bare) else None


def _named(positions: Sequence[int]) -> str:
    return ", ".join(LETTERS[position] for position in positions)
