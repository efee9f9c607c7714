"""Boards are kept: standings and counters say what the results say, after each scoring and in its transaction.

Whoever calls holds the round's row: nobody else changes results or standings of it meanwhile.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select

from contest import bulk
from contest.columns import from_ms, to_ms
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.rounds.models import Barred, Entry, Round
from contest.rounds.operations import locked
from contest.scoring import counting, marks, policy, predictions, ranking
from contest.scoring.policy import Policy
from contest.standings import counters, earlier
from contest.standings.board_models import COUNTERS, Board, Standing, UnitTally
from contest.standings.models import Result
from contest.standings.run_models import Publication

CHUNK = 500  # entries read and written at a time
Row = dict[str, Any]  # a standing's columns


def board_of(round_: Round) -> Board:
    """The round's board, made now where there is none."""
    found = db.session.get(Board, round_.id)
    if found is None:
        found = Board(id=round_.id, contest_id=round_.contest_id, round_id=round_.id, policy=dict(round_.scoring or {}))
        db.session.add(found)
        db.session.flush()
    return found


def keep(round_: Round, entries: Collection[str], now: datetime) -> None:
    """Bring the standings of these entries, and the counters beside them, to what their results say now."""
    board = board_of(round_)
    rules = policy.read(board.policy)
    for some in chunks(sorted(entries)):
        before = standings_of(board.id, some)
        after = {row["entry_id"]: row for row in lines(board, rules, round_, some)}
        write(board.id, before, after)
    changed_at(board, now)


def changed_at(board: Board, now: datetime) -> None:
    """Say on a board that its lines, or the rules that they go by, may be others now."""
    board.kept_at, board.revision = now, board.revision + 1


def keep_all(round_: Round, now: datetime) -> None:
    """`keep` of everybody who has a standing in the round or a result of it."""
    known = set(db.session.scalars(select(Result.entry_id).where(Result.round_id == round_.id).distinct()))
    known |= set(db.session.scalars(select(Standing.entry_id).where(Standing.board_id == round_.id)))
    keep(round_, known, now)


def settle(round_: Round, now: datetime) -> None:
    """Fix what predictions are compared with, from the board's own figures; everything is scored for good.

    From then on it stays, whoever comes or goes; a grading run or a whole rescore fixes it anew. Where
    the organisers give the number, the board is settled once they have.
    """
    board = board_of(round_)
    if board.settled_at is not None:
        return
    if round_.prediction == "none":
        board.settled_at = now
        return
    board.actual = predictions.settle(round_.prediction, figures(board.id, round_.prediction_given))
    if board.actual is None:
        return
    board.settled_at = now
    if any(policy.asks(policy.read(rules or {}), "distance") for rules in (board.policy, round_.contest.overall)):
        keep_all(round_, now)


def unsettle(round_: Round) -> None:
    """Let the true value of predictions be fixed anew once everything is scored again."""
    board = board_of(round_)
    board.actual = board.settled_at = None


def figures(board_id: str, given: int | None) -> predictions.Figures:
    """What of a board a prediction may ask for."""
    people, perfect = db.session.execute(
        select(func.coalesce(func.sum(UnitTally.people), 0), func.coalesce(func.sum(UnitTally.perfect), 0))
        .where(UnitTally.board_id == board_id)).one()
    return predictions.Figures(int(people), int(perfect), given)


def keep_people(contest_id: str, accounts: Collection[str], now: datetime) -> None:
    """`keep` of these people in every round of a contest where they have a standing. Holds those rounds.

    But for rounds with a list that anybody may read: that changes by a new publication only, which brings them in
    (`publications`, `outside.waiting`).
    """
    found: dict[str, set[str]] = defaultdict(set)
    for some in chunks(sorted(accounts)):
        for round_id, entry_id in db.session.execute(
            select(Round.id, Standing.entry_id).join(Round, Round.id == Standing.board_id)
            .join(Entry, Entry.id == Standing.entry_id)
            .where(Entry.contest_id == contest_id, Entry.account_id.in_(some),
                   or_(Round.board_shown == "never", ~exists().where(Publication.board_id == Round.id)))
        ):
            found[round_id].add(entry_id)
    for round_ in [locked(round_id) for round_id in sorted(found)]:  # all before what else may be held after them
        keep(round_, found[round_.id], now)


