"""A board stands still: what it showed at an instant is copied, and participants see the copy until results are out.

The copy is a board of its own, with standings and counters, so that whatever reads a board reads it. It is
made in small bites by the worker, which scores nothing of the round meanwhile.
"""

from datetime import datetime

from sqlalchemy import delete, exists, insert, select

from contest.columns import new_id
from contest.extensions import db
from contest.rounds.models import Round
from contest.standings import counters, keeping
from contest.standings.board_models import COUNTERS, Board, Freeze, Standing

CHUNK = 2_000


def due(now: datetime) -> list[str]:
    """The rounds whose board should stand still by now and has not been copied whole."""
    return list(db.session.scalars(
        select(Round.id).where(
            Round.state == "published", Round.board_freezes_at <= now, Round.results_published_at.is_(None),
            ~exists().where(Freeze.round_id == Round.id, Freeze.done_at.is_not(None)))
        .order_by(Round.id).with_for_update(key_share=True, skip_locked=True)))


def freeze_some(now: datetime) -> bool:
    """Copy the next standings of one board that is due; False where none is. Call it, and commit, until then."""
    for round_id in due(now)[:1]:
        _copy(db.session.get_one(Round, round_id), now)
        return True
    return False


def freeze(round_: Round, now: datetime) -> None:
    """Copy a round's board whole where it is due, before something of it changes. The caller holds the round."""
    if not is_frozen(round_, now):
        return
    while (row := db.session.get(Freeze, round_.id)) is None or row.done_at is None:
        _copy(round_, now)


def is_frozen(round_: Round, now: datetime) -> bool:
    """True from the instant on at which the board is to stand still, until its results are out."""
    return (round_.state == "published" and round_.results_published_at is None
            and round_.board_freezes_at is not None and round_.board_freezes_at <= now)


def _copy(round_: Round, now: datetime) -> None:
    row = db.session.get(Freeze, round_.id) or _begun(round_)
    last = db.session.scalar(select(Standing.entry_id).where(Standing.board_id == row.board_id)
                             .order_by(Standing.entry_id.desc()).limit(1))
    rows = [dict(one) | {"board_id": row.board_id} for one in db.session.execute(
        select(Standing.__table__).where(
            Standing.board_id == round_.id, *([Standing.entry_id > last] if last else []))
        .order_by(Standing.entry_id).limit(CHUNK)).mappings()]
    if rows:
        db.session.execute(insert(Standing), rows)
        counters.move(row.board_id, [], rows)
    if len(rows) < CHUNK:
        row.done_at = now
    db.session.flush()


def thaw(round_id: str) -> None:
    """Let participants see the board itself again. The caller holds the round."""
    row = db.session.get(Freeze, round_id)
    if row is None:
        return
    db.session.delete(row)
    db.session.flush()
    for table in (Standing, *COUNTERS):
        db.session.execute(delete(table).where(table.board_id == row.board_id)
                           .execution_options(synchronize_session=False))
    db.session.execute(delete(Board).where(Board.id == row.board_id).execution_options(synchronize_session=False))


def _begun(round_: Round) -> Freeze:
    board = keeping.board_of(round_)
    copy = Board(id=new_id(), contest_id=board.contest_id, policy=dict(board.policy), actual=board.actual,
                 settled_at=board.settled_at, kept_at=board.kept_at)
    db.session.add(copy)
    db.session.flush()
    row = Freeze(round_id=round_.id, board_id=copy.id)
    db.session.add(row)
    db.session.flush()
    return row
