"""Plans and lists as their pages show them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from contest.awards.changes import Change, changes
from contest.awards.models import Award, AwardList, PassedOver, Prize, PrizePlan, Refused
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.rounds.models import Contest, ContestUnit, Entry, Round

PAGE = 100
CHUNK = 1_000  # ids in one statement


def plan_of(contest_id: str, round_id: str | None) -> PrizePlan | None:
    """The plan of a round, or of a contest as a whole; None before there is one."""
    of = PrizePlan.round_id == round_id if round_id else PrizePlan.round_id.is_(None)
    return db.session.scalar(select(PrizePlan).where(PrizePlan.contest_id == contest_id, of))


@dataclass(frozen=True)
class ListLine:
    """A list of a plan. `made_by` None: the command line."""

    row: AwardList
    made_by: str | None
    awards: int
    latest: bool


def lists_of(plan: PrizePlan) -> list[ListLine]:
    """The lists of a plan, the latest first."""
    counts = select(Award.list_id, func.count().label("awards")).group_by(Award.list_id).subquery()
    rows = db.session.execute(
        select(AwardList, Account.name, func.coalesce(counts.c.awards, 0))
        .outerjoin(Account, Account.id == AwardList.made_by).outerjoin(counts, counts.c.list_id == AwardList.id)
        .where(AwardList.plan_id == plan.id).order_by(AwardList.number.desc())).all()
    return [ListLine(row[0], row[1], row[2], latest=not number) for number, row in enumerate(rows)]


def list_by_id(list_id: str) -> tuple[AwardList, PrizePlan, Contest, Round | None]:
    """A list with what it is of. Raises `Missing`."""
    row = db.session.execute(
        select(AwardList, PrizePlan, Contest, Round).join(PrizePlan, PrizePlan.id == AwardList.plan_id)
        .join(Contest, Contest.id == PrizePlan.contest_id).outerjoin(Round, Round.id == PrizePlan.round_id)
        .where(AwardList.id == list_id)).one_or_none()
    if row is None:
        raise Missing
    return row[0], row[1], row[2], row[3]


def latest(plan_id: str) -> AwardList:
    """The list of a plan, which has one, that was drawn up last."""
    return db.session.scalars(select(AwardList).where(AwardList.plan_id == plan_id)
                              .order_by(AwardList.number.desc()).limit(1)).one()


def is_latest(row: AwardList) -> bool:
    """Whether no list was drawn up after this one."""
    return row.number == latest(row.plan_id).number


def last_frozen(plan_id: str) -> AwardList | None:
    """The plan's latest list that stands in a decision."""
    return db.session.scalar(select(AwardList).where(AwardList.plan_id == plan_id, AwardList.state == "frozen")
                             .order_by(AwardList.number.desc()).limit(1))


@dataclass(frozen=True)
class Page:
    """Rows from a position on; `after`: the position that the next page starts behind, None on the last one."""

    rows: list[Any]
    after: int | None


def awards_page(list_id: str, after: int = 0, limit: int = PAGE) -> Page:
    """Prizes given, by worth and rank."""
    return _page(list(db.session.scalars(
        select(Award).where(Award.list_id == list_id, Award.position > after)
        .order_by(Award.position).limit(limit + 1))), limit)


def passed_page(list_id: str, after: int = 0, limit: int = PAGE) -> Page:
    """Those passed over, by the prize that their turn came at."""
    return _page(list(db.session.scalars(
        select(PassedOver).where(PassedOver.list_id == list_id, PassedOver.position > after)
        .order_by(PassedOver.position).limit(limit + 1))), limit)


def passed_of(list_id: str) -> Iterator[PassedOver]:
    """All who were passed over, by the prize that their turn came at."""
    yield from db.session.scalars(select(PassedOver).where(PassedOver.list_id == list_id).order_by(PassedOver.position)
                                  .execution_options(yield_per=CHUNK))


def _page(rows: list[Any], limit: int) -> Page:
    return Page(rows[:limit], rows[limit - 1].position if len(rows) > limit else None)


def counts_of(list_id: str) -> tuple[int, int]:
    """(prizes given, people and units passed over)."""
    given, passed = (db.session.scalar(select(func.count()).select_from(table).where(table.list_id == list_id)) or 0
                     for table in (Award, PassedOver))
    return given, passed


def prize_names(plan: PrizePlan) -> dict[str, str]:
    """Prize → its name."""
    return {row[0]: row[1] for row in db.session.execute(
        select(Prize.id, Prize.name).where(Prize.plan_id == plan.id))}


def names_in(shown: AwardList, plan: PrizePlan) -> dict[str, str]:
    """Prize → its name in a list; of prizes that nobody got in it, the plan's of today."""
    given = db.session.execute(select(Award.prize_id, Award.prize_name).where(Award.list_id == shown.id).distinct())
    return prize_names(plan) | {row[0]: row[1] for row in given}