def take_down(board_id: str) -> None:
    """Leave nobody on a board: its round was called off."""
    for table in (Standing, *COUNTERS):
        db.session.execute(delete(table).where(table.board_id == board_id).execution_options(synchronize_session=False))


def chunks(entries: Sequence[str], size: int = CHUNK) -> Iterator[Sequence[str]]:
    """The entries, `size` at a time."""
    return (entries[start:start + size] for start in range(0, len(entries), size))


def standings_of(board_id: str, entries: Sequence[str]) -> dict[str, Row]:
    """Entry → its standing as plain values, column by column."""
    rows = db.session.execute(select(Standing.__table__).where(
        Standing.board_id == board_id, bulk.one_of(Standing.entry_id, entries))).mappings()
    return {row["entry_id"]: dict(row) for row in rows}


def lines(board: Board, rules: Policy, round_: Round, entries: Sequence[str]) -> Iterator[Row]:
    """The standings of these entries as their results give them; none for an entry without a result."""
    before = earlier.points(round_, rules, entries)
    for entry_id, rows in results_of(round_.id, entries).items():
        yield standing(board.id, rules, rows, board.actual, before.get(entry_id))


@dataclass(frozen=True)
class Taken:
    """The result of one finished sitting, with what a standing needs of the sitting and the entry."""

    entry_id: str
    attempt_id: str
    points: int
    max_points: int
    correct: int
    answered: int
    items: int
    taken_ms: int
    finished_at: datetime
    number: int
    prediction: int | None
    audience: str
    unit_id: str | None
    entered_at: datetime
    outside: bool
    guessed: bool


def results_of(round_id: str, entries: Sequence[str]) -> dict[str, list[Taken]]:
    """Entry → the results of its finished sittings."""
    found: dict[str, list[Taken]] = defaultdict(list)
    rows: Iterable[Any] = db.session.execute(
        select(Result.entry_id, Result.attempt_id, Result.points, Result.max_points, Result.correct, Result.answered,
               Result.items, Result.taken_ms, Result.finished_at, *_PERSON)
        .join(Attempt, Attempt.id == Result.attempt_id).join(Entry, Entry.id == Result.entry_id).join(Attempt.round)
        .outerjoin(Barred, _BARRED).where(Result.round_id == round_id, bulk.one_of(Result.entry_id, entries)))
    for row in rows:
        found[row[0]].append(Taken(*row))
    return found


def taken_back(told: Mapping[str, Mapping[str, Any]], entries: Sequence[str]) -> list[Taken]:
    """Results that sittings of these entries would have: `told` has their figures by attempt, instants in ms."""
    if not told:
        return []
    names = ("points", "max_points", "correct", "answered", "items", "taken_ms")
    rows: Iterable[Any] = db.session.execute(
        select(Attempt.entry_id, Attempt.id, *_PERSON).join(Entry, Entry.id == Attempt.entry_id).join(Attempt.round)
        .outerjoin(Barred, _BARRED).where(Attempt.id.in_(list(told)), Attempt.entry_id.in_(entries)))
    found = []
    for entry_id, attempt_id, *person in rows:
        figures: Any = told[attempt_id]
        finished_at: Any = from_ms(figures["finished_at"])
        found.append(Taken(*[entry_id, attempt_id, *(figures[name] for name in names), finished_at, *person]))
    return found


def person_of(entry_id: str) -> Row:
    """The columns of a standing that are the person's own, as they are now."""
    row = db.session.execute(
        select(Entry.audience, Entry.counted_unit_id, Barred.account_id.is_not(None)).outerjoin(Barred, _BARRED)
        .where(Entry.id == entry_id)).one()
    return {"audience": row[0], "unit_id": row[1], "outside": bool(row[2])}


