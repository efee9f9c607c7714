"""Other rules for a contest's board on record: who proposed what, whom that moves, what holds since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, or_, select, true

from contest.delivery.models import Attempt
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.names import fold
from contest.rounds.models import Contest, Entry, Round
from contest.standings import proposals
from contest.standings.overall_models import OverallPlace, OverallRun
from contest.standings.previewing import FIRST, FOUND, Change, Changes, people_of
from contest.standings.proposals import Line


def runs(contest_id: str) -> list[Line[OverallRun]]:
    """All proposals of a contest, the latest first."""
    return proposals.lines(OverallRun, OverallRun.contest_id == contest_id)


def run(contest_id: str, number: int) -> Line[OverallRun]:
    """One of them. Raises `Missing`."""
    return proposals.line(OverallRun, OverallRun.contest_id == contest_id, number)


@dataclass(frozen=True)
class ToDecide:
    """A proposal whose preview stands and which waits for its second person."""

    run: OverallRun
    contest_title: str
    made_by: str


def to_decide(account_id: str) -> list[ToDecide]:
    """What waits for this person's decision, or another's who did not propose it; the longest waiting first."""
    return [ToDecide(*row) for row in db.session.execute(
        select(OverallRun, Contest.title, Account.name).join(Contest, Contest.id == OverallRun.contest_id)
        .join(Account, Account.id == OverallRun.made_by)
        .where(OverallRun.state == "ready", OverallRun.made_by != account_id)
        .order_by(OverallRun.built_at, OverallRun.id))]


def in_force(contest_id: str) -> list[OverallRun]:
    """Every change of the rules that came to hold, the latest first: what everybody may know of them."""
    return list(db.session.scalars(
        select(OverallRun).where(OverallRun.contest_id == contest_id, OverallRun.state == "applied")
        .order_by(OverallRun.number.desc())))


def moved(row: OverallRun, group: str, after: str | None = None, limit: int = FOUND) -> Changes:
    """Whose points or rank change in an audience, those without a place afterwards first, then by the new place.

    `after`: the last person of the page before. Raises `Missing` for somebody whom it leaves alone.
    """
    return _page(row, group, after, limit, OverallPlace.moved == true())


def first_places(row: OverallRun, group: str, after: str | None = None, limit: int = FIRST) -> Changes:
    """The places of an audience as they would be, or became, first places first, `moved` or not."""
    return _page(row, group, after, limit, OverallPlace.after_key > "")


def _page(row: OverallRun, group: str, after: str | None, limit: int, which: Any) -> Changes:
    p = OverallPlace
    mine = [p.run_id == row.id, p.audience == group, which]
    key = None if after is None else db.session.scalar(select(p.after_key).where(*mine, p.entry_id == after))
    if after is not None and key is None:
        raise Missing
    behind = true() if key is None or after is None else and_(p.after_key >= key, or_(p.after_key > key,
                                                                                      p.entry_id > after))
    places = db.session.scalars(
        select(p).where(*mine, behind).order_by(p.after_key, p.entry_id).limit(limit + 1)).all()
    rows = _changes(places[:limit])
    return Changes(rows, rows[-1].entry_id if len(places) > limit else None)


def found(row: OverallRun, text: str) -> list[Change]:
    """People of the board by name or by a receipt's code of any of the contest's rounds; `FOUND` at most."""
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    receipt = exists().where(Attempt.entry_id == Entry.id, Attempt.receipt == text.strip().upper())
    return _changes(db.session.scalars(
        select(OverallPlace).join(Entry, Entry.id == OverallPlace.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .where(OverallPlace.run_id == row.id, Entry.contest_id == row.contest_id,
               or_(Account.search_text.contains(wanted, autoescape=True), receipt))
        .order_by(Account.sort_key, Entry.id).limit(FOUND)).all())


def _changes(places: Sequence[OverallPlace]) -> list[Change]:
    people = people_of([one.entry_id for one in places])
    return [Change(one.entry_id, *people[one.entry_id], one.before_rank, one.after_rank,
                   (one.before or {}).get("points"), (one.after or {}).get("points")) for one in places]


def audiences(contest_id: str) -> list[str]:
    """Who may stand on the contest's board."""
    asked = set(db.session.scalars(select(Round.audience).where(
        Round.contest_id == contest_id, Round.kind == "contest", Round.results_published_at.is_not(None)).distinct()))
    return [one for one in ("official", "citizen") if asked & {"all", one}]
