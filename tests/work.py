"""What a test measures work in: steps of the interpreter, which any machine counts alike."""

import gc
import os
import resource
import sys
from collections.abc import Callable

from contest.sandbox import CPU_SECONDS


def steps(function: Callable[..., object], *arguments: object) -> int:
    """The lines run in a call, the calls and the returns, those of C too.

    Blind to the work inside one call of C, as a search by a regular expression is: `ends` sees that.
    """
    count = 0
    collecting = gc.isenabled()
    gc.disable()  # what other tests left behind is cleared away in steps, too
    tracer, profiler = sys.gettrace(), sys.getprofile()

    def line(_frame: object, _event: str, _value: object) -> object:
        nonlocal count
        count += 1
        return line

    def call(_frame: object, event: str, _value: object) -> None:
        nonlocal count
        count += event.startswith("c_")

    sys.settrace(line)
    sys.setprofile(call)
    try:
        function(*arguments)
    finally:
        sys.setprofile(profiler)
        sys.settrace(tracer)
        if collecting:
            gc.enable()
    return count


def ends(function: Callable[..., object], *arguments: object) -> bool:
    """True where a call ends, in a process of its own, within the processor time that a reading may take.

    For inputs hundreds of times below that limit, and far beyond it where a pattern backtracks.
    """
    child = os.fork()
    if not child:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            function(*arguments)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