_PERSON = (Attempt.number, Attempt.prediction, Entry.audience, Entry.counted_unit_id, Entry.created_at,
           Barred.account_id.is_not(None), or_(Round.prediction == "none", Attempt.prediction.is_not(None)))
_BARRED = and_(Barred.contest_id == Entry.contest_id, Barred.account_id == Entry.account_id)


def standing(board_id: str, rules: Policy, rows: Sequence[Taken], actual: int | None, earlier: int | None) -> Row:
    """One person's standing from the results of their finished sittings, at least one.

    `actual`: what predictions are compared with, None while nobody knows it; `earlier`: the points of
    the round before.
    """
    first = rows[0]
    line = counting.of_round((counting.Sat(
        row.attempt_id, row.number, row.points, row.max_points, row.correct, row.answered, row.items, row.taken_ms,
        to_ms(row.finished_at), predictions.distance(row.prediction, actual), row.guessed) for row in rows), rules)
    outside = bool(first.outside)
    return {
        "board_id": board_id, "entry_id": first.entry_id, "audience": first.audience,
        "unit_id": first.unit_id, "outside": outside, "ranked": line is not None and not outside,
        "attempts": sum(row.answered > 0 for row in rows), "blank": sum(row.answered == 0 for row in rows),
        "entered_at": first.entered_at, "earlier": earlier, **figures_of(line),
        "passed": line is not None and marks.passed(line.points, line.max_points, rules.pass_percent) is True,
        "rank_key": "" if line is None or outside else rank_key(rules, line, first.entry_id, first.entered_at, earlier),
        "papers": papers(rows, rules),
    }


def papers(rows: Iterable[Taken], rules: Policy) -> list[list[int]]:
    """`Standing.papers` of a person's finished sittings."""
    found = Counter((row.correct, row.items) for row in rows if row.answered and counting.valid(
        row.answered, row.items, guessed=row.guessed, policy=rules))
    return [[*paper, number] for paper, number in sorted(found.items())]


def rank_key(rules: Policy, line: counting.Line, entry_id: str, entered_at: datetime, earlier: int | None) -> str:
    """The packed key of a person's line, with what is the person's own."""
    own = {"entered_at": to_ms(entered_at), "earlier": earlier}
    if any(key.name == "draw" for key in rules.chain):
        own["draw"] = ranking.draw(rules.seed, entry_id)
    return ranking.packed({**vars(line), **own}, rules.chain)


def rank_key_of(rules: Policy, row: Standing) -> str:
    """The key that a standing would have if its person were in the competition."""
    line = counting.Line(row.points, row.max_points, row.correct, row.items, row.taken_ms,
                         to_ms(row.finished_at) if row.finished_at else 0, row.distance, row.attempt_id, ())
    return rank_key(rules, line, row.entry_id, row.entered_at, row.earlier)


def write(board_id: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
    """Put `after` in the place of `before`, in the standings and in the counters."""
    changed = put(board_id, before, after)
    counters.move(board_id, [before[key] for key in sorted(changed & before.keys())],
                  [after[key] for key in sorted(changed & after.keys())])


def put(board_id: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> set[str]:
    """Put `after` in the place of `before` in the standings alone; whose changed."""
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    gone, new = sorted(changed - after.keys()), sorted(changed - before.keys())
    if gone:
        db.session.execute(delete(Standing).where(Standing.board_id == board_id, Standing.entry_id.in_(gone)))
    bulk.add(Standing, [after[key] for key in new])
    bulk.change(Standing, [after[key] for key in sorted(changed - {*gone, *new})])
    return changed


def figures_of(line: counting.Line | None) -> Row:
    """The columns of a standing that a line fills."""
    if line is None:
        return {**dict.fromkeys(("points", "max_points", "correct", "items", "taken_ms"), 0),
                **dict.fromkeys(("attempt_id", "finished_at", "distance"))}
    return {"attempt_id": line.attempt_id, "points": line.points, "max_points": line.max_points,
            "correct": line.correct, "items": line.items, "taken_ms": line.taken_ms,
            "finished_at": from_ms(line.finished_at), "distance": line.distance}
