"""`contest serve` and `contest worker`: the processes, kept alive.

The parent starts the web server and the worker and replaces whichever dies. The worker does what
must not happen on a participant's way: it closes overdue attempts and scores finished ones, and in a
thread beside does long work.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from flask import Flask

from contest import clock
from contest.audit import chain
from contest.config import Config
from contest.database import looked
from contest.delivery.events import forget_events
from contest.delivery.granting import apply_grants
from contest.extensions import db
from contest.identity.operations import forget_past
from contest.jobs.running import run_next
from contest.reports.certificate_files import forget_files
from contest.reports.comparing import forget_pairs
from contest.standings import digests, published_files, sitting_digests
from contest.standings.freezing import freeze_some
from contest.standings.operations import score_pending, take_rounds

log = structlog.get_logger()
TICK_S = 2.0
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
JOBS_S = 1.0
BATCH = 500
_PR_SET_PDEATHSIG = 1
# glibc gives threads up to eight arenas a core; what SQLite asks for and gives back in all of them stays with the
# process, some megabytes more every hundred seconds of a busy server.
ALLOCATOR = {"MALLOC_ARENA_MAX": "2"}


def worker_tick() -> int:
    """One round of the worker's work: promised time given, overdue attempts closed and scored; how many. The trail's
    chain goes on. Commits.
    """
    now = clock.now()
    try:
        while freeze_some(now):
            db.session.commit()
        apply_grants(now, take_rounds(now))
        scored = score_pending(now, limit=BATCH)
        db.session.commit()
        _chain()
    finally:
        db.session.remove()
    return scored


def _chain(*, late: bool = False) -> int:
    """Put the next events of the trail into its chain; how many. Looks before it takes a turn to write. Commits."""
    rows = looked(partial(chain.coming, late=late))
    chain.extend(rows)
    db.session.commit()
    return len(rows)


def sweep() -> datetime:
    """Delete what nobody may keep: old wrong tries, ended sign-ins, hints about sittings, files of certificates.

    Returns when. Commits.
    """
    now = clock.now()
    try:
        forget_past(now)
        forget_events(now)
        forget_pairs(now)
        forget_files(now)
        db.session.commit()
        while _chain(late=True):
            pass
    finally:
        db.session.remove()
    return now


def put_lists_right() -> datetime:
    """Let the addresses of published lists show the latest ones, where a server stopped before it said so.

    Returns when.
    """
    now = clock.now()
    try:
        published_files.put_right()
    finally:
        db.session.remove()
    return now


def work(app: Flask, stop: threading.Event) -> None:
    """Tick until told to stop. A failing tick is logged and tried again at the next."""
    swept_at = listed_at = None
    while not stop.is_set():
        busy = False
        try:
            with app.app_context():
                busy = worker_tick() >= BATCH
                if swept_at is None or clock.now() - swept_at > DAY:
                    swept_at = sweep()
                if listed_at is None or clock.now() - listed_at > MINUTE:
                    listed_at = put_lists_right()
        except Exception:
            log.exception("worker")
        stop.wait(0 if busy else TICK_S)


def work_jobs(app: Flask, stop: threading.Event) -> None:
    """Do long work, one piece after the other, until told to stop; beside `work`, which never waits for it.

    Where no job waits, the digests of rounds with official results are put on record.

    Each look is in a context of its own: the session of one that failed would fail ever after.
    """
    while not stop.is_set():
        found = False
        try:
            with app.app_context():
                found = run_next(app.extensions["jobs"]) or keep_digest()
        except Exception:
            log.exception("jobs")
        if not found:
            stop.wait(JOBS_S)


def keep_digest() -> bool:
    """Put the digest of a round's answers and results on record where it is due; whether one was. Commits.

    All is read on transactions that hold nobody up. The digests of its sittings are written in bites before: stopped
    in between, the next call writes all of them anew.
    """
    round_id = looked(digests.due)
    if round_id is None:
        return False
    total, kept = looked(lambda: (digests.Sum(round_id), digests.is_kept(round_id)))
    bites = sitting_digests.bites(round_id)
    while bite := looked(partial(next, bites, None)):
        total.add(bite)
        if not kept:
            sitting_digests.keep(bite)
            db.session.commit()
    digests.keep(round_id, total.digest(), clock.now())
    db.session.commit()
    return True


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """A child that leads a group of its own, so that what it leaves behind can be ended."""
    return subprocess.Popen(  # noqa: S603 -- our own words
        command, preexec_fn=_die_with_parent, start_new_session=True, env={**ALLOCATOR, **os.environ})


def _end_rest(child: subprocess.Popen[bytes]) -> None:
    """Kill what a dead child has left behind: orphaned web workers keep its port for 20 s and answer nobody new."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _web_command(config: Config) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--bind", f"{config.host}:{config.port}",
            "--worker-class", "gthread", "--workers", str(config.web_workers),
            "--threads", str(config.web_threads), "--timeout", "60", "--graceful-timeout", "20",
            "--keep-alive", "30", "--no-control-socket", "--log-level", "warning", "contest.app:create_app()"]


def serve(config: Config, ready: Callable[[], None] | None = None) -> None:
    """Run the web server and the worker until SIGTERM or SIGINT."""
    commands = {"web": _web_command(config), "worker": [sys.executable, "-m", "contest.cli", "worker"]}
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = {name: _start(command) for name, command in commands.items()}
    if ready:
        ready()
    while not stop.wait(0.5):
        for name, child in children.items():
            if child.poll() is not None:
                log.error("replaced", process=name, exit=child.returncode)
                _end_rest(child)
                stop.wait(1)
                children[name] = _start(commands[name])
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(25)
        except subprocess.TimeoutExpired:
            child.kill()
