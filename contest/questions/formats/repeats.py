"""Questions and codes that stand in a file twice. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contest.questions.formats.drafts import Draft, Problem
from contest.questions.formats.text import content_hash, fold

MAX_TWINS = 50  # questions with one and the same stem that are compared
_TOLD = frozenset({"duplicate_in_file", "duplicate_other_key", "item_repeated", "item_other_key"})
_Known = tuple[int, tuple[str, ...], tuple[str, ...]]  # row, options, the right ones


class Repeats:
    """What the questions so far held: their stems as hashes, their options as they are."""

    def __init__(self) -> None:
        self._stems: dict[int, list[_Known]] = {}  # folded stem → the first of each such question
        self._codes: dict[str, str] = {}

    def first(self, draft: Draft) -> int | None:
        """The row of the same question before, None for a new one; the options' order doesn't count."""
        before = self._first(draft)
        return None if before is None else before[0]

    def _first(self, draft: Draft) -> _Known | None:
        options = (*draft.options, *draft.parts)
        known = self._stems.get(stem := hash(fold(draft.stem) or draft.stem))
        if known is None:
            self._stems[stem] = [(draft.row, options, _right(draft))]
            return None
        identity = content_hash("", options)
        first = next((one for one in known if content_hash("", one[1]) == identity), None)
        if first is None and len(known) < MAX_TWINS:
            known.append((draft.row, options, _right(draft)))
        return first

    def told(self, draft: Draft) -> Draft:
        """The draft, with a warning where its question or its code stands in the file before."""
        found = []
        if draft.stem:
            first = self._first(draft)
            if first is not None:
                row, _, right = first
                code = "duplicate_other_key" if _differ(right, _right(draft)) else "duplicate_in_file"
                found.append(Problem("warning", code, draft.place, None, {"first_row": row}))
        if draft.code is not None:
            place = self._codes.setdefault(draft.code.casefold(), draft.place)
            if place != draft.place:
                params: dict[str, str | int] = {"first_row": _row(place), "value": draft.code[:80]}
                found.append(Problem("warning", "duplicate_code", draft.place, None, params))
        return replace(draft, problems=(*draft.problems, *found)) if found else draft


def _row(place: str) -> int:
    return int(place.rpartition("!")[2])


def told_apart(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """The drafts of a file whose codes are names that programs give: they tell no questions apart.

    A question that stands in the file before is told. Another one under a code that is taken loses
    the code, and that is told: known by that code, it would not be imported.
    """
    repeats = Repeats()
    codes: dict[str, str] = {}
    found: list[Draft] = []
    for ordinal, draft in enumerate(drafts):
        told = {problem.code for problem in draft.problems}
        at = repeats.first(replace(draft, row=ordinal)) if draft.stem else None
        if at is not None and not told & _TOLD:
            first = found[at]
            repeated = "item_other_key" if _differ(_right(first), _right(draft)) else "item_repeated"
            draft = _warned(draft, repeated, {"first": _name(first.place), "first_row": first.row})
        if draft.code is not None and draft.usable:
            code = draft.code.casefold()
            if code in codes and at is None and "duplicate_code" not in told:
                draft = _warned(replace(draft, code=None), "code_repeated",
                                {"first": _name(codes[code]), "value": draft.code[:80]})
            codes.setdefault(code, draft.place)
        found.append(draft)
    return tuple(found)


def _name(place: str) -> str:
    return place.removeprefix("@")


def _warned(draft: Draft, code: str, params: dict[str, str | int]) -> Draft:
    return replace(draft, problems=(*draft.problems, Problem("warning", code, draft.place, None, params)))


def _right(draft: Draft) -> tuple[str, ...]:
    """The right options of a choice, () where there are none or the key says something else."""
    if draft.parts or draft.type == "ordering":
        return ()
    return tuple(draft.options[place] for place in draft.key if place < len(draft.options))


def _differ(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return bool(first and second) and content_hash("", first) != content_hash("", second)
