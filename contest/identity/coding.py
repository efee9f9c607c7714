"""The codes of units whose list gives none: those of the units that are meant, else new ones made of the name. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contest.identity.finder import SHOWN
from contest.identity.names import fold
from contest.identity.rosters import UnitRow
from contest.identity.sheets import Problem

LONGEST = 40


@dataclass(frozen=True)
class Placed:
    """A unit that exists, and the one above it ("" for none)."""

    code: str
    name: str
    parent_code: str = ""
    parent_name: str = ""

    def below(self, text: str) -> bool:
        """Whether the unit above is called `text`, by its code or its name."""
        return text.casefold() == self.parent_code.casefold() or fold(text) == fold(self.parent_name)


def coded(rows: Sequence[UnitRow], units: Iterable[Placed]) -> tuple[list[UnitRow], list[Problem]]:
    """The rows, each with its code, and the problems of those that may mean several units, or one that another means.

    A row without a code means the unit of its name that stands where the row says, or nowhere yet; without
    such a one it is a new unit, for another of that name elsewhere is another unit.
    """
    named: dict[str, list[Placed]] = {}
    for unit in units:
        named.setdefault(fold(unit.name), []).append(unit)
    taken = {unit.code.casefold() for group in named.values() for unit in group}
    found: list[UnitRow] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for row in rows:
        meant = [] if row.code else _meant(row, named.get(fold(row.name), []))
        code = row.code or (meant[0].code if meant else new_code(row.name, taken))
        if len(meant) > 1:
            shown = "; ".join(f"{unit.name} ({unit.code})" for unit in meant[:SHOWN])
            problems.append(_problem(row, "unit_ambiguous", candidates=shown))
        elif not row.code and code in first:
            problems.append(_problem(row, "row_repeated", first=str(first[code])))
        else:
            first[code] = row.number
            taken.add(code.casefold())
            found.append(replace(row, code=code))
    return found, problems


def _meant(row: UnitRow, alike: Sequence[Placed]) -> list[Placed]:
    """The units of this name that stand where the row says, else those that stand nowhere yet."""
    if not row.parent:
        return list(alike)
    return [unit for unit in alike if unit.below(row.parent)] or [unit for unit in alike if not unit.parent_code]


def _problem(row: UnitRow, code: str, **params: str) -> Problem:
    return Problem(row.number, "error", code, "name", (("value", row.name), *params.items()))


def new_code(name: str, taken: Iterable[str]) -> str:
    """A code of at most 40 signs that none of `taken` (case-folded) has: "Sở Nội vụ" → "so-noi-vu"."""
    words = re.findall(r"[a-z0-9]+", fold(name)) or ["don-vi"]
    while len(words) > 1 and len("-".join(words)) > LONGEST:
        words.pop()
    stem, used = "-".join(words)[:LONGEST], set(taken)
    if stem not in used:
        return stem
    short = stem[:LONGEST - 5].strip("-")
    return next(code for n in range(2, len(used) + 3) if (code := f"{short}-{n}") not in used)
