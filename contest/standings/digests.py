"""What a round's answers and results were when its results became official, as digests in the trail of acts.

Answers are only ever added to, and once results are official none is: one digest holds for good. It is made of one
for each sitting, which are kept (`sitting_digests`). Results change by grading runs alone, so each applied run has a
digest of its own, and the first one put on record for it counts.
Standings and boards are not in it: they are counted from results, and what was published is signed.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, exists, func, select

from contest.audit.models import AuditEvent, AuditLink
from contest.audit.operations import record
from contest.extensions import db
from contest.rounds.models import Round
from contest.rounds.operations import locked
from contest.standings.run_models import GradingRun
from contest.standings.sitting_digests import Bite, Comparison, Differing, bites, lines

ACTION = "round.digest"
FORM = 2  # of the digest of answers: over those of the sittings; 1, where none is named: over the lines of all answers
Told = Callable[[str, int, int], None]  # hears a round's title, how many answers had been read before, and by now


@dataclass(frozen=True)
class Digest:
    """SHA-256, hexadecimal, of what is stored of a round. `run`: the number of the latest applied run, 0 for none."""

    run: int
    sittings: int
    saved: int  # answers, each time that one was saved
    answers: str
    results: str
    form: int = FORM


@dataclass(frozen=True)
class Checked:
    """A round set beside its digest. `results`: None where the digest of the latest run is not on record yet.

    `differing`: None where no digests of sittings were kept.
    """

    round_id: str
    contest: str
    title: str
    answers: bool
    results: bool | None
    differing: Differing | None


class Sum:
    """What is stored of a round, added up bite after bite."""

    def __init__(self, round_id: str) -> None:
        self.run = _run(round_id)
        self.sittings = self.saved = 0
        self._answers = {1: hashlib.sha256(), FORM: hashlib.sha256()}
        self._results = hashlib.sha256()

    def add(self, bite: Bite) -> None:
        """Take up the next bite."""
        self.sittings, self.saved = self.sittings + len(bite.leaves), self.saved + bite.saved
        self._answers[1].update(bite.answers)
        self._answers[FORM].update(lines(bite.leaves))
        self._results.update(bite.results)

    def answers(self, form: int) -> str:
        """The digest of all answers, in one of its forms."""
        return self._answers[form].hexdigest()

    def digest(self) -> Digest:
        """What goes on record."""
        return Digest(self.run, self.sittings, self.saved, self.answers(FORM), self._results.hexdigest())


def due() -> str | None:
    """A round with official results whose digest, or that of its latest applied run, is not on record. One statement.
    """
    plain = func.replace(cast(Round.id, String), "-", "")  # as the trail has it: PostgreSQL writes a UUID with hyphens
    on_record = exists().where(
        AuditEvent.object_type == "round", AuditEvent.object_id == plain, AuditEvent.action == ACTION,
        AuditEvent.details["run"].as_integer() == func.coalesce(_latest_run(), 0))
    return db.session.scalar(select(Round.id).where(Round.results_published_at.is_not(None), ~on_record)
                             .order_by(Round.id).limit(1))


def is_kept(round_id: str) -> bool:
    """Whether a digest is on record that is made of those of the sittings: then these are no more to be written."""
    return any(map(_made_of_sittings, _recorded(round_id).get(round_id, {}).values()))


def keep(round_id: str, found: Digest, now: datetime) -> bool:
    """Put a digest on record; False where a run was applied since it was found."""
    locked(round_id)
    if _run(round_id) != found.run:
        return False
    record(ACTION, "round", round_id, by=None, now=now, **vars(found))
    return True


def checked(told: Told) -> Iterator[Checked]:
    """Every round with a digest on record, read again."""
    for round_id, first in _recorded().items():
        round_ = db.session.get(Round, round_id)
        yield _checked(round_id, round_, list(first.values()), told)


def _checked(round_id: str, round_: Round | None, then: list[dict[str, Any]], told: Told) -> Checked:
    title = round_.title if round_ else ""
    total, comparison = Sum(round_id), Comparison()
    made_of_sittings = next(filter(_made_of_sittings, then), None)
    for bite in bites(round_id):
        told(title, total.saved, total.saved + bite.saved)
        total.add(bite)
        if made_of_sittings:
            comparison.add(bite)
    run = _run(round_id)  # PostgreSQL lets one be applied meanwhile: then nothing can be said of the results
    of_run = next((one for one in then if one["run"] == total.run == run), None)
    return Checked(
        round_id, round_.contest.title if round_ else "", title,
        answers=all(one["answers"] == total.answers(one.get("form", 1)) for one in then),
        results=None if of_run is None else of_run["results"] == total.digest().results,
        differing=comparison.outcome(made_of_sittings["answers"]) if made_of_sittings else None)


def _recorded(round_id: str | None = None) -> dict[str, dict[int, dict[str, Any]]]:
    """Round → number of a run → its digest: the first in the chain, so that none slipped in later takes its place.

    `round_id`: of this round alone.
    """
    rows = db.session.execute(
        select(AuditEvent.object_id, AuditEvent.details).outerjoin(AuditLink, AuditLink.event_id == AuditEvent.id)
        .where(AuditEvent.object_type == "round", AuditEvent.action == ACTION,
               *([AuditEvent.object_id == round_id] if round_id else []))
        .order_by(AuditLink.number.is_(None), AuditLink.number, AuditEvent.at, AuditEvent.id))
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for of_round, details in rows:
        found.setdefault(of_round, {}).setdefault(details["run"], details)
    return found


def _made_of_sittings(one: dict[str, Any]) -> bool:
    return one.get("form") == FORM


def _run(round_id: str) -> int:
    return db.session.scalar(select(func.coalesce(_latest_run(), 0)).where(Round.id == round_id)) or 0


def _latest_run() -> Any:
    """The number of a round's latest applied run; null for none."""
    return (select(func.max(GradingRun.number)).where(GradingRun.round_id == Round.id, GradingRun.state == "applied")
            .correlate(Round).scalar_subquery())
