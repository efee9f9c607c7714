"""Who gets which prize, and why; who is passed over, and why; what a draw must decide."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from contest.scoring.prizes import (
    KINDS,
    MEASURES,
    NAMED,
    TIES,
    Award,
    Candidate,
    Outcome,
    Params,
    Passed,
    Prize,
    Rules,
    Scope,
    Undecided,
    Unfilled,
)


@dataclass
class _Tie:
    """Equal ones that wait for a draw; `left` of them have no place yet."""

    scope: Scope
    group: list[Candidate]
    places: list[tuple[str, int]]
    left: int


@dataclass
class _List:
    """A scope's list while it is worked down."""

    groups: list[list[Candidate]]
    declined: dict[str, str]
    placed: set[str] = field(default_factory=set)
    passed: int = 0
    drawn: set[str] = field(default_factory=set)
    owed: int = 0  # places that equal ones took from the prizes to come
    tie: _Tie | None = None
    waits: bool = False


def distribute(prizes: Sequence[Prize], candidates: Mapping[Scope, Collection[Candidate]], rules: Rules | None = None,
               declined: Iterable[tuple[str, str]] = ()) -> Outcome:
    """The outcome for `prizes`, in the order of their worth. The order of everything else makes no difference.

    `declined`: (prize id, holder). Who declines a prize, or never came for it, gets none in its scope, and
    everybody behind moves up; a prize that isn't in the list changes nothing. Raises ValueError for a prize id or
    a candidate id (in a scope) that comes twice, an unknown kind or tie, a count or rank below 1.
    """
    _check(prizes, candidates)
    return _Distribution(prizes, candidates, rules or Rules(), set(declined)).run()


