"""One question as a QTI file says it, its texts still HTML, and how it becomes a draft. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    Accepted,
    Draft,
    Gap,
    GapKind,
    Params,
    Problem,
    QuestionType,
    Severity,
)
from contest.questions.formats.markup import Marked, escape, from_html
from contest.questions.formats.qti_exact import Exact
from contest.questions.formats.qti_media import Shelf
from contest.questions.formats.stars import literal
from contest.questions.formats.text import repair
from contest.questions.formats.words import level_of

MAX_CODE_CHARS = 60
MAX_WARNINGS = 50
_SIGNS = re.compile("\ue000\\d{1,3}\ue001|\ue002\\d{1,4}\ue003")
_MARKER = re.compile("\ue000(\\d{1,3})\ue001")
_MARKER_AT_END = re.compile("\\s*\ue000\\d{1,3}\ue001[\\s.]*\\Z")

_BLANKS = re.compile(r"[ \t\n\r\f]+")
_PICTURE = re.compile(r'<img [^<>]*?src="([^"<>]{1,300})"')


def marker(position: int) -> str:
    """The sign of the 0-based gap in HTML that is still to be taken over."""
    return f"\ue000{position + 1}\ue001"


@dataclass(slots=True)
class FoundGap:
    """A gap: `answers` are (text, credit); the texts of a choice are HTML, others are plain."""

    kind: GapKind
    answers: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """An item as read; texts are HTML, in `notes` with the option's letter or "" before them.

    `code` is the identifier of the item; `folder` is where its pictures lie in the package.
    """

    place: str
    row: int
    code: str | None = None
    type: QuestionType = "essay"
    stem: str = ""
    options: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    gaps: list[FoundGap] = field(default_factory=list)
    key: list[int] = field(default_factory=list)
    credits: list[int] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    topic: str | None = None
    level: str | None = None
    tags: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    points: int | None = DEFAULT_POINTS
    problems: list[Problem] = field(default_factory=list)
    folder: str = ""
    unsupported: str = ""  # what kind of interaction it is, where we hold none like it
    exact: Exact | None = None

    def warn(self, code: str, **params: str | int) -> None:
        """Add a warning, each code and parameters once and at most MAX_WARNINGS of them."""
        if len(self.problems) < MAX_WARNINGS:
            self._add("warning", code, params)

    def fail(self, code: str, **params: str | int) -> None:
        """Add an error: the item can't be used."""
        self._add("error", code, params)

    def _add(self, severity: Severity, code: str, params: Params) -> None:
        problem = Problem(severity, code, self.place, None, params)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(slots=True)
class Desk:
    """Where items become drafts: it keeps the pictures and counts what was mended in the texts."""

    shelf: Shelf
    repaired: dict[str, tuple[str, int]] = field(default_factory=dict)

    def draft(self, found: Found) -> Draft:
        """The draft of an item; of one that is `unsupported` its stem, with an error."""
        if found.unsupported:
            found.fail("item_unsupported", value=found.unsupported[:60])
            found = Found(found.place, found.row, found.code, stem=_SIGNS.sub(" … ", found.stem), topic=found.topic,
                          points=found.points, problems=found.problems, folder=found.folder)
        return _Draftsman(self, found).draft()

    def mended(self, text: str, place: str) -> str:
        """The text repaired; what was mended is counted."""
        right, kinds = repair(text)
        self.count(kinds, place)
        return right

    def count(self, kinds: frozenset[str], place: str) -> None:
        """Count what was mended in one text."""
        for kind in kinds:
            start, count = self.repaired.get(kind, (place, 0))
            self.repaired[kind] = (start, count + 1)

    def problems(self) -> list[Problem]:
        """What was mended, a problem for each kind."""
        return [Problem("warning", "text_repaired", place, None, {"cells": count, "kind": kind})
                for kind, (place, count) in sorted(self.repaired.items())]


