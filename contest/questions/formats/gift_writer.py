r"""Questions → GIFT, as Moodle imports it. Pure.

What GIFT has no sign for (citation, points, settings, fixed options, a level in other words) goes
into the comment that Moodle reads "[id:…] [tag:…]" from: it passes such words over, and our own
reader takes them back.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from html import escape as escape_html

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    FULL_CREDIT,
    Draft,
    Media,
    Problem,
    Written,
    column_letter,
)
from contest.questions.formats.gift_answers import percent
from contest.questions.formats.gift_numbers import NumberUnreadable, accepted
from contest.questions.formats.gift_text import prefixed
from contest.questions.formats.keys import truth_of
from contest.questions.formats.words import level_of

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"} | {"\n": "\\n", "\r": ""})
_ORDERING_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\{}#"} | {"\n": "\\n", "\r": ""})
_META_SIGNS = str.maketrans({"\\": "\\\\", "]": "\\]", "\n": "\\n", "\r": ""})
_PICTURE = re.compile(r'\(media:([0-9a-f]{64})(?: "\d{1,5}x\d{1,5}")?\)')


class CannotHold(Exception):
    """The format can't hold this question; `what` names the field or type in the way."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def write_gift(drafts: Sequence[Draft], media: Sequence[Media] = ()) -> Written:
    """Return the questions as UTF-8 text, and a problem "not_written" for each that GIFT can't hold.

    Not held: cluster, gaps, unusable questions, a typed answer with "->", an item of an ordering
    question that begins with "//". Pictures are written into the text.
    """
    pictures = {picture.name: picture for picture in media}
    written: list[str] = []
    left_out: list[Problem] = []
    topic: str | None = None
    for draft in drafts:
        try:
            question = _Question(draft, pictures)
            text = question.write()
        except CannotHold as reason:
            left_out.append(_left_out(draft, reason.what))
            continue
        if draft.topic != topic:
            topic = draft.topic
            written.append(f"$CATEGORY: $course$/top{_path(topic)}\n")
        left_out += [_left_out(draft, what) for what in question.lost]
        written.append(text)
    return Written("\n".join(written).encode("utf-8", "replace"), "gift.txt", tuple(left_out))


def _left_out(draft: Draft, what: str) -> Problem:
    return Problem("warning", "not_written", draft.place, None, {"what": what})


def _path(topic: str | None) -> str:
    if topic is None:
        return ""
    slashes = topic.replace("/", "//").translate(_SIGNS)
    before, after = " " * topic.startswith("/"), " " * topic.endswith("/")
    return f"/{before}{slashes}{after}"


