"""The board: who stands where. It shows a rank, a name, a unit, points and time, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import mask
from contest.rounds.models import ContestUnit, Entry, Round
from contest.scoring import policy
from contest.scoring.policy import Policy
from contest.standings import parts, ranks
from contest.standings.board_models import Board, Standing
from contest.standings.parts import Part

DIGITS_MOST = 9


@dataclass(frozen=True)
class BoardRow:
    """One line. `points` in hundredths; `mine` is the reader's own; `within`: the rank in the part that is shown."""

    rank: int
    name: str
    unit: str | None
    points: int
    taken_ms: int
    mine: bool
    within: int | None = None


@dataclass(frozen=True)
class BoardPage:
    """A page of the board. `own` is the reader's line wherever it stands; `after` asks for the next page."""

    rows: list[BoardRow]
    total: int
    own: BoardRow | None
    after: str | None

    @property
    def own_is_here(self) -> bool:
        return any(row.mine for row in self.rows)


def board(board_id: str, *, masked: bool, audience: str | None = None, after: str | None = None, limit: int = 50,
          account_id: str | None = None, part: Part | None = None) -> BoardPage:
    """A page of a board: of officials, of citizens, or of everybody (`audience` None); of a `part` of them.

    Ranks are shared, 1, 2, 2, 4, and count within the audience, in a part too: `within` counts there. `after`
    is the `after` of the page before: how many lines of the whole board stand ahead of this one. Raises
    `Refusal` `bad_cursor` (422). As many statements, over as many rows, for one person as for a million.
    """
    skip, group = _read(after), audience or ranks.ALL
    if part is not None:
        return _of_part(board_id, part, group, skip, limit, account_id, masked)
    total = ranks.people(board_id, group)
    found = _lines(board_id, group, skip, limit + 1) if skip < total else []
    own = _own(board_id, group, account_id, masked)
    page = found[:limit]
    rows = _ranked(board_id, group, page, skip, account_id, masked)
    return BoardPage(rows, total, own, str(skip + limit) if len(found) > limit else None)


def rules_of(board_id: str) -> Policy:
    """The rules that the board is kept by; the default ones where there is no board yet."""
    return policy.read(db.session.scalar(select(Board.policy).where(Board.id == board_id)) or {})


def actual(board_id: str) -> int | None:
    """What predictions are compared with, in people or hundred-thousandths of a per cent; None while it is not fixed.

    Of the copy of a board that stands still: None for ever, as nothing was fixed while the round was open.
    """
    return db.session.scalar(select(Board.actual).where(Board.id == board_id))


def actuals(rounds: Sequence[Round]) -> list[tuple[Round, int]]:
    """The rounds that asked for a prediction, with what it is compared with, where that is fixed. One statement."""
    found: dict[str, Any] = {row[0]: row[1] for row in db.session.execute(
        select(Board.id, Board.actual).where(Board.id.in_([one.id for one in rounds]), Board.actual.is_not(None)))}
    return [(one, found[one.id]) for one in rounds if one.id in found]


def settled(board_id: str) -> bool:
    """True once what predictions are compared with is fixed."""
    return db.session.scalar(select(Board.settled_at).where(Board.id == board_id)) is not None


def _columns() -> Any:
    return (
        select(Standing.rank_key, Standing.entry_id, Standing.points, Standing.taken_ms,
               Account.id.label("account_id"), Account.name, func.coalesce(ContestUnit.name, Unit.name).label("unit"))
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == Standing.unit_id)
        .outerjoin(Unit, Unit.id == case((Standing.unit_id.is_(None), Entry.unit_id)))  # looked up only where needed
    )


def _lines(board_id: str, group: str, skip: int, limit: int) -> Sequence[Any]:
    """The lines from `skip` on, reckoned from the beginning of a bucket: some two thousand are passed over at most."""
    start, rest = ranks.place(board_id, skip, group) if skip else ("", 0)
    return db.session.execute(
        _columns().where(*ranks.of_group(board_id, group), Standing.rank_key >= start)
        .order_by(Standing.rank_key, Standing.entry_id).offset(rest).limit(limit)).all()


