"""The unit that a cell of a list means: by its code, else by its name where only one unit has it. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from contest.identity.names import fold, tidy

SHOWN = 5  # candidates of one finding


@dataclass(frozen=True)
class Meant:
    """`code`: the unit's code, case-folded, or None where `trouble` says why ("ambiguous", "near",
    "unknown"); `candidates`: the units that may be meant, as a person reads them."""

    code: str | None
    trouble: str | None = None
    candidates: str = ""


class UnitFinder:
    """Finds units among (code, name) pairs; a code may come with several names."""

    def __init__(self, units: Iterable[tuple[str, str]]) -> None:
        self.codes: dict[str, str] = {}
        self.names: dict[str, set[tuple[str, str]]] = {}
        for code, name in units:
            self.codes.setdefault(code.casefold(), code)
            self.names.setdefault(fold(name), set()).add((code, tidy(name)))

    def __call__(self, text: str) -> Meant:
        """The unit called `text`: spaces, case and the way of writing accents are no matter."""
        text = tidy("".join(char for char in text if unicodedata.category(char) != "Cf"))
        if text.casefold() in self.codes:
            return Meant(text.casefold())
        named = self.names.get(fold(text), set())
        alike = {pair for pair in named if pair[1].casefold() == text.casefold()}
        exact = {pair for pair in named if pair[1] == text}
        for pairs in (exact, alike, named):
            codes = {code.casefold() for code, _name in pairs}
            if len(codes) == 1:
                return Meant(codes.pop())
        if named:
            return Meant(None, "ambiguous", self._shown(named))
        near = get_close_matches(fold(text), list(self.names), n=3, cutoff=0.75)
        if not near:
            return Meant(None, "unknown")
        return Meant(None, "near", self._shown(set().union(*(self.names[name] for name in near))))

    def _shown(self, pairs: set[tuple[str, str]]) -> str:
        unique = {self.codes[code.casefold()]: name for code, name in sorted(pairs)}
        return "; ".join(f"{name} ({code})" for code, name in list(unique.items())[:SHOWN])
