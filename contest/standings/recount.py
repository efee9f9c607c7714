"""Boards reckoned again from what they are made of, beside what is kept: no digest is needed to tell that one was
altered.

The lines of a round come of its results, those of a contest of the lines of its rounds; the rules that reckon them are
the scorer's own (`keeping`, `overall`). What an act of the house may leave behind is no difference: somebody barred
whom the next publication takes out (`outside`), points of the round before that were others then (`earlier`). Each
board is read on one state of the database, so that nobody's act in between is taken for one either.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.models import Contest, Entry, Round
from contest.rounds.operations import locked
from contest.scoring import policy
from contest.scoring.policy import BadPolicy
from contest.standings import counters, keeping, overall
from contest.standings.board_models import Board, Standing
from contest.standings.lines import Lines, rules_in_force
from contest.standings.models import Result

SOME = 500  # people at a time
MOST = 20  # that are named
Row = keeping.Row
Told = Callable[[str, int, int], None]  # hears of whose board, how many people had been read before, and by now


@dataclass(frozen=True)
class Person:
    """Somebody whose line was "altered" (`columns` differ), is "gone", or was "added"."""

    name: str
    login: str
    how: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Recounted:
    """A board set beside what it comes to. `round`: its title; None for the board over a contest's rounds.

    `policy`: ranked by the rules that hold; `actual`: predictions are compared with what was to be guessed, as far as
    that can be reckoned; `counters`: they say what the lines say. `count` people differ, at most `MOST` are `named`.
    `again`: a round whose `mend` makes the board anew; None for none.
    """

    board_id: str
    contest: str
    round: str | None
    policy: bool
    actual: bool
    counters: bool
    count: int
    named: list[Person]
    again: str | None

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return self.policy and self.actual and self.counters and not self.count


def settled() -> list[str]:
    """The rounds whose boards have stood still: settled, or with official results."""
    return list(db.session.scalars(
        select(Round.id).where(Round.state == "published", or_(Round.results_published_at.is_not(None), exists().where(
            Board.id == Round.id, Board.settled_at.is_not(None))))
        .order_by(Round.contest_id, Round.position, Round.id)))


def added_up() -> list[str]:
    """The contests with a board over their rounds, or one left of such."""
    return list(db.session.scalars(select(Contest.id).where(or_(
        Contest.overall.is_not(None), exists().where(Board.id == Contest.id))).order_by(Contest.id)))


def of_round(round_id: str, told: Told) -> Recounted:
    """A round's board beside its results."""
    round_, board = db.session.get_one(Round, round_id), db.session.get(Board, round_id)
    rules, lines, found = rules_in_force(round_), Lines(round_, board), _Differing()
    for held, some in _held(round_id, [_of_board(round_id), (Result.entry_id, Result.round_id == round_id)]):
        told(round_.title, lines.people, lines.people + len(some))
        found.add(held, lines.due(some, held))
    return Recounted(round_id, round_.contest.title, round_.title, _same(board, rules), lines.actual_holds(),
                     not counters.differences(round_id), found.count, found.named(), round_id)


def of_contest(contest_id: str, told: Told) -> Recounted:
    """The board over a contest's rounds beside theirs."""
    contest, board = db.session.get_one(Contest, contest_id), db.session.get(Board, contest_id)
    rules, rounds = policy.read(contest.overall or {}), overall.official(contest_id)
    found, people = _Differing(), 0
    for held, some in _held(contest_id, [_of_board(contest_id), *(_of_board(one.id) for one in rounds.values())]):
        told(contest.title, people, people := people + len(some))
        due = [] if contest.overall is None else overall.lines(contest_id, rules, rounds, some)
        found.add(held, {row["entry_id"]: row for row in due})
    return Recounted(contest_id, contest.title, None, _same(board, contest.overall or {}), actual=True,
                     counters=not counters.differences(contest_id), count=found.count, named=found.named(),
                     again=next((one.id for one in rounds.values()), None))


def mend(round_id: str, now: datetime) -> None:
    """Make a round's lines and counters anew, and with official results the board over the rounds. Raises `Missing`.

    Unlike `keeping.keep` it trusts no counter: moved by what an altered line says, one would be wrong or below zero.
    """
    round_ = locked(round_id)
    if round_.state == "cancelled":
        return
    board = keeping.board_of(round_)
    board.policy = rules_in_force(round_)
    lines = Lines(round_, board)
    for held, some in _held(round_id, [_of_board(round_id), (Result.entry_id, Result.round_id == round_id)]):
        keeping.put(round_id, held, lines.due(some, held))
    counters.recount(round_id)
    if round_.results_published_at is not None:
        overall.held(round_.contest_id)
        overall.renew(round_.contest_id, now)


class _Differing:
    """Lines that are kept, some at a time, beside those that there should be."""

    def __init__(self) -> None:
        self.count = 0
        self._named: list[tuple[str, str, tuple[str, ...]]] = []

    def add(self, held: Mapping[str, Row], due: Mapping[str, Row]) -> None:
        """Set the next ones beside each other."""
        for key in sorted({*held, *due}):
            one, other = held.get(key), due.get(key)
            if one == other:
                continue
            self.count += 1
            if self.count <= MOST:
                how = "gone" if one is None else "added" if other is None else "altered"
                self._named.append((key, how, tuple(
                    name for name, value in (one or {}).items() if other is not None and other[name] != value)))

    def named(self) -> list[Person]:
        """Who they are."""
        who = {row[0]: row[1:] for row in db.session.execute(
            select(Entry.id, Account.name, Account.login).join(Account, Account.id == Entry.account_id)
            .where(Entry.id.in_([key for key, *_rest in self._named])))}
        return [Person(*who.get(key, (key, "–")), how, columns) for key, how, columns in self._named]


def _of_board(board_id: str) -> tuple[Any, ColumnElement[bool]]:
    return Standing.entry_id, Standing.board_id == board_id


def _held(board_id: str, sources: Sequence[tuple[Any, ColumnElement[bool]]]) -> Iterator[
        tuple[dict[str, Row], list[str]]]:
    """Everybody who stands in one of the sources, some at a time, by id, and what the board keeps of them."""
    after = ""
    while some := sorted({key for column, of in sources for key in db.session.scalars(
            select(column).distinct().where(of, *([column > after] if after else [])).order_by(column).limit(SOME))}):
        some = some[:SOME]
        yield keeping.standings_of(board_id, some), some
        after = some[-1]


def _same(board: Board | None, rules: Mapping[str, Any]) -> bool:
    """Whether a board goes by these rules. One that is not there has nobody on it, which is said."""
    if board is None:
        return True
    try:
        return policy.read(board.policy) == policy.read(rules)
    except BadPolicy:
        return False
