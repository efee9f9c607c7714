"""The worker's side: takes one job after the other and keeps saying that it lives."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, current_app

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.jobs import operations

log = structlog.get_logger()
BEAT_S = 5.0
STEP_S = 1.0  # between two notes of progress


class Cancelled(Exception):
    """The job was called off; what it wrote is rolled back."""


class Progress:
    """Told how far the work is; writes that down at most once a second, in a transaction of its own."""

    def __init__(self, app: Flask, job_id: str) -> None:
        self._app, self._job_id = app, job_id
        self._said: datetime | None = None
        self._gone = threading.Event()

    def __call__(self, done: int, total: int | None = None) -> None:
        """Call it outside a writing transaction. Raises `Cancelled`."""
        now = clock.now()
        if self._gone.is_set():
            raise Cancelled
        if self._said is None or (now - self._said).total_seconds() >= STEP_S:
            self._said = now
            self.beat(done, total)
            if self._gone.is_set():
                raise Cancelled

    def beat(self, done: int | None = None, total: int | None = None) -> None:
        """Write a sign of life."""
        now = clock.now()
        with self._app.app_context():
            alive = operations.beat(self._job_id, now, done, total)
            db.session.commit()
        if not alive:
            self._gone.set()


Handler = Callable[[Mapping[str, Any], Progress], dict[str, Any]]


def run_next(handlers: Mapping[str, Handler], *, beat_s: float = BEAT_S) -> bool:
    """Do one job if there is one; whether there was.

    A handler gets the job's parameters (with `job_id`, `object_id`, `by`), leaves its writes
    uncommitted and returns the result; both are committed together, so a job is done wholly or
    not at all, whatever kills its worker.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    now = clock.now()
    job = operations.claim(now)
    db.session.commit()
    if job is None:
        return False
    params = {**job.params, "job_id": job.id, "object_id": job.object_id, "by": job.created_by}
    job_id, kind = job.id, job.kind
    db.session.remove()
    progress = Progress(app, job_id)
    stop = threading.Event()
    beating = threading.Thread(target=_beat, args=(progress, stop, beat_s), daemon=True)
    beating.start()
    try:
        _do(handlers, kind, job_id, params, progress)
    finally:
        stop.set()
        beating.join()
        db.session.remove()
    return True


def _do(handlers: Mapping[str, Handler], kind: str, job_id: str, params: Mapping[str, Any], progress: Progress) -> None:
    try:
        result = handlers[kind](params, progress)
        if operations.finish(job_id, result, clock.now()):
            db.session.commit()
        else:
            db.session.rollback()
    except Cancelled:
        db.session.rollback()
    except Exception as error:
        db.session.rollback()
        if not isinstance(error, Refusal):
            log.exception("job", kind=kind, job=job_id)
        operations.fail(job_id, *_said(error), clock.now())
        db.session.commit()


def _said(error: Exception) -> tuple[str, dict[str, Any]]:
    """The code and what of its parameters a database can keep."""
    if not isinstance(error, Refusal):
        return "crashed", {}
    return error.code, {name: value if isinstance(value, int | str) else str(value)
                        for name, value in error.params.items()}


def _beat(progress: Progress, stop: threading.Event, every: float) -> None:
    while not stop.wait(every):
        try:
            progress.beat()
        except Exception:
            log.exception("beat")
