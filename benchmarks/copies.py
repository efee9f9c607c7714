"""Rows multiplied inside the database: a million sittings in minutes, where Python would write for hours.

The copies of a row differ from it in its ids (and in what else must be unique) by their first four signs, so
that what referred to each other still does.
"""

from collections.abc import Mapping, Sequence

import psycopg
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Table, make_url

from contest.columns import Id
from contest.extensions import db

FIRST = 0x1000  # the copies' first four signs; an id of today begins with 0


def multiply(tables: Mapping[str, Sequence[str]], times: int) -> None:
    """Let every row be there so many times. `tables`: those to copy, each with the columns that differ by copy.

    The session must have committed. Past the checks of foreign keys, and past SQLite's waiting for the disk: the
    rows are right by construction, and nobody wants them back after a power cut.
    """
    url = make_url(db.engine.url.render_as_string(hide_password=False))
    statements = [_copy(db.metadata.tables[name], columns, db.engine.dialect.name)
                  for name, columns in tables.items()]
    if db.engine.dialect.name == "postgresql":
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                for copy in range(times - 1):
                    connection.execute(statement.replace("PREFIX", f"'{FIRST + copy:04x}'"))
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False),
                             autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        return
    file = sqlite.connect(url.database, isolation_level=None)
    try:
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -1000000"):
            file.execute(f"PRAGMA {pragma}")
        for statement in statements:
            file.execute("BEGIN IMMEDIATE")
            for copy in range(times - 1):
                file.execute(statement.replace("PREFIX", f"'{FIRST + copy:04x}'"))
            file.execute("COMMIT")
        file.execute("ANALYZE")
    finally:
        file.close()


def _copy(table: Table, differing: Sequence[str], database: str) -> str:
    uuid = {column.name for column in table.c if isinstance(column.type, Id)} if database == "postgresql" else set()
    shown = [column.name if column.name not in differing else
             f"(PREFIX || substr(replace({column.name}::text, '-', ''), 5))::uuid" if column.name in uuid else
             f"PREFIX || substr({column.name}, 5)" if isinstance(column.type, Id) else
             f"'g' || substr(PREFIX, 2) || substr({column.name}, 5)"  # no hexadecimal digit: no text of an original
             for column in table.c]
    first = differing[0]
    text = f"{first}::text" if first in uuid else first
    return (f"INSERT INTO {table.name} ({', '.join(column.name for column in table.c)}) "
            f"SELECT {', '.join(shown)} FROM {table.name} WHERE {text} LIKE '0%'")