def _read(after: str | None) -> int:
    """How many lines a cursor passes over."""
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= DIGITS_MOST):
        raise Refusal("bad_cursor", 422)
    return int(after)


def _own(board_id: str, group: str, account_id: str | None, masked: bool) -> BoardRow | None:
    if account_id is None:
        return None
    line = _line_of(board_id, ranks.of_group(board_id, group), account_id)
    if line is None:
        return None
    return _row(line, ranks.ahead(board_id, line.rank_key, group) + 1, account_id, masked)


def _line_of(board_id: str, where: list[ColumnElement[bool]], account_id: str) -> Any:
    return db.session.execute(_columns().where(*where, ranks.of_account(board_id, account_id))).one_or_none()


def _ranked(board_id: str, group: str, page: Sequence[Any], skip: int, account_id: str | None,
            masked: bool) -> list[BoardRow]:
    """The page's lines with their ranks, reckoned from that of the first."""
    if not page:
        return []
    rank = ranks.ahead(board_id, page[0].rank_key, group) + 1
    rows = [_row(page[0], rank, account_id, masked)]
    for number, (one, other) in enumerate(pairwise(page), 1):
        if one.rank_key != other.rank_key:
            rank = skip + number + 1
        rows.append(_row(other, rank, account_id, masked))
    return rows


def _row(line: Any, rank: int, account_id: str | None, masked: bool, within: int | None = None) -> BoardRow:
    return BoardRow(rank, mask(line.name) if masked else line.name, line.unit, line.points, line.taken_ms,
                    line.account_id == account_id, within)


def _of_part(board_id: str, part: Part, group: str, skip: int, limit: int, account_id: str | None,
             masked: bool) -> BoardPage:
    everybody, total = ranks.people(board_id, group), parts.people(board_id, part, group)
    found = _lines_of_part(board_id, part, group, skip, limit + 1, everybody, total) if skip < everybody else []
    page = found[:limit]
    own = _line_of(board_id, parts.along_board(board_id, part, group), account_id) if account_id else None
    rank = ranks.of_entries(board_id, [line.entry_id for line in (*page, *([own] if own else []))], group)
    rows = [_row(line, rank[line.entry_id], account_id, masked, within)
            for line, within in zip(page, _within(board_id, part, group, page, skip), strict=True)]
    after = str(ranks.through(board_id, page[-1].rank_key, page[-1].entry_id, group)) if len(found) > limit else None
    return BoardPage(rows, total, _row(
        own, rank[own.entry_id], account_id, masked,
        parts.before(board_id, part, group, own.rank_key, own.entry_id)[0] + 1) if own else None, after)


def _lines_of_part(board_id: str, part: Part, group: str, skip: int, limit: int, everybody: int,
                   total: int) -> Sequence[Any]:
    """The part's lines from the board's line at `skip` on: along whichever index has fewer lines to pass over."""
    along_units = part.alone or total * total < everybody * limit
    where = (parts.of_part if along_units else parts.along_board)(board_id, part, group)
    if skip:
        start, rest = ranks.place(board_id, skip, group)
        first = db.session.execute(
            select(Standing.rank_key, Standing.entry_id).where(*ranks.of_group(board_id, group),
                                                               Standing.rank_key >= start)
            .order_by(Standing.rank_key, Standing.entry_id).offset(rest).limit(1)).one()
        where += [Standing.rank_key >= first.rank_key,
                  or_(Standing.rank_key > first.rank_key, Standing.entry_id >= first.entry_id)]
    return db.session.execute(
        _columns().where(*where).order_by(Standing.rank_key, Standing.entry_id).limit(limit)).all()


def _within(board_id: str, part: Part, group: str, page: Sequence[Any], skip: int) -> list[int]:
    """The ranks of a page's lines in the part."""
    if not page:
        return []
    smaller, lines = parts.before(board_id, part, group, page[0].rank_key, page[0].entry_id) if skip else (0, 0)
    found = [smaller + 1]
    for number, (one, other) in enumerate(pairwise(page), 1):
        found.append(found[-1] if one.rank_key == other.rank_key else lines + number + 1)
    return found
