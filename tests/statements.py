"""What a test counts requests in: the statements that reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from flask import Flask
from sqlalchemy import event

from contest import database
from contest.database import ask_driver
from contest.extensions import db


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent inside, by any thread, in order. No context stays open around them."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    def ask(raw, statement, values):  # where no event tells
        statements.append(statement)
        return ask_driver(raw, statement, values)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(database, "ask_driver", ask):
            yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
