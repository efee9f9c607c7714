"""Statements of the hot paths: written with SQLAlchemy's Core, put together once, asked of the driver directly.

Going through a session costs a statement as much again as the database does, and making ORM rows of
what it returns once more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.sql.expression import SelectBase, UpdateBase

from contest.columns import Id
from contest.database import fetch, looking
from contest.extensions import db

Statement = SelectBase | UpdateBase
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Made:
    """A statement in a driver's words. `places`: the names of its values in order, where they go by place."""

    text: str
    given: dict[str, Convert | None]
    fixed: dict[str, Any]
    places: tuple[str, ...] | None
    told: tuple[tuple[int, Convert], ...]  # the columns that the driver returns in another form


class Prepared:
    """A statement with named values (`bindparam`), made for each kind of database once it is asked there.

    Values and rows are converted by the columns' own types, as ever. What has no fixed text cannot be
    prepared: `in_` with a list of values (see `among`), or a default that Python makes.
    """

    def __init__(self, make: Callable[[str], Statement]) -> None:
        self._make = make
        self._made: dict[str, _Made] = {}

    def rows(self, connection: Connection, **values: Any) -> Sequence[Sequence[Any]]:
        """What it returns. Raises KeyError where a value is missing, else what SQLAlchemy raises."""
        dialect = connection.dialect
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _prepare(self._make(dialect.name), dialect)
        sent = dict(made.fixed)
        for name, convert in made.given.items():
            sent[name] = values[name] if convert is None else convert(values[name])
        rows = fetch(connection, made.text, sent if made.places is None else tuple(sent[name] for name in made.places))
        if not made.told:
            return rows
        cells = [list(row) for row in rows]
        for row in cells:
            for place, convert in made.told:
                row[place] = convert(row[place])
        return cells

    def here(self, **values: Any) -> Sequence[Sequence[Any]]:
        """As `rows`, in the transaction of this request's session, whose changes are written first."""
        db.session.flush()
        return self.rows(db.session.connection(), **values)

    def look(self, **values: Any) -> Sequence[Sequence[Any]]:
        """As `rows`, by itself: for a statement that only reads, of what has been committed."""
        with looking(db.engine) as connection:
            return self.rows(connection, **values)


def prepared(make: Callable[[str], Statement]) -> Prepared:
    """Let a function that takes the name of the database ("sqlite", "postgresql") put a statement together once."""
    return Prepared(make)


def among(ids: SQLCoreOperations[Any], name: str, database: str) -> ColumnElement[bool]:
    """The condition that an id is one of a list of any length, given as the value `name`."""
    listed = bindparam(name, type_=JSON)
    if database == "postgresql":
        return ids.in_(select(cast(func.jsonb_array_elements_text(cast(listed, JSONB)), Id)))
    return ids.in_(select(func.json_each(listed).table_valued("value").c.value))


def _prepare(statement: Statement, dialect: Any) -> _Made:
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
        raise ValueError(f"not a statement of fixed text and given values: {statement}")
    given, fixed = {}, {}
    for bind, name in compiled.bind_names.items():
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if bind.required:
            given[name] = convert
        else:
            fixed[name] = bind.effective_value if convert is None else convert(bind.effective_value)
    back = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.exported_columns]
    return _Made(str(compiled), given, fixed, tuple(compiled.positiontup) if compiled.positional else None,
                 tuple((place, convert) for place, convert in enumerate(back) if convert is not None))
