"""The board: who stands where. It shows a rank, a name, a unit, points and time, and nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import case, func, literal, select, true, tuple_

from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import mask
from contest.rounds.models import ContestUnit, Entry, Round
from contest.standings.models import Result
from contest.standings.queries import BOARD, of_round

Conditions = Sequence[Any]  # of a WHERE
_CURSOR = re.compile(r"([0-9]{1,9})-([0-9]{1,10})-([0-9]{1,6})")


@dataclass(frozen=True)
class BoardRow:
    """One line. `points` in hundredths; `mine` is the reader's own."""

    rank: int
    name: str
    unit: str | None
    points: int
    taken_ms: int
    mine: bool


@dataclass(frozen=True)
class Board:
    """A page of the board. `own` is the reader's line wherever it stands; `after` asks for the next page."""

    rows: list[BoardRow]
    total: int
    own: BoardRow | None
    after: str | None

    @property
    def own_is_here(self) -> bool:
        return any(row.mine for row in self.rows)


def board(round_: Round, *, audience: str | None = None, after: str | None = None, limit: int = 50,
          account_id: str | None = None) -> Board:
    """A page of the round's board: of officials, of citizens, or of everybody (`audience` None).

    Ranks are shared, 1, 2, 2, 4, and count within the audience. Pages by keyset: `after` is the
    `after` of the page before. Raises `Refusal` `bad_cursor` (422). Four statements at most.
    """
    counted: Conditions = [of_round(round_.id), Result.counts,
               Entry.audience == audience if audience else true()]
    found = db.session.execute(_page(counted, after, limit + 1)).all()
    total = db.session.scalar(
        select(func.count()).select_from(Result).join(Entry, Entry.id == Result.entry_id).where(*counted)) or 0
    own_line = _own(counted, account_id)
    own = None
    if own_line is not None:
        own = _row(round_, own_line, _place(counted, own_line)[0], account_id)
    page = found[:limit]
    rows = _ranked(round_, counted, page, account_id)
    return Board(rows, total, own, _cursor(page, after) if len(found) > limit else None)


def rank_of(round_id: str, attempt_id: str) -> tuple[int, int] | None:
    """(rank, of how many) of a counted attempt among its audience; None where it does not count."""
    line = db.session.execute(
        select(Result, Entry.audience).join(Entry, Entry.id == Result.entry_id)
        .where(Result.attempt_id == attempt_id, of_round(round_id), Result.counts)).one_or_none()
    if line is None:
        return None
    counted: Conditions = [of_round(round_id), Result.counts, Entry.audience == line[1]]
    total = db.session.scalar(
        select(func.count()).select_from(Result).join(Entry, Entry.id == Result.entry_id).where(*counted)) or 0
    return _place(counted, line)[0], total


def _lines(counted: Conditions) -> Any:
    return (
        select(Result, Account.id, Account.name, func.coalesce(ContestUnit.name, Unit.name))
        .join(Entry, Entry.id == Result.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id)
        .outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(*counted)
    )


def _page(counted: Conditions, after: str | None, limit: int) -> Any:
    statement = _lines(counted).order_by(*BOARD, Result.attempt_id).limit(limit)
    if after is None:
        return statement
    points, taken, skip = _read(after)
    return statement.where(tuple_(Result.minus_points, Result.taken_ms) >= tuple_(
        literal(-points), literal(taken))).offset(skip)


def _read(after: str) -> tuple[int, int, int]:
    """What a cursor says: points and time of the last line shown, and how many lines equal in both were."""
    match = _CURSOR.fullmatch(after)
    if match is None:
        raise Refusal("bad_cursor", 422)
    points, taken, skip = (int(part) for part in match.groups())
    if max(points, taken) > 2**31 - 1:
        raise Refusal("bad_cursor", 422)
    return points, taken, skip


def _cursor(page: Sequence[Any], after: str | None) -> str:
    """Only what the lines themselves show: the instant of finishing stays out of addresses."""
    last = page[-1][0]
    alike = sum((line[0].points, line[0].taken_ms) == (last.points, last.taken_ms) for line in page)
    if after is not None and alike == len(page):
        points, taken, skip = _read(after)
        if (points, taken) == (last.points, last.taken_ms):
            alike += skip
    return f"{last.points}-{last.taken_ms}-{alike}"


def _own(counted: Conditions, account_id: str | None) -> Any:
    if account_id is None:
        return None
    return db.session.execute(_lines(counted).where(Entry.account_id == account_id)).one_or_none()


def _place(counted: Conditions, line: Any) -> tuple[int, int]:
    """(rank, position) of a line: one more than the lines before it; ties before it count for the position only."""
    keys = [*BOARD, Result.attempt_id]
    values = [literal(_value(line[0], column), column.type) for column in keys]
    better = tuple_(*BOARD) < tuple_(*values[:-1])
    before, ahead = db.session.execute(
        select(func.count(case((better, 1))), func.count())
        .select_from(Result).join(Entry, Entry.id == Result.entry_id)
        .where(*counted, tuple_(*keys) < tuple_(*values))).one()
    return before + 1, ahead + 1


def _value(result: Result, column: Any) -> Any:
    return getattr(result, column.key)


def _ranked(round_: Round, counted: Conditions, page: Sequence[Any],
            account_id: str | None) -> list[BoardRow]:
    """The page's lines with their ranks, reckoned from the place of the first."""
    if not page:
        return []
    rank, position = _place(counted, page[0])
    rows = [_row(round_, page[0], rank, account_id)]
    for offset, (one, other) in enumerate(pairwise(page), 1):
        if any(_value(one[0], column) != _value(other[0], column) for column in BOARD):
            rank = position + offset
        rows.append(_row(round_, other, rank, account_id))
    return rows


def _row(round_: Round, line: Any, rank: int, account_id: str | None) -> BoardRow:
    result, owner, name, unit = line
    return BoardRow(rank, mask(name) if round_.mask_names else name, unit, result.points, result.taken_ms,
                    owner == account_id)
