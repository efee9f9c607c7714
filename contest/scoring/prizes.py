"""What is given and to whom: prizes, the ranked lists they are taken from, and what an outcome says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contest.scoring.formulas import COMPONENTS

KINDS = ("individual", "collective")
NAMED = "named"  # whoever the organisers name
# What the list of a kind may go by: "" is the board, or the plan's formula of units.
MEASURES = {"individual": ("", NAMED), "collective": ("", *COMPONENTS, NAMED)}
# Where more are equal than a prize has places: all of them get it; all get it and as many places fewer are left in
# the next prizes of the scope; nobody gets it before a draw.
TIES = ("share", "share_shrink", "undecided")

Params = Mapping[str, int | str]


@dataclass(frozen=True, order=True)
class Scope:
    """Whose list a prize is taken from: people ("individual") or units ("collective"), of one round, audience or
    bloc, or of several of these at once; "" is all of them, so that `Scope("individual")` is overall. `measure`: what
    the list goes by, of `MEASURES`; `prize_id` of a prize whose holders are named: each of these has its own list.
    """

    kind: str
    round_id: str = ""
    audience: str = ""
    bloc: str = ""
    measure: str = ""
    prize_id: str = ""


@dataclass(frozen=True)
class Prize:
    """`count` places from 1, and what happens where equal ranks don't fit into them."""

    id: str
    name: str
    scope: Scope
    count: int
    tie: str = "undecided"


@dataclass(frozen=True)
class Candidate:
    """A row of a scope's list. `holder` is the person or unit that gets the prize, `rank` counts from 1, equal ones
    share it. `reason`: the code why this one can't get any (barred, below_pass_mark, no_headcount…), "" where it
    can; `params` say more of it, or are what an award tells. `lot` is the number drawn where a tie was decided by draw,
    the smallest first.
    """

    id: str
    holder: str
    rank: int
    reason: str = ""
    params: Params = field(default_factory=dict)
    lot: int | None = None


@dataclass(frozen=True)
class Rules:
    """Whether a holder has at most one prize of the whole list, for people and for units. Kept is the one that
    stands first in the list: put every first prize before every second. In one scope nobody ever gets two.
    """

    one_per_person: bool = True
    one_per_unit: bool = False

    def one(self, kind: str) -> bool:
        """Whether the rule holds for this kind."""
        return self.one_per_person if kind == "individual" else self.one_per_unit


@dataclass(frozen=True)
class Award:
    """A prize given. `reason`: by_rank; moved_up (only because `passed` better ones were passed over);
    shared (`equal` had `places` left between them); lot; named. Params always have `rank` and `passed`, and those of
    the candidate.
    """

    prize_id: str
    candidate_id: str
    holder: str
    reason: str
    params: Params


@dataclass(frozen=True)
class Passed:
    """One whose turn came at this prize and who gets none of the scope: `Candidate.reason`, or declined (`prize`),
    has_prize (`prize`: the one kept), twice (the same holder stands better in this list). Params always have `rank`.
    """

    prize_id: str
    candidate_id: str
    holder: str
    reason: str
    params: Params


@dataclass(frozen=True)
class Undecided:
    """Equal ones for a draw: `places` (prize, how many of them get it) in order; `without` of them get none."""

    scope: Scope
    rank: int
    candidate_ids: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    without: int


@dataclass(frozen=True)
class Unfilled:
    """Places that nobody has. `reason`: no_candidates; shared_above (equal ones of an earlier prize took them);
    waits (they depend on a draw in another scope); not_named (nobody, or nobody who can have one, was named).
    """

    prize_id: str
    places: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """Awards and those passed over by prize and rank. Nothing is left to decide where `undecided` is empty."""

    awards: tuple[Award, ...]
    passed: tuple[Passed, ...]
    undecided: tuple[Undecided, ...]
    unfilled: tuple[Unfilled, ...]
