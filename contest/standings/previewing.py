"""What a grading run changes, as its pages show it: the first places, one person's change.

A place afterwards is the board's counters, less the people whom the run takes from ahead of a key, and
those whom it puts there: nothing here reads more people than a page shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from contest.delivery.models import Attempt
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import fold
from contest.rounds.models import ContestUnit, Entry
from contest.standings import ranks
from contest.standings.board_models import Standing
from contest.standings.run_models import GradingRun, RunPlace

FIRST = 20  # places of each audience that a run keeps with its figures, for its minutes
PAGE = 50
FOUND = 20  # people that a search, or a page of those who change, shows
AUDIENCES = ("official", "citizen")


@dataclass(frozen=True)
class Change:
    """A person before and after. A rank is None where they are not ranked, points (hundredths) where nothing counts.

    A distance is that of the prediction, as `Standing` has it; None too in what runs of before distances were kept.
    """

    entry_id: str
    name: str
    unit: str | None
    audience: str
    before_rank: int | None
    after_rank: int | None
    before_points: int | None
    after_points: int | None
    before_distance: int | None = None
    after_distance: int | None = None


@dataclass(frozen=True)
class Changes:
    """A page of the places as they would be, first places first; `after` asks for the next one."""

    rows: list[Change]
    after: str | None


@dataclass(frozen=True)
class _Line:
    entry_id: str
    before_key: str
    after_key: str
    before: tuple[int | None, int | None]  # points, distance
    after: tuple[int | None, int | None]


def before_rank(run: GradingRun, key: str, group: str) -> int | None:
    """The rank that a key has on the board; None for no key."""
    return ranks.ahead(run.round_id, key, group) + 1 if key else None


def after_rank(run: GradingRun, key: str, group: str) -> int | None:
    """The rank that a key would have under a run that does not hold yet; None for no key."""
    return _ahead_after(run, key, group) + 1 if key else None


def first_places(run: GradingRun, group: str, after: str | None = None, limit: int = PAGE) -> Changes:
    """The places under a run that does not hold yet, of one audience, from behind the person `after` on.

    Raises `Missing` for somebody who would have no place.
    """
    start = _start(run, group, after)
    moved = _moved(run, group, start, limit + 1)
    last = moved[-1].after_key if len(moved) > limit else None
    lines = [*moved, *_still(run, group, start, last, limit + 1)]
    lines.sort(key=lambda line: (line.after_key, line.entry_id))
    page = lines[:limit]
    people = people_of([line.entry_id for line in page])
    places = _after_ranks(run, group, page)
    befores = {key: before_rank(run, key, group) for key in {line.before_key for line in page}}
    rows = [_change(line, people[line.entry_id], befores[line.before_key], place)
            for line, place in zip(page, places, strict=True)]
    return Changes(rows, page[-1].entry_id if len(lines) > limit else None)


def first(run: GradingRun) -> dict[str, list[list[Any]]]:
    """The first places of each audience before and after, as a run keeps them: its minutes tell them for ever."""
    return {group: [[row.entry_id, row.before_rank, row.after_rank, row.before_points, row.after_points,
                     row.before_distance, row.after_distance]
                    for row in first_places(run, group, limit=FIRST).rows] for group in AUDIENCES}


def kept_first(run: GradingRun, group: str) -> list[Change]:
    """The first places that `first` found, with the names as they are now; nothing while it is built."""
    kept = run.summary.get("first", {}).get(group, [])
    people = people_of([row[0] for row in kept])
    return [Change(row[0], *people[row[0]], *row[1:]) for row in kept]


def found(run: GradingRun, contest_id: str, text: str) -> list[Change]:
    """People of the round by name or by a receipt's code, with what a run changes for them; `FOUND` at most.

    Ranks are told only while the run waits for its decision.
    """
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    receipt = exists().where(Attempt.entry_id == Entry.id, Attempt.round_id == run.round_id,
                             Attempt.receipt == text.strip().upper())
    there = or_(exists().where(Standing.board_id == run.round_id, Standing.entry_id == Entry.id),
                exists().where(RunPlace.run_id == run.id, RunPlace.entry_id == Entry.id))
    ids = db.session.scalars(
        select(Entry.id).join(Account, Account.id == Entry.account_id)
        .where(Entry.contest_id == contest_id, there,
               or_(Account.search_text.contains(wanted, autoescape=True), receipt))
        .order_by(Account.sort_key, Entry.id).limit(FOUND)).all()
    people = people_of(ids)
    return [_changed(run, line, people[line.entry_id]) for line in _lines_of(run, ids)]


def changed(run: GradingRun, group: str, after: str | None = None, limit: int = FOUND) -> Changes:
    """Everybody of one audience whom a run changes, those without a place afterwards first, then by the new place.

    `after`: the last person of the page before. Raises `Missing` for somebody whom the run leaves alone.
    """
    place = None if after is None else db.session.scalar(select(RunPlace.after_key).where(
        RunPlace.run_id == run.id, RunPlace.entry_id == after, RunPlace.audience == group))
    if after is not None and place is None:
        raise Missing
    start = None if after is None or place is None else (place, after)
    lines = [_of_place(row) for row in db.session.scalars(
        select(RunPlace).where(RunPlace.run_id == run.id, RunPlace.audience == group,
                               _behind(RunPlace.after_key, RunPlace.entry_id, start))
        .order_by(RunPlace.after_key, RunPlace.entry_id).limit(limit + 1))]
    people = people_of([line.entry_id for line in lines[:limit]])
    rows = [_changed(run, line, people[line.entry_id]) for line in lines[:limit]]
    return Changes(rows, rows[-1].entry_id if len(lines) > limit else None)


def _changed(run: GradingRun, line: _Line, who: tuple[str, str | None, str]) -> Change:
    places = (before_rank(run, line.before_key, who[2]), after_rank(run, line.after_key, who[2])) \
        if run.state == "ready" else (None, None)
    return _change(line, who, *places)


def _change(line: _Line, who: tuple[str, str | None, str], before_rank: int | None, after_rank: int | None) -> Change:
    return Change(line.entry_id, *who, before_rank, after_rank, line.before[0], line.after[0], line.before[1],
                  line.after[1])


def _lines_of(run: GradingRun, entries: Sequence[str]) -> list[_Line]:
    moved = {row.entry_id: row for row in db.session.scalars(
        select(RunPlace).where(RunPlace.run_id == run.id, RunPlace.entry_id.in_(entries)))}
    held = {row.entry_id: row for row in db.session.scalars(
        select(Standing).where(Standing.board_id == run.round_id, Standing.entry_id.in_(entries)))}
    return [_of_place(moved[one]) if one in moved else _same(
        one, held[one].rank_key, held[one].points, held[one].distance) for one in entries]


def _of_place(row: RunPlace) -> _Line:
    before, after = ((told or {}) for told in (row.before, row.after))
    return _Line(row.entry_id, row.before_key, row.after_key, (before.get("points"), before.get("distance")),
                 (after.get("points"), after.get("distance")))


def _same(entry_id: str, key: str, points: int | None, distance: int | None) -> _Line:
    """A line that the run leaves as it is."""
    return _Line(entry_id, key, key, (points, distance), (points, distance))


def _start(run: GradingRun, group: str, after: str | None) -> tuple[str, str] | None:
    """The key and the person that a page begins behind."""
    if after is None:
        return None
    key = db.session.scalar(select(RunPlace.after_key).where(
        RunPlace.run_id == run.id, RunPlace.entry_id == after, RunPlace.audience == group))
    if key is None:
        key = db.session.scalar(select(Standing.rank_key).where(
            *ranks.of_group(run.round_id, group), Standing.entry_id == after))
    if not key:
        raise Missing
    return key, after


def _behind(key: Any, entry: Any, start: tuple[str, str] | None) -> ColumnElement[bool]:
    return true() if start is None else and_(key >= start[0], or_(key > start[0], entry > start[1]))


def _moved(run: GradingRun, group: str, start: tuple[str, str] | None, limit: int) -> list[_Line]:
    rows = db.session.scalars(
        select(RunPlace).where(RunPlace.run_id == run.id, RunPlace.audience == group, RunPlace.after_key > "",
                               _behind(RunPlace.after_key, RunPlace.entry_id, start))
        .order_by(RunPlace.after_key, RunPlace.entry_id).limit(limit))
    return [_of_place(row) for row in rows]


def _still(run: GradingRun, group: str, start: tuple[str, str] | None, last: str | None, limit: int) -> list[_Line]:
    """Those whom the run leaves as they are, up to the key `last`."""
    if last is not None and _untouched(run, last + "~", group) == (
            _untouched(run, start[0], group) if start else 0):
        return []  # where a run moves everybody, nobody is looked for in vain
    rows = db.session.execute(
        select(Standing.entry_id, Standing.rank_key, Standing.points, Standing.distance)
        .where(*ranks.of_group(run.round_id, group), _behind(Standing.rank_key, Standing.entry_id, start),
               true() if last is None else Standing.rank_key <= last,
               ~exists().where(RunPlace.run_id == run.id, RunPlace.entry_id == Standing.entry_id))
        .order_by(Standing.rank_key, Standing.entry_id).limit(limit))
    return [_same(*row) for row in rows]


def _untouched(run: GradingRun, key: str, group: str) -> int:
    """How many keep a key that is smaller than this one."""
    return ranks.ahead(run.round_id, key, group) - _count(run, RunPlace.before_key, key, group)


def _ahead_after(run: GradingRun, key: str, group: str) -> int:
    return _untouched(run, key, group) + _count(run, RunPlace.after_key, key, group)


def _count(run: GradingRun, column: Any, key: str, group: str) -> int:
    return db.session.scalar(select(func.count()).select_from(RunPlace).where(
        RunPlace.run_id == run.id, RunPlace.audience == group if group else true(), column > "", column < key)) or 0


def _after_ranks(run: GradingRun, group: str, page: Sequence[_Line]) -> Iterable[int]:
    """The ranks of consecutive lines, reckoned from those of the first two keys."""
    found: list[int] = []
    asked = 0
    for number, line in enumerate(page):
        if number and line.after_key == page[number - 1].after_key:
            found.append(found[-1])
        elif asked < 2:  # how many share the first key with the page before, nobody here knows
            found.append(_ahead_after(run, line.after_key, group) + 1)
            asked += 1
            base = found[-1] - number
        else:
            found.append(base + number)
    return found


def people_of(entries: Sequence[str]) -> dict[str, tuple[str, str | None, str]]:
    """Entry → name, unit, audience."""
    rows = db.session.execute(
        select(Entry.id, Account.name, func.coalesce(ContestUnit.name, Unit.name), Entry.audience)
        .join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(Entry.id.in_(entries)))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
