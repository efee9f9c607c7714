"""The equivalence of a round's papers: sample papers, and how often each question was answered right before."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from contest.delivery.models import Attempt, PaperItem
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.questions.models import QuestionVersion
from contest.questions.paper import Plan, PoolItem
from contest.reports.equivalence import FULL, Report, guess, report
from contest.rounds import pools
from contest.rounds.models import Round
from contest.standings.keys import as_ruled, corrections_by_round, keyed, runs_in_force

SAMPLES = 200  # papers
ATTEMPTS = 1_000  # the latest finished ones that answers are taken from
ENDS = 10  # most and least drawn questions that are named
CHUNK = 5_000  # ids a statement is sent with
KNOWN = 20  # answers from which on their share is believed


@dataclass(frozen=True)
class Equivalence:
    """The report with what it rests on: how many questions of the pool have a known facility, how many a guessed."""

    report: Report
    facility: dict[str, int]  # version → hundredths of a per cent
    known: frozenset[str]
    labels: dict[str, tuple[str, bool]]  # version → stem and whether it is markup
    pool: int


def equivalence(round_: Round) -> Equivalence | None:
    """The equivalence of `SAMPLES` papers of this round, seeds 0, 1, …; None where none can be drawn."""
    pool = pools.pool_of(round_)
    plan = Plan(pool, pools.cells(round_.blueprint))
    if not round_.blueprint or plan.shortages():
        return None
    papers = [plan.draw(f"{number:032x}") for number in range(SAMPLES)]
    right = shares({item.question_id for item in pool}, round_.id)
    facility = {item.version_id: right.get(item.question_id, guess(item.level)) for item in pool}
    points = _points({key for paper in papers for key in paper})
    found = report(papers, [item.version_id for item in pool], facility, points)
    ends = {key for key, _count in (*found.exposure[:ENDS], *found.exposure[-ENDS:])}
    labels = {row.id: (row.stem, row.markup) for row in db.session.execute(
        select(QuestionVersion.id, QuestionVersion.stem, QuestionVersion.markup).where(QuestionVersion.id.in_(ends)))}
    return Equivalence(found, facility, _known(pool, right), labels, len(pool))


def _points(version_ids: Collection[str]) -> dict[str, int]:
    wanted = sorted(version_ids)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        found |= {row.id: row.points for row in db.session.execute(
            select(QuestionVersion.id, QuestionVersion.points)
            .where(QuestionVersion.id.in_(wanted[start:start + CHUNK])))}
    return found


def _known(pool: list[PoolItem], right: dict[str, int]) -> frozenset[str]:
    return frozenset(item.version_id for item in pool if item.question_id in right)


def shares(question_ids: Collection[str], round_id: str) -> dict[str, int]:
    """Question → share of its points that answers earned in other rounds, hundredths of a per cent.

    Of the latest `ATTEMPTS` finished attempts that had any of these questions, by the keys that hold in their round;
    at least `KNOWN` answers each, blank ones among them. Essays are left out, and what a run counted for everybody
    or for nobody: that says nothing of the question.
    """
    attempts = {row.id: row.round_id for row in db.session.execute(
        select(Attempt.id, Attempt.round_id).where(
            Attempt.round_id != round_id, Attempt.state.in_(("submitted", "expired")))
        .order_by(Attempt.finished_at.desc(), Attempt.id.desc()).limit(ATTEMPTS))}
    rows = db.session.execute(
        select(PaperItem.attempt_id, PaperItem.slot, PaperItem.version_id, QuestionVersion.question_id)
        .join(QuestionVersion, QuestionVersion.id == PaperItem.version_id)
        .where(PaperItem.attempt_id.in_(attempts))).all()
    mine = [row for row in rows if row.question_id in question_ids]
    keys = keyed({row.version_id for row in mine})
    put_right = corrections_by_round(runs_in_force(*set(attempts.values())))
    chosen = counted_choices(sorted({row.attempt_id for row in mine}))
    times: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    for row in mine:
        key = keys.get(row.version_id)
        if key is None or key.type == "essay":
            continue
        held = as_ruled(key, put_right.get(attempts[row.attempt_id], {}).get(row.version_id))
        marked = held.mark(chosen[row.attempt_id].get(row.slot)) if held.kind == "key" else None
        if marked is None:
            continue
        times[row.question_id] += 1
        earned[row.question_id] += max(0, marked.points) * FULL // key.points
    return {question_id: earned[question_id] // count for question_id, count in times.items() if count >= KNOWN}
