"""What `contest serve` does about its processes. Killed under load: see faults/."""

import os
import select
import sys

from contest import serving

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
