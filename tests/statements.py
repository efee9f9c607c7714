"""What a test counts requests in: the statements that reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from flask import Flask
from sqlalchemy import event

from contest import database
from contest.delivery import save
from contest.extensions import db


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent inside, by any thread, in order. No context stays open around them."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    def fetch(connection, statement, values):
        if connection.get_execution_options().get("single_statements"):  # where no event tells
            statements.append(statement)
        return database.fetch(connection, statement, values)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(save, "fetch", fetch):
            yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
