"""What a round's answers and results were when its results became official, as digests in the trail of acts.

Answers are only ever added to, and once results are official none is: one digest holds for good. Results change by
grading runs alone, so each applied run has a digest of its own, and the first one put on record for it counts.
Standings and boards are not in it: they are counted from results, and what was published is signed.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, String, cast, exists, func, select, type_coerce

from contest.audit.models import AuditEvent, AuditLink
from contest.audit.operations import record
from contest.delivery.models import Attempt, Response
from contest.extensions import db
from contest.rounds.models import Round
from contest.rounds.operations import locked
from contest.standings.building import MARK
from contest.standings.models import Result
from contest.standings.run_models import GradingRun

ACTION = "round.digest"
SITTINGS = 500  # at a time
_json = json.JSONEncoder(ensure_ascii=False).encode  # `dumps` would make one for each row
Told = Callable[[int, int], None]  # hears how many answers had been read before, and how many have by now


@dataclass(frozen=True)
class Digest:
    """SHA-256, hexadecimal, of what is stored of a round. `run`: the number of the latest applied run, 0 for none."""

    run: int
    sittings: int
    saved: int  # answers, each time that one was saved
    answers: str
    results: str


@dataclass(frozen=True)
class Checked:
    """A round set beside its digest. `results`: None where the digest of the latest run is not on record yet."""

    round_id: str
    contest: str
    title: str
    answers: bool
    results: bool | None


def unheard(_before: int, _saved: int) -> None:
    """Nobody waits for it."""


def due() -> str | None:
    """A round with official results whose digest, or that of its latest applied run, is not on record. One statement.
    """
    plain = func.replace(cast(Round.id, String), "-", "")  # as the trail has it: PostgreSQL writes a UUID with hyphens
    on_record = exists().where(
        AuditEvent.object_type == "round", AuditEvent.object_id == plain, AuditEvent.action == ACTION,
        AuditEvent.details["run"].as_integer() == func.coalesce(_latest_run(), 0))
    return db.session.scalar(select(Round.id).where(Round.results_published_at.is_not(None), ~on_record)
                             .order_by(Round.id).limit(1))


def digest(round_id: str, told: Told = unheard) -> Digest:
    """Read every sitting of a round, some at a time."""
    run = db.session.scalar(select(func.coalesce(_latest_run(), 0)).where(Round.id == round_id)) or 0
    answers, results = hashlib.sha256(), hashlib.sha256()
    sittings = saved = 0
    for some in _sittings(round_id):
        results.update(_lines(some))
        rows = db.session.execute(
            select(Response.attempt_id, Response.slot, Response.generation, Response.seq,
                   type_coerce(Response.received_at, BigInteger), Response.choice)
            .where(Response.attempt_id.in_([row[0] for row in some]))
            .order_by(Response.attempt_id, Response.slot, Response.generation, Response.seq)).all()
        answers.update(_lines(rows))
        told(saved, saved + len(rows))
        sittings, saved = sittings + len(some), saved + len(rows)
    return Digest(run, sittings, saved, answers.hexdigest(), results.hexdigest())


def _sittings(round_id: str) -> Iterator[Sequence[Any]]:
    """Every sitting with what it came to, by id."""
    last = ""
    while rows := db.session.execute(
        select(Attempt.id, Attempt.entry_id, Attempt.state, type_coerce(Attempt.finished_at, BigInteger),
               Attempt.prediction, Result.entry_id.label("whose"), Result.taken_ms,
               type_coerce(Result.finished_at, BigInteger).label("until"), *(getattr(Result, name) for name in MARK))
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.round_id == round_id, *([Attempt.id > last] if last else []))
        .order_by(Attempt.id).limit(SITTINGS)
    ).all():
        last = rows[-1][0]
        yield rows


def _lines(rows: Sequence[Any]) -> bytes:
    """A row a line, as a JSON list: the same bytes from either database."""
    return "".join(f"{_json(list(row))}\n" for row in rows).encode()


def keep(round_id: str, found: Digest, now: datetime) -> bool:
    """Put a digest on record; False where a run was applied since it was found."""
    locked(round_id)
    run = db.session.scalar(select(func.coalesce(_latest_run(), 0)).where(Round.id == round_id))
    if run != found.run:
        return False
    record(ACTION, "round", round_id, by=None, now=now, **vars(found))
    return True


def checked(told: Callable[[str, int, int], None]) -> Iterator[Checked]:
    """Every round with a digest on record, read again. `told` hears a round's title, and what `digest` tells."""
    for round_id, first in _recorded().items():
        round_ = db.session.get(Round, round_id)
        title = round_.title if round_ else ""
        found = digest(round_id, partial(told, title))
        then = first.get(found.run)
        yield Checked(round_id, round_.contest.title if round_ else "", title,
                      answers=all(one["answers"] == found.answers for one in first.values()),
                      results=None if then is None else then["results"] == found.results)


def _recorded() -> dict[str, dict[int, dict[str, Any]]]:
    """Round → number of a run → its digest: the first in the chain, so that none slipped in later takes its place."""
    rows = db.session.execute(
        select(AuditEvent.object_id, AuditEvent.details).outerjoin(AuditLink, AuditLink.event_id == AuditEvent.id)
        .where(AuditEvent.object_type == "round", AuditEvent.action == ACTION)
        .order_by(AuditLink.number.is_(None), AuditLink.number, AuditEvent.at, AuditEvent.id))
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for round_id, details in rows:
        found.setdefault(round_id, {}).setdefault(details["run"], details)
    return found


def _latest_run() -> Any:
    """The number of a round's latest applied run; null for none."""
    return (select(func.max(GradingRun.number)).where(GradingRun.round_id == Round.id, GradingRun.state == "applied")
            .correlate(Round).scalar_subquery())
