"""What the answers of a closed round say about its questions: found by the worker, kept until keys change."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.models import Job
from contest.jobs.operations import enqueue
from contest.jobs.queries import latest
from contest.questions.models import QuestionVersion
from contest.reports.analysis_models import ANALYSE, COMPARE, Comparison, ItemFigures, RoundAnalysis
from contest.reports.sheets import Asked, count, runs_until_now, sheets
from contest.rounds.models import Round
from contest.scoring import analysis
from contest.scoring.analysis import FULL, Field
from contest.scoring.judging import CHOICES
from contest.scoring.papers import Answered
from contest.scoring.reliability import Reliability, reliability
from contest.scoring.rounding import half_up
from contest.standings.keys import Ruled
from contest.standings.regrading import settled

UNIT = 10_000  # shares are kept in ten-thousandths
Progress = Callable[[int, int], None]


def ask(kind: str, round_id: str, *, by: str, now: datetime) -> Job:
    """Have the worker analyse a round, or compare its sittings; a job that waits or runs is enough.

    Raises `Missing`; 409 `not_settled` until everything of the round is scored for good.
    """
    round_ = db.session.get(Round, round_id)
    if round_ is None or kind not in (ANALYSE, COMPARE):
        raise Missing
    if not settled(round_):
        raise Refusal("not_settled", 409)
    job = latest(kind, "round", round_id)
    if job is None or job.state not in ("queued", "running"):
        job = enqueue(kind, "round", round_id, by=by, now=now)
        record(kind, "round", round_id, by=by, now=now)
    return job


def renew(round_id: str, now: datetime) -> None:
    """Keys were put right: what was found by the old ones is found anew."""
    kinds: tuple[tuple[str, type[Any]], ...] = ((ANALYSE, RoundAnalysis), (COMPARE, Comparison))
    for kind, kept in kinds:
        job = latest(kind, "round", round_id)
        running = job is not None and job.state == "running"  # reads by the old keys
        if running or (db.session.get(kept, round_id) and (job is None or job.state != "queued")):
            enqueue(kind, "round", round_id, by=None, now=now)


@dataclass
class Gathered:
    """The answers of a round, question by question."""

    papers: Answered = field(default_factory=Answered)
    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    keys: dict[str, Ruled] = field(default_factory=dict)
    runs: int = 0
    sittings: int = 0

    def take(self, attempt_id: str, items: tuple[Asked, ...]) -> None:
        """Add a paper. What counts for everybody or nobody says nothing, and what waits for a person not yet."""
        self.sittings += 1
        told = []
        for one in items:
            self.keys.setdefault(one.version_id, one.ruled)
            self.asked[one.version_id] += 1
            if one.ruled.kind == "key" and one.marked is not None and not one.marked.pending:
                self.right[one.version_id] += one.marked.correct
                told.append((one.version_id, half_up(one.marked.points * FULL, one.ruled.question.points),
                             _said(one)))
        if told:
            self.papers.add(attempt_id, told)


def _said(one: Asked) -> str:
    """The options chosen, in one word; of other types only what they are worth is told."""
    return " ".join(one.choice or ()) if one.ruled.question.type in CHOICES else ""


def gather(round_: Round, progress: Progress) -> Gathered:
    """Read every sitting of a round; `progress` is told how many of how many."""
    found = Gathered(runs=runs_until_now(round_.id))
    done, total = 0, count(round_)
    for bite in sheets(round_):
        for sheet in bite:
            found.take(sheet.attempt_id, sheet.items)
        done += len(bite)
        progress(done, max(done, total))
    return found


def keep(round_id: str, found: Gathered, now: datetime) -> RoundAnalysis:
    """Put an analysis in the place of the one before."""
    field_ = Field(found.papers)
    figures, whole = field_.items(), reliability(found.papers)
    offered = {row.id: [option["id"] for option in row.options] for row in db.session.execute(
        select(QuestionVersion.id, QuestionVersion.options).where(QuestionVersion.id.in_(list(found.asked))))}
    rows = [_figures(version_id, found, figures.get(version_id), _options(field_, found, version_id, offered))
            for version_id in sorted(found.asked)]
    db.session.execute(delete(RoundAnalysis).where(RoundAnalysis.round_id == round_id))
    db.session.flush()
    row = _row(round_id, found, whole, now)
    db.session.add(row)
    db.session.flush()
    if rows:
        db.session.execute(insert(ItemFigures), [{"round_id": round_id, **one} for one in rows])
    return row


def _row(round_id: str, found: Gathered, whole: Reliability, now: datetime) -> RoundAnalysis:
    return RoundAnalysis(
        round_id=round_id, as_of=now, runs=found.runs, sittings=found.sittings, method=whole.method,
        reason=whole.reason, coefficient=parts(whole.coefficient), sem=parts(whole.sem),
        questions=round(whole.questions * 100))


def _options(field_: Field, found: Gathered, version_id: str,
             offered: Mapping[str, list[str]]) -> tuple[analysis.Option, ...]:
    """Who chose which option. Where several are right, each by itself and without a remark."""
    ruled = found.keys[version_id]
    if ruled.kind != "key" or ruled.question.type not in CHOICES:
        return ()
    chosen, right = found.papers.chosen(version_id), ruled.question.correct
    if ruled.question.type != "multiple" and len(right) == 1:
        return field_.options(version_id, chosen, offered[version_id], next(iter(right)))
    rows = []
    for option in offered[version_id]:
        alone = {paper: option for paper, words in chosen.items() if option in words.split()}
        told = field_.options(version_id, alone, [option], option)[0]
        rows.append(analysis.Option(option, option in right, *_counts(told), ""))
    return tuple(rows)


def _counts(told: analysis.Option) -> tuple[int, float, float | None, float | None, float | None]:
    return told.papers, told.share, told.upper, told.lower, told.middle


def _figures(version_id: str, found: Gathered, item: analysis.Item | None,
             options: tuple[analysis.Option, ...]) -> dict[str, Any]:
    return {
        "version_id": version_id, "kind": found.keys[version_id].kind, "asked": found.asked[version_id],
        "correct": found.right[version_id], "facility": parts(item.facility) if item else None,
        "correlation": parts(item.correlation) if item else None, "upper": parts(item.upper) if item else None,
        "lower": parts(item.lower) if item else None,
        "discrimination": parts(item.discrimination) if item else None,
        "verdict": item.verdict if item else "unknown",
        "remarks": list(analysis.remarks(item, options)) if item else [],
        "choices": [{"option": one.option, "key": one.key, "papers": one.papers, "upper": parts(one.upper),
                     "middle": parts(one.middle), "lower": parts(one.lower), "remark": one.remark}
                    for one in options],
    }


def parts(value: float | None) -> int | None:
    """Ten-thousandths."""
    return None if value is None else round(value * UNIT)
