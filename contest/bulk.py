"""Many rows at once: PostgreSQL takes all of them as one value of one statement, SQLite one after the other."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, JSON, ColumnElement, FromClause, any_, func, insert, inspect, literal, select, update
from sqlalchemy import column as named
from sqlalchemy.sql.elements import SQLCoreOperations

from contest.columns import Id, to_ms
from contest.extensions import Base, db

Rows = Sequence[dict[str, Any]]  # each with the same names


def add(table: type[Base], rows: Rows) -> None:
    """Insert rows, none of whose columns is left to a default. Raises for all what the database raises for one."""
    if not rows:
        return
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(insert(table), rows)
        return
    sent = _sent(table, rows)
    db.session.execute(insert(table).from_select(list(rows[0]), select(*sent.c), include_defaults=False))


def change(table: type[Base], rows: Rows) -> None:
    """Update rows by their primary keys, the same columns of each."""
    if not rows:
        return
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(update(table), rows)
        return
    sent, keys = _sent(table, rows), {key.name for key in inspect(table).primary_key}
    db.session.execute(
        update(table).where(*(getattr(table, name) == sent.c[name] for name in sorted(keys)))
        .values({name: sent.c[name] for name in rows[0] if name not in keys})
        .execution_options(synchronize_session=False))


def one_of(column: SQLCoreOperations[str], ids: Iterable[str]) -> ColumnElement[bool]:
    """That an id is one of these: for thousands, where PostgreSQL would be sent a statement of as many parts."""
    if db.session.get_bind().dialect.name == "sqlite":
        return column.in_(list(ids))
    return column == any_(literal(list(ids), ARRAY(Id)))


def _sent(table: type[Base], rows: Rows) -> FromClause:
    """The rows as a table of the statement, with the types of the columns that they are for."""
    plain = [{name: to_ms(value) if isinstance(value, datetime) else value for name, value in row.items()}
             for row in rows]
    types = [named(name, getattr(table, name).type) for name in rows[0]]
    return func.json_to_recordset(literal(plain, JSON)).table_valued(*types, name="sent").render_derived(
        name="sent", with_types=True)
