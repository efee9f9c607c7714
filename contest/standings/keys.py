"""The keys that a round is graded by: each question's own, with what applied runs hold right instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from contest.extensions import db
from contest.prepared import Statement, among, prepared
from contest.questions.keys import AnswerKey
from contest.questions.models import QuestionVersion
from contest.scoring import marks
from contest.scoring.judging import CHOICES, Answer, Question
from contest.scoring.rules import OWN, Prepared
from contest.standings.run_models import GradingRun, KeyCorrection


@dataclass(frozen=True)
class Correction:
    """As `KeyCorrection`: `kind` is "key", "full" or "out"."""

    kind: str
    correct: Any = None
    credits: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Ruled:
    """A question with its key and what the round says of its type, if anything: `rules.rule_of` decides; `kind` as in
    `Correction`."""

    question: Question
    rule: Prepared | None = None
    kind: str = "key"

    def mark(self, answer: Answer | None, given: int | None = None) -> marks.Marked | None:
        """The mark of one response, `given` for an essay; None where the question counts for nobody."""
        if self.kind == "out":
            return None
        if self.kind == "full":
            return marks.Marked(self.question.points, correct=True, answered=bool(answer))
        marking = {self.question.type: self.rule} if self.rule else OWN
        return marks.mark(self.question, answer, marking=marking, given=given)


def keyed(version_ids: Iterable[str]) -> dict[str, Question]:
    """Version → the question with its own key. A version without a key is missing from the answer."""
    rows = _keyed.here(versions=list(version_ids))
    return {
        id_: Question(type_, points, _key(type_, correct), worth, settings or {},
                      {part["id"]: part["kind"] for part in parts if "kind" in part})
        for id_, type_, points, parts, correct, worth, settings in rows
    }


@prepared
def _keyed(database: str) -> Statement:
    return (
        select(QuestionVersion.id, QuestionVersion.type, QuestionVersion.points, QuestionVersion.parts,
               AnswerKey.correct, AnswerKey.credits, AnswerKey.settings)
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .where(among(QuestionVersion.id, "versions", database))
    )


def ruled(version_ids: Iterable[str], corrections: Mapping[str, Correction],
          rules: Mapping[str, Prepared]) -> dict[str, Ruled]:
    """Version → the question as it is graded: corrected, and by the round's rule for its type where it has one.

    A version without a key is missing from the answer.
    """
    return {version_id: as_ruled(question, corrections.get(version_id), rules.get(question.type))
            for version_id, question in keyed(version_ids).items()}


def as_ruled(question: Question, correction: Correction | None, rule: Prepared | None = None) -> Ruled:
    """A question with its own key as it is graded under a correction."""
    if correction is not None and correction.kind == "key":
        question = replace(question, correct=_key(question.type, correction.correct), credits=correction.credits)
    return Ruled(question, rule, correction.kind if correction else "key")


def runs_in_force(*round_ids: str) -> list[GradingRun]:
    """The applied runs of these rounds, each round's first one first, without those that were undone and what undid
    them."""
    runs = db.session.scalars(
        select(GradingRun).where(GradingRun.round_id.in_(round_ids), GradingRun.state == "applied")
        .order_by(GradingRun.number)).all()
    undone = {run.undoes_id for run in runs if run.undoes_id}
    return [run for run in runs if run.id not in undone and run.undoes_id is None]


def corrections_of(runs: Sequence[GradingRun]) -> dict[str, Correction]:
    """Version → what the latest of these runs of one round says of it."""
    return next(iter(corrections_by_round(runs).values()), {})


def corrections_by_round(runs: Sequence[GradingRun]) -> dict[str, dict[str, Correction]]:
    """Round → version → what the latest of its runs says of it; rounds that nothing was put right in are absent."""
    order = {run.id: run for run in runs}
    if not order:
        return {}
    rows = db.session.scalars(select(KeyCorrection).where(KeyCorrection.run_id.in_(order))).all()
    found: dict[str, dict[str, Correction]] = {}
    for row in sorted(rows, key=lambda row: order[row.run_id].number):
        of_round = found.setdefault(order[row.run_id].round_id, {})
        of_round[row.version_id] = Correction(row.kind, row.correct, row.credits)
    return found


def _key(kind: str, correct: Any) -> Any:
    return frozenset(correct) if kind in CHOICES else correct
