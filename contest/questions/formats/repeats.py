"""Questions and codes that stand in a file twice. Pure."""

from __future__ import annotations

from dataclasses import replace

from contest.questions.formats.drafts import Draft, Problem
from contest.questions.formats.text import content_hash, fold

MAX_TWINS = 50  # questions with one and the same stem that are compared


class Repeats:
    """What the questions so far held: their stems as hashes, their options as they are."""

    def __init__(self) -> None:
        self._stems: dict[int, list[tuple[int, tuple[str, ...]]]] = {}  # folded stem → row, options
        self._codes: dict[str, str] = {}

    def _first(self, draft: Draft) -> int | None:
        """The row of the same question before, None for a new one; the options' order doesn't count."""
        options = (*draft.options, *draft.parts)
        known = self._stems.get(stem := hash(fold(draft.stem) or draft.stem))
        if known is None:
            self._stems[stem] = [(draft.row, options)]
            return None
        identity = content_hash("", options)
        first = next((row for row, others in known if content_hash("", others) == identity), None)
        if first is None and len(known) < MAX_TWINS:
            known.append((draft.row, options))
        return first

    def told(self, draft: Draft) -> Draft:
        """The draft, with a warning where its question or its code stands in the file before."""
        found = []
        if draft.stem:
            first_row = self._first(draft)
            if first_row is not None:
                found.append(Problem("warning", "duplicate_in_file", draft.place, None, {"first_row": first_row}))
        if draft.code is not None:
            first = self._codes.setdefault(draft.code.casefold(), draft.place)
            if first != draft.place:
                params: dict[str, str | int] = {"first_row": _row(first), "value": draft.code[:80]}
                found.append(Problem("warning", "duplicate_code", draft.place, None, params))
        return replace(draft, problems=(*draft.problems, *found)) if found else draft


def _row(place: str) -> int:
    return int(place.rpartition("!")[2])
