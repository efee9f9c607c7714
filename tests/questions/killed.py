"""A child process of a test: confirms an import and stops in the middle of its writing, until it is killed.

Arguments: the import's id; "pause", or "leak" to commit what is half written before the pause.
"""

import sys

from contest.app import create_app
from contest.config import load
from contest.extensions import db
from contest.questions import imports
from tests.factories import NOON


def main(import_id: str, what: str) -> None:
    app = create_app(load())

    def stop(*_args: object, **_named: object) -> None:
        if what == "leak":
            db.session.connection().connection.commit()
        print("middle", flush=True)
        sys.stdin.readline()

    imports.keep_sources = stop  # type: ignore[assignment]
    with app.app_context():
        imports.confirm_import(import_id, "skip", by=None, now=NOON)
        db.session.commit()


main(*sys.argv[1:])