class _Draftsman:
    """Takes over the texts of one item."""

    def __init__(self, desk: Desk, found: Found) -> None:
        self.desk = desk
        self.found = found
        self.exact = found.exact or Exact()
        self.markup = self.exact.markup

    def draft(self) -> Draft:
        """The draft, checked."""
        found = self.found
        stem = self.taken("stem", found.stem)
        options = [self.taken(f"option{n}", text) for n, text in enumerate(found.options)]
        parts = [self.taken(f"part{n}", text) for n, text in enumerate(found.parts)]
        offers = [[self.taken(f"gap{g}.{n}", text) if gap.kind == "choice" else Marked(text, False)
                   for n, (text, _) in enumerate(gap.answers)] for g, gap in enumerate(found.gaps)]
        notes = [(label, self.taken(f"note{n}", text)) for n, (label, text) in enumerate(found.notes)]
        every = [stem, *options, *parts, *(one for texts in offers for one in texts), *(note for _, note in notes)]
        self.markup = self.markup or any(one.markup for one in every)
        text = self.text
        kind, stem_text, gaps = self.stem_and_gaps(text(stem), offers)
        draft = Draft(found.place, found.row, self.code(), kind, stem_text, tuple(map(text, options)),
                      tuple(found.key), self.short(found.topic), self.level(),
                      explained([(label, text(note)) for label, note in notes]), None, found.points, (),
                      tuple(map(text, parts)), gaps, tuple(found.credits), tuple(sorted(set(found.pinned))),
                      found.settings, tuple(dict.fromkeys(filter(None, map(self.short, found.tags)))), self.markup)
        draft = self.exact.onto(replace(draft, problems=tuple(found.problems)))
        return complete(draft)

    def taken(self, slot: str, html: str) -> Marked:
        """The text of a slot: our own source where the HTML still is what we wrote."""
        source = self.exact.source(slot, html)
        if source is not None:
            return Marked(self.with_pictures(source, html), self.exact.markup)
        if "<" not in html and "&" not in html:  # most options: nothing for a parser to find
            return Marked(" ".join(_BLANKS.split(self.desk.mended(html, self.found.place))), False)
        one = from_html(html, lambda src: self.desk.shelf.picture(src, self.found))
        for code in one.lost:
            if code != "picture_missing":  # the shelf has named it
                self.found.warn(code)
        self.desk.count(one.mended, self.found.place)
        return one

    def with_pictures(self, source: str, html: str) -> str:
        """Our source, its pictures taken over from the files that the HTML shows."""
        for src in _PICTURE.findall(html):
            kept = self.desk.shelf.picture(src, self.found)
            if kept is not None:
                source = source.replace("media:" + PurePosixPath(src).stem, "media:" + kept.name)
        return source

    def text(self, one: Marked) -> str:
        """The text as the draft holds it: escaped where another of its texts needs markup."""
        return escape(one.text) if self.markup and not one.markup else one.text

    def stem_and_gaps(self, stem: str, offers: list[list[Marked]]) -> tuple[QuestionType, str, tuple[Gap, ...]]:
        found = self.found
        gaps = tuple(
            Gap(gap.kind, tuple(Accepted(self.answer(one, gap.kind), credit)
                                for one, (_, credit) in zip(texts, gap.answers, strict=True)))
            for gap, texts in zip(found.gaps, offers, strict=True)
        )
        kind: QuestionType = found.type
        if kind == "gaps" and len(gaps) == 1 and gaps[0].kind != "choice" and self.exact.type != "gaps":
            alone = _MARKER_AT_END.sub("", stem)
            if not _MARKER.search(alone):
                kind, stem = ("number" if gaps[0].kind == "number" else "short_text"), alone
        return kind, _MARKER.sub(r"[[\1]]", stem), gaps

    def answer(self, one: Marked, kind: GapKind) -> str:
        """What a gap takes or offers; QTI knows no wildcards."""
        if kind == "choice":
            return self.text(one)
        text = self.desk.mended(one.text, self.found.place)
        return literal(text) if kind == "text" else text

    def code(self) -> str | None:
        code = self.short(self.found.code)
        if code and len(code) > MAX_CODE_CHARS:
            self.found.warn("text_not_taken", value=code[:MAX_CODE_CHARS] + "…")
            return None
        return code

    def short(self, text: str | None) -> str | None:
        """A text of one line, None where it is empty."""
        return self.desk.mended(" ".join((text or "").split()), self.found.place) or None

    def level(self) -> str | None:
        said = self.short(self.found.level)
        return (level_of(said) or said) if said else None


def explained(notes: Sequence[tuple[str, str]]) -> str | None:
    """The explanation: general notes first, then those of the options, "A: …", each once."""
    general = [text for label, text in notes if not label and text]
    of_options = [f"{label}: {text}" for label, text in sorted(notes, key=lambda note: note[0]) if label and text]
    return "\n".join(dict.fromkeys([*general, *of_options])) or None
