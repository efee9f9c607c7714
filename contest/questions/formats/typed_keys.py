"""Which look marks the right options of a document: the one that singles out one option. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contest.questions.formats.lines import Piece
from contest.questions.formats.typed_options import Option

LEAST_SHARE = 30  # per cent of the questions in which a look must single out one option
_SECOND_SHARE = 20  # of the first look's count, for a second one to count beside it
_UNLIKELY = {"italic": 1, "strike": 2}  # count only where nothing else marks a key

_Question = tuple[dict[tuple[str, str], tuple[int, ...]], int, tuple[int, ...]]
Look = tuple[str, str]  # a mark of a piece, and where: "letter" or "text"


@dataclass(frozen=True, slots=True)
class Style:
    """The looks that mark keys, the likeliest first."""

    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the looks say of one question: the marked options; `conflict` where two looks disagree."""

    positions: tuple[int, ...] = ()
    conflict: bool = False


def looks_of(options: Sequence[Option]) -> dict[Look, tuple[int, ...]]:
    """Each look and the options that bear it."""
    found: dict[Look, list[int]] = {}
    for at, option in enumerate(options):
        text = [piece for line in option.lines for piece in line.pieces]
        for where, pieces in (("letter", option.marker), ("text", text)):
            for mark in _marks(pieces):
                found.setdefault((mark, where), []).append(at)
    return {look: tuple(positions) for look, positions in found.items()}


def _marks(pieces: Iterable[Piece]) -> list[str]:
    """The marks of at least half of what can be seen."""
    counts: Counter[str] = Counter()
    total = 0
    for piece in pieces:
        size = sum(not char.isspace() for char in piece.text)
        total += size
        for mark in piece.marks:
            counts[mark] += size
    return [mark for mark, count in counts.items() if mark not in ("sup", "sub") and count * 2 >= total > 0]


def style_of(questions: Sequence[_Question]) -> Style:
    """The document's key style from each question's looks, number of options, and its key where words tell it."""
    singles: Counter[Look] = Counter()
    against: Counter[Look] = Counter()
    open_questions = 0
    for looks, count, told in questions:
        open_questions += not told
        for look, positions in looks.items():
            if 0 < len(positions) < count and (len(positions) == 1 or positions == told):
                singles[look] += 1
                against[look] += bool(told) and positions != told
    ranked = [look for look in sorted(singles, key=lambda look: (_UNLIKELY.get(look[0], 0), -singles[look], look))
              if against[look] * 2 <= singles[look]]
    least = max(len(questions) * LEAST_SHARE, 1)
    good = [look for look in ranked if singles[look] * 100 >= least]
    if not good:
        return _together(ranked, questions)
    first = good[0]
    return Style(tuple(look for look in ranked if look[0] not in _UNLIKELY or look[0] == first[0]
                       if singles[look] * 100 >= _SECOND_SHARE * singles[first] or look[0] == first[0]))


def _together(ranked: Sequence[Look], questions: Sequence[_Question]) -> Style:
    """Several looks that only together mark most questions: somebody changed the pen."""
    looks = tuple(look for look in ranked if look[0] not in _UNLIKELY)
    marked = sum(any(len(found.get(look, ())) == 1 for look in looks) for found, _count, _told in questions)
    return Style(looks) if looks and marked * 100 >= len(questions) * 2 * LEAST_SHARE else Style()


def shown_by(style: Style, looks: dict[Look, tuple[int, ...]], count: int) -> Shown:
    """The options that the document's key style marks in one question."""
    partial = [looks[look] for look in style.looks if 0 < len(looks.get(look, ())) < count]
    single = list(dict.fromkeys(positions for positions in partial if len(positions) == 1))
    if single:
        return Shown(single[0], len(single) > 1)
    if partial:
        return Shown(partial[0])
    whole = [looks[look] for look in style.looks[:1] if len(looks.get(look, ())) == count > 1]
    return Shown(whole[0]) if whole else Shown()
