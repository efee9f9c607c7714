"""The migrations, run from empty, build exactly what the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from contest.extensions import db


def test_migrations_equal_the_models(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
