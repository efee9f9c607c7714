"""Points of the round before, where a round ranks by them, and who still stands by points that are others by now.

The round before is each person's own: the latest earlier one that they could have sat. Of officials and citizens who
had a round each, or of units and blocs, nobody is measured by the round of the others. Nothing is changed by itself:
organisers are told, and take the new points up by a grading run.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from contest import bulk
from contest.columns import Id
from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds.eligibility import audiences, takes_in
from contest.rounds.models import ContestUnit, Entry, Round
from contest.rounds.queries import terms_of
from contest.scoring import policy
from contest.scoring.policy import Policy
from contest.standings.board_models import Board, Standing
from contest.standings.run_models import GradingRun, RunPlace


@dataclass(frozen=True)
class Outdated:
    """How many people of a round stand by other points than those of their round before say by now.

    `before`: the rounds whose points those are, the latest first; none of a person who had no round before after all.
    """

    round: Round
    before: tuple[Round, ...]
    people: int

    @property
    def titles(self) -> str:
        """The rounds before, "" for none."""
        return "; ".join(one.title for one in self.before)


def outdated(round_: Round) -> Outdated | None:
    """Who stands by old points in a round that is settled; None for nobody, and before: publishing takes them up."""
    board = db.session.get(Board, round_.id)
    if board is None or board.settled_at is None or round_.state != "published":
        return None
    rules = policy.read(board.policy)
    if not policy.asks(rules, "earlier"):
        return None
    found = rounds_before(round_, rules)
    theirs = _theirs(found, Standing.entry_id).label("theirs")
    old = _others(round_, found).add_columns(theirs).subquery()
    people = {row[0]: row[1] for row in db.session.execute(
        select(old.c.theirs, func.count()).select_from(old).group_by(old.c.theirs))}
    before = tuple(one for one in found if one.id in people)
    return Outdated(round_, before, sum(people.values())) if people else None


def outdated_after(round_: Round) -> list[Outdated]:
    """The later rounds in which people stand by old points of this one."""
    later = db.session.scalars(select(Round).where(
        Round.contest_id == round_.contest_id, Round.kind == "contest", Round.state == "published",
        Round.opens_at > round_.opens_at).order_by(Round.opens_at, Round.id))
    return [found for one in later if (found := outdated(one)) and round_ in found.before]


def points(round_: Round, rules: Policy, entries: Iterable[str]) -> dict[str, int]:
    """Entry → its points in its round before this one, where the rules ask for them."""
    found = rounds_before(round_, rules)
    return {row.entry_id: row.points for row in db.session.execute(
        select(Standing.entry_id, Standing.points).where(
            Standing.board_id.in_([one.id for one in found]), Standing.board_id == _theirs(found, Standing.entry_id),
            bulk.one_of(Standing.entry_id, entries), Standing.ranked))} if found else {}


def possible(round_: Round, rules: Policy, entries: Iterable[str], barred: Collection[str]
             ) -> dict[str, set[int | None]] | None:
    """Entry → all points in a round before that a standing of this one may have taken up; None: nobody can tell.

    That is so while a round before was not official when this one became so, or another between them was called off.
    `barred`: who was ever on the list of who may not take part, and so stood nowhere for a while. Where the week
    before was split, any of its rounds may have been a person's: they may have moved since.
    """
    before = rounds_before(round_, rules)
    if _called_off(round_, before) or not all(_official_first(one, round_) for one in before):
        return None
    if not before:
        return {entry_id: {None} for entry_id in entries}
    found: dict[str, set[int | None]] = {entry_id: {None} if entry_id in barred else set() for entry_id in entries}
    for one in before:
        _add_possible(found, one, barred)
    return found


def _add_possible(found: dict[str, set[int | None]], before: Round, barred: Collection[str]) -> None:
    stand = {row.entry_id: row for row in db.session.execute(
        select(Standing.entry_id, Standing.points, Standing.ranked)
        .where(Standing.board_id == before.id, bulk.one_of(Standing.entry_id, found)))}
    for entry_id, told in found.items():
        row = stand.get(entry_id)
        told.add(row.points if row is not None and (row.ranked or entry_id in barred) else None)
    sides = ((RunPlace.before_key, RunPlace.before), (RunPlace.after_key, RunPlace.after))
    for key, side in sides:
        for entry_id, of, points in db.session.execute(
                select(RunPlace.entry_id, key, side["points"].as_integer())
                .join(GradingRun, GradingRun.id == RunPlace.run_id)
                .where(GradingRun.round_id == before.id, GradingRun.state == "applied",
                       bulk.one_of(RunPlace.entry_id, found))):
            found[entry_id].add(points if of else None)


def _official_first(before: Round, round_: Round) -> bool:
    return (before.results_published_at is not None and round_.results_published_at is not None
            and before.results_published_at <= round_.results_published_at)


def _called_off(round_: Round, before: Sequence[Round]) -> bool:
    """Whether a round between these was called off: it was the one before, until then."""
    since = [Round.opens_at >= before[-1].opens_at] if before else []
    found = db.session.scalar(select(Round.id).where(
        Round.contest_id == round_.contest_id, Round.kind == "contest", Round.state == "cancelled",
        Round.opens_at < round_.opens_at, *since).limit(1))
    return found is not None


def overtaken(round_: Round, rules: Policy) -> set[str]:
    """The entries whose points in their round before are others by now than their standings in this one say."""
    if not policy.asks(rules, "earlier"):
        return set()
    return set(db.session.scalars(_others(round_, rounds_before(round_, rules))))


def rounds_before(round_: Round, rules: Policy) -> list[Round]:
    """The rounds that people of this one are measured by, the latest first, where the rules ask for their points.

    Earlier contest rounds with some of the same audience, down to where each of its people could have sat one: one
    round where the week before was for the same people, several where it was split.
    """
    if not policy.asks(rules, "earlier"):
        return []
    found, left = [], audiences(round_.audience)
    for one in db.session.scalars(
            select(Round).where(Round.contest_id == round_.contest_id, Round.kind == "contest",
                                Round.state == "published", Round.opens_at < round_.opens_at)
            .order_by(Round.opens_at.desc(), Round.id)):
        if left & audiences(one.audience):
            found.append(one)
        if takes_in(terms_of(one), terms_of(round_)):
            left -= audiences(one.audience)
        if not left:
            break
    return found


def _theirs(found: Sequence[Round], entry_id: Any) -> ColumnElement[Any]:
    """The first of these rounds that the person of an entry sat or could have sat; NULL for none."""
    if not found:
        return null()
    return case(*((_could_sit(one, entry_id), literal(one.id, Id)) for one in found), else_=null())


def _could_sit(round_: Round, entry_id: Any) -> ColumnElement[bool]:
    """By audience, units and blocs as `eligibility.refusal` asks for them; roles come and go, and are not asked.

    Whoever moved to another unit since, or whose round is for others by now, has a standing there.
    """
    sat, mine = aliased(Standing), []
    if round_.audience != "all":
        mine.append(Entry.audience == round_.audience)
    if round_.open_units or round_.open_blocs:
        bloc = func.coalesce(func.nullif(Unit.bloc, ""), ContestUnit.bloc)
        mine.append(or_(bloc.in_(round_.open_blocs), *(Unit.path.contains(f"{id_}/") for id_ in round_.open_units)))
    entry = (select(Entry.id).outerjoin(Unit, Unit.id == Entry.unit_id)
             .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).where(Entry.id == entry_id, *mine))
    return or_(entry.exists(), exists().where(sat.board_id == round_.id, sat.entry_id == entry_id))


def _others(round_: Round, found: Sequence[Round]) -> Select[Any]:
    other = aliased(Standing)
    return (
        select(Standing.entry_id)
        .outerjoin(other, and_(other.board_id.in_([one.id for one in found]),
                               other.board_id == _theirs(found, Standing.entry_id),
                               other.entry_id == Standing.entry_id, other.ranked))
        .where(Standing.board_id == round_.id, Standing.earlier.is_distinct_from(other.points)))
