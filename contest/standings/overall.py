"""A contest's board: what its rounds with official results add up to, kept from their standings.

Only official rounds count: nothing of an open round, of a hidden board or of one that stands still can be told
from it, and what predictions are compared with is fixed in each. Its id is the contest's.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.columns import to_ms
from contest.extensions import db
from contest.rounds.models import Contest, Entry, Round
from contest.scoring import counting, marks, policy
from contest.scoring.policy import Policy
from contest.standings import keeping
from contest.standings.board_models import Board, Standing

Row = keeping.Row


def keep(contest_id: str, entries: Collection[str], now: datetime) -> None:
    """Bring the contest's board to what the standings of these entries say now. Holds the contest's row.

    Whoever holds rounds as well has taken them before.
    """
    contest = held(contest_id)
    if contest is None or contest.overall is None:
        return
    board = board_of(contest)
    rules, rounds, changed = policy.read(board.policy), official(contest_id), False
    for some in keeping.chunks(sorted(entries)):
        before = keeping.standings_of(contest_id, some)
        after = {row["entry_id"]: row for row in lines(contest_id, rules, rounds, some)}
        keeping.write(contest_id, before, after)
        changed |= before != after
    if changed:
        keeping.changed_at(board, now)


def board_of(contest: Contest) -> Board:
    """The board of a contest that is held and has rules for one: as the database has it now, or made now."""
    board = db.session.get(Board, contest.id, populate_existing=True)
    if board is None:
        board = Board(id=contest.id, contest_id=contest.id, policy=dict(contest.overall or {}), revision=0)
        db.session.add(board)
        db.session.flush()
    return board


def held(contest_id: str) -> Contest | None:
    """The contest as the database has it now, its row held: nobody else changes its board meanwhile."""
    return db.session.scalar(select(Contest).where(Contest.id == contest_id).with_for_update(key_share=True),
                             execution_options={"populate_existing": True})


def basis(contest_id: str) -> list[list[Any]]:
    """What the lines of the contest's board are made of, under whatever rules: [board, its round's number, revision]
    of each official round in their order, and of the board itself (0). Equal exactly where nothing has changed.
    """
    numbers = {contest_id: 0, **{round_.id: number for number, round_ in official(contest_id).items()}}
    revisions = {row[0]: row[1] for row in db.session.execute(
        select(Board.id, Board.revision).where(Board.id.in_(list(numbers))))}
    return [[board_id, number, revisions.get(board_id)] for board_id, number in numbers.items()]


def keep_round(round_: Round, now: datetime) -> None:
    """`keep` of everybody who has a standing in this round."""
    keep(round_.contest_id, set(db.session.scalars(
        select(Standing.entry_id).where(Standing.board_id == round_.id))), now)


def keep_people(contest_id: str, accounts: Sequence[str], now: datetime) -> None:
    """`keep` of these people."""
    for some in keeping.chunks(sorted(accounts)):
        keep(contest_id, set(db.session.scalars(
            select(Entry.id).where(Entry.contest_id == contest_id, Entry.account_id.in_(some)))), now)


def renew(contest_id: str, now: datetime) -> None:
    """Make the board anew by the contest's rules of now, or leave nobody on it where there are none."""
    contest = held(contest_id)  # first: whoever applies other rules, or publishes, holds it before the board
    board = db.session.get(Board, contest_id, populate_existing=True)
    keeping.take_down(contest_id)
    if board is not None and contest is not None:
        board.policy = dict(contest.overall or {})
        keeping.changed_at(board, now)
    for round_ in official(contest_id).values():
        keep_round(round_, now)


def official(contest_id: str) -> dict[int, Round]:
    """Position among the contest's rounds, from 1 → the round, where its results are official."""
    rounds = db.session.scalars(select(Round).where(
        Round.contest_id == contest_id, Round.kind == "contest").order_by(Round.position, Round.id))
    return {number: round_ for number, round_ in enumerate(rounds, 1)
            if round_.state == "published" and round_.results_published_at is not None}


