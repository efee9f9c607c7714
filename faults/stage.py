"""Where a scene plays: a database, a server on it, people who may sit."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import update

from contest import clock
from contest.app import create_app
from contest.columns import to_ms
from contest.config import load
from contest.extensions import db
from contest.rounds.models import Round
from faults.contestants import Contestant, GaveUp, Habits
from faults.ledger import Ledger
from faults.postgres import Postgres
from faults.server import Server
from tests import factories as make

SLOTS = 20
WEB_WORKERS = {"sqlite": "1", "postgresql": "3"}
WEB_THREADS = {"sqlite": 16, "postgresql": 8}
PEOPLE = 24


@dataclass
class Stage:
    """All that a scene acts on. `logs` outlives the volume that `folder` may stand on."""

    database: str
    folder: Path
    logs: Path
    postgres: Postgres | None = None
    application: str = ""  # a control's, in the place of `contest serve`
    environ: dict[str, str] = field(default_factory=dict)  # of the server, further
    people: int = PEOPLE
    ledger: Ledger = field(default_factory=Ledger)
    habits: Habits = field(default_factory=Habits)
    port: int = 0  # where contestants go, if not straight to the server
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    kept: bool = False  # leave the logs where they are

    def __post_init__(self) -> None:
        self.url = self.postgres.url if self.postgres else f"sqlite:///{self.folder / 'contest.db'}"
        self.settings = {"CONTEST_DATA_DIR": str(self.folder), "DATABASE_URL": self.url,
                         "SECRET_KEY": secrets.token_hex(32), "WEB_WORKERS": WEB_WORKERS[self.database],
                         **self.environ}
        self.server = Server(self.settings, self.logs / "server.log", self.application, WEB_THREADS[self.database])

    def seed(self) -> None:
        """Tables, people and a published round in the empty database."""
        app, now = create_app(load(self.settings)), clock.now()
        with app.app_context():
            upgrade()
            unit = make.unit()
            contest = make.contest(units=(unit,))
            row = make.round_(contest, make.bank(2 * SLOTS), questions=SLOTS, minutes=600, attempts_allowed=10_000,
                              opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=12))
            self.round_id, self.logins = row.id, [make.account(unit=unit).login for _ in range(self.people)]
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def close_round_in(self, seconds: float, grace_ms: int) -> int:
        """Move the round's end, for everyone who sits; returns the new one. Blocks."""
        app = create_app(load(self.settings))
        with app.app_context():
            closes_at = clock.now() + timedelta(seconds=seconds)
            db.session.execute(update(Round).values(closes_at=closes_at, grace_ms=grace_ms))
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        return to_ms(closes_at)

    async def contestants(self) -> list[asyncio.Task[None]]:
        """Let everyone sign in and sit; the tasks end after `stop` is set."""
        everyone = [Contestant(login, make.PASSWORD, self.round_id, self.port or self.server.port, self.ledger,
                               number, self.habits) for number, login in enumerate(self.logins)]
        await asyncio.gather(*(one.arrive() for one in everyone))
        return [asyncio.create_task(self._sit(one)) for one in everyone]

    async def _sit(self, one: Contestant) -> None:
        try:
            await one.sit(self.stop)
        except GaveUp as error:
            self.ledger.find("no answer for five minutes", f"{one.login}: {error}")

    async def leave(self, sitting: list[asyncio.Task[None]]) -> None:
        """Let everyone come to an end."""
        self.stop.set()
        await asyncio.gather(*sitting)


@asynccontextmanager
async def staged(database: str, folder: Path | None = None, *, application: str = "", people: int = PEOPLE,
                 settings: tuple[str, ...] = (), environ: dict[str, str] | None = None,
                 habits: Habits | None = None) -> AsyncIterator[Stage]:
    """A stage that is up and seeded; nothing of it is left, unless it is `kept`. `settings` are PostgreSQL's."""
    logs = Path(tempfile.mkdtemp(prefix="faults"))
    logs.chmod(0o755)
    own = folder or logs
    postgres = Postgres(own / "pg", logs / "postgres.log", settings) if database == "postgresql" else None
    if postgres is not None:
        postgres.start()
        await postgres.ready()
    stage = Stage(database, own, logs, postgres, application, environ or {}, people, habits=habits or Habits())
    try:
        stage.seed()
        stage.server.start()
        await stage.server.ready()
        yield stage
    finally:
        stage.stop.set()
        await stage.server.stop()
        if postgres is not None:
            await postgres.stop()
        if not stage.kept:
            shutil.rmtree(logs, ignore_errors=True)