class _Question:
    def __init__(self, draft: Draft, pictures: Mapping[str, Media]) -> None:
        self.draft = draft
        self.pictures = pictures
        self.form = "markdown" if draft.markup else "plain"
        self.lost: list[str] = []

    def write(self) -> str:
        """The comment with what Moodle calls metadata, stem and answers."""
        draft = self.draft
        if not draft.usable:
            raise CannotHold("unusable")
        writer = getattr(self, f"_{draft.type}", None)
        if writer is None:
            raise CannotHold(draft.type)
        answers: str = writer()
        general = f"####{self._answer(draft.explanation)}" if draft.explanation else ""
        inside = f"{answers}\t{general}\n" if general and "\n" in answers else answers + general
        return f"{self._comment()}[{self.form}]{self._said(draft.stem)} {{{inside}}}\n"

    def _comment(self) -> str:
        draft = self.draft
        words: list[tuple[str, str]] = [("id", draft.code)] if draft.code else []
        if draft.level:
            words.append(("tag" if level_of(draft.level) == draft.level else "level", draft.level))
        elif any(level_of(tag) for tag in draft.tags):
            words.append(("level", ""))
        words += [("tag", tag) for tag in draft.tags]
        if draft.citation:
            words.append(("citation", draft.citation))
        if draft.points is not None and draft.points != DEFAULT_POINTS:
            words.append(("points", str(draft.points)))
        words += [("set", f"{name}={value}") for name, value in sorted(draft.settings.items())]
        if draft.pinned and draft.pinned != complete(draft_without_pins(draft)).pinned:
            words.append(("pin", "".join(map(column_letter, draft.pinned))))
        if draft.type == "matching" and self._appearing() != list(range(len(draft.options))):
            words.append(("order", "".join(map(column_letter, self._appearing()))))
        shown = " ".join(f"[{name}:{value.translate(_META_SIGNS)}]" for name, value in words)
        return f"// {shown}\n" if shown else ""

    def _said(self, text: str) -> str:
        """A text whose format is that of the question, its signs escaped and its pictures inside."""
        if self.draft.markup:
            text = _PICTURE.sub(self._picture, text)
        return text.translate(_SIGNS)

    def _picture(self, found: re.Match[str]) -> str:
        picture = self.pictures.get(found[1])
        if picture is None:
            self.lost.append("media")
            return found[0]
        return f"(data:{picture.mime};base64,{base64.b64encode(picture.data).decode()})"

    def _answer(self, text: str) -> str:
        """An answer's text: its format stands before it where it looks like a format or a weight."""
        return (f"[{self.form}]" if _misread(text) else "") + self._said(text)

    def _listed(self, signed: Sequence[tuple[str, str]]) -> str:
        return "\n" + "".join(f"\t{sign}{text}\n" for sign, text in signed)

    def _single(self) -> str:
        draft = self.draft
        weights = draft.credits or [FULL_CREDIT if at in draft.key else 0 for at in range(len(draft.options))]
        if weights[draft.key[0]] != FULL_CREDIT:
            raise CannotHold("credits")
        return self._listed([("=" if at in draft.key else _weighted(weight), self._answer(option))
                             for at, (option, weight) in enumerate(zip(draft.options, weights, strict=True))])

    def _multiple(self) -> str:
        draft = self.draft
        if draft.credits:
            signs = [_weighted(weight) for weight in draft.credits]
            if any((weight > 0) != (at in draft.key) for at, weight in enumerate(draft.credits)):
                raise CannotHold("credits")
        else:
            share = f"~%{100 / len(draft.key):.5f}".rstrip("0").rstrip(".") + "%"
            signs = [share if at in draft.key else "~" for at in range(len(draft.options))]
        return self._listed(list(zip(signs, map(self._answer, draft.options), strict=True)))

    def _true_false(self) -> str:
        truths = [truth_of(option) for option in self.draft.options]
        right = truths[self.draft.key[0]]
        if None in truths:
            raise CannotHold("options")
        return "TRUE" if right else "FALSE"

    def _essay(self) -> str:
        return ""

    def _short_text(self) -> str:
        found = self.draft.gaps[0].answers
        shown = [_typed(answer.text) for answer in found]
        if any("->" in text for text in shown):
            raise CannotHold("->")  # an arrow makes it a matching question
        return self._listed([("=" if answer.credit == FULL_CREDIT else f"=%{percent(answer.credit)}%", text)
                             for answer, text in zip(found, shown, strict=True)])

    def _number(self) -> str:
        found = self.draft.gaps[0].answers
        try:
            shown = [accepted(answer.text).replace("±", ":") for answer in found]
        except NumberUnreadable as wrong:
            raise CannotHold("number") from wrong
        if len(found) == 1 and found[0].credit == FULL_CREDIT:
            return "#" + shown[0]
        return "#" + self._listed([(f"=%{percent(answer.credit)}%", text)
                                   for answer, text in zip(found, shown, strict=True)])

    def _appearing(self) -> list[int]:
        """The targets in the order in which the pairs name them, distractors last."""
        return list(dict.fromkeys([*self.draft.key, *range(len(self.draft.options))]))

    def _matching(self) -> str:
        draft = self.draft
        lines = [(self._prompt(part), draft.options[at]) for part, at in zip(draft.parts, draft.key, strict=True)]
        lines += [("", draft.options[at]) for at in self._appearing()[len(set(draft.key)) :]]
        return self._listed([("=", f"{prompt} -> {self._said(target)}") for prompt, target in lines])

    def _prompt(self, part: str) -> str:
        """A prompt. The arrow parts it from its target and has no escape: HTML has."""
        if "->" not in part:
            return self._answer(part)
        if self.draft.markup:
            return self._answer(part.replace("->", "-&gt;"))
        if part != " ".join(part.split()):
            raise CannotHold("->")
        return "[html]" + escape_html(part, quote=False).translate(_SIGNS)

    def _ordering(self) -> str:
        items = [item.translate(_ORDERING_SIGNS) for item in self.draft.options]
        if any(item.startswith("//") or prefixed(item, "")[0] for item in items):
            raise CannotHold("//")
        items = [item.replace(":", "\\:") if item.startswith(("::", "$")) else item for item in items]
        items = ["\\" + item if item.startswith(("=", "~")) else item for item in items]
        head = f">{len(items)} ALL VERTICAL ABSOLUTE_POSITION SHOW none\n"
        return head + "".join(f"{item}\n" for item in items)


def draft_without_pins(draft: Draft) -> Draft:
    """The draft as a reader makes it before fixed options are looked for."""
    return Draft(draft.place, draft.row, None, draft.type, draft.stem, draft.options, draft.key)


def _weighted(weight: int) -> str:
    return f"~%{percent(weight)}%" if weight else "~"


def _typed(text: str) -> str:
    """An answer that people type."""
    escaped = text.translate(_SIGNS)
    return f"[plain]{escaped}" if _misread(text) else escaped


def _misread(text: str) -> bool:
    return text.startswith("%") or prefixed(text, "")[0] != ""
