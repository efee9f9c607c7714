"""What `contest serve` does about its processes. Killed under load: see faults/."""

import os
import select
import sys
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from contest import serving
from contest.extensions import db

# Leaves a process behind that holds the pipe open, as a killed gunicorn leaves its web workers.
CHILD = "import os, signal, sys; pipe = open(sys.argv[1], 'w'); os.fork() or signal.pause()"


def test_what_a_dead_child_leaves_behind_ends_too(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = serving._start([sys.executable, "-c", CHILD, str(pipe)])
    with pipe.open() as end:
        assert child.wait(20) == 0
        assert select.select([end], [], [], 0)[0] == []  # held open still
        serving._end_rest(child)
        assert select.select([end], [], [], 20)[0] == [end]
        assert end.read() == ""
    serving._end_rest(child)  # nobody is left


@pytest.mark.parametrize(("said", "seen"), [({}, "2"), ({"MALLOC_ARENA_MAX": "7"}, "7")])
def test_memory_of_threads_is_not_scattered(tmp_path, monkeypatch, said, seen):
    """Whoever says otherwise in the environment has it their way."""
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    told = tmp_path / "told"
    tell = "import os, sys; open(sys.argv[1], 'w').write(os.environ['MALLOC_ARENA_MAX'])"
    child = serving._start([sys.executable, "-c", tell, str(told)])
    assert child.wait(20) == 0
    assert told.read_text() == seen


@pytest.mark.parametrize(("loop", "step"), [(serving.work, "worker_tick"), (serving.work_jobs, "run_next")])
def test_a_database_that_was_gone_for_a_moment_is_used_again(app, monkeypatch, loop, step):
    """The connection is lost in the middle of a piece of work; the next piece begins afresh."""
    stop, seen = threading.Event(), []

    def piece(*_arguments):
        try:
            db.session.execute(text("SELECT 1"))
        except (DBAPIError, PendingRollbackError) as error:
            seen.append(type(error))
            raise
        if seen:
            stop.set()
            return 0
        seen.append("works")
        db.session.connection().invalidate()
        db.session.execute(text("SELECT 1"))
        return 0

    monkeypatch.setattr(serving, step, piece)
    monkeypatch.setattr(serving, "sweep", lambda: None)
    monkeypatch.setattr(stop, "wait", lambda _seconds: len(seen) > 5 and stop.set())
    loop(app, stop)
    assert seen == ["works"]
