"""`bulk`: many rows in one statement are what they would be one by one."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from contest import bulk
from contest.columns import new_id
from contest.extensions import db
from contest.standings.board_models import Board, Standing
from tests import factories as make
from tests.factories import NOON


@pytest.fixture
def board(app):
    """A board with the entries of three people, none of whom stands on it."""
    with app.app_context():
        contest = make.contest()
        round_ = make.round_(contest, make.bank(4))
        board = Board(id=round_.id, contest_id=contest.id, round_id=round_.id)
        db.session.add(board)
        db.session.flush()
        yield board.id, [make.entry(contest, make.account()).id for _ in range(3)]


def _standing(board_id, entry_id, **other):
    return {"board_id": board_id, "entry_id": entry_id, "audience": "official", "unit_id": None, "ranked": True,
            "outside": False, "attempts": 1, "blank": 0, "attempt_id": None, "points": -25, "max_points": 1_000,
            "correct": 3, "items": 10, "passed": False, "taken_ms": 2**40, "finished_at": NOON, "entered_at": NOON,
            "distance": None, "earlier": None, "rank_key": "aB~é'\"\\ ", "papers": [[3, 10, 1], [10, 10, 2]], **other}


def _held(board_id):
    return [dict(row) for row in db.session.execute(
        select(Standing.__table__).where(Standing.board_id == board_id).order_by(Standing.entry_id)).mappings()]


def test_rows_that_are_added_read_as_they_were_sent(board):
    board_id, entries = board
    rows = [_standing(board_id, entry_id, points=n) for n, entry_id in enumerate(sorted(entries))]
    bulk.add(Standing, rows)
    assert _held(board_id) == rows


def test_rows_that_are_changed_read_as_they_were_sent_and_others_stay(board):
    board_id, entries = board
    rows = [_standing(board_id, entry_id) for entry_id in sorted(entries)]
    db.session.execute(insert(Standing), rows)
    later = NOON + timedelta(milliseconds=1)
    changes = {"points": 900, "finished_at": later, "papers": [], "ranked": False, "distance": 7}
    new = [row | changes for row in rows[:2]]
    bulk.change(Standing, new)
    assert _held(board_id) == [*new, rows[2]]


def test_a_part_of_the_columns_may_change(board):
    board_id, entries = board
    rows = [_standing(board_id, entry_id) for entry_id in sorted(entries)]
    bulk.add(Standing, rows)
    bulk.change(Standing, [{"board_id": board_id, "entry_id": rows[1]["entry_id"], "finished_at": None}])
    assert _held(board_id) == [rows[0], rows[1] | {"finished_at": None}, rows[2]]


def test_nothing_is_nothing(board):
    bulk.add(Standing, [])
    bulk.change(Standing, [])
    assert _held(board[0]) == []


def test_what_the_database_refuses_for_one_leaves_none(board):
    board_id, entries = board
    rows = [_standing(board_id, entry_id) for entry_id in entries]
    with pytest.raises(IntegrityError), db.session.begin_nested():
        bulk.add(Standing, [*rows[:2], rows[2] | {"attempts": -1}])
    assert _held(board_id) == []


def test_ids_are_found_among_many_or_none(board):
    board_id, entries = board
    bulk.add(Standing, [_standing(board_id, entry_id) for entry_id in entries])

    def among(ids):
        return set(db.session.scalars(select(Standing.entry_id).where(bulk.one_of(Standing.entry_id, ids))))

    assert among(entries[:2] + [new_id() for _ in range(2_000)]) == set(entries[:2])
    assert among([]) == set()
    assert among(iter(entries)) == set(entries)
