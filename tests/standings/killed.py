"""A child process of a test: the worker lets a grading run hold, and stops when nearly all is written.

Arguments: "pause", or "leak" to commit what is half written before the pause.
"""

import sys
from datetime import timedelta

from contest import clock
from contest.app import create_app
from contest.config import load
from contest.extensions import db
from contest.jobs.running import run_next
from contest.standings import counters
from contest.standings.run_jobs import HANDLERS
from tests.standings.test_regrading import LATER


def main(what: str) -> None:
    app = create_app(load())
    clock.now = lambda: LATER + timedelta(minutes=1)
    recount = counters.recount

    def stop(board_id: str) -> None:
        if what == "leak":
            db.session.connection().connection.commit()
        print("middle", flush=True)
        sys.stdin.readline()
        recount(board_id)

    counters.recount = stop
    with app.app_context():
        run_next(HANDLERS)


main(*sys.argv[1:])