def masked(rounds: Collection[Round]) -> bool:
    """Whether the board over these rounds masks names: where any of them does."""
    return any(round_.mask_names for round_ in rounds)


@dataclass(frozen=True)
class Instead:
    """Standings that would stand in one round in the place of those that do; None: none would."""

    round_id: str
    rows: Mapping[str, Row | None]  # by entry


def lines(contest_id: str, rules: Policy, rounds: Mapping[int, Round], entries: Sequence[str],
          instead: Instead | None = None) -> Iterator[Row]:
    """The standings of these entries on the contest's board, as those of the rounds give them."""
    numbers = {round_.id: number for number, round_ in rounds.items()}
    found: dict[str, dict[int, Any]] = {}
    for row in db.session.execute(select(Standing.__table__).where(
            Standing.board_id.in_(list(numbers)), Standing.entry_id.in_(entries))).mappings():
        found.setdefault(row["entry_id"], {})[numbers[row["board_id"]]] = row
    if instead is not None:
        for entry_id, new in instead.rows.items():
            found.setdefault(entry_id, {})[numbers[instead.round_id]] = new
    if policy.asks(rules, "distance"):
        _measure(rounds, found)
    for parts in ({number: row for number, row in one.items() if row is not None} for one in found.values()):
        if not parts:
            continue
        yield _standing(contest_id, rules, rounds, parts)


def _measure(rounds: Mapping[int, Round], found: Mapping[str, dict[int, Any]]) -> None:
    """Find how far off the guesses were, in rounds that were settled while no rules asked for it."""
    for number, round_ in rounds.items():
        board = db.session.get(Board, round_.id)
        missing = [entry_id for entry_id, parts in found.items() if (row := parts.get(number)) is not None
                   and row["finished_at"] is not None and row["distance"] is None]
        if round_.prediction == "none" or board is None or board.actual is None or not missing:
            continue
        for line in keeping.lines(board, policy.read(board.policy), round_, missing):
            if line["attempt_id"] == found[line["entry_id"]][number]["attempt_id"]:
                found[line["entry_id"]][number] = {**found[line["entry_id"]][number], "distance": line["distance"]}


def _standing(contest_id: str, rules: Policy, rounds: Mapping[int, Round], parts: Mapping[int, Any]) -> Row:
    """One person's line from those of the rounds; whoever is outside of one of them is outside."""
    last = parts[max(parts)]
    line = counting.of_contest({number: _line(row, rounds[number], number) for number, row in parts.items()
                                if row["finished_at"] is not None}, rules)
    counting_rows = [row for number, row in parts.items() if counting.weight(rules.rounds, number) > 0]
    outside = any(row["outside"] for row in parts.values())
    entered_at = min(row["entered_at"] for row in parts.values())
    return {
        "board_id": contest_id, "entry_id": last["entry_id"], "audience": last["audience"], "unit_id": last["unit_id"],
        "outside": outside, "ranked": line is not None and not outside,
        **{name: sum(row[name] for row in counting_rows) for name in ("attempts", "blank")},
        "entered_at": entered_at, "earlier": None, **keeping.figures_of(line),
        "passed": line is not None and marks.passed(line.points, line.max_points, rules.pass_percent) is True,
        "rank_key": "" if line is None or outside else keeping.rank_key(
            rules, line, last["entry_id"], entered_at, None),
        "papers": [],  # of the rounds: they are not added up
    }


def _line(row: Any, round_: Round, number: int) -> counting.Line:
    """A round that asks for no guess stands with a distance of 0."""
    return counting.Line(
        row["points"], row["max_points"], row["correct"], row["items"], row["taken_ms"], to_ms(row["finished_at"]),
        0 if round_.prediction == "none" else row["distance"], row["attempt_id"], (number,))