@dataclass(frozen=True)
class Declined:
    """Somebody who declined a prize or never came for it."""

    row: Refused
    prize: str
    name: str


def refusals_of(plan: PrizePlan) -> list[Declined]:
    """Who declined what, the latest first."""
    rows = db.session.execute(
        select(Refused, Prize.name, func.coalesce(Account.name, ContestUnit.name, ""))
        .join(Prize, Prize.id == Refused.prize_id).outerjoin(Account, Account.id == Refused.holder)
        .outerjoin(ContestUnit, ContestUnit.id == Refused.holder)
        .where(Prize.plan_id == plan.id).order_by(Refused.at.desc(), Refused.holder))
    return [Declined(*row) for row in rows]


def declined_reasons(plan: PrizePlan) -> dict[str, str]:
    """"prize:entry" or "prize:unit" → why it was not taken."""
    return {f"{prize}:{holder}": reason for prize, holder, reason in db.session.execute(
        select(Refused.prize_id, func.coalesce(Entry.id, Refused.holder), Refused.reason)
        .join(Prize, Prize.id == Refused.prize_id)
        .outerjoin(Entry, and_(Entry.account_id == Refused.holder, Entry.contest_id == plan.contest_id))
        .where(Prize.plan_id == plan.id))}


def award_of(list_id: str, award_id: str) -> Award:
    """An award of a list. Raises `Missing`."""
    row = db.session.get(Award, award_id)
    if row is None or row.list_id != list_id:
        raise Missing
    return row


def holder_of(award: Award) -> str:
    """Who holds a prize: the account, or the participating unit."""
    if award.unit_id:
        return award.unit_id
    return db.session.scalars(select(Entry.account_id).where(Entry.id == award.entry_id)).one()


@dataclass(frozen=True)
class Difference:
    """A change between two lists with the name as of the later of them."""

    change: Change
    name: str
    unit_name: str


def differences(row: AwardList) -> tuple[AwardList | None, list[Difference]]:
    """The list before this one, and whose prizes differ from it; (None, []) for a plan's first."""
    before = db.session.scalar(select(AwardList).where(
        AwardList.plan_id == row.plan_id, AwardList.number == row.number - 1))
    if before is None:
        return None, []
    names: dict[str, tuple[str, str]] = {}
    sides = [_held(one.id, names) for one in (before, row)]
    return before, [Difference(one, *names[one.holder]) for one in changes(*sides)]


def _held(list_id: str, names: dict[str, tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for holder, prize_id, name, unit in db.session.execute(
        select(func.coalesce(Award.entry_id, Award.unit_id), Award.prize_id, Award.name, Award.unit_name)
        .where(Award.list_id == list_id).order_by(Award.position)
    ):
        found.setdefault(holder, []).append(prize_id)
        names[holder] = name, unit
    return found


@dataclass(frozen=True)
class Named:
    """One of several equal ones. `holder`: the account or the participating unit; `id`: the entry or that unit."""

    id: str
    holder: str
    name: str
    unit_name: str


def equal_ones(kind: str, ids: Sequence[str]) -> list[Named]:
    """The candidates with these ids, by name as far as they are read at once."""
    return [Named(*row) for start in range(0, len(ids), CHUNK)
            for row in db.session.execute(_named(kind, ids[start:start + CHUNK]))]


def _named(kind: str, ids: Sequence[str]) -> Any:
    if kind == "collective":
        return select(ContestUnit.id, ContestUnit.id, ContestUnit.name, func.coalesce(ContestUnit.bloc, "")).where(
            ContestUnit.id.in_(ids)).order_by(ContestUnit.sort_key, ContestUnit.id)
    return (
        select(Entry.id, Account.id, Account.name, func.coalesce(ContestUnit.name, Unit.name, ""))
        .join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(Entry.id.in_(ids)).order_by(Account.sort_key, Entry.id))


def announced(contest_id: str) -> list[tuple[AwardList, Round | None]]:
    """The latest frozen list of each plan of a contest, rounds in their order, the contest's own last.

    None of a round whose results are not official, or that was called off.
    """
    rows = db.session.execute(
        select(AwardList, Round).join(PrizePlan, PrizePlan.id == AwardList.plan_id)
        .outerjoin(Round, Round.id == PrizePlan.round_id)
        .where(PrizePlan.contest_id == contest_id, AwardList.state == "frozen")
        .order_by(Round.position.is_(None), Round.position, AwardList.number.desc())).all()
    latest: dict[str, tuple[AwardList, Round | None]] = {}
    for row, round_ in rows:
        if round_ is None or (round_.state == "published" and round_.results_published_at is not None):
            latest.setdefault(row.plan_id, (row, round_))
    return list(latest.values())
