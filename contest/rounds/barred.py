"""Who may not take part in a contest, and who might have been forgotten."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from contest.extensions import db
from contest.identity.models import Account, Grant
from contest.rounds.eligibility import STAFF
from contest.rounds.models import Barred


@dataclass(frozen=True)
class Line:
    """Somebody on the list; `author` put them there (None: the command line)."""

    row: Barred
    account: Account
    author: str | None


def barred_accounts(contest_id: str) -> frozenset[str]:
    """The ids of the accounts that may neither sit nor be awarded in this contest."""
    return frozenset(db.session.scalars(select(Barred.account_id).where(Barred.contest_id == contest_id)))


def barred_lines(contest_id: str) -> list[Line]:
    """The list, in the order of Vietnamese names."""
    author = aliased(Account)
    rows = db.session.execute(
        select(Barred, Account, author.name).join(Account, Account.id == Barred.account_id)
        .outerjoin(author, author.id == Barred.by).where(Barred.contest_id == contest_id)
        .options(joinedload(Account.unit)).order_by(Account.sort_key, Account.id))
    return [Line(row, account, name) for row, account, name in rows]


def suggested(contest_id: str, limit: int = 100) -> list[Account]:
    """Active people with a role of `STAFF` who are not on the list."""
    staff = select(Grant.account_id).where(Grant.role.in_(STAFF))
    listed = select(Barred.account_id).where(Barred.contest_id == contest_id)
    return list(db.session.scalars(
        select(Account).where(Account.id.in_(staff), Account.id.not_in(listed), Account.active)
        .options(joinedload(Account.unit)).order_by(Account.sort_key, Account.id).limit(limit)))


def accounts_of_logins(logins: Collection[str]) -> dict[str, str]:
    """Login → account id, of those that exist. `logins` as they are kept: lower case."""
    rows = db.session.execute(select(Account.login, Account.id).where(Account.login.in_(logins)))
    return {row.login: row.id for row in rows}
