"""Questions and codes that stand in a file twice. Pure."""

from __future__ import annotations

from dataclasses import replace

from contest.questions.formats.drafts import Draft, Problem
from contest.questions.formats.text import content_hash


class Repeats:
    """What the rows so far held, as hashes: the rows themselves need not be kept."""

    def __init__(self) -> None:
        self._questions: dict[int, str] = {}
        self._codes: dict[str, str] = {}

    def told(self, draft: Draft) -> Draft:
        """The draft, with a warning where its question or its code stands in the file before."""
        found = []
        if draft.stem:
            identity = int(content_hash(draft.stem, (*draft.options, *draft.parts))[:16], 16)
            first = self._questions.setdefault(identity, draft.place)
            if first != draft.place:
                found.append(Problem("warning", "duplicate_in_file", draft.place, None, {"first_row": _row(first)}))
        if draft.code is not None:
            first = self._codes.setdefault(draft.code.casefold(), draft.place)
            if first != draft.place:
                params: dict[str, str | int] = {"first_row": _row(first), "value": draft.code[:80]}
                found.append(Problem("warning", "duplicate_code", draft.place, None, params))
        return replace(draft, problems=(*draft.problems, *found)) if found else draft


def _row(place: str) -> int:
    return int(place.rpartition("!")[2])
