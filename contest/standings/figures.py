"""The counts of a round: people, attempts, units, bands, days. Each is one statement over all rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce

from contest.clock import LOCAL
from contest.columns import EPOCH, MILLISECOND
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.rounds.models import ContestUnit, Round
from contest.scoring import bands, units
from contest.scoring.units import Tally
from contest.standings import board
from contest.standings.board_models import ScoreTally, UnitTally
from contest.standings.models import Result
from contest.standings.queries import of_round

AUDIENCES = ("official", "citizen")
_DAY_MS = 86_400_000
_SORTS: dict[str, Any] = {
    "rate": lambda line: (units.rate(line.tally) is None, units.rate(line.tally)),
    "people": lambda line: (False, line.tally.people),
    "average": lambda line: (line.average is None, line.average),
}


@dataclass(frozen=True)
class Side:
    """The figures of one audience, or of everybody. Bands: name → papers, blank ones left out."""

    people: int
    attempts: int
    blank: int
    points: int  # of the people's best, hundredths
    people_bands: dict[str, int]
    attempt_bands: dict[str, int]
    invalid: int = 0  # of the people, without a valid paper

    @property
    def average(self) -> int | None:
        """Of the people's best, hundredths."""
        return units.average(units.tally(None, self.people, points=self.points, invalid=self.invalid))

    @property
    def valid_people(self) -> int:
        return self.people - self.invalid

    @property
    def valid_papers(self) -> int:
        return sum(self.attempt_bands.values())

    @property
    def invalid_papers(self) -> int:
        return self.attempts - self.valid_papers


@dataclass(frozen=True)
class UnitLine:
    """A participating unit: officials only, for its headcount counts officials."""

    id: str
    name: str
    bloc: str | None
    headcount_on: date | None
    tally: Tally

    @property
    def average(self) -> int | None:
        """Of the people's best, hundredths."""
        return units.average(self.tally)


@dataclass(frozen=True)
class Participation:
    """Every unit in Vietnamese order; officials who count for none of them stand in `elsewhere`."""

    lines: list[UnitLine]
    elsewhere: Tally

    @property
    def total(self) -> Tally:
        return units.total(line.tally for line in self.lines)

    @property
    def blocs(self) -> dict[str | None, Tally]:
        return units.roll_up((line.bloc, line.tally) for line in self.lines)

    @property
    def taking_part(self) -> int:
        return sum(line.tally.people > 0 for line in self.lines)

    @property
    def complete(self) -> list[UnitLine]:
        """At 100 % or above."""
        return units.where(self.lines, tally_of, units.complete)

    @property
    def absent(self) -> list[UnitLine]:
        """Without anybody."""
        return units.where(self.lines, tally_of, units.absent)

    @property
    def headcount_on(self) -> date | None:
        """The day of the headcounts, where all that are known share it."""
        days = {line.headcount_on for line in self.lines if line.tally.headcount is not None}
        return days.pop() if len(days) == 1 else None

    def reaching(self, target_percent: int) -> list[UnitLine]:
        return units.where(self.lines, tally_of, lambda one: units.reaches(one, target_percent))


def tally_of(line: UnitLine) -> Tally:
    return line.tally


def sides(board_id: str) -> dict[str, Side]:
    """"all", "official" and "citizen" → what a board's counters say of them. Two statements."""
    cuts = board.rules_of(board_id).bands
    scores = db.session.execute(
        select(ScoreTally.audience, ScoreTally.correct, ScoreTally.items, ScoreTally.people, ScoreTally.attempts)
        .where(ScoreTally.board_id == board_id)).all()
    sums = {row.audience: row for row in db.session.execute(
        select(UnitTally.audience, func.sum(UnitTally.people).label("people"),
               func.sum(UnitTally.attempts).label("attempts"), func.sum(UnitTally.blank).label("blank"),
               func.sum(UnitTally.points).label("points"), func.sum(UnitTally.invalid).label("invalid"))
        .where(UnitTally.board_id == board_id).group_by(UnitTally.audience))}

    def side(of: Collection[str]) -> Side:
        parts = [sums[one] for one in of if one in sums]
        rows = [row for row in scores if row.audience in of]
        return Side(
            **{name: int(sum(getattr(part, name) for part in parts))
               for name in ("people", "attempts", "blank", "points", "invalid")},
            people_bands=bands.count(((row.correct, row.items, row.people) for row in rows), cuts),
            attempt_bands=bands.count(((row.correct, row.items, row.attempts) for row in rows), cuts))

    return {"all": side(AUDIENCES), **{audience: side([audience]) for audience in AUDIENCES}}


def participation(round_: Round, board_id: str | None = None) -> Participation:
    """What each participating unit came to on the round's board, or on a copy of it. Two statements."""
    return participation_on(board_id or round_.id, round_.contest_id)


def participation_on(board_id: str, contest_id: str) -> Participation:
    """The same of any board of a contest; on that over its rounds whoever took part in any of them counts once."""
    counts: dict[str, tuple[int, ...]] = {key: tuple(row) for key, *row in db.session.execute(
        select(UnitTally.unit_key, UnitTally.people, UnitTally.attempts, UnitTally.blank, UnitTally.points,
               UnitTally.invalid)
        .where(UnitTally.board_id == board_id, UnitTally.audience == "official"))}
    lines = [
        UnitLine(id_, name, bloc, on, units.tally(headcount, *counts.get(id_, ())))
        for id_, name, bloc, headcount, on in db.session.execute(
            select(ContestUnit.id, ContestUnit.name, ContestUnit.bloc, ContestUnit.headcount,
                   ContestUnit.headcount_on)
            .where(ContestUnit.contest_id == contest_id).order_by(ContestUnit.sort_key, ContestUnit.id))
    ]
    return Participation(lines, units.tally(None, *counts.get(board_id, ())))


def sort_lines(lines: Iterable[UnitLine], by: str, *, descending: bool) -> list[UnitLine]:
    """Units by "rate", "people" or "average", else as they come (by name).

    Those without the figure stand last either way; equal ones keep their order.
    """
    rows = list(lines)
    if by not in _SORTS:
        return rows[::-1] if descending else rows
    known = [line for line in rows if not _SORTS[by](line)[0]]
    unknown = [line for line in rows if _SORTS[by](line)[0]]
    sign = -1 if descending else 1
    return sorted(known, key=lambda line: sign * _SORTS[by](line)[1]) + unknown


def days(round_: Round, now: datetime) -> list[tuple[date, int]]:
    """Local day → attempts with an answer that ended on it, every day from the opening to now or the closing."""
    shift = (round_.opens_at.astimezone(LOCAL).utcoffset() or timedelta()) // MILLISECOND
    number = (type_coerce(Result.finished_at, BigInteger) + shift) // _DAY_MS
    found = {EPOCH.date() + timedelta(days=int(key)): count for key, count in db.session.execute(
        select(number, func.count()).where(of_round(round_.id), Result.answered > 0).group_by(number))}
    first = round_.opens_at.astimezone(LOCAL).date()
    last = (min(now, round_.closes_at - timedelta(milliseconds=1))).astimezone(LOCAL).date()
    first, last = min([first, *found]), max([first, last, *found])
    return [(one, found.get(one, 0)) for one in (first + timedelta(days=i) for i in range((last - first).days + 1))]


def sitting_now(round_id: str) -> int:
    """Attempts that are open now."""
    return db.session.scalar(
        select(func.count()).select_from(Attempt).join(Round, Round.id == Attempt.round_id)
        .where(Attempt.round_id == round_id, Attempt.state == "open", Round.state != "cancelled")) or 0
