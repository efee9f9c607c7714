"""Ranks by the counters beside the standings: sums of buckets, and a count within one of them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, literal_column, select, true
from sqlalchemy.orm import aliased

from contest.extensions import db
from contest.rounds.models import Entry
from contest.standings.board_models import Board, RankStep, Standing

ALL = ""  # officials and citizens together
GROUPS = (ALL, "official", "citizen")  # whose ranks are counted apart
# As the indexes of ranked standings say it: written otherwise, SQLite sorts the whole board instead.
RANKED: ColumnElement[bool] = literal_column("standing.ranked")


def ahead(board_id: str, key: str, group: str = ALL) -> int:
    """How many ranked people of a group have a smaller key: one less than the rank. One statement."""
    mine = [RankStep.board_id == board_id, RankStep.audience == group]
    start = select(func.coalesce(func.max(RankStep.step), "")).where(*mine, RankStep.step <= key).scalar_subquery()
    before = select(func.coalesce(func.sum(RankStep.people), 0)).where(*mine, RankStep.step < start).scalar_subquery()
    within = select(func.count()).select_from(Standing).where(
        *of_group(board_id, group), Standing.rank_key >= start, Standing.rank_key < key).scalar_subquery()
    return int(db.session.scalar(select(before + within)) or 0)


def of_entries(board_id: str, entries: Collection[str], group: str = ALL) -> dict[str, int]:
    """Entry → its rank, of entries that are ranked in the group. One statement."""
    line, mine = aliased(Standing, name="line"), [RankStep.board_id == board_id, RankStep.audience == group]
    start = select(func.coalesce(func.max(RankStep.step), "")).where(
        *mine, RankStep.step <= line.rank_key).correlate(line).scalar_subquery()
    ahead_of_it = select(func.coalesce(func.sum(RankStep.people), 0)).where(
        *mine, RankStep.step < start).correlate(line).scalar_subquery()
    within = select(func.count()).select_from(Standing).where(
        *of_group(board_id, group), Standing.rank_key >= start, Standing.rank_key < line.rank_key
    ).correlate(line).scalar_subquery()
    return {row[0]: int(row[1]) + 1 for row in db.session.execute(
        select(line.entry_id, ahead_of_it + within).where(line.board_id == board_id, line.entry_id.in_(entries)))}


def through(board_id: str, key: str, entry_id: str, group: str = ALL) -> int:
    """How many lines of the board there are up to this one, itself among them. Two statements."""
    alike = db.session.scalar(select(func.count()).select_from(Standing).where(
        *of_group(board_id, group), Standing.rank_key == key, Standing.entry_id <= entry_id)) or 0
    return ahead(board_id, key, group) + alike


def of_group(board_id: str, group: str) -> list[ColumnElement[bool]]:
    """The conditions of a standing that is ranked in this group."""
    return [Standing.board_id == board_id, RANKED, Standing.audience == group if group else true()]


def of_account(board_id: str, account_id: str) -> ColumnElement[bool]:
    """The condition of a person's standing on a board: one key, so that no database looks through the board."""
    contest = select(Board.contest_id).where(Board.id == board_id).scalar_subquery()
    return Standing.entry_id == select(Entry.id).where(
        Entry.contest_id == contest, Entry.account_id == account_id).scalar_subquery()


def people(board_id: str, group: str = ALL) -> int:
    """How many are ranked."""
    return int(db.session.scalar(select(func.coalesce(func.sum(RankStep.people), 0)).where(
        RankStep.board_id == board_id, RankStep.audience == group)) or 0)


def place(board_id: str, position: int, group: str = ALL) -> tuple[str, int]:
    """(where the bucket of who stands at `position`, from 0, begins; how many of it stand ahead of them)."""
    left = position
    for step, number in db.session.execute(
        select(RankStep.step, RankStep.people).where(RankStep.board_id == board_id, RankStep.audience == group)
        .order_by(RankStep.step)
    ):
        if left < number:
            return step, left
        left -= number
    return "", position
