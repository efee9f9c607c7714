"""The statements that change a sitting, each with every rule in it; saving has its own (`statements`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from contest.columns import Id, Instant
from contest.delivery.models import Attempt
from contest.prepared import Statement, prepared
from contest.rounds.models import Round

# How many questions a finished attempt has, and how many of them an answer that arrived by then. As
# text: SQLAlchemy leaves the table names out of what SQLite returns.
ITEMS = literal_column("(SELECT count(*) FROM paper_item p WHERE p.attempt_id = attempt.id)", Integer)
ANSWERED = literal_column(
    "(SELECT count(*) FROM paper_item p WHERE p.attempt_id = attempt.id AND ("
    "SELECT r.choice FROM response r WHERE r.attempt_id = p.attempt_id AND r.slot = p.slot"
    " AND r.received_at <= attempt.finished_at ORDER BY r.generation DESC, r.seq DESC LIMIT 1) IS NOT NULL)", Integer)


@prepared
def new_attempt(database: str) -> Statement:
    """The id of a new attempt of all these columns; no row where a constraint turns it down."""
    insert = postgresql.insert if database == "postgresql" else sqlite.insert
    table: Any = Attempt.__table__
    return insert(table).values({column.name: bindparam(column.name, type_=column.type) for column in table.c}
                                ).on_conflict_do_nothing().returning(table.c.id)


@prepared
def submitted(_database: str) -> Statement:
    """(receipt, items, how many of them are answered) where the attempt takes a submission that arrived `at`.

    `sign_in`: only where this one holds the attempt; None asks for none.
    """
    now = bindparam("at", type_=Instant)
    return (
        update(Attempt)
        .where(*_mine(), or_(Attempt.state == "open", Attempt.state == "expired"),
               or_(Attempt.finished_at.is_(None), Attempt.finished_at > now), in_time(now),
               Attempt.owner == func.coalesce(bindparam("sign_in", type_=String), Attempt.owner))
        .values(state="submitted", finished_at=now,
                receipt=func.coalesce(Attempt.receipt, bindparam("fresh_receipt", type_=String)),
                prediction=func.coalesce(bindparam("guess", type_=BigInteger), Attempt.prediction))
        .returning(Attempt.receipt, ITEMS, ANSWERED)
    )


@prepared
def taken_over(_database: str) -> Statement:
    """The new generation where the attempt runs and its contestant goes on with this `sign_in`."""
    return (
        update(Attempt).where(*_mine(), Attempt.state == "open", in_time(bindparam("at", type_=Instant)))
        .values(generation=Attempt.generation + 1, owner=bindparam("sign_in", type_=String))
        .returning(Attempt.generation)
    )


@prepared
def guessed(_database: str) -> Statement:
    """The attempt's id where it runs and keeps the prediction."""
    return (
        update(Attempt).where(*_mine(), Attempt.state == "open", in_time(bindparam("at", type_=Instant)))
        .values(prediction=bindparam("guess", type_=BigInteger)).returning(Attempt.id)
    )


def in_time(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Before the deadline, in a round that was not called off."""
    return and_(Attempt.time_limit_at > now, exists().where(
        Round.id == Attempt.round_id, Round.closes_at > now, Round.state != "cancelled").correlate(Attempt))


def _mine() -> tuple[ColumnElement[bool], ...]:
    return Attempt.id == bindparam("attempt", type_=Id), Attempt.account_id == bindparam("account", type_=Id)
