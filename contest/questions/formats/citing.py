"""A question's citation → the sections it means. Pure.

Exact: the words are those of a section on record, or number and place are. Likely: the spelling had
to be read, or the document is not split as finely: somebody looks. Every answer says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from contest.questions.formats.law_numbers import bare_numbers_in, name_key, number_key, numbers_in
from contest.questions.formats.locators import WHOLE, cut_places, keys_of, split_places, without_fine

Grade = Literal["exact", "likely", "none"]
_WORST: dict[Grade, int] = {"exact": 0, "likely": 1, "none": 2}
MOST_CHARS = 1_000
_FINER = re.compile(r"\d+|[a-zđ]")  # a key without anything above it: "điểm 4"
_LIKENESS = 0.75  # share of a citation's words that a document's name must hold
_FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Law:
    """A document to be cited: its number as `number_key` writes it, its names, key → section."""

    id: str
    kind: str
    number: str
    names: tuple[str, ...]
    sections: Mapping[str, str]


@dataclass(frozen=True)
class Library:
    """What citations are looked up in. `words`: a citation as a bank writes it → its sections."""

    laws: Sequence[Law]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def known_words(self) -> dict[str, tuple[str, ...]]:
        return {name_key(words): sections for words, sections in self.words.items()}

    @cached_property
    def by_number(self) -> dict[str, list[Law]]:
        found: dict[str, list[Law]] = {}
        for law in self.laws:
            if law.number:
                found.setdefault(law.number, []).append(law)
        return found

    @cached_property
    def by_name(self) -> dict[str, list[Law]]:
        """Names of documents, and the words that stand before the place in citations on record."""
        owner = {section: law for law in self.laws for section in law.sections.values()}
        found: dict[str, dict[str, Law]] = {}
        for law in self.laws:
            for name in law.names:
                found.setdefault(name_key(name), {})[law.id] = law
        for words, sections in self.words.items():
            for section in sections:
                if section in owner:
                    found.setdefault(name_key(cut_places(words)), {})[owner[section].id] = owner[section]
        found.pop("", None)
        return {name: list(laws.values()) for name, laws in found.items()}

    @cached_property
    def name_words(self) -> list[tuple[Law, frozenset[str]]]:
        return [(laws[0], frozenset(name.split())) for name, laws in self.by_name.items() if len(laws) == 1]


@dataclass(frozen=True, slots=True)
class Match:
    """The sections that a citation means; `why` are codes of `REASONS`, the weightiest first.

    `law_id` is the document that it means, "" where none was found.
    """

    grade: Grade
    sections: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    law_id: str = ""


REASONS = ("words", "number", "name", "short_number", "kind_differs", "name_alike", "several_documents", "as_fine",
           "wider", "inside", "other_reading", "repeated", "no_place", "place_unknown", "unknown_number", "no_document",
           "too_long", "empty")


def match(citation: str, library: Library) -> Match:
    """The sections of the library that a citation names."""
    if len(citation) > MOST_CHARS:
        return Match("none", (), ("too_long",))
    for words in (citation, without_fine(citation)):
        sections = library.known_words.get(name_key(words))
        if sections:
            return Match("exact", sections, ("words",))
    pieces = split_places(citation)
    if not pieces:
        return Match("none", (), ("empty",))
    found: list[Match] = []
    law: Law | None = None
    for piece in pieces:
        grade, named, why = _law_of(piece, library)
        follows = named is None and law is not None and why == "no_document"
        if follows:
            grade, named, why = "exact", law, ""
        law = named
        if named is None:
            found.append(Match("none", (), (why,)))
        else:
            found.append(_placed(piece, named, grade, why, found[-1].sections[-1:] if follows else ()))
    return _together(found)


def _together(found: Sequence[Match]) -> Match:
    grade = max((one.grade for one in found), key=_WORST.__getitem__)
    sections = tuple(dict.fromkeys(section for one in found for section in one.sections))
    if grade == "none" and sections:
        grade = "likely"
    worst_first = sorted(found, key=lambda one: -_WORST[one.grade])
    why = tuple(dict.fromkeys(code for one in worst_first for code in one.why if code))
    return Match(grade, sections, why, next((one.law_id for one in found if one.law_id), ""))


def _law_of(piece: str, library: Library) -> tuple[Grade, Law | None, str]:
    """How sure, the document, why."""
    numbers = list(dict.fromkeys(number_key(number) for number in numbers_in(piece)))
    if numbers:
        laws = [law for number in numbers for law in library.by_number.get(number, [])]
        if not laws:
            return "none", None, "unknown_number"
        return ("exact", laws[0], "number") if len(laws) == 1 else ("likely", laws[0], "several_documents")
    rest = cut_places(piece)
    laws = library.by_name.get(name_key(rest), [])
    if laws:
        return ("exact", laws[0], "name") if len(laws) == 1 else ("likely", laws[0], "several_documents")
    for kind, number in bare_numbers_in(piece):
        laws = [law for law in library.laws if _number_starts(law.number, number)]
        same = [law for law in laws if law.kind == kind]
        if len(same) == 1:
            return "likely", same[0], "short_number"
        if laws:
            return "likely", (same or laws)[0], "several_documents" if len(same or laws) > 1 else "kind_differs"
    return _alike(name_key(rest), library)


def _number_starts(number: str, start: str) -> bool:
    return number.startswith(start) and number[len(start):len(start) + 1] in ("/", "-")


def _alike(name: str, library: Library) -> tuple[Grade, Law | None, str]:
    """The one document whose name holds nearly all words."""
    words = frozenset(name.split())
    if len(words) < _FEWEST_WORDS:
        return "none", None, "no_document"
    scores: dict[str, tuple[float, Law]] = {}
    for law, known in library.name_words:
        score = len(words & known) / len(words)
        if score >= _LIKENESS and score > scores.get(law.id, (0.0, law))[0]:
            scores[law.id] = (score, law)
    best = sorted(scores.values(), key=lambda one: -one[0])
    if not best or (len(best) > 1 and best[0][0] == best[1][0]):
        return "none", None, "several_documents" if best else "no_document"
    return "likely", best[0][1], "name_alike"


def _placed(piece: str, law: Law, grade: Grade, why: str, before: tuple[str, ...]) -> Match:
    """The section of a document that a piece names; `before` is the one that the text named just before it."""
    wanted = _beside(_wanted(piece), law, before)
    if not wanted:
        if WHOLE in law.sections:
            return Match(grade, (law.sections[WHOLE],), (why,), law.id)
        return Match("none", (), ("no_place", why), law.id)
    for at, key in enumerate(wanted):
        if key in law.sections:
            if f"{key}#2" in law.sections:
                return Match("likely", (law.sections[key],), ("repeated", why), law.id)
            return Match(grade if at == 0 else "likely", (law.sections[key],),
                         (why,) if at == 0 else ("other_reading", why), law.id)
    for key in wanted:
        above = key.rpartition("/")[0]
        while above:
            if above in law.sections:
                leaf = not any(other.startswith(f"{above}/") for other in law.sections)
                return Match(grade if leaf else "likely", (law.sections[above],),
                             ("as_fine" if leaf else "wider", why), law.id)
            above = above.rpartition("/")[0]
    inside = [section for key, section in law.sections.items() if key.endswith(f"/{wanted[0]}")]
    if len(inside) == 1:
        return Match("likely", (inside[0],), ("inside", why), law.id)
    return Match("none", (), ("place_unknown", why), law.id)


def _beside(wanted: tuple[str, ...], law: Law, before: tuple[str, ...]) -> tuple[str, ...]:
    """The keys, where they only say "điểm 4" after "mục III, điểm 3" with that place before them."""
    near = next((key for key, section in law.sections.items() if section in before), "")
    above = near.rpartition("/")[0]
    if above and wanted and _FINER.fullmatch(wanted[0]):
        return (f"{above}/{wanted[0]}", *wanted)
    return wanted


def _wanted(piece: str) -> tuple[str, ...]:
    """The keys that a piece names, also without a word: "KH 1600, II.3"."""
    found = keys_of(piece)
    if found:
        return found
    fragments: Iterable[str] = reversed(without_fine(piece).split(","))
    return next((keys for keys in (keys_of(fragment.strip()) for fragment in fragments) if keys), ())
