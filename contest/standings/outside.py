"""Results outside of the competition: those of people who are on the contest's list of who may not take part.

Their sittings and results stay; no board, rank or figure counts them, from the moment that they are put
on the list until they are taken off it, whenever that is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, select, text, tuple_
from sqlalchemy.orm import aliased

from contest import bulk
from contest.audit.models import AuditEvent
from contest.columns import Id
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.prepared import Statement, prepared
from contest.rounds.models import Barred, ContestUnit, Entry, Round
from contest.standings.board_models import Standing
from contest.standings.models import Result
from contest.standings.run_models import Publication

_LISTED = and_(Barred.contest_id == Entry.contest_id, Barred.account_id == Entry.account_id)


def inside() -> ColumnElement[bool]:
    """The condition that a Result is one of somebody who may take part, as the round's board has it.

    Told from the few who are outside, by their own index: written otherwise, SQLite reads the whole board.
    """
    stands = aliased(Standing, name="outsider")
    return tuple_(Result.round_id, Result.entry_id).not_in(
        select(stands.board_id, stands.entry_id).where(text("outsider.outside")))


def is_outside(contest_id: str, account_id: str) -> bool:
    """True where this person is on the contest's list."""
    return bool(_barred.here(contest=contest_id, account=account_id))


@prepared
def _barred(_database: str) -> Statement:
    return select(Barred.account_id).where(Barred.contest_id == bindparam("contest", type_=Id),
                                           Barred.account_id == bindparam("account", type_=Id))


def amended(round_: Round) -> Select[Any]:
    """When somebody was last taken out of the results of a round after they had been published; null for never.

    Where there is a published list: by the publication that followed.
    """
    by = (select(func.min(Publication.published_at))
          .where(Publication.board_id == round_.id, Publication.published_at > Barred.at)
          .correlate(Barred).scalar_subquery())
    return (select(func.max(func.coalesce(by, Barred.at))).select_from(Barred).join(Entry, _LISTED)
            .join(Standing, Standing.entry_id == Entry.id)
            .where(Standing.board_id == round_.id, Standing.attempts > 0, Standing.outside,
                   Barred.at > round_.results_published_at))


@dataclass(frozen=True)
class Waiting:
    """Entries whose place on a published list is not what the list of who may not take part says by now."""

    out: list[str]  # on the list of the barred, still ranked
    back: list[str]  # taken off it, not ranked yet

    @property
    def all(self) -> list[str]:
        return [*self.out, *self.back]


def waiting(board_id: str) -> Waiting:
    """Whom the next publication of a round takes out or brings back. Two statements."""
    out = db.session.scalars(
        select(Standing.entry_id).select_from(Barred).join(Entry, _LISTED).join(Standing, Standing.entry_id == Entry.id)
        .where(Standing.board_id == board_id, ~Standing.outside))
    back = db.session.scalars(
        select(Standing.entry_id).join(Entry, Entry.id == Standing.entry_id)
        .where(Standing.board_id == board_id, text("standing.outside"),
               ~exists(select(Barred.account_id).where(_LISTED).correlate(Entry))))
    return Waiting(list(out), list(back))


@dataclass(frozen=True)
class Line:
    """Somebody who sat a round and is outside. The result is their best; None where none is scored.

    `points` and `max_points` in hundredths; `author` put them on the list (None: the command line).
    """

    name: str
    login: str
    unit: str | None
    reason: str
    barred_at: datetime
    author: str | None
    points: int | None
    max_points: int | None
    taken_ms: int | None
    finished_at: datetime | None


def lines(round_: Round) -> list[Line]:
    """Everybody who sat the round and is outside, in the order of Vietnamese names. One statement.

    Nobody where the round was called off: it has no results at all.
    """
    if round_.state == "cancelled":
        return []
    author = aliased(Account)
    sat: Any = exists().where(Attempt.entry_id == Entry.id, Attempt.round_id == round_.id, Attempt.state != "void")
    rows: Iterable[Any] = db.session.execute(
        select(Account.name, Account.login, func.coalesce(ContestUnit.name, Unit.name), Barred.reason, Barred.at,
               author.name, *(case((Standing.finished_at.is_not(None), one)) for one in (
                   Standing.points, Standing.max_points, Standing.taken_ms, Standing.finished_at)))
        .select_from(Barred).join(Entry, _LISTED).join(Account, Account.id == Entry.account_id)
        .outerjoin(author, author.id == Barred.by)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .outerjoin(Standing, and_(Standing.entry_id == Entry.id, Standing.board_id == round_.id))
        .where(Barred.contest_id == round_.contest_id, sat).order_by(Account.sort_key, Account.id))
    return [Line(*row) for row in rows]


class History:
    """Who was on a contest's list when, as the trail of acts has it: by entries.

    Each act names only whom it put on the list or took off it, so that their numbers tell, in whatever order.
    """

    def __init__(self, contest_id: str) -> None:
        acts: dict[str, list[tuple[datetime, int]]] = {}
        for action, at, details in db.session.execute(
                select(AuditEvent.action, AuditEvent.at, AuditEvent.details)
                .where(AuditEvent.object_type == "contest", AuditEvent.object_id == contest_id,
                       AuditEvent.action.in_(("contest.bar", "contest.unbar")))):
            for account_id in details["accounts"]:
                acts.setdefault(account_id, []).append((at, 1 if action == "contest.bar" else -1))
        self._acts: dict[str, list[tuple[datetime, int]]] = {
            row.id: acts[row.account_id] for row in db.session.execute(
                select(Entry.id, Entry.account_id).where(Entry.contest_id == contest_id,
                                                         bulk.one_of(Entry.account_id, acts)))}

    @property
    def known(self) -> set[str]:
        """Everybody who was ever on it."""
        return set(self._acts)

    def now(self, entry_id: str) -> bool:
        """Whether this one is on it."""
        return sum(change for _at, change in self._acts.get(entry_id, ())) > 0

    def at(self, entry_id: str, instant: datetime) -> bool:
        """Whether this one was on it just before an instant."""
        return sum(change for at, change in self._acts.get(entry_id, ()) if at < instant) > 0

    def changed(self, entry_id: str, since: datetime) -> bool:
        """Whether this one was put on it or taken off it from an instant on."""
        return any(at >= since for at, _change in self._acts.get(entry_id, ()))

    def acts_at(self, instant: datetime) -> bool:
        """Whether anybody was at that very instant, of which nobody knows what came first."""
        return any(at == instant for acts in self._acts.values() for at, _change in acts)
