"""Every setting, read once from the environment; `contest settings` prints this table."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit


class BadSetting(ValueError):
    """A setting that the product refuses to start with; the message names it."""


@dataclass(frozen=True)
class Setting:
    """One row of the table: the environment variable, its unit, its default, what it does."""

    name: str
    unit: str
    default: str
    about: str
    secret: bool = False


TABLE = (
    Setting("CONTEST_DATA_DIR", "path", "instance", "folder of the embedded database and uploads"),
    Setting("DATABASE_URL", "URL", "sqlite:///<CONTEST_DATA_DIR>/contest.db",
            "sqlite:/// or postgresql+psycopg://", secret=True),
    Setting("DEMO_PASSWORD", "text", "drawn at random", "password of the demo accounts", secret=True),
    Setting("HOST", "address", "127.0.0.1", "address to listen on"),
    Setting("PORT", "number", "8000", "port to listen on"),
    Setting("PUBLIC_URL", "URL", "http://<HOST>:<PORT>", "address people type; https makes cookies Secure"),
    Setting("SECRET_KEY", "text, at least 32 characters", "kept in <CONTEST_DATA_DIR>/secret_key",
            "signs cookies", secret=True),
    Setting("SESSION_HOURS", "hours", "24", "life of a sign-in; a sitting prolongs it"),
    Setting("START_BURST", "starts, at least 100", "200", "starts at once that nobody has to queue for"),
    Setting("START_RATE", "starts per second", "300", "how fast the queue before a start is let in beyond that"),
    Setting("WEB_WORKERS", "processes", "1", "web processes; more than 1 needs PostgreSQL"),
    Setting("WEB_THREADS", "threads", "16", "threads of each web process"),
)


@dataclass(frozen=True)
class Config:
    """The settings, parsed. Hours and counts are whole numbers, `data_dir` is absolute."""

    data_dir: Path
    database_url: str
    demo_password: str | None
    host: str
    port: int
    public_url: str
    secret_key: str
    session_hours: int
    start_burst: int
    start_rate: int
    web_workers: int
    web_threads: int

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    def shown(self) -> dict[str, str]:
        """Name → value for people to read, secrets masked."""
        values = {field.name.upper(): str(getattr(self, field.name) or "") for field in fields(self)}
        values["CONTEST_DATA_DIR"] = values.pop("DATA_DIR")
        secret = {row.name for row in TABLE if row.secret}
        return {name: "********" if name in secret and value else value for name, value in values.items()}


def load(environ: Mapping[str, str] | None = None) -> Config:
    """The configuration of this environment. Raises `BadSetting` where it cannot be safe."""
    env = {name: value for name, value in (os.environ if environ is None else environ).items() if value}
    data_dir = Path(env.get("CONTEST_DATA_DIR", "instance")).resolve()
    host = env.get("HOST", "127.0.0.1")
    port = _whole(env, "PORT", 8000, low=1, high=65535)
    config = Config(
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL", f"sqlite:///{data_dir / 'contest.db'}"),
        demo_password=env.get("DEMO_PASSWORD"),
        host=host,
        port=port,
        public_url=env.get("PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        secret_key=env.get("SECRET_KEY") or _kept_key(data_dir),
        session_hours=_whole(env, "SESSION_HOURS", 24, low=1, high=720),
        start_burst=_whole(env, "START_BURST", 200, low=100, high=1_000_000),
        start_rate=_whole(env, "START_RATE", 300, low=1, high=100_000),
        web_workers=_whole(env, "WEB_WORKERS", 1, low=1, high=64),
        web_threads=_whole(env, "WEB_THREADS", 16, low=1, high=256),
    )
    _check(config)
    return config


def _whole(env: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise BadSetting(f"{name}={text!r}: a whole number from {low} to {high} is needed")
    return int(text)


def _kept_key(data_dir: Path) -> str:
    """The key in the data folder, drawn at the first start and readable by its owner only."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def _check(config: Config) -> None:
    if len(config.secret_key) < 32:
        raise BadSetting("SECRET_KEY: at least 32 characters are needed")
    if not config.sqlite and not config.database_url.startswith("postgresql+psycopg://"):
        raise BadSetting("DATABASE_URL: sqlite:/// or postgresql+psycopg:// is needed")
    if config.sqlite and config.web_workers > 1:
        raise BadSetting("WEB_WORKERS: more than 1 needs PostgreSQL (DATABASE_URL)")
    if not config.https and urlsplit(config.public_url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise BadSetting("PUBLIC_URL: plain http is accepted on this machine's own address only; use https")