class _Distribution:
    def __init__(self, prizes: Sequence[Prize], candidates: Mapping[Scope, Collection[Candidate]], rules: Rules,
                 declined: set[tuple[str, str]]) -> None:
        self.prizes = prizes
        self.rules = rules
        self.held: dict[tuple[str, str], str] = {}
        self.drawing: dict[tuple[str, str], _Tie | None] = {}  # None: depends on another's draw
        self.ties: list[_Tie] = []
        self.awards: list[Award] = []
        self.passed: list[Passed] = []
        self.unfilled: list[Unfilled] = []
        self.lists: dict[Scope, _List] = {}
        for prize in prizes:
            refused = {holder: prize.id for id_, holder in declined if id_ == prize.id}
            if prize.scope not in self.lists:
                rows = sorted(candidates.get(prize.scope, ()), key=lambda row: (row.rank, row.id))
                groups = [list(group) for _, group in groupby(rows, key=lambda row: row.rank)]
                self.lists[prize.scope] = _List(groups, {})
            self.lists[prize.scope].declined = refused | self.lists[prize.scope].declined

    def run(self) -> Outcome:
        for prize in self.prizes:
            self._fill(prize, self.lists[prize.scope])
        undecided = tuple(Undecided(tie.scope, tie.group[0].rank, tuple(row.id for row in tie.group),
                                    tuple(tie.places), tie.left) for tie in self.ties)
        return Outcome(tuple(self.awards), tuple(self.passed), undecided, tuple(self.unfilled))

    def _fill(self, prize: Prize, list_: _List) -> None:
        eaten = min(prize.count, list_.owed)
        list_.owed -= eaten
        if eaten:
            self.unfilled.append(Unfilled(prize.id, eaten, "shared_above"))
        places = self._go_on_with_tie(prize, list_, prize.count - eaten)
        while places and list_.groups and not list_.waits:
            able = self._able(prize, list_, list_.groups[0])
            if able is None:
                self._wait(prize, list_)
            else:
                over = len(list_.groups.pop(0)) - len(able)
                places = self._give(prize, list_, able, places)
                list_.passed += over
        if places:
            why = "waits" if list_.waits else "not_named" if prize.scope.measure == NAMED else "no_candidates"
            self.unfilled.append(Unfilled(prize.id, places, why))

    def _go_on_with_tie(self, prize: Prize, list_: _List, places: int) -> int:
        """Give places of this prize to the equal ones that an earlier prize had too few for."""
        tie = list_.tie
        if tie is None or not places:
            return places
        given = min(places, tie.left) if prize.tie == "undecided" else tie.left
        tie.places.append((prize.id, given))
        tie.left -= given
        if not tie.left:
            list_.tie = None
        self._owe(prize, list_, given - places)
        return max(0, places - given)

    def _able(self, prize: Prize, list_: _List, group: list[Candidate]) -> list[Candidate] | None:
        """Those of equal rank who can get the prize; the others are passed over. None: a draw elsewhere decides."""
        able: list[Candidate] = []
        over: list[Passed] = []
        for row in group:
            why = self._why_not(prize, list_, row, able)
            if why is None:
                able.append(row)
            elif why[0] == "waits":
                return None
            else:
                over.append(Passed(prize.id, row.id, row.holder, why[0], {"rank": row.rank, **why[1]}))
        self.passed += over
        return able

    def _why_not(self, prize: Prize, list_: _List, row: Candidate, able: list[Candidate]) -> tuple[str, Params] | None:
        if row.reason:
            return row.reason, row.params
        if row.holder in list_.declined:
            return "declined", {"prize": list_.declined[row.holder]}
        if row.holder in list_.placed or row.holder in {other.holder for other in able}:
            return "twice", {}
        who = prize.scope.kind, row.holder
        if not self.rules.one(prize.scope.kind):
            return None
        if who in self.held:
            return "has_prize", {"prize": self.held[who]}
        if who in self.drawing:
            tie = self.drawing[who]
            # Where everybody in it gets one, this one has the last, if none better.
            return ("has_prize", {"prize": tie.places[-1][0]}) if tie and not tie.left else ("waits", {})
        return None

    def _wait(self, prize: Prize, list_: _List) -> None:
        """Nothing more is given of this list, and whoever still stands in it may yet get a prize here."""
        list_.waits = True
        for row in (row for group in list_.groups for row in group):
            if not row.reason and row.holder not in list_.declined:
                self.drawing.setdefault((prize.scope.kind, row.holder), None)

    def _give(self, prize: Prize, list_: _List, able: list[Candidate], places: int) -> int:
        """Give places to those of equal rank; how many are left."""
        if len(able) <= places:
            moved = list_.passed and len(able) + list_.passed > places  # without them, these would not fit in
            named = prize.scope.measure == NAMED
            for row in able:
                lot = row.id in list_.drawn
                self._award(prize, list_, row, "named" if named else "lot" if lot else "moved_up" if moved
                            else "by_rank", {"lot": row.lot or 0} if lot else {})
            return places - len(able)
        if prize.tie != "undecided":
            for row in able:
                self._award(prize, list_, row, "shared", {"equal": len(able), "places": places})
            self._owe(prize, list_, len(able) - places)
        elif len({row.lot for row in able} - {None}) == len(able):
            able.sort(key=lambda row: row.lot or 0)
            for row in able[:places]:
                self._award(prize, list_, row, "lot", {"lot": row.lot or 0})
            list_.groups.insert(0, able[places:])
            list_.drawn |= {row.id for row in able}
        else:
            list_.tie = _Tie(prize.scope, able, [(prize.id, places)], len(able) - places)
            self.ties.append(list_.tie)
            self.drawing |= {(prize.scope.kind, row.holder): list_.tie for row in able}
            list_.placed |= {row.holder for row in able}
        return 0

    def _award(self, prize: Prize, list_: _List, row: Candidate, reason: str, params: Params) -> None:
        self.awards.append(Award(prize.id, row.id, row.holder, reason,
                                 {**row.params, "rank": row.rank, "passed": list_.passed, **params}))
        list_.placed.add(row.holder)
        self.held.setdefault((prize.scope.kind, row.holder), prize.id)

    def _owe(self, prize: Prize, list_: _List, more: int) -> None:
        if prize.tie == "share_shrink" and more > 0:
            list_.owed += more


def _check(prizes: Sequence[Prize], candidates: Mapping[Scope, Collection[Candidate]]) -> None:
    if len({prize.id for prize in prizes}) != len(prizes):
        raise ValueError("a prize comes twice")
    for prize in prizes:
        if (prize.count < 1 or prize.tie not in TIES or prize.scope.kind not in KINDS
                or prize.scope.measure not in MEASURES[prize.scope.kind]):
            raise ValueError(f"a prize that can't be: {prize.id}")
    for scope, rows in candidates.items():
        if len({row.id for row in rows}) != len(rows):
            raise ValueError(f"a candidate comes twice: {scope}")
        if any(row.rank < 1 for row in rows):
            raise ValueError(f"ranks count from 1: {scope}")
