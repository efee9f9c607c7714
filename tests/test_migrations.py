"""The migrations, run from empty, build exactly what the models say, constraints and predicates too."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from contest.database import engine_options
from contest.extensions import db


def test_migrations_equal_the_models(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


@contextmanager
def made_by_the_models(connection: Connection, tmp_path) -> Iterator[tuple[Connection, str | None]]:
    """A connection that sees tables made from the models alone, and their schema; gone afterwards."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("CREATE SCHEMA models"))
        connection.execute(text("SET LOCAL search_path TO models"))
        db.metadata.create_all(connection, checkfirst=False)
        yield connection, "models"
        connection.rollback()
        return
    url = f"sqlite:///{tmp_path / 'models.db'}"
    engine = create_engine(url, module=engine_options(url, 1)["module"])
    with engine.begin() as other:
        db.metadata.create_all(other)
        yield other, None
    engine.dispose()


def rules(connection: Connection, schema: str | None) -> dict[str, set[tuple[str, ...]]]:
    """Per table what Alembic does not compare: checks, predicates of indexes, computed columns, defaults."""
    inspector = inspect(connection)
    found: dict[str, set[tuple[str, ...]]] = {}
    for table in db.metadata.tables:
        rows = found.setdefault(table, set())
        for check in inspector.get_check_constraints(table, schema=schema):
            rows.add(("check", str(check["name"]), plain(check["sqltext"])))
        for index in inspector.get_indexes(table, schema=schema):
            where = index.get("dialect_options", {}).get(f"{connection.dialect.name}_where", "")
            rows.add(("index", str(index["name"]), str(index["unique"]), plain(str(where))))
        for column in inspector.get_columns(table, schema=schema):
            computed = (column.get("computed") or {}).get("sqltext", "")
            rows.add(("column", column["name"], plain(str(computed)), plain(str(column["default"]))))
    return found


def plain(sql: str) -> str:
    return re.sub(r"\s+|models\.|public\.", " ", sql).strip().casefold()


def test_migrations_keep_the_rules_of_the_models(app, tmp_path):
    with app.app_context(), db.engine.connect() as connection:
        migrated = rules(connection, None)
        connection.rollback()
        with made_by_the_models(connection, tmp_path) as (other, schema):
            assert migrated == rules(other, schema)
    every = {row for rows in migrated.values() for row in rows}
    assert any(row[0] == "check" and "expired" in row[2] for row in every)
    assert any(row[:2] == ("index", "uq_attempt_open") and row[3] for row in every)
