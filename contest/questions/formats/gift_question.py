"""One GIFT question → a draft. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    FULL_CREDIT,
    TRUE_FALSE_OPTIONS,
    Accepted,
    Draft,
    Gap,
    Problem,
    QuestionType,
    Severity,
    column_letter,
)
from contest.questions.formats.gift_answers import (
    Answer,
    Section,
    answers,
    complete_sum,
    even,
    odd_signs,
    pairs,
    percent,
    steps,
    truth,
    visible,
)
from contest.questions.formats.gift_blocks import Block, metadata
from contest.questions.formats.gift_numbers import NumberUnreadable, accepted
from contest.questions.formats.gift_text import Texts, prefixed, reveal, shown
from contest.questions.formats.markup import Marked
from contest.questions.formats.stars import is_wildcard
from contest.questions.formats.words import level_of

MAX_CODE_CHARS = 60
_WIDE_SIGNS = ("＝", "～")

class Question:
    """What is known of one question while it is read.

    `stem` first, then `read` with what stands between the braces, or `unread` where that failed.
    """

    def __init__(self, block: Block, topic: str | None) -> None:
        self.block = block
        self.topic = topic
        self.row = block.numbers[0]
        self.place = str(self.row)
        self.code: str | None = None
        self.level: str | None = None
        self.citation: str | None = None
        self.points = DEFAULT_POINTS
        self.tags: list[str] = []
        self.settings: dict[str, str] = {}
        self.pins: tuple[int, ...] = ()
        self.order: list[int] = []
        self.texts = Texts()
        self.problems: list[Problem] = []
        self.said: list[tuple[Marked | None, str]] = []  # heading, and feedback as it stands
        self._metadata()

    def warn(self, code: str, offset: int, **params: str | int) -> None:
        """Note what somebody should look at."""
        self._add("warning", code, offset, params)

    def refuse(self, code: str, offset: int, **params: str | int) -> None:
        """Note what makes the question unusable."""
        self._add("error", code, offset, params)

    def _add(self, severity: Severity, code: str, offset: int, params: dict[str, str | int]) -> None:
        if all(known.code != code for known in self.problems):
            self.problems.append(Problem(severity, code, str(self.block.line_at(offset)), None, params))

    def _metadata(self) -> None:
        levelled = False
        for name, value in metadata(self.block.comments):
            value = value.strip()
            if name == "id" and value and self.code is None:
                if len(value) <= MAX_CODE_CHARS:
                    self.code = value
                else:
                    self.warn("text_not_taken", 0, value=shown(value))
            elif name == "level":
                self.level, levelled = value or None, True
            elif name == "tag" and value:
                level = None if levelled else level_of(value)
                if level:
                    self.level, levelled = level, True
                elif value not in self.tags:
                    self.tags.append(value)
            elif name == "citation" and value:
                self.citation = value
            elif name == "points" and value.isascii() and value.isdigit() and len(value) < 7:
                self.points = int(value)
            elif name == "set" and "=" in value:
                key, _, setting = value.partition("=")
                self.settings[key] = setting
            elif name == "pin":
                self.pins = tuple(ord(letter) - 65 for letter in value if "A" <= letter <= "Z")
            elif name == "order":
                self.order = [ord(letter) - 65 for letter in value if "A" <= letter <= "Z"]

    def stem(self, covered: str) -> None:
        """Take the stem over: its format is that of all texts."""
        self.texts.form, rest = prefixed(covered, "moodle")
        self._stem = self.texts.take(rest, prefix=False)

    def unread(self) -> Draft:
        """The draft of a question whose answers can't be found."""
        return self._draft("single")

    def read(self, found: Section) -> Draft:
        """The draft, its type told by the signs as Moodle tells it."""
        self.said.append((None, found.general))
        ordered = steps(found)
        truthful = truth(found)
        if not found.text:
            return self._draft("essay")
        if ordered is not None:
            return self._draft("ordering", [self.texts.take(step) for step in ordered], range(len(ordered)))
        if found.text.startswith("#"):
            return self._numbers(answers(found, 1))
        for offset, sign, value in odd_signs(found) if truthful is None else ():
            self.warn("sign_inside", offset, sign=sign, value=shown(value))
        if "~" in found.text:
            return self._choice(answers(found))
        if "=" in found.text and "->" in found.text:
            return self._matching(found)
        if truthful is not None:
            right, wrong_said, right_said = truthful
            said = (right_said, wrong_said) if right else (wrong_said, right_said)
            self.said += [(Marked(letter, False), feedback) for letter, feedback in zip("AB", said, strict=True)]
            options = [Marked(text, False) for text in TRUE_FALSE_OPTIONS]
            return self._draft("true_false", options, (0 if right else 1,))
        return self._words(answers(found))

    def _checked(self, found: Sequence[Answer]) -> Sequence[Answer]:
        for answer in found:
            if answer.bad_weight:
                self.refuse("format_error", answer.offset, value=shown(answer.bad_weight))
        return found

    def _choice(self, found: Sequence[Answer]) -> Draft:
        for answer in self._checked(found):
            if not answer.sign:
                self.refuse("format_error", answer.offset, value=shown(answer.text))
        options = [self.texts.take(answer.text) for answer in found]
        self.said += [(Marked(column_letter(position), False), answer.feedback)
                      for position, answer in enumerate(found)]
        weights = [answer.credit for answer in found]
        full = [position for position, answer in enumerate(found)
                if answer.sign == "=" and answer.credit == FULL_CREDIT]
        if len(full) == 1:
            plain = sorted(weights) == [0] * (len(weights) - 1) + [FULL_CREDIT]
            return self._draft("single", options, full, () if plain else weights)
        if full:
            self.warn("several_right", found[full[1]].offset, keys=len(full))
            share = FULL_CREDIT // len(full)
            weights = [share if position in full else weight for position, weight in enumerate(weights)]
        key = [position for position, credit in enumerate(weights) if credit > 0]
        if key and not full and not complete_sum(weights):
            total = sum(credit for credit in weights if credit > 0)
            self.warn("credits_uneven", found[key[0]].offset, found=percent(total))
        return self._draft("multiple", options, key, () if even(weights) else weights)

    def _matching(self, found: Section) -> Draft:
        parts: list[Marked] = []
        key: list[int] = []
        targets: dict[str, int] = {}
        options: list[Marked] = []
        for prompt, target, offset in pairs(found):
            if target is None:
                self.refuse("format_error", offset, value=shown(prompt))
                continue
            option = self.texts.take(target, prefix=False)
            if option.text not in targets:
                targets[option.text] = len(options)
                options.append(option)
            if prompt:
                part = self.texts.take(prompt)
                parts.append(Marked(part.text.replace("-&gt;", "->"), True) if part.markup else part)
                key.append(targets[option.text])
        if sorted(self.order) == list(range(len(options))):  # the file's own order of the targets
            options = [options[self.order.index(at)] for at in range(len(options))]
            key = [self.order[at] for at in key]
        return self._draft("matching", options, key, parts=parts)

    def _words(self, found: Sequence[Answer]) -> Draft:
        taken: list[Accepted] = []
        for answer in self._checked(found):
            if not answer.sign and ("\n" in answer.text or answer.text[:1] in _WIDE_SIGNS):
                self.refuse("format_error", answer.offset, value=shown(answer.text))
            text = self.texts.typed(answer.text)
            self.said.append((Marked(text, False), answer.feedback))
            if text == "*" and answer.credit <= 0:
                continue  # feedback for every other answer
            if is_wildcard(text):
                self.warn("wildcard", answer.offset, value=shown(answer.text))
            taken.append(Accepted(text, answer.credit))
        return self._draft("short_text", gaps=(Gap("text", tuple(taken)),))

    def _numbers(self, found: Sequence[Answer]) -> Draft:
        taken: list[Accepted] = []
        for answer in self._checked(found):
            self.said.append((Marked(visible(answer.text) or "*", False), answer.feedback))
            if answer.sign == "~" or (answer.text == "*" and answer.credit <= 0):
                if answer.text not in ("", "*"):
                    self.warn("text_not_taken", answer.offset, value=shown(answer.text))
                continue
            try:
                taken.append(Accepted(accepted(reveal(answer.text)), answer.credit))
            except NumberUnreadable as wrong:
                self.refuse(wrong.code, answer.offset, value=shown(answer.text))
        return self._draft("number", gaps=(Gap("number", tuple(taken)),))

    def _explanation(self) -> str | None:
        """General feedback, then that of each answer on a line of its own."""
        taken = [(heading, self.texts.take(covered)) for heading, covered in self.said if covered]
        lines = []
        for heading, said in taken:
            if said.text:
                *before, line = self.texts.settled([heading, said] if heading else [said])
                lines.append(": ".join([*before, line]))
        return "\n".join(lines) or None

    def _draft(self, kind: QuestionType, options: Sequence[Marked] = (), key: Sequence[int] = (),
               weights: Sequence[int] = (), parts: Sequence[Marked] = (), gaps: tuple[Gap, ...] = ()) -> Draft:
        explanation = self._explanation()
        (stem,) = self.texts.settled([self._stem])
        return Draft(
            self.place, self.row, self.code, kind, stem, self.texts.settled(options), tuple(key), self.topic,
            self.level, explanation, self.citation, self.points,
            (*self.problems, *self.texts.problems(self.place)), self.texts.settled(parts), gaps, tuple(weights),
            tuple(pin for pin in self.pins if pin < len(options)), self.settings, tuple(self.tags),
            self.texts.markup)
