"""Sittings of a closed round that are more alike than chance explains: found by the worker, judged by a person.

Nothing is barred, voided or lowered by it. What nobody has called suspicious is forgotten after 30 days, like the
hints of `delivery.events`.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.reports.analysis_models import Comparison, SimilarPair
from contest.reports.sheets import Asked, Sheet, count, runs_until_now, sheets
from contest.rounds.models import Round
from contest.rounds.operations import locked
from contest.scoring import similarity
from contest.scoring.judging import CHOICES
from contest.scoring.similarity import Pair, Report

MOST_SITTINGS = 100_000  # some 90 s and 300 MB: see scoring/README.md
MOST_PAIRS = 500  # that are kept, the least likely
MOST_NOTE = 1_000
KEPT = timedelta(days=30)
RAREST = 30_000  # a chance too small for a float
VERDICTS = ("suspicious", "cleared")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Found:
    """What a search came to, by the runs applied until then."""

    report: Report
    runs: int


def compare(round_: Round, progress: Progress) -> Found:
    """Compare the sittings of a round; writes nothing. `progress` is told how many of how many were read.

    Only questions whose answer is options: a typed mistake is no option that others had before them. Raises 422
    `too_many_sittings`.
    """
    total = count(round_)
    if total > MOST_SITTINGS:
        raise Refusal("too_many_sittings", 422, most=MOST_SITTINGS)
    runs, keys, rows = runs_until_now(round_.id), dict[str, str](), list[similarity.Sheet]()
    for bite in sheets(round_):
        rows += [_sheet(sheet, keys) for sheet in bite]
        progress(len(rows), max(total, len(rows)))
    return Found(similarity.similar(rows, keys), runs)


def _sheet(sheet: Sheet, keys: dict[str, str]) -> similarity.Sheet:
    choices = {}
    for one in sheet.items:
        if one.choice and one.marked is not None and one.ruled.kind == "key" and one.ruled.question.type in CHOICES:
            key = keys.setdefault(one.version_id, " ".join(sorted(one.ruled.question.correct)))
            choices[one.version_id] = key if one.marked.correct else _said(one)
    return similarity.Sheet(sheet.attempt_id, sheet.entry_id, sheet.unit_id or "", choices)


def _said(one: Asked) -> str:
    return " ".join(one.choice or ())


def keep(round_id: str, found: Found, now: datetime) -> Comparison:
    """Put what was found in the place of what was found before; a pair that a person has judged stays judged."""
    report = found.report
    row = db.session.merge(Comparison(
        round_id=round_id, as_of=now, runs=found.runs, sittings=report.papers, in_units=report.in_units,
        across=report.across, compared=report.compared, false_alarms=round(report.false_alarms * 100),
        complete=report.complete, found=len(report.pairs)))
    db.session.flush()
    held = {(one.first_id, one.second_id): one for one in db.session.scalars(
        select(SimilarPair).where(SimilarPair.round_id == round_id))}
    wanted = {(one.first, one.second): one for one in least_likely(report.pairs)}
    for places, old in held.items():
        if places not in wanted and old.verdict == "waiting":
            db.session.delete(old)
    for places, pair in wanted.items():
        kept = held.get(places) or SimilarPair(round_id=round_id, first_id=pair.first, second_id=pair.second,
                                               found_at=now, verdict="waiting", note="")
        for name, value in _figures(pair).items():
            setattr(kept, name, value)
        db.session.add(kept)
    db.session.flush()
    return row


def least_likely(pairs: Iterable[Pair]) -> list[Pair]:
    """So many pairs as are kept, those that chance explains least."""
    return sorted(pairs, key=lambda pair: (pair.expected, pair.first, pair.second))[:MOST_PAIRS]


def _figures(pair: Pair) -> dict[str, Any]:
    rarity = RAREST if pair.chance <= 0 else round(-100 * math.log10(pair.chance))
    return {"same_unit": pair.same_unit, "common": pair.common, "wrong": pair.wrong, "rarity": rarity,
            "answers": [list(answer) for answer in pair.answers]}


def judge(round_id: str, pair_id: str, verdict: str, note: str, *, by: str, now: datetime) -> SimilarPair:
    """What a person makes of a pair, on record; it may be said anew, and changes no result.

    Raises `Missing`; 422 `unknown_verdict`, `note_too_long`, `note_required` without a note on a suspicious one.
    """
    locked(round_id)
    pair = db.session.get(SimilarPair, pair_id)
    if pair is None or pair.round_id != round_id:
        raise Missing
    if verdict not in VERDICTS:
        raise Refusal("unknown_verdict", 422)
    note = note.strip()
    if len(note) > MOST_NOTE:
        raise Refusal("note_too_long", 422, most=MOST_NOTE)
    if verdict == "suspicious" and not note:
        raise Refusal("note_required", 422)
    pair.verdict, pair.note, pair.judged_by, pair.judged_at = verdict, note, by, now
    record("pair.judged", "round", round_id, by=by, now=now, pair=pair_id, verdict=verdict, note=note,
           attempts=[pair.first_id, pair.second_id])
    db.session.flush()
    return pair


def forget_pairs(now: datetime) -> int:
    """Delete what was found 30 days ago and nobody has called suspicious; how many."""
    gone = db.session.execute(delete(SimilarPair).where(
        SimilarPair.found_at <= now - KEPT, SimilarPair.verdict != "suspicious"))
    return int(gone.rowcount)  # type: ignore[attr-defined]
