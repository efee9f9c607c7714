"""Essays are laid before markers: two each, a third where those two are apart. The caller holds the round."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from random import SystemRandom

from sqlalchemy import func, insert, select

from contest.columns import new_id
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account, Grant, Unit
from contest.marking.models import Assignment, Essay, EssayMark, Marker, Marking
from contest.marking.queries import live
from contest.marking.sharing import share
from contest.rounds.models import ContestUnit, Entry

TURNS = 2**31
CHUNK = 1_000
_lot = SystemRandom()


@dataclass(frozen=True)
class Able:
    """A marker who can be given essays: `units` are theirs and all above it."""

    account_id: str
    units: frozenset[str]


def able_markers(round_id: str) -> list[Able]:
    """The markers of the round who take part in it, can sign in and still hold the role; in an order drawn by lot."""
    rows = db.session.execute(
        select(Account.id, Unit.path).join(Marker, Marker.account_id == Account.id)
        .join(Grant, (Grant.account_id == Account.id) & (Grant.role == "marker"))
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(Marker.round_id == round_id, Marker.active, Account.active))
    found = [Able(account_id, frozenset((path or "").split("/")) - {""}) for account_id, path in rows]
    _lot.shuffle(found)
    return found


def assign(marking: Marking) -> int:
    """Give every essay of the round the markers that it lacks; how many places nobody could be found for."""
    gone = db.session.scalars(select(Marker.account_id).where(
        Marker.round_id == marking.round_id, Marker.active.is_(False))).all()
    _given, lacking = hand_over(marking, gone)
    lacking += sum(fill(marking, _without(marking.round_id, place), place) for place in (1, 2))
    return lacking + fill(marking, _without(marking.round_id, 3, apart=True), 3)


def fill(marking: Marking, essays: Sequence[str], place: int) -> int:
    """Give each of these essays a marker for `place`; how many got none."""
    chosen = choose(marking, essays)
    rows = [{"id": new_id(), "essay_id": essay, "place": place, "account_id": marker, "state": "given", "draft": {},
             "turn": secrets.randbelow(TURNS)} for essay, marker in chosen.items() if marker is not None]
    _lot.shuffle(rows)
    if rows:
        db.session.execute(insert(Assignment), rows)
    return len(chosen) - len(rows)


def choose(marking: Marking, essays: Sequence[str]) -> dict[str, str | None]:
    """Essay → a marker who may have it, None where there is nobody; loads as even as that allows."""
    markers = able_markers(marking.round_id)
    drawn = list(essays)
    _lot.shuffle(drawn)
    load = dict.fromkeys((one.account_id for one in markers), 0)
    for account_id, count in db.session.execute(
        select(Assignment.account_id, func.count()).join(Essay, Essay.id == Assignment.essay_id)
        .where(Essay.round_id == marking.round_id).group_by(Assignment.account_id)
    ):
        if account_id in load:
            load[account_id] = count
    barred: dict[str, Collection[str]] = {}
    for start in range(0, len(drawn), CHUNK):
        barred |= _barred(marking, drawn[start:start + CHUNK], markers)
    return share([(essay, barred[essay]) for essay in drawn], load)


def _barred(marking: Marking, essays: Sequence[str], markers: Sequence[Able]) -> dict[str, Collection[str]]:
    """Essay → who may not mark it: its author, who has it or marked it already, people of the author's unit."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = db.session.execute(
        select(Essay.id, Attempt.account_id, Entry.unit_id, ContestUnit.unit_id)
        .join(Attempt, Attempt.id == Essay.attempt_id).join(Entry, Entry.id == Attempt.entry_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).where(Essay.id.in_(essays)))
    for essay, author, *units in rows:
        found[essay].add(author)
        if marking.units_apart:
            found[essay] |= {one.account_id for one in markers if one.units & set(units)}
    for essay, account_id in _seen(essays):
        found[essay].add(account_id)
    return dict(found)


def _seen(essays: Sequence[str]) -> Iterable[tuple[str, str]]:
    """(essay, who has it before them or marked it once)."""
    held = select(Assignment.essay_id, Assignment.account_id).where(Assignment.essay_id.in_(essays))
    marked = select(Assignment.essay_id, EssayMark.account_id).join(
        EssayMark, EssayMark.assignment_id == Assignment.id).where(Assignment.essay_id.in_(essays))
    return [(row[0], row[1]) for row in db.session.execute(held.union(marked))]


def _without(round_id: str, place: int, *, apart: bool = False) -> Sequence[str]:
    """The essays that nobody marks in this place; `apart`: only those that need a third."""
    taken = select(Assignment.essay_id).where(Assignment.place == place)
    statement = select(Essay.id).where(Essay.round_id == round_id, live(), Essay.id.not_in(taken))
    return db.session.scalars(statement.where(Essay.apart) if apart else statement).all()


def hand_over(marking: Marking, markers: Collection[str]) -> tuple[int, int]:
    """Give what these markers have not finished to others: (how many have another marker, how many none yet).

    What they had saved of it goes with them; what they finished stays.
    """
    rows = {(row.place, row.essay_id): row for row in db.session.scalars(
        select(Assignment).join(Essay, Essay.id == Assignment.essay_id)
        .where(Essay.round_id == marking.round_id, Assignment.account_id.in_(markers), Assignment.state != "done",
               live()))}
    given = 0
    for place in (1, 2, 3):
        for essay, marker in choose(marking, sorted(essay for at, essay in rows if at == place)).items():
            if marker is not None:
                row = rows[place, essay]
                row.account_id, row.turn = marker, secrets.randbelow(TURNS)
                row.state, row.draft, row.seq = "given", {}, row.seq + 1
                given += 1
        db.session.flush()
    return given, len(rows) - given
