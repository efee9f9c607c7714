"""Certificates as they are looked up: by their code, by whose they are, by their list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from contest.awards.certificate_models import CertificateDesign
from contest.awards.models import Award, AwardList, PrizePlan, Refused
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds.models import Contest, ContestUnit, Entry, Round

VALID, REPLACED, WITHDRAWN = "valid", "replaced", "withdrawn"


@dataclass(frozen=True)
class Certificate:
    """A certificate with the list that it stands in. `round` is None for a prize of the contest as a whole."""

    award: Award
    award_list: AwardList
    contest: Contest
    round: Round | None


@dataclass(frozen=True)
class Verified(Certificate):
    """What a code proves. `newer`: the frozen list that has taken this one's place; `still`: the prizes that the
    same holder has in it; `withdrawn_at`: since when the prize counts as declined."""

    newer: AwardList | None
    still: tuple[str, ...]
    withdrawn_at: datetime | None

    @property
    def state(self) -> str:
        return WITHDRAWN if self.withdrawn_at else REPLACED if self.newer else VALID


def listed(list_id: str) -> tuple[AwardList, Contest, Round | None]:
    """A list with its contest and its round. Raises `Missing`."""
    found = db.session.execute(
        select(AwardList, Contest, Round).join(PrizePlan, PrizePlan.id == AwardList.plan_id)
        .join(Contest, Contest.id == PrizePlan.contest_id).outerjoin(Round, Round.id == PrizePlan.round_id)
        .where(AwardList.id == list_id)).one_or_none()
    if found is None:
        raise Missing
    return found[0], found[1], found[2]


def design_of(list_id: str) -> CertificateDesign | None:
    """How a list's certificates are worded; None where nobody has said so."""
    return db.session.get(CertificateDesign, list_id)


def certificate(award_id: str) -> Certificate:
    """A certificate that holds, whosever it is. Raises `Missing`."""
    found = _certificates([Award.id == award_id, _holds()], limit=1)
    if not found:
        raise Missing
    return found[0]


def holder_of(award: Award) -> tuple[str | None, str | None]:
    """(the account, the path of the unit) that a certificate belongs to."""
    if award.entry_id:
        row = db.session.execute(select(Entry.account_id, Unit.path).outerjoin(Unit, Unit.id == Entry.unit_id)
                                 .where(Entry.id == award.entry_id)).one()
        return row[0], row[1]
    return None, db.session.scalar(select(Unit.path).join(ContestUnit, ContestUnit.unit_id == Unit.id)
                                   .where(ContestUnit.id == award.unit_id))


def own(account_id: str) -> list[Certificate]:
    """A person's certificates that hold, newest first."""
    return _certificates([Award.entry_id.in_(select(Entry.id).where(Entry.account_id == account_id)), _holds()], 100)


def below(paths: Sequence[str] | None, after: str | None, limit: int) -> list[Certificate]:
    """Certificates that hold of units in these subtrees (None: of all) and of their people, newest list first.

    `after`: the id of the last one on the page before.
    """
    where = [_holds()]
    if paths is not None:
        where.append(or_(Award.entry_id.in_(select(Entry.id).join(Unit, Unit.id == Entry.unit_id).where(_under(paths))),
                         Award.unit_id.in_(select(ContestUnit.id).join(Unit, Unit.id == ContestUnit.unit_id)
                                           .where(_under(paths)))))
    last = db.session.execute(select(AwardList.frozen_at, Award.list_id, Award.position).join(
        AwardList, AwardList.id == Award.list_id).where(Award.id == after)).one_or_none() if after else None
    if last is not None:
        where.append(or_(AwardList.frozen_at < last[0],
                         (AwardList.frozen_at == last[0]) & (Award.list_id > last[1]),
                         (Award.list_id == last[1]) & (Award.position > last[2])))
    return _certificates(where, limit)


def verify(codes: Sequence[str]) -> Verified | None:
    """What the one certificate proves that has one of these codes; None where none has, or several have.

    A code of a draft proves nothing.
    """
    found = _certificates([Award.code.in_(codes)], limit=2) if codes else []
    if len(found) != 1:
        return None
    one = found[0]
    newer = newer_than(one.award_list)
    still = db.session.scalars(
        select(Award.prize_name).where(Award.list_id == newer.id, Award.entry_id == one.award.entry_id
                                       if one.award.entry_id else Award.unit_id == one.award.unit_id)
        .order_by(Award.position)) if newer else ()
    holder = holder_of(one.award)[0] or one.award.unit_id
    withdrawn = db.session.scalar(select(Refused.at).where(Refused.prize_id == one.award.prize_id,
                                                           Refused.holder == holder))
    return Verified(one.award, one.award_list, one.contest, one.round, newer, tuple(still), withdrawn)


def awards_of(list_id: str) -> Sequence[Award]:
    """The awards of a list in their order, but for those that were declined since."""
    return db.session.scalars(select(Award).where(Award.list_id == list_id, ~declined())
                              .order_by(Award.position)).all()


def counts_of(list_id: str) -> tuple[int, int]:
    """(certificates of a list, those of them that were declined since)."""
    row = db.session.execute(select(func.count(), func.sum(case((declined(), 1), else_=0)))
                             .where(Award.list_id == list_id)).one()
    return row[0], int(row[1] or 0)


def newer_than(award_list: AwardList) -> AwardList | None:
    """The frozen list that has taken this one's place."""
    return db.session.scalar(
        select(AwardList).where(AwardList.plan_id == award_list.plan_id, AwardList.state == "frozen",
                                AwardList.number > award_list.number).order_by(AwardList.number.desc()).limit(1))


def longest(list_id: str) -> Award | None:
    """The award whose name and unit take the most room: what a preview should show."""
    return db.session.scalar(
        select(Award).where(Award.list_id == list_id)
        .order_by((func.length(Award.name) * 2 + func.length(Award.unit_name)).desc(), Award.position).limit(1))


def _certificates(where: Sequence[ColumnElement[bool]], limit: int) -> list[Certificate]:
    rows = db.session.execute(
        select(Award, AwardList, Contest, Round).join(AwardList, AwardList.id == Award.list_id)
        .join(PrizePlan, PrizePlan.id == AwardList.plan_id).join(Contest, Contest.id == PrizePlan.contest_id)
        .outerjoin(Round, Round.id == PrizePlan.round_id).where(AwardList.state == "frozen", *where)
        .order_by(AwardList.frozen_at.desc(), Award.list_id, Award.position).limit(limit))
    return [Certificate(*row) for row in rows]


def _holds() -> ColumnElement[bool]:
    """True for an award whose list has no newer frozen one and that nobody declined."""
    later = aliased(AwardList)
    replaced = exists().where(later.plan_id == AwardList.plan_id, later.state == "frozen",
                              later.number > AwardList.number).correlate(AwardList)
    return ~replaced & ~declined()


def declined() -> ColumnElement[bool]:
    """True for an award that its holder declined since."""
    account = select(Entry.account_id).where(Entry.id == Award.entry_id).correlate(Award).scalar_subquery()
    return exists().where(Refused.prize_id == Award.prize_id,
                          or_(Refused.holder == account, Refused.holder == Award.unit_id)).correlate(Award)


def _under(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)) if paths else Unit.id.is_(None)
