"""Applications that break a promise on purpose: controls of this rig, never part of the product.

`early()` acknowledges an answer before it is stored; `lax()` lets SQLite commit without waiting for
the disk (FAULTS_SYNCHRONOUS: NORMAL or OFF).
"""

import io
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import event

from contest import clock
from contest.app import create_app
from contest.delivery.door import SavingDoor
from contest.extensions import db

DELAY_S = 0.1
Environ = dict[str, Any]


def early() -> Callable[[Environ, Callable[..., Any]], Iterable[bytes]]:
    """Says "saved", and saves a moment later, before this connection's next request."""
    app = create_app()

    def answer_first(environ: Environ, start_response: Callable[..., Any]) -> Iterator[bytes]:
        data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        rows = [{"slot": row["slot"], "seq": row["seq"]} for row in json.loads(data)["answers"]]
        text = json.dumps({"saved": rows, "stale": [], "refused": [],
                           "server_now": clock.rfc3339(clock.now())}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        yield text
        time.sleep(DELAY_S)
        list(app.wsgi_app({**environ, "wsgi.input": io.BytesIO(data)}, lambda *_arguments: lambda _data: None))

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        saves = environ["REQUEST_METHOD"] == "PUT" and SavingDoor.PATH.fullmatch(environ["PATH_INFO"])
        return (answer_first if saves else app)(environ, start_response)

    return application


def lax() -> Any:
    """The product itself, but for SQLite's `synchronous`."""
    app = create_app()
    with app.app_context():
        @event.listens_for(db.engine, "connect")
        def _connect(connection: Any, _record: object) -> None:
            connection.execute(f"PRAGMA synchronous={os.environ['FAULTS_SYNCHRONOUS']}")

    return app
