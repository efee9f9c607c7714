"""Rows of a file that want the same mending as one that was just mended. Pure.

Rows are cells, field → text, as `formats.one_row` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from contest.questions.formats.columns import OPTION_FIELDS

Cells = Mapping[str, str]
How = Literal["set", "cut"]
SET_FIELDS = ("type", "topic", "level", "points", "citation", "scoring", "format", "key")
CUT_FIELDS = ("stem", *OPTION_FIELDS, "explanation", "citation")
LEAST_CUT = 2  # signs: a single one at the end says nothing


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done to other rows too.

    set: the field says `old` there as well, and may say `new`. cut: it ends with `old` there as
    well, which may go. `ordinals` are the rows' 0-based places, without the mended one.
    """

    field: str
    how: How
    old: str
    new: str
    ordinals: tuple[int, ...]


def offers(before: Cells, after: Cells, others: Mapping[int, Cells], faulty_keys: frozenset[int]) -> tuple[Offer, ...]:
    """What was done to one row and could be done to others, fields in their order.

    A key is offered only to rows whose own could not be read: `faulty_keys`.
    """
    found = []
    for name in dict.fromkeys((*SET_FIELDS, *CUT_FIELDS)):
        old, new = before.get(name, ""), after.get(name, "")
        if old == new:
            continue
        offer = _set(name, old, new, others, faulty_keys) if name in SET_FIELDS else None
        if offer is None and name in CUT_FIELDS:
            offer = _cut(name, old, new, others)
        if offer is not None:
            found.append(offer)
    return tuple(found)


def applied(offer: Offer, cells: Cells) -> dict[str, str]:
    """The fields of another row that change."""
    if offer.how == "set":
        return {offer.field: offer.new}
    fields = OPTION_FIELDS if offer.field in OPTION_FIELDS else (offer.field,)
    return {name: cells[name].removesuffix(offer.old).rstrip() for name in fields if _ends(cells, name, offer.old)}


def _set(name: str, old: str, new: str, others: Mapping[int, Cells], faulty_keys: frozenset[int]) -> Offer | None:
    if name == "key" and not old:
        return None
    found = tuple(place for place, cells in others.items()
                  if cells.get(name, "") == old and (name != "key" or place in faulty_keys))
    return Offer(name, "set", old, new, found) if found else None


def _cut(name: str, old: str, new: str, others: Mapping[int, Cells]) -> Offer | None:
    """An end that was dropped, and stands in other rows; of an option, in any of theirs."""
    if not new or not old.startswith(new):
        return None
    end = old[len(new):].strip()
    if len(end) < LEAST_CUT:
        return None
    fields = OPTION_FIELDS if name in OPTION_FIELDS else (name,)
    found = tuple(place for place, cells in others.items() if any(_ends(cells, one, end) for one in fields))
    return Offer(name, "cut", end, "", found) if found else None


def _ends(cells: Cells, name: str, end: str) -> bool:
    text = cells.get(name, "")
    return text.endswith(end) and len(text) > len(end)
