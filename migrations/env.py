"""Alembic's environment: the application's engine and models, on either database."""

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]
db = migrate.db


def check(ctx, **_step):
    """SQLite: no step may leave a row that refers to nothing; the step is undone."""
    if ctx.dialect.name == "sqlite":
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration breaks references: {broken[:5]}")


def set_references(connection, word: str) -> None:
    """SQLite changes a table by dropping it for another of its name, which references would forbid."""
    if connection.dialect.name == "sqlite":  # below SQLAlchemy: within a transaction this does nothing
        connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={word}")


def run() -> None:
    with db.engine.connect() as connection:
        set_references(connection, "OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_as_batch=True,
                compare_type=True,
                transaction_per_migration=True,
                user_module_prefix="contest.columns.",
                on_version_apply=check,
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            set_references(connection, "ON")


run()
